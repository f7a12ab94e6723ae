package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
)

// A search box answers with names, and remembers for some seconds what the console said.
func TestSearchBoxesAskTheConsoleOnceForTheSameText(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2", "LAPTOP-1")
	all := commands.All()
	options, err := all.Search(t.Context(), s.Call, "agents", "desk")
	require.NoError(t, err)
	require.Len(t, options, 2)
	require.Contains(t, options[0].Label, "DESKTOP-1")
	require.Equal(t, console.Agent("DESKTOP-1")["id"], options[0].Value)
	_, err = all.Search(t.Context(), s.Call, "agents", " DESK ")
	require.NoError(t, err)
	require.Len(t, console.Calls(), 1)

	later := *s.Call
	later.Now = commandtest.Now.Add(catalog.KeepOptions)
	_, err = all.Search(t.Context(), &later, "agents", "desk")
	require.NoError(t, err)
	require.Len(t, console.Calls(), 2)
	_, err = all.Search(t.Context(), s.Call, "nonsense", "x")
	require.Error(t, err)
}
