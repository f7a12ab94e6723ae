package s1sim

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A kind is what the values of a key are.
type kind string

const (
	textual kind = "string"
	ident   kind = "id" // a string of digits
	boolean kind = "boolean"
	integer kind = "integer"
	moment  kind = "time"
	version kind = "version"
	free    kind = "object" // taken and not looked at
)

// An op is how the values of a key are compared with those of an object.
type op string

const (
	anyOf   op = "in"
	noneOf  op = "nin"
	within  op = "contains"
	less    op = "lt"
	atMost  op = "lte"
	more    op = "gt"
	atLeast op = "gte"
	between op = "between"
	ignored op = "" // legal, restricts nothing
)

// A key is one legal name of a filter: what its values must be, and which part of an object it looks at. The tables of keys
// are data; parse and the ops are all the code there is.
type key struct {
	name     string
	kind     kind
	op       op
	list     bool // several values: comma separated in a query, a list in a body
	min, max int  // how many values a list takes
	enum     []string
	values   func(*Console, object) []any
	test     func(o object, want string) bool // instead of op, where a key has a rule of its own
}

type keys map[string]key

func table(rows ...[]key) keys {
	t := keys{}
	for _, k := range slices.Concat(rows...) {
		t[k.name] = k
	}
	return t
}

// A filter is a parsed query or filter object: the tests an object must pass. Keys are ANDed, values of a key ORed.
type filter struct {
	given map[string][]string
	tests []func(object) bool
	limit int // how many objects an action may touch; zero for all
}

func (f filter) keep(o object) bool {
	for _, test := range f.tests {
		if !test(o) {
			return false
		}
	}
	return true
}

// has says whether the key restricts anything: an empty list is the same as none.
func (f filter) has(name string) bool { return len(f.given[name]) > 0 }

// fromQuery reads a filter from a query string without the parameters in but, which are the page's.
func (t keys) fromQuery(c *Console, q url.Values, but []string) (filter, error) {
	in := map[string]any{}
	for name, vs := range q {
		if slices.Contains(but, name) {
			continue
		}
		switch k := t[name]; {
		case !k.list:
			in[name] = vs[len(vs)-1]
		case strings.Join(vs, "") == "":
			in[name] = []any{}
		default:
			in[name] = words(strings.Split(strings.Join(vs, ","), ",")...)
		}
	}
	return t.parse(c, in, "")
}

// fromBody reads the filter object of an action. It must be there; {} is legal and means everything, which the API document
// states for connect, broadcast, initiate-scan and mitigate.
func (t keys) fromBody(c *Console, body object) (filter, error) {
	v, ok := body["filter"]
	if !ok {
		return filter{}, invalid("filter: Missing data for required field.")
	}
	in, ok := v.(object)
	if !ok {
		return filter{}, invalid("filter: Invalid input type.")
	}
	return t.parse(c, in, "filter: ")
}

// parse is the one path of both. All unknown keys are told at once, then the first bad value of each key, as the service
// does: "<field>: <index>: <message>" joined with ", ".
func (t keys) parse(c *Console, in map[string]any, where string) (filter, error) {
	f := filter{given: map[string][]string{}}
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
		f.given[name] = vs
		if name == "limit" {
			f.limit, _ = strconv.Atoi(vs[0])
		}
		if test := k.compile(c, vs); test != nil {
			f.tests = append(f.tests, test)
		}
	}
	switch {
	case len(unknown) > 0:
		return f, invalid("dict_values([%s]): Unknown field", strings.Join(unknown, ", "))
	case len(wrong) > 0:
		return f, invalid("%s", strings.Join(wrong, ", "))
	}
	return f, nil
}

// read checks the values of a key and brings them to the form they are compared in. The service takes a bare string where a
// list of ids belongs; the simulator does not, so that the client sends what the document asks for.
func (k key) read(v any) (vs []string, message string) {
	if !k.list {
		s, message := k.one(v)
		return []string{s}, message
	}
	list, ok := v.([]any)
	switch {
	case !ok:
		return nil, "Not a valid list."
	case len(list) < k.min:
		return nil, "Shorter than minimum length " + strconv.Itoa(k.min) + "."
	case len(list) > k.max:
		return nil, "Longer than maximum length " + strconv.Itoa(k.max) + "."
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

func (k key) one(v any) (value, message string) {
	if v == nil {
		return "", "Field may not be null."
	}
	s, isString := v.(string)
	switch {
	case k.kind == free:
		return plain(v), ""
	case k.op == between:
		return s, k.rangeFault(s)
	}
	if check, ok := scalars()[k.kind]; ok {
		if s, ok = check(v); !ok {
			return "", wrongKind[k.kind]
		}
	} else if !isString {
		return "", wrongKind[textual]
	}
	if k.name == "limit" && !inRange(s, 1, 1000) {
		return "", "Must be between 1 and 1000."
	}
	if k.op == within && len([]rune(s)) < 2 {
		return "", "Shorter than minimum length 2."
	}
	if len(k.enum) > 0 && !slices.Contains(k.enum, s) {
		quoted, _ := json.Marshal(s)
		return "", string(quoted) + " is not a valid choice."
	}
	return s, ""
}
