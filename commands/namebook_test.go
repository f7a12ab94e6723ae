package commands

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// Whoever asked by name reads the name, in the title and in the form to change it, although ids went out; who types an id that
// nobody has seen reads the id.
func TestIdsThatPassedByAreShownByName(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{Empty: true})
	call := callTo(t, console)
	host := console.Agent("DESKTOP-1")
	site, siteID, id := host["siteName"].(string), host["siteId"].(string), host["id"].(string)
	catalog := All()
	card, err := run(t, catalog, call, "get-exclusions site-ids="+siteID)
	require.NoError(t, err)
	require.Contains(t, card.Title, `site ids "`+siteID+`"`)
	card, err = run(t, catalog, call, "get-exclusions site-ids="+site)
	require.NoError(t, err)
	require.Contains(t, card.Title, `site ids "`+site+`"`)
	again := button(t, card, "Change filter")
	require.JSONEq(t, `{"site-ids":["`+siteID+`"]}`, string(again.Args))
	cmd, _ := catalog.Find("get-exclusions")
	require.Equal(t, []string{site}, asks(t, cmd.Form(again.Args, Caller{}), "site-ids").Shown)

	card, err = run(t, catalog, call, `activities filter={"agentIds":"DESKTOP-1"}`)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "agentIds DESKTOP-1")

	_, err = catalog.Search(t.Context(), call, "agents", "DESKTOP-2")
	require.NoError(t, err)
	isolate, _ := catalog.Find("isolate")
	other := console.Agent("DESKTOP-2")["id"].(string)
	shown := asks(t, isolate.Form(marshal(map[string]any{"agent-ids": []string{id, other, "4711"}}), Caller{}), "agent-ids").Shown
	require.Equal(t, "DESKTOP-1", shown[0])
	require.Equal(t, "DESKTOP-2 · "+console.Agent("DESKTOP-2")["siteName"].(string), shown[1])
	require.Equal(t, "4711", shown[2])
}
