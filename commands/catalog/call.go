package catalog

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Variant returns the call's invocation with another wish: as a file, shared, as a form.
func (c *Call) Variant(how render.How) Invocation {
	return Invocation{Command: c.Command.Name, Args: c.Args, How: how}
}

// With returns the call's invocation with one argument set.
func (c *Call) With(param string, value any) Invocation {
	values, err := Object(c.Args)
	if err != nil {
		return Invocation{Command: c.Command.Name}
	}
	values[param] = Marshal(value)
	return Invocation{Command: c.Command.Name, Args: Marshal(values)}
}

// after returns the call's invocation from a cursor on. What was to be skipped ahead of the first rows is skipped already.
func (c *Call) after(cursor string) Invocation {
	values, err := Object(c.Args)
	if err != nil {
		return Invocation{Command: c.Command.Name}
	}
	delete(values, "offset")
	values["next-page"] = Marshal(cursor)
	return Invocation{Command: c.Command.Name, Args: Marshal(values)}
}

// skips tells whether the call's list begins somewhere behind its first row.
func (c *Call) skips() bool {
	values, err := Object(c.Args)
	return err == nil && (!IsEmpty(values["next-page"]) || !IsEmpty(values["offset"]) && string(values["offset"]) != "0")
}

func (cmd *Command) has(param string) bool {
	return slices.ContainsFunc(cmd.Params, func(p Param) bool { return p.Name == param })
}

// shaping are parameters that do not say what is wanted, but how much of it and in which order.
var shaping = []string{"limit", "offset", "sort-by", "direction", "next-page", "number-of-events-fetched", "event-source", "use-private-call", "count-only", "skip-count",
	"sortBy", "sortOrder", "skip", "cursor", "skipCount", "countOnly"}

// Describe says in words what the call's arguments narrow a list down to: `computer name "DESKTOP" and query "10.0"`.
func (c *Call) Describe() string {
	values, err := Object(c.Args)
	if err != nil {
		return ""
	}
	var parts []string
	for _, f := range c.Command.Fields {
		value, given := values[f.Name]
		if !given || f.hidden || IsEmpty(value) || slices.Contains(shaping, f.Name) {
			continue
		}
		parts = append(parts, f.Describe(value, c))
	}
	return strings.Join(parts, " and ")
}

func (f field) Describe(value json.RawMessage, c *Call) string {
	label := strings.ToLower(strings.ReplaceAll(f.Name, "-", " "))
	switch f.kind.Name {
	case "object":
		return c.Command.describeObject(value, c.Caller)
	case "time":
		if t, err := text.ReadTime(Word(value), text.Input{}); err == nil {
			return label + " " + Readable(t, c.Caller)
		}
	}
	words := listWords(string(value))
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

// describeObject says what a JSON object asks for: `computerName__contains DESKTOP, resolved false`.
func (cmd *Command) describeObject(value json.RawMessage, caller Caller) string {
	filter, err := s1.ParseFilter(string(value))
	if err != nil {
		return ""
	}
	fields, _ := Object(value)
	var parts []string
	for _, key := range filter.Keys() {
		if slices.Contains(shaping, key) {
			continue
		}
		says := Joined(fields[key])
		if t, err := text.ReadTime(says, text.Input{}); err == nil && TimeKey.MatchString(key) { // UTC, as the console's JSON has it
			says = Readable(t, caller)
		}
		if _, place := cmd.lookups.filterKeys[key]; place || key == SelectedIDs {
			says = cmd.Names.List(idWordsOf(fields[key]))
		}
		parts = append(parts, key+" "+says)
	}
	return strings.Join(parts, ", ")
}

// labelOf is one value as people read it.
func (f field) labelOf(value string) string {
	for _, c := range f.Choices {
		if c.Value == value {
			return c.Label
		}
	}
	return fmt.Sprintf("%q", value)
}
