package approvals

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"s1bot/approvals/policy"
)

// RunningTerms finds the requests whose terms run at now, among which are all that may have an
// extension waiting: see Waiting. No term is due later than it ends.
func RunningTerms(now time.Time) Query { return Query{Due: now.Add(MaxTerm + TermLease)} }

// Waiting are the extensions of r that wait for somebody's word at now.
func (r *Request) Waiting(now time.Time) []Proposal {
	if !r.Term.Running() || !r.Final() {
		return nil
	}
	return r.Term.waiting(now)
}

// ExtendableBy tells whether an extension of r that waits does so for p's word: for certain, and p
// has not approved it already. As with DecidableBy, what counts is the answer of Extend.
func (r *Request) ExtendableBy(p policy.Person, x Proposal) bool {
	voted := slices.ContainsFunc(x.Approvals, func(v Vote) bool { return v.User == p.ID })
	return !voted && r.extendable(p) == nil
}

// waiting are the proposals that have not lapsed at now, in a slice of their own.
func (t *Term) waiting(now time.Time) []Proposal {
	return slices.DeleteFunc(slices.Clone(t.Proposed), func(p Proposal) bool { return !now.Before(p.Expires) })
}

// extendedBy is when t ends if it is extended by that much at now.
func (t *Term) extendedBy(by time.Duration, now time.Time) (time.Time, error) {
	ends := t.Ends
	if ends.Before(now) {
		ends = now
	}
	switch ends = ends.Add(by); {
	case by < MinTerm:
		return ends, fmt.Errorf("%w: an extension of less than %s", ErrInvalid, MinTerm)
	case ends.Sub(now) > MaxTerm:
		return ends, ErrTermTooLong
	}
	return ends, nil
}

// askExtension records that user asks for an extension. It gives no approval.
//
// Whoever asks again means the new length: what they asked for before goes, unless somebody
// approved it. So a row has no more of these than people who ask.
func (r *Request) askExtension(user string, by time.Duration, why string, wait time.Duration, now time.Time) error {
	if !r.Term.Running() || !r.Final() {
		return ErrTermOver
	}
	t := *r.Term
	if _, err := t.extendedBy(by, now); err != nil {
		return err
	}
	made := t.proposed(by, now, now.Add(wait))
	made.Asked, made.Reason = user, why
	if len(made.Approvals) == 0 {
		made.Expires = now.Add(wait)
	}
	t.Proposed = slices.DeleteFunc(t.waiting(now), func(o Proposal) bool { return o.By == by || o.Asked == user && len(o.Approvals) == 0 })
	t.Proposed = append(t.Proposed, made)
	r.Term = &t
	return nil
}

// RequestExtension writes down that p, who may not extend the request's term, asks those who may:
// in the row, where it waits for them, and in the trail.
func (l *Ledger) RequestExtension(ctx context.Context, id string, p policy.Person, by time.Duration, why string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if err := r.askExtension(p.ID, by, why, cmp.Or(r.Wait, l.timeout), now); err != nil {
			return nil, err
		}
		return []Entry{entry(*r, now, ActionExtensionRequested, p.ID, named(p, map[string]any{"requester": r.Requester, "by": by.String(), "reason": why}))}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}
