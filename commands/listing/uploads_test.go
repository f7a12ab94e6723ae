package listing_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/render"
)

// The search boxes offer what was run from here, by name; an id that is not known is taken on trust.
func TestRunsAreFoundByTheirName(t *testing.T) {
	t.Parallel()
	var started catalog.RecentItems
	for _, id := range []string{"1234567890123456781", "1234567890123456782", "1234567890123456781"} {
		started.Add(catalog.RecentItem{Box: lookup.RunBox, Id: id, Label: "ports · 2 endpoints"})
	}
	started.Add(catalog.RecentItem{Box: lookup.TaskBox, Id: "1234567890123456783", Label: "DESKTOP-1 · ports"})
	options := started.Options(lookup.RunBox, "PORTS")
	require.Len(t, options, 2)
	require.Equal(t, "1234567890123456781", options[0].Value, "the newest first")
	require.Len(t, started.Options(lookup.TaskBox, "desktop"), 1)
	options = started.Options(lookup.TaskBox, "1748812345678905555")
	require.Equal(t, []render.Option{{Label: "1748812345678905555", Value: "1748812345678905555"}}, options)
	for range 2 * catalog.KeepRecent {
		started.Add(catalog.RecentItem{Box: lookup.RunBox, Id: numbered(1)[0], Label: "x"})
	}
	require.LessOrEqual(t, len(started.List), catalog.KeepRecent)
}
