package approvals

import (
	"slices"
	"time"

	"s1bot/approvals/policy"
)

// What follows is for cards that one person sees: what is certainly not theirs to do has no button
// there. Of whom nobody can tell just now is not barred; they read so when they click. None of it is
// a gate.

// BarredFromApproving tells whether p certainly may not approve r, or did.
func (r *Request) BarredFromApproving(p policy.Person, now time.Time) bool {
	return r.BarredFromDeciding(p, now) || hasVoted(r.Counting(), p)
}

// BarredFromDeciding tells whether p certainly may not decide r.
func (r *Request) BarredFromDeciding(p policy.Person, now time.Time) bool {
	return forbidden(r.decidable(p, now))
}

// BarredFromClosing tells whether p certainly may not say what becomes of r, which was interrupted.
func (r *Request) BarredFromClosing(p policy.Person) bool { return forbidden(r.closable(p)) }

// BarredFromExtending tells whether p certainly may not extend what r does for a time.
func (r *Request) BarredFromExtending(p policy.Person) bool { return forbidden(r.extendable(p)) }

// BarredFromThawing tells whether p certainly may not agree to the end of the freeze r, or did.
func (r *Request) BarredFromThawing(p policy.Person) bool {
	_, counts := r.rolesOf(p)
	return counts.No() || hasVoted(r.Counting(), p)
}

func hasVoted(given []Vote, p policy.Person) bool {
	return slices.ContainsFunc(given, func(v Vote) bool { return v.User == p.ID })
}
