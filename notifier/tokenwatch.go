package notifier

import (
	"context"
	"fmt"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
	"s1bot/render/streak"
	"s1bot/s1"
)

const (
	day = 24 * time.Hour
	// tokenEvery is how often the days that are left are counted.
	tokenEvery = 10 * time.Second
	// sameDay is how far two answers about one token may lie apart: consoles tell its end in several ways.
	sameDay = 12 * time.Hour
)

// warnings are how many days before its end operators hear of a token. A new one takes a person with rights in the console, and perhaps a
// change request: a month is early enough for that, a day the last call.
var warnings = []int{30, 14, 3, 1}

// A tokenWatch writes a note for the operators when the console's token is about to end, once for each of the warnings. What was missed
// while nothing ran is told as one note, that of the latest.
type tokenWatch struct {
	noteWriter
	token     func() s1.Token
	operators func() string // channel, as it is now; while there is none nobody is told
}

// run counts the days until ctx ends.
func (w tokenWatch) run(ctx context.Context) {
	var noting streak.Streak
	for ; ctx.Err() == nil; pacing.Rest(ctx, tokenEvery, nil) {
		if err := w.warn(ctx); err != nil {
			noting.Failed(w.logger, w.now(), "can't write the note about the console's token, retrying", err)
			continue
		}
		noting.Over(w.logger, w.now(), "the note about the console's token is written")
	}
}

// warn writes the note that is due now, unless it was written.
//
// The cursor keeps the moment of the last warning, counted back from the token's end. A new token
// has another end, so its own warnings are due by themselves and nothing has to be reset.
func (w tokenWatch) warn(ctx context.Context) error {
	token, now, to := w.token(), w.now(), w.operators()
	due := lastWarning(token.Expires, now)
	if due.IsZero() || to == "" {
		return nil
	}
	told, err := w.journal.Cursor(ctx, journal.TokenEnd.Of(w.mark))
	if err != nil || told.Since.Sub(due).Abs() < sameDay {
		return err
	}
	note, err := journal.NewNote(fmt.Sprintf("%s-%d", journal.TokenEnd.Of(w.mark), due.UnixMilli()), to, tokenCard(token, now).Named(w.label), now)
	if err != nil {
		return err
	}
	err = w.journal.Record(ctx, journal.Batch{Source: journal.TokenEnd.Of(w.mark), Cursor: journal.Cursor{Since: due}, Fresh: []journal.Notice{note}})
	w.wake(to)
	return err
}

// lastWarning is when the latest of the warnings was due; zero where none is yet, where the end is unknown, and after it: then the console
// itself says no, which operators hear of (see watch).
func lastWarning(end, now time.Time) (due time.Time) {
	if end.IsZero() || !now.Before(end) {
		return time.Time{}
	}
	for _, days := range warnings {
		if at := end.Add(-time.Duration(days) * day); !now.Before(at) {
			due = at
		}
	}
	return due
}

// tokenCard says when the token ends and what to do.
func tokenCard(token s1.Token, now time.Time) render.Card {
	title := "The console's API token expires " + inDays(token.Expires.Sub(now))
	card := render.Card{Tone: render.Warning, Title: title, Text: title}
	card.Parts = []render.Part{
		render.Line{render.Text("It expires "), render.At(token.Expires), render.Text(". After that I can't reach the console at all.")},
		render.Line{render.Text("Generate a new token for the bot's service user in the console, put it where the bot reads it (S1_API_TOKEN, or the token_file of the policy file), and send SIGHUP or restart.")},
	}
	if token.Owner == s1.Person {
		card.Parts = append(card.Parts, render.Note{render.Text("This token belongs to a person: it stops working when that account does. Use a service user's token; it can last up to two years.")})
	}
	return card
}

// inDays is how long it is until then, in days.
func inDays(left time.Duration) string {
	switch n := int((left + day/2) / day); {
	case left < day:
		return "within a day"
	case n <= 1:
		return "in a day"
	default:
		return fmt.Sprintf("in %d days", n)
	}
}
