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

// The bounds of a term, and of each extension. Less than MinTerm nobody could be warned of in time.
const (
	MinTerm = 5 * time.Minute
	MaxTerm = 30 * 24 * time.Hour
)

// A warning comes when a quarter of the time is left, but between these two before the end, and
// never before half of the time.
const (
	leastWarning = 5 * time.Minute
	mostWarning  = 30 * time.Minute
)

// TermLease is how long whoever takes up what is due of a term has it to themselves.
//
// It covers two questions to the console and a few messages to Slack with their retries. After a
// crash the end of an isolation is at most that late.
const TermLease = time.Minute

// ErrTermOver refuses to extend what has ended, was never begun, or has no end.
var ErrTermOver = errors.New("the request has no end, or it has already ended")

// ErrTermTooLong refuses an extension that would end later than MaxTerm from now.
var ErrTermTooLong = errors.New("the end would be more than 30 days away")

// A Term is for how long what a request does shall last: an isolation for four hours. The clock
// starts when it ran, or may have. Before the end people are warned once; at the end somebody asks
// for what undoes it, once.
//
// Began and Ends are set when the request has run, and moved by people's extensions. Taken is a lease
// on what is due, like a run's: a step gives it up, or time does. Over ends the term for good.
//
//	Began ───────────────▶ Warning ─────────▶ Ends ──▶ Over
//	                          │ people hear      │ the request that undoes it is filed (Next), or Held says why not yet
//	                          └── Extend: Ends moves, and the warning is due again
//
// What is due is found by a column that the Store fills from Due, so a year of isolations costs one
// look at an index.
type Term struct {
	For  time.Duration `json:"for"`            // as it was asked for and approved
	Auto bool          `json:"auto,omitempty"` // at the end it is undone without an approval: the policy said so when this was asked

	Began      time.Time   `json:"began,omitzero"` // of the clock; zero until then
	Ends       time.Time   `json:"ends,omitzero"`
	Extensions []Extension `json:"extensions,omitempty"`
	Proposed   []Proposal  `json:"proposed,omitempty"` // extensions that lack approvals yet, see Waiting

	Warned bool      `json:"warned,omitempty"`
	Held   string    `json:"held,omitempty"`  // why it could not be ended yet
	Taken  time.Time `json:"taken,omitzero"`  // until when somebody deals with what is due
	Tries  int       `json:"tries,omitempty"` // of dealing with what is due, so far

	Over time.Time `json:"over,omitzero"` // when it was ended
	Note string    `json:"note,omitempty"`
	Next string    `json:"next,omitempty"` // the request that undoes it
}

// An Extension is the decision that a term ends later. It took the approvals that the request had
// taken.
//
// Key keeps a click that is delivered twice from extending twice, like a request's key.
type Extension struct {
	User      string        `json:"user"` // whose approval was the last one needed
	At        time.Time     `json:"at"`
	By        time.Duration `json:"by"`
	Key       string        `json:"key,omitempty"` // of the click; the same key never extends twice
	Approvals []Vote        `json:"approvals,omitempty"`
}

// A Proposal is an extension that somebody asked for, or that some have approved, and not enough. It
// lapses as a request does, and when the term is extended by another length: then its approvals were
// given for another end.
//
// By tells proposals apart: two people who approve two hours and four hours have agreed on nothing.
type Proposal struct {
	Asked     string        `json:"asked,omitempty"`    // who asked for it and may not approve it
	Reason    string        `json:"reason,omitempty"`   // what they say for it
	Made      time.Time     `json:"made,omitzero"`      // when it was asked for
	Reminded  int           `json:"reminded,omitempty"` // how often people were, since then
	By        time.Duration `json:"by"`
	Expires   time.Time     `json:"expires"`
	Approvals []Vote        `json:"approvals"`
	Keys      []string      `json:"keys,omitempty"` // of the clicks
}

// proposed is the proposal of that length that is open at now; a new one if there is none.
func (t *Term) proposed(by time.Duration, now, expires time.Time) Proposal {
	for _, p := range t.Proposed {
		if p.By == by && now.Before(p.Expires) {
			return p
		}
	}
	return Proposal{By: by, Expires: expires}
}

// clicked reports whether the click with that key was counted before.
func (t *Term) clicked(key string) bool {
	return key != "" && (slices.ContainsFunc(t.Extensions, func(x Extension) bool { return x.Key == key }) ||
		slices.ContainsFunc(t.Proposed, func(p Proposal) bool { return slices.Contains(p.Keys, key) }))
}

// extensions are those of a term, none of a request without one.
func (t *Term) extensions() []Extension {
	if t == nil {
		return nil
	}
	return t.Extensions
}

// Running reports whether the clock runs.
func (t *Term) Running() bool { return t != nil && !t.Began.IsZero() && t.Over.IsZero() }

// Warning is when people are warned of the end.
//
// The examples that the bounds come from: an isolation for four hours is warned of half an hour
// before its end, one for an hour a quarter of an hour before, one of five minutes after two and a
// half. After an extension the length counts from there, or a short one after a long isolation
// would be warned of at once.
func (t *Term) Warning() time.Time {
	since := t.Began
	if n := len(t.Extensions); n > 0 {
		since = t.Extensions[n-1].At
	}
	length := t.Ends.Sub(since)
	return t.Ends.Add(-min(max(length/4, leastWarning), mostWarning, length/2))
}

// Due is when something of r's term has to be done next; the zero time if nothing has.
//
// A request that was reopened waits for how that run ends, although its clock may still run: hence
// Final.
func (r *Request) Due() time.Time {
	switch t := r.Term; {
	case !t.Running() || !r.Final():
		return time.Time{}
	case !t.Taken.IsZero():
		return t.Taken
	case t.Warned:
		return t.Ends
	default:
		return t.Warning()
	}
}

// startTerm starts the clock of r's term: r ran, or may have. Where it ran again, the time counts
// from then.
//
// An interrupted run starts it as well: the endpoint may be isolated, and nobody else would
// remember to end that.
func (r *Request) startTerm(now time.Time) {
	if r.Term == nil {
		return
	}
	r.Term = &Term{For: r.Term.For, Auto: r.Term.Auto, Began: now, Ends: now.Add(r.Term.For)}
}

// leaseTerm gives what is due of r's term at now to one who deals with it.
//
// Tries tells whoever takes over that an earlier one may have posted the message already, so that
// they look before they post.
func (r *Request) leaseTerm(now time.Time) error {
	if due := r.Due(); due.IsZero() || due.After(now) {
		return ErrNotDue
	}
	t := *r.Term
	t.Taken, t.Tries = now.Add(TermLease), t.Tries+1
	r.Term = &t
	return nil
}

// holdsTerm reports whether r's term is still in the hands of the one who has it as was.
//
// Taken tells one lease from the next. Ends is compared as well, because an extension in the
// meantime makes the warning or the end that is under way untrue.
func (r *Request) holdsTerm(was Request) bool {
	return r.Term.Running() && was.Term != nil && r.Term.Taken.Equal(was.Term.Taken) && r.Term.Ends.Equal(was.Term.Ends)
}

// extend records that p approves that r's term ends later, by that much from its end. It takes what
// the request took: as many approvals, of the same roles, there where its targets lie, and never
// the requester's: a longer isolation is more of what needed others. Others are those who approved
// it before, as they are now. It is extended when nothing is missing.
//
// An end that has passed while the reconnection could not be asked for is extended from now, not
// from then: somebody who says "two hours more" means from now on. MaxTerm bounds the distance from
// now, so a row of extensions can't make an isolation that nobody remembers.
func (r *Request) extend(p policy.Person, by time.Duration, key string, wait time.Duration, others map[string]policy.Person, now time.Time) error {
	if err := r.extendable(p); err != nil {
		return err
	}
	if r.Term.clicked(key) {
		return errUnchanged
	}
	t := *r.Term
	ends, err := t.extendedBy(by, now)
	if err != nil {
		return err
	}
	made, err := r.addToProposal(t.proposed(by, now, now.Add(wait)), p, now, others)
	if err != nil {
		return err
	}
	made.Keys = append(slices.Clip(made.Keys), key)
	t.Proposed = slices.DeleteFunc(t.waiting(now), func(o Proposal) bool { return o.By == by })
	if r.missing(made.Approvals) > 0 {
		t.Proposed = append(t.Proposed, made)
		r.Term = &t
		return nil
	}
	t.Ends, t.Proposed = ends, nil
	t.Extensions = append(slices.Clip(t.Extensions), Extension{User: p.ID, At: now, By: by, Key: key, Approvals: made.Approvals})
	t.Warned, t.Held, t.Taken, t.Tries = false, "", time.Time{}, 0
	r.Term = &t
	return nil
}

// addToProposal adds p's approval to a proposal, and leaves out those of others who could not give
// theirs any more.
//
// ErrConflict: somebody approved it whom the caller did not look up, so it looks again. An approver
// of whom nobody can tell stops the whole step, for whether this vote is the last one needed
// depends on them.
func (r *Request) addToProposal(made Proposal, p policy.Person, now time.Time, others map[string]policy.Person) (Proposal, error) {
	var given []Vote
	for _, d := range made.Approvals {
		other, known := others[d.User]
		switch roles, counts := r.rolesOf(other); {
		case d.User == p.ID:
			return made, ErrAlreadyDecided
		case !known:
			return made, ErrConflict
		case counts.Yes():
			d.Roles = roles
			given = append(given, d)
		case !counts.No():
			return made, unless(counts, ErrNotApprover)
		}
	}
	roles, _ := r.rolesOf(p)
	made.Approvals = append(given, Vote{User: p.ID, At: now, Roles: roles})
	return made, nil
}

// extendable reports why p may not extend r's term at all, if so. What took no approval may be
// extended by those who may have asked for it; what took one, never by who asked.
func (r *Request) extendable(p policy.Person) error {
	switch {
	case !r.Term.Running() || !r.Final():
		return ErrTermOver
	case r.Quorum == 0 && p.In(r.By).Yes():
		return nil // it took no approval
	case p.ID == r.Requester:
		return ErrSelfApproval
	}
	_, counts := r.rolesOf(p)
	if r.Quorum == 0 {
		counts = policy.Or(counts, p.In(r.By))
	}
	return unless(counts, ErrNotApprover)
}

// TermsDue returns the requests of whose terms something is due now, each to one caller only, who
// has it for TermLease: a warning (Warn), or the end (EndTerm, or HoldTerm where it cannot be ended
// yet). What was not dealt with until then is due again.
func (l *Ledger) TermsDue(ctx context.Context) ([]Request, error) {
	rs, err := l.store.Find(ctx, Query{Due: l.clock()})
	if err != nil {
		return nil, fmt.Errorf("look for what ends: %w", err)
	}
	var due []Request
	var failed []error
	for _, r := range rs {
		r, err := l.step(ctx, r.ID, func(r *Request, now time.Time) ([]Entry, error) { return nil, r.leaseTerm(now) })
		switch {
		case err == nil:
			due = append(due, r)
		case !errors.Is(err, ErrNotDue):
			failed = append(failed, err)
		}
	}
	return due, errors.Join(failed...)
}

// RecordWarning records that people were warned of the end of r's term. R is as TermsDue returned it.
func (l *Ledger) RecordWarning(ctx context.Context, r Request) (Request, error) {
	return l.term(ctx, r, ActionWarned, func(t *Term, _ time.Time) map[string]any {
		t.Warned, t.Taken, t.Tries = true, time.Time{}, 0
		return map[string]any{"ends": t.Ends}
	})
}

// EndTerm records how r's term ended: note says it in words, next is the request that undoes what r
// did, if there is one. R is as TermsDue returned it.
func (l *Ledger) EndTerm(ctx context.Context, r Request, note, next string) (Request, error) {
	return l.term(ctx, r, ActionEnded, func(t *Term, now time.Time) map[string]any {
		t.Over, t.Note, t.Next, t.Held, t.Taken = now, note, next, "", time.Time{}
		return map[string]any{"note": note, "next": next, "for": t.For.String(), "auto": t.Auto}
	})
}

// HoldTerm records why r's term cannot be ended yet; it is tried again when TermLease is over. The
// same reason again is no news.
//
// The lease is not given back: until it is over nobody asks the console the same thing again.
func (l *Ledger) HoldTerm(ctx context.Context, r Request, why string) (Request, error) {
	return l.term(ctx, r, ActionHeld, func(t *Term, _ time.Time) map[string]any {
		if t.Held == why {
			return nil
		}
		t.Held = why
		return map[string]any{"why": why, "ends": t.Ends}
	})
}

// term makes a step of r's term that only the one who holds it may make; no detail: nothing
// changes.
//
// ErrLeaseLost says that somebody else deals with it, or that a person extended it: whoever gets it
// stops, and what is due is due again.
func (l *Ledger) term(ctx context.Context, was Request, action string, do func(*Term, time.Time) map[string]any) (Request, error) {
	r, err := l.step(ctx, was.ID, func(r *Request, now time.Time) ([]Entry, error) {
		if !r.holdsTerm(was) {
			return nil, ErrLeaseLost
		}
		t := *r.Term
		what := do(&t, now)
		if what == nil {
			return nil, errUnchanged
		}
		r.Term, what["requester"] = &t, r.Requester
		return []Entry{entry(*r, now, action, "", what)}, nil
	})
	return l.told(r, err)
}

// Extend records that p approves that what the request did lasts longer, by that much; extended is
// whether that was the last word needed. Key is the click's; the same again changes nothing. Others
// are those who approved the same before, as they are now: ErrConflict says that there is one more.
//
// The number of extensions before and after says which of the two it was; a proposal and an
// extension are different entries in the trail.
// Why is what p says for it, and may be empty.
func (l *Ledger) Extend(ctx context.Context, id string, p policy.Person, by time.Duration, key, why string, others map[string]policy.Person) (next Request, extended bool, err error) {
	r, err := l.step(ctx, id, func(r *Request, now time.Time) ([]Entry, error) {
		before := len(r.Term.extensions())
		if err := r.extend(p, by, key, cmp.Or(r.Wait, l.timeout), others, now); err != nil {
			return nil, err
		}
		what := named(p, map[string]any{"requester": r.Requester, "by": by.String(), "ends": r.Term.Ends, "reason": why})
		if extended = len(r.Term.Extensions) > before; extended {
			what["approvals"] = r.Term.Extensions[before].Approvals
			return []Entry{entry(*r, now, ActionExtended, p.ID, what)}, nil
		}
		given := r.Term.proposed(by, now, now).Approvals
		what["approvals"], what["missing"] = given, r.missing(given)
		return []Entry{entry(*r, now, ActionProposed, p.ID, what)}, nil
	})
	switch {
	case errors.Is(err, errUnchanged):
		return r, false, nil
	case err == nil:
		l.changed(r)
	case forbidden(err):
		l.auditRefusal(ctx, r, p, ActionExtended, err)
	}
	return r, extended && err == nil, err
}

// MayExtend says why p could not extend the request's term now; nil if they could. As with
// MayDecide, what counts is Extend.
func (l *Ledger) MayExtend(ctx context.Context, id string, p policy.Person) (Request, error) {
	r, err := l.Get(ctx, id)
	if err != nil {
		return r, err
	}
	return r, r.extendable(p)
}
