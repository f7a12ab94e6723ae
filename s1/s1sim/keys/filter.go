// Package keys reads what callers select by: the tables of legal keys, as the vendor's API document
// has them, and the one way from a query string or a filter object to the test that an object must
// pass.
//
//	table of keys ──FromQuery, FromBody──▶ Filter ──Keep──▶ yes or no for each object
//
// A table is data and is written with the words of tables.go: OneOf, Span, Contains and their like
// each make the keys of one habit of the service. The bodies that make or change things are checked
// by the same kinds of values (body.go).
//
// The rule: be as strict as the service. An unknown key is a 400, a value of another kind is a 400
// in the service's words, and an empty list selects everything, because that is what it does out
// there and what a client must not run into.
package keys

import (
	"encoding/json"
	"hash/fnv"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"s1bot/s1/s1sim/wire"
)

// A kind is what the values of a key are.
type Kind string

const (
	Textual Kind = "string"
	Ident   Kind = "id" // a string of digits
	Boolean Kind = "boolean"
	Integer Kind = "integer"
	Moment  Kind = "time"
	Version Kind = "version"
	Free    Kind = "object" // taken and not looked at
)

// An op is how the values of a key are compared with those of an object.
type Op string

const (
	AnyOf   Op = "in"
	NoneOf  Op = "nin"
	Within  Op = "contains"
	less    Op = "lt"
	atMost  Op = "lte"
	more    Op = "gt"
	atLeast Op = "gte"
	Between Op = "between"
	ignored Op = "" // legal, restricts nothing
)

// A Key is one legal name of a filter: what its values must be, and which part of an object it
// looks at. The tables of keys are data; parsing and the ops are all the code there is.
type Key struct {
	Name     string
	Kind     Kind
	Op       Op
	List     bool // several values: comma separated in a query, a list in a body
	Min, Max int  // how many values a list takes
	Enum     []string
	Values   func(wire.Object) []any
	Test     func(o wire.Object, want string) bool // instead of Op, where a key has a rule of its own
}

// A Table is the legal keys of one list or action, by their names.
type Table map[string]Key

// Of makes a table of keys.
func Of(rows ...[]Key) Table {
	t := Table{}
	for _, k := range slices.Concat(rows...) {
		t[k.Name] = k
	}
	return t
}

// A Filter is a parsed query or filter object: the tests an object must pass. Keys are ANDed,
// values of a key ORed.
type Filter struct {
	Given map[string][]string
	tests []func(wire.Object) bool
	Limit int // how many objects an action may touch; zero for all
}

// Keep tells whether the filter lets an object through.
func (f Filter) Keep(o wire.Object) bool {
	for _, test := range f.tests {
		if !test(o) {
			return false
		}
	}
	return true
}

// Has says whether the key restricts anything: an empty list is the same as none.
func (f Filter) Has(name string) bool { return len(f.Given[name]) > 0 }

// FromQuery reads a filter from a query string without the parameters in but, which are the page's.
// A single value that is sent twice is the last one; a list may be sent with commas, or several
// times.
func (t Table) FromQuery(q url.Values, but []string) (Filter, error) {
	in := map[string]any{}
	for name, vs := range q {
		if slices.Contains(but, name) {
			continue
		}
		switch k := t[name]; {
		case !k.List:
			in[name] = vs[len(vs)-1]
		case strings.Join(vs, "") == "":
			in[name] = []any{}
		default:
			in[name] = wire.List(strings.Split(strings.Join(vs, ","), ",")...)
		}
	}
	return t.parse(in, "")
}

// FromBody reads the filter object of an action. It must be there; {} is legal and means
// everything, which the API document states for connect, broadcast, initiate-scan and mitigate.
func (t Table) FromBody(body wire.Object) (Filter, error) {
	v, ok := body["filter"]
	if !ok {
		return Filter{}, wire.Invalid("filter: Missing data for required field.")
	}
	in, ok := v.(wire.Object)
	if !ok {
		return Filter{}, wire.Invalid("filter: Invalid input type.")
	}
	return t.parse(in, "filter: ")
}

// parse is the one path of both. All unknown keys are told at once, then the first bad value of
// each key, as the service does: "<field>: <index>: <message>" joined with ", ".
func (t Table) parse(in map[string]any, where string) (Filter, error) {
	f := Filter{Given: map[string][]string{}}
	var unknown, wrong []string
	for _, name := range slices.Sorted(maps.Keys(in)) {
		k, ok := t[name]
		if !ok {
			unknown = append(unknown, "'"+name+"'")
			continue
		}
		vs, message := k.read(in[name])
		if message != "" {
			wrong = append(wrong, where+name+": "+message)
			continue
		}
		f.Given[name] = vs
		if name == "limit" {
			f.Limit, _ = strconv.Atoi(vs[0])
		}
		if test := k.compile(vs); test != nil {
			f.tests = append(f.tests, test)
		}
	}
	switch {
	case len(unknown) > 0:
		return f, wire.Invalid("dict_values([%s]): Unknown field", strings.Join(unknown, ", "))
	case len(wrong) > 0:
		return f, wire.Invalid("%s", strings.Join(wrong, ", "))
	}
	return f, nil
}

// read checks the values of a key and brings them to the form they are compared in. The service
// takes a bare string where a list of ids belongs; the simulator does not, so that the client sends
// what the document asks for.
func (k Key) read(v any) (vs []string, message string) {
	if !k.List {
		s, message := k.one(v)
		return []string{s}, message
	}
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, "Not a valid list."
	case len(list) < k.Min:
		return nil, "Shorter than minimum length " + strconv.Itoa(k.Min) + "."
	case len(list) > k.Max:
		return nil, "Longer than maximum length " + strconv.Itoa(k.Max) + "."
	}
	for i, e := range list {
		s, message := k.one(e)
		if message != "" {
			return nil, strconv.Itoa(i) + ": " + message
		}
		vs = append(vs, s)
	}
	return vs, ""
}

// limit is bounded in filters as on pages. __between is not looked at beyond its form.
func (k Key) one(v any) (value, message string) {
	if v == nil {
		return "", "Field may not be null."
	}
	s, isString := v.(string)
	switch {
	case k.Kind == Free:
		return wire.Plain(v), ""
	case k.Op == Between:
		return s, k.rangeFault(s)
	}
	if check, ok := scalars()[k.Kind]; ok {
		if s, ok = check(v); !ok {
			return "", WrongKind[k.Kind]
		}
	} else if !isString {
		return "", WrongKind[Textual]
	}
	if k.Name == "limit" && !InRange(s, 1, 1000) {
		return "", "Must be between 1 and 1000."
	}
	if k.Op == Within && len([]rune(s)) < 2 {
		return "", "Shorter than minimum length 2."
	}
	if len(k.Enum) > 0 && !slices.Contains(k.Enum, s) {
		quoted, _ := json.Marshal(s)
		return "", string(quoted) + " is not a valid choice."
	}
	return s, ""
}

// Fingerprint is equal for two calls that ask for the same rows in the same order.
func (f Filter) Fingerprint(path, sortedBy string, desc bool) uint64 {
	h := fnv.New64a()
	parts := []string{path, sortedBy, strconv.FormatBool(desc)}
	for _, k := range slices.Sorted(maps.Keys(f.Given)) {
		parts = append(parts, k, strings.Join(f.Given[k], ","))
	}
	_, _ = h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum64()
}
