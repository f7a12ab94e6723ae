package feed

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/s1"
)

// read goes through everything from window before what the pass has reached, oldest first, page by
// page. The pass has reached what is in the journal: after each page if the console keeps the order
// asked for, else after the last. It returns how many rows there were.
//
// An error leaves what was written so far: pages before the one that failed are in the journal, and
// the cursor with them if the order was kept. The trail of cursors is bounded: a console that hands
// out the same one twice ends the pass (s1.ErrCursorLoop).
func (f *Feed) read(ctx context.Context, p pass, window time.Duration) (rows int, err error) {
	cursor, err := f.journal.Cursor(ctx, f.kept)
	if err != nil {
		return 0, fmt.Errorf("read the cursor: %w", err)
	}
	r := &reading{Feed: f, pass: p, began: f.now(), cursor: cursor, saved: cursor, inOrder: true}
	if window == p.sweep {
		r.forget(f.now())
	}
	q := p.query(r.from(window)).WithLimit(pageSize)
	r.trail = s1.NewTrail("list "+string(f.source)+"s", q)
	for more := true; more; {
		q, more, err = r.readPage(ctx, q)
		if err != nil {
			return r.rows, err
		}
	}
	return r.rows, nil
}

// query asks for what a pass sees from then on, oldest first.
func (p pass) query(from time.Time) s1.Query {
	return s1.Query{}.With(p.filter, s1.FormatTime(from)).SortedBy(p.sort, s1.Ascending)
}

// A reading is one pass under way.
type reading struct {
	*Feed
	pass    pass
	began   time.Time
	cursor  journal.Cursor
	saved   journal.Cursor // as the journal has it
	drop    time.Time      // notices from before are forgotten with the first page
	last    time.Time      // the latest time stamp so far
	inOrder bool
	rows    int       // so far
	trail   *s1.Trail // through the console's pages
}

// from is where the reading begins: never before what the journal remembers, for there nobody knows
// what was delivered.
//
// An attacker who sets a row's time stamp years back, or a console that is restored from a backup,
// would otherwise bring back what was told and forgotten.
func (r *reading) from(window time.Duration) time.Time {
	floor := r.cursor.Since.Add(-maxIndexDelay)
	reached := r.cursor.Reached[r.pass.name]
	if reached.IsZero() {
		reached = r.cursor.Since
	}
	if from := reached.Add(-window); from.After(floor) {
		return from
	}
	return floor
}

// forget moves the beginning of the journal's memory, but never past what is still to be read.
//
// Twice the sweep's window stays, so that no row can be read again whose notice is gone. A pass
// that has failed for a month therefore keeps the journal from forgetting, and costs rows instead
// of telling things twice.
func (r *reading) forget(now time.Time) {
	drop := now.Add(-r.keep)
	for _, p := range r.passes {
		if limit := r.cursor.Reached[p.name].Add(-2 * p.sweep); limit.Before(drop) {
			drop = limit
		}
	}
	if since := drop.Add(maxIndexDelay); since.Sub(r.cursor.Since) > forgetEvery {
		r.drop, r.cursor.Since = drop, since
	}
}

// forgetEvery spares the journal a write with every poll.
const forgetEvery = time.Hour

// readPage reads one page and writes it down; it returns the query for the next one.
//
// A page is written before the next one is asked for, so a console that fails at page forty loses
// nothing of the thirty-nine. broken is an error of the cursor that came with this page; what is on
// the page counts all the same.
func (r *reading) readPage(ctx context.Context, q s1.Query) (next s1.Query, more bool, err error) {
	if err := r.turn.Take(ctx); err != nil {
		return q, false, err
	}
	defer r.turn.Give()
	page, err := r.page(ctx, q)
	if err != nil {
		return q, false, fmt.Errorf("read %s by %s: %w", r.source.Plural(), r.pass.sort, err)
	}
	next, more, broken := s1.Follow(r.trail, q, page)
	if errors.Is(broken, s1.ErrCursorLoop) {
		return q, false, fmt.Errorf("read %s by %s: %w", r.source.Plural(), r.pass.sort, broken)
	}
	r.readAt[r.pass.name] = r.now()
	r.rows += len(page.Items)
	r.advance(page.Items, page.Next == "")
	batch, err := r.batch(ctx, r.cursor, page.Items, r.pass.name == survey)
	if err != nil {
		return q, false, err
	}
	batch.Forget, r.drop = r.drop, time.Time{}
	if r.worthSaving(batch) {
		if err := r.recordOnce(ctx, batch, page.Items); err != nil {
			return q, false, err
		}
		r.saved = batch.Cursor
	}
	return next, more, broken
}

// worthSaving spares the journal a write for a cursor alone that hardly moved.
func (r *reading) worthSaving(b journal.Batch) bool {
	moved := b.Cursor.Reached[r.pass.name].Sub(r.saved.Reached[r.pass.name])
	return len(b.Fresh)+len(b.Changed) > 0 || !b.Forget.IsZero() || b.Cursor.Ready != r.saved.Ready || moved > r.pass.overlap/10
}

// advance moves the cursor over a page. A stamp from the future, be it a clock's fault or an attacker's, does not carry it away.
// When all is read, it moves on to a while ago even if nothing is that new, so that a burst is not read for ever.
func (r *reading) advance(items []item, end bool) {
	for _, it := range items {
		at := r.pass.at(it)
		if at.IsZero() {
			continue
		}
		r.inOrder = r.inOrder && !at.Before(r.last)
		r.last = pacing.Later(r.last, at)
	}
	r.cursor.Ready = r.cursor.Ready || end && r.pass.name == survey
	reached := r.last
	if reached.After(r.began) {
		reached = r.began
	}
	if end {
		reached = pacing.Later(reached, r.began.Add(-r.pass.overlap))
	}
	if (r.inOrder || end) && reached.After(r.cursor.Reached[r.pass.name]) {
		r.cursor.Reached = maps.Clone(r.cursor.Reached)
		if r.cursor.Reached == nil {
			r.cursor.Reached = map[string]time.Time{}
		}
		r.cursor.Reached[r.pass.name] = reached
	}
}
