package policy

import (
	"slices"
	"strings"
)

// A Place is where in the console a thing lies, by name, as a request keeps it. Both may be empty:
// the thing belongs to no site.
type Place struct {
	Account string `json:"account,omitempty"`
	Site    string `json:"site,omitempty"`
}

// A Scope limits a role to accounts and sites, given as globs. The zero value is everywhere.
//
// Both lists given means both must fit: a site of that name in another account is not meant.
type Scope struct {
	Accounts, Sites []string
}

func (s Scope) everywhere() bool { return len(s.Accounts) == 0 && len(s.Sites) == 0 }

// covers asks whether t lies within s. What lies nowhere is in no scope but the one that is
// everywhere.
func (s Scope) covers(t Target) Answer {
	inside := Certain(true)
	if len(s.Accounts) > 0 {
		inside = and(inside, named(s.Accounts, t.Account))
	}
	if len(s.Sites) > 0 {
		inside = and(inside, named(s.Sites, t.Site))
	}
	return inside
}

// target is p as something that can be asked for: a place that was written down is known.
//
// Host, group and tags stay unknown; scopes do not ask for them.
func (p Place) target() Target { return Target{Account: Known(p.Account), Site: Known(p.Site)} }

// anyGlob reports whether one of the globs matches s; empty names match nothing.
func anyGlob(globs []string, s string) bool {
	return slices.ContainsFunc(globs, func(g string) bool { return Pattern(g).Match(s) })
}

// A Pattern is the one glob of the program, for rules and routes alike: * stands for any
// characters, ? for one, and every other character for itself, without regard to case.
type Pattern string

// Match reports whether s fits the pattern. An empty name fits none: what nobody says is nothing
// that a rule could mean. Blanks around a name are not seen, and who wrote the rule could not see
// them: "SRV-DC-1 " is protected with "SRV-DC-1".
func (p Pattern) Match(s string) bool {
	pattern, s := strings.ToLower(string(p)), strings.ToLower(s)
	return s != "" && (glob(pattern, s) || glob(strings.TrimSpace(pattern), strings.TrimSpace(s)))
}

// glob matches s against a pattern in which * stands for any characters and ? for one.
//
// It goes back to the last star alone, so its time is bounded by the product of the two lengths. A
// pattern from a file against a host name that an attacker chose must not be able to take
// exponential time, as a naive recursion would.
func glob(pattern, s string) bool {
	p, text := []rune(pattern), []rune(s)
	star, mark, i := -1, 0, 0
	for j := 0; j < len(text); {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == text[j]):
			i++
			j++
		case star >= 0: // let the last star take one character more
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
