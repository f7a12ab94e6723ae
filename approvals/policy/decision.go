package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Effect is what a policy says to an invocation.
type Effect string

// A Decision is a policy's answer. By are the roles that may run it (Allow) or must approve it
// (Approve); Why is a sentence for the person who asked.
//
// Quorum is how many people must approve in all, Needs what they must be. One person may meet
// several needs, so Quorum can be smaller than the sum; it is larger where a limit was exceeded
// (see guard). Seen goes into the request, and the Store compares it when the row is written.
type Decision struct {
	Effect  Effect
	By      []string
	Quorum  int    // people who must approve
	Needs   []Need // what their approvals must add up to
	Rule    string // which rule decided
	Why     string
	Open    string        // of Unanswered: the question without an answer, see CannotTell
	Because string        // name of the thing of several that is denied
	Role    bool          // of Deny: the caller lacks a role that the defaults want, no rule of the policy file
	Timeout time.Duration // how long it waits for the approval; 0 = the ledger's
	Seen    Tally         // what it took into account of what the caller asked for before
	unknown string        // of a rule of which nobody can tell whether it matches: why
}

// Err is nil unless the decision denies, which is a *RefusedError, or cannot be made, which is an
// *UnansweredError.
func (r Decision) Err() error {
	switch r.Effect {
	case Allow, Approve:
		return nil
	case Unanswered:
		return &UnansweredError{Question: r.Open, Rule: r.Rule, Because: r.Because}
	}
	return &RefusedError{Why: r.Why, Rule: r.Rule, Because: r.Because, Role: r.Role}
}

// ShownRule is the rule that decided, for people; see RefusedError.ShownRule.
func (r Decision) ShownRule() string { return shownRule(r.Rule, r.Role) }

// dependsOnTargets is the decision while nobody knows what is touched, where that decides.
//
// It lets an early question through; the same question is asked again with the targets before
// anything is written down.
func dependsOnTargets(rule string) Decision {
	return Decision{Effect: Allow, Rule: rule, Why: "That depends on what it touches."}
}

// unlessTargetsDeny is r, the decision if a rule about what is touched does not match, where it is
// a no: then it is one in any case.
//
// Before the targets are known, a rule about them may still deny. A decision that denies anyway
// stays a no, at once and with its own sentence; any other one has to wait for the targets.
func (r Decision) unlessTargetsDeny(rule string) Decision {
	if rule == "" || r.Effect == Deny {
		return r
	}
	return dependsOnTargets(rule)
}

// unlessOthersDiffer is r, the decision if none of the others' rules matches, where it makes no
// difference whether one does.
//
// An example: nobody can tell whether a host is tagged "vip", and the rule for those wants the same
// single approval as the default. Then it makes no difference, and the request goes its way
// although the question stays open.
func (r Decision) unlessOthersDiffer(others []Decision) Decision {
	for _, o := range others {
		if !r.sameAs(o) {
			return unanswered(o.Rule, o.unknown)
		}
	}
	return r
}

// sameAs reports whether r and o come to the same for who asks.
//
// The sentences may differ. By is not compared: for an approval Needs say who, and of two that
// allow, each has asked already whether the caller is among those whom it allows.
func (r Decision) sameAs(o Decision) bool {
	return r.Effect == o.Effect && r.Effect != Unanswered && r.Quorum == o.Quorum && slices.EqualFunc(r.Needs, o.Needs, Need.equal)
}

// and is the stricter of two decisions that do not deny, or both where both want approvals.
//
// The zero Decision is where a fold begins; it takes the other's place and nothing more.
func (r Decision) and(other Decision) Decision {
	switch {
	case r.Effect == "" || r.Effect == Allow && other.Effect == Approve:
		return other
	case other.Effect == Allow:
		return r
	}
	r.Quorum = max(r.Quorum, other.Quorum)
	for _, n := range other.Needs {
		r.Needs = addNeed(r.Needs, n)
	}
	for _, role := range other.By {
		if !slices.Contains(r.By, role) {
			r.By = append(slices.Clip(r.By), role)
		}
	}
	if !slices.Contains(strings.Split(r.Rule, ", "), other.Rule) {
		r.Rule += ", " + other.Rule
	}
	return r
}

// denied is a no for certain; why is a whole sentence for the person.
func denied(rule, why string) Decision { return Decision{Effect: Deny, Rule: rule, Why: why} }

// lacksRole is a no to who asks, whatever they ask for.
func lacksRole(rule, why string) Decision {
	return Decision{Effect: Deny, Rule: rule, Why: why, Role: true}
}

// unanswered is the decision where a question that matters has no answer.
func unanswered(rule, question string) Decision {
	return Decision{Effect: Unanswered, Rule: rule, Open: cmp.Or(question, "not looked up yet")}
}

// The effects. The zero value is none of them: a decision that nobody made allows nothing.
const (
	Allow   Effect = "allow"   // run at once
	Approve Effect = "approve" // wait for an approval
	Deny    Effect = "deny"
	// Unanswered is neither: what it depends on cannot be told. Nothing runs and nothing waits.
	Unanswered Effect = "unanswered"
)
