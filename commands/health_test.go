package commands

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// The call succeeded; that is no green tick for a console that says it is not well.
func TestAConsoleThatIsNotWellGetsNoGreenTick(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	require.Contains(t, done(t, call, "system-status").Plain(), "✅ Successful")
	console.Fail(s1sim.Match{PathPrefix: "/system/status"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: `{"data":{"health":"degraded"}}`})
	card := done(t, call, "system-status")
	require.Contains(t, card.Plain(), "The console does not say that it is well: degraded")
	require.NotContains(t, card.Plain(), "✅")
}

// One row is one row.
func TestAListOfOneRowSaysSo(t *testing.T) {
	t.Parallel()
	_, call := office(t)
	for typed, words := range map[string]string{"agents limit=1": "Only the first is listed.", "agents limit=2": "Only the first 2 are listed."} {
		card, err := run(t, All(), call, typed)
		require.NoError(t, err)
		require.Contains(t, card.Plain(), words)
	}
}
