package hunts

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// What is isolated already isn't offered for isolation again; where the console doesn't answer, all are.
func TestAHuntOffersNoIsolationOfWhatIsIsolated(t *testing.T) {
	t.Parallel()
	console := s1sim.New(commandtest.Frozen(-1))
	off := console.AddAgent(s1sim.AgentSpec{Name: "OFF-1", Edit: func(o map[string]any) { o["networkStatus"] = "disconnected" }})
	on := console.AddAgent(s1sim.AgentSpec{Name: "ON-1"})
	all, err := catalog.New(nil, Commands()...)
	require.NoError(t, err)
	h := &hunt{call: commandtest.At(t, all, console).Call}
	var card render.Card
	require.Empty(t, h.offerIsolation(t.Context(), &card, []suspect{{ref: off, name: "OFF-1"}}))
	require.Contains(t, card.Plain(), "OFF-1 is isolated.")
	actions := h.offerIsolation(t.Context(), &card, []suspect{{ref: off, name: "OFF-1"}, {ref: on, name: "ON-1"}})
	require.Equal(t, "Isolate ON-1", actions[0].(render.Button).Label)

	console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Forbidden})
	require.Len(t, h.offerIsolation(t.Context(), &render.Card{}, []suspect{{ref: off, name: "OFF-1"}}), 1)
}
