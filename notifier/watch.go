package notifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
	"s1bot/render/streak"
	"s1bot/s1"
)

// One check that fails is a stutter of the network; the second comes up to half a minute later, and
// then it is news. A console that is back is told at once.
const (
	// watchEvery is how often the connection is checked, or as often as the feeds are read, but no more often than watchLeast.
	watchEvery = 30 * time.Second
	watchLeast = 5 * time.Second
	// failuresBeforeNote is how many checks in a row must have failed before a note is written.
	failuresBeforeNote = 2
)

// A watch writes a note for the operators once when the console fails, and once when it is back.
//
// A feed that alone is refused is the feed's own news (feed/health.go), and while this watch says that
// the console is away the feeds keep quiet.
type watch struct {
	noteWriter
	check     func(context.Context) error // reports whether the console is well
	operators func() string               // channel, as it is now; while there is none nobody is told, and nothing checked
	interval  time.Duration               // between polls of the feeds
}

// run checks the console until ctx ends.
func (w watch) run(ctx context.Context) {
	pause := max(min(w.interval, watchEvery), watchLeast)
	var noting streak.Streak
	for failures := 0; ctx.Err() == nil; pacing.Rest(ctx, pause, nil) {
		if w.operators() == "" {
			continue
		}
		err := w.check(ctx)
		if ctx.Err() != nil {
			return
		}
		if failures++; err == nil {
			failures = 0
		}
		if failures > 0 && failures < failuresBeforeNote {
			continue
		}
		if err := w.changed(ctx, err); err != nil {
			noting.Failed(w.logger, w.now(), "can't write the note about the console, retrying", err)
			continue
		}
		noting.Over(w.logger, w.now(), "the note about the console is written")
	}
}

// changed writes down that the console fails or is well, and a note if that is news.
//
// State and note are one transaction, like a feed's: no crash makes operators hear of one outage
// twice, or of its end alone.
func (w watch) changed(ctx context.Context, problem error) error {
	was, err := w.journal.Cursor(ctx, journal.ConsoleState.Of(w.mark))
	if err != nil || was.Ready == (problem != nil) {
		return err
	}
	now, to := w.now(), w.operators()
	card := consoleCard(was.Since, problem).Named(w.label)
	note, err := journal.NewNote(fmt.Sprintf("%s-%d", journal.Source("console").Of(w.mark), now.UnixMilli()), to, card, now)
	if err != nil {
		return err
	}
	err = w.journal.Record(ctx, journal.Batch{Source: journal.ConsoleState.Of(w.mark), Cursor: journal.Cursor{Since: now, Ready: problem != nil}, Fresh: []journal.Notice{note}})
	w.wake(to)
	return err
}

// consoleCard says that the console fails, or that it is well again after a while.
func consoleCard(since time.Time, problem error) render.Card {
	card := func(tone render.Tone, title string, line render.Line) render.Card {
		return render.Card{Tone: tone, Title: title, Text: title, Parts: []render.Part{line}}
	}
	if problem == nil {
		return card(render.Good, "The console is responding again", render.Line{render.Text("It was unreachable since "), render.At(since),
			render.Text(". I'm posting what I missed; nothing is lost.")})
	}
	down := card(render.Warning, "The console isn't responding", render.Line{render.Text("I'll post new threats and alerts once it's back.")})
	var refusal *s1.Error
	if errors.As(problem, &refusal) && (refusal.Status == http.StatusUnauthorized || refusal.Status == http.StatusForbidden) {
		down = card(render.Warning, "The console denies the bot access", render.Line{
			render.Text("Its API token may have expired or lost a permission: check it in the console. Until then I can't post new threats and alerts; nothing is lost.")})
	}
	down.Parts = append(down.Parts, render.Code{Text: problem.Error()})
	return down
}
