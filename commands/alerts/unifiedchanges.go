package alerts

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// Its three parts go into one mutation: alertTriggerActions takes several actions at once.
type updateUnifiedParams struct {
	Alerts   []unified.ID    `json:"alert-ids" help:"The alerts, by name, by their own id, or by the id of the threat or rule alert."`
	Status   unified.Status  `json:"status,omitzero" help:"The new status."`
	Verdict  unified.Verdict `json:"analyst-verdict,omitzero" help:"The new verdict."`
	Assignee string          `json:"assignee,omitzero" help:"Who works on them: an e-mail address or a full name; \"nobody\" removes the assignee."`
}

// nobody is the assignee of an alert that is to have none. In the arguments it stays a word, since
// an empty assignee there means "leave it as it is"; on the wire it is null.
const nobody = "nobody"

func (p *updateUnifiedParams) Check() error {
	if p.Status == "" && p.Verdict == "" && strings.TrimSpace(p.Assignee) == "" {
		return catalog.Wrong("status", "give a status, a verdict or an assignee")
	}
	return nil
}

// change is what is sent, once the assignee is an id.
func (p updateUnifiedParams) change() unified.Change {
	var ch unified.Change
	if p.Status != "" {
		ch.Status = &p.Status
	}
	if p.Verdict != "" {
		ch.Verdict = &p.Verdict
	}
	if p.Assignee != "" {
		id := p.Assignee
		if id == nobody {
			id = ""
		}
		ch.Assignee = &id
	}
	return ch
}

// is tells whether an alert is as it is wanted. Only the parts that are set count.
func (p updateUnifiedParams) is(a unified.Alert) bool {
	assigned := ""
	if a.Assignee != nil {
		assigned = a.Assignee.UserID
	}
	return (p.Status == "" || a.Status == p.Status) && (p.Verdict == "" || a.Verdict == p.Verdict) &&
		(p.Assignee == "" || p.Assignee == assigned || p.Assignee == nobody && assigned == "")
}

// words say what an alert has of what is set: "status Resolved, verdict Undefined".
func (p updateUnifiedParams) words(a unified.Alert) string {
	var words []string
	if p.Status != "" {
		words = append(words, "status "+a.Status.Label())
	}
	if p.Verdict != "" {
		words = append(words, "verdict "+a.Verdict.Label())
	}
	if p.Assignee != "" {
		words = append(words, "assigned to "+nameOr(a.Assignee.Label(), nobody))
	}
	return strings.Join(words, ", ")
}

// nameOr is a name, or another word where there is none.
func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

// The assignee becomes a numeric user id here: that is what the action takes, and names can change
// until it runs.
func (p *updateUnifiedParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	alerts, err := lookup.UnifiedWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return catalog.Plan{}, err
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, alerts, lookup.UnifiedTarget)}
	if p.Status != "" {
		plan.Facts = append(plan.Facts, catalog.Fact{Label: "Status", Value: p.Status.Label()})
	}
	if p.Verdict != "" {
		plan.Facts = append(plan.Facts, catalog.Fact{Label: "Analyst verdict", Value: p.Verdict.Label()})
	}
	if p.Assignee = strings.TrimSpace(p.Assignee); p.Assignee != "" {
		who, err := assignee(ctx, call, p.Assignee)
		if err != nil {
			return catalog.Plan{}, err
		}
		p.Assignee = who.UserID
		plan.Facts = append(plan.Facts, catalog.Fact{Label: "Assignee", Value: who.Label()})
	}
	same := 0
	for _, a := range alerts {
		if p.is(a) {
			same++
		}
	}
	plan.Notes = catalog.SameNote(same, "alert", "that")
	return plan, nil
}

// assignee finds a console user by address, name or id. A name that several have is not guessed.
// GET /users. The address is the only thing of a user that is unique, so a name must fit exactly
// one.
func assignee(ctx context.Context, call *catalog.Call, typed string) (*unified.Person, error) {
	if strings.EqualFold(typed, nobody) || strings.EqualFold(typed, "none") {
		return &unified.Person{UserID: nobody}, nil
	}
	q := s1.Query{}.With("query", typed)
	switch {
	case strings.Contains(typed, "@"):
		q = s1.Query{}.With("email", typed)
	case s1.ValidID(typed):
		q = s1.Query{}.With("ids", typed)
	}
	page, err := call.Console.UsersPage(ctx, q.WithLimit(catalog.MaxSuggestions))
	if err != nil {
		return nil, fmt.Errorf("look up the console user %s: %w", text.Quote(typed), err)
	}
	var fitting []s1.User
	var names []string
	for _, u := range page.Items {
		if names = append(names, u.FullName); u.ID == typed || strings.EqualFold(u.Email, typed) || strings.EqualFold(u.FullName, typed) {
			fitting = append(fitting, u)
		}
	}
	switch len(fitting) {
	case 1:
		return &unified.Person{UserID: fitting[0].ID, FullName: fitting[0].FullName, Email: fitting[0].Email}, nil
	case 0:
		e := catalog.Wrong("assignee", "the console has no user %s", text.Quote(typed))
		e.Nearest, e.Hint = text.Nearest(typed, names), "give their e-mail address"
		return nil, e
	}
	e := catalog.Wrong("assignee", "%d console users are called %s", len(fitting), text.Quote(typed))
	e.Hint = "give the e-mail address"
	return nil, e
}

// S1/alert/statusUpdate, analystVerdictUpdate and assignUser of alertTriggerActions, always with a
// filter of ids, for null there is every alert. The answer ActionsTriggered alone is no success: an
// alert in failure, or in skip without success, did not change. The permission is a new one: roles
// made before it can read and not write (MISSING_PERMISSION).
func updateUnified() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-unified-alert", Title: "Update Unified Alert", Area: "alerts", Aliases: []string{"triage-alert"}, Main: "alert-ids", Own: true,
		OnCards: unifiedTriageOnCards(), Wording: unifiedChangeWording(),
		Risk: catalog.Change, Needs: "Unified Alerts › View + Manage", Route: "unifiedalerts/graphql", Repeatable: true,
		Doc: "Sets status, analyst verdict and assignee of unified alerts. If an alert is also a threat or a rule alert, that is updated, too.",
		Examples: []string{`update-unified-alert 01911119-abcd-7454-8234-6abcdef67893 status="In Progress" assignee=alice@example.com`,
			`update-unified-alert 01911119-abcd-7454-8234-6abcdef67893 status=resolved analyst-verdict="False Positive: Benign"`},
	}, func(ctx context.Context, call *catalog.Call, p updateUnifiedParams) (render.Card, error) {
		result, err := unified.Of(call.Console).Update(ctx, p.Alerts, p.change())
		if err != nil {
			return render.Card{}, fmt.Errorf("update %d unified alerts: %w", len(p.Alerts), err)
		}
		return p.outcome(ctx, call, result).Card(call), nil
	})
}

// outcome looks at the alerts after the console's yes, for as long as it may take to show what it
// took. What failed is not waited for.
func (p updateUnifiedParams) outcome(ctx context.Context, call *catalog.Call, result s1.ActionResult) change.Outcome {
	ids := p.Alerts[:min(len(p.Alerts), change.MaxShown)]
	failed := result.Failed()
	found, err := settled(ctx, call, ids, func(a unified.Alert) bool {
		return result.Affected == 0 || slices.Contains(failed, string(a.ID)) || p.is(a)
	})
	c := change.Outcome{Noun: "alert", Done: "updated", Result: result, Targets: change.Known(call, "alert", p.Alerts, found, lookup.UnifiedTarget),
		States: map[string]string{}, Why: "The alerts are gone, or the bot's token isn't allowed to change them."}
	late := map[string]bool{}
	for _, a := range found {
		c.States[string(a.ID)] = p.words(a)
		late[string(a.ID)] = !p.is(a)
	}
	if err != nil {
		c.Notes = append(c.Notes, "I couldn't read the alerts again, so I don't know their current values. Check the console.")
	}
	c.Actions = change.Opens(c.Targets)
	return c.Await("updated", func(t catalog.Target) (catalog.Progress, string) {
		if late[t.ID] {
			return catalog.Waiting, "still has the old values; changes can take a few seconds to show in the console"
		}
		return catalog.Applied, ""
	})
}

type noteUnifiedParams struct {
	Alerts []unified.ID  `json:"alert-ids" help:"The alerts, by name, by their own id, or by the id of the threat or rule alert."`
	Text   catalog.Prose `json:"note-text" help:"The note."`
}

// The length is that of notes on threats; the schema names none.
func (p *noteUnifiedParams) Check() error {
	if strings.TrimSpace(string(p.Text)) == "" || len([]rune(p.Text)) > s1.MaxNote {
		return catalog.Wrong("note-text", "a note must have 1 to %d characters", s1.MaxNote)
	}
	return nil
}

func (p *noteUnifiedParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	alerts, err := lookup.UnifiedWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return catalog.Plan{}, err
	}
	return catalog.Plan{Targets: catalog.TargetsOf(call, alerts, lookup.UnifiedTarget), Facts: []catalog.Fact{{Label: "Note", Value: string(p.Text)}}}, nil
}

// addAlertNote takes one alert at a time. Not Repeatable: a second call writes the note again, and
// a fresh note can be neither edited nor deleted for a minute or so.
func noteUnified() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "note-unified-alert", Title: "Note Unified Alert", Area: "alerts", Aliases: []string{"unified-note"}, Main: "alert-ids", Own: true,
		OnCards: unifiedNoteOnCards(), Wording: unifiedNoteWording(),
		Risk: catalog.Change, Needs: "Unified Alerts › View + Manage", Route: "unifiedalerts/graphql",
		Doc:      "Adds a note to unified alerts.",
		Examples: []string{`note-unified-alert 01911119-abcd-7454-8234-6abcdef67893 note-text="called the user: it was not her"`},
	}, func(ctx context.Context, call *catalog.Call, p noteUnifiedParams) (render.Card, error) {
		found, _ := unified.Of(call.Console).ByID(ctx, p.Alerts) // for the names alone
		targets := change.Known(call, "alert", p.Alerts, found, lookup.UnifiedTarget)
		return change.OneByOne(call, "alert", "note added", targets, func(t catalog.Target) (catalog.Target, string, error) {
			list, err := unified.Of(call.Console).AddNote(ctx, unified.ID(t.ID), string(p.Text))
			return t, text.Plural(len(list), "note"), err
		})
	})
}
