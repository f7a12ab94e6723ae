package bot

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// Every search box of the catalog finds what some command lists, so that a policy rules on both.
func TestEverySearchBoxHasACommandThatLists(t *testing.T) {
	t.Parallel()
	free := []string{"script-runs", "script-tasks", "queries", "collections"} // one's own, and names of catalogues
	for _, cmd := range commands.All().Commands() {
		for _, f := range cmd.Form(nil, commands.Caller{}).Fields {
			if f.Search == "" {
				continue
			}
			name, known := listedBy()[f.Search]
			if !known {
				require.Contains(t, free, f.Search, cmd.Name)
				continue
			}
			list, ok := commands.All().Find(name)
			require.True(t, ok, name)
			require.Equal(t, commands.Read, list.Risk)
		}
	}
}
