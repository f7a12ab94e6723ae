package approvals

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A Member names who belongs to a role: a user id (U… or W…), a user group id (S…), the @handle of a person or a user group, or
// * for every full member of the workspace.
type Member string

// Everyone is the member that stands for every full member of the workspace.
const Everyone Member = "*"

var memberForm = regexp.MustCompile(`^(\*|[UWS][A-Z0-9]{2,}|@[^\s@,]+)$`)

// Members reads a list of members as settings give it: blanks around a name do not matter, empty names do not count.
func Members(names []string) []Member {
	var ms []Member
	for _, n := range names {
		if n = strings.TrimSpace(n); n != "" {
			ms = append(ms, Member(n))
		}
	}
	return ms
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

// An Identity is what Slack says about a person. Handle is their user name, which Slack keeps unique, not the display name that
// everyone may choose.
type Identity struct {
	ID, Handle, Name string
	Groups           []Group // user groups they belong to
	Full             bool    // see Person
}

// A Group is a user group.
type Group struct{ ID, Handle string }

// names reports whether m stands for i. Who is no full member is named by their id alone: a handle, a group or * would let
// strangers in who chose a name or were added to a group for another purpose.
func (m Member) names(i Identity) bool {
	switch {
	case i.ID == "":
		return false
	case string(m) == i.ID:
		return true
	case !i.Full:
		return false
	case m == Everyone:
		return true
	case m.Handle() != "" && strings.EqualFold(m.Handle(), i.Handle):
		return true
	}
	return slices.ContainsFunc(i.Groups, func(g Group) bool {
		return string(m) == g.ID || m.Handle() != "" && strings.EqualFold(m.Handle(), g.Handle)
	})
}

// A Role is a named set of members. A role with a scope holds there only; the same name may stand several times, with other
// members and another scope each.
type Role struct {
	Name    string
	Members []Member
	Scope
}

func (r Role) check() error {
	var wrong []error
	for _, m := range r.Members {
		if !memberForm.MatchString(string(m)) {
			wrong = append(wrong, fmt.Errorf("role %s: %q is no user id (U…), user group id (S…), @handle or *", r.Name, string(m)))
		}
	}
	return errors.Join(wrong...)
}

func (r Role) has(i Identity) bool {
	return slices.ContainsFunc(r.Members, func(m Member) bool { return m.names(i) })
}

// Person is the person with the roles that this policy gives them.
func (p Policy) Person(i Identity) Person {
	who := Person{ID: i.ID, Name: i.Name, Full: i.Full}
	for _, r := range p.roles {
		switch {
		case !r.has(i):
		case !r.everywhere():
			who.Scoped = append(who.Scoped, Grant{r.Name, r.Scope})
		case !slices.Contains(who.Roles, r.Name):
			who.Roles = append(who.Roles, r.Name)
		}
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

// ByPlace reports whether it matters to p where a thing lies or which tags its host has: a rule asks, or a role holds in some
// places only.
func (p Policy) ByPlace() bool {
	return slices.ContainsFunc(p.roles, func(r Role) bool { return !r.everywhere() }) ||
		slices.ContainsFunc(p.rules, func(r Rule) bool { return len(r.Tags)+len(r.Sites)+len(r.Groups) > 0 })
}
