package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A threat's card says which request about it waits, and loses its button for the same until
// somebody has decided.
func TestStoryOfAThreatsCardWhileARequestWaits(t *testing.T) {
	t.Parallel()
	s := tellWith(t, quick)
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Agent: "SRV-SQL-1", Name: "evil.exe", Confidence: "malicious"})
	card := s.sees("#threats", "evil.exe", "SRV-SQL-1")
	require.Contains(t, card.Buttons(), "Disconnect host")
	s.types("alice", "#soc", `/s1 isolate SRV-SQL-1 reason="beaconing"`)
	request := s.sees("#approvals", "SRV-SQL-1", "beaconing")
	waits := s.becomes(card, "Disconnect host waits for an approval · A-")
	require.NotContains(t, waits.Buttons(), "Disconnect host")
	s.clicks("alice", request, "Withdraw")
	after, err := s.slack.WaitUpdate(s.patient(), card.Channel, card.TS, func(m slacksim.Message) bool {
		return !hasAll(m.PlainText(), []string{"waits for an approval"})
	})
	require.NoError(t, err)
	require.Contains(t, after.Buttons(), "Disconnect host")
}
