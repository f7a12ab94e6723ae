package cards

import (
	"encoding/json"
	"slices"

	"s1bot/render"
)

// A Wait is a request that waits for an approval, as far as the card of what it is about shows it.
type Wait struct {
	Ref     string // "A-7F3A"
	Console string // on which it acts, as the journal marks it
	Title   string // of its command
	Command string
	Args    json.RawMessage
	Things  []string // the ids of the threats, alerts and endpoints that it is about
}

// About tells whether the request is about one of these ids; an empty one is nobody's.
func (w Wait) About(ids ...string) bool {
	return slices.ContainsFunc(ids, func(id string) bool { return id != "" && slices.Contains(w.Things, id) })
}

// Waiting says on a card which requests about its thing wait, below what is still open, and takes
// away what would ask for the same once more. It only spares people a second request: whoever types
// it is told of the first.
func Waiting(card render.Card, waits []Wait) render.Card {
	for _, w := range slices.Backward(waits) {
		what := ""
		card.Actions, what = without(card.Actions, w)
		if what == "" {
			what = w.Title
		}
		line := render.Line{render.Text("🟠 "), render.Bold(what), render.Text(" waits for an approval · " + w.Ref)}
		card.Parts = slices.Insert(slices.Clone(card.Parts), min(len(card.Parts), 2), render.Part(line))
	}
	return card
}

// without are the actions that do not ask for what waits, and how the card calls the one that does:
// "Disconnect host", "Mitigate (Kill)".
func without(actions []render.Action, w Wait) (left []render.Action, what string) {
	for _, a := range actions {
		switch action := a.(type) {
		case render.Button:
			if action.Do.Command == w.Command {
				what = action.Label
				continue
			}
		case render.Menu:
			action.Options = slices.DeleteFunc(slices.Clone(action.Options), func(o render.Option) bool {
				same := w.asks(action, o)
				if same {
					what = action.Label + " (" + o.Label + ")"
				}
				return same
			})
			if len(action.Options) == 0 {
				continue
			}
			a = action
		}
		left = append(left, a)
	}
	return left, what
}

// asks tells whether an entry of a menu asks for what waits.
func (w Wait) asks(m render.Menu, o render.Option) bool {
	if o.Do != nil {
		return o.Do.Command == w.Command
	}
	var args map[string]json.RawMessage
	if m.Do.Command != w.Command || json.Unmarshal(w.Args, &args) != nil {
		return false
	}
	value, err := json.Marshal(o.Value)
	return err == nil && string(args[m.Param]) == string(value)
}
