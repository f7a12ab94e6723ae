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

// within is n for a target: without the roles that nobody holds where it lies. Where that cannot be told, nobody can tell either who
// may approve.
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

// addNeed adds n, once. Of things in several places where the roles are held by several people, each place has a need of its own:
// those who approve for one of them do not decide for the others.
func addNeed(needs []Need, n Need) []Need {
	if slices.ContainsFunc(needs, n.equal) {
		return needs
	}
	return append(slices.Clip(needs), n)
}

// rolesOf are the roles with which p may approve for n, for certain, and whether there are any.
func (n Need) rolesOf(p Person) (roles []string, any Answer) {
	any = Certain(false)
	for _, role := range n.By {
		held := p.in([]string{role}, n.places()...)
		if held.Yes() {
			roles = append(roles, role)
		}
		any = or(any, held)
	}
	return roles, any
}

func (n Need) places() []Target {
	var all []Target
	for _, at := range n.Places {
		all = append(all, at.there())
	}
	return all
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

// share is with which roles p counts for each of r's needs, and whether for any. Who may hold a role, but nobody can tell, does not
// count with it.
func (r *Request) share(p Person) (roles [][]string, any Answer) {
	any = Certain(false)
	for _, n := range r.needs() {
		held, ok := n.rolesOf(p)
		any = or(any, ok)
		roles = append(roles, held)
	}
	return roles, any
}

// Lost are the names of those of people whose approvals of r do not count any more, for certain.
func Lost(r Request, people []Person) (names []string) {
	for _, p := range people {
		if _, counts := r.share(p); counts.No() {
			names = append(names, first(p.Name, p.ID))
		}
	}
	return names
}

// Counting are the approvals of r that are not void.
func (r *Request) Counting() []Decision {
	return slices.DeleteFunc(slices.Clone(r.Approvals), func(d Decision) bool { return d.Void != "" })
}

// Missing is how many approvals r still needs, at least.
func (r *Request) Missing() int { return r.missing(r.Approvals) }

// missing is how many approvals are lacking where these were given.
func (r *Request) missing(given []Decision) int {
	given = slices.DeleteFunc(slices.Clone(given), func(d Decision) bool { return d.Void != "" })
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
