package notifier

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

const (
	// watchEvery is how often the connection is checked, or as often as the feeds are read, but no more often than watchLeast.
	watchEvery = 30 * time.Second
	watchLeast = 5 * time.Second
	// doubt is how many checks in a row must have failed before anybody is told.
	doubt = 2
)

// watching is the source whose cursor says how the console was: Since is when that began, Ready that it failed.
const watching Source = "watch"

// watch checks the console until ctx ends, and tells the operators once when it fails and once when it is back.
func (d *desk) watch(ctx context.Context, check func(context.Context) error) {
	pause := max(min(d.interval, watchEvery), watchLeast)
	for failures := 0; ctx.Err() == nil; rest(ctx, pause, nil) {
		err := check(ctx)
		if ctx.Err() != nil {
			return
		}
		if failures++; err == nil {
			failures = 0
		}
		if failures > 0 && failures < doubt {
			continue
		}
		if err := d.turned(ctx, err); err != nil {
			d.logger.Warn("how the console is cannot be written down", "err", err)
		}
	}
}

// turned writes down that the console fails or is well, and a note if that is news.
func (d *desk) turned(ctx context.Context, problem error) error {
	was, err := d.journal.Cursor(ctx, watching)
	if err != nil || was.Ready == (problem != nil) {
		return err
	}
	now := d.out.now()
	card := howItIs(was.Since, problem)
	note, err := newNote(fmt.Sprintf("console-%d", now.UnixMilli()), d.out.operators, card, now)
	if err != nil {
		return err
	}
	err = d.journal.Record(ctx, Batch{Source: watching, Cursor: Cursor{Since: now, Ready: problem != nil}, Fresh: []Notice{note}})
	d.ring(d.out.operators)
	return err
}

// howItIs tells operators that the console fails, or that it is well again after a while.
func howItIs(since time.Time, problem error) render.Card {
	card := func(tone render.Tone, title string, line render.Line) render.Card {
		return render.Card{Tone: tone, Title: title, Text: title, Parts: []render.Part{line}}
	}
	if problem == nil {
		return card(render.Good, "The console answers again", render.Line{render.Text("It had not since "), render.At(since),
			render.Text(". What it found meanwhile is told now; nothing is lost.")})
	}
	down := card(render.Warning, "The console does not answer", render.Line{render.Text("New threats and alerts are told when it is back.")})
	var refusal *s1.Error
	if errors.As(problem, &refusal) && (refusal.Status == http.StatusUnauthorized || refusal.Status == http.StatusForbidden) {
		down = card(render.Warning, "The console refuses the bot", render.Line{
			render.Text("Has its API token expired, or lost a permission? New threats and alerts are told when that is mended.")})
	}
	down.Parts = append(down.Parts, render.Code{Text: problem.Error()})
	return down
}
