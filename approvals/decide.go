package approvals

import (
	"context"
	"errors"
	"time"

	"s1bot/approvals/policy"
)

// Approve records that p approves the request. It is Approved when that was the last word needed,
// and Pending else. While everything is frozen nothing is approved either. Earlier are those who
// approved it before, as they are now: who has lost the role since does not count any more, and
// where that cannot be told and matters, p's word is not taken (*policy.UnansweredError). Was is the
// request as the caller has read it, or its ID alone.
//
// The freeze is looked at before the step and not in it. One that begins between the two lets the
// approval through; the run looks again after its claim, which is where it matters.
func (l *Ledger) Approve(ctx context.Context, was Request, p policy.Person, earlier ...policy.Person) (Request, error) {
	if r, err := l.refuseIfFrozen(ctx, was.ID, p, ActionApproved); err != nil {
		return r, err
	}
	return l.decide(ctx, was, p, ActionApproved, "", func(r *Request, now time.Time) error { return r.approve(p, now, earlier...) })
}

// refuseIfFrozen is nil unless everything is frozen, or nobody can tell; that somebody wanted to
// act all the same is written down.
//
// The request comes back as it stands, for the card that the person gets.
func (l *Ledger) refuseIfFrozen(ctx context.Context, id string, p policy.Person, action string) (Request, error) {
	freeze, frozen, err := l.Frozen(ctx)
	if err != nil || !frozen {
		return Request{ID: id}, unread(err)
	}
	r, err := l.Get(ctx, id)
	if err != nil {
		return Request{ID: id}, err
	}
	l.auditRefusal(ctx, r, p, action, ErrFrozen)
	return r, &FrozenError{freeze}
}

// Deny records that p denies the request.
func (l *Ledger) Deny(ctx context.Context, id string, p policy.Person, reason string) (Request, error) {
	return l.decide(ctx, Request{ID: id}, p, ActionDenied, reason, func(r *Request, now time.Time) error { return r.deny(p, reason, now) })
}

// Withdraw records that the requester takes the request back.
func (l *Ledger) Withdraw(ctx context.Context, id string, p policy.Person) (Request, error) {
	return l.decide(ctx, Request{ID: id}, p, ActionWithdrawn, "", func(r *Request, now time.Time) error { return r.withdraw(p.ID, now) })
}

// Drop takes back a request that was to run at once, without an approval, and could not; nothing
// else is dropped.
//
// Without it the row would stay approved, and Recover would run a minute later what its requester
// was just told is not going to happen.
func (l *Ledger) Drop(ctx context.Context, id, why string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if err := r.drop(now, why); err != nil {
			return nil, err
		}
		return []Entry{entry(*r, now, ActionWithdrawn, "", map[string]any{"requester": r.Requester, "why": why})}, nil
	})
	if err == nil {
		l.changed(r)
	}
	return r, err
}

// Reopen records that p lets an interrupted request run again; it is Approved then. While
// everything is frozen nobody may. Key is the click's: the same one never lets it run twice.
func (l *Ledger) Reopen(ctx context.Context, id string, p policy.Person, key string) (Request, error) {
	if r, err := l.refuseIfFrozen(ctx, id, p, ActionReopened); err != nil {
		return r, err
	}
	return l.decide(ctx, Request{ID: id}, p, ActionReopened, "", func(r *Request, now time.Time) error { return r.reopen(p, key, now) })
}

// Close records that p leaves an interrupted request as it is.
func (l *Ledger) Close(ctx context.Context, id string, p policy.Person, reason string) (Request, error) {
	return l.decide(ctx, Request{ID: id}, p, ActionClosed, reason, func(r *Request, now time.Time) error { return r.closeInterrupted(p, reason, now) })
}

// MayDecide says why p could not approve or deny the request now; nil if they could. It promises
// nothing: what counts is the answer of Approve or Deny.
//
// It is what a form is opened by: somebody who may not deny should not have to type a reason first
// to hear so. Their try is in the trail all the same.
func (l *Ledger) MayDecide(ctx context.Context, id string, p policy.Person) (Request, error) {
	r, err := l.Get(ctx, id)
	if err != nil {
		return r, err
	}
	err = r.decidable(p, l.clock())
	if forbidden(err) {
		l.auditRefusal(ctx, r, p, "decide", err)
	}
	return r, err
}

// decide makes a person's step. A step that the person had no right to make is written down as
// refused.
//
// The person's earlier Uncounted goes in the same write: the decision counts now, or another one of
// theirs took its place. Three kinds of failure leave something behind. A request that turned out
// to be over is expired at once, so that its card stops asking. Somebody without the right is an
// entry in the trail: for an investigation, who tried matters as much as who did. And a write that
// failed is looked into, because "nothing was done" is only said when it is certain.
func (l *Ledger) decide(ctx context.Context, was Request, p policy.Person, action, reason string, do func(*Request, time.Time) error) (Request, error) {
	r, err := l.stepFrom(ctx, was, func(r *Request, now time.Time) ([]Entry, error) {
		if err := do(r, now); err != nil {
			return nil, err
		}
		r.Uncounted = r.withoutUncounted(p.ID)
		return []Entry{entry(*r, now, action, p.ID, named(p, decidedDetail(*r, action, reason)))}, nil
	})
	switch {
	case err == nil:
		l.changed(r)
	case errors.Is(err, ErrExpired) && r.State == Pending:
		r = l.expireNow(ctx, r)
	case forbidden(err):
		l.auditRefusal(ctx, r, p, action, err)
	default:
		err = unread(l.unwritten(ctx, r, err))
	}
	return r, err
}
