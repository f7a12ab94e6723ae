package catalog_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/lookup"
)

// Whatever the console sends in place of an object, a list or a text: what cannot be found is empty.
func TestAFieldThatAnEventLacksIsEmpty(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		`{"indicators":[{"category":"A"},{"category":null},{"category":"A"},{"category":"B"}]}`: {"A", "B"},
		`{"indicators":{"category":"A"}}`: nil,
		`{"indicators":[[],7,"x"]}`:       nil,
		`{"indicators":null}`:             nil,
		`[]`:                              nil,
		``:                                nil,
	} {
		require.Equal(t, want, lookup.ValuesAt(json.RawMessage(raw), []string{"indicators[*]", "category"}), raw)
	}
	require.Equal(t, []string{"443"}, lookup.ValuesAt(json.RawMessage(`{"a":{"port":443}}`), []string{"a", "port"}))
}
