package wire

import (
	"bytes"
	"cmp"
	"encoding/json"
	"strings"
)

// Large answers are taken apart without copies of their parts: what follows returns slices of the
// JSON that it is given, which must be valid.

// FieldsOf returns the fields of an object by name; of a field that is there twice the last one
// counts, as for encoding/json.
func FieldsOf(object json.RawMessage) map[string]json.RawMessage {
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

// ElementsOf returns the elements of a list, at most limit and one.
func ElementsOf(list json.RawMessage, limit int) (elements []json.RawMessage) {
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

// Flatten writes every leaf below path into leaves: texts bare, everything else as compact JSON. A
// list is a leaf.
func Flatten(path string, data json.RawMessage, leaves map[string]string) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) == nil && len(fields) > 0 {
		for name, value := range fields {
			Flatten(strings.TrimPrefix(path+"."+name, "."), value, leaves)
		}
		return
	}
	var text string
	var compact bytes.Buffer
	switch {
	case path == "":
	case json.Unmarshal(data, &text) == nil && text != "":
		leaves[path] = text
	case json.Compact(&compact, data) == nil:
		leaves[path] = cmp.Or(compact.String(), "null")
	}
}
