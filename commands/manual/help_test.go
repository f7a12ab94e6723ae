package manual_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/manual"
)

func TestHelpTellsHowToUseACommand(t *testing.T) {
	t.Parallel()
	isolate, _ := commands.All().Find("isolate")
	help := manual.Of(isolate).Plain()
	for _, part := range []string{"Disconnect Agent From Network", "isolate", "always has to approve", "Endpoints › View + Disconnect From Network", "agent-ids", "reason", "required, text", "/s1 isolate DESKTOP-1"} {
		require.Contains(t, help, part)
	}
	mitigate, _ := commands.All().Find("mitigate")
	require.Contains(t, manual.Of(mitigate).Plain(), "Kill | Quarantine | Remediate")
}
