package cards_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/render"
	"s1bot/render/cards"
)

// While a request about its threat waits, a card says so, and no button of it asks for the same.
func TestACardSaysWhatWaitsForAnApproval(t *testing.T) {
	t.Parallel()
	drawn := func(waits ...cards.Wait) (string, render.Card) {
		card := cards.Waiting(cards.Threat(threat(), pages{}, deck, cards.Thread{}), waits)
		return card.Plain(), card
	}
	before, untouched := drawn()
	require.Contains(t, before, `"mitigate-action":"kill"`)
	kill := cards.Wait{Ref: "A-7F3A", Title: "Mitigate Threats", Command: "mitigate-threats", Args: json.RawMessage(`{"filter":{"ids":["1"]},"mitigate-action":"kill"}`), Things: []string{"1845174760470303882"}}
	isolate := cards.Wait{Ref: "A-0346", Title: "Disconnect Agent From Network", Command: "disconnect-agent-from-network", Things: []string{"1400000000000000001"}}
	other := cards.Wait{Ref: "A-0001", Title: "Add Threat To Blacklist", Command: "no-such-button"}

	plain, _ := drawn(kill, isolate, other)
	require.Contains(t, plain, "🟠 Mitigate (Kill) waits for an approval · A-7F3A\n🟠 Disconnect host waits for an approval · A-0346\n🟠 Add Threat To Blacklist waits for an approval · A-0001\n")
	require.NotContains(t, plain, `"mitigate-action":"kill"`)
	require.Contains(t, plain, `"mitigate-action":"quarantine"`, "that is another request")
	require.NotContains(t, plain, `[Disconnect host]`)
	require.Less(t, len(before), len(untouched.Plain())+1, "the card that is not drawn anew keeps its menu")

	require.True(t, kill.About("1845174760470303882"))
	require.False(t, kill.About("", "7"))
}
