package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/render"
	"s1bot/s1"
)

func threatCommands() []*Command {
	return []*Command{getThreat(), getThreatNotes(), addNotes(), setThreatVerdict(), setIncidentStatus(), mitigateThreats(), killProcesses(), quarantineFiles(), rollbackRemediation()}
}

// threatRows is how lists of threats look.
func threatRows(call *Call) listing[s1.Threat] {
	return listing[s1.Threat]{
		noun: "Threats", things: "threats", page: call.Console.ThreatsPage, raw: func(t s1.Threat) json.RawMessage { return t.Raw },
		table: func(threats []s1.Threat) render.Table { return render.ThreatTable(threats, call.Console) },
		name: func(t s1.Threat) (id, name string) {
			return string(t.Identity()), joinNonEmpty(labelBreak, t.Name(), t.Host())
		},
		one: func(t s1.Threat) render.Card { return render.ThreatDetails(t, call.Console) },
		more: []column[s1.Threat]{
			{"Id", func(t s1.Threat) string { return string(t.Identity()) }},
			{"Classification", func(t s1.Threat) string { return t.Info.Classification }},
			{"Path", func(t s1.Threat) string { return t.Info.FilePath }},
			{"Process", func(t s1.Threat) string { return t.Info.OriginatorProcess }},
			{"User", func(t s1.Threat) string { return t.User() }},
			{"SHA-1", func(t s1.Threat) string { return t.Info.SHA1 }},
			{"SHA-256", func(t s1.Threat) string { return t.Info.SHA256 }},
			{"MD5", func(t s1.Threat) string { return t.Info.MD5 }},
			{"Storyline", func(t s1.Threat) string { return t.Info.Storyline }},
			{"Agent id", func(t s1.Threat) string { return string(t.AgentID()) }},
			{"Operating system", func(t s1.Threat) string { return t.OS() }},
			{"Addresses", func(t s1.Threat) string { return joinNonEmpty(" ", t.IPs()...) }},
		},
		empty: "Look at a wider stretch of time, or leave a condition out. Times inside JSON are UTC.",
	}
}

type getThreatParams struct {
	Limit      *Count      `json:"limit,omitzero" help:"How many threats at most; 1000 when empty."`
	Input      threatQuery `json:"custom-input,omitzero" help:"Which threats, by the console's filter keys."`
	Storylines []string    `json:"storylines,omitzero" help:"Storyline ids; get-alerts tells those of alerts."`
}

func getThreat() *Command {
	return define(Command{
		Name: "get-threat", Title: "Get Threat", Area: "threats", Aliases: []string{"threats", "threat", "get-threats"}, Main: "custom-input",
		Risk: Read, Needs: "Endpoint Threats › View", Repeatable: true,
		Doc: "Lists threats, the newest first; “threats open” lists those that nobody has resolved. A single one is shown with all its facts.",
		Examples: []string{"threat 1112953674841025235", "threats open", `get-threat limit=20 custom-input={"createdAt__gt":"2026-11-20 17:53:25","resolved":false}`,
			"threats filter=incidentStatuses=unresolved&computerName__contains=DESKTOP"},
	}, func(ctx context.Context, call *Call, p getThreatParams) (render.Card, error) {
		q, err := p.Input.query()
		if err != nil {
			return render.Card{}, wrong("custom-input", "%s", err)
		}
		if len(p.Storylines) > 0 {
			q = q.With("storylines", p.Storylines...)
		}
		if q.Get("countOnly") == "true" {
			return countThreats(ctx, call, q)
		}
		return threatRows(call).show(ctx, call, q, limitOf(p.Limit, p.Input.Filter))
	})
}

// limitOf is the limit that was given, as a parameter or else inside the filter.
func limitOf(count *Count, filter s1.Filter) *Limit {
	if count != nil {
		limit := Limit(*count)
		return &limit
	}
	if n, ok := filter.Limit(); ok && n > 0 {
		limit := Limit(min(n, maxPage))
		return &limit
	}
	return nil
}

type threatNotesParams struct {
	Threat s1.ThreatID `json:"threat-id" help:"The threat."`
}

func getThreatNotes() *Command {
	return define(Command{
		Name: "get-threat-notes", Title: "Get Threat Notes", Area: "threats", Aliases: []string{"notes", "threat-notes"}, Main: "threat-id",
		Risk: Read, Needs: "Endpoint Threats › View", Repeatable: true,
		Doc:      "Shows the notes on a threat.",
		Examples: []string{"get-threat-notes threat-id=1112953674841025235", "notes 1112953674841025235"},
	}, func(ctx context.Context, call *Call, p threatNotesParams) (render.Card, error) {
		rows := listing[s1.Note]{
			noun: "Notes", things: "notes", about: "on threat " + string(p.Threat), raw: func(n s1.Note) json.RawMessage { return n.Raw }, table: render.NoteTable, parts: noteParts,
			page: func(ctx context.Context, q s1.Query) (s1.Page[s1.Note], error) {
				return call.Console.ThreatNotesPage(ctx, p.Threat, q)
			},
			empty: "Nobody has written about this threat yet; add-notes-to-threats does.",
		}
		everything := Limit(0)
		return rows.show(ctx, call, nil, &everything)
	})
}

// noteParts shows notes as what they are: somebody's words.
func noteParts(notes []s1.Note) []render.Part {
	var parts []render.Part
	for _, n := range notes {
		head := render.Line{render.Bold(firstNonEmpty(n.Creator, "somebody")), render.Text(" · "), render.At(n.CreatedAt.Time)}
		if n.Edited {
			head = append(head, render.Text(" · edited "), render.At(n.UpdatedAt.Time))
		}
		head = append(head, render.Text(" · note "), render.Mono(string(n.ID)))
		parts = append(parts, head, render.Quote{Text: n.Text})
	}
	return parts
}

type addNotesParams struct {
	Filter threatSelection `json:"filter" help:"The threats."`
	Text   Prose           `json:"note-text" help:"The note; 2 to 10000 characters."`
}

func (p *addNotesParams) Check() error {
	text := string(p.Text)
	if n := utf8.RuneCountInString(text); utf8.RuneCountInString(strings.TrimSpace(text)) < s1.MinNote || n > s1.MaxNote {
		return wrong("note-text", "a note has %d to %d characters, not %d", s1.MinNote, s1.MaxNote, n)
	}
	return nil
}

func (p *addNotesParams) plan(ctx context.Context, call *Call) (Plan, error) {
	threats, err := p.Filter.threats(ctx, call, "filter")
	if err != nil {
		return Plan{}, err
	}
	p.Filter.Filter = idsOnly(threatIDs(threats))
	return Plan{Targets: targetsOf(call, threats, threatTarget), Facts: []Fact{{"Note", string(p.Text)}}}, nil
}

func threatIDs(threats []s1.Threat) []s1.ThreatID {
	ids := make([]s1.ThreatID, len(threats))
	for i, t := range threats {
		ids[i] = t.Identity()
	}
	return ids
}

func addNotes() *Command {
	return define(Command{
		Name: "add-notes-to-threats", Title: "Add Notes To Threats", Area: "threats", Aliases: []string{"note", "add-note"}, Main: "filter",
		Risk: Change, Needs: "Endpoint Threats › View + Update Incident Status", // the vendor asks for the second today, beyond the specification
		Doc:      "Adds a note to threats.",
		Examples: []string{`add-notes-to-threats filter={"ids":["1112953674841025235"]} note-text="seen in INC-1042"`, `note 1112953674841025235 text="false alarm"`},
	}, func(ctx context.Context, call *Call, p addNotesParams) (render.Card, error) {
		targets := ids[s1.ThreatID](p.Filter.Filter)
		n, err := call.Console.AddThreatNotes(ctx, targets, string(p.Text))
		if err != nil {
			return render.Card{}, fmt.Errorf("add a note to %d threats: %w", len(targets), err)
		}
		c := threatChange(ctx, call, targets, s1.ActionResult{Affected: n}, "note added")
		if len(targets) == 1 {
			c.actions = append(c.actions, render.Button{Label: "Show notes", Do: Invocation{Command: "get-threat-notes", Args: marshal(map[string]any{"threat-id": targets[0]})}})
		}
		return c.card(call), nil
	})
}

// threatTriaged is threatChange of what analysts set. Older consoles do not say which threats they changed: state tells what each
// is now.
func threatTriaged(ctx context.Context, call *Call, ids []s1.ThreatID, result s1.ActionResult, done string, state func(s1.Threat) reached) change {
	c, found := threatsAfter(ctx, call, ids, result, done)
	c.states = states(found, result.Affected >= len(ids), s1.Threat.Identity, state)
	return c
}

func threatVerdict(wanted s1.Verdict) func(s1.Threat) reached {
	return func(t s1.Threat) reached { return reachedBy("verdict", t.Info.AnalystVerdict, wanted) }
}

func threatStatus(wanted s1.IncidentStatus) func(s1.Threat) reached {
	return func(t s1.Threat) reached { return reachedBy("status", t.Info.IncidentStatus, wanted) }
}

// threatChange looks at the threats after the console's yes, to tell them by name.
func threatChange(ctx context.Context, call *Call, ids []s1.ThreatID, result s1.ActionResult, done string) change {
	c, _ := threatsAfter(ctx, call, ids, result, done)
	return c
}

func threatsAfter(ctx context.Context, call *Call, ids []s1.ThreatID, result s1.ActionResult, done string) (change, []s1.Threat) {
	found, err := call.Console.ThreatsByID(ctx, ids[:min(len(ids), maxShown)])
	c := change{
		noun: "threat", done: done, result: result, targets: known(call, "threat", ids, found, threatTarget),
		why: "The threats are gone, in that state already, or outside what the bot's token may change.",
	}
	if err != nil {
		c.notes = append(c.notes, "The names of the threats could not be read.")
	}
	c.actions = opens(c.targets)
	return c, found
}

type threatVerdictParams struct {
	Threats []s1.ThreatID `json:"threat-ids" help:"The threats."`
	Verdict s1.Verdict    `json:"analyst-verdict" help:"What you think of them."`
}

func (p *threatVerdictParams) plan(ctx context.Context, call *Call) (Plan, error) {
	threats, err := threatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return Plan{}, err
	}
	same := 0
	for _, t := range threats {
		if t.Info.AnalystVerdict == p.Verdict {
			same++
		}
	}
	return Plan{
		Targets: targetsOf(call, threats, threatTarget), Facts: []Fact{{"Analyst verdict", p.Verdict.Label()}},
		Notes: sameNote(same, "threat", "this verdict"),
	}, nil
}

func sameNote(n int, noun, what string) []string {
	if n == 0 {
		return nil
	}
	if n == 1 {
		return []string{"1 " + noun + " has " + what + " already."}
	}
	return []string{plural(n, noun) + " have " + what + " already."}
}

func setThreatVerdict() *Command {
	return define(Command{
		Name: "update-threat-analyst-verdict", Title: "Update Threat Analyst Verdict", Area: "threats", Aliases: []string{"verdict", "threat-verdict"}, Main: "threat-ids",
		Risk: Change, Needs: "Endpoint Threats › View + Update Analyst Verdict", Repeatable: true,
		Doc:      "Sets what analysts think of threats.",
		Examples: []string{`verdict 1112953674841025235 verdict="True Positive"`, `update-threat-analyst-verdict threat-ids=["1112953674841025235"] analyst-verdict=false_positive`},
	}, func(ctx context.Context, call *Call, p threatVerdictParams) (render.Card, error) {
		result, err := call.Console.SetThreatVerdict(ctx, p.Threats, p.Verdict)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the verdict of %d threats: %w", len(p.Threats), err)
		}
		return threatTriaged(ctx, call, p.Threats, result, "verdict set to "+p.Verdict.Label(), threatVerdict(p.Verdict)).card(call), nil
	})
}

type incidentStatusParams struct {
	Threats []s1.ThreatID     `json:"threat-ids" help:"The threats."`
	Status  s1.IncidentStatus `json:"status" help:"How far the work on them is."`
}

func (p *incidentStatusParams) plan(ctx context.Context, call *Call) (Plan, error) {
	threats, err := threatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return Plan{}, err
	}
	same := 0
	for _, t := range threats {
		if t.Info.IncidentStatus == p.Status {
			same++
		}
	}
	notes := slices.Concat(sameNote(same, "threat", "this status"), unmitigatedNote(p.Status, threats))
	return Plan{Targets: targetsOf(call, threats, threatTarget), Facts: []Fact{{"Status", p.Status.Label()}}, Notes: notes}, nil
}

func setIncidentStatus() *Command {
	return define(Command{
		Name: "update-incident-status", Title: "Update Incident Status", Area: "threats", Aliases: []string{"status", "incident-status"}, Main: "threat-ids",
		Risk: Change, Needs: "Endpoint Threats › View + Update Incident Status", Repeatable: true,
		Doc:      "Sets how far the work on threats is.",
		Examples: []string{"update-incident-status threat-ids=1112953674841025235 status=Resolved", `status 1112953674841025235 status="In Progress"`},
	}, func(ctx context.Context, call *Call, p incidentStatusParams) (render.Card, error) {
		result, err := call.Console.SetThreatIncident(ctx, p.Threats, p.Status)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the status of %d threats: %w", len(p.Threats), err)
		}
		return threatTriaged(ctx, call, p.Threats, result, "status set to "+p.Status.Label(), threatStatus(p.Status)).card(call), nil
	})
}

type mitigateParams struct {
	Filter  threatSelection   `json:"filter" help:"The threats."`
	Action  s1.MitigateAction `json:"mitigate-action" help:"What to do. Rollback works on Windows only, Remediate on Windows and macOS."`
	Refused []s1.ThreatID     `json:"refused,omitzero" help:"-"` // selected too, but their systems cannot do what was asked
}

func (p *mitigateParams) plan(ctx context.Context, call *Call) (Plan, error) {
	threats, err := p.Filter.threats(ctx, call, "filter")
	if err != nil {
		return Plan{}, err
	}
	able, unable := ableTo(p.Action, threats)
	if len(able) == 0 {
		return Plan{}, wrong("mitigate-action", "%s does not work on the systems of these threats", p.Action.Label())
	}
	plan := Plan{Targets: targetsOf(call, able, threatTarget), Facts: []Fact{{"Action", p.Action.Label()}}}
	if n := len(unable); n > 0 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("%s left out: %s does not work on the systems of %s.", are(n, "threat"), p.Action.Label(), hostsOf(unable)))
	}
	plan.Notes = append(plan.Notes, actionNotes(p.Action)...)
	plan.Undo = map[s1.MitigateAction]string{s1.MitigateQuarantine: "Unquarantine", s1.MitigateUnquarantine: "Quarantine"}[p.Action]
	p.Filter.Filter, p.Refused = idsOnly(threatIDs(able)), nil
	if len(unable) > 0 {
		p.Refused = threatIDs(unable)
	}
	return plan, nil
}

// ableTo tells threats apart by whether their systems can do an action.
func ableTo(action s1.MitigateAction, threats []s1.Threat) (able, unable []s1.Threat) {
	for _, t := range threats {
		if supports(action, t) {
			able = append(able, t)
		} else {
			unable = append(unable, t)
		}
	}
	return able, unable
}

// supports tells whether a system can do an action (the specification: rollback on Windows, remediate on Windows and macOS). What
// is not known of is left to the console to judge.
func supports(action s1.MitigateAction, t s1.Threat) bool {
	system := strings.ToLower(string(t.Realtime.OSType) + " " + t.OS())
	windows, mac := strings.Contains(system, "windows"), strings.Contains(system, "mac")
	switch action {
	case s1.MitigateRollback:
		return windows || strings.TrimSpace(system) == ""
	case s1.MitigateRemediate:
		return windows || mac || strings.TrimSpace(system) == ""
	default:
		return true
	}
}

func actionNotes(action s1.MitigateAction) []string {
	switch action {
	case s1.MitigateRollback:
		return []string{"Rollback kills, quarantines and remediates first, then restores files from shadow copies."}
	case s1.MitigateUnquarantine:
		return []string{"After this the files are back where they were and can run again."}
	case s1.MitigateNetworkQuarantine:
		return []string{"Not every console knows this action; disconnecting the endpoints is the sure way."}
	}
	return nil
}

func mitigateThreats() *Command {
	return define(Command{
		Name: "mitigate-threats", Title: "Mitigate Threats", Area: "threats", Aliases: []string{"mitigate"}, Main: "filter",
		Effect: mitigation(""),
		Risk:   Destructive, Guarded: true, Needs: "Endpoint Threats › View + Update Analyst Verdict + Unquarantine, Threat Actions › Rollback + Remediate + Quarantine + Kill",
		Doc: "Kills, quarantines, remediates or rolls back threats on their endpoints. The endpoints act when they are online.",
		Examples: []string{`mitigate 1112953674841025235 action=Quarantine reason="INC-1042"`,
			`mitigate-threats filter={"computerName__contains":["DESKTOP-1"],"mitigationStatuses":["not_mitigated"]} mitigate-action=Kill reason="ransomware"`},
	}, func(ctx context.Context, call *Call, p mitigateParams) (render.Card, error) {
		return mitigate(ctx, call, p.Action, ids[s1.ThreatID](p.Filter.Filter), p.Refused)
	})
}

// mitigate acts on threats by id, and tells what the console says of each. The refused are told, too: they were asked for, and
// nothing is sent about them.
func mitigate(ctx context.Context, call *Call, action s1.MitigateAction, threats, refused []s1.ThreatID) (render.Card, error) {
	result, err := call.Console.MitigateThreats(ctx, action, threats)
	if err != nil {
		return render.Card{}, fmt.Errorf("%s on %d threats: %w", action.Label(), len(threats), err)
	}
	for _, id := range refused {
		result.Skipped = append(result.Skipped, s1.Skip{ID: string(id), Action: strings.ToLower(action.Label()), Reason: "not_supported"})
	}
	c, found := threatsAfter(ctx, call, slices.Concat(threats, refused), result, action.Label()+" accepted")
	c.why = "The threats are gone, done with already, their systems do not support it, or the bot's token may not do it."
	c.states, c.step = map[string]string{}, string(action)
	for _, d := range result.Details {
		for _, r := range d.Reports {
			c.states[d.ID] = joinNonEmpty(" ", strings.ReplaceAll(r.Action, "_", " "), r.Status)
		}
	}
	for _, id := range threats {
		skipped := slices.ContainsFunc(result.Skipped, func(s s1.Skip) bool { return s.ID == string(id) })
		if c.states[string(id)] == "" && !skipped && result.Affected >= len(threats) {
			c.states[string(id)] = "accepted"
		}
	}
	return mitigating(call, c, found).card(call), nil
}

// mitigating tells which endpoints have not done yet what the console took.
func mitigating(call *Call, c change, found []s1.Threat) change {
	e := call.command.Effect
	action := plainAction(c.step)
	return c.await(e.DoneBy(action), func(t Target) (Progress, string) {
		i := slices.IndexFunc(found, func(found s1.Threat) bool { return string(found.Identity()) == t.ID })
		if i < 0 {
			return Waiting, ""
		}
		is, why := e.Threat(found[i], action, call.Now.Add(-ClockSkew))
		return is, firstNonEmpty(why, Presence(s1.Agent{IsActive: found[i].Online(), IsDecommissioned: found[i].Realtime.IsDecommissioned}))
	})
}
