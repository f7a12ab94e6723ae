package wire

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Object is one JSON object as it travels. Numbers of raw objects are json.Number, so that what was
// inserted comes out.
type Object = map[string]any

// stampLayout is how the console writes a time: ISO 8601 in UTC with microseconds.
const stampLayout = "2006-01-02T15:04:05.000000Z"

// Stamp writes a time as the console does.
func Stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// Itoa writes a number as ids and time stamps have it.
func Itoa(n int64) string { return strconv.FormatInt(n, 10) }

// At returns every value under a dotted path; lists on the way are walked through, null and absent
// values are left out.
func At(v any, path string) []any {
	if list, ok := v.([]any); ok {
		var out []any
		for _, e := range list {
			out = append(out, At(e, path)...)
		}
		return out
	}
	if path == "" {
		if v == nil {
			return nil
		}
		return []any{v}
	}
	o, ok := v.(Object)
	if !ok {
		return nil
	}
	name, rest, _ := strings.Cut(path, ".")
	return At(o[name], rest)
}

// Text is the first value under the path as a string, "" when there is none.
func Text(o Object, path string) string {
	for _, v := range At(o, path) {
		return Plain(v)
	}
	return ""
}

// Flag tells whether the value under the path is true.
func Flag(o Object, path string) bool { return Text(o, path) == "true" }

// Plain writes a scalar as it would stand in a query.
func Plain(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return fmt.Sprint(v)
}

// Put sets the value under a dotted path and makes the objects on the way where they are missing.
func Put(o Object, path string, v any) {
	name, rest, more := strings.Cut(path, ".")
	if !more {
		o[name] = v
		return
	}
	child, ok := o[name].(Object)
	if !ok {
		child = Object{}
		o[name] = child
	}
	Put(child, rest, v)
}

// Clone copies an object with all that hangs from it.
func Clone(v any) any {
	switch v := v.(type) {
	case Object:
		out := maps.Clone(v)
		for k := range out {
			out[k] = Clone(out[k])
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range out {
			out[i] = Clone(out[i])
		}
		return out
	}
	return v
}

// Decode reads one JSON value and keeps its numbers as they are written.
func Decode(raw []byte) (any, error) {
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

// List makes a JSON list of strings.
func List(s ...string) []any {
	out := make([]any, len(s))
	for i := range s {
		out[i] = s[i]
	}
	return out
}

// Sentence spells an enum value as people read it and as alerts answer it: "in_progress" is "In
// progress".
func Sentence(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, "_", " "))
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Value is the value under a path, nil where there is none.
func Value(o Object, path string) any {
	for _, v := range At(o, path) {
		return v
	}
	return nil
}

// Upper spells words in upper case, as filters of alerts want them.
func Upper(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ToUpper(s)
	}
	return out
}

// OrNil is what the service answers for a text that it does not have.
func OrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// OrTime is t at the resolution of time stamps, or the fallback where t is zero.
func OrTime(t, fallback time.Time) time.Time {
	if t.IsZero() {
		return fallback
	}
	return t.UTC().Truncate(time.Microsecond)
}
