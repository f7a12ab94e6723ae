package policy

import (
	"cmp"
	"fmt"
	"slices"
)

// positive is n where it was set: in the settings 0 stands for the default, and a limit of 0 would
// be no limit but a stop.
func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// guard adds what holds above every rule: guarded commands need an approval, a budget that is spent
// needs one approver more, and an approval that nobody could give is a refusal.
//
// It comes after the rules so that no rule can lift it. That nobody is there to approve is said now
// and not half an hour later, when the request expires: the person can do something about a missing
// setting, and nothing about silence.
func (p Policy) guard(a Input, r Decision) Decision {
	if a.Risk == RiskRead && !a.Guarded {
		return r
	}
	if a.Guarded && r.Quorum == 0 {
		r.Quorum, r.Why = 1, fmt.Sprintf("%s always needs approval.", a.Command)
	}
	if over := p.overBudget(a); over != "" {
		r.Quorum, r.Why = r.Quorum+1, over
	}
	if r.Quorum == 0 {
		return r
	}
	if r.Effect == Allow {
		needs, known := p.approversOf(a)
		if open := known.Open(); open != "" {
			return unanswered(r.Rule, open)
		}
		r.Effect, r.By, r.Needs = Approve, []string{Approvers}, needs
	}
	if i := slices.IndexFunc(r.Needs, func(n Need) bool { return p.empty(n.By) }); i >= 0 {
		return denied(r.Rule, r.Why+" Nobody can approve it: "+p.whyNobody(r.Needs[i]))
	}
	r.Timeout = p.timeout
	return r
}

// whyNobody says why there is nobody for n.
//
// A need with places has lost the roles that hold elsewhere (within), so there it is the place that
// is named.
func (p Policy) whyNobody(n Need) string {
	if len(n.Places) == 0 {
		return "no approvers are configured (S1BOT_APPROVERS)."
	}
	return fmt.Sprintf("nobody can approve this for %s.", cmp.Or(n.Places[0].Site, n.Places[0].Account, "things outside any site"))
}

// approversOf is what an approval by the approvers takes, wherever the ask reaches.
//
// It is for what a rule allowed and a guard stopped: no rule has named anybody to approve it, so it
// is the approvers who must.
func (p Policy) approversOf(a Input) (needs []Need, known Answer) {
	known = Certain(true)
	for _, t := range a.Reach {
		need, ok := p.within(Need{By: []string{Approvers}, Quorum: 1}, t)
		needs, known = addNeed(needs, need), and(known, ok)
	}
	if needs == nil {
		needs = []Need{{By: []string{Approvers}, Quorum: 1}}
	}
	return needs, known
}

// overBudget says which limit an ask exceeds, or nothing.
//
// The first that is exceeded is said; each costs one approver more, and never two for one request.
// Destructive requests count at least one target each, as the ledger's LastHour does, so the sum
// here is what the next request will find.
func (p Policy) overBudget(a Input) string {
	switch {
	case a.Targets > p.maxTargets:
		return fmt.Sprintf("%d targets in one action (limit: %d) need one more approver.", a.Targets, p.maxTargets)
	case a.Risk == RiskDestructive && a.LastHour.Targets+max(a.Targets, a.Endpoints, 1) > p.maxPerHour:
		return fmt.Sprintf("%d targets within an hour (limit: %d) need one more approver.", a.LastHour.Targets+max(a.Targets, a.Endpoints, 1), p.maxPerHour)
	case a.Risk == RiskChange && a.Endpoints > 0 && a.LastHour.Endpoints+a.Endpoints > p.maxChanges:
		return fmt.Sprintf("%d endpoints changed within an hour (limit: %d) need approval.", a.LastHour.Endpoints+a.Endpoints, p.maxChanges)
	}
	return ""
}
