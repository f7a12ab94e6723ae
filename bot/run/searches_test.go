package run

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/exchange"
	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/consoles"
)

// Every search box of the catalog finds what some command lists, so that a policy rules on both; or what is one's own.
func TestEverySearchBoxHasACommandThatLists(t *testing.T) {
	t.Parallel()
	own := []string{"script-runs", "script-tasks", "queries"} // what was started from here
	all := commands.All()
	for _, cmd := range all.Commands() {
		for _, f := range cmd.Form(nil, catalog.Caller{}).Fields {
			if f.Search == "" {
				continue
			}
			name, known := all.ListedBy(f.Search)
			require.True(t, known, f.Search)
			if name == "" {
				require.Contains(t, own, f.Search, cmd.Name)
				continue
			}
			list, ok := all.Find(name)
			require.True(t, ok, name)
			require.Equal(t, catalog.Read, list.Risk)
		}
	}
}

func TestASearchBoxThatThereIsNotFindsNothing(t *testing.T) {
	t.Parallel()
	require.False(t, (&Searches{}).MaySearch(exchange.Interaction{On: consoles.Console{Catalog: commands.All()}}, "passwords"))
}
