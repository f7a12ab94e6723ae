package s1sim

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// object is one JSON object as it travels. Numbers of raw objects are json.Number, so that what was inserted comes out.
type object = map[string]any

// stampLayout is how the console writes a time: ISO 8601 in UTC with microseconds.
const stampLayout = "2006-01-02T15:04:05.000000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// at returns every value under a dotted path; lists on the way are walked through, null and absent values are left out.
func at(v any, path string) []any {
	if list, ok := v.([]any); ok {
		var out []any
		for _, e := range list {
			out = append(out, at(e, path)...)
		}
		return out
	}
	if path == "" {
		if v == nil {
			return nil
		}
		return []any{v}
	}
	o, ok := v.(object)
	if !ok {
		return nil
	}
	name, rest, _ := strings.Cut(path, ".")
	return at(o[name], rest)
}

// text is the first value under the path as a string, "" when there is none.
func text(o object, path string) string {
	for _, v := range at(o, path) {
		return plain(v)
	}
	return ""
}

func flag(o object, path string) bool { return text(o, path) == "true" }

// plain writes a scalar as it would stand in a query.
func plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}

// put sets the value under a dotted path and makes the objects on the way where they are missing.
func put(o object, path string, v any) {
	name, rest, more := strings.Cut(path, ".")
	if !more {
		o[name] = v
		return
	}
	child, ok := o[name].(object)
	if !ok {
		child = object{}
		o[name] = child
	}
	put(child, rest, v)
}

// clone copies an object with all that hangs from it.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		out := maps.Clone(v)
		for k := range out {
			out[k] = clone(out[k])
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = clone(out[i])
		}
		return out
	}
	return v
}

// decode reads one JSON value and keeps its numbers as they are written.
func decode(raw []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return v, nil
}

// words makes a JSON list of strings.
func words(s ...string) []any {
	out := make([]any, len(s))
	for i := range s {
		out[i] = s[i]
	}
	return out
}

// sentence spells an enum value as people read it and as alerts answer it: "in_progress" is "In progress".
func sentence(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "_", " "))
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
