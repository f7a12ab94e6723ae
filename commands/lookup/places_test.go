package lookup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/s1"
)

func TestAnAddressOfVersionSixIsFound(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	console.SetAgent("DESKTOP-5", func(a map[string]any) {
		a["networkInterfaces"] = []any{map[string]any{"inet": []any{}, "inet6": []any{"FE80:0::1"}}}
	})
	found, err := lookup.AgentsNamed(t.Context(), s.Call, "agent-ids", []s1.AgentID{"DESKTOP-5"})
	require.NoError(t, err)
	agent := found[0]
	require.True(t, lookup.HasAddress(agent, "fe80::1"))
	require.False(t, lookup.HasAddress(agent, "fe80::2"))
	require.False(t, lookup.HasAddress(agent, "DESKTOP-5"))
}

func TestASearchBoxFindsEndpointsByAddress(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	address := console.Agent("DESKTOP-2")["lastIpToMgmt"].(string)
	options, err := commands.All().Search(t.Context(), s.Call, "agents", address)
	require.NoError(t, err)
	require.Equal(t, console.Agent("DESKTOP-2")["id"], options[0].Value)
	options, err = commands.All().Search(t.Context(), s.Call, "agents", address[:6])
	require.NoError(t, err)
	require.Greater(t, len(options), 5)
}

func TestSizesAreReadable(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int]string{-1: "", 0: "", 1: "1 B", 999: "999 B", 1000: "1.0 kB", 1500000: "1.5 MB", 2411724800: "2.4 GB", 5e15: "5000.0 TB"} {
		require.Equal(t, want, catalog.SizeWords(bytes))
	}
}
