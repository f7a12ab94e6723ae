package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"s1bot/commands/refusal"
	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
	"s1bot/s1"
)

// stuckAfter is how long a feed must have failed without being refused before a note is written: the console may be restarting, and
// the watch writes about a console that does not answer at all.
const stuckAfter = 5 * time.Minute

// refusalsBeforeNote is how many times in a row the console must have refused a feed before a note is written.
const refusalsBeforeNote = 2

// unauthorizedAfter is for how many intervals a feed must have been answered 401 before a note is written. Where the console takes the token
// for nothing at all, the watch over the console says so before, and once for all feeds.
const unauthorizedAfter = 3

// least and most that the watch over the console waits between two looks, in the notifier's own file.
const (
	watchLeast = 5 * time.Second
	watchMost  = 30 * time.Second
)

// unauthorized tells whether a feed alone is answered 401 for longer than the watch takes to tell
// of a token that nothing is open to.
//
// The watch needs two checks to speak, hence three of its pauses. A token that is invalid
// altogether is one note from the watch then, and not three from the feeds beside it.
func (f *Feed) unauthorized(t *failureRun) bool {
	return errors.Is(t.err, s1.ErrUnauthorized) && f.now().Sub(t.began) >= unauthorizedAfter*min(max(f.interval, watchLeast), watchMost)
}

// refuses reports whether the console says no for good: asking again brings the same answer until somebody changes something. A token that
// is not taken at all (401) is the watch's; see unauthorized.
func refuses(err error) bool {
	var answer *s1.Error
	if !errors.As(err, &answer) {
		return false
	}
	passing := []int{http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests}
	return answer.Status/100 == 3 || answer.Status == http.StatusNotImplemented || answer.Status/100 == 4 && !slices.Contains(passing, answer.Status)
}

// A problem is why a feed cannot be read.
type problem struct {
	err    error
	partly bool // what is new is read; what changed, or comes late, is not
}

// lastingProblem is what of a feed's trouble deserves a note; nil if it may pass by itself. What
// keeps new items away comes first.
//
// A pass that reads page after page is not stuck, however long its backlog: it counts from when a
// page was last read.
func (f *Feed) lastingProblem() *problem {
	var worst *problem
	for pass, t := range f.failing {
		if s1.IsRetired(t.err) && f.source != journal.Unified && f.group.unified.Load() {
			continue // unified alerts have these, too, and are read
		}
		stuck := f.now().Sub(pacing.Later(t.began, f.readAt[pass])) >= stuckAfter
		refused := refuses(t.err) && t.failures >= refusalsBeforeNote
		if !stuck && !refused && !f.unauthorized(t) {
			continue
		}
		if partly := pass != survey && pass != f.passes[0].name; worst == nil || !partly {
			worst = &problem{t.err, partly}
		}
	}
	return worst
}

// announceHealth writes a note for the operators once that a feed cannot be read, with the reason,
// and once that it can be again.
//
// It does nothing while a failure may still pass, and asks the journal only when what it knows
// would change. Not knowing comes first: after a start, another process may have written the note.
func (f *Feed) announceHealth(ctx context.Context) error {
	problem := f.lastingProblem()
	if problem == nil && len(f.failing) > 0 || f.known != nil && *f.known == (problem != nil) {
		return nil
	}
	was, err := f.journal.Cursor(ctx, journal.FeedState(f.kept))
	if err != nil || problem != nil && !refuses(problem.err) && (f.operators() == "" || f.consoleIsAway(ctx)) {
		return err
	}
	if was.Ready != (problem != nil) {
		if err := f.recordHealth(ctx, was.Since, problem); err != nil {
			return err
		}
	}
	failing := problem != nil
	f.known = &failing
	return nil
}

// consoleIsAway reports whether the operators know already that the console does not answer.
func (f *Feed) consoleIsAway(ctx context.Context) bool {
	watched, err := f.journal.Cursor(ctx, journal.ConsoleState.Of(f.kept.Console()))
	return err == nil && watched.Ready
}

// recordHealth writes the note and the state that it is about in one transaction: a crash in between would write the note twice, or never.
func (f *Feed) recordHealth(ctx context.Context, since time.Time, problem *problem) error {
	now := f.now()
	card := recoveredCard(f.source, since)
	if problem != nil {
		card = problem.card(f.source)
	}
	card = card.Named(f.label)
	note, err := journal.NewNote(fmt.Sprintf("%s-%d", journal.FeedState(f.kept), now.UnixMilli()), cmp.Or(f.operators(), f.channels()[0]), card, now)
	if err != nil {
		return err
	}
	batch := journal.Batch{Source: journal.FeedState(f.kept), Cursor: journal.Cursor{Since: now, Ready: problem != nil}, Fresh: []journal.Notice{note}}
	if err := f.journal.Record(ctx, batch); err != nil {
		return fmt.Errorf("write down how the feed of %s is: %w", f.source.Plural(), err)
	}
	f.wake(note.Channel)
	return nil
}

// card says so.
func (a problem) card(source journal.Source) render.Card {
	what, words := "New", fmt.Sprintf("No new %s are posted until this is fixed. I'll keep trying, and I'll post what I missed once it works.", source.Plural())
	if a.partly {
		what, words = "Changed", fmt.Sprintf("New %s are posted, but cards may be out of date, and late ones may be missing, until this is fixed. I'll keep trying.", source.Plural())
	}
	title := fmt.Sprintf("%s %s can't be read", what, source.Plural())
	if refuses(a.err) || errors.Is(a.err, s1.ErrUnauthorized) {
		title = fmt.Sprintf("The console refuses to list %s %s", strings.ToLower(what), source.Plural())
	}
	return render.Card{Tone: render.Warning, Title: title, Text: title + ": " + a.err.Error(), Parts: []render.Part{
		render.Code{Text: a.err.Error()}, render.Line{render.Text(words)}, render.Line{render.Bold("What to do: "), render.Text(Advice(source, a.err))}}}
}

// recoveredCard says that a feed works again, and since when it had not.
func recoveredCard(source journal.Source, since time.Time) render.Card {
	title := fmt.Sprintf("The feed of %s works again", source.Plural())
	return render.Card{Tone: render.Good, Title: title, Text: title, Parts: []render.Part{
		render.Line{render.Text("It was down since "), render.At(since), render.Text(". I'm posting what I missed.")}}}
}

// Advice is what to do about a feed that the console refuses, or does not answer for long.
func Advice(source journal.Source, problem error) string {
	need, off := "Endpoint Threats › View", "S1BOT_THREATS_CHANNEL"
	if source == journal.Alerts {
		need, off = "STAR Rule Alerts › View", "S1BOT_ALERTS_CHANNEL"
	}
	off = fmt.Sprintf("To switch this feed off, unset %s and remove the routes with source: %s.", off, source)
	if source == journal.Unified {
		need, off = "Unified Alerts › View", "To switch this feed off, set S1BOT_UNIFIED_ALERTS=off."
	}
	var answer *s1.Error
	if !errors.As(problem, &answer) {
		return "Ask whoever runs the bot to check its log."
	}
	switch answer.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return "The console doesn't have this API path (any more). Check its address and API version in the settings, and look for a newer s1bot. " + off
	case http.StatusForbidden:
		if source == journal.Alerts && answer.Reason == s1.FeatureOff {
			return "Custom detection rules (STAR) are not enabled for the scope of the bot's token. Have them enabled there, or give the bot a token of a scope that has them. " + off
		}
		return refusal.Advice(answer, need) + " " + off
	}
	return refusal.Advice(answer, need)
}

// Try reads a row of a source in each of the ways in which its feed does, for `s1bot check`.
func Try(ctx context.Context, console Console, source journal.Source, now time.Time) error {
	k := kindOf(source, console, nil)
	for _, p := range k.passes {
		if _, err := k.page(ctx, p.query(now.Add(-p.overlap)).WithLimit(1)); err != nil {
			return fmt.Errorf("read %ss by %s: %w", source, p.sort, err)
		}
	}
	return nil
}
