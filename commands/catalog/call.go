package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// Variant returns the call's invocation with another wish: as a file, shared, as a form. It is how
// the buttons of a list ask for the same rows as raw JSON or as a file.
func (c *Call) Variant(how render.How) Invocation {
	return Invocation{Command: c.Command.Name, Args: c.Args, How: how}
}

// With returns the call's invocation with one argument set. Turning a page and sorting are
// invocations of their own that differ in one argument, so they work after a restart and for
// anybody to whom the card was shared.
func (c *Call) With(param string, value any) Invocation {
	values, err := Object(c.Args)
	if err != nil {
		return Invocation{Command: c.Command.Name}
	}
	values[param] = Marshal(value)
	return Invocation{Command: c.Command.Name, Args: Marshal(values)}
}

// Has tells whether the command has a parameter of exactly that name.
func (cmd *Command) Has(param string) bool {
	return slices.ContainsFunc(cmd.Params, func(p Param) bool { return p.Name == param })
}

// shaping are parameters that do not say what is wanted, but how much of it and in which order. The
// names of our parameters first, then the console's own keys, which people write in filters.
var shaping = []string{"limit", "offset", "sort-by", "direction", "next-page", "number-of-events-fetched", "event-source", "use-private-call", "count-only", "skip-count",
	"sortBy", "sortOrder", "skip", "cursor", "skipCount", "countOnly"}

// Describe says in words what the call's arguments narrow a list down to: `computer name "DESKTOP" and query "10.0"`.
func (c *Call) Describe() string {
	values, err := Object(c.Args)
	if err != nil {
		return ""
	}
	return c.describe(values)
}

// Shapes tells whether a parameter says how much of a list is wanted, or in which order, and not what.
func Shapes(param string) bool { return slices.Contains(shaping, param) }

func (c *Call) describe(values map[string]json.RawMessage) string {
	var parts []string
	for _, f := range c.Command.Fields {
		value, given := values[f.Name]
		if !given || f.Hidden || IsEmpty(value) || Shapes(f.Name) {
			continue
		}
		parts = append(parts, f.Describe(value, c))
	}
	return strings.Join(parts, " and ")
}

// Describe says one argument in words: names for ids where they are known, times in the caller's
// zone, labels for the console's values. It heads every list, so that an empty or short one says
// what it was narrowed down to.
func (f Field) Describe(value json.RawMessage, c *Call) string {
	label := strings.ToLower(strings.ReplaceAll(f.Name, "-", " "))
	switch f.Type.Name {
	case "object":
		return c.Command.describeObject(value, c.Caller)
	case "time":
		if t, err := text.ReadTime(Word(value), text.Input{}); err == nil {
			return label + " " + Readable(t, c.Caller)
		}
	}
	words := ListWords(string(value))
	if !strings.HasPrefix(string(value), "[") {
		words = []string{Word(value)}
	}
	for i, w := range words {
		words[i] = f.labelOf(c.Command.Names.name(w))
	}
	return label + " " + text.Shorten(strings.Join(words, ", "), 80)
}

// Readable is a moment in the caller's zone.
func Readable(t time.Time, caller Caller) string {
	return t.In(caller.Location()).Format("2006-01-02 15:04 MST")
}

// describeObject says what a JSON object asks for: `computer name contains DESKTOP, resolved
// false`. What cannot be read says nothing here: the command itself tells what is wrong with it.
func (cmd *Command) describeObject(value json.RawMessage, caller Caller) string {
	filter, err := filters.Parse(string(value))
	if err != nil {
		return ""
	}
	fields, _ := Object(value)
	var parts []string
	for _, key := range filter.Keys() {
		if Shapes(key) {
			continue
		}
		says := Joined(fields[key])
		if t, err := text.ReadTime(says, text.Input{}); err == nil && TimeKey.MatchString(key) { // UTC, as the console's JSON has it
			says = Readable(t, caller)
		}
		if _, place := cmd.lookups.filterKeys[key]; place || key == SelectedIDs {
			says = cmd.Names.List(idWordsOf(fields[key]))
		}
		parts = append(parts, keyWords(key)+" "+says)
	}
	return strings.Join(parts, ", ")
}

// labelOf is one value as people read it.
func (f Field) labelOf(value string) string {
	for _, c := range f.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return fmt.Sprintf("%q", value)
}

// An Acceptance is what the console said to a change beyond yes or no, for those who watch what
// becomes of it. Workflow passes it to the watch on the Effect: a target that the console refused
// is not waited for.
type Acceptance struct {
	Count   int               // how many of the targets it took
	Refused map[string]string // why it did not take the others, by id, where it says so
	Task    s1.TaskID         // that does it, if one does
	Excess  string            // that it counts more than was asked for, if it does; see Excess
}

// RecordAccepted tells whoever watches.
func (c *Call) RecordAccepted(a Acceptance) {
	if c.OnAccept != nil {
		c.OnAccept(a)
	}
}

// Incomplete makes of an answer one that tells what of it is missing, if anything is. A card with a
// gap is a partial success, whatever else it says: a list that lacks rows must not read as "there
// are no more".
func Incomplete(card render.Card, missing string) render.Card {
	if missing == "" {
		return card
	}
	card.Tone, card.Outcome = render.Warning, render.Partial
	card.Parts = slices.Concat([]render.Part{render.Line{render.Text("⚠ " + missing)}}, card.Parts)
	return card
}

// Keep remembers what a list holds, for a minute: turning its pages asks the console nothing. What
// is kept must not be changed. The key must name everything that the rows depend on, the console
// among it: the cache is one for all people and consoles.
func (c *Call) Keep(key string, rows any) { c.Command.rows.put(key, rows, c.Now) }

// Kept is what Keep remembered; nil where that was nothing or too long ago.
func (c *Call) Kept(key string) any { return c.Command.rows.get(key, c.Now) }

// Learn notes what an id is called, so that forms and titles that have the id show the name.
func (c *Call) Learn(id, name string) { c.Command.Names.learn(id, name) }

// CardActions are what cards of threats, alerts and endpoints offer.
func (c *Call) CardActions() cards.Actions { return *c.Command.cards }
