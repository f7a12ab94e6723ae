package main

import (
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// What YAML takes and a reader of the values does not see: a key that nobody knows, an empty list that would match everything, an
// empty key that would lift a limit, a second document that would be dropped, half an approver that would be rounded off.

// shape refuses it, before anything in the file is looked at.
func (r *policyReader) shape() {
	documents := 0
	for _, d := range r.tree.Docs {
		if d.Body == nil {
			continue
		}
		if documents++; documents == 2 {
			r.wrong(d.Body, "a second document: a policy file is one")
			return
		}
		r.fits(d.Body, reflect.TypeFor[policyFile]())
	}
}

// fits checks the keys below a node, which stands at a path, against the type that it is read into, and that nothing below is empty.
func (r *policyReader) fits(n ast.Node, t reflect.Type, path ...string) {
	key := strings.Join(path[max(0, len(path)-1):], "")
	switch n := n.(type) {
	case *ast.AnchorNode:
		r.fits(n.Value, t, path...)
	case *ast.MappingNode:
		for _, entry := range n.Values {
			r.entry(entry, t, path)
		}
	case *ast.MappingValueNode: // a mapping of one key
		r.entry(n, t, path)
	case *ast.SequenceNode:
		if len(n.Values) == 0 && len(path) > 1 { // rules and routes that nobody has written yet are fine
			r.wrong(n, "%s: an empty list; give it a value, or leave the key out", key)
		}
		for _, element := range n.Values {
			r.fits(element, elementOf(t), append(path, key)...)
		}
	case *ast.NullNode:
		r.wrong(n, "%s: an empty value in the list; leave it out", key)
	case *ast.StringNode:
		if n.Value != strings.TrimSpace(n.Value) || n.Value == "" {
			r.wrong(n, "%s: %q is empty, or begins or ends with a blank", key, n.Value)
		}
	}
}

// entry checks one key and what stands behind it.
func (r *policyReader) entry(entry *ast.MappingValueNode, t reflect.Type, path []string) {
	key := entry.Key.GetToken().Value
	below, known := keyOf(t, key)
	if _, merged := entry.Key.(*ast.MergeKeyNode); merged {
		return // what is merged is looked at where it stands, and by the decoder
	}
	if !known {
		r.wrong(entry.Key, "unknown key %q%s", key, meant(key, keysOf(t)))
		return
	}
	if _, empty := entry.Value.(*ast.NullNode); !empty {
		r.fits(entry.Value, below, append(path, key)...)
	} else if len(path) > 0 {
		r.wrong(entry.Key, "%s: is empty; give it a value, or leave it out", key)
	}
}

// structOf is the struct that t, or what it points to, is; false for another kind.
func structOf(t reflect.Type) (reflect.Type, bool) {
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t, t != nil && t.Kind() == reflect.Struct
}

// keyOf is the type of what stands behind a key. A type without keys of its own takes any.
func keyOf(t reflect.Type, key string) (reflect.Type, bool) {
	if t != nil && t.Kind() == reflect.Map {
		return t.Elem(), true
	}
	t, ok := structOf(t)
	if !ok {
		return nil, true // the decoder says what it wants instead
	}
	for _, f := range reflect.VisibleFields(t) {
		if f.Tag.Get("yaml") == key {
			return f.Type, true
		}
	}
	return nil, false
}

func keysOf(t reflect.Type) []string {
	t, _ = structOf(t)
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		keys = append(keys, f.Tag.Get("yaml"))
	}
	return keys
}

func elementOf(t reflect.Type) reflect.Type {
	if t != nil && t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return nil
}

// wholeNumber refuses what would be rounded off.
func (r *policyReader) wholeNumber(at, key string) {
	if _, fraction := r.node(at).(*ast.FloatNode); fraction {
		r.bad(at, "%s: a whole number", key)
	}
}

// node is the value at a YAML path; nil where there is none.
func (r *policyReader) node(at string) ast.Node {
	p, err := yaml.PathString(at)
	if err != nil {
		return nil
	}
	node, err := p.FilterFile(r.tree)
	if err != nil || node.GetToken() == nil {
		return nil
	}
	return node
}

// element is the i-th value of the list at a YAML path, or the one value that stands there.
func (r *policyReader) element(at string, i int) ast.Node {
	node := r.node(at)
	if list, ok := node.(*ast.SequenceNode); ok && i < len(list.Values) {
		return list.Values[i]
	}
	return node
}

// one refuses a word that is none of the known ones, and offers the nearest; a pattern must fit one of them at least. It points to
// the word itself, the i-th of a list or the only one.
func (r *policyReader) one(at, key, word string, i int, kind string, known []string, fits func(known, word string) bool) {
	if slices.ContainsFunc(known, func(k string) bool { return fits(k, word) }) || word == "" {
		return
	}
	known = distinct(known) // a role stands in the settings and in the file
	near := meant(word, known)
	if near == "" && len(known) <= 8 {
		near = "; there are " + strings.Join(known, ", ")
	}
	r.wrong(r.element(at, i), "%s: there is no %s %q%s", key, kind, word, near)
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

// words checks each of a list.
func (r *policyReader) words(at, key string, list words, kind string, known []string, fits func(known, word string) bool) {
	for i, word := range list {
		r.one(at+"."+key, key, word, i, kind, known, fits)
	}
}

func exactly(known, word string) bool { return known == word }
