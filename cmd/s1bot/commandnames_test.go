package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// sourceFiles are those of the module that are linked into the program, by their path from its root, with the set that knows their lines. Tests are none of them.
func sourceFiles(t *testing.T) (map[string]*ast.File, *token.FileSet) {
	t.Helper()
	positions := token.NewFileSet()
	root := filepath.Join("..", "..")
	files := map[string]*ast.File{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(rel)], err = parser.ParseFile(positions, path, nil, parser.ParseComments)
		return err
	})
	require.NoError(t, err)
	return files, positions
}

// unquoted is the text of a string literal.
func unquoted(lit *ast.BasicLit) (string, bool) {
	if lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// Whatever is true of one command stands in its value. A name elsewhere is the beginning of a second table, which the next command will
// not be in. Sentences may mention a command as an example; a literal that is a name and nothing else is a key. The console's own words
// in s1 are the console's, though some are spelt like our commands.
func TestCommandNamesStandInCommandsAlone(t *testing.T) {
	t.Parallel()
	var names, found []string
	for _, c := range commands.Known().Commands() {
		names = append(names, c.Name)
	}
	files, positions := sourceFiles(t)
	for path, file := range files {
		if strings.HasPrefix(path, "commands/") || strings.HasPrefix(path, "s1/") {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok {
				if text, ok := unquoted(lit); ok && slices.Contains(names, text) {
					found = append(found, fmt.Sprintf("%s:%d: %s", path, positions.Position(lit.Pos()).Line, text))
				}
			}
			return true
		})
	}
	slices.Sort(found)
	require.Empty(t, found, "what is this about? let the command's value say it")
}
