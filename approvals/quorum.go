package approvals

import (
	"cmp"
	"slices"

	"s1bot/approvals/policy"
)

// Under returns q as the decision wants it submitted: approved already, or waiting for its quorum.
//
// It is used twice: to write a new request, and to count old approvals under the decision of today
// (MissingUnder), which may want more.
func Under(r policy.Decision, q Request) Request {
	q.By, q.Rule, q.Quorum, q.Needs, q.Wait, q.Seen, q.State = r.By, r.Rule, r.Quorum, r.Needs, r.Timeout, r.Seen, Pending
	if r.Effect == policy.Allow {
		q.Quorum, q.Needs, q.State = 0, nil, Approved
	}
	return q
}

// MissingUnder is how many approvals q lacks under the decision when these people approved it, for
// certain. Open is a question without an answer that would make it fewer.
//
// People are given as they are now, so roles come from Slack and the policy of this moment and not
// from the votes of then. Open only counts while something is missing: where enough approvals are
// certain, an open question about one more changes nothing.
func MissingUnder(r policy.Decision, q Request, approvers []policy.Person) (missing int, open string) {
	q = Under(r, q)
	q.Approvals = nil
	for _, p := range approvers {
		roles, counts := q.rolesOf(p)
		if counts.Yes() {
			q.Approvals = append(q.Approvals, Vote{User: p.ID, Roles: roles})
		}
		open = cmp.Or(open, counts.Open())
	}
	if missing = q.Missing(); missing == 0 {
		open = ""
	}
	return missing, open
}

// Reconsider rules anew on what r asks for, in the way in which it was ruled on when it was made.
//
// A reconnection that the policy allowed beforehand must be asked for in that way again; by the
// usual way it would need an approval that nobody was ever asked for. Whether the policy still
// allows it, AtEnd looks up.
func Reconsider(p policy.Policy, a policy.Input, r Request) policy.Decision {
	if r.After != "" && r.Rule == policy.OnTimeRule {
		return p.AtEnd(a, true)
	}
	return p.Decide(a)
}

// needs is what r's approvals must add up to.
//
// Rows from before needs were kept say it by Quorum and By alone.
func (r *Request) needs() []policy.Need {
	if len(r.Needs) > 0 || r.Quorum == 0 {
		return r.Needs
	}
	return []policy.Need{{By: r.By, Quorum: r.Quorum}}
}

// rolesOf is with which roles p counts for each of r's needs, and whether for any. Who may hold a
// role, but nobody can tell, does not count with it.
//
// The outer slice has an entry for each need, in their order, also an empty one: a Vote keeps it,
// and missing reads it by position.
func (r *Request) rolesOf(p policy.Person) (roles [][]string, any policy.Answer) {
	any = policy.Certain(false)
	for _, n := range r.needs() {
		held, ok := n.RolesOf(p)
		any = policy.Or(any, ok)
		roles = append(roles, held)
	}
	return roles, any
}

// Lost are the names of those of people whose approvals of r do not count any more, for certain.
//
// Of those of whom nobody can tell it says nothing: the sentence with these names says that they
// lost the role.
func Lost(r Request, people []policy.Person) (names []string) {
	for _, p := range people {
		if _, counts := r.rolesOf(p); counts.No() {
			names = append(names, cmp.Or(p.Name, p.ID))
		}
	}
	return names
}

// Counting are the approvals of r that are not void.
func (r *Request) Counting() []Vote {
	return slices.DeleteFunc(slices.Clone(r.Approvals), func(d Vote) bool { return d.Void != "" })
}

// Missing is how many approvals r still needs, at least.
func (r *Request) Missing() int { return r.missing(r.Approvals) }

// missing is how many approvals are lacking where these were given.
//
// It is the largest gap of all: one person may count for several needs, so the next one may close
// more than one of them.
func (r *Request) missing(given []Vote) int {
	given = slices.DeleteFunc(slices.Clone(given), func(d Vote) bool { return d.Void != "" })
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
		missing = max(missing, n.Quorum-n.Met(approvers))
	}
	return max(0, missing)
}

// Lacks is how many approvals are lacking, at least, for an extension of r that these people
// approved: it takes what r took.
func (r *Request) Lacks(given []Vote) int { return r.missing(given) }
