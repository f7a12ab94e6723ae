package approvals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals/policy"
)

// A freeze is a row like any other: a Request in state Frozen, whose quorum of approvals ends it.
// While one is there, nothing that changes anything is submitted, approved or run, in no process.

// FreezeCommand is what the row of a freeze has as its command. It is in databases, on buttons, and
// the bot's own word for it, so it stays.
const FreezeCommand = "freeze"

const (
	freezeKey  = "freeze " // and the click's
	thawQuorum = 2         // one hijacked account alone cannot end what stopped it
)

// Frozen returns the freeze that holds now, if there is one.
//
// An error is not "no": whoever asks before a change treats it as frozen.
func (l *Ledger) Frozen(ctx context.Context) (Request, bool, error) {
	rs, err := l.store.Find(ctx, Query{States: []State{Frozen}, Limit: 1})
	if err != nil {
		return Request{}, false, fmt.Errorf("check whether changes are frozen: %w", readError{err})
	}
	if len(rs) == 0 {
		return Request{}, false, nil
	}
	return rs[0], true, nil
}

// Freeze stops everything that changes anything, from now on and in all processes; an approver may,
// also one whose role holds in some places only, who cannot end it then. A freeze that holds
// already is returned, and false.
//
// A freeze is the brake that somebody pulls when an account was taken over, so one approver is
// enough, and it asks nothing of Slack or the console but who that approver is. To let go of it
// takes two, with a role that holds everywhere: the one who took the account over may be an
// approver. Two people who freeze at the same moment make two rows, since the look and the insert
// are not one transaction; that is harmless, for Thaw ends all of them.
//
// The key is the click's, behind a prefix of its own, so that a delivery that is repeated after a
// crash finds its freeze again, over or not.
func (l *Ledger) Freeze(ctx context.Context, p policy.Person, key, reason string) (Request, bool, error) {
	r := Request{
		Key: freezeKey + key, Command: FreezeCommand, Title: "Freeze", Risk: policy.RiskDestructive, Requester: p.ID, RequesterName: p.Name,
		Reason: reason, State: Frozen, Quorum: thawQuorum, By: []string{policy.Approvers},
	}
	if err := unless(p.Anywhere(r.By), ErrNotApprover); err != nil {
		l.auditRefusal(ctx, r, p, ActionFrozen, err)
		return r, false, err
	}
	if has, frozen, err := l.Frozen(ctx); err != nil || frozen {
		return has, false, err
	}
	now := l.clock()
	r.ID, r.Created, r.Expires, r.Rev, r.Moved = l.newID(), now, now, 1, now
	for n := 4; n <= 16; n++ {
		r.Ref = newRef(n)
		stored, created, err := l.store.Insert(ctx, r, entry(r, now, ActionFrozen, p.ID, named(p, map[string]any{"reason": reason})))
		switch {
		case err == nil:
			l.changed(stored)
			return stored, created, nil
		case !errors.Is(err, ErrDuplicate):
			return r, false, fmt.Errorf("freeze: %w", l.unsubmitted(ctx, r.Key, err))
		}
	}
	return r, false, fmt.Errorf("freeze: %w", ErrDuplicate)
}

// GiveFreezeReason records why changes are frozen, as p, who may freeze them, says after the fact:
// nobody who pulls the brake has to explain it first. A reason that was given stays. Without one it
// only tells whether p may give it.
func (l *Ledger) GiveFreezeReason(ctx context.Context, id string, p policy.Person, reason string) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		if r.State != Frozen {
			return nil, ErrNotFrozen
		}
		if err := unless(p.Anywhere(r.By), ErrNotApprover); err != nil {
			return nil, err
		}
		if r.Reason != "" || reason == "" {
			return nil, errUnchanged
		}
		r.Reason = reason
		return []Entry{entry(*r, now, ActionFreezeReason, p.ID, named(p, map[string]any{"reason": reason}))}, nil
	})
	if forbidden(err) {
		l.auditRefusal(ctx, r, p, ActionFreezeReason, err)
	}
	return l.told(r, err)
}

// FreezeMark is what a card notes of the freeze r that it shows: it follows when that ends, and when
// its reason is given. Empty for no freeze.
func (r *Request) FreezeMark() string {
	if r.ID == "" || r.Reason == "" {
		return r.ID
	}
	return r.ID + " reason"
}

// Thaw records that p wants the freeze to end; it is Done when two approvers do. Where two people
// froze at the same moment, their freezes end together. Earlier is as for Approve.
//
// ErrNotFrozen where there is none. With several freezes an error of one doesn't keep the others
// from ending; all are joined.
func (l *Ledger) Thaw(ctx context.Context, p policy.Person, earlier ...policy.Person) (Request, error) {
	rs, err := l.store.Find(ctx, Query{States: []State{Frozen}})
	if err != nil {
		return Request{}, fmt.Errorf("check whether changes are frozen: %w", err)
	}
	if len(rs) == 0 {
		return Request{}, ErrNotFrozen
	}
	var last Request
	var failed []error
	for _, has := range rs {
		r, err := l.decide(ctx, has, p, ActionThawed, "", func(r *Request, now time.Time) error { return r.thaw(p, now, earlier...) })
		failed = append(failed, err)
		last = r
	}
	return last, errors.Join(failed...)
}

// thaw records that p, whose role holds everywhere, wants the freeze r to end.
//
// Unlike an approval it may be given by who froze: they pulled the brake, and a second approver is
// needed anyway.
func (r *Request) thaw(p policy.Person, now time.Time, earlier ...policy.Person) error {
	_, counts := r.rolesOf(p)
	switch {
	case r.State != Frozen:
		return ErrNotFrozen
	case !counts.Yes():
		return unless(counts, ErrNotApprover)
	}
	next := *r
	if err := next.addApproval(p, now, earlier); err != nil {
		return err
	}
	if *r = next; r.Missing() == 0 {
		r.State, r.Finished, r.Outcome = Done, now, Successful
	}
	return nil
}
