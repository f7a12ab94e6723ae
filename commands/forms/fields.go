package forms

import (
	"encoding/json"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/render"
)

// IdsSuffix marks the search box that stands beside a filter: its value is the filter's ids. A dot
// is in no parameter's name, so the two cannot be confused.
const IdsSuffix = ".ids"

// fieldsOf are what asks for one parameter: one field, and for a filter a search box beside it. A
// search box can only pick from the console, and a raw filter says everything: beside each other
// they serve both kinds of people. Each alone satisfies what is required, which is why the filter
// itself never is.
func fieldsOf(f catalog.Field, given json.RawMessage, caller catalog.Caller) []render.FormField {
	q := render.FormField{
		Name: f.Name, Label: f.Title, Hint: f.Hint(), Widget: f.Type.WidgetOf(f.List), Required: f.MustBeGiven(), Choices: optionsOf(f),
		Min: f.Min, Max: f.Max, MaxLength: f.Type.Length, Zone: caller.Location(), Value: filled(f, given),
	}
	if q.Widget == render.Search || q.Widget == render.MultiSearch {
		q.Search, q.Hint = f.Type.Search, f.Help // that names do as well is plain to see
	}
	if f.Type.Selects == "" || f.Type.Beside {
		return []render.FormField{q}
	}
	box := render.FormField{Name: f.Name + IdsSuffix, Label: render.Capital(f.Type.Selects), Widget: render.MultiSearch, Search: f.Type.Selects, Hint: "Type part of a name to find them.", Required: q.Required}
	q.Required, q.Hint = false, "Instead of picking them above, or to narrow them down: "+f.Type.Hint
	if catalog.OnlyIDs(given) {
		box.Value, q.Value = idWords(given), nil
	}
	return []render.FormField{box, q}
}

// optionsOf are the choices of a menu.
func optionsOf(f catalog.Field) []render.Option {
	var options []render.Option
	for _, c := range f.Choices {
		options = append(options, render.Option{Label: c.Label, Value: c.Value})
	}
	return options
}

// filled returns an argument as the form's element takes it. A list of texts is one text of several
// lines. A secret never fills a form, not even as its mark: typing over a mark would send the mark.
func filled(f catalog.Field, given json.RawMessage) []string {
	if catalog.IsEmpty(given) || f.Type.Secret || f.MayHide() && catalog.Word(given) == catalog.Mark {
		return nil
	}
	if f.Type.Name == "object" {
		return []string{indented(given)}
	}
	if !f.List {
		return []string{catalog.Word(given)}
	}
	words := catalog.ListWords(string(given))
	if !strings.HasPrefix(string(given), "[") {
		words = []string{catalog.Word(given)}
	}
	if f.Type.WidgetOf(true) != render.MultiLine {
		return words
	}
	lines := make([]string, len(words))
	for i, w := range words {
		lines[i] = lineOf(w)
	}
	return []string{strings.Join(lines, "\n")}
}

// indented is JSON that a person can edit in a box of several lines.
func indented(raw json.RawMessage) string {
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return string(raw)
	}
	return string(b)
}

// idWords are the ids that a filter names, for the search box beside it.
func idWords(filter json.RawMessage) []string {
	var named struct {
		IDs []string `json:"ids"`
	}
	if json.Unmarshal(filter, &named) != nil {
		return nil
	}
	return named.IDs
}
