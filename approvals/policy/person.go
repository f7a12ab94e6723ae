package policy

import "slices"

// A Person is somebody in Slack, as far as a decision needs it. A person is not full when guest,
// bot, stranger from a shared channel, member of another workspace or deleted. Policy.Person makes
// one; of the zero value nobody can tell anything.
//
// It is made anew for each question. A Person that was kept for a minute would be a role that
// outlives its withdrawal by one.
type Person struct {
	ID    string
	Name  string
	Full  Answer
	Roles []Membership
	asked bool // Roles are all there are: a role that is not among them is not theirs
}

// A Membership is what is known of a person's having a role, there where it holds.
type Membership struct {
	Role string
	Scope
	Held Answer
	By   []Member // those of the role's members that mean the person, as far as that is known
}

// Holding is a full member who has these roles everywhere, and no others.
func Holding(id string, roles ...string) Person {
	p := Person{ID: id, Full: Certain(true), asked: true}
	for _, r := range roles {
		p.Roles = append(p.Roles, Membership{Role: r, Held: Certain(true)})
	}
	return p
}

// Known asks whether p may use the app at all: full members may, others when a role names them.
func (p Person) Known() Answer { return Or(p.Full, p.Somewhere()) }

// Somewhere asks whether p has any role in any place.
func (p Person) Somewhere() Answer {
	return p.any(func(Membership) Answer { return Certain(true) })
}

// Everywhere asks whether p has any role that holds in all places.
func (p Person) Everywhere() Answer {
	return p.any(func(m Membership) Answer { return Certain(m.everywhere()) })
}

// any asks whether p has a role that fits. Nobody without an id has any.
//
// A Person that was put together by hand, without asked, has roles that nobody looked up: what is
// not among them is then unknown.
func (p Person) any(fits func(Membership) Answer) Answer {
	if p.ID == "" {
		return Certain(false)
	}
	held := anyOf(p.Roles, func(m Membership) Answer { return and(fits(m), m.Held) })
	if !p.asked {
		held = Or(held, Answer{})
	}
	return held
}

// In asks whether p has one of roles, there where all of places are; without places, everywhere.
//
// For several places it must be one role that holds in all of them, but it may be through several
// memberships: analyst of Paris and analyst of Lyon cover a request for both. A different role in
// each place is two halves of a right.
func (p Person) In(roles []string, places ...Target) Answer {
	of := func(m Membership) Answer { return Certain(slices.Contains(roles, m.Role)) }
	if len(places) == 0 {
		return p.any(func(m Membership) Answer { return and(of(m), Certain(m.everywhere())) })
	}
	return anyOf(roles, func(role string) Answer {
		all := Certain(true)
		for _, t := range places {
			all = and(all, p.any(func(m Membership) Answer { return and(Certain(m.Role == role), m.covers(t)) }))
		}
		return all
	})
}

// Certain are the names of the roles that p has everywhere, for the audit trail.
func (p Person) Certain() (names []string) {
	for _, m := range p.Roles {
		if m.Held.Yes() && m.everywhere() && !slices.Contains(names, m.Role) {
			names = append(names, m.Role)
		}
	}
	return names
}

// Anywhere asks whether p has one of roles in any place.
func (p Person) Anywhere(roles []string) Answer {
	return p.any(func(m Membership) Answer { return Certain(slices.Contains(roles, m.Role)) })
}
