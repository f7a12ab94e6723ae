// Package consoles says which console an invocation is for.
//
// A workspace may look after several consoles, and two of them may know an endpoint by the same
// name, even by the same id. So a console is one value with all that belongs to it alone: its
// client (address, token, rates, breakers, hunt engine) and its catalog, whose caches hold what
// this console said. Nothing that is looked up is shared between two of them. Which one an
// invocation means is settled once:
//
//	said (console=emea) ▶ that of the card or thread ▶ that of the channel ▶ the only one ▶ the person is asked
//
// and from then on its name travels with the invocation: in buttons, forms, rows and jobs.
//
// The rule one must not break: a console is never guessed. What names one that is not configured
// any more does nothing, and says so; what names none, though it was drawn when there were several,
// is asked about.
package consoles

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

const (
	// Default is the name of the console that the settings name, and of the one that rows and buttons
	// mean which carry no name: they are older than names.
	Default = "default"
	// Unsettled is what buttons carry of which it is not known which console they are for: the person
	// is asked.
	Unsettled = "?"
)

// A Console is one of them.
type Console struct {
	Name     string // as people and metrics know it
	Client   *s1.Client
	Catalog  *catalog.Catalog // with caches of its own; all consoles have the same commands
	Channels []string         // where it is the default
	Was      bool             // rows and buttons without a name mean this one
}

// ErrSeveral says that an invocation may be for more than one console, so that somebody has to say
// for which.
var ErrSeveral = errors.New("there are several consoles, and I can't tell which one this is for")

// A GoneError says that something is about a console that is not configured any more.
type GoneError struct{ Name string }

// Error is a sentence for the person who clicked.
func (e *GoneError) Error() string {
	return fmt.Sprintf("this is about the console %q, which is no longer configured, so nothing was done", e.Name)
}

// A Set is the consoles that are configured. It does not change while the program runs.
type Set struct{ all []Console }

// NewSet makes a set; without a console, or with two of one name, there is none.
func NewSet(all ...Console) (*Set, error) {
	if len(all) == 0 {
		return nil, errors.New("no console is configured")
	}
	for i, c := range all {
		if c.Name == "" || c.Name == Unsettled || c.Client == nil || c.Catalog == nil {
			return nil, fmt.Errorf("console %d: needs a name, a client and a catalog", i+1)
		}
		if slices.ContainsFunc(all[:i], func(other Console) bool { return strings.EqualFold(other.Name, c.Name) }) {
			return nil, fmt.Errorf("two consoles are called %q", c.Name)
		}
	}
	s := &Set{all: slices.Clone(all)}
	if !slices.ContainsFunc(s.all, func(c Console) bool { return c.Was }) {
		if i := slices.IndexFunc(s.all, func(c Console) bool { return c.Name == Default }); i >= 0 {
			s.all[i].Was = true
		}
	}
	return s, nil
}

// All are the consoles, in the order in which they are configured.
func (s *Set) All() []Console { return slices.Clone(s.all) }

// Several tells whether there is anything to say about which console something is for.
func (s *Set) Several() bool { return len(s.all) > 1 }

// Names are those of all.
func (s *Set) Names() []string {
	names := make([]string, len(s.all))
	for i, c := range s.all {
		names[i] = c.Name
	}
	return names
}

// Carried is the console that a row, a button or a form carries; no name is that of before there
// were any. The error is a *GoneError.
func (s *Set) Carried(name string) (Console, error) {
	for _, c := range s.all {
		if c.Name == name || name == "" && (c.Was || len(s.all) == 1) { // there is no other that it could mean
			return c, nil
		}
	}
	return Console{}, &GoneError{Name: cmp.Or(name, Default)}
}

// Typed is the console that a person names. The error is a *catalog.UsageError that offers the
// nearest.
func (s *Set) Typed(name string) (Console, error) {
	for _, c := range s.all {
		if strings.EqualFold(c.Name, name) {
			return c, nil
		}
	}
	e := &catalog.UsageError{Param: catalog.ConsoleParam, Problem: "there is no console " + text.Quote(name), Nearest: text.Nearest(name, s.Names())}
	if len(e.Nearest) == 0 {
		e.Hint = "there are " + strings.Join(s.Names(), ", ")
	}
	return Console{}, e
}

// Here is the console that a command means which names none: the one of the channel, else the only
// one. The error is ErrSeveral.
func (s *Set) Here(channel string) (Console, error) {
	for _, c := range s.all {
		if channel != "" && slices.Contains(c.Channels, channel) {
			return c, nil
		}
	}
	if len(s.all) == 1 {
		return s.all[0], nil
	}
	return Console{}, ErrSeveral
}

// Stamp is what an invocation carries of a console: nothing where there is only the one of the
// settings, whose buttons and rows are as they were before there were names.
func (s *Set) Stamp(c Console) string {
	if !s.Several() && c.Name == Default {
		return ""
	}
	return c.Name
}

// Mark is what the notifier's journal carries of a console: nothing for the one that its items are
// of which are older than names.
func (s *Set) Mark(c Console) string {
	if c.Was || c.Name == Default {
		return ""
	}
	return c.Name
}

// Label is what people read of a console: nothing where there is no other.
func (s *Set) Label(c Console) string {
	if !s.Several() {
		return ""
	}
	return c.Name
}
