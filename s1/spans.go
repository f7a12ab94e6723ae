package s1

import (
	"encoding/json"
)

// Large answers are taken apart without copies of their parts: what follows returns slices of the JSON that it is given, which must
// be valid.

// fieldsOf returns the fields of an object by name; of a field that is there twice the last one counts, as for encoding/json.
func fieldsOf(object json.RawMessage) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for at := skipSpace(object, 0) + 1; ; {
		at = skipSpace(object, at)
		if at >= len(object) || object[at] != '"' {
			return fields
		}
		end := stringEnd(object, at)
		var name string
		_ = json.Unmarshal(object[at:end], &name) // it is valid JSON
		from := valueStart(object, end)
		to := valueEnd(object, from)
		fields[name] = object[from:to:to]
		at = skipSpace(object, to) + 1 // past the comma
	}
}

// elementsOf returns the elements of a list, at most limit and one.
func elementsOf(list json.RawMessage, limit int) (elements []json.RawMessage) {
	for at := skipSpace(list, 0) + 1; len(elements) <= limit; {
		at = skipSpace(list, at)
		if at >= len(list) || list[at] == ']' {
			return elements
		}
		to := valueEnd(list, at)
		elements = append(elements, list[at:to:to])
		at = skipSpace(list, to) + 1
	}
	return elements
}
