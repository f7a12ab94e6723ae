package main

import (
	"regexp"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// What YAML takes and a reader of the file does not see: an empty key would lift a limit, a second document would be dropped, half
// an approver would be rounded off.

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
		ast.Walk(emptyKeys{r}, d.Body)
	}
}

// mayBeEmpty are the keys that mean the same when nothing stands behind them: the parts of the file, and roles without members.
var mayBeEmpty = regexp.MustCompile(`^\$(\.[^.\[]+|\.roles\.[^.\[]+)$`)

// An emptyKeys walks over a file and notes keys that have no value.
type emptyKeys struct{ r *policyReader }

// Visit looks at one node.
func (e emptyKeys) Visit(n ast.Node) ast.Visitor {
	entry, ok := n.(*ast.MappingValueNode)
	if !ok {
		return e
	}
	if _, empty := entry.Value.(*ast.NullNode); empty && !mayBeEmpty.MatchString(entry.Value.GetPath()) {
		e.r.wrong(entry.Key, "%s: is empty; give it a value, or leave it out", entry.Key.String())
	}
	return e
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
