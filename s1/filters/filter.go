package filters

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Filter is what a person wrote to select threats, agents or alerts: a JSON object whose keys are
// those of the console's API. It keeps their order. It only ever becomes a query for reading: what
// is changed is changed by id.
type Filter struct{ fields []filterField }

// The value stays as it was typed until the kind is known, for the same key takes other values in
// another kind.
type filterField struct {
	key   string
	value json.RawMessage
}

// A Error says what is wrong with one key of a filter. The sentence is for the person who typed the
// filter; nothing has been sent.
type Error struct {
	Key     string
	Problem string
}

// Error says it in a sentence.
func (e *Error) Error() string {
	return fmt.Sprintf("filter key %q %s", e.Key, e.Problem)
}

// Parse reads a JSON object. Which keys it may have depends on what it is for: see Validate.
func Parse(text string) (Filter, error) {
	var f Filter
	err := f.UnmarshalJSON([]byte(text))
	return f, err
}

// UnmarshalJSON reads a JSON object and keeps the order of its keys. A key that is there twice is
// an error, for people and consoles could disagree on which one counts. It goes token by token
// because a map would lose the order and the second of two equal keys.
func (f *Filter) UnmarshalJSON(data []byte) error {
	f.fields = nil
	if string(bytes.TrimSpace(data)) == "null" {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.New(`a filter is a JSON object, such as {"computerName__contains":["DESKTOP"]}`)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("read filter: %w", err)
		}
		field := filterField{key: key.(string)}
		if err := decoder.Decode(&field.value); err != nil {
			return fmt.Errorf("read filter key %q: %w", field.key, err)
		}
		if f.has(field.key) {
			return &Error{Key: field.key, Problem: "is given twice"}
		}
		f.fields = append(f.fields, field)
	}
	if _, err := decoder.Token(); err != nil || decoder.More() {
		return errors.New("read filter: the JSON object does not end where it should")
	}
	return nil
}

// MarshalJSON writes the filter as it was read, keys in their order.
func (f Filter) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, field := range f.fields {
		if i > 0 {
			b.WriteByte(',')
		}
		key, err := json.Marshal(field.key)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(key, ':'), field.value...))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// String returns the filter as JSON.
func (f Filter) String() string {
	text, _ := f.MarshalJSON()
	return string(text)
}

// Keys returns the keys in their order.
func (f Filter) Keys() []string {
	var keys []string
	for _, field := range f.fields {
		keys = append(keys, field.key)
	}
	return keys
}

// has goes by the exact letters: the console's keys differ by case.
func (f Filter) has(key string) bool { return slices.Contains(f.Keys(), key) }

// idle are keys that shape an answer, or widen it, but select nothing.
var idle = []string{"limit", "tenant", "countsFor", "cursor", "skip", "skipCount", "countOnly", "sortBy", "sortOrder"}

// Empty tells whether the filter restricts nothing and would select everything: without keys, with
// idle ones alone, or with values that say nothing (null, "", [], [""], {}, or both booleans).
func (f Filter) Empty() bool {
	for _, field := range f.fields {
		if !slices.Contains(idle, field.key) && !saysNothing(field.value) {
			return false
		}
	}
	return true
}

// saysNothing tells of a value that restricts nothing. Both booleans together are such a value:
// everything is true or false.
func saysNothing(raw json.RawMessage) bool {
	values, err := listOf(raw)
	if err != nil {
		return false
	}
	if slices.Contains(values, "true") && slices.Contains(values, "false") {
		return true
	}
	return !slices.ContainsFunc(values, func(v string) bool { return v != "" && v != "{}" })
}

// Limit returns the filter's own limit, which caps how many things it selects; false if it has
// none. In the filter of a change it means how many things, in a query how many rows on a page; so
// it is read here and never sent.
func (f Filter) Limit() (int, bool) {
	for _, field := range f.fields {
		if field.key == "limit" {
			n, err := strconv.Atoi(strings.Trim(string(field.value), `"`))
			return n, err == nil
		}
	}
	return 0, false
}

// Validate checks every key and value for the kind of filter and returns all problems, most of them
// an *Error.
func (f Filter) Validate(kind Kind) error {
	_, err := f.ToQuery(kind)
	return err
}

// ToQuery returns the filter as query parameters: lists comma separated, times in UTC with
// microseconds, values of fixed lists in the console's spelling. Keys that say nothing are left
// out, and so is limit, which a query means differently: see Limit. The error has all problems,
// most of them an *Error.
func (f Filter) ToQuery(kind Kind) (transport.Query, error) {
	query := transport.Query{}
	var problems []error
	for _, field := range f.fields {
		value, err := field.wire(kind)
		switch {
		case err != nil:
			problems = append(problems, err)
		case value == "" && len(f.fields) > 1 && strings.HasPrefix(strings.TrimSpace(string(field.value)), "["):
			// Whoever fills in a list and finds nothing to put there means nothing, not everything.
			problems = append(problems, fmt.Errorf("%s: the list is empty; leave the key out to match any value", field.key))
		case value != "" && field.key != "limit":
			query = query.With(field.key, value)
		}
	}
	return query, errors.Join(problems...)
}

// wire returns the value as a query parameter, "" if it says nothing.
func (f filterField) wire(kind Kind) (string, error) {
	rule, known := filterKeys[kind][f.key]
	if !known {
		return "", &Error{f.key, "is unknown for " + kind.String()}
	}
	values, err := listOf(f.value)
	if err == nil {
		values, err = rule.split(f.value, values)
	}
	if err == nil {
		values, err = rule.check(slices.DeleteFunc(values, func(v string) bool { return v == "" }))
	}
	if err != nil {
		return "", &Error{Key: f.key, Problem: err.Error()}
	}
	return strings.Join(values, ","), nil
}

// listOf returns a JSON value as a list of texts; a lone value is a list of one, null is none.
func listOf(raw json.RawMessage) ([]string, error) {
	var texts []string
	if (raw[0] == '[' || raw[0] == 'n') && json.Unmarshal(raw, &texts) == nil { // as nearly all lists are
		for i, text := range texts {
			texts[i] = strings.TrimSpace(text)
		}
		return texts, nil
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		list = []json.RawMessage{raw}
	}
	values := []string{}
	for _, element := range list {
		var text string
		switch err := json.Unmarshal(element, &text); {
		case err == nil:
			values = append(values, strings.TrimSpace(text)) // null, too, is no error and no text
		case element[0] == '[':
			return nil, errors.New("has a list inside a list")
		default:
			values = append(values, string(element))
		}
	}
	return values, nil
}

// split takes one text with commas for the list that it is in the console's addresses: "ids":
// "1,2". Parts of names may have commas of their own, so those are never split.
func (r keyRule) split(raw json.RawMessage, values []string) ([]string, error) {
	lone := strings.HasPrefix(strings.TrimSpace(string(raw)), `"`)
	if !lone || r.kind != listValue && r.kind != boolListValue || !strings.Contains(values[0], ",") {
		return values, nil
	}
	parts := strings.Split(values[0], ",")
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); parts[i] == "" {
			return nil, fmt.Errorf("has an empty value in %q", values[0])
		}
	}
	return parts, nil
}

// check returns the values as the console spells them. A list travels with commas between its
// values and no escape for one: a value with a comma in it would become two, and select other
// things than were typed.
func (r keyRule) check(values []string) ([]string, error) {
	list := r.kind == listValue || r.kind == boolListValue || r.kind == containsValue
	if !list && len(values) > 1 {
		return nil, errors.New("takes one value, not a list")
	}
	if r.max > 0 && len(values) > r.max {
		return nil, fmt.Errorf("takes at most %d values, not %d", r.max, len(values))
	}
	checked := make([]string, 0, len(values))
	for _, value := range values {
		if list && strings.Contains(value, ",") {
			return nil, fmt.Errorf("can't take %q: the console treats its comma as the end of a value", value)
		}
		value, err := r.spell(value)
		if err != nil {
			return nil, err
		}
		checked = append(checked, value)
	}
	return checked, nil
}

// spell returns one value as the console spells it. It is the one place where a value changes on
// its way to the console.
func (r keyRule) spell(value string) (string, error) {
	if strings.HasPrefix(value, "{") && r.kind != objectValue {
		return "", errors.New("doesn't take an object")
	}
	switch r.kind {
	case boolValue, boolListValue:
		return spellBool(value)
	case intValue:
		if _, err := strconv.Atoi(value); err != nil {
			return "", fmt.Errorf("takes a whole number, not %q", value)
		}
	case timeValue:
		return spellTime(value)
	case objectValue:
		if !strings.HasPrefix(value, "{") {
			return "", fmt.Errorf("takes an object, not %q", value)
		}
	case containsValue:
		if len([]rune(value)) < 2 {
			return "", fmt.Errorf("takes values of at least 2 characters, not %q", value)
		}
	}
	if r.among != "" {
		return spellChoice(value, keyValues[r.among])
	}
	return value, nil
}

// Consoles want lower case; people also write yes and no.
func spellBool(value string) (string, error) {
	switch strings.ToLower(value) {
	case "true", "yes":
		return "true", nil
	case "false", "no":
		return "false", nil
	}
	return "", fmt.Errorf("takes true or false, not %q", value)
}

// A time without a zone is UTC. The console is sent microseconds and a Z.
func spellTime(value string) (string, error) {
	for _, layout := range append(wire.TimeLayouts, "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02T15:04Z07:00") {
		if t, err := time.Parse(layout, value); err == nil {
			return wire.FormatTime(t), nil
		}
	}
	return "", fmt.Errorf("takes a time like 2026-11-20 14:00 (UTC), not %q", value)
}

// spellChoice finds the choice that is meant whatever its case, blanks and underscores: verdicts
// are lower case for threats and upper case for alerts, and nobody should have to know.
func spellChoice(value string, choices []string) (string, error) {
	for _, choice := range choices {
		if wire.Squash(choice) == wire.Squash(value) {
			return choice, nil
		}
	}
	return "", fmt.Errorf("takes one of %s, not %q", strings.Join(choices, ", "), value)
}
