package catalog

import (
	"slices"

	"s1bot/commands/observables"
	"s1bot/render"
)

// An ObservableAction puts a command beside what was found in a message: a hash, an address, a
// domain. Which commands those are is not known to whoever looks messages up: a command declares
// its actions in its own value, as it does for cards. Places are left wide apart (10, 20, …) so
// that an area can put one between those of others.
type ObservableAction struct {
	Place int // the lowest comes first
	Label string
	Style render.Style
	How   render.How                                       // Open for what needs more than the observable tells
	Fill  func(observables.Observable) (args any, ok bool) // what it gives the command; false leaves the action out

	command string
}

// observableActions are those of all commands, in their order.
func observableActions(commands []*Command) []ObservableAction {
	var all []ObservableAction
	for _, cmd := range commands {
		for _, a := range cmd.OnObservables {
			a.command = cmd.Name
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, func(a, b ObservableAction) int { return a.Place - b.Place })
	return all
}

// ObservableActions are what can be done about an observable.
func (c *Catalog) ObservableActions(o observables.Observable) []render.Action {
	var actions []render.Action
	for _, a := range c.observables {
		if args, ok := a.Fill(o); ok {
			actions = append(actions, render.Button{Label: a.Label, Style: a.Style, Do: Invocation{Command: a.command, Args: Marshal(args), How: a.How}})
		}
	}
	return actions
}

// OffersOn is what can be done with a word that is one observable and nothing else, which is returned as commands take it; no offers where it is none.
func (c *Catalog) OffersOn(word string) (value string, offers []Offer) {
	found := observables.Find(word)
	if len(found) != 1 || found[0].Kind == observables.Word && found[0].Value != word {
		return "", nil
	}
	for _, action := range c.ObservableActions(found[0]) {
		if b, ok := action.(render.Button); ok {
			offers = append(offers, Offer{Label: b.Label, Do: b.Do})
		}
	}
	return found[0].Value, offers
}
