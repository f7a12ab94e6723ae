package policy

import (
	"cmp"
	"slices"
	"strings"
)

// An Answer is what is known of a question that a gate asks: yes, no, or that nobody can tell, and
// then which question has no answer. The zero value is the last of them, so that a question that
// nobody asked never reads as no.
type Answer struct {
	known, yes bool
	why        string
}

// Certain is yes or no.
func Certain(yes bool) Answer { return Answer{known: true, yes: yes} }

// CannotTell is no answer. Why is the question that has none, as a sentence without its full stop:
// "I can't read user groups (missing_scope)".
func CannotTell(why string) Answer { return Answer{why: why} }

// Yes reports whether the answer is yes, for certain.
func (a Answer) Yes() bool { return a.known && a.yes }

// No reports whether the answer is no, for certain.
func (a Answer) No() bool { return a.known && !a.yes }

// Open is the question that has no answer; empty where there is one.
func (a Answer) Open() string {
	switch {
	case a.known:
		return ""
	case a.why == "":
		return "not looked up yet"
	}
	return a.why
}

// and is yes where all are. One certain no is enough for no, whatever the others are.
//
// Of several questions without an answer the first one is named: a person can do something about
// one thing at a time.
func and(answers ...Answer) Answer {
	all := Certain(true)
	for _, a := range answers {
		switch {
		case a.No():
			return a
		case !a.known && all.known:
			all = a
		}
	}
	return all
}

// Or is yes where one is. One certain yes is enough, whatever the others are.
func Or(answers ...Answer) Answer {
	one := Certain(false)
	for _, a := range answers {
		switch {
		case a.Yes():
			return a
		case !a.known && one.known:
			one = a
		}
	}
	return one
}

// anyOf is or over what ask says of each item. No items are a certain no.
func anyOf[T any](items []T, ask func(T) Answer) Answer {
	one := Certain(false)
	for _, item := range items {
		one = Or(one, ask(item))
	}
	return one
}

// A Fact is something that a rule looks at of a thing: its name, where it lies, its tags. The zero
// value is not known, which is not the same as having none.
type Fact[T any] struct {
	value T
	known bool
	why   string
}

// Known is a fact that was read. The zero value of T is to have none: an exclusion is on no host.
func Known[T any](value T) Fact[T] { return Fact[T]{value: value, known: true} }

// Unknown is a fact that nobody can tell; why is as in CannotTell.
func Unknown[T any](why string) Fact[T] { return Fact[T]{why: why} }

// Value is what is known of f, and whether anything is.
func (f Fact[T]) Value() (value T, known bool) { return f.value, f.known }

// Ask asks f a question, if it is known.
func (f Fact[T]) Ask(question func(T) bool) Answer {
	if !f.known {
		return CannotTell(f.why)
	}
	return Certain(question(f.value))
}

// Open is why f is not known; empty where it is.
func (f Fact[T]) Open() string { return f.Ask(func(T) bool { return true }).Open() }

// A Target is what a policy looks at of a thing that an invocation touches. Every fact has to be
// given: what is left out is not known.
//
// A struct literal that forgets a field makes a target of which that is unknown, and a rule that
// asks for it denies rather than passes by.
type Target struct {
	Account, Site Fact[string] // where it lies
	Host          Fact[string] // the endpoint, or the one that a threat or alert is on
	Group         Fact[string]
	Tags          Fact[[]string]
}

// Nothing is the target of an invocation that touches nothing that has a name: it is known to be
// nowhere.
//
// So a rule about hosts does not match a threat-intelligence entry, and a rule about sites does not
// match a change of the tenant.
func Nothing() Target {
	none := Known("")
	return Target{Account: none, Site: none, Host: none, Group: none, Tags: Known[[]string](nil)}
}

// name is how a sentence calls t.
//
// It reads values without asking whether they are known: an unknown one is empty, and the next
// takes its place.
func (t Target) name() string {
	return cmp.Or(t.Host.value, t.Site.value, t.Account.value, "what this touches")
}

// place is where t lies, as far as it is known.
func (t Target) place() Place { return Place{Account: t.Account.value, Site: t.Site.value} }

// named asks whether a name matches one of globs.
func named(globs []string, name Fact[string]) Answer {
	return name.Ask(func(s string) bool { return anyGlob(globs, s) })
}

// tagged asks whether one of the globs matches a tag: "key:value", or the key whatever its value.
//
// "crown-jewel" therefore fits the tag "crown-jewel:yes" as well: who protects a key means all of
// its values.
func tagged(globs []string, tags Fact[[]string]) Answer {
	return tags.Ask(func(tags []string) bool {
		return slices.ContainsFunc(tags, func(tag string) bool {
			key, _, _ := strings.Cut(tag, ":")
			return anyGlob(globs, tag) || anyGlob(globs, key)
		})
	})
}
