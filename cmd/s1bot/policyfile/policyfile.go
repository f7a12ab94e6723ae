// Package policyfile reads the YAML file that S1BOT_POLICY_FILE names: who has which role, what
// needs an approval, where notifications go, when reports are posted. deploy/policy.example.yaml
// explains it to those who write one.
//
// A policy that is read wrongly protects nothing, and its author finds out too late. So a file is
// taken whole or not at all, and whoever wrote it reads every problem at once, each with line,
// column and the word that was probably meant:
//
//	bytes ──parser──▶ tree ──walk──▶ keys and shapes ──judge──▶ words ──▶ whole entries ──▶ File
//	                                      └──────── problems, in the order of the lines ────────▶ error
//
// The shape of the file stands once, as the Go types in keys.go. The library decodes into them, the
// walk compares the tree with them, Schema describes them for editors. A new key is a field there;
// what its values mean is the field's type, a kind of kinds.go. Rules across keys ("exactly one of
// allow, approve and deny") stand beside the entry that they are about.
//
// The library's own strictness does not suffice: it stops at the first unknown key, takes an empty
// list for none, rounds fractions and reads one document of several. A JSON Schema validator knows
// neither lines nor nearest words. Both were tried; the schema is for editors, and a test holds it
// to the reader.
//
// The rule one must not break: nothing in the file is passed over. A key, word or document that
// would have no effect is a problem, because the person who wrote it believes that it has one.
package policyfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/notifier"
	"s1bot/notifier/routing"
)

// A File is what a policy file says, in the terms of those who act on it. The zero value is that of
// an empty file.
type File struct {
	Settings policy.Settings // roles, limits and rules; operators and approvers of the environment are not among them
	Consoles []Console       // in the order of the file; none where the settings name the one
	Routes   routing.Routes
	Reports  notifier.Schedule // without a channel where the file names none
}

// Load reads the file at path. The error lists every problem, one a line, as path:line:column: words.
func Load(path string, commands []*catalog.Command) (File, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	return Read(path, body, commands)
}

// byteOrderMark is what some Windows editors begin a file with. YAML allows it (YAML 1.2.2, section
// 5.2), the library takes it for a part of the first key.
var byteOrderMark = []byte("\ufeff")

// Read reads the text of a file; name is how problems call it.
//
// The steps stop where the next one would only add confusion: text that is no YAML has no keys to
// judge. But wrong words do not keep the entries from being looked at, so that one reading of the
// file lists everything. nodeLimit is looked at before anything is decoded: aliases within aliases
// must not cost more than the walk.
func Read(name string, body []byte, commands []*catalog.Command) (File, error) {
	body = bytes.TrimPrefix(body, byteOrderMark)
	var tree *ast.File
	err := guarded(func() (err error) { tree, err = parser.ParseBytes(body, 0); return err })
	if err != nil {
		return File{}, placed(name, err)
	}
	r := &reader{name: name, places: map[string]ast.Node{}, anchors: map[string]ast.Node{},
		known: vocabulary{commands: commands, roles: []string{policy.Operators, policy.Approvers}}}
	if r.documents(tree); r.nodes > nodeLimit {
		return File{}, fmt.Errorf("%s: too long, or its aliases make it so", name)
	}
	r.judge()
	var f file
	if err := r.decode(body, &f); err != nil {
		return File{}, err
	}
	read := File{Settings: r.settings(f), Consoles: r.consoles(f.Consoles), Routes: r.routes(f.Routes), Reports: r.reports(f.Reports)}
	if err := r.err(); err != nil {
		return File{}, err
	}
	return read, nil
}

// documents walks the one document of the file.
//
// A document that is empty or null counts for nothing: files often end with a line of three dashes.
func (r *reader) documents(tree *ast.File) {
	documents := 0
	for _, d := range tree.Docs {
		if d.Body == nil || d.Body.Type() == ast.NullType {
			continue
		}
		if documents++; documents == 2 {
			r.wrong(d.Body, "a second document: a policy file has only one")
			return
		}
		r.walk(d.Body, reflect.TypeFor[file](), "", "policy file")
	}
}

// decode lets the library read the values. Its own complaints are a safety net below the walk:
// where a problem is found already it may stumble over the same thing in other words, and says
// nothing.
func (r *reader) decode(body []byte, f *file) error {
	options := []yaml.DecodeOption{yaml.Strict()}
	if len(r.problems) > 0 {
		options = nil
	}
	switch err := guarded(func() error { return yaml.NewDecoder(bytes.NewReader(body), options...).Decode(f) }); {
	case err == nil, errors.Is(err, io.EOF):
		return nil
	case len(r.problems) > 0:
		return r.err()
	default:
		return placed(r.name, err)
	}
}

// guarded makes an error of a panic of the library's: it has them for files that nobody writes,
// such as a tag without a value ("routes: !"), and a file that SIGHUP brings must not end the
// program.
func guarded(read func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = errors.New("this can't be read as YAML; look for a stray ! or another character that means something in YAML")
		}
	}()
	return read()
}

// placed is an error of the library with file, line and column before its words.
func placed(name string, err error) error {
	var at yaml.Error
	if !errors.As(err, &at) || at.GetToken() == nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	pos := at.GetToken().Position
	return fmt.Errorf("%s:%d:%d: %s", name, pos.Line, pos.Column, at.GetMessage())
}

// err is all problems, in the order of the file.
//
// The sort is stable, so of two problems at one place the one that was found first is told first.
func (r *reader) err() error {
	slices.SortStableFunc(r.problems, func(a, b problem) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	var all []error
	for _, p := range r.problems {
		where := r.name
		if p.line > 0 {
			where = fmt.Sprintf("%s:%d:%d", r.name, p.line, p.column)
		}
		all = append(all, fmt.Errorf("%s: %s", where, p.text))
	}
	return errors.Join(all...)
}

// settings are roles, limits and rules.
func (r *reader) settings(f file) policy.Settings {
	s := policy.Settings{Channel: string(f.Approvals.Channel), ReconnectOnTime: f.Approvals.OnTime}
	for _, name := range slices.Sorted(maps.Keys(f.Roles)) {
		entry := f.Roles[name]
		s.Roles = append(s.Roles, policy.Role{Name: name, Members: policy.Members(entry.Members.strings()),
			Scope: policy.Scope{Accounts: entry.Accounts.strings(), Sites: entry.Sites.strings()}})
	}
	s.MaxTargets, s.MaxPerHour, s.MaxChanges = orZero(f.Approvals.MaxTargets), orZero(f.Approvals.MaxPerHour), orZero(f.Approvals.MaxChanges)
	s.Timeout, _ = time.ParseDuration(string(f.Approvals.Timeout)) // was judged; the default where there is none
	for i, entry := range f.Rules {
		s.Rules = append(s.Rules, r.rule(i, entry))
	}
	return s
}

func orZero(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}
