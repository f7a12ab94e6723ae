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

// An ExtensionDue is an extension of a request's term of which people must be reminded now.
type ExtensionDue struct {
	Of Request
	Proposal
}

// RemindExtensionsDue is RemindDue for extensions that wait: they lapse as a request does, and their
// row counts the reminders in the same way.
func (l *Ledger) RemindExtensionsDue(ctx context.Context) ([]ExtensionDue, error) {
	rs, err := l.store.Find(ctx, RunningTerms(l.clock()))
	if err != nil {
		return nil, fmt.Errorf("look for extensions that wait: %w", err)
	}
	var due []ExtensionDue
	var failed []error
	for _, r := range rs {
		if len(r.Cards) == 0 || len(r.remindable(l.clock())) == 0 {
			continue
		}
		var now []Proposal
		r, err := l.step(ctx, r.ID, func(r *Request, at time.Time) ([]Entry, error) {
			if now = r.remindable(at); len(now) == 0 {
				return nil, errUnchanged
			}
			r.countReminded(at)
			return nil, nil
		})
		if err != nil && !errors.Is(err, errUnchanged) {
			failed = append(failed, err)
		}
		for _, x := range now {
			if err == nil {
				due = append(due, ExtensionDue{r, x})
			}
		}
	}
	return due, errors.Join(failed...)
}

// remindable are the extensions of r of which a reminder is due.
func (r *Request) remindable(now time.Time) (due []Proposal) {
	for _, x := range r.Waiting(now) {
		if x.reminders(now) > x.Reminded {
			due = append(due, x)
		}
	}
	return due
}

// countReminded notes in the row which reminders of extensions are about to be sent.
func (r *Request) countReminded(now time.Time) {
	t := *r.Term
	t.Proposed = t.waiting(now)
	for i, x := range t.Proposed {
		t.Proposed[i].Reminded = max(x.Reminded, x.reminders(now))
	}
	r.Term = &t
}

// reminders is how many reminders of r are due by now.
func (r *Request) reminders(now time.Time) int {
	if !r.Open(now) {
		return 0
	}
	return remindersBetween(r.Created, r.Expires, now)
}

// reminders is how many of x are due by now. One that approvers began waits without anybody having
// asked them.
func (x Proposal) reminders(now time.Time) int {
	if x.Made.IsZero() || !now.Before(x.Expires) {
		return 0
	}
	return remindersBetween(x.Made, x.Expires, now)
}

// remindersBetween is how many parts of the time-out have passed.
func remindersBetween(made, expires, now time.Time) (n int) {
	for _, part := range reminders() {
		if now.Sub(made) >= time.Duration(part*float64(expires.Sub(made))) {
			n++
		}
	}
	return n
}
