package commands

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

// how returns the call's invocation with another wish: as a file, shared, as a form.
func (c *Call) how(how render.How) Invocation {
	return Invocation{Command: c.command.Name, Args: c.args, How: how}
}

// with returns the call's invocation with one argument set.
func (c *Call) with(param string, value any) Invocation {
	values, err := object(c.args)
	if err != nil {
		return Invocation{Command: c.command.Name}
	}
	values[param] = marshal(value)
	return Invocation{Command: c.command.Name, Args: marshal(values)}
}

// after returns the call's invocation from a cursor on. What was to be skipped ahead of the first rows is skipped already.
func (c *Call) after(cursor string) Invocation {
	values, err := object(c.args)
	if err != nil {
		return Invocation{Command: c.command.Name}
	}
	delete(values, "offset")
	values["next-page"] = marshal(cursor)
	return Invocation{Command: c.command.Name, Args: marshal(values)}
}

// skips tells whether the call's list begins somewhere behind its first row.
func (c *Call) skips() bool {
	values, err := object(c.args)
	return err == nil && (!isEmpty(values["next-page"]) || !isEmpty(values["offset"]) && string(values["offset"]) != "0")
}

func (cmd *Command) has(param string) bool {
	return slices.ContainsFunc(cmd.Params, func(p Param) bool { return p.Name == param })
}

// shaping are parameters that do not say what is wanted, but how much of it and in which order.
var shaping = []string{"limit", "offset", "sort-by", "direction", "next-page", "number-of-events-fetched", "event-source", "use-private-call", "count-only", "skip-count",
	"sortBy", "sortOrder", "skip", "cursor", "skipCount", "countOnly"}

// describe says in words what the call's arguments narrow a list down to: `computer name "DESKTOP" and query "10.0"`.
func (c *Call) describe() string {
	values, err := object(c.args)
	if err != nil {
		return ""
	}
	var parts []string
	for _, f := range c.command.fields {
		value, given := values[f.Name]
		if !given || f.hidden || isEmpty(value) || slices.Contains(shaping, f.Name) {
			continue
		}
		parts = append(parts, f.describe(value, c))
	}
	return strings.Join(parts, " and ")
}

func (f field) describe(value json.RawMessage, c *Call) string {
	label := strings.ToLower(strings.ReplaceAll(f.Name, "-", " "))
	switch f.kind.name {
	case "object":
		return c.command.describeObject(value, c.Caller)
	case "time":
		if t, err := readTime(word(value), Input{}); err == nil {
			return label + " " + readable(t, c.Caller)
		}
	}
	words := listWords(string(value))
	if !strings.HasPrefix(string(value), "[") {
		words = []string{word(value)}
	}
	for i, w := range words {
		words[i] = f.labelOf(c.command.names.name(w))
	}
	return label + " " + shorten(strings.Join(words, ", "), 80)
}

// readable is a moment in the caller's zone.
func readable(t time.Time, caller Caller) string {
	return t.In(caller.zone()).Format("2006-01-02 15:04 MST")
}

// describeObject says what a JSON object asks for: `computerName__contains DESKTOP, resolved false`.
func (cmd *Command) describeObject(value json.RawMessage, caller Caller) string {
	filter, err := s1.ParseFilter(string(value))
	if err != nil {
		return ""
	}
	fields, _ := object(value)
	var parts []string
	for _, key := range filter.Keys() {
		if slices.Contains(shaping, key) {
			continue
		}
		says := joined(fields[key])
		if t, err := readTime(says, Input{}); err == nil && timeKey.MatchString(key) { // UTC, as the console's JSON has it
			says = readable(t, caller)
		}
		if _, place := cmd.lookups.filterKeys[key]; place || key == selectedIDs {
			says = cmd.names.list(idWordsOf(fields[key]))
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

func shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}
