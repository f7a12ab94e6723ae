package threats

import (
	"cmp"
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

func incidentCommands() []*catalog.Command {
	return []*catalog.Command{updateThreatIncident(), resolveThreat(), markAsThreat(), updateThreatNote()}
}

// The specification lets a filter choose; Plan reads what it chooses and pins it.
type threatIncidentParams struct {
	Filter  lookup.ThreatSelection `json:"filter" help:"The threats, by name or by a filter with the console's keys."`
	Verdict s1.Verdict             `json:"analyst-verdict" help:"The new analyst verdict."`
	Status  s1.IncidentStatus      `json:"incident-status" help:"The new incident status."`
}

func (p *threatIncidentParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := p.Filter.Threats(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Filter.Filter = lookup.IdsOnly(lookup.ThreatIDs(threats))
	plan := statusAndVerdictOf(p.Status, p.Verdict).Plan(call, threats)
	plan.Notes = append(plan.Notes, unmitigatedNote(p.Status, threats)...)
	return plan, nil
}

// unmitigatedNote warns of threats that are closed while they may still do harm. A resolved threat
// leaves the lists that people work from, so one that still runs would be forgotten.
func unmitigatedNote(status s1.IncidentStatus, threats []s1.Threat) []string {
	open := 0
	for _, t := range threats {
		if status == s1.StatusResolved && !t.Mitigated() {
			open++
		}
	}
	if open == 0 {
		return nil
	}
	return []string{text.Are(open, "threat") + " not mitigated yet."}
}

// maxUnmitigated is how many threats are named of those that were resolved unmitigated.
const maxUnmitigated = 5

// unmitigated warns whoever resolved threats that the console says are not mitigated, and offers to
// take that back: resolved, they are gone from the lists that people work from. Of one whose
// mitigation the console does not tell nothing is said.
func unmitigated(status s1.IncidentStatus, found []s1.Threat) change.Warning {
	var names []string
	var ids []s1.ThreatID
	for _, t := range found {
		if status == s1.StatusResolved && t.Info.IncidentStatus == s1.StatusResolved && t.Info.MitigationStatus != "" && !t.Mitigated() {
			name := text.JoinNonEmpty(" on ", cmp.Or(strings.TrimSpace(t.Name()), "threat "+string(t.Identity())), t.Host())
			names, ids = append(names, text.Shorten(name, 120)), append(ids, t.Identity())
		}
	}
	n := len(names)
	if n == 0 {
		return change.Warning{}
	}
	if n > maxUnmitigated {
		names = append(names[:maxUnmitigated], fmt.Sprintf("%d more", n-maxUnmitigated))
	}
	return change.Warning{
		Words: strings.Join(names, ", ") + text.Agree(n, " isn't mitigated, and is", " aren't mitigated, and are") + " no longer in the lists of open threats.",
		Actions: []render.Action{render.Button{Label: "Set back to " + s1.StatusUnresolved.Label(), Do: catalog.Invocation{
			Command: "update-incident-status", Args: catalog.Marshal(map[string]any{"threat-ids": ids, "status": s1.StatusUnresolved}),
		}}},
	}
}

// POST /threats/incident takes status and verdict at once. Its details[] say per id what became of
// each, and a verdict that was refused stands beside a status that was set.
func updateThreatIncident() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-threat-incident", Title: "Update Threat Incident", Area: "threats", Aliases: []string{"triage", "threat-incident"}, Main: "filter",
		Everyday: 7,
		Wording:  triageWording(),
		Settled:  "the incident is set with the answer",
		Risk:     catalog.Change, Needs: "Endpoint Threats › View + Update Analyst Verdict + Update Incident Status", Repeatable: true,
		Doc: "Sets the incident status and the analyst verdict of threats in one go.",
		Examples: []string{`update-threat-incident filter={"computerName__contains":["DESKTOP-1"],"analystVerdicts":["suspicious"]} analyst-verdict="False Positive" incident-status="In Progress"`,
			`triage 1112953674841025235 verdict="True Positive" status=Resolved`},
	}, func(ctx context.Context, call *catalog.Call, p threatIncidentParams) (render.Card, error) {
		return statusAndVerdictOf(p.Status, p.Verdict).Run(ctx, call, lookup.Ids[s1.ThreatID](p.Filter.Filter))
	})
}

// The specification wants the endpoint as well, as a check on the ids.
type resolveParams struct {
	Threats []s1.ThreatID `json:"threat-ids" help:"The threats to resolve."`
	Agent   s1.AgentID    `json:"agent-id" help:"The endpoint they are on. Threats on other endpoints stay as they are."`
}

// A threat on another endpoint is left out rather than refused: the rest was named rightly, and the
// outcome is then a partial success.
func (p *resolveParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agent, err := lookup.FindAgents(ctx, call, "agent-id", []string{string(p.Agent)})
	if err != nil {
		return catalog.Plan{}, err
	}
	threats, err := lookup.ThreatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Agent = s1.AgentID(agent[0])
	here, elsewhere := []s1.Threat{}, []s1.Threat{}
	for _, t := range threats {
		if t.AgentID() == p.Agent {
			here = append(here, t)
		} else {
			elsewhere = append(elsewhere, t)
		}
	}
	if len(here) == 0 {
		e := catalog.Wrong("agent-id", "none of the threats is on this endpoint")
		e.Hint = "they are on " + hostsOf(threats)
		return catalog.Plan{}, e
	}
	p.Threats = lookup.ThreatIDs(here)
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, here, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Status", Value: s1.StatusResolved.Label()}},
		LeftOut: elsewhereNote(elsewhere),
		Notes:   slices.Concat(unjudgedNote(here), unmitigatedNote(s1.StatusResolved, here)),
		Undo:    "Set the status to Unresolved",
	}, nil
}

func elsewhereNote(threats []s1.Threat) []string {
	if len(threats) == 0 {
		return nil
	}
	return []string{text.Are(len(threats), "threat") + " left out: on another endpoint (" + text.Shorten(text.JoinNonEmpty(", ", catalog.Convert[string](lookup.ThreatIDs(threats))...), 200) + "; " + hostsOf(threats) + ")."}
}

// unjudgedNote warns of threats that are closed without anybody having said what they are.
func unjudgedNote(threats []s1.Threat) []string {
	n := 0
	for _, t := range threats {
		if t.Info.AnalystVerdict == s1.VerdictUndefined {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{text.Plural(n, "threat") + " with the verdict Undefined."}
}

// It is POST /threats/incident; the older mark-as-resolved of version 2.0 is in no document any
// more.
func resolveThreat() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "resolve-threat", Title: "Resolve Threat", Area: "threats", Aliases: []string{"resolve", "resolve-threats"}, Main: "threat-ids",
		Settled: "the status is set with the answer",
		Wording: resolveWording(),
		Risk:    catalog.Change, Needs: "Endpoints › View, Endpoint Threats › View", Repeatable: true, Undo: "update-incident-status",
		Doc:      "Sets the incident status of threats on one endpoint to Resolved.",
		Examples: []string{"resolve 1112953674841025235 agent-id=DESKTOP-1", `resolve-threat threat-ids=["1112953674841025235"] agent-id=1845174760470303882`},
	}, func(ctx context.Context, call *catalog.Call, p resolveParams) (render.Card, error) {
		return resolvedOn(p.Agent).Run(ctx, call, p.Threats)
	})
}

// Only suspicious threats can be marked: what is malicious already is not made more so.
type markParams struct {
	Threats []s1.ThreatID `json:"threat-ids" help:"The suspicious threats to mark as malicious."`
}

// OnHosts: agents kill and quarantine, so budgets and protected hosts count the endpoints of the
// threats as if they were named.
func (p *markParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := lookup.ThreatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return catalog.Plan{}, err
	}
	sure := 0
	for _, t := range threats {
		if t.Info.ConfidenceLevel == s1.ConfidenceMalicious {
			sure++
		}
	}
	var notes []string
	if sure > 0 {
		notes = append(notes, text.Are(sure, "threat")+" already considered malicious.")
	}
	notes = append(notes, "Agents of the site will treat these files as malware: they kill and quarantine them according to policy.",
		"If the console no longer supports this call (API v2.0), I set the verdict True Positive instead, which blocks nothing.")
	p.Threats = lookup.ThreatIDs(threats)
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), OnHosts: true, Facts: []catalog.Fact{{Label: "Scope", Value: "the site of each threat"}}, Notes: notes}
	for _, t := range threats {
		plan.Add(catalog.SiteOf(t))
	}
	return plan, nil
}

// POST /web/api/v2.0/threats/mark-as-threat: version 2.1 has no such call, and many consoles no
// longer have this one. A refusal of another kind (a missing permission, say) is told as it is and
// changes nothing.
func markAsThreat() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "mark-as-threat", Title: "Mark As Threat", Area: "threats", Aliases: []string{"mark-threat"}, Main: "threat-ids",
		Wording: markWording(),
		Settled: "the threat is marked with the answer",
		OnCards: markOnCards(),
		Risk:    catalog.Destructive, Needs: "Endpoint Threats › View + Mark Threat", Repeatable: true,
		Doc:      "Marks suspicious threats as malicious: agents of their site then treat the files as malware.",
		Examples: []string{`mark-as-threat threat-ids=["1112953674841025235"] reason="confirmed by the sandbox"`},
	}, func(ctx context.Context, call *catalog.Call, p markParams) (render.Card, error) {
		result, err := call.Console.MarkAsThreat(ctx, p.Threats)
		if s1.Absent(err) {
			return judgeInstead(ctx, call, p.Threats)
		}
		if err != nil {
			return render.Card{}, fmt.Errorf("mark %d threats: %w", len(p.Threats), err)
		}
		return lookup.ThreatChange(ctx, call, p.Threats, result, "marked as threat").Card(call), nil
	})
}

// judgeInstead does what is left to do on a console without the call of version 2.0: the verdict,
// which blocks nothing. It is a partial success at best: the verdict is less than what was asked
// for and approved.
func judgeInstead(ctx context.Context, call *catalog.Call, threats []s1.ThreatID) (render.Card, error) {
	result, err := call.Console.SetThreatVerdict(ctx, threats, s1.VerdictTruePositive)
	if err != nil {
		return render.Card{}, fmt.Errorf("set the verdict of %d threats: %w", len(threats), err)
	}
	c := lookup.ThreatChange(ctx, call, threats, result, "verdict set to "+s1.VerdictTruePositive.Label())
	c.Notes = append(c.Notes, "This console no longer has Mark As Threat (API v2.0), so I only set the verdict. That doesn't block the file; to block it, add the threat to the blocklist.")
	card := c.Card(call)
	if card.Outcome == render.Successful {
		card.Tone, card.Outcome = render.Warning, render.Partial
	}
	return card, nil
}

// noteText is what a note says.
type noteText string

func (noteText) Kind() catalog.Kind {
	k := catalog.Prose("").Kind()
	k.Hint = fmt.Sprintf("%d to %d characters", s1.MinNote, s1.MaxNote)
	return k
}

type updateNoteParams struct {
	Threat s1.ThreatID `json:"threat-id" help:"The threat that has the note, by name or id."`
	Note   s1.NoteID   `json:"note-id" help:"The note to change. get-threat-notes shows its id."`
	Text   noteText    `json:"note-content" help:"The new text of the note."`
}

// The limits are the console's. Blanks around a note do not make it longer.
func (p *updateNoteParams) Check() error {
	text := string(p.Text)
	if n := utf8.RuneCountInString(text); utf8.RuneCountInString(strings.TrimSpace(text)) < s1.MinNote || n > s1.MaxNote {
		return catalog.Wrong("note-content", "a note must have %d to %d characters, not %d", s1.MinNote, s1.MaxNote, n)
	}
	return nil
}

// The console has no call for a single note, so all of the threat's are read. The old text goes
// onto the card, since after the change it is nowhere.
func (p *updateNoteParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := lookup.ThreatsWith(ctx, call, "threat-id", []s1.ThreatID{p.Threat})
	if err != nil {
		return catalog.Plan{}, err
	}
	notes, err := s1.Collect(call.Console.ThreatNotes(ctx, p.Threat, nil))
	if err != nil {
		return catalog.Plan{}, err
	}
	i := slices.IndexFunc(notes, func(n s1.Note) bool { return n.ID == p.Note })
	if i < 0 {
		e := catalog.Wrong("note-id", "the threat has no note with the id %s", p.Note)
		e.Hint = "get-threat-notes lists its notes with their ids"
		return catalog.Plan{}, e
	}
	if notes[i].Text == string(p.Text) {
		return catalog.Plan{}, catalog.Wrong("note-content", "the note says that already")
	}
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, threats, lookup.ThreatTarget), Facts: []catalog.Fact{{Label: "Note by", Value: cmp.Or(notes[i].Creator, "somebody")}},
		Changes: []catalog.Diff{{Field: "note", Old: notes[i].Text, New: string(p.Text)}},
		Notes:   []string{"The old text is lost. Only its author can change a note, so the bot can change only notes it wrote."},
	}, nil
}

// PUT /threats/{threat}/notes/{note}; only the note's author may, and for the console that is the
// token's user.
func updateThreatNote() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-threat-note", Title: "Update Threat Note", Area: "threats", Aliases: []string{"edit-note", "update-note"},
		Settled: "the note is changed with the answer",
		Risk:    catalog.Change, Needs: "Endpoint Threats › View", Route: "threats/{id}/notes", Repeatable: true, Undo: "update-threat-note",
		Doc:      "Replaces the text of a note on a threat. The bot can change only notes it wrote.",
		Examples: []string{`update-threat-note threat-id=2073000000000000987 note-id=2219000000000005378 note-content="New note content"`},
	}, func(ctx context.Context, call *catalog.Call, p updateNoteParams) (render.Card, error) {
		note, err := call.Console.UpdateThreatNote(ctx, p.Threat, p.Note, string(p.Text))
		if err != nil {
			return render.Card{}, fmt.Errorf("change note %s: %w", p.Note, err)
		}
		title, url := call.Command.Title, call.Console.ThreatURL(p.Threat)
		return render.Card{
			Tone: render.Good, Outcome: render.Successful, Title: title, Text: title + ": the note was changed",
			Parts: append([]render.Part{render.Line{render.Text("The note on "), render.Link("threat "+string(p.Threat), url), render.Text(" now says:")}}, noteParts([]s1.Note{note})...),
			Actions: []render.Action{
				render.Button{Label: "Show notes", Do: catalog.Invocation{Command: "get-threat-notes", Args: catalog.Marshal(map[string]any{"threat-id": p.Threat})}},
				render.Button{Label: "Open in console", URL: url},
			},
		}, nil
	})
}
