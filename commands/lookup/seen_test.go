package lookup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// Of what a look has read only the rest is asked for, and each thing comes once, in the order in which it was named.
func TestWhatWasSeenIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	console, session := office(t)
	call := *session.Call
	var ids []s1.AgentID
	for _, name := range []string{"A-1", "B-2", "C-3"} {
		ids = append(ids, s1.AgentID(console.AddAgent(s1sim.AgentSpec{Name: name})))
	}
	call.Seen = catalog.Seen{Agents: map[string]s1.Agent{string(ids[1]): {ID: ids[1], ComputerName: "B as seen"}}}
	agents, unknown, err := lookup.AgentsKnown(t.Context(), &call, append(ids, ids[1], "1234567890123456789"))
	require.NoError(t, err)
	require.Equal(t, []string{"1234567890123456789"}, unknown)
	require.Equal(t, []string{"A-1", "B as seen", "C-3", "B as seen"}, []string{agents[0].ComputerName, agents[1].ComputerName, agents[2].ComputerName, agents[3].ComputerName})
	require.Len(t, console.Calls(), 1)
	require.NotContains(t, console.Calls()[0].Query.Get("ids"), string(ids[1]))

	threat := s1.ThreatID(console.AddThreat(s1sim.ThreatSpec{Agent: "A-1"}))
	seen, err := lookup.ThreatsWith(t.Context(), &call, "threat-ids", []s1.ThreatID{threat})
	require.NoError(t, err)
	call.Seen.Threats = map[string]s1.Threat{string(threat): seen[0]}
	asked := len(console.Calls())
	again, err := lookup.ThreatsWith(t.Context(), &call, "threat-ids", []s1.ThreatID{threat})
	require.NoError(t, err)
	require.Equal(t, seen, again)
	require.Len(t, console.Calls(), asked)
}
