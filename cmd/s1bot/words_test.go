package main

import (
	"flag"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/manual"
)

var wordsFile = flag.String("words", "", "a file to which TestWords writes everything that people may read")

// A saying is a text of the program that people may read, and where it stands.
type saying struct {
	file string
	line int
	text string
}

// TestWords collects what people may read: strings of the code that are words rather than keys, the texts in struct tags, and what the
// catalog says of each command. So that somebody can read all of it in one go:
//
//	go test ./cmd/s1bot -run TestWords -words=/tmp/words.txt
func TestWords(t *testing.T) {
	t.Parallel()
	var all []saying
	files, positions := sourceFiles(t)
	for file, tree := range files {
		if !strings.HasPrefix(file, "bot/slacksim/") && !strings.HasPrefix(file, "s1/s1sim/") {
			all = append(all, sayings(file, tree, positions)...)
		}
	}
	slices.SortFunc(all, func(a, b saying) int {
		if byFile := strings.Compare(path.Dir(a.file)+" "+a.file, path.Dir(b.file)+" "+b.file); byFile != 0 {
			return byFile
		}
		return a.line - b.line
	})
	var b strings.Builder
	dir := ""
	for _, s := range all {
		if in := path.Dir(s.file); in != dir {
			dir = in
			fmt.Fprintf(&b, "\n== %s\n", dir)
		}
		fmt.Fprintf(&b, "%s:%d: %s\n", path.Base(s.file), s.line, strconv.Quote(s.text))
	}
	fmt.Fprintf(&b, "\n== the catalog, as commands/README.md has it\n%s", manual.Reference(commands.Known()))
	words := b.String()
	for _, known := range []string{"these settings need attention", "Print every setting: value, default, meaning.", "how often to poll the console", "Disconnect Agent From Network"} {
		require.Contains(t, words, known)
	}
	require.NotContains(t, words, "INSERT INTO")
	if *wordsFile != "" {
		require.NoError(t, os.WriteFile(*wordsFile, []byte(words), 0o644))
	}
}

var (
	// wordy is text in which a word follows another, or a single word as labels are written.
	wordy = regexp.MustCompile(`\pL[\pL'’]*[,.:;!?…)]* +[\pL%“"(]|^[A-Z][a-z]{2,}[.…!?]?$`)
	// machine is text for a machine: SQL, patterns, layouts of times.
	machine = regexp.MustCompile(`^\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|WITH|DROP|PRAGMA|BEGIN|COMMIT|ORDER|WHERE|SET|FROM|AND|ON|VALUES|RETURNING|LIMIT)\b|INSERT INTO|SELECT |\(\?[:i]|\[\^|2006|Jan `)
)

// sayings are the texts of one file. Names of imports, of struct fields and of types are none.
func sayings(file string, tree *ast.File, positions *token.FileSet) (all []saying) {
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			if n.Tag != nil {
				all = append(all, tagged(file, positions.Position(n.Pos()).Line, n.Tag)...)
				n.Tag = nil // it is no text of its own
			}
		case *ast.BasicLit:
			if text, ok := unquoted(n); ok && wordy.MatchString(text) && !machine.MatchString(text) {
				all = append(all, saying{file, positions.Position(n.Pos()).Line, text})
			}
		}
		return true
	})
	return all
}

// tagged are the texts in the tag of a field: help of flags, meanings of settings, labels and hints of parameters.
func tagged(file string, line int, lit *ast.BasicLit) (all []saying) {
	tag, ok := unquoted(lit)
	if !ok {
		return nil
	}
	for _, key := range []string{"help", "means", "doc", "title", "label", "hint", "desc", "placeholder"} {
		if text, ok := reflect.StructTag(tag).Lookup(key); ok {
			all = append(all, saying{file, line, text})
		}
	}
	return all
}
