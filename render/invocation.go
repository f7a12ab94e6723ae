package render

import (
	"encoding/json"
	"slices"
)

// An Invocation is one thing a person asks for: what was typed, a form that was sent, a button that
// was clicked and a row that waits for approval all have this one form. Args is a JSON object keyed
// by parameter names ("agent-ids").
//
// It is JSON in buttons, forms and database rows, so its names are short and stay. It says what is
// wanted and nothing about who may: the same checks wait for it wherever it comes from.
type Invocation struct {
	Command string          `json:"c"`
	Args    json.RawMessage `json:"a,omitempty"`
	How     How             `json:"h,omitempty"`
	Page    int             `json:"p,omitempty"` // of a list, from 1; 0 is the first
	Said    json.RawMessage `json:"x,omitempty"` // beside the parameters: why, say, so that a button need not ask again
	Console string          `json:"k,omitempty"` // by name, on which it acts; none is the one of before there were names
}

// How says what to do with an invocation; the zero value runs it and answers with its card.
type How string

// What a button can ask for beside running a command.
const (
	Run   How = ""      // run it, or ask for its approval
	Open  How = "form"  // open its form, filled with Args
	View  How = "view"  // run it (a read) and show the card over the message, as a modal
	Share How = "share" // run it again (a read) and post the card to the channel
	Raw   How = "raw"   // the answer as JSON, as a file
	CSV   How = "csv"   // the whole result as a CSV file
	JSON  How = "json"  // the whole result as a JSON file
	Turn  How = "turn"  // another page of the list, in place of the message clicked on
	Pick  How = "pick"  // nothing yet: the list's columns, to choose from
)

// On returns the card as one about a console: what can be clicked on it acts there, unless it says
// where. An empty name changes nothing.
//
// Cards are made by commands that know one console; which that is, is put on them afterwards and in
// one place.
func (c Card) On(console string) Card {
	if console == "" {
		return c
	}
	c.Actions = actionsOn(c.Actions, console)
	parts := slices.Clone(c.Parts)
	for i, p := range parts {
		if row, ok := p.(Row); ok {
			parts[i] = row.On(console)
		}
	}
	c.Parts = parts
	return c
}

// On is Card.On for a page.
func (p Page) On(console string) Page {
	if console == "" {
		return p
	}
	p.Sections = slices.Clone(p.Sections)
	for i, s := range p.Sections {
		rows := slices.Clone(s.Rows)
		for j, row := range rows {
			rows[j] = row.On(console)
		}
		p.Sections[i].Rows = rows
	}
	return p
}

// On is Card.On for a row.
func (r Row) On(console string) Row {
	if console != "" {
		r.Actions = actionsOn(r.Actions, console)
	}
	return r
}

// actionsOn are actions that act on a console, unless they say on which.
func actionsOn(all []Action, console string) []Action {
	actions := slices.Clone(all)
	for i, a := range actions {
		switch a := a.(type) {
		case Button:
			a.Do = a.Do.on(console)
			actions[i] = a
		case Menu:
			a.Do = a.Do.on(console)
			a.Options = optionsOn(a.Options, console)
			actions[i] = a
		}
	}
	return actions
}

// Named says on the card which console it is about, for workspaces that have several; an empty name
// says nothing.
func (c Card) Named(console string) Card {
	if console != "" {
		c.Parts = append(slices.Clip(c.Parts), Note{Text("Console " + console)})
	}
	return c
}

// on has an invocation act on a console, unless it names one or invokes nothing.
func (in Invocation) on(console string) Invocation {
	if in.Console == "" && in.Command != "" {
		in.Console = console
	}
	return in
}

// optionsOn are a menu's options, of which some invoke something of their own.
func optionsOn(options []Option, console string) []Option {
	all := slices.Clone(options)
	for i, o := range all {
		if o.Do != nil {
			do := o.Do.on(console)
			all[i].Do = &do
		}
	}
	return all
}
