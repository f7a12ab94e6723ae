package approvals

import (
	"cmp"
	"slices"
	"time"

	"s1bot/approvals/policy"
)

// maxClaims ends the automatic repetition of a command whose every run kills the process: a person
// looks then.
const maxClaims = 3

// maxApprovalAge is how long an approval that nobody acted on stays good. A click survives a
// restart; it does not isolate a host days later, when the bot is back and everyone has forgotten.
const maxApprovalAge = time.Hour

// approve records that p approves r at now; on error r is unchanged, here and in every step below.
// Earlier are those who approved it before, as they are now.
//
// It works on a copy, since addApproval changes what the next line still has to judge.
func (r *Request) approve(p policy.Person, now time.Time, earlier ...policy.Person) error {
	if err := r.decidable(p, now); err != nil {
		return err
	}
	next := *r
	if err := next.addApproval(p, now, earlier); err != nil {
		return err
	}
	if *r = next; r.Missing() == 0 {
		r.State, r.Agreed = Approved, now
	}
	return nil
}

// addApproval adds p's approval to those of r that still count. Where it would be the last one
// needed if only nobody had lost a role, and that cannot be told, it is not added.
//
// With two of two needed, the first approver gone and Slack silent about them, this would be the
// second vote on paper and the first in truth. So it is counted twice: with those who may count,
// and with those who certainly do. Only where the two differ is it refused, and the person reads
// the question; as long as approvals are missing either way it is simply added.
func (r *Request) addApproval(p policy.Person, now time.Time, earlier []policy.Person) error {
	if slices.ContainsFunc(r.Counting(), func(d Vote) bool { return d.User == p.ID }) {
		return ErrAlreadyDecided
	}
	roles, _ := r.rolesOf(p)
	approvals, open := r.recounted(earlier)
	approvals = slices.DeleteFunc(approvals, func(d Vote) bool { return d.User == p.ID })
	r.Approvals = append(approvals, Vote{User: p.ID, At: now, Roles: roles})
	if open == "" || r.Missing() > 0 {
		return nil
	}
	certain := *r
	certain.Approvals = slices.DeleteFunc(slices.Clone(r.Approvals), func(d Vote) bool { return d.unknown })
	if certain.Missing() == 0 {
		return nil
	}
	return &policy.UnansweredError{Question: open}
}

// lostRole is why an approval is void.
const lostRole = "can no longer approve this"

// recounted are the approvals of r as they count now that people are as given, and a question
// without an answer, if there is one. What nobody can tell is left as it was.
//
// Somebody who regained the role counts again: a void vote is judged anew like the others.
func (r *Request) recounted(people []policy.Person) (approvals []Vote, open string) {
	for _, d := range r.Approvals {
		i := slices.IndexFunc(people, func(p policy.Person) bool { return p.ID == d.User })
		if i < 0 {
			approvals = append(approvals, d) // somebody was faster, a moment ago
			continue
		}
		roles, counts := r.rolesOf(people[i])
		switch {
		case counts.Yes():
			d.Roles, d.Void = roles, ""
		case counts.No():
			d.Void = lostRole
		default:
			d.unknown, open = true, cmp.Or(open, counts.Open())
		}
		approvals = append(approvals, d)
	}
	return approvals, open
}

// deny records that p denies r at now. One denial is enough, also from a person who approved before.
func (r *Request) deny(p policy.Person, reason string, now time.Time) error {
	if err := r.decidable(p, now); err != nil {
		return err
	}
	r.State, r.Closed = Denied, &Vote{User: p.ID, At: now, Reason: reason}
	return nil
}

// decidable reports why p may not decide r at now, if so.
//
// The order is what the person reads. That the request is over comes before any word about their
// rights, and that nobody decides their own request before whether they are an approver.
func (r *Request) decidable(p policy.Person, now time.Time) error {
	switch over := r.Over(now); {
	case over != nil:
		return over
	case p.ID == r.Requester:
		return ErrSelfApproval
	}
	_, counts := r.rolesOf(p)
	return unless(counts, ErrNotApprover)
}

// Over tells whoever comes too late to decide r at now how it ended; nil while it waits. Nobody has
// decided what expired or was taken back, and who reads otherwise looks for a decision that there
// is none of.
func (r *Request) Over(now time.Time) error {
	switch {
	case r.Open(now):
		return nil
	case r.State == Pending, r.State == Expired:
		return ErrExpired
	case r.State == Withdrawn:
		return ErrWithdrawn
	}
	return ErrNotPending
}

// DecidableBy tells whether r waits for p's word: for certain, and p has not approved it already.
// It promises nothing: what counts is the answer of Approve or Deny.
func (r *Request) DecidableBy(p policy.Person, now time.Time) bool {
	voted := slices.ContainsFunc(r.Counting(), func(v Vote) bool { return v.User == p.ID })
	return !voted && r.decidable(p, now) == nil
}

// withdraw records that the requester takes r back at now.
func (r *Request) withdraw(user string, now time.Time) error {
	switch over := r.Over(now); {
	case over != nil:
		return over
	case user != r.Requester:
		return ErrNotYours
	}
	r.State, r.Closed = Withdrawn, &Vote{User: user, At: now}
	return nil
}

// drop takes r back, which was to run at once and could not: its requester was told so, and asks
// again if they still want it.
//
// One with a quorum waits, however long the freeze takes: others approved it and expect it to run.
func (r *Request) drop(now time.Time, why string) error {
	if r.State != Approved || r.Quorum > 0 {
		return ErrNotPending
	}
	r.State, r.Closed = Withdrawn, &Vote{User: r.Requester, At: now, Reason: why}
	return nil
}

// expire ends r if its time is over at now: nobody decided, or nobody ran what was decided.
func (r *Request) expire(now time.Time) error {
	if r.State != Pending && r.State != Approved {
		return ErrNotPending
	}
	if !r.overdue(now) {
		return ErrNotDue
	}
	held := r.heldTooLong(now)
	if r.State = Expired; held {
		r.State = NotRun
	}
	return nil
}

// overdue reports whether r's time is over at now: for a decision, for a run, or for an answer to
// the question that holds it.
func (r *Request) overdue(now time.Time) bool {
	switch r.State {
	case Pending:
		return !r.Open(now)
	case Approved:
		return now.Sub(r.Agreed) >= maxApprovalAge || r.heldTooLong(now) || ahead(r.Agreed, now)
	}
	return false
}

// claim gives r to owner until the lease ends: from now on nobody else runs it.
//
// The fence outlives the run: a process that wakes up after its lease was taken over finds a higher
// one and can't write (heldBy).
func (r *Request) claim(owner string, lease time.Duration, now time.Time) error {
	switch {
	case r.State != Approved:
		return ErrTaken
	case r.overdue(now):
		return ErrExpired
	}
	r.State, r.Owner, r.LeaseUntil = Running, owner, now.Add(lease)
	r.Fence++
	r.Started = now
	return nil
}

// release gives a run up before it called anybody: r waits to be run again.
//
// The owner goes, so that finish cannot take the approved row for its own.
func (r *Request) release(owner string, fence int64) error {
	if r.State != Running || !r.heldBy(owner, fence) {
		return ErrLeaseLost
	}
	r.State, r.Owner = Approved, ""
	return nil
}

// renew prolongs the lease of the run that owner began under fence.
func (r *Request) renew(owner string, fence int64, lease time.Duration, now time.Time) error {
	if r.State != Running || !r.heldBy(owner, fence) {
		return ErrLeaseLost
	}
	r.LeaseUntil = now.Add(lease)
	return nil
}

// heldBy reports whether the run that owner began under fence is the latest one.
func (r *Request) heldBy(owner string, fence int64) bool { return r.Owner == owner && r.Fence == fence }

// finish records what the run that owner began under fence came to. A run whose lease ended
// meanwhile may still tell, as long as nobody decided or claimed anew: the truth known late is
// better than "may have run".
//
// Approved is allowed for what is repeatable: its lease ended, it waits for another run, and the
// first one comes back with an outcome. To accept that spares the repetition.
func (r *Request) finish(owner string, fence int64, res Result, now time.Time) error {
	if !r.heldBy(owner, fence) || r.State != Running && r.State != Approved && !r.Undecided() {
		return ErrLeaseLost
	}
	if res.Uncertain {
		return r.interrupt(res, now)
	}
	r.Delivered = false // that it may have run was told, not this
	r.State, r.Held = Done, nil
	r.Outcome = cmp.Or(res.Outcome, Unsuccessful)
	if r.Outcome != Successful && r.Outcome != PartiallySuccessful {
		r.State = Failed
	}
	r.Result, r.Finished = res.Card, now
	if len(res.Effect) > 0 {
		r.Effect = res.Effect
	}
	if r.State == Done {
		r.startTerm(now)
	}
	return nil
}

// interrupt records that nobody knows what the run came to. Told late it is no news, and what may
// be repeated waits for that already.
func (r *Request) interrupt(res Result, now time.Time) error {
	if r.State != Running {
		return ErrLeaseLost
	}
	r.State, r.Result, r.Held = Interrupted, res.Card, nil
	r.startTerm(now)
	return nil
}

// expireLease ends a run whose process no longer renews its lease: what is safe to repeat, and not
// long ago, is approved again, the rest interrupted.
//
// How long ago counts from the end of the lease. A bot that was down over the weekend does not
// restart Monday what people gave up on Friday.
func (r *Request) expireLease(now time.Time) error {
	switch {
	case r.State != Running:
		return ErrNotRunning
	case now.Before(r.LeaseUntil):
		return ErrNotDue
	case r.Repeatable && r.Fence < maxClaims && now.Sub(r.LeaseUntil) < maxApprovalAge:
		r.State, r.Agreed, r.Held = Approved, now, nil
	default:
		r.State = Interrupted
		r.startTerm(now)
	}
	return nil
}

// reopen records that p lets an interrupted request run again. What needed an approval needs
// someone who may give one. A click counts once, also where a crash has it delivered again: nobody
// has looked at what that crash left.
func (r *Request) reopen(p policy.Person, key string, now time.Time) error {
	if err := r.closable(p); err != nil {
		return err
	}
	if key != "" && slices.Contains(r.Reopened, key) {
		return ErrNotInterrupted
	}
	r.State, r.Agreed, r.Owner, r.Delivered, r.Held = Approved, now, "", false, nil
	r.Reopened = append(slices.Clip(r.Reopened), key)
	return nil
}

// closeInterrupted records that p closes an interrupted request as it is.
func (r *Request) closeInterrupted(p policy.Person, reason string, now time.Time) error {
	if err := r.closable(p); err != nil {
		return err
	}
	r.Closed = &Vote{User: p.ID, At: now, Reason: reason}
	return nil
}

// closable reports why p may not say what becomes of an interrupted request, if so.
//
// What took no approval may be settled by whoever asked for it, as they could have run it again
// themselves.
func (r *Request) closable(p policy.Person) error {
	switch {
	case !r.Undecided():
		return ErrNotInterrupted
	case r.Quorum > 0 && p.ID == r.Requester:
		return ErrSelfApproval
	}
	_, counts := r.rolesOf(p)
	if r.Quorum == 0 {
		counts = policy.Or(counts, p.In(r.By))
	}
	return unless(counts, ErrNotApprover)
}
