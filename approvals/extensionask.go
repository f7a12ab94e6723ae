package approvals

import (
	"cmp"
	"context"
	"errors"
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
		made.Made, made.Reminded, made.Expires = now, 0, now.Add(wait)
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

// ErrNoExtension refuses to deny an extension that does not wait any more.
var ErrNoExtension = errors.New("the extension is no longer waiting")

// denyExtension takes an extension that waits out of r's term, with the approvals that it has: one
// denial is enough, as of a request. Denied is what it was.
func (r *Request) denyExtension(p policy.Person, by time.Duration, now time.Time) (denied Proposal, err error) {
	if err := r.extendable(p); err != nil {
		return denied, err
	}
	t := *r.Term
	t.Proposed = t.waiting(now)
	at := slices.IndexFunc(t.Proposed, func(x Proposal) bool { return x.By == by })
	if at < 0 {
		return denied, ErrNoExtension
	}
	denied = t.Proposed[at]
	t.Proposed = slices.Delete(t.Proposed, at, at+1)
	r.Term = &t
	return denied, nil
}

// DenyExtension records that p, who may extend the request's term, denies the extension by that much
// that waits. The term ends when it would have.
func (l *Ledger) DenyExtension(ctx context.Context, id string, p policy.Person, by time.Duration, why string) (r Request, denied Proposal, err error) {
	r, err = l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		var err error
		if denied, err = r.denyExtension(p, by, now); err != nil {
			return nil, err
		}
		what := named(p, map[string]any{"requester": r.Requester, "by": by.String(), "ends": r.Term.Ends, "reason": why})
		return []Entry{entry(*r, now, ActionExtensionDenied, p.ID, what)}, nil
	})
	switch {
	case err == nil:
		l.changed(r)
	case forbidden(err):
		l.auditRefusal(ctx, r, p, ActionExtensionDenied, err)
	}
	return r, denied, err
}
