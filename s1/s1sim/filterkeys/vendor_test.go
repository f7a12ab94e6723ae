package filterkeys_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
)

// A keyRule is what the console asks of one key of a filter, as the vendor's table writes it.
type keyRule struct {
	Type     string
	List     bool
	Min, Max int
	Enum     []string
}

// filterKeys shows the tables to the test that compares them with the vendor's.
func filterKeys() map[string]map[string]keyRule {
	out := map[string]map[string]keyRule{}
	for name, table := range map[string]keys.Table{"threats": filterkeys.Threats(facts{}), "agents": filterkeys.Agents(facts{}), "alerts": filterkeys.Alerts(facts{})} {
		out[name] = map[string]keyRule{}
		for k, v := range table {
			out[name][k] = keyRule{Type: wireType(v), List: v.List, Min: v.Min, Max: v.Max, Enum: v.Enum}
		}
	}
	return out
}

// wireType is the JSON type of a key's values. A range is a text, whatever it is a range of.
func wireType(k keys.Key) string {
	switch {
	case k.Op == keys.Between:
		return "string"
	case k.Kind == keys.Ident || k.Kind == keys.Moment || k.Kind == keys.Version:
		return "string"
	}
	return string(k.Kind)
}

// TestTheKeysAreThoseOfTheVendor holds the tables against the vendor's: every key with its type, its limits and its words,
// and none besides.
func TestTheKeysAreThoseOfTheVendor(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "s1-api", "filter-keys.json"))
	if os.IsNotExist(err) && os.Getenv("CI") == "" {
		t.Skip("NOT CHECKED: the vendor's table is not beside the repository")
	}
	require.NoError(t, err)
	var vendor map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &vendor))
	for name, ours := range filterKeys() {
		var theirs map[string]struct {
			Type     string
			Items    string
			Enum     []string
			MaxItems int
			MinItems int
		}
		require.NoError(t, json.Unmarshal(vendor[name], &theirs))
		require.ElementsMatch(t, slices.Collect(maps.Keys(theirs)), slices.Collect(maps.Keys(ours)), name)
		for k, want := range theirs {
			have := ours[k]
			require.Equal(t, want.Type == "array", have.List, "%s %s", name, k)
			kind := want.Type
			if have.List {
				kind = want.Items
				require.Equal(t, want.MaxItems, have.Max, "%s %s", name, k)
				require.Equal(t, want.MinItems, have.Min, "%s %s", name, k)
			}
			require.Equal(t, kind, have.Type, "%s %s", name, k)
			require.ElementsMatch(t, want.Enum, have.Enum, "%s %s", name, k)
		}
	}
}
