package policyfile

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// compiled is the schema as an editor has it.
func compiled(t testing.TB) *jsonschema.Schema {
	body, err := Schema(commands.All().Commands())
	require.NoError(t, err)
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("policy.json", parsed))
	s, err := compiler.Compile("policy.json")
	require.NoError(t, err)
	return s
}

// document is a file as JSON, which is what a schema judges; false where JSON cannot have it.
func document(body string) (any, bool) {
	var v any
	if yaml.Unmarshal([]byte(body), &v) != nil {
		return nil, false
	}
	text, err := json.Marshal(v)
	if err != nil {
		return nil, false
	}
	d, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	return d, err == nil
}

func TestSchemaAndReaderKnowTheSameKeys(t *testing.T) {
	t.Parallel()
	var sections struct {
		Properties map[string]struct {
			Properties map[string]struct{ Description string }
			Items      struct {
				Properties map[string]struct{ Description string }
			}
		}
	}
	body, err := Schema(commands.All().Commands())
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, &sections))
	require.Len(t, sections.Properties, len(keysOf(reflect.TypeFor[file]())))
	for name, of := range map[string]reflect.Type{
		"approvals": reflect.TypeFor[approvals](), "consoles": reflect.TypeFor[console](), "rules": reflect.TypeFor[rule](), "routes": reflect.TypeFor[route](), "reports": reflect.TypeFor[reports](),
	} {
		keys := sections.Properties[name].Properties
		if keys == nil {
			keys = sections.Properties[name].Items.Properties
		}
		require.Len(t, keys, len(keysOf(of)), name)
		for _, key := range keysOf(of) {
			require.NotEmpty(t, keys[key].Description, "%s.%s is explained to whoever writes it", name, key)
		}
	}
}

func TestTheSchemaTakesWhatTheReaderTakes(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, body := range goods() {
		d, ok := document(body)
		require.True(t, ok, body)
		require.NoError(t, s.Validate(d), body)
	}
}

// What only the reader can tell: times, zones and durations in full, names in other cases, what YAML reads, aliases and lines.
func TestTheSchemaRefusesMostOfWhatTheReaderRefuses(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	var passed []string
	for _, c := range faults() {
		if d, ok := document(c.body); ok && s.Validate(d) == nil {
			passed = append(passed, c.body)
		}
	}
	require.Less(t, len(passed), len(faults())/2, strings.Join(passed, "\n"))
	for _, body := range []string{"rulez: []\n", "rules:\n  - {hostz: [A], deny: x}\n", "rules:\n  - {hosts: [A]}\n", "rules:\n  - {commands: [run-scripts], deny: x}\n",
		"routes:\n  - {severities: [Critcal], channel: C0SOC}\n", "rules:\n  - {hosts: [], deny: x}\n", "approvals: {max_targets: 0}\n", "rules:\n  - {risks: [chnge], deny: x}\n"} {
		d, ok := document(body)
		require.True(t, ok)
		require.Error(t, s.Validate(d), body)
	}
}
