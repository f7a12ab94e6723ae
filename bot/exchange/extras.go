package exchange

import (
	"encoding/json"
	"errors"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// What a person said beside the parameters of a command (why, a ticket, for how long) must not get
// lost on a detour: who chooses between two hosts of one name, or mends a value in the form, asked
// for the same thing all the time.

// An extrasError is an error with what was said beside the parameters.
type extrasError struct {
	error
	said catalog.Extras
}

func (e *extrasError) Unwrap() error { return e.error }

// WithExtras adds to an error what was said beside the parameters; nil stays nil.
func WithExtras(x catalog.Extras, err error) error {
	if err == nil || x == (catalog.Extras{}) {
		return err
	}
	return &extrasError{err, x}
}

// KeepExtras lets the buttons under an explanation go on with what was said.
func KeepExtras(card render.Card, err error) render.Card {
	var e *extrasError
	if !errors.As(err, &e) {
		return card
	}
	actions := make([]render.Action, len(card.Actions))
	for i, action := range card.Actions {
		if button, ok := action.(render.Button); ok && button.Do.Command != "" {
			button.Do = catalog.WithExtras(button.Do, e.said)
			action = button
		}
		actions[i] = action
	}
	card.Actions = actions
	return card
}

// ExtrasOf is what an invocation carries; a button without it says nothing.
func ExtrasOf(inv render.Invocation) (x catalog.Extras) {
	_ = json.Unmarshal(inv.Said, &x)
	return x
}
