package cards

import (
	"encoding/json"
	"slices"
	"time"

	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// An Action puts a command on the cards of threats, alerts, endpoints or digests. Which commands
// those are is not known here: a command declares its actions in its own value, the catalog
// collects them, and whoever draws a card hands them over.
//
// A card of each kind asks its own function, so a command decides from the thing itself whether its
// button makes sense there: no isolation for a host that is isolated, none for a threat without an
// endpoint.
type Action struct {
	Place int    // the lowest comes first; all but the first few of a card end behind its ⋯
	Label string // on the button, or of the entry
	Style render.Style
	Menu  string     // the menu that it is an entry of, "Look up"; "" makes a button of it
	Param string     // the parameter whose values it offers, as a menu of its own; "" makes a button of it
	How   render.How // Open for what needs more than the card tells, View for what is shown over it
	Deep  bool       // on a thing's details alone: a notification has no room for everything

	// What the thing on the card fills in; nil where the action is not on cards of this kind. A false
	// second result leaves it out.
	Threat  func(s1.Threat) (Filling, bool)
	Alert   func(s1.Alert) (Filling, bool)
	Unified func(unified.Alert) (Filling, bool)
	Agent   func(s1.Agent) (Filling, bool)
	Burst   func(Burst) (Filling, bool)

	Command string // whose action it is; the catalog fills it in, but where the action is a word of the bot's own
}

// A Filling is what a thing gives to an action on its card.
//
// Args are what the console said of the thing and nothing that was worked out: when somebody
// clicks, days later, the command looks at the thing anew.
type Filling struct {
	Args    json.RawMessage
	Options []render.Option // of a menu: the values of Param that make sense for this thing
}

// A Burst is what a digest tells of one kind of things.
//
// The span is what a list of the console is asked for, so the list has what the digest tells of,
// and what came in the same span.
type Burst struct {
	Kind     string // "threat", "alert", UnifiedKind
	From, To time.Time
}

// Actions are the actions of all commands, in the order in which cards show them.
type Actions []Action

// NewActions puts actions in order. Equal places keep the order in which they were declared, so
// that a card looks the same at every start.
func NewActions(actions []Action) Actions {
	list := slices.Clone(actions)
	slices.SortStableFunc(list, func(a, b Action) int { return a.Place - b.Place })
	return list
}

// shallow are the actions of a notification.
func (list Actions) shallow() Actions {
	return slices.DeleteFunc(slices.Clone(list), func(a Action) bool { return a.Deep })
}

// deep are the actions of a thing's details, which need no button that shows them.
func (list Actions) deep() Actions {
	return slices.DeleteFunc(slices.Clone(list), func(a Action) bool { return a.How == render.View })
}

// forThreat and its siblings are what a thing's card offers, in the cards' order.
func (list Actions) forThreat(t s1.Threat) []render.Action {
	return list.drawn(func(a Action) (Filling, bool) { return filled(a.Threat, t) })
}

func (list Actions) forAlert(t s1.Alert) []render.Action {
	return list.drawn(func(a Action) (Filling, bool) { return filled(a.Alert, t) })
}

func (list Actions) forUnified(a unified.Alert) []render.Action {
	return list.drawn(func(one Action) (Filling, bool) { return filled(one.Unified, a) })
}

func (list Actions) forAgent(t s1.Agent) []render.Action {
	return list.drawn(func(a Action) (Filling, bool) { return filled(a.Agent, t) })
}

func (list Actions) forBurst(b Burst) []render.Action {
	return list.drawn(func(a Action) (Filling, bool) { return filled(a.Burst, b) })
}

// filled asks an action about a thing; one that is not for this kind says no.
func filled[T any](fill func(T) (Filling, bool), thing T) (Filling, bool) {
	if fill == nil {
		return Filling{}, false
	}
	return fill(thing)
}

// drawn are the buttons and menus of the actions that have something to do with the thing.
//
// Which of the three an action becomes is its own choice; how many of them a card shows before its
// ⋯ is render's.
func (list Actions) drawn(fill func(Action) (Filling, bool)) []render.Action {
	var actions []render.Action
	for _, a := range list {
		filling, ok := fill(a)
		if !ok {
			continue
		}
		do := render.Invocation{Command: a.Command, Args: filling.Args, How: a.How}
		switch {
		case a.Menu != "":
			actions = addEntry(actions, a.Menu, render.Option{Label: a.Label, Do: &do})
		case a.Param != "":
			actions = append(actions, render.Menu{Label: a.Label, Param: a.Param, Options: filling.Options, Do: do})
		default:
			actions = append(actions, render.Button{Label: a.Label, Style: a.Style, Do: do})
		}
	}
	return actions
}

// addEntry adds an entry to the menu of this name, which is made where there is none yet.
//
// The menu stands where its first entry would, so "Look up" takes one place of the four whatever is
// in it.
func addEntry(actions []render.Action, menu string, entry render.Option) []render.Action {
	for i, a := range actions {
		if m, is := a.(render.Menu); is && m.Label == menu {
			m.Options = append(slices.Clone(m.Options), entry)
			actions[i] = m
			return actions
		}
	}
	return append(actions, render.Menu{Label: menu, Options: []render.Option{entry}})
}
