package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// From a list of events to one of them with every field of the mapping, and to all of them as a file.
func TestAnEventIsShownWithEveryFieldOfItsMapping(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	s.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2", Name: "worse.exe"})
	s.types("alice", "#soc", "/s1 fetch-event start-time=-30d end-time=tomorrow")
	list := s.isTold("alice", "Events", "Event name", "evil.exe", "worse.exe")
	require.NoError(t, s.slack.User("alice").Selects(list, "All fields of", "evil.exe · DESKTOP-1"))
	one := s.isTold("alice", "Field mapping", "Document ID", "Malicious Process Arguments", ".threatInfo.maliciousProcessArguments")
	s.clicks("alice", one, "CSV file")
	s.isWrittenTo("alice", "1 as a file")
	s.isTold("alice", "1 as a file", "The file is in your direct messages with me.", "Open it")
}
