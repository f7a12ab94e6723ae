package approvals

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals/policy"
)

// errUnchanged says that a step changes nothing, so that nothing is written.
var errUnchanged = errors.New("nothing changes")

// maxPlan is the size up to which a plan goes into the audit trail whole; above, its hash does.
const maxPlan = 64 << 10

// Approve records that p approves the request. It is Approved when that was the last word needed,
// and Pending else. While everything is frozen nothing is approved either. Earlier are those who
// approved it before, as they are now: who has lost the role since does not count any more, and
// where that cannot be told and matters, p's word is not taken (*policy.UnansweredError).
//
// The freeze is looked at before the step and not in it. One that begins between the two lets the
// approval through; the run looks again after its claim, which is where it matters.
func (l *Ledger) Approve(ctx context.Context, id string, p policy.Person, earlier ...policy.Person) (Request, error) {
	if r, err := l.refuseIfFrozen(ctx, id, p, ActionApproved); err != nil {
		return r, err
	}
	return l.decide(ctx, id, p, ActionApproved, "", func(r *Request, now time.Time) error { return r.approve(p, now, earlier...) })
}

// refuseIfFrozen is nil unless everything is frozen, or nobody can tell; that somebody wanted to
// act all the same is written down.
//
// The request comes back as it stands, for the card that the person gets.
func (l *Ledger) refuseIfFrozen(ctx context.Context, id string, p policy.Person, action string) (Request, error) {
	_, frozen, err := l.Frozen(ctx)
	if err != nil || !frozen {
		return Request{ID: id}, err
	}
	r, err := l.Get(ctx, id)
	if err != nil {
		return Request{ID: id}, err
	}
	l.auditRefusal(ctx, r, p, action, ErrFrozen)
	return r, ErrFrozen
}

// Deny records that p denies the request.
func (l *Ledger) Deny(ctx context.Context, id string, p policy.Person, reason string) (Request, error) {
	return l.decide(ctx, id, p, ActionDenied, reason, func(r *Request, now time.Time) error { return r.deny(p, reason, now) })
}

// Withdraw records that the requester takes the request back.
func (l *Ledger) Withdraw(ctx context.Context, id string, p policy.Person) (Request, error) {
	return l.decide(ctx, id, p, ActionWithdrawn, "", func(r *Request, now time.Time) error { return r.withdraw(p.ID, now) })
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

// Reopen records that p lets an interrupted request run again; it is Approved then. While everything is frozen nobody may. Key is
// the click's: the same one never lets it run twice.
func (l *Ledger) Reopen(ctx context.Context, id string, p policy.Person, key string) (Request, error) {
	if r, err := l.refuseIfFrozen(ctx, id, p, ActionReopened); err != nil {
		return r, err
	}
	return l.decide(ctx, id, p, ActionReopened, "", func(r *Request, now time.Time) error { return r.reopen(p, key, now) })
}

// Close records that p leaves an interrupted request as it is.
func (l *Ledger) Close(ctx context.Context, id string, p policy.Person, reason string) (Request, error) {
	return l.decide(ctx, id, p, ActionClosed, reason, func(r *Request, now time.Time) error { return r.closeInterrupted(p, reason, now) })
}

// MayDecide says why p could not approve or deny the request now; nil if they could. It promises
// nothing: what counts is the answer of Approve or Deny.
//
// It is what a form is opened by: somebody who may not deny should not have to type a reason first
// to hear so. Their try is in the trail all the same.
func (l *Ledger) MayDecide(ctx context.Context, id string, p policy.Person) error {
	r, err := l.Get(ctx, id)
	if err != nil {
		return err
	}
	err = r.decidable(p, l.clock())
	if forbidden(err) {
		l.auditRefusal(ctx, r, p, "decide", err)
	}
	return err
}

// Refuse writes down that a policy turned an ask down. There is no request then.
//
// Arguments stay out here too: they may hold a password, and of what was never a request not even
// their hash has a use.
func (l *Ledger) Refuse(ctx context.Context, a policy.Input, r policy.Decision) error {
	what := named(a.Caller, map[string]any{"why": cmp.Or(r.Why, r.Open), "rule": r.Rule, "channel": a.Channel, "targets": a.Targets})
	if a.Console != "" {
		what["console"] = a.Console
	}
	e := Entry{At: l.clock(), Actor: a.Caller.ID, Action: ActionRefused, Command: a.Command, Detail: detail(what)}
	if err := l.store.Append(ctx, e); err != nil {
		return fmt.Errorf("audit the refusal of %s: %w", a.Command, err)
	}
	return nil
}

// step loads a request, makes one step and writes it back together with the step's entries, and
// starts over when somebody else was faster. With an error the request is as it stands.
//
// It is the only way to a row, and keeps four promises. Row and entries are one transaction, so
// that there is no state without its line in the trail. What do decided from is what is replaced: a
// row that changed since it was read is read again, and do is asked again. A sealed password goes
// with the step that ends the request, not some time later. And a step that the trail tells of is
// one that people can see: it raises Rev, which makes every card behind, and starts the count of
// tries to show it from zero.
//
// do may be called several times and must only change the request that it is given; slices and
// pointers in it are shared with the row that was read, so it clones what it changes.
func (l *Ledger) step(ctx context.Context, id string, do func(r *Request, now time.Time) ([]Entry, error)) (Request, error) {
	for range maxAttempts {
		r, err := l.Get(ctx, id)
		if err != nil {
			return Request{}, err
		}
		next, now := r, l.clock()
		entries, err := do(&next, now)
		if err != nil {
			return r, err
		}
		if next.ended() {
			next.Sealed = nil
		}
		if len(entries) > 0 {
			next.Rev, next.Moved, next.Looks = r.Rev+1, now, 0
		}
		switch err := l.store.Swap(ctx, next, entries...); {
		case err == nil:
			next.Version++
			return next, nil
		case !errors.Is(err, ErrConflict):
			return r, fmt.Errorf("write request %s: %w", r.Ref, writeError{err})
		}
	}
	return Request{}, fmt.Errorf("write request %s, %d times: %w", id, maxAttempts, ErrConflict)
}

// decide makes a person's step. A step that the person had no right to make is written down as
// refused.
//
// The person's earlier Uncounted goes in the same write: the decision counts now, or another one of
// theirs took its place. Three kinds of failure leave something behind. A request that turned out
// to be over is expired at once, so that its card stops asking. Somebody without the right is an
// entry in the trail: for an investigation, who tried matters as much as who did. And a write that
// failed is looked into, because "nothing was done" is only said when it is certain.
func (l *Ledger) decide(ctx context.Context, id string, p policy.Person, action, reason string, do func(*Request, time.Time) error) (Request, error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
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
		err = l.unwritten(ctx, r, err)
	}
	return r, err
}

// unwritten adds ErrUnwritten to the error of a write that left the row as it was. A database that
// went away in the middle of a commit may have taken it all the same, so the row is read again, and
// what cannot be read is not promised.
//
// The difference is what the person reads. With ErrUnwritten they are told that nothing was done
// and may try again; without it that it is not certain. A context that ended says nothing about the
// database, and is left as it is.
func (l *Ledger) unwritten(ctx context.Context, was Request, err error) error {
	var failed writeError
	if !errors.As(err, &failed) || ctx.Err() != nil {
		return err
	}
	if now, readErr := l.Get(ctx, was.ID); readErr != nil || now.Version != was.Version {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnwritten, err)
}

// unsubmitted is unwritten for a new request, of which there is no row.
//
// ErrConflict and ErrDuplicate are answers of a Store that is well, so they are passed on as they
// are.
func (l *Ledger) unsubmitted(ctx context.Context, key string, err error) error {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrDuplicate) || ctx.Err() != nil {
		return err
	}
	if _, made, readErr := l.Made(ctx, key); readErr != nil || made {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnwritten, err)
}

// forbidden reports whether err says that the person had no right to the step, whatever the
// request's state.
//
// An *policy.UnansweredError is not among them: whether the person has the right is exactly what
// nobody knows, so the trail accuses nobody.
func forbidden(err error) bool {
	return errors.Is(err, ErrSelfApproval) || errors.Is(err, ErrNotApprover) || errors.Is(err, ErrNotYours)
}

// auditRefusal writes down that p was refused a step. Nothing was done, so a failure to write it is only logged.
func (l *Ledger) auditRefusal(ctx context.Context, r Request, p policy.Person, action string, why error) {
	e := entry(r, l.clock(), ActionRefused, p.ID, named(p, map[string]any{"requester": r.Requester, "wanted": action, "why": why.Error(), "roles": p.Certain()}))
	if err := l.store.Append(ctx, e); err != nil {
		l.log.ErrorContext(ctx, "cannot audit a refusal", "request_id", r.ID, "user", p.ID, "err", err)
	}
}

// entry is the row of the audit trail for a step of r.
//
// The console is part of the detail and not a column, so that rows from before there were several
// consoles hash as they did.
func entry(r Request, now time.Time, action, actor string, what map[string]any) Entry {
	if r.Console != "" {
		if what == nil {
			what = map[string]any{}
		}
		what["console"] = r.Console
	}
	return Entry{
		At: now, Request: r.ID, Ref: r.Ref, Actor: actor, Action: action, Command: r.Command,
		Detail: detail(what),
	}
}

// named adds the name that a person had at the time: whoever reads the trail years later has no Slack to ask for it.
func named(p policy.Person, what map[string]any) map[string]any {
	if p.Name != "" {
		what["who"] = p.Name
	}
	return what
}

// askedDetail is what the trail keeps of a new request. Arguments stay out, for they may hold a
// password; their hash does not.
//
// This row is what everything later is held against: who asked for what on which things, the rule
// that decided and what it wants of approvals. Pinned reads args_sha256 from it before the run.
func askedDetail(r Request) map[string]any {
	d := map[string]any{
		"requester": r.Requester, "name": r.RequesterName, "channel": r.Channel, "reason": r.Reason, "ticket": r.Ticket,
		"risk": r.Risk, "targets": r.Targets, "args_sha256": digest(r.Args),
		"state": r.State, "quorum": r.Quorum, "by": r.By, "rule": r.Rule,
	}
	if len(r.Needs) > 0 {
		d["needs"] = r.Needs
	}
	if len(r.Sealed) > 0 {
		d["secret"] = "sealed"
	}
	if r.Term != nil {
		d["for"], d["auto"] = r.Term.For.String(), r.Term.Auto
	}
	if r.After != "" {
		d["after"] = r.After
	}
	if len(r.Plan) > 0 && len(r.Plan) <= maxPlan {
		d["plan"] = r.Plan
	} else {
		d["plan_sha256"] = digest(r.Plan)
	}
	return d
}

// decidedDetail is what the trail keeps of a person's decision. State and missing are those after
// the step: the row reads by itself, without the ones before it.
func decidedDetail(r Request, action, reason string) map[string]any {
	d := map[string]any{"requester": r.Requester, "state": r.State, "missing": r.Missing()}
	if reason != "" {
		d["reason"] = reason
	}
	if n := len(r.Approvals); n > 0 && action == ActionApproved { // with which roles it counts, for each of the needs
		d["roles"] = r.Approvals[n-1].Roles
	}
	return d
}

// Pinned reports nil if r runs what was asked for: if its command and arguments have the hash that
// the trail has of them, or of what Adjust left. A row that somebody changed behind the Ledger's
// back does not run.
//
// Somebody with write access to the database could put another host into a request that was
// approved. The row alone can't tell; the trail can, for its entry is hashed and names the hash of
// the arguments. The latest entry that carries one counts, since Adjust takes targets away after
// the approval and writes the new hash down. An entry whose own hash is wrong, or that belongs to
// another request or command, is no witness; a request without any is refused like one that was
// changed.
func (l *Ledger) Pinned(ctx context.Context, r Request) error {
	trail, err := l.store.Audit(ctx, AuditQuery{Request: r.ID})
	if err != nil {
		return fmt.Errorf("look up what %s was asked for: %w", r.Ref, err)
	}
	pin := ""
	for e, err := range trail.Entries {
		if err != nil {
			return fmt.Errorf("look up what %s was asked for: %w", r.Ref, err)
		}
		var told struct {
			Args string `json:"args_sha256"`
		}
		says := e.Action == ActionAsked || e.Action == ActionObserved
		if says && e.Request == r.ID && e.Command == r.Command && e.Hash == e.sum() && json.Unmarshal(e.Detail, &told) == nil && told.Args != "" {
			pin = told.Args
		}
	}
	if pin != r.Pin() {
		return ErrTampered
	}
	return nil
}

// Pin is the hash of what r does to what, SHA-256 of the arguments in hexadecimal. The card shows
// its first eight digits, so that an approver can compare it with the row in the trail.
func (r *Request) Pin() string { return digest(r.Args) }

// digest is the SHA-256 of b in hexadecimal.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// detail writes what an entry tells as JSON. Its values are strings, numbers and JSON that was
// checked, so it cannot fail.
//
// HTML escaping is off: people and SIEMs search this text for names as they are, and "&" must not
// become "\u0026".
func detail(what map[string]any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(what); err != nil {
		panic(fmt.Sprintf("approvals: audit detail: %v", err))
	}
	return bytes.TrimSpace(b.Bytes())
}
