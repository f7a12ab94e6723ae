package slash_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/slash"
)

func TestNearestOffersWhatWasMeant(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"list-agent": "list-agents", "isolat": "isolate", "lsit-agents": "list-agents", "aganets": "agents",
		"get_threat_nots": "get-threat-notes", "mitigte": "mitigate", "policy": "global-policy",
	} {
		require.Contains(t, slash.Nearest(commands.All(), word), want, word)
	}
	require.Empty(t, slash.Nearest(commands.All(), "xyzzy"))
	require.LessOrEqual(t, len(slash.Nearest(commands.All(), "get")), 3)
}
