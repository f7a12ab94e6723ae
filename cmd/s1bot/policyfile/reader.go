package policyfile

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"s1bot/commands/text"
)

// nodeLimit is how much of a file is looked at. Aliases within aliases may make a short file as
// long as one likes.
const nodeLimit = 100_000

// A reader walks the tree of a file along the types of keys.go, collects what is wrong, and notes
// where everything stands.
//
// One reader reads one file. Paths are like those of JSON Pointer without the first slash
// ("rules/0/hosts"); the entry functions (rules.go, routes.go) find by them where to point when
// keys contradict each other.
type reader struct {
	name     string // of the file, as messages have it
	known    vocabulary
	places   map[string]ast.Node // what stands at rules/0/hosts, also where an alias or a merge brought it
	anchors  map[string]ast.Node // as far as the walk came: an alias stands below its anchor
	values   []value
	problems []problem
	alias    ast.Node // the alias that the walk went through; what is wrong below is shown there
	nodes    int
}

// A value waits for its judgment until all roles are known.
//
// A role may be used above the place that defines it.
type value struct {
	node      ast.Node
	key, text string
	kind      kind
}

// A problem is what is wrong at a place of the file.
type problem struct {
	line, column int // 0 where it has no place
	text         string
}

// wrong notes a problem of a node.
func (r *reader) wrong(n ast.Node, format string, args ...any) {
	p := problem{text: fmt.Sprintf(format, args...)}
	if n != nil && n.GetToken() != nil {
		at := first(n).GetToken().Position
		p.line, p.column = at.Line, at.Column
	}
	if !slices.Contains(r.problems, p) {
		r.problems = append(r.problems, p)
	}
}

// bad notes a problem of what stands at a path, or of the nearest thing above it that stands in the
// file.
//
// What is missing has no place, so the complaint goes to the entry that lacks it.
func (r *reader) bad(at, format string, args ...any) {
	for r.places[at] == nil && at != "" {
		at = at[:max(0, strings.LastIndex(at, "/"))]
	}
	r.wrong(r.places[at], format, args...)
}

// has tells whether the file says anything at a path.
func (r *reader) has(at string) bool { return r.places[at] != nil }

// first is the node at which a person looks for n: the token of a mapping in block style is the
// colon behind its first key.
func first(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.MappingValueNode:
		return n.Key
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return n.Values[0].Key
		}
	}
	return n
}

// walk compares a node with the type that it will be decoded into.
//
// Anchors, aliases and tags are ways to write a node and not nodes to judge; they are taken away
// here, so that compare sees only what stands for something. The set of anchors grows along the
// way, and an alias to something that holds it finds none: no cycle can be walked.
func (r *reader) walk(n ast.Node, t reflect.Type, at, key string) {
	if r.nodes++; r.nodes > nodeLimit {
		return
	}
	switch n := n.(type) {
	case *ast.AnchorNode:
		r.walk(n.Value, t, at, key)
		r.anchors[n.Name.GetToken().Value] = n.Value // now, not before: an anchor does not hold itself
		return
	case *ast.AliasNode:
		r.follow(n, t, at, key)
		return
	case *ast.TagNode:
		r.walk(n.Value, t, at, key)
		return
	case *ast.NullNode:
		r.wrong(r.seen(n), "%s: an empty value; leave it out", key)
		return
	}
	if !r.has(at) { // else a merge brings more keys to what stands there
		r.places[at] = r.seen(n)
	}
	r.compare(n, t, at, key)
}

// compare looks at a node that is no pointer to another.
//
// The one shape with two forms is role; everything else follows from the Go type.
func (r *reader) compare(n ast.Node, t reflect.Type, at, key string) {
	if t == reflect.TypeFor[role]() && entries(n) == nil {
		t = reflect.TypeFor[list[member]]()
	}
	switch t.Kind() {
	case reflect.Pointer:
		r.compare(n, t.Elem(), at, key)
	case reflect.Struct, reflect.Map:
		r.mapping(n, t, at, key)
	case reflect.Slice:
		r.sequence(n, t, at, key)
	case reflect.String:
		r.word(n, reflect.Zero(t).Interface().(interface{ kind() kind }).kind(), key)
	case reflect.Int:
		r.number(n, key)
	case reflect.Bool:
		if _, ok := n.(*ast.BoolNode); !ok {
			r.wrong(r.seen(n), "%s: expected true or false", key)
		}
	}
}

// seen is where a person sees n: itself, or the alias that brought it.
func (r *reader) seen(n ast.Node) ast.Node {
	if r.alias != nil {
		return r.alias
	}
	return n
}

// follow walks what an alias stands for as if it stood here.
//
// Problems found below are shown at the alias: the anchor itself may be right where it stands and
// wrong only here.
func (r *reader) follow(n *ast.AliasNode, t reflect.Type, at, key string) {
	name := n.Value.GetToken().Value
	target, ok := r.anchors[name]
	if !ok {
		r.wrong(r.seen(n), "%s: nothing above is marked &%s", key, name)
		return
	}
	before := r.alias
	r.alias = r.seen(n)
	r.walk(target, t, at, key)
	r.alias = before
}

// entries are those of a mapping; nil for anything else.
func entries(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return append([]*ast.MappingValueNode{}, n.Values...)
	case *ast.MappingValueNode: // a mapping of one key
		return []*ast.MappingValueNode{n}
	}
	return nil
}

// mapping looks at each key. A key that is merged in as well as written here is refused by the
// library.
func (r *reader) mapping(n ast.Node, t reflect.Type, at, key string) {
	all := entries(n)
	if all == nil {
		r.wrong(r.seen(n), "%s: expected keys here%s", key, example(t))
		return
	}
	for _, e := range all {
		if _, merged := e.Key.(*ast.MergeKeyNode); merged {
			r.merge(e.Value, t, at)
			continue
		}
		r.entry(e, t, at)
	}
}

// merge walks a mapping, or each of a list of them, as if its keys stood here.
func (r *reader) merge(n ast.Node, t reflect.Type, at string) {
	if several, ok := n.(*ast.SequenceNode); ok {
		for _, one := range several.Values {
			r.walk(one, t, at, "<<")
		}
		return
	}
	r.walk(n, t, at, "<<")
}

// example names the keys of a type.
func example(t reflect.Type) string {
	if keys := keysOf(t); len(keys) > 0 {
		return ": " + strings.Join(keys, ", ")
	}
	return ""
}

// entry looks at one key and what stands behind it.
//
// Names of roles and consoles are collected as they pass, which is why words are judged at the end.
func (r *reader) entry(e *ast.MappingValueNode, t reflect.Type, at string) {
	key := e.Key.GetToken().Value
	below, known := typeOf(t, key)
	if !known {
		r.wrong(r.seen(e.Key), "unknown key %q%s", key, text.Suggestion(text.Nearest(key, keysOf(t))))
		return
	}
	if at == "roles" {
		r.known.roles = append(r.known.roles, key)
	}
	if name, ok := e.Value.(*ast.StringNode); ok && key == "name" && t == reflect.TypeFor[console]() {
		r.known.consoles = append(r.known.consoles, name.Value)
	}
	within := strings.TrimPrefix(at+"/"+key, "/")
	if _, empty := e.Value.(*ast.NullNode); !empty {
		r.walk(e.Value, below, within, key)
	} else if at != "" { // rules, routes and the like that nobody has written yet are fine
		r.places[within] = r.seen(e.Key)
		r.wrong(r.seen(e.Key), "%s: is empty; give it a value, or leave it out", key)
	}
}

// typeOf is the type of what stands behind a key.
func typeOf(t reflect.Type, key string) (reflect.Type, bool) {
	if t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("yaml") == key {
			return f.Type, true
		}
	}
	return nil, false
}

// keysOf are the keys of a mapping whose keys are fixed.
func keysOf(t reflect.Type) (keys []string) {
	if t.Kind() == reflect.Struct {
		for _, f := range reflect.VisibleFields(t) {
			keys = append(keys, f.Tag.Get("yaml"))
		}
	}
	return keys
}

// sequence looks at each element. One word counts as a list of one; one rule does not, for its dash
// is easily forgotten.
func (r *reader) sequence(n ast.Node, t reflect.Type, at, key string) {
	several, ok := n.(*ast.SequenceNode)
	switch {
	case ok && len(several.Values) == 0 && strings.Contains(at, "/"):
		r.wrong(r.seen(n), "%s: an empty list; give it a value, or leave the key out", key)
	case ok:
		for i, element := range several.Values {
			r.walk(element, t.Elem(), fmt.Sprintf("%s/%d", at, i), key)
		}
	case t.Elem().Kind() == reflect.String:
		r.compare(n, t.Elem(), at, key)
	default:
		r.wrong(r.seen(n), "%s: expected a list, with a dash before each element", key)
	}
}

// number wants a whole number: what is half an approver would be rounded off.
func (r *reader) number(n ast.Node, key string) {
	whole, ok := n.(*ast.IntegerNode)
	switch {
	case !ok:
		r.wrong(r.seen(n), "%s: expected a whole number", key)
	case strings.HasPrefix(whole.GetToken().Value, "-") || whole.GetToken().Value == "0":
		r.wrong(r.seen(n), "%s: must be at least 1", key)
	}
}

// word notes one value, to be judged when all roles are known.
//
// YAML reads some words as something else: 1_000, 0x1F and .inf are numbers. Where what was read
// would not be written as it stands, quotes are asked for, since nobody can tell which was meant.
func (r *reader) word(n ast.Node, k kind, key string) {
	var text string
	switch n := n.(type) {
	case *ast.StringNode:
		text = n.Value
	case *ast.LiteralNode:
		text = strings.TrimSuffix(n.Value.Value, "\n") // the line break that ends the block
		if _, forPeople := k.(prose); !forPeople && text != n.Value.Value {
			text = n.Value.Value
		}
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		text = n.GetToken().Value
		if read := fmt.Sprint(n.(ast.ScalarNode).GetValue()); !strings.EqualFold(read, text) {
			r.wrong(r.seen(n), "%s: write %q in quotes; without them YAML reads %s", key, text, read)
			return
		}
	default:
		r.wrong(r.seen(n), "%s: expected a single value", key)
		return
	}
	if text == "" || text != strings.TrimSpace(text) {
		r.wrong(r.seen(n), "%s: %q is empty, or begins or ends with whitespace", key, text)
		return
	}
	r.values = append(r.values, value{r.seen(n), key, text, k})
}

// judge looks at the values that the walk came by.
func (r *reader) judge() {
	r.known.roles = distinct(r.known.roles) // a role may stand in the settings and in the file
	for _, v := range r.values {
		if err := v.kind.check(v.text, r.known); err != nil {
			r.wrong(v.node, "%s: %v", v.key, err)
		}
	}
}

// distinct are the words of a list, each once, in their order.
func distinct(list []string) (once []string) {
	for _, word := range list {
		if !slices.Contains(once, word) {
			once = append(once, word)
		}
	}
	return once
}
