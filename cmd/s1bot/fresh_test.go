package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"s1bot/bot/setup"
	"s1bot/commands"
	"s1bot/commands/manual"
)

var update = flag.Bool("update", false, "write the generated files again")

// manifestFile is the generated Slack manifest.
var manifestFile = filepath.Join("..", "..", "deploy", "slack-manifest.json")

func TestFreshManifest(t *testing.T) {
	t.Parallel()
	made, err := setup.Manifest(commands.Known())
	require.NoError(t, err)
	requireFresh(t, manifestFile, made)
}

func TestFreshReference(t *testing.T) {
	t.Parallel()
	requireFresh(t, filepath.Join("..", "..", "commands", "README.md"), manual.Reference(commands.Known()))
}

// requireFresh compares a generated file with what would be generated now; -update writes it.
func requireFresh(t *testing.T, path string, made []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, made, 0o644))
	}
	kept, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(made), string(kept), "run `make generate`")
}

func TestTheManifestIsWhatSlackTakes(t *testing.T) {
	t.Parallel()
	made, err := setup.Manifest(commands.Known())
	require.NoError(t, err)
	var m struct {
		Display  map[string]string `json:"display_information"`
		Features struct {
			Commands []map[string]any `json:"slash_commands"`
		}
	}
	require.NoError(t, json.Unmarshal(made, &m))
	require.NotEmpty(t, m.Features.Commands)
	require.LessOrEqual(t, len(m.Features.Commands), 50)
	require.LessOrEqual(t, len(m.Display["name"]), 35)
	require.LessOrEqual(t, len(m.Display["description"]), 140)
	require.GreaterOrEqual(t, len(m.Display["long_description"]), 175)

	schema, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "slack", "manifest.schema.2.0.0.json"))
	if err != nil {
		t.Log("Slack's schema is not beside this checkout: the manifest was held against its limits alone")
		return
	}
	validate(t, schema, made)
}

func validate(t *testing.T, schema, document []byte) {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(lenient) // two patterns of fields that we do not use look ahead, which Go's regexp does not know
	require.NoError(t, compiler.AddResource("manifest.json", parsed))
	compiled, err := compiler.Compile("manifest.json")
	require.NoError(t, err)
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(value))
}

// lenient compiles a pattern, or takes everything where Go cannot.
func lenient(pattern string) (jsonschema.Regexp, error) {
	if compiled, err := regexp.Compile(pattern); err == nil {
		return compiled, nil
	}
	return regexp.MustCompile(""), nil
}
