package store

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"s1bot/approvals"
)

// A change is a write that is known before it is made: one statement, which tells by the rows that it changes whether the write holds, and
// the entries of the trail that belong to it. Those of a batch go to PostgreSQL together, in one round trip, and their answers come back
// in one; a statement each would keep everybody waiting for the network as often as there are rows.
type change struct {
	statement
	holds   func(rows int64) error // may be nil
	entries []approvals.Entry
}

type statement struct {
	query string // may be empty: then there are entries alone
	args  []any
}

// change makes a change and returns when it is on disk; see do.
func (g *group) change(ctx context.Context, c change) error {
	return g.put(ctx, &write{do: c.make, change: &c}, g.join)
}

// changeSoon is change for what nobody waits for: it shares the transaction of the next write that somebody waits for, or has one of its own
// after companyWait. A person's click is then not behind the sync of what only tidies up after the last one.
func (g *group) changeSoon(ctx context.Context, c change) error {
	return g.put(ctx, &write{do: c.make, change: &c}, g.ride)
}

// announce gives a change to a batch that nobody has begun, where there is one. What it returns begins it, and returns when the change is
// on disk: whoever has several changes announces them all, waits for each, and has cost one transaction.
func (g *group) announce(ctx context.Context, c change) (wait func() error) {
	w := &write{do: c.make, change: &c}
	err := ctx.Err()
	var b *batch
	if err == nil {
		b, err = g.ride(w)
	}
	if err != nil {
		return func() error { return err }
	}
	return func() error {
		g.flush(b)
		return g.await(ctx, b, w)
	}
}

// make makes a change by itself.
func (c change) make(ctx context.Context, tx *transaction) error {
	if c.query != "" {
		rows, err := affected(tx.ExecContext(ctx, c.query, c.args...))
		if err == nil {
			err = c.verdict(rows)
		}
		if err != nil {
			return err
		}
	}
	return appendTrail(ctx, tx, c.entries...)
}

func (c change) verdict(rows int64) error {
	if c.holds == nil || c.query == "" {
		return nil
	}
	return c.holds(rows)
}

// pipeline makes changes in one round trip. Where one of them does not hold though its entries were
// sent, all must be made anew.
//
// The entries of the trail are computed and sent with the rows, before it is known whether each row
// was changed. If one was not, entries stand in the trail for something that did not happen, so
// everything is rolled back and made one by one.
func (tx *transaction) pipeline(ctx context.Context, writes []*write) (failed bool) {
	all, err := tx.queue(ctx, writes)
	if err != nil {
		writes[0].err = err
		return true
	}
	rows := make([]int64, 0, all.Len())
	err = tx.conn.Raw(func(driver any) error {
		answers := driver.(*stdlib.Conn).Conn().SendBatch(ctx, all)
		for range all.Len() {
			tag, err := answers.Exec()
			if err != nil {
				return errors.Join(err, answers.Close())
			}
			rows = append(rows, tag.RowsAffected())
		}
		return answers.Close()
	})
	if err != nil {
		writes[0].err = err
		return true
	}
	tx.trail.moved = false // it was the last statement
	at := 0
	for _, w := range writes {
		w.err = nil
		if w.change.query != "" {
			w.err = w.change.verdict(rows[at])
			at++
		}
		at += len(w.change.entries)
		var nothing untouched
		if w.err != nil && (len(w.change.entries) > 0 || !errors.As(w.err, &nothing)) {
			failed = true
		}
	}
	return failed
}

// queue are the statements of changes, with those of the trail.
//
// The answers come back in this order: for each write the row first, then its entries, and the end
// of the trail as the last.
func (tx *transaction) queue(ctx context.Context, writes []*write) (*pgx.Batch, error) {
	var all pgx.Batch
	for _, w := range writes {
		if w.change.query != "" {
			all.Queue(w.change.query, w.change.args...)
		}
		if len(w.change.entries) == 0 {
			continue
		}
		if err := tx.readTrail(ctx, trailHead); err != nil {
			return nil, err
		}
		for _, s := range tx.trail.append(w.change.entries) {
			all.Queue(s.query, s.args...)
		}
	}
	if tx.trail.moved {
		s := tx.trail.end()
		all.Queue(s.query, s.args...)
	}
	return &all, nil
}
