package change

import (
	"errors"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// A Made thing is one that the console said it made, with what people call it. The id is empty
// where the console's answer has none.
type Made[ID ~string] struct {
	ID   ID
	Name string
}

// Visible looks whether the console shows what it said it made: a yes of which nothing is to be
// seen reads as accepted, not as done. It is looked at once, for most consoles show it at once;
// where that cannot be told, the card says so. What has no id is not looked for. New indicators,
// for one, can take seconds until the list has them; a person who looks for one at once would
// believe that it was not made.
func Visible[T any, ID ~string](card render.Card, made []Made[ID], find func(ids []ID) ([]T, error), identity func(T) ID) render.Card {
	var ids []ID
	for _, m := range made {
		if m.ID != "" {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return card
	}
	found, err := find(ids)
	if err != nil {
		words := "I couldn't check whether the console shows it yet"
		if e := (*s1.Error)(nil); errors.As(err, &e) && e.Message != "" {
			words += " (" + strings.TrimSuffix(e.Message, ".") + ")"
		}
		card.Parts = append(card.Parts, render.Note{render.Text(words + ".")})
		return card
	}
	var waiting []string
	for _, m := range made {
		if m.ID != "" && !slices.ContainsFunc(found, func(t T) bool { return identity(t) == m.ID }) {
			waiting = append(waiting, m.Name)
		}
	}
	if len(waiting) == 0 {
		return card
	}
	card.LeadWith(render.Waiting, catalog.NotYet("visible", len(made)-len(waiting), len(made), waiting, nil))
	return card
}
