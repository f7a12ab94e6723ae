package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/s1/s1sim"
)

// Whoever asked by name reads the name, in the title and in the form to change it, although ids went out; who types an id that
// nobody has seen reads the id.
func TestIdsThatPassedByAreShownByName(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{Empty: true})
	s := commandtest.At(t, commands.All(), console)
	host := console.Agent("DESKTOP-1")
	site, siteID, id := host["siteName"].(string), host["siteId"].(string), host["id"].(string)
	all := s.Catalog
	card, err := s.Run("get-exclusions site-ids=" + siteID)
	require.NoError(t, err)
	require.Contains(t, card.Title, `site ids "`+siteID+`"`)
	card, err = s.Run("get-exclusions site-ids=" + site)
	require.NoError(t, err)
	require.Contains(t, card.Title, `site ids "`+site+`"`)
	again := commandtest.Button(t, card, "Change filter")
	require.JSONEq(t, `{"site-ids":["`+siteID+`"]}`, string(again.Args))
	cmd, _ := all.Find("get-exclusions")
	require.Equal(t, []string{site}, commandtest.Asks(t, forms.Of(cmd, again.Args, catalog.Caller{}), "site-ids").Shown)

	card, err = s.Run(`activities filter={"agentIds":"DESKTOP-1"}`)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "agent ids DESKTOP-1")

	_, err = all.Search(t.Context(), s.Call, "agents", "DESKTOP-2")
	require.NoError(t, err)
	isolate, _ := all.Find("isolate")
	other := console.Agent("DESKTOP-2")["id"].(string)
	shown := commandtest.Asks(t, forms.Of(isolate, catalog.Marshal(map[string]any{"agent-ids": []string{id, other, "4711"}}), catalog.Caller{}), "agent-ids").Shown
	require.Equal(t, "DESKTOP-1", shown[0])
	require.Equal(t, "DESKTOP-2 · "+console.Agent("DESKTOP-2")["siteName"].(string), shown[1])
	require.Equal(t, "4711", shown[2])
}
