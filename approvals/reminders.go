package approvals

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// reminders are the parts of the time-out after which people are reminded of a request.
func reminders() []float64 { return []float64{0.5, 0.8} }

// RemindDue returns the pending requests of which people must be reminded now, once for half and
// once for four fifths of their time-out.
//
// The row counts the reminders before they are sent, so of several processes one sends it, and a
// crash between the two costs a reminder rather than repeat it. After a time when nobody looked,
// only the latest that is due is sent. Without a card there is no thread to remind in.
func (l *Ledger) RemindDue(ctx context.Context) ([]Request, error) {
	rs, err := l.store.Find(ctx, Query{States: []State{Pending}})
	if err != nil {
		return nil, fmt.Errorf("look for requests that wait: %w", err)
	}
	var due []Request
	var failed []error
	for _, r := range rs {
		if r.reminders(l.clock()) <= r.Reminded || len(r.Cards) == 0 {
			continue
		}
		r, err := l.step(ctx, r.ID, func(r *Request, now time.Time) ([]Entry, error) {
			n := r.reminders(now)
			if r.State != Pending || n <= r.Reminded {
				return nil, errUnchanged
			}
			r.Reminded = n
			return nil, nil
		})
		switch {
		case err == nil:
			due = append(due, r)
		case !errors.Is(err, errUnchanged):
			failed = append(failed, err)
		}
	}
	return due, errors.Join(failed...)
}

// reminders is how many reminders of r are due by now.
func (r *Request) reminders(now time.Time) int {
	if !r.Open(now) {
		return 0
	}
	n := 0
	for _, part := range reminders() {
		if now.Sub(r.Created) >= time.Duration(part*float64(r.Expires.Sub(r.Created))) {
			n++
		}
	}
	return n
}
