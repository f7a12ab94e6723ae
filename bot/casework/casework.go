// Package casework answers who asks for the case file of something: which threat or alert they mean,
// whether they may, and where the file goes. What is in it is casefile's.
//
// The rule one must not break: a case shows nobody what a list would not show them.
package casework

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/casefile"
	"s1bot/bot/exchange"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// Word is the bot's own word that makes case files.
const Word = "case"

// Cases make case files for those who ask.
type Cases struct {
	Catalog *catalog.Catalog
	Settler exchange.Settler
	Call    func(a exchange.Interaction) *catalog.Call // what a command runs with; the console is settled by then
	Gate    Gate
	Ledger  casefile.Ledger
	Exports *tempfile.Space // nil: each file has one of its own
	Answers Answers
	Now     func() time.Time
}

// A Gate says who may list what.
type Gate interface {
	// MayRead returns the refusal of a person who may not run a command that only looks.
	MayRead(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error
}

// Answers post what was asked for; see exchange.Responder.
type Answers interface {
	Broadcast(ctx context.Context, user string, at exchange.Origin, card render.Card) (post.Sent, error)
	Deliver(ctx context.Context, user string, at exchange.Origin, card render.Card) (post.Sent, error)
	InThread(ctx context.Context, user string, at exchange.Origin, sent post.Sent, words string)
}

// unifiedBox lists unified alerts.
const unifiedBox = "unified-alerts"

// subjectBoxes are where the subject of a case is looked for, in this order.
//
// An id of a threat looks like that of an alert, so both are asked.
var subjectBoxes = []string{"threats", "alerts"}

// File makes the case file of "case evil.exe", by name, id or address in the console.
//
// Who may make a case of something is whoever may list it: the policy is asked for the listing
// command before each box, so that a case file shows nobody what a list would not. An id goes
// straight to the endpoint that takes ids, for the search boxes look for names; a name goes through
// the same search as the fields of forms, and so fits the same things.
func (c Cases) File(ctx context.Context, a exchange.Interaction, rest string) error {
	rest, err := c.Settler.Cut(&a.Do, rest)
	if err != nil {
		return err
	}
	name := strings.Trim(strings.TrimSpace(rest), "\"“”`")
	if name == "" {
		return &catalog.UsageError{Problem: "a case file needs a threat or an alert", Hint: "Type: /s1 case <name or id>"}
	}
	if id := catalog.IdInAddress(name); id != "" {
		name = id
	}
	if a.Do.Command == "" {
		on := a.Do.Console
		a.Do = caseOf(name) // for whoever has to say which console
		a.Do.Console = on
	}
	if err := c.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	call := c.Call(a)
	var fits []render.Option
	for _, box := range subjectBoxes {
		if err := c.mayList(ctx, a, box); err != nil {
			return err
		}
		if unified.LooksLikeID(name) {
			break
		}
		if s1.ThreatID(name).Valid() && len(name) > 12 {
			if s, found, err := c.subject(ctx, call.Console, box, name); err != nil || found {
				return c.answer(ctx, a, s, err)
			}
			continue
		}
		options, err := a.On.Catalog.Search(ctx, call, box, name)
		if err != nil {
			return err
		}
		fits = append(fits, options...)
	}
	if unified.LooksLikeID(name) {
		return c.ofUnified(ctx, a, unified.ID(name))
	}
	return c.pick(ctx, a, name, eachOnce(ctx, call.Console, fits))
}

// eachOnce are the offers of what a name fits. On a console that has unified alerts alone, nearly every threat is an alert too, and fits a
// second time: nobody is asked to choose between a thing and itself. Where that cannot be looked up, both are offered.
func eachOnce(ctx context.Context, console *s1.Client, fits []render.Option) (offers []catalog.Offer) {
	known, twins := map[string]bool{}, map[string]bool{}
	var alerts []unified.ID
	for _, f := range fits {
		known[f.Value] = true
		if unified.LooksLikeID(f.Value) {
			alerts = append(alerts, unified.ID(f.Value))
		}
	}
	if len(alerts) > 0 && len(alerts) < len(fits) {
		found, _ := unified.Of(console).ByID(ctx, alerts)
		for _, a := range found {
			id, may := a.Counterpart()
			twins[string(a.ID)] = may && known[id]
		}
	}
	for _, f := range fits {
		if !twins[f.Value] {
			offers = append(offers, catalog.Offer{Label: f.Label, Do: caseOf(f.Value)})
		}
	}
	return offers
}

// ofUnified makes the case file of a unified alert.
func (c Cases) ofUnified(ctx context.Context, a exchange.Interaction, id unified.ID) error {
	if err := c.mayList(ctx, a, unifiedBox); err != nil {
		return err
	}
	alert, err := unified.Of(a.On.Client).Get(ctx, id)
	if err != nil {
		return err
	}
	return c.answer(ctx, a, casefile.OfUnified(alert), nil)
}

// caseOf is a button's way to the case file of what has an id.
func caseOf(id string) render.Invocation {
	return render.Invocation{Command: Word, Args: catalog.Marshal(map[string]string{"line": id})}
}

// pick goes on with the one thing that a name fits; of several the person chooses.
//
// The one fit goes through file again, by its id, so that there is one way from an id to its file.
func (c Cases) pick(ctx context.Context, a exchange.Interaction, name string, offers []catalog.Offer) error {
	switch {
	case len(offers) == 0:
		return &catalog.UsageError{Problem: fmt.Sprintf("the console has no threat or alert called %q", name)}
	case len(offers) == 1:
		a.Choice.Line = only1(offers)
		return c.File(ctx, a, a.Choice.Line)
	}
	return &catalog.UsageError{Problem: fmt.Sprintf("several threats or alerts match %q", name), Hint: "pick one", Offers: offers[:min(len(offers), 10)]}
}

// only1 is the id that the one offer is about.
func only1(offers []catalog.Offer) string {
	c, err := exchange.ReadChoice(offers[0].Do)
	if err != nil {
		return ""
	}
	return c.Line
}

// mayList asks the policy whether the person may list what a box finds: who may not gets no case of it.
func (c Cases) mayList(ctx context.Context, a exchange.Interaction, box string) error {
	list, known := c.Catalog.ListedBy(box)
	cmd, ok := c.Catalog.Find(list)
	if !known || !ok {
		return workflow.ErrGone
	}
	return c.Gate.MayRead(ctx, cmd, a)
}

// subject reads what the case is about.
func (c Cases) subject(ctx context.Context, console *s1.Client, box, id string) (casefile.Subject, bool, error) {
	if box == subjectBoxes[0] {
		found, err := console.ThreatsByID(ctx, []s1.ThreatID{s1.ThreatID(id)})
		if s1.IsRetired(err) {
			return inUnified(ctx, console, id)
		}
		if err != nil || len(found) == 0 {
			return casefile.Subject{}, false, err
		}
		return casefile.OfThreat(found[0]), true, nil
	}
	found, err := console.AlertsByID(ctx, []s1.AlertID{s1.AlertID(id)})
	if s1.IsRetired(err) {
		return inUnified(ctx, console, id)
	}
	if err != nil || len(found) == 0 {
		return casefile.Subject{}, false, err
	}
	return casefile.OfAlert(found[0]), true, nil
}

// inUnified reads a threat or the alert of a rule, by the id that it had in the list of those, on a console that has unified alerts alone.
func inUnified(ctx context.Context, console *s1.Client, id string) (casefile.Subject, bool, error) {
	alerts, err := unified.Of(console).ByExternalID(ctx, []string{id})
	for _, a := range alerts {
		if known, may := a.Counterpart(); may && known == id { // other products have ids of their own there
			return casefile.OfUnified(a), true, nil
		}
	}
	return casefile.Subject{}, false, err
}

// answer makes the file and posts it where it was asked for: in the channel or thread, else in the
// direct messages.
//
// The zip lies in the exports' space, whose room is bounded for all together; card.Discard gives it
// back once the file was uploaded, and also where it could not be.
func (c Cases) answer(ctx context.Context, a exchange.Interaction, s casefile.Subject, err error) error {
	if err != nil {
		return err
	}
	exports := c.Exports
	if exports == nil {
		exports = tempfile.NewSpace("", casefile.MaxBytes)
	}
	file, err := exports.Create()
	if err != nil {
		return fmt.Errorf("make a case file: %w", err)
	}
	call := c.Call(a)
	maker := casefile.Maker{
		Console: caseConsole{call.Console}, Alerts: c.alertsFor(ctx, a, call.Console), Space: exports, Ledger: c.Ledger, Isolating: c.Catalog.Isolating(), Title: c.title, Now: c.Now,
		Here: func(req approvals.Request) bool {
			on, err := c.Settler.Set.Carried(req.Console)
			return err == nil && on.Name == a.On.Name
		},
	}
	made, err := maker.Make(ctx, s, file)
	if err != nil {
		return errors.Join(fmt.Errorf("make a case file: %w", err), file.Close())
	}
	card := made.Card()
	name := "case-" + s.Kind + "-" + s.ID + "-" + made.Made.UTC().Format("2006-01-02T1504") + ".zip"
	card.Files = []render.File{{Name: name, Title: made.FileTitle(), Disk: file}}
	defer card.Discard()
	if a.Drawn && !a.Ephemeral && a.At.Thread == "" {
		a.At.Thread = a.At.Message // Slack names no thread before a message has its first reply
	}
	sent, err := c.Answers.Broadcast(ctx, a.User, a.At, card)
	if err == nil && a.Drawn {
		c.Answers.InThread(ctx, a.User, a.At, sent, "The case file is in the thread")
	}
	if err != nil && !saysWhatIsMissing(err) {
		_, err = c.Answers.Deliver(ctx, a.User, a.At, card)
	}
	if saysWhatIsMissing(err) {
		return nil
	}
	return err
}

// saysWhatIsMissing tells that a message stands without its file, and says so: told in another way, it would stand twice.
func saysWhatIsMissing(err error) bool {
	var missing *post.FilesError
	return errors.As(err, &missing)
}

// alertsFor is where the alerts of a case come from: who may not list alerts reads of none.
func (c Cases) alertsFor(ctx context.Context, a exchange.Interaction, console *s1.Client) casefile.Alerts {
	if err := c.mayList(ctx, a, subjectBoxes[1]); err != nil {
		return noAlerts{}
	}
	return caseAlerts{console}
}

// caseAlerts are a console's alerts as case files read them.
type caseAlerts struct{ *s1.Client }

// UnifiedAlerts are those of the list that has all kinds.
func (c caseAlerts) UnifiedAlerts(ctx context.Context, q s1.Query) iter.Seq2[unified.Alert, error] {
	return unified.Of(c.Client).All(ctx, q)
}

// noAlerts is what the policy leaves of a console's alerts.
type noAlerts struct{}

func (noAlerts) Alerts(context.Context, s1.Query) iter.Seq2[s1.Alert, error] {
	return func(yield func(s1.Alert, error) bool) { yield(s1.Alert{}, casefile.ErrNotAllowed) }
}

func (noAlerts) UnifiedAlerts(context.Context, s1.Query) iter.Seq2[unified.Alert, error] {
	return func(yield func(unified.Alert, error) bool) { yield(unified.Alert{}, casefile.ErrNotAllowed) }
}

// A caseConsole is a console as case files read it.
type caseConsole struct{ *s1.Client }

// UnifiedNotes are the notes on a unified alert.
func (c caseConsole) UnifiedNotes(ctx context.Context, id unified.ID) ([]unified.Note, error) {
	return unified.Of(c.Client).Notes(ctx, id)
}

// OnCards offers case files on cards.
func OnCards() cards.Action {
	return cards.Action{
		Place: 54, Label: "Case file", Command: Word,
		Threat:  func(t s1.Threat) (cards.Filling, bool) { return caseFilling(string(t.Identity())) },
		Alert:   func(a s1.Alert) (cards.Filling, bool) { return caseFilling(string(a.Identity())) },
		Unified: func(a unified.Alert) (cards.Filling, bool) { return caseFilling(string(a.ID)) },
	}
}

// caseFilling is what a button carries; false where the thing has no id.
func caseFilling(id string) (cards.Filling, bool) {
	return cards.Filling{Args: caseOf(id).Args}, id != ""
}

// title is a command's, for the sentences of the audit trail.
func (c Cases) title(command string) string {
	if cmd, ok := c.Catalog.Find(command); ok {
		return cmd.Title
	}
	return command
}
