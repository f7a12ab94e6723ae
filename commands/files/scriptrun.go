package files

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// runTime is how long a script may take, in seconds. The limits are the console's.
type runTime int

func (runTime) Kind() catalog.Kind {
	k := catalog.IntegerKind(s1.MinScriptTimeout, s1.MaxScriptTimeout, nil)
	k.Hint = "60 to 172800 seconds"
	return k
}

// password and input-params may hold secrets, and are marks in everything that is stored.
type runScriptParams struct {
	Filter      lookup.EndpointsBy      `json:"filter" help:"The endpoints, by name or by a filter with the console's keys."`
	Script      s1.ScriptID             `json:"script-id" help:"The script to run from the console's library, by name or id."`
	Description string                  `json:"task-description" help:"A name for this run, at least 2 characters."`
	Destination s1.Destination          `json:"output-destination" help:"Where the endpoints leave what the script prints: in the console, on themselves, or nowhere."`
	Password    catalog.ArchivePassword `json:"password,omitzero" help:"The output archive's password: at least 10 characters with upper and lower case letters, numbers and symbols."`
	Directory   string                  `json:"output-directory,omitzero" help:"The folder on the endpoint that the output goes to, such as C:\\Temp."`
	Input       scriptInput             `json:"input-params,omitzero" help:"The script's arguments. get-scripts shows which scripts need them."`
	Timeout     runTime                 `json:"script-runtime-timeout-seconds,omitzero" help:"How long the script may run on an endpoint before it is stopped."`
}

func (p *runScriptParams) Together() []catalog.Together {
	return []catalog.Together{{Param: "output-directory", With: "output-destination=" + s1.ToLocal.Label()}}
}

// A description of two characters is the console's minimum; a directory is needed where the output
// stays on the endpoint.
func (p *runScriptParams) Check() error {
	switch {
	case utf8.RuneCountInString(strings.TrimSpace(p.Description)) < s1.MinDescription:
		return catalog.Wrong("task-description", "a description needs at least %d characters", s1.MinDescription)
	case p.Destination == s1.ToLocal && strings.TrimSpace(p.Directory) == "":
		return catalog.Missing("output-directory")
	}
	return p.Password.Check("password")
}

// Plan resolves the endpoints and looks at the script: what it needs, and where it can run.
// Endpoints whose system the script does not support are left out here, or the console would count
// fewer without saying which.
func (p *runScriptParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	scripts, err := lookup.ScriptDirectory().All(ctx, call, "script-id", []string{string(p.Script)})
	if err != nil {
		return catalog.Plan{}, err
	}
	script := scripts[0]
	p.Script = script.ID
	if err := p.fits(script); err != nil {
		return catalog.Plan{}, err
	}
	agents, err := p.Filter.Agents(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	agents, notes := lookup.WithoutDecommissioned(agents)
	var left []string
	able := slices.DeleteFunc(slices.Clone(agents), func(a s1.Agent) bool { return !script.Runs(a.OSType) })
	if len(able) == 0 {
		return catalog.Plan{}, catalog.Wrong("filter", "%s runs on %s, and none of these endpoints does", text.Quote(script.Name), catalog.Labelled(script.Systems))
	}
	if n := len(agents) - len(able); n > 0 {
		unable := slices.DeleteFunc(slices.Clone(agents), func(a s1.Agent) bool { return script.Runs(a.OSType) })
		left = append(left, fmt.Sprintf("%s left out: the script runs on %s only%s", text.Are(n, "endpoint"), catalog.Labelled(script.Systems), lookup.ByName(unable)))
	}
	notes = append(notes, "The script runs with system privileges, and what it does can't be undone.")
	notes = append(notes, lookup.OfflineNote(able, "the script runs when it's back online")...)
	p.Filter.Filter = lookup.IdsOnly(lookup.AgentIDs(able))
	return catalog.Plan{Targets: catalog.TargetsOf(call, able, lookup.AgentTarget), LeftOut: left, Notes: notes, Facts: p.facts(script)}, nil
}

// fits tells whether the script can be run like this. The script's own words about its input go
// into the hint: nobody else knows what it takes.
func (p *runScriptParams) fits(script s1.Script) error {
	if script.InputRequired && strings.TrimSpace(string(p.Input)) == "" {
		e := catalog.Wrong("input-params", "%s needs input", text.Quote(script.Name))
		e.Hint = text.JoinNonEmpty("; ", script.InputInstructions, exampleOf(script))
		return e
	}
	if !script.Takes(p.Destination) {
		return catalog.Wrong("output-destination", "the output of %s can go to %s, not to %s", text.Quote(script.Name), catalog.Labelled(script.Destinations), p.Destination)
	}
	return nil
}

func exampleOf(script s1.Script) string {
	if script.InputExample == "" {
		return ""
	}
	return "for example " + script.InputExample
}

// facts are what an approver reads of a run; input only where it plainly holds no secret.
func (p *runScriptParams) facts(script s1.Script) []catalog.Fact {
	facts := []catalog.Fact{
		{Label: "Script", Value: text.JoinNonEmpty(" ", script.Name, script.Version)}, {Label: "Type", Value: script.Type.Label()}, {Label: "Task", Value: p.Description},
		{Label: "Output", Value: text.JoinNonEmpty(" ", p.Destination.Label(), p.Directory)},
	}
	if p.Input != "" {
		facts = append(facts, catalog.Fact{Label: "Input", Value: inputWordsFor(string(p.Input))})
	}
	if p.Destination == s1.ToCloud || !p.Password.Empty() {
		facts = append(facts, catalog.Fact{Label: "Password", Value: catalog.PasswordWords(p.Password)})
	}
	if p.Timeout > 0 {
		facts = append(facts, catalog.Fact{Label: "Timeout", Value: timeoutWords(int(p.Timeout))})
	}
	return facts
}

// POST /remote-scripts/execute with a filter of ids: an empty one would be every endpoint of the
// token. Not Repeatable: scripts do what they do twice.
func runScript() *catalog.Command {
	return catalog.Follows(catalog.Define(catalog.Command{
		Name: "run-script", Title: "Run Script", Area: "scripts", Aliases: []string{"script", "run"}, Main: "filter",
		Wording: runWording(),
		Effect:  change.ScriptEnd(),
		Risk:    catalog.Destructive, Needs: remoteOps,
		Doc: "Runs a script from the console's library on endpoints, with system privileges. Shows the progress on each endpoint and offers the results.",
		Examples: []string{`run-script filter={"computerName__contains":["DESKTOP-"]} script-id="List Open Ports" task-description="INC-1042" output-destination=SentinelCloud reason="INC-1042"`,
			`run-script filter={"ids":["1834780238610855645"]} script-id=1466645476786791838 task-description="stop the miner" output-destination=None input-params="--terminate --processes kworkerds" reason=miner`},
	}, startScript), awaitScript)
}

// startScript tells the password, starts the run, and writes down what is watched. Output in the
// console's cloud is an archive, so it needs a password even if nobody gave one.
func startScript(ctx context.Context, call *catalog.Call, p runScriptParams) (render.Card, error) {
	agents := lookup.Ids[s1.AgentID](p.Filter.Filter)
	run := s1.ScriptRun{
		Script: p.Script, Description: p.Description, Destination: p.Destination, Directory: p.Directory, Input: string(p.Input),
		Password: p.Password.Secret, Timeout: int(p.Timeout),
	}
	if p.Destination == s1.ToCloud {
		password, err := call.Password(ctx, p.Password, "the output of "+text.Quote(p.Description))
		if err != nil {
			return render.Card{}, err
		}
		run.Password = password
	}
	started, err := call.Console.RunScript(ctx, agents, run)
	if err != nil {
		return render.Card{}, fmt.Errorf("run script %s on %d endpoints: %w", p.Script, len(agents), err)
	}
	if started.Task.Valid() {
		w := scriptWait{Task: started.Task, Agents: takenOf(started.Affected, len(agents)), Asked: len(agents), Began: call.Now, Cloud: p.Destination == s1.ToCloud, What: p.Description,
			Excess: catalog.Excess(started.Affected, len(agents))}
		if err := call.Save(w); err != nil {
			return render.Card{}, err
		}
		remember(call, w, nil)
	}
	return startedCard(ctx, call, agents, started), nil
}

// takenOf is how many endpoints the console took of those that it was asked for; all where it does
// not say. More than were asked for is no number to wait for either.
func takenOf(affected, asked int) int {
	if affected <= 0 || affected > asked {
		return asked
	}
	return affected
}

// startedCard tells what the console said to a run. A script on an endpoint that is offline waits
// there: consoles keep it until the endpoint is back.
func startedCard(ctx context.Context, call *catalog.Call, agents []s1.AgentID, started s1.ScriptStart) render.Card {
	affected := started.Affected
	if affected == s1.Unsaid && started.Task.Valid() {
		affected = len(agents)
	}
	c := lookup.AgentChange(ctx, call, agents, max(affected, 0), "the script is queued", "the script runs when it's back online")
	c = c.Await(call.Command.Effect.Done, func(t catalog.Target) (catalog.Progress, string) {
		if t.State == text.Online(false) {
			return catalog.Waiting, "is offline"
		}
		return catalog.Waiting, ""
	})
	c.States, c.Why = map[string]string{}, "The endpoints are gone, the script doesn't support their operating systems, or the bot's token isn't allowed to use them."
	c.Task = started.Task
	if started.Pending {
		return guardrailCard(call, c, started)
	}
	card := c.Card(call)
	if started.Task.Valid() {
		card.Parts = append(card.Parts, render.Note{render.Text("Task "), render.Mono(string(started.Task))})
		card.Actions = append([]render.Action{statusButton(started.Task)}, card.Actions...)
	}
	return card
}

// guardrailCard says that the console itself wants somebody's approval before it runs the script.
// The console's own guardrails (a limit of endpoints, say) answer with no task and an id of a
// pending execution; whoever may release it does so in the console, and the bot then knows of no
// task.
func guardrailCard(call *catalog.Call, c change.Outcome, started s1.ScriptStart) render.Card {
	words := "The console is holding the script back: one of its guardrails needs an approval there."
	for _, t := range c.Targets {
		c.States[t.ID] = "held back"
	}
	card := render.Card{Tone: render.Waiting, Outcome: render.Partial, Title: call.Command.Title, Text: words, Actions: c.Actions}
	card.Parts = []render.Part{render.Line{render.Text(words)}, c.Table()}
	if started.PendingExecution != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Pending execution "), render.Mono(started.PendingExecution)})
	}
	if excess := catalog.Excess(started.Affected, len(c.Targets)); excess != "" {
		change.LeadWithExcess(&card, excess)
	}
	return card
}

func statusButton(task s1.TaskID) render.Button {
	return render.Button{Label: "Task status", Do: catalog.Invocation{Command: "get-script-task-status", Args: catalog.Marshal(map[string]any{"parent-task-ids": []s1.TaskID{task}})}}
}

func resultsButton(tasks []s1.TaskID) render.Button {
	return render.Button{Label: "Get results", Style: render.Primary,
		Do: catalog.Invocation{Command: "get-script-results", Args: catalog.Marshal(map[string]any{"task-ids": tasks})}}
}
