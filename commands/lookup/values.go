package lookup

import (
	"encoding/json"
	"strings"

	"s1bot/commands/catalog"
)

// ValueAt is what stands at a path of a row, several values joined; "" where there is nothing.
func ValueAt(raw json.RawMessage, path string) string {
	if path == "" {
		return ""
	}
	return strings.Join(ValuesAt(raw, strings.Split(strings.TrimPrefix(path, "."), ".")), "; ")
}

// ValuesAt returns what stands at a path, each value once: several where it goes through lists,
// such as indicators[*].tactics[*].techniques[*].name.
func ValuesAt(raw json.RawMessage, path []string) []string {
	if len(path) == 0 {
		if catalog.IsEmpty(raw) {
			return nil
		}
		return []string{catalog.Word(raw)}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	name, list := strings.CutSuffix(path[0], "[*]")
	if !list {
		return ValuesAt(fields[name], path[1:])
	}
	var elements []json.RawMessage
	if json.Unmarshal(fields[name], &elements) != nil {
		return nil
	}
	var values []string
	for _, element := range elements {
		for _, value := range ValuesAt(element, path[1:]) {
			values = catalog.AppendNew(values, value)
		}
	}
	return values
}
