package threats

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

func threatCommands() []*catalog.Command {
	return []*catalog.Command{getThreat(), getThreatNotes(), addNotes(), setThreatVerdict(), setIncidentStatus(), mitigateThreats(), killProcesses(), quarantineFiles(), rollbackRemediation()}
}

type getThreatParams struct {
	Limit      *listing.Count     `json:"limit,omitzero" help:"Maximum number of threats to list; 1000 if empty."`
	Input      lookup.ThreatQuery `json:"custom-input,omitzero" help:"Filter by the console's own keys."`
	Storylines []string           `json:"storylines,omitzero" help:"Only threats of these storylines. get-alerts shows the storylines of alerts."`
}

// One command is the list and the single threat. countOnly asks for the number alone, which has a
// card of its own.
func getThreat() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-threat", Title: "Get Threat", Area: "threats", Aliases: []string{"threats", "threat", "get-threats"}, Main: "custom-input",
		Everyday: 1,
		Wording:  threatsWording(),
		OnCards:  threatsOnCards(), OnObservables: threatsOnObservables(),
		Risk: catalog.Read, Needs: "Endpoint Threats › View", Repeatable: true,
		Doc: "Lists threats, newest first; “threats open” lists unresolved ones. A single threat is shown with all its details.",
		Examples: []string{"threat 1112953674841025235", "threats open", `get-threat limit=20 custom-input={"createdAt__gt":"2026-11-20 17:53:25","resolved":false}`,
			"threats filter=incidentStatuses=unresolved&computerName__contains=DESKTOP"},
	}, func(ctx context.Context, call *catalog.Call, p getThreatParams) (render.Card, error) {
		q, err := p.Input.Query()
		if err != nil {
			return render.Card{}, catalog.Wrong("custom-input", "%s", err)
		}
		if len(p.Storylines) > 0 {
			q = q.With("storylines", p.Storylines...)
		}
		if q.Get("countOnly") == "true" {
			return countThreats(ctx, call, q)
		}
		return lookup.ThreatRows(call).Show(ctx, call, q, listing.LimitOf(p.Limit, p.Input.Filter))
	})
}

type threatNotesParams struct {
	Threat s1.ThreatID `json:"threat-id" help:"The threat whose notes to show, by name or id."`
}

// All notes are read: a threat has few, and the console's own page of ten would hide the older
// ones.
func getThreatNotes() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-threat-notes", Title: "Get Threat Notes", Area: "threats", Aliases: []string{"notes", "threat-notes"}, Main: "threat-id",
		Wording: notesWording(),
		OnCards: notesOnCards(),
		Risk:    catalog.Read, Needs: "Endpoint Threats › View", Route: "threats/{id}/notes", Repeatable: true,
		Doc:      "Shows the notes on a threat.",
		Examples: []string{"get-threat-notes threat-id=1112953674841025235", "notes 1112953674841025235"},
	}, func(ctx context.Context, call *catalog.Call, p threatNotesParams) (render.Card, error) {
		rows := listing.Listing[s1.Note]{
			Noun: "Notes", Things: "notes", About: "on threat " + string(p.Threat), Raw: func(n s1.Note) json.RawMessage { return n.Raw }, Table: cards.NoteTable, Parts: noteParts,
			Page: func(ctx context.Context, q s1.Query) (s1.Page[s1.Note], error) {
				return call.Console.ThreatNotesPage(ctx, p.Threat, q)
			},
			Empty: "Nobody has added a note yet. add-notes-to-threats adds one.",
		}
		everything := listing.Limit(0)
		return rows.Show(ctx, call, nil, &everything)
	})
}

// noteParts shows notes as what they are: somebody's words. Anybody with access to the console can
// have written them, so they never look like words of the bot's.
func noteParts(notes []s1.Note) []render.Part {
	var parts []render.Part
	for _, n := range notes {
		head := render.Line{render.Bold(cmp.Or(n.Creator, "somebody")), render.Text(" · "), render.At(n.CreatedAt.Time)}
		if n.Edited {
			head = append(head, render.Text(" · edited "), render.At(n.UpdatedAt.Time))
		}
		head = append(head, render.Text(" · note "), render.Mono(string(n.ID)))
		parts = append(parts, head, render.Quote{Text: n.Text})
	}
	return parts
}

type addNotesParams struct {
	Filter lookup.ThreatSelection `json:"filter" help:"The threats, by name or by a filter with the console's keys."`
	Text   catalog.Prose          `json:"note-text" help:"The text of the note, 2 to 10000 characters."`
}

// It is checked before anybody is asked: the console's 400 would come after an approval where many
// threats are meant.
func (p *addNotesParams) Check() error {
	text := string(p.Text)
	if n := utf8.RuneCountInString(text); utf8.RuneCountInString(strings.TrimSpace(text)) < s1.MinNote || n > s1.MaxNote {
		return catalog.Wrong("note-text", "a note must have %d to %d characters, not %d", s1.MinNote, s1.MaxNote, n)
	}
	return nil
}

func (p *addNotesParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := p.Filter.Threats(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Filter.Filter = lookup.IdsOnly(lookup.ThreatIDs(threats))
	return catalog.Plan{Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Note", Value: string(p.Text)}}}, nil
}

// POST /threats/notes returns affected and no ids of the notes. A filter with both ids and other
// keys is legal there; ids alone are sent. It is not Repeatable: a second call writes the note a
// second time.
func addNotes() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "add-notes-to-threats", Title: "Add Notes To Threats", Area: "threats", Aliases: []string{"note", "add-note"}, Main: "filter",
		Wording: addNoteWording(),
		Settled: "a note is there with the answer",
		OnCards: addNoteOnCards(),
		NoteOn: &catalog.NoteOn{Kind: "threat", Args: func(thing, text string) any {
			if thing == "" {
				return map[string]any{"note-text": text}
			}
			return map[string]any{"filter": map[string]any{"ids": []string{thing}}, "note-text": text}
		}},
		Risk: catalog.Change, Needs: "Endpoint Threats › View + Update Incident Status", // the vendor asks for the second today, beyond the specification
		Doc:      "Adds a note to threats.",
		Examples: []string{`add-notes-to-threats filter={"ids":["1112953674841025235"]} note-text="seen in INC-1042"`, `note 1112953674841025235 text="false alarm"`},
	}, func(ctx context.Context, call *catalog.Call, p addNotesParams) (render.Card, error) {
		targets := lookup.Ids[s1.ThreatID](p.Filter.Filter)
		n, err := call.Console.AddThreatNotes(ctx, targets, string(p.Text))
		if err != nil {
			return render.Card{}, fmt.Errorf("add a note to %d threats: %w", len(targets), err)
		}
		c := lookup.ThreatChange(ctx, call, targets, s1.ActionResult{Affected: n}, "note added")
		c.Notes = append(c.Notes, "The console names the user of the bot's token as the author. Who wrote it is in the audit trail.")
		if len(targets) == 1 {
			c.Actions = append(c.Actions, render.Button{Label: "Show notes", Do: catalog.Invocation{Command: "get-threat-notes", Args: catalog.Marshal(map[string]any{"threat-id": targets[0]})}})
		}
		return c.Card(call), nil
	})
}

// Refused are kept with the request, so that the outcome names what was asked for and left out.
type mitigateParams struct {
	Filter  lookup.ThreatSelection `json:"filter" help:"The threats, by name or by a filter with the console's keys."`
	Action  s1.MitigateAction      `json:"mitigate-action" help:"What the endpoints should do about the threats. Rollback works on Windows only, Remediate on Windows and macOS."`
	Refused []s1.ThreatID          `json:"refused,omitzero" help:"-"` // selected too, but their systems cannot do what was asked
}

// Where no system can do the action there is nothing to approve.
func (p *mitigateParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := p.Filter.Threats(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	able, unable := ableTo(p.Action, threats)
	if len(able) == 0 {
		return catalog.Plan{}, catalog.Wrong("mitigate-action", "%s doesn't work on the operating systems of these threats", p.Action.Label())
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, able, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Action", Value: p.Action.Label()}}}
	if n := len(unable); n > 0 {
		plan.Notes = append(plan.Notes, fmt.Sprintf("%s left out: %s doesn't work on the operating systems of %s.", text.Are(n, "threat"), p.Action.Label(), hostsOf(unable)))
	}
	plan.Notes = append(plan.Notes, actionNotes(p.Action)...)
	plan.Undo = map[s1.MitigateAction]string{s1.MitigateQuarantine: "Unquarantine", s1.MitigateUnquarantine: "Quarantine"}[p.Action]
	p.Filter.Filter, p.Refused = lookup.IdsOnly(lookup.ThreatIDs(able)), nil
	if len(unable) > 0 {
		p.Refused = lookup.ThreatIDs(unable)
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

// supports tells whether a system can do an action (the specification: rollback on Windows,
// remediate on Windows and macOS). What is not known of is left to the console to judge.
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

// actionNotes say what an action does beside what its name says.
func actionNotes(action s1.MitigateAction) []string {
	switch action {
	case s1.MitigateRollback:
		return []string{"Rollback kills, quarantines and remediates first, then restores files from shadow copies."}
	case s1.MitigateUnquarantine:
		return []string{"The files go back to where they were and can run again."}
	case s1.MitigateNetworkQuarantine:
		return []string{"Not every console supports this action. To be safe, disconnect the endpoints from the network instead."}
	}
	return nil
}

// POST /threats/mitigate/{action}. affected counts commands that were sent; what came of them is in
// the threat's mitigationStatus[], where pending and sent become success or failed. Not Repeatable,
// since a rollback is among the actions.
func mitigateThreats() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "mitigate-threats", Title: "Mitigate Threats", Area: "threats", Aliases: []string{"mitigate"}, Main: "filter",
		Everyday: 6,
		Wording:  mitigationWording(),
		OnCards:  mitigateOnCards(),
		Effect:   change.Mitigation(""),
		Risk:     catalog.Destructive, Guarded: true, Needs: "Endpoint Threats › View + Update Analyst Verdict + Unquarantine, Threat Actions › Rollback + Remediate + Quarantine + Kill",
		Doc: "Kills, quarantines, remediates or rolls back threats on their endpoints. Endpoints act once they are online.",
		Examples: []string{`mitigate 1112953674841025235 action=Quarantine reason="INC-1042"`,
			`mitigate-threats filter={"computerName__contains":["DESKTOP-1"],"mitigationStatuses":["not_mitigated"]} mitigate-action=Kill reason="ransomware"`},
	}, func(ctx context.Context, call *catalog.Call, p mitigateParams) (render.Card, error) {
		return mitigate(ctx, call, p.Action, lookup.Ids[s1.ThreatID](p.Filter.Filter), p.Refused)
	})
}

// mitigate acts on threats by id, and tells what the console says of each. The refused are told,
// too: they were asked for, and nothing is sent about them. States are taken from reports[] in the
// answer; an older console answers with affected alone.
func mitigate(ctx context.Context, call *catalog.Call, action s1.MitigateAction, threats, refused []s1.ThreatID) (render.Card, error) {
	result, err := call.Console.MitigateThreats(ctx, action, threats)
	if err != nil {
		return render.Card{}, fmt.Errorf("%s on %d threats: %w", action.Label(), len(threats), err)
	}
	for _, id := range refused {
		result.Skipped = append(result.Skipped, s1.Skip{ID: string(id), Action: strings.ToLower(action.Label()), Reason: "not_supported"})
	}
	c, found := lookup.ThreatsAfter(ctx, call, slices.Concat(threats, refused), result, action.Label()+" accepted")
	c.Why = "The threats are gone or handled already, their operating systems don't support it, or the bot's token isn't allowed to do it."
	c.States, c.Step = map[string]string{}, string(action)
	for _, d := range result.Details {
		for _, r := range d.Reports {
			c.States[d.ID] = text.JoinNonEmpty(" ", strings.ReplaceAll(r.Action, "_", " "), r.Status)
		}
	}
	for _, id := range threats {
		skipped := slices.ContainsFunc(result.Skipped, func(s s1.Skip) bool { return s.ID == string(id) })
		if c.States[string(id)] == "" && !skipped && result.Affected >= len(threats) {
			c.States[string(id)] = "accepted"
		}
	}
	return mitigating(call, c, found).Card(call), nil
}

// mitigating tells which endpoints have not done yet what the console took. It is the first look,
// right after the yes; the workflow goes on looking until the Effect is overdue.
func mitigating(call *catalog.Call, c change.Outcome, found []s1.Threat) change.Outcome {
	e := call.Command.Effect
	action := catalog.PlainAction(c.Step)
	return c.Await(e.DoneBy(action), func(t catalog.Target) (catalog.Progress, string) {
		i := slices.IndexFunc(found, func(found s1.Threat) bool { return string(found.Identity()) == t.ID })
		if i < 0 {
			return catalog.Waiting, ""
		}
		is, why := e.Threat(found[i], action, call.Now.Add(-catalog.ClockSkew))
		return is, cmp.Or(why, catalog.Presence(s1.Agent{IsActive: found[i].Online(), IsDecommissioned: found[i].Realtime.IsDecommissioned}))
	})
}
