package policy

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Member names who belongs to a role: a user id (U… or W…), a user group id (S…), the @handle of
// a person or a user group, or
// * for every full member of the workspace.
type Member string

// Everyone is the member that stands for every full member of the workspace.
const Everyone Member = "*"

// Ids of people begin with U, on Enterprise Grid also with W; those of user groups with S.
var memberForm = regexp.MustCompile(`^(\*|[UWS][A-Z0-9]{2,}|@[^\s@,]+)$`)

// Members reads a list of members as settings give it: blanks around a name do not matter, empty
// names do not count.
func Members(names []string) []Member {
	var ms []Member
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			ms = append(ms, Member(n))
		}
	}
	return ms
}

// Check says what is wrong with a member; nil where nothing is.
func (m Member) Check() error {
	if !memberForm.MatchString(string(m)) {
		return fmt.Errorf("%q isn't a user id (U…), user group id (S…), @handle or *", string(m))
	}
	return nil
}

// Group reports whether m is the id of a user group.
func (m Member) Group() bool { return strings.HasPrefix(string(m), "S") }

// Handle is the name behind the @, or nothing.
func (m Member) Handle() string {
	h, _ := strings.CutPrefix(string(m), "@")
	if h == string(m) {
		return ""
	}
	return h
}

// An Identity is what Slack says about a person.
//
// Through has an entry for each member of Policy.Members that has to be asked about; one that is
// missing was not asked, which is no "no".
type Identity struct {
	ID, Name string
	Active   Answer            // not deactivated: who left has no roles, not even those that name them by their id
	Full     Answer            // see Person
	Through  map[Member]Answer // whether they are meant by a handle or belong to a group, of those that the policy names
}

// names asks whether m stands for i. Who is no full member is named by their id alone: a handle, a
// group or * would let strangers in who chose a name or were added to a group for another purpose.
//
// The order is that of how little has to be known: an id settles it without a question to Slack
// about groups.
func (m Member) names(i Identity) Answer {
	switch {
	case i.ID == "" || i.Active.No():
		return Certain(false)
	case string(m) == i.ID:
		return i.Active
	case m == Everyone:
		return i.Full
	case !m.Group() && m.Handle() == "":
		return Certain(false)
	}
	through, asked := i.Through[m]
	if !asked {
		through = CannotTell("Slack hasn't been asked about " + string(m))
	}
	return and(i.Full, through)
}

// A Group is a user group.
type Group struct{ ID, Handle string }

// A Role is a named set of members. A role with a scope holds there only; the same name may stand
// several times, with other members and another scope each.
//
// So the analysts of one site and of another are two Roles of one name, and a rule that names
// "leads" means whichever holds at the target.
type Role struct {
	Name    string
	Members []Member
	Scope
}

// check names every member of an odd form, not the first alone.
func (r Role) check() error {
	var wrong []error
	for _, m := range r.Members {
		if err := m.Check(); err != nil {
			wrong = append(wrong, fmt.Errorf("role %s: %w", r.Name, err))
		}
	}
	return errors.Join(wrong...)
}

// has asks whether one of the members means i.
func (r Role) has(i Identity) Answer {
	return anyOf(r.Members, func(m Member) Answer { return m.names(i) })
}

// naming are the members of the role that mean somebody.
//
// `/s1 whoami` shows them: "you are an approver through @soc-leads".
func (r Role) naming(i Identity) (by []Member) {
	for _, m := range r.Members {
		if m.names(i).Yes() {
			by = append(by, m)
		}
	}
	return by
}

// Person is the person with the roles that this policy gives them.
//
// Every role is in the result, held or not: only then is a role that is missing from it one that
// the person has not.
func (p Policy) Person(i Identity) Person {
	who := Person{ID: i.ID, Name: i.Name, Full: i.Full, asked: true}
	for _, r := range p.roles {
		who.Roles = append(who.Roles, Membership{Role: r.Name, Scope: r.Scope, Held: r.has(i), By: r.naming(i)})
	}
	return who
}

// Members are all that the policy's roles name: whose handles and groups must be known to decide.
func (p Policy) Members() []Member {
	var all []Member
	for _, r := range p.roles {
		all = append(all, r.Members...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// empty reports whether none of the roles has a member.
func (p Policy) empty(roles []string) bool {
	return !slices.ContainsFunc(p.roles, func(r Role) bool { return slices.Contains(roles, r.Name) && len(r.Members) > 0 })
}

// scoped reports whether one of the roles holds in some places only, for some of its members.
func (p Policy) scoped(roles []string) bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return slices.Contains(roles, r.Name) && !r.everywhere() })
}

// ByTarget reports whether it matters to p what is touched and where that lies: a rule asks, or a
// role holds in some places only.
//
// Where it does not, the look-ups of sites, groups and hosts are spared: on a large tenant they are
// thousands of rows for each request.
func (p Policy) ByTarget() bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return !r.everywhere() }) || slices.ContainsFunc(p.rules, Rule.onTargets)
}

// LooksInto reports whether a rule that may matter to an invocation asks for the groups, or for the
// endpoints, that lie in a place.
//
// Sites are not among them, because they are always read: a role that is limited to sites needs
// them as well.
func (p Policy) LooksInto(a Input) (groups, hosts bool) {
	for _, r := range p.rules {
		if r.fitsInvocation(a) {
			groups = groups || len(r.Groups) > 0
			hosts = hosts || len(r.Hosts)+len(r.Tags) > 0
		}
	}
	return groups, hosts
}
