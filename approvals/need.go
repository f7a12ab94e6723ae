package approvals

import "slices"

// A Need is what the approvals of a request must add up to: so many people of some roles, there where the targets lie.
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

// within is n for a target at a place: without the roles that nobody holds there.
func (p Policy) within(n Need, at Place) Need {
	if !p.scoped(n.By) {
		return n
	}
	n.By = slices.DeleteFunc(slices.Clone(n.By), func(role string) bool {
		return !slices.ContainsFunc(p.roles, func(r Role) bool { return r.Name == role && len(r.Members) > 0 && r.covers(at) })
	})
	n.Places = []Place{at}
	return n
}

// addNeed adds n, once. Of things in several places where the roles are held by several people, each place has a need of its own:
// those who approve for one of them do not decide for the others.
func addNeed(needs []Need, n Need) []Need {
	if slices.ContainsFunc(needs, n.equal) {
		return needs
	}
	return append(slices.Clip(needs), n)
}

// rolesOf are the roles with which p may approve for n.
func (n Need) rolesOf(p Person) []string {
	var roles []string
	for _, role := range n.By {
		if p.in([]string{role}, n.Places...) {
			roles = append(roles, role)
		}
	}
	return roles
}

// met is how much of the quorum of n there is when people with these roles approved.
func (n Need) met(approvers [][]string) int {
	approvers = slices.DeleteFunc(slices.Clone(approvers), func(roles []string) bool { return len(roles) == 0 })
	if !n.Distinct {
		return len(approvers)
	}
	return assign(approvers, map[string]bool{})
}

// assign is how many people can each count for another role.
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

// needs is what r's approvals must add up to.
func (r *Request) needs() []Need {
	if len(r.Needs) > 0 || r.Quorum == 0 {
		return r.Needs
	}
	return []Need{{By: r.By, Quorum: r.Quorum}}
}

// share is with which roles p counts for each of r's needs; ok is false when for none.
func (r *Request) share(p Person) (roles [][]string, ok bool) {
	for _, n := range r.needs() {
		held := n.rolesOf(p)
		ok = ok || len(held) > 0
		roles = append(roles, held)
	}
	return roles, ok
}

// Missing is how many approvals r still needs, at least.
func (r *Request) Missing() int { return r.missing(r.Approvals) }

// missing is how many approvals are lacking where these were given.
func (r *Request) missing(given []Decision) int {
	missing := r.Quorum - len(given)
	for i, n := range r.needs() {
		var approvers [][]string
		for _, d := range given {
			switch {
			case len(d.Roles) == 0: // written before there were needs
				approvers = append(approvers, n.By)
			case i < len(d.Roles):
				approvers = append(approvers, d.Roles[i])
			}
		}
		missing = max(missing, n.Quorum-n.met(approvers))
	}
	return max(0, missing)
}

// Lacks is how many approvals are lacking, at least, for an extension of r that these people approved: it takes what r took.
func (r *Request) Lacks(given []Decision) int { return r.missing(given) }
