package commands

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/render"
	"s1bot/s1"
)

// RunTime is how long a script may take, in seconds.
type RunTime int

func (RunTime) kind() kind {
	k := integerKind(s1.MinScriptTimeout, s1.MaxScriptTimeout, nil)
	k.hint = "60 to 172800 seconds"
	return k
}

type runScriptParams struct {
	Filter      endpointsBy     `json:"filter" help:"The endpoints, by the console's filter keys."`
	Script      s1.ScriptID     `json:"script-id" help:"The script."`
	Description string          `json:"task-description" help:"What the console calls this run; 2 characters or more."`
	Destination s1.Destination  `json:"output-destination" help:"Where the output goes."`
	Password    archivePassword `json:"password,omitzero" help:"Of the archive with the output; 10 or more characters, upper and lower case letters, numbers and symbols."`
	Directory   string          `json:"output-directory,omitzero" help:"Where the output goes on the endpoint."`
	Input       scriptInput     `json:"input-params,omitzero" help:"What the script is called with; get-scripts tells which ones need it."`
	Timeout     RunTime         `json:"script-runtime-timeout-seconds,omitzero" help:"How long it may run."`
}

func (p *runScriptParams) together() []together {
	return []together{{"output-directory", "output-destination=" + s1.ToLocal.Label()}}
}

func (p *runScriptParams) Check() error {
	switch {
	case utf8.RuneCountInString(strings.TrimSpace(p.Description)) < s1.MinDescription:
		return wrong("task-description", "a description has %d characters or more", s1.MinDescription)
	case p.Destination == s1.ToLocal && strings.TrimSpace(p.Directory) == "":
		return missing("output-directory")
	}
	return p.Password.check("password")
}

// plan resolves the endpoints and looks at the script: what it needs, and where it can run.
func (p *runScriptParams) plan(ctx context.Context, call *Call) (Plan, error) {
	scripts, err := scriptDirectory().all(ctx, call, "script-id", []string{string(p.Script)})
	if err != nil {
		return Plan{}, err
	}
	script := scripts[0]
	p.Script = script.ID
	if err := p.fits(script); err != nil {
		return Plan{}, err
	}
	agents, err := p.Filter.agents(ctx, call, "filter")
	if err != nil {
		return Plan{}, err
	}
	agents, notes := withoutDecommissioned(agents)
	var left []string
	able := slices.DeleteFunc(slices.Clone(agents), func(a s1.Agent) bool { return !script.Runs(a.OSType) })
	if len(able) == 0 {
		return Plan{}, wrong("filter", "%s runs on %s, and none of these endpoints does", quote(script.Name), labelled(script.Systems))
	}
	if n := len(agents) - len(able); n > 0 {
		unable := slices.DeleteFunc(slices.Clone(agents), func(a s1.Agent) bool { return script.Runs(a.OSType) })
		left = append(left, fmt.Sprintf("%s left out: the script runs on %s only%s", are(n, "endpoint"), labelled(script.Systems), byName(unable)))
	}
	notes = append(notes, "The script runs as the system's user, and nothing takes back what it does.")
	notes = append(notes, offlineNote(able, "it runs there when it is back")...)
	p.Filter.Filter = idsOnly(agentIDs(able))
	return Plan{Targets: targetsOf(call, able, agentTarget), LeftOut: left, Notes: notes, Facts: p.facts(script)}, nil
}

// fits tells whether the script can be run like this.
func (p *runScriptParams) fits(script s1.Script) error {
	if script.InputRequired && strings.TrimSpace(string(p.Input)) == "" {
		e := wrong("input-params", "%s needs input", quote(script.Name))
		e.Hint = joinNonEmpty("; ", script.InputInstructions, exampleOf(script))
		return e
	}
	if !script.Takes(p.Destination) {
		return wrong("output-destination", "the output of %s can go to %s, not to %s", quote(script.Name), labelled(script.Destinations), p.Destination)
	}
	return nil
}

func exampleOf(script s1.Script) string {
	if script.InputExample == "" {
		return ""
	}
	return "for example " + script.InputExample
}

func (p *runScriptParams) facts(script s1.Script) []Fact {
	facts := []Fact{
		{"Script", joinNonEmpty(" ", script.Name, script.Version)}, {"Type", script.Type.Label()}, {"Task", p.Description},
		{"Output", joinNonEmpty(" ", p.Destination.Label(), p.Directory)},
	}
	if p.Input != "" {
		facts = append(facts, Fact{"Input", inputWordsFor(string(p.Input))})
	}
	if p.Destination == s1.ToCloud || !p.Password.Empty() {
		facts = append(facts, Fact{"Password", passwordWords(p.Password)})
	}
	if p.Timeout > 0 {
		facts = append(facts, Fact{"Timeout", spanWords(int(p.Timeout))})
	}
	return facts
}

func runScript() *Command {
	return follows(define(Command{
		Name: "run-script", Title: "Run Script", Area: "scripts", Aliases: []string{"script", "run"}, Main: "filter",
		Effect: scriptEnd(),
		Risk:   Destructive, Needs: remoteOps,
		Doc: "Runs a script of the console's library on endpoints, as the system's user. Shows how far each endpoint is, and offers the results.",
		Examples: []string{`run-script filter={"computerName__contains":["DESKTOP-"]} script-id="List Open Ports" task-description="INC-1042" output-destination=SentinelCloud reason="INC-1042"`,
			`run-script filter={"ids":["1834780238610855645"]} script-id=1466645476786791838 task-description="stop the miner" output-destination=None input-params="--terminate --processes kworkerds" reason=miner`},
	}, startScript), awaitScript)
}

func startScript(ctx context.Context, call *Call, p runScriptParams) (render.Card, error) {
	agents := ids[s1.AgentID](p.Filter.Filter)
	run := s1.ScriptRun{
		Script: p.Script, Description: p.Description, Destination: p.Destination, Directory: p.Directory, Input: string(p.Input),
		Password: p.Password.Secret, Timeout: int(p.Timeout),
	}
	if p.Destination == s1.ToCloud {
		password, err := call.password(ctx, p.Password, "the output of "+quote(p.Description))
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
		w := scriptWait{Task: started.Task, Agents: takenOf(started.Affected, len(agents)), Asked: len(agents), Began: call.Now, Cloud: p.Destination == s1.ToCloud, What: p.Description}
		if err := call.save(w); err != nil {
			return render.Card{}, err
		}
		call.remember(w, nil)
	}
	return startedCard(ctx, call, agents, started), nil
}

// takenOf is how many endpoints the console took of those that it was asked for; all where it does not say.
func takenOf(affected, asked int) int {
	if affected <= 0 || affected > asked {
		return asked
	}
	return affected
}

// startedCard tells what the console said to a run.
func startedCard(ctx context.Context, call *Call, agents []s1.AgentID, started s1.ScriptStart) render.Card {
	affected := started.Affected
	if affected == s1.Unsaid && started.Task.Valid() {
		affected = len(agents)
	}
	c := agentChange(ctx, call, agents, max(affected, 0), "the script is queued", "it runs there when it is back")
	c = c.await(call.command.Effect.Done, func(t Target) (Progress, string) {
		if t.State == online(false) {
			return Waiting, "is offline"
		}
		return Waiting, ""
	})
	c.states, c.why = map[string]string{}, "The endpoints are gone, their systems do not fit, or they lie outside what the bot's token may touch."
	c.task = started.Task
	if started.Pending {
		return guardrailCard(call, c, started)
	}
	card := c.card(call)
	if started.Task.Valid() {
		card.Parts = append(card.Parts, render.Note{render.Text("Task "), render.Mono(string(started.Task))})
		card.Actions = append([]render.Action{statusButton(started.Task)}, card.Actions...)
	}
	return card
}

// guardrailCard says that the console itself wants somebody's approval before it runs the script.
func guardrailCard(call *Call, c change, started s1.ScriptStart) render.Card {
	words := "The console holds the script back: one of its guardrails wants an approval there."
	for _, t := range c.targets {
		c.states[t.ID] = "held back"
	}
	card := render.Card{Tone: render.Waiting, Outcome: render.Partial, Title: call.command.Title, Text: words, Actions: c.actions}
	card.Parts = []render.Part{render.Line{render.Text(words)}, c.table()}
	if started.PendingExecution != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Pending execution "), render.Mono(started.PendingExecution)})
	}
	return card
}

func statusButton(task s1.TaskID) render.Button {
	return render.Button{Label: "Task status", Do: Invocation{Command: "get-script-task-status", Args: marshal(map[string]any{"parent-task-ids": []s1.TaskID{task}})}}
}

func resultsButton(tasks []s1.TaskID) render.Button {
	return render.Button{Label: "Get results", Style: render.Primary,
		Do: Invocation{Command: "get-script-results", Args: marshal(map[string]any{"task-ids": tasks})}}
}
