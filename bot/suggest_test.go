package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// Every search box of the catalog finds what some command lists, so that a policy rules on both; or what is one's own.
func TestEverySearchBoxHasACommandThatLists(t *testing.T) {
	t.Parallel()
	own := []string{"script-runs", "script-tasks", "queries"} // what was started from here
	catalog := commands.All()
	for _, cmd := range catalog.Commands() {
		for _, f := range cmd.Form(nil, commands.Caller{}).Fields {
			if f.Search == "" {
				continue
			}
			name, known := catalog.ListedBy(f.Search)
			require.True(t, known, f.Search)
			if name == "" {
				require.Contains(t, own, f.Search, cmd.Name)
				continue
			}
			list, ok := catalog.Find(name)
			require.True(t, ok, name)
			require.Equal(t, commands.Read, list.Risk)
		}
	}
}

func TestASearchBoxThatThereIsNotFindsNothing(t *testing.T) {
	t.Parallel()
	require.False(t, (&Bot{Config: Config{Catalog: commands.All()}}).maySearch(ask{}, "passwords"))
}
