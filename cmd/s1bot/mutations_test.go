package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A mutation is one way in which a console's answer differs from what was seen before. It returns what stands in the place of a
// value, and whether it has something to say of that value. Where same is set, nobody may see a difference.
type mutation struct {
	name string
	same bool
	of   func(v any) (any, bool)
}

// absent takes the place of a field that is left out.
type absent struct{}

var digits = regexp.MustCompile(`^[1-9]\d{0,18}$`)

// mutations of single values.
func mutations() []mutation {
	texts := func(of func(string) (any, bool)) func(any) (any, bool) {
		return func(v any) (any, bool) {
			s, ok := v.(string)
			if !ok {
				return nil, false
			}
			return of(s)
		}
	}
	always := func(value any) func(any) (any, bool) { return func(any) (any, bool) { return value, true } }
	list := []mutation{
		{"null", false, always(nil)},
		{"absent", false, always(absent{})},
		{"an object instead", false, always(map[string]any{"neverSeen": map[string]any{"deep": []any{json.Number("1")}}})},
		{"a list instead", false, always([]any{map[string]any{"neverSeen": json.Number("1")}})},
		{"an empty list instead", false, always([]any{})},
		{"a truth instead", false, always(true)},
		{"text instead", false, texts(func(string) (any, bool) { return "never seen", true })},
		{"a number instead", false, always(json.Number("7"))},
		{"a fraction instead", false, always(json.Number("-1.5e300"))},
		{"empty text", false, texts(func(string) (any, bool) { return "", true })},
		{"the text None", false, texts(func(string) (any, bool) { return "None", true })},
		{"an unknown field beside", true, func(v any) (any, bool) {
			object, ok := v.(map[string]any)
			if !ok {
				return nil, false
			}
			more := maps.Clone(object)
			more["neverSeen"], more["neverSeenEither"] = "x", map[string]any{"deep": []any{nil}}
			return more, true
		}},
		{"an id as number", true, texts(func(s string) (any, bool) { return json.Number(s), digits.MatchString(s) })},
		{"a number as text", true, func(v any) (any, bool) { n, ok := v.(json.Number); return n.String(), ok }},
		{"a truth as text", true, func(v any) (any, bool) { b, ok := v.(bool); return fmt.Sprint(b), ok }},
		{"a truth as Python text", true, func(v any) (any, bool) {
			b, ok := v.(bool)
			return map[bool]string{true: "True", false: "False"}[b], ok
		}},
		{"rows of other kinds among them", false, func(v any) (any, bool) {
			l, ok := v.([]any)
			return slices.Concat([]any{nil, "row", json.Number("1"), []any{}}, l), ok
		}},
		{"an empty row among them", false, func(v any) (any, bool) {
			l, ok := v.([]any)
			return slices.Concat([]any{map[string]any{}}, l), ok
		}},
	}
	for _, spelling := range []string{"2006-01-02T15:04:05.999999-07:00", "2006-01-02T15:04:05.999999", "2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.000000000Z"} {
		list = append(list, mutation{"a time as " + spelling, true, texts(func(s string) (any, bool) {
			t, err := time.Parse(time.RFC3339Nano, s)
			return t.UTC().Format(spelling), err == nil
		})})
	}
	return append(list,
		mutation{"a time of another zone", true, texts(func(s string) (any, bool) {
			t, err := time.Parse(time.RFC3339Nano, s)
			return t.In(time.FixedZone("", 5400)).Format("2006-01-02T15:04:05.999999-07:00"), err == nil
		})},
		mutation{"1970", false, texts(func(s string) (any, bool) {
			_, err := time.Parse(time.RFC3339Nano, s)
			return "1970-01-01T00:00:00Z", err == nil
		})})
}

// A place is where in an answer something is: the keys to it; "*" stands for every row of a list.
type place []string

func (p place) String() string { return strings.Join(p, ".") }

// places lists every value of an answer. Rows of one list are one place.
func places(v any) []place {
	seen := map[string]bool{}
	var found []place
	var walk func(at place, v any)
	walk = func(at place, v any) {
		if !seen[at.String()] {
			seen[at.String()] = true
			found = append(found, slices.Clone(at))
		}
		switch v := v.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(append(slices.Clone(at), key), v[key])
			}
		case []any:
			for _, row := range v {
				walk(append(slices.Clone(at), "*"), row)
			}
		}
	}
	walk(nil, v)
	return found
}

// mutate returns v with what is at a place replaced, in each row of lists alike, and tells whether anything was.
func mutate(v any, at place, of func(any) (any, bool)) (any, bool) {
	if len(at) == 0 {
		return of(v)
	}
	switch v := v.(type) {
	case map[string]any:
		old, there := v[at[0]]
		changed, says := mutate(old, at[1:], of)
		if !there || !says {
			return v, false
		}
		copied := maps.Clone(v)
		copied[at[0]] = changed
		if changed == (absent{}) {
			delete(copied, at[0])
		}
		return copied, true
	case []any:
		rows, any := make([]any, 0, len(v)), false
		for _, row := range v {
			changed, says := mutate(row, at[1:], of)
			if !says {
				changed = row
			}
			any = any || says
			if changed != (absent{}) {
				rows = append(rows, changed)
			}
		}
		return rows, any
	}
	return v, false
}

func parseAnswer(body []byte) (any, error) {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err := decoder.Decode(&v)
	return v, err
}
