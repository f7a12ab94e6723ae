package commands_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

func TestEveryCommandIsCompleteAndItsExamplesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	require.NoError(t, commands.All().Validate())
	require.NoError(t, slash.Validate(commands.All()))
}

// What `s1bot commands --json` offers for a parameter is what slash text takes for it.
func TestEveryChoiceIsTakenAsItIsListed(t *testing.T) {
	t.Parallel()
	for _, cmd := range commands.All().Commands() {
		for _, f := range cmd.Fields {
			for _, c := range f.Choices {
				labelled, err := f.Type.Read(c.Label, text.Input{})
				require.NoError(t, err, "%s %s=%q", cmd.Name, f.Name, c.Label)
				plain, err := f.Type.Read(c.Value, text.Input{})
				require.NoError(t, err, "%s %s=%q", cmd.Name, f.Name, c.Value)
				require.Equal(t, plain, labelled, "%s %s=%q", cmd.Name, f.Name, c.Label)
			}
		}
	}
}

// facts are what the vendor's documents say about a command; see TestParametersAreThoseOfTheSpecification.
type facts struct {
	Name, Title string
	Parameters  []struct {
		Name, Title string
		Required    bool
	}
}

// The facts lie beside the repository where it is developed; elsewhere a copy of what matters of them, written with -update, is
// compared with.
func TestParametersAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "parameters.json")
	if raw, err := os.ReadFile(filepath.Join("..", "..", "shared", "s1-api", "commands.json")); err == nil {
		known := readFacts(t, raw)
		if commandtest.Updating() {
			require.NoError(t, os.WriteFile(golden, indentJSON(t, known), 0o644))
		}
		compareFacts(t, known)
	} else {
		t.Log("the shared facts are not here; comparing with the copy in testdata")
	}
	raw, err := os.ReadFile(golden)
	require.NoError(t, err)
	compareFacts(t, readFacts(t, raw))
}

func readFacts(t *testing.T, raw []byte) []facts {
	var known []facts
	require.NoError(t, json.Unmarshal(raw, &known))
	return known
}

// compareFacts wants every command of the specification, and a mark on every other one that it is the bot's own.
func compareFacts(t *testing.T, known []facts) {
	require.Len(t, known, 80)
	all := commands.All()
	for _, cmd := range all.Commands() {
		require.Equal(t, slices.ContainsFunc(known, func(f facts) bool { return f.Name == cmd.Name }), !cmd.Own, cmd.Name)
	}
	for _, f := range known {
		cmd, ok := all.Find(f.Name)
		require.True(t, ok, f.Name)
		require.Equal(t, f.Title, cmd.Title)
		require.Len(t, cmd.Params, len(f.Parameters), f.Name)
		for i, p := range f.Parameters {
			require.Equal(t, p.Name, cmd.Params[i].Name, f.Name)
			require.Equal(t, p.Title, cmd.Params[i].Title, f.Name)
			require.Equal(t, p.Required, cmd.Params[i].Required, f.Name+" "+p.Name)
		}
	}
}

func indentJSON(t *testing.T, v any) []byte {
	raw, err := json.MarshalIndent(v, "", "  ")
	require.NoError(t, err)
	return append(raw, '\n')
}

// The permissions of the specification's table, each of which a command's own must name.
func TestPermissionsAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "shared", "spec", "sentinelone-integration.txt"))
	if err != nil {
		t.Log("the specification is not here; the reference shows what commands need")
		return
	}
	_, table, _ := strings.Cut(string(text), "\nCommand | Required Permission | Role Scope | |\n")
	var cmd *catalog.Command
	all, checked := commands.All(), 0
	for line := range strings.Lines(table) {
		cells := strings.Split(line, " | ")
		if !strings.Contains(line, "|") {
			break
		}
		if len(cells) < 3 {
			continue
		}
		title, _, _ := strings.Cut(cells[0], " (Event Source")
		if found, ok := all.Find(title); ok && found.Title == title {
			cmd = found
		}
		if cmd == nil || strings.Contains(cells[1], "Default Role") || strings.TrimSpace(cells[1]) == "||" {
			continue
		}
		for action := range strings.SplitSeq(strings.TrimSuffix(cells[1], " |"), " + ") {
			action = strings.TrimSpace(strings.TrimPrefix(action, "Endpoints "))
			require.Contains(t, strings.ToLower(cmd.Needs), strings.ToLower(action), "%s: %s", cmd.Name, line)
			checked++
		}
	}
	require.Greater(t, checked, 80)
}
