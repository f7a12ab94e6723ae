package report

import (
	"context"
	"time"

	"github.com/sourcegraph/conc"

	"s1bot/approvals"
	"s1bot/render"
)

// All are the shifts of several consoles, each with what was asked for there.
type All []Shifts

// Since is the report of the one console, or those of all below each other. A console that does not
// answer is said to be missing; it keeps nobody from reading of the others, and they are not read
// after it but beside it.
//
// It fails only if all do, with the error of the last. The card's own words begin with the first
// console that answered; each goroutine writes its own place, so the order is that of the settings
// and not of the answers.
func (all All) Since(ctx context.Context, since time.Time, zone *time.Location) (render.Card, error) {
	if len(all) == 1 {
		return all[0].Since(ctx, since, zone)
	}
	cards, errs := make([]render.Card, len(all)), make([]error, len(all))
	var reading conc.WaitGroup
	for i, one := range all {
		reading.Go(func() { cards[i], errs[i] = one.Since(ctx, since, zone) })
	}
	reading.Wait()
	var whole render.Card
	var failed error
	for i, one := range all {
		card, err := cards[i], errs[i]
		head := render.Line{render.Bold("Console " + one.Label)}
		if err != nil {
			failed = err
			whole.Parts = append(whole.Parts, head, render.Line{render.Text("⚠ I couldn't read this console, so it's missing here: " + err.Error())})
			continue
		}
		if whole.Title == "" {
			whole.Tone, whole.Title, whole.Text = card.Tone, card.Title, card.Title
		}
		whole.Text += " · " + one.Label + card.Text[len(card.Title):]
		whole.Parts = append(append(whole.Parts, head), card.Parts...)
		whole.Actions = append(whole.Actions, card.Actions...)
	}
	if whole.Title == "" {
		return render.Card{}, failed
	}
	return whole, nil
}

// ours are the requests that are about the console of a report.
//
// The ledger does not know which requests belong together on a console under its present name
// (Stamp and name may differ), so it is asked for all and sorted here.
func (r Shifts) ours(requests []approvals.Request) (own []approvals.Request) {
	for _, req := range requests {
		if r.About == nil || r.About(req) {
			own = append(own, req)
		}
	}
	return own
}
