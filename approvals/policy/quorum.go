package policy

import "slices"

// A Need is what the approvals of a request must add up to: so many people of some roles, there
// where the targets lie.
//
// It is stored in the request's row: what a policy file says later changes it only through a look
// just before the run.
type Need struct {
	By       []string `json:"by"` // roles
	Quorum   int      `json:"quorum"`
	Distinct bool     `json:"distinct,omitempty"` // each of the quorum counts for another role
	Places   []Place  `json:"places,omitempty"`   // where the roles must hold; empty = everywhere
}

// equal reports whether n and other want the same.
func (n Need) equal(other Need) bool {
	return n.Quorum == other.Quorum && n.Distinct == other.Distinct && slices.Equal(n.By, other.By) && slices.Equal(n.Places, other.Places)
}

// within is n for a target: without the roles that nobody holds where it lies. Where that cannot be
// told, nobody can tell either who may approve.
//
// A need whose roles hold everywhere keeps no place, so that equal needs of many targets stay one.
func (p Policy) within(n Need, t Target) (Need, Answer) {
	if !p.scoped(n.By) {
		return n, Certain(true)
	}
	known := Certain(true)
	n.By = slices.DeleteFunc(slices.Clone(n.By), func(role string) bool {
		held := anyOf(p.roles, func(r Role) Answer {
			return and(Certain(r.Name == role && len(r.Members) > 0), r.covers(t))
		})
		if held.Open() != "" {
			known = held
		}
		return held.No()
	})
	n.Places = []Place{t.place()}
	return n, known
}

// addNeed adds n, once. Of things in several places where the roles are held by several people,
// each place has a need of its own: those who approve for one of them do not decide for the others.
func addNeed(needs []Need, n Need) []Need {
	if slices.ContainsFunc(needs, n.equal) {
		return needs
	}
	return append(slices.Clip(needs), n)
}

// RolesOf are the roles with which p may approve for n, for certain, and whether there are any.
//
// All of them are returned, since with Distinct another approver may take one of them away.
func (n Need) RolesOf(p Person) (roles []string, any Answer) {
	any = Certain(false)
	for _, role := range n.By {
		held := p.In([]string{role}, n.places()...)
		if held.Yes() {
			roles = append(roles, role)
		}
		any = Or(any, held)
	}
	return roles, any
}

// places are where the roles must hold, as targets to ask about.
func (n Need) places() []Target {
	var all []Target
	for _, at := range n.Places {
		all = append(all, at.target())
	}
	return all
}

// Met is how much of the quorum of n there is when people with these roles approved.
func (n Need) Met(approvers [][]string) int {
	approvers = slices.DeleteFunc(slices.Clone(approvers), func(roles []string) bool { return len(roles) == 0 })
	if !n.Distinct {
		return len(approvers)
	}
	return assign(approvers, map[string]bool{})
}

// assign is how many people can each count for another role: a maximum matching of people and
// roles, found by trying. There are as many people as have approved one request, a handful, so
// nothing cleverer is needed.
func assign(people [][]string, taken map[string]bool) int {
	if len(people) == 0 {
		return 0
	}
	most := assign(people[1:], taken)
	for _, role := range people[0] {
		if !taken[role] {
			taken[role] = true
			most = max(most, 1+assign(people[1:], taken))
			delete(taken, role)
		}
	}
	return most
}
