package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
)

// The four families that no policy file can let pass, by whatever name a command calls the same endpoints of the console.
func TestWhatAlwaysNeedsAnApproval(t *testing.T) {
	t.Parallel()
	var guarded []string
	for _, cmd := range commands.All().Commands() {
		if cmd.Guarded {
			guarded = append(guarded, cmd.Name)
		}
	}
	require.ElementsMatch(t, []string{
		"disconnect-agent-from-network", "shutdown-endpoints", "update-account-policy", "update-global-policy",
		"mitigate-threats", "kill-processes", "quarantine-files", "rollback-remediation",
	}, guarded)
}
