package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// shownCommand is a command line in a document: in a block, or in backquotes within a sentence.
var shownCommand = regexp.MustCompile("(?m)(?:^ {4,}|^```sh\n|`)((?:\\./|/usr/local/bin/)?s1bot(?: [^`\n]*)?|make [^`\n]+|docker [^`\n]+|kubectl [^`\n]+|systemctl [^`\n]+)")

// placeholders stand for what differs from place to place: [--flag] is optional.
var placeholders = regexp.MustCompile(`\[[^]]*\]|\s(>|&&|\|)\s.*$|\s#.*$`)

// Each command line that a document shows is one that the programs take: flags, names and files are there.
func TestCommandsOfTheDocumentsAreUnderstood(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	require.NoError(t, err)
	seen := map[string]int{}
	for _, pattern := range []string{"*.md", "deploy/*.md", "deploy/s1bot.service", "deploy/container/compose.yaml"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, file := range files {
			body, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, m := range shownCommand.FindAllStringSubmatch(strings.ReplaceAll(string(body), "\n#   ", "\n    "), -1) {
				line := strings.TrimSpace(placeholders.ReplaceAllString(m[1], ""))
				words := strings.Fields(line)
				program := filepath.Base(words[0])
				seen[program]++
				switch program {
				case "s1bot":
					requireParsed(t, file, line, words[1:])
				case "make":
					if len(words) == 2 { // more of them are a sentence
						require.True(t, strings.Contains(string(makefile), "\n"+words[1]+":"), "%s: %s", file, line)
					}
				default:
					requirePaths(t, root, file, line, words)
				}
			}
		}
	}
	for program, least := range map[string]int{"s1bot": 30, "make": 5, "docker": 2, "kubectl": 2, "systemctl": 3} {
		require.GreaterOrEqual(t, seen[program], least, program)
	}
}

// general is what stands for a name in a command line that nobody types as it is.
var general = regexp.MustCompile(`…|\bFILE\b|A-XXXX`)

// shownLines are the command lines of the program in documents, as somebody would type them.
func shownLines(t *testing.T, documents ...string) (lines []string) {
	t.Helper()
	for _, document := range documents {
		body, err := os.ReadFile(filepath.Join("..", "..", document))
		require.NoError(t, err)
		for _, m := range shownCommand.FindAllStringSubmatch(string(body), -1) {
			line := strings.TrimPrefix(strings.TrimSpace(placeholders.ReplaceAllString(m[1], "")), "./")
			if strings.HasPrefix(line, "s1bot ") && !general.MatchString(line) {
				lines = append(lines, line)
			}
		}
	}
	require.NotEmpty(t, lines)
	return lines
}

// requireParsed parses a command line as the program would, and runs nothing.
func requireParsed(t *testing.T, file, line string, args []string) {
	t.Helper()
	if len(args) == 1 { // a sentence speaks of the subcommand
		args = append(args, "--help")
	}
	helped := false
	parser, err := kong.New(&cli{}, kong.Name("s1bot"), kong.Writers(io.Discard, io.Discard), kong.Exit(func(int) { helped = true }))
	require.NoError(t, err)
	if _, err = parser.Parse(args); !helped {
		require.NoError(t, err, "%s: %s", file, line)
	}
}

// requirePaths looks for the files of the repository that a command line names.
func requirePaths(t *testing.T, root, file, line string, words []string) {
	t.Helper()
	for _, word := range words {
		if strings.HasPrefix(word, "deploy/") && !strings.HasSuffix(word, ".env") {
			_, err := os.Stat(filepath.Join(root, word))
			require.NoError(t, err, "%s: %s", file, line)
		}
	}
}
