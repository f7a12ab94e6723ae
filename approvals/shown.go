package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Shown records that the messages of r that were edited tell of r as it was at its Rev. With told, those who waited for the end
// know of it. Where it is not recorded, Recover returns the request until it is.
func (l *Ledger) Shown(ctx context.Context, r Request, cards []CardRef, told bool) error {
	_, err := l.step(ctx, r.ID, func(q *Request, _ time.Time) ([]Entry, error) {
		news := told && !q.Told && q.State == r.State && q.Fence == r.Fence // else there is another end to tell
		if !q.markShown(r.Rev, cards) && !news {
			return nil, errSame
		}
		q.Told = q.Told || news
		return nil, nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// markShown reports whether any message is known newer now.
func (r *Request) markShown(rev int64, shown []CardRef) (changed bool) {
	mark := func(own []CardRef) []CardRef {
		own = append([]CardRef(nil), own...)
		for i, c := range own {
			for _, s := range shown {
				if c.Channel == s.Channel && c.TS == s.TS && c.Shown < rev {
					own[i].Shown, changed = rev, true
				}
			}
		}
		return own
	}
	r.Cards, r.Copies = mark(r.Cards), mark(r.Copies)
	return changed
}

// Observe records what the console says about a request later: how much of it is applied, or whether it ran. It is part of
// the trail; the same again is not.
func (l *Ledger) Observe(ctx context.Context, id string, effect json.RawMessage) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if string(r.Effect) == string(effect) {
			return nil, errSame
		}
		r.Effect = effect
		return []Entry{entry(*r, now, ActionObserved, "", map[string]any{"requester": r.Requester, "effect": effect})}, nil
	})
	if errors.Is(err, errSame) {
		return r, nil
	}
	if err == nil {
		l.changed(r)
	}
	return r, err
}

// Adjust changes what an approved request will do to what is left of it: args with fewer ids than were approved, never more.
// Observed is what was found then.
func (l *Ledger) Adjust(ctx context.Context, id string, args json.RawMessage, targets int, effect json.RawMessage) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if r.State != Running || r.Owner != l.owner {
			return nil, ErrLeaseLost
		}
		if targets > r.Targets {
			return nil, fmt.Errorf("%w: more targets than were approved", ErrInvalid)
		}
		was := digest(r.Args)
		r.Args, r.Targets, r.Effect = args, targets, effect
		return []Entry{entry(*r, now, ActionObserved, "", map[string]any{
			"requester": r.Requester, "effect": effect, "targets": targets, "args_sha256": digest(args), "args_sha256_before": was})}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}

// reminders are the parts of the time-out after which people are reminded of a request.
func reminders() []float64 { return []float64{0.5, 0.8} }

// RemindDue returns the pending requests of which people must be reminded now, once for half and once for four fifths of their
// time-out.
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
				return nil, errSame
			}
			r.Reminded = n
			return nil, nil
		})
		switch {
		case err == nil:
			due = append(due, r)
		case !errors.Is(err, errSame):
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
