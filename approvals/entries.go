package approvals

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals/policy"
)

// maxPlan is the size up to which a plan goes into the audit trail whole; above, its hash does.
const maxPlan = 64 << 10

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

// forbidden reports whether err says that the person had no right to the step, whatever the
// request's state.
//
// An *policy.UnansweredError is not among them: whether the person has the right is exactly what
// nobody knows, so the trail accuses nobody.
func forbidden(err error) bool {
	return errors.Is(err, ErrSelfApproval) || errors.Is(err, ErrNotApprover) || errors.Is(err, ErrNotYours)
}

// auditRefusal writes down that p was refused a step. Nothing was done, so a failure to write it is
// only logged.
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

// named adds the name that a person had at the time: whoever reads the trail years later has no
// Slack to ask for it.
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
