package s1sim

import (
	"encoding/json"
	"slices"
	"strings"
)

// most is how many values the API document allows in a list unless it says otherwise.
const most = 5000

// path makes a key look at the values under dotted paths.
func path(paths ...string) func(*Console, object) []any {
	return func(_ *Console, o object) []any {
		var out []any
		for _, p := range paths {
			out = append(out, at(o, p)...)
		}
		return out
	}
}

// ids is a list of ids, compared with what stands under the path.
func ids(name, p string) []key {
	return []key{{name: name, kind: ident, op: anyOf, list: true, max: most, values: path(p)}}
}

// scope is ids of accounts, sites or groups, of which at least one and at most 500 may be named.
func scope(name, p string) []key {
	return []key{{name: name, kind: ident, op: anyOf, list: true, min: 1, max: 500, values: path(p)}}
}

// oneOf is a list of words of which one must be the object's.
func oneOf(name, p string, enum ...string) []key {
	return []key{{name: name, kind: textual, op: anyOf, list: true, max: most, enum: enum, values: path(p)}}
}

// oneOfOrNot is oneOf with its counterpart, the same name with Nin behind it.
func oneOfOrNot(name, p string, enum ...string) []key {
	yes := oneOf(name, p, enum...)[0]
	no := yes
	no.name, no.op = name+"Nin", noneOf
	return []key{yes, no}
}

// just is a single word that must be the object's.
func just(name, p string, enum ...string) []key {
	return []key{{name: name, kind: textual, op: anyOf, enum: enum, values: path(p)}}
}

// contains is a list of up to max substrings of two or more characters, matched in any case.
func contains(max int, name string, paths ...string) []key {
	return []key{{name: name + "__contains", kind: textual, op: within, list: true, max: max, values: path(paths...)}}
}

// yes is a single boolean.
func yes(name, p string) []key {
	return []key{{name: name, kind: boolean, op: anyOf, values: path(p)}}
}

// yesList is a list of booleans: "true,false" asks for both.
func yesList(name, p string) []key {
	return []key{{name: name, kind: boolean, op: anyOf, list: true, max: most, values: path(p)}}
}

// span is a value with the given suffixes: "createdAt__lt" and its sisters.
func span(k kind, name, p, suffixes string) []key {
	var out []key
	for s := range strings.FieldsSeq(suffixes) {
		out = append(out, key{name: name + "__" + s, kind: k, op: op(s), values: path(p)})
	}
	return out
}

// search is a free text that may stand in any of the places.
func search(name string, paths ...string) []key {
	return []key{{name: name, kind: textual, op: anyOf, values: path(paths...), test: func(o object, want string) bool {
		for _, p := range paths {
			for _, v := range at(o, p) {
				if containsFold(plain(v), want) {
					return true
				}
			}
		}
		return false
	}}}
}

// tags selects by the tags under the path. Its value is JSON in a string: {"key": ["value"], "other__nin": ["value"]}.
func tags(name, p string) []key {
	return []key{{name: name, kind: textual, op: anyOf, values: path(p), test: func(o object, want string) bool {
		var asked map[string][]string
		if json.Unmarshal([]byte(want), &asked) != nil {
			return false
		}
		for name, values := range asked {
			name, not := strings.CutSuffix(name, "__nin")
			if tagged(o, p, name, values) == not {
				return false
			}
		}
		return true
	}}}
}

func tagged(o object, p, name string, values []string) bool {
	return slices.ContainsFunc(at(o, p), func(v any) bool {
		tag, ok := v.(object)
		return ok && text(tag, "key") == name && slices.Contains(values, text(tag, "value"))
	})
}

// legal is a key that the service takes and that restricts nothing here.
func legal(name string, k kind) []key {
	return []key{{name: name, kind: k}}
}

// capped sets how many values the lists among the keys take.
func capped(max int, rows []key) []key {
	for i := range rows {
		rows[i].max = max
	}
	return rows
}

// derived makes a key look at values that are computed.
func derived(k key, values func(*Console, object) []any) []key {
	k.values = values
	return []key{k}
}
