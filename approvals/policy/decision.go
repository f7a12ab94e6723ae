package policy

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Effect is what a policy says to an invocation.
type Effect string

// A Decision is a policy's answer. By are the roles that may run it (Allow) or must approve it (Approve); Why is a sentence for the
// person who asked.
type Decision struct {
	Effect  Effect
	By      []string
	Quorum  int    // people who must approve
	Needs   []Need // what their approvals must add up to
	Rule    string // which rule decided
	Why     string
	Open    string        // of Unanswered: the question without an answer, see CannotTell
	Because string        // name of the thing of several that is denied
	Timeout time.Duration // how long it waits for the approval; 0 = the ledger's
	Seen    Tally         // what it took into account of what the caller asked for before
	unknown string        // of a rule of which nobody can tell whether it matches: why
}

// Err is nil unless the decision denies, which is a *RefusedError, or cannot be made, which is an *UnansweredError.
func (r Decision) Err() error {
	switch r.Effect {
	case Allow, Approve:
		return nil
	case Unanswered:
		return &UnansweredError{Question: r.Open, Rule: r.Rule, Because: r.Because}
	}
	return &RefusedError{Why: r.Why, Rule: r.Rule, Because: r.Because}
}

// dependsOnTargets is the decision while nobody knows what is touched, where that decides.
func dependsOnTargets(rule string) Decision {
	return Decision{Effect: Allow, Rule: rule, Why: "It depends on what it touches."}
}

// unlessTargetsDeny is r, the decision if a rule about what is touched does not match, where it is a no: then it is one in any case.
func (r Decision) unlessTargetsDeny(rule string) Decision {
	if rule == "" || r.Effect == Deny {
		return r
	}
	return dependsOnTargets(rule)
}

// unlessOthersDiffer is r, the decision if none of the others' rules matches, where it makes no difference whether one does.
func (r Decision) unlessOthersDiffer(others []Decision) Decision {
	for _, o := range others {
		if !r.sameAs(o) {
			return unanswered(o.Rule, o.unknown)
		}
	}
	return r
}

// sameAs reports whether r and o come to the same for who asks.
func (r Decision) sameAs(o Decision) bool {
	return r.Effect == o.Effect && r.Effect != Unanswered && r.Quorum == o.Quorum && slices.EqualFunc(r.Needs, o.Needs, Need.equal)
}

// and is the stricter of two decisions that do not deny, or both where both want approvals.
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

func denied(rule, why string) Decision { return Decision{Effect: Deny, Rule: rule, Why: why} }

// unanswered is the decision where a question that matters has no answer.
func unanswered(rule, question string) Decision {
	return Decision{Effect: Unanswered, Rule: rule, Open: cmp.Or(question, "nobody has asked yet")}
}

// The effects. The zero value is none of them: a decision that nobody made allows nothing.
const (
	Allow   Effect = "allow"   // run at once
	Approve Effect = "approve" // wait for an approval
	Deny    Effect = "deny"
	// Unanswered is neither: what it depends on cannot be told. Nothing runs and nothing waits.
	Unanswered Effect = "unanswered"
)
