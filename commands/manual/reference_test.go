package manual_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/manual"
)

// The page has a section for every command, with what is most asked: what it takes, and how it is written.
func TestTheReferenceHasEveryCommand(t *testing.T) {
	t.Parallel()
	page := string(manual.Reference(commands.All()))
	for _, cmd := range commands.All().Commands() {
		require.Contains(t, page, cmd.Title)
		require.Contains(t, page, "`"+cmd.Name)
		for _, example := range cmd.Examples {
			require.Contains(t, page, example)
		}
	}
}
