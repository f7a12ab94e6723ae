package approvals

import (
	"bytes"
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

// step loads a request, makes one step and writes it back together with the step's entries, and starts over when somebody else
// was faster. With an error the request is as it stands.
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

// decide makes a person's step. A step that the person had no right to make is written down as refused.
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
	case errors.Is(err, ErrExpired):
		r = l.expireNow(ctx, r)
	case forbidden(err):
		l.auditRefusal(ctx, r, p, action, err)
	default:
		err = l.unwritten(ctx, r, err)
	}
	return r, err
}

// unwritten adds ErrUnwritten to the error of a write that left the row as it was. A database that went away in the middle of a commit may
// have taken it all the same, so the row is read again, and what cannot be read is not promised.
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
func (l *Ledger) unsubmitted(ctx context.Context, key string, err error) error {
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrDuplicate) || ctx.Err() != nil {
		return err
	}
	if _, made, readErr := l.Made(ctx, key); readErr != nil || made {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnwritten, err)
}

// forbidden reports whether err says that the person had no right to the step, whatever the request's state.
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

// askedDetail is what the trail keeps of a new request. Arguments stay out, for they may hold a password; their hash does not.
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

// decidedDetail is what the trail keeps of a person's decision.
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

// Pinned reports nil if r runs what was asked for: if its command and arguments have the hash that the trail has of them, or of what
// Adjust left. A row that somebody changed behind the Ledger's back does not run.
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

// Pin is the hash of what r does to what; people may compare it with the trail.
func (r *Request) Pin() string { return digest(r.Args) }

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// detail writes what an entry tells as JSON. Its values are strings, numbers and JSON that was checked, so it cannot fail.
func detail(what map[string]any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(what); err != nil {
		panic(fmt.Sprintf("approvals: audit detail: %v", err))
	}
	return bytes.TrimSpace(b.Bytes())
}
