package keys

import (
	"encoding/json"
	"slices"
	"strings"

	"s1bot/s1/s1sim/wire"
)

// Most is how many values the API document allows in a list unless it says otherwise.
const Most = 5000

// Path makes a key look at the values under dotted paths.
func Path(paths ...string) func(wire.Object) []any {
	return func(o wire.Object) []any {
		var out []any
		for _, p := range paths {
			out = append(out, wire.At(o, p)...)
		}
		return out
	}
}

// IDs is a list of ids, compared with what stands under the path.
func IDs(name, p string) []Key {
	return []Key{{Name: name, Kind: Ident, Op: AnyOf, List: true, Max: Most, Values: Path(p)}}
}

// Scope is ids of accounts, sites or groups, of which at least one and at most 500 may be named.
func Scope(name, p string) []Key {
	return []Key{{Name: name, Kind: Ident, Op: AnyOf, List: true, Min: 1, Max: 500, Values: Path(p)}}
}

// OneOf is a list of words of which one must be the object's.
func OneOf(name, p string, enum ...string) []Key {
	return []Key{{Name: name, Kind: Textual, Op: AnyOf, List: true, Max: Most, Enum: enum, Values: Path(p)}}
}

// OneOfOrNot is oneOf with its counterpart, the same name with Nin behind it.
func OneOfOrNot(name, p string, enum ...string) []Key {
	yes := OneOf(name, p, enum...)[0]
	no := yes
	no.Name, no.Op = name+"Nin", NoneOf
	return []Key{yes, no}
}

// Just is a single word that must be the object's.
func Just(name, p string, enum ...string) []Key {
	return []Key{{Name: name, Kind: Textual, Op: AnyOf, Enum: enum, Values: Path(p)}}
}

// Contains is a list of up to max substrings of two or more characters, matched in any case.
func Contains(max int, name string, paths ...string) []Key {
	return []Key{{Name: name + "__contains", Kind: Textual, Op: Within, List: true, Max: max, Values: Path(paths...)}}
}

// Yes is a single boolean.
func Yes(name, p string) []Key {
	return []Key{{Name: name, Kind: Boolean, Op: AnyOf, Values: Path(p)}}
}

// YesList is a list of booleans: "true,false" asks for both.
func YesList(name, p string) []Key {
	return []Key{{Name: name, Kind: Boolean, Op: AnyOf, List: true, Max: Most, Values: Path(p)}}
}

// Span is a value with the given suffixes: "createdAt__lt" and its sisters.
func Span(k Kind, name, p, suffixes string) []Key {
	var out []Key
	for s := range strings.FieldsSeq(suffixes) {
		out = append(out, Key{Name: name + "__" + s, Kind: k, Op: Op(s), Values: Path(p)})
	}
	return out
}

// Search is a free text that may stand in any of the places.
func Search(name string, paths ...string) []Key {
	return []Key{{Name: name, Kind: Textual, Op: AnyOf, Values: Path(paths...), Test: func(o wire.Object, want string) bool {
		for _, p := range paths {
			for _, v := range wire.At(o, p) {
				if ContainsFold(wire.Plain(v), want) {
					return true
				}
			}
		}
		return false
	}}}
}

// Tags selects by the tags under the path. Its value is JSON in a string: {"key": ["value"],
// "other__nin": ["value"]}. Several names must all hold; "__nin" behind one turns it around.
func Tags(name, p string) []Key {
	return []Key{{Name: name, Kind: Textual, Op: AnyOf, Values: Path(p), Test: func(o wire.Object, want string) bool {
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

func tagged(o wire.Object, p, name string, values []string) bool {
	return slices.ContainsFunc(wire.At(o, p), func(v any) bool {
		tag, ok := v.(wire.Object)
		return ok && wire.Text(tag, "key") == name && slices.Contains(values, wire.Text(tag, "value"))
	})
}

// Legal is a key that the service takes and that restricts nothing here. Use it where objects here
// do not have what the key looks at, so that a client may send what the document allows.
func Legal(name string, k Kind) []Key {
	return []Key{{Name: name, Kind: k}}
}

// Capped sets how many values the lists among the keys take.
func Capped(max int, rows []Key) []Key {
	for i := range rows {
		rows[i].Max = max
	}
	return rows
}

// Derived makes a key look at values that are computed.
func Derived(k Key, values func(wire.Object) []any) []Key {
	k.Values = values
	return []Key{k}
}

// Count is a single number that must be the object's. The path is the name.
func Count(name string) []Key {
	return []Key{{Name: name, Kind: Integer, Op: AnyOf, Values: Path(name)}}
}

// Renamed changes what the first key does with its values.
func Renamed(name string, o Op, rows []Key) []Key {
	rows[0].Name, rows[0].Op = name, o
	return rows
}

// YesDerived is a single boolean that is computed.
func YesDerived(name string, holds func(wire.Object) bool) []Key {
	return Derived(Yes(name, "")[0], func(o wire.Object) []any { return []any{holds(o)} })
}
