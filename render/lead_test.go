package render

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

// What the reader must know first leads; the outcome word follows in the second line, without its sign.
func TestALeadStandsAheadOfTheOutcome(t *testing.T) {
	t.Parallel()
	card := Card{Tone: Waiting, Lead: "Accepted, not isolated yet: DESKTOP-4 is offline", Outcome: Successful, Title: "Disconnect Agent From Network", Parts: []Part{Line{Text("x")}}}
	body, err := json.Marshal(card)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, &card), "it outlives a row")
	m, err := json.Marshal(card.Message(Options{}).Blocks)
	require.NoError(t, err)
	require.Contains(t, string(m), `🟠 Accepted, not isolated yet: DESKTOP-4 is offline`)
	require.Contains(t, card.Plain(), "The console answered: Successful · Disconnect Agent From Network")
	require.NotContains(t, string(m), "✅")
	require.Contains(t, card.Message(Options{}).Text, "Accepted, not isolated yet")

	card.Text = "Successful: Disconnect Agent From Network"
	card.LeadWith(Waiting, "Accepted, not isolated yet")
	require.Equal(t, "Accepted, not isolated yet · the console answered: Successful: Disconnect Agent From Network", card.Text)
	card.Text, card.Outcome = "Partially successful: Kill", Partial
	card.LeadWith(Warning, "1 of 2 killed")
	require.Equal(t, "1 of 2 killed · Partially successful: Kill", card.Text, "the word is of what the endpoints did")
}
