package commands

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// decode reads arguments into a parameter struct: every name must be known, every value of its kind, nothing required may
// be absent, and the rules across fields must hold.
func decode[P any](fields []field, raw json.RawMessage) (*P, error) {
	values, err := readArgs(fields, raw)
	if err != nil {
		return nil, err
	}
	if missing := missingOf(fields, values); len(missing) > 0 {
		return nil, &MissingError{Missing: missing}
	}
	p := new(P)
	if err := json.Unmarshal(marshal(values), p); err != nil {
		return nil, fmt.Errorf("read arguments: %w", err)
	}
	if c, ok := any(p).(checker); ok {
		return p, c.Check()
	}
	return p, nil
}

// readArgs checks the values of an invocation's arguments one by one and returns them in their one proper spelling. What is
// null, empty text or an empty list counts as absent.
func readArgs(fields []field, raw json.RawMessage) (map[string]any, error) {
	given, err := object(raw)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	for name, value := range given {
		i := slices.IndexFunc(fields, func(f field) bool { return f.Name == name })
		if i < 0 {
			return nil, &UsageError{Param: name, Problem: "there is no such parameter", Nearest: Nearest(name, namesOf(fields))}
		}
		if isEmpty(value) {
			continue
		}
		if values[name], err = fields[i].fromJSON(value); err != nil {
			return nil, err
		}
	}
	return values, nil
}

// object reads arguments; none at all are an empty object.
func object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	given := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return given, nil
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, &UsageError{Problem: "the arguments are not a JSON object"}
	}
	return given, nil
}

func isEmpty(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "[]"}, string(bytes.TrimSpace(value)))
}

// fromJSON reads one argument. A lone value is taken as a list of one where a list belongs, and numbers and booleans may be
// written as text: menus and forms know texts only.
func (f field) fromJSON(raw json.RawMessage) (any, error) {
	if f.hidden {
		return raw, nil
	}
	if f.List {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		words := make([]string, len(list))
		for i, element := range list {
			words[i] = word(element)
		}
		return f.readAll(words, Input{})
	}
	return f.readOne(word(raw), Input{})
}

// word returns a JSON value as a person would type it: of a string its text, of anything else the JSON.
func word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(bytes.TrimSpace(raw))
}

func (f field) readOne(text string, in Input) (any, error) {
	value, err := f.kind.read(text, in)
	if err == nil {
		return value, nil
	}
	usage := wrong(f.Name, "%s", err)
	var told *valueError
	if errors.As(err, &told) {
		usage.Nearest, usage.Hint = told.nearest, told.hint
	}
	return nil, usage
}

// maxList is the longest list that is read: no id list of the console's is longer.
const maxList = 5000

func (f field) readAll(words []string, in Input) (any, error) {
	list := []any{}
	for _, w := range words {
		if strings.TrimSpace(w) == "" {
			continue
		}
		value, err := f.readOne(w, in)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, value) { // no kind of list has values that cannot be compared: see fieldOf
			list = append(list, value)
		}
	}
	if len(list) > maxList {
		return nil, wrong(f.Name, "%d values are too many; at most %d go into one command", len(list), maxList)
	}
	return list, nil
}

func missingOf(fields []field, values map[string]any) []Param {
	var missing []Param
	for _, f := range fields {
		if _, given := values[f.Name]; f.mustBeGiven() && !given {
			missing = append(missing, f.Param)
		}
	}
	return missing
}

// mustBeGiven tells whether nothing can be done without the parameter. A required secret is made by the bot.
func (f field) mustBeGiven() bool { return f.Required && !f.hidden && !f.kind.secret }

func namesOf(fields []field) []string {
	var names []string
	for _, f := range fields {
		if !f.hidden {
			names = append(names, f.Name)
		}
	}
	return names
}

// marshal writes a value that cannot fail to be written.
func marshal(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("commands: marshal %T: %v", v, err))
	}
	return bytes.TrimSpace(b.Bytes())
}
