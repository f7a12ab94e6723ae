package checks

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A message is what `s1bot check` or a start says when something is wrong, with … for what differs each time.
type messages map[string]bool

// verb is a verb of fmt's.
var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

func (m messages) add(format string) {
	words := verb.ReplaceAllString(format, "…")
	words = strings.TrimPrefix(words, "…: ")
	if strings.ContainsFunc(words, func(r rune) bool { return r >= 'a' && r <= 'z' }) { // a verb alone is somebody else's message
		m[words] = true
	}
}

// literal is the text of a string, also one that is put together.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.BinaryExpr:
		x, isX := literal(e.X)
		y, isY := literal(e.Y)
		switch {
		case isX && isY:
			return x + y, true
		case isX:
			return x + "…", true
		case isY:
			return "…" + y, true
		}
	}
	return "", false
}

// name is what a call calls.
func name(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return x.Name + "." + f.Sel.Name
		}
		return f.Sel.Name
	}
	return ""
}

// failures adds what a file makes an error of.
func (m messages) failures(e ast.Node) {
	at := map[string]int{"fmt.Errorf": 0, "errors.New": 0, "todo": 1, "webapi.Advise": 1}
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if i, known := at[name(call)]; known && len(call.Args) > i {
				m.text(call.Args[i])
			}
		}
		return true
	})
}

func (m messages) text(e ast.Expr) {
	if format, ok := literal(e); ok {
		m.add(format)
	}
}

// advice adds constants and variables that are advice, and what functions that advise return.
func (m messages) advice(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if strings.HasSuffix(n.Names[0].Name, "Advice") && len(n.Values) == 1 {
				m.text(n.Values[0])
			}
		case *ast.AssignStmt:
			if to, ok := n.Lhs[0].(*ast.Ident); ok && to.Name == "advice" {
				m.text(n.Rhs[0])
			}
		case *ast.FuncDecl:
			if n.Name.Name != "Advice" && n.Name.Name != "oddToken" {
				return true
			}
			ast.Inspect(n, func(n ast.Node) bool {
				if back, ok := n.(*ast.ReturnStmt); ok && len(back.Results) == 1 {
					m.text(back.Results[0])
				}
				return true
			})
		}
		return true
	})
}

// settings adds what is said of settings that are wrong.
func (m messages) settings(file *ast.File) {
	ast.Inspect(file, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && name(call) == "bad" && len(call.Args) > 1 {
			m.text(call.Args[1])
		}
		return true
	})
}

// speaking are the files of which every error can end a start or fail a line of check.
var speaking = regexp.MustCompile(`^(approvals/trailfile/\w+|cmd/s1bot/(environment|program|config|run|checks?\w*|tokenend|audit\w*|migrate|backup|tokens)|bot/store/(sqlite|migrate|postgres|store|transfer|backup)|bot/setup/\w+|bot/people/members|bot/webapi/probe)\.go$|^notifier/feed/health\.go$`)

// wraps are messages that only say where another one comes from, or end a list of others.
var wraps = regexp.MustCompile(`^[^;:]*: …$|^database …: …( \(…\))?$|^expected …$|^… of … checks failed$|^not connected to Slack yet$`)

// collected are all messages that need an entry.
func collected(t *testing.T) messages {
	t.Helper()
	found := messages{}
	for _, room := range []string{"cmd/s1bot", "approvals/trailfile", "bot", "notifier/feed"} {
		require.NoError(t, filepath.WalkDir(filepath.Join(root, room), func(path string, _ fs.DirEntry, err error) error {
			short, _ := filepath.Rel(root, path)
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			if room == "cmd/s1bot" {
				found.settings(file)
			}
			if room == "cmd/s1bot" || speaking.MatchString(short) {
				found.advice(file)
			}
			if speaking.MatchString(short) && room != "notifier/feed" {
				found.failures(file)
			}
			return nil
		}))
	}
	for words := range found {
		if wraps.MatchString(words) {
			delete(found, words)
		}
	}
	return found
}

// entry is a row of troubleshooting.md: the message stands in one or two backquotes.
var entry = regexp.MustCompile("(?m)^\\| (?:``(.+?) ?``|`([^`]+)`) \\| ")

// Whoever meets a message finds it, with its cause, by searching for its words; and no entry is about what nothing says any more.
func TestEveryMessageOfCheckAndStartHasAnEntry(t *testing.T) {
	t.Parallel()
	said, written := collected(t), map[string]bool{}
	require.Greater(t, len(said), 50)
	for _, m := range entry.FindAllStringSubmatch(string(read(t, "../troubleshooting.md")), -1) {
		words := m[1] + m[2]
		require.False(t, written[words], "two entries for %q", words)
		require.True(t, said[words], "troubleshooting.md has an entry that nothing says: %q", words)
		written[words] = true
	}
	for words := range said {
		require.True(t, written[words], "troubleshooting.md lacks an entry for %q", words)
	}
}
