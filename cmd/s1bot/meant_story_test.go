package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// A slip of the finger ends in what was meant, and nowhere near its opposite.
func TestAMistypedIsolationIsNoReconnection(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolat DESKTOP-1 reason=beaconing")
	told := s.isTold("alice", "There is no command", "isolate")
	require.NotContains(t, told.PlainText(), "connect-agent-to-network")
	require.NotContains(t, told.PlainText(), "unisolate")
	s.clicks("alice", told, "Open the form")
	form := s.form("alice", "Disconnect Agent From Network")
	require.True(t, s.submits("alice", form, nil).Closed)
	s.sees("#approvals", "Approval needed", "DESKTOP-1", "beaconing")

	s.types("bob", "#soc", "/s1 get-agent DESKTOP-1")
	told = s.isTold("bob", "There is no command", "get-agent-info")
	s.clicks("bob", told, "Run this")
	s.isTold("bob", "DESKTOP-1", "Paris")

	s.types("bob", "#soc", "/s1 agent DESKTP-1")
	told = s.isTold("bob", "here is no endpoint called", "Did you mean")
	s.clicks("bob", told, "DESKTOP-1")
	s.isTold("bob", "DESKTOP-1", "Addresses")
}

// A note is written from anywhere where it says on which threat.
func TestANoteNamesItsThreatAnywhere(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1"})
	s.types("alice", "#soc", "/s1 note "+id+` "checked with the user"`)
	require.Contains(t, s.changes(1)[0].Body, `"checked with the user"`)
	s.types("alice", "#soc", "/s1 note "+id+" it is a test = fine")
	require.Contains(t, s.changes(2)[1].Body, `"it is a test = fine"`)
	s.types("alice", "#soc", `/s1 note odd.exe “seen before”`)
	require.Contains(t, s.changes(3)[2].Body, `"seen before"`)
	s.types("alice", "#soc", "/s1 note looks bad to me")
	s.isTold("alice", "A note belongs to a threat", "/s1 note <id or name>")
}

// The newest of what is open stands first.
func TestOpenThreatsComeNewestFirst(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, spec := range []s1sim.ThreatSpec{{Name: "first.exe", Agent: "DESKTOP-1"}, {Name: "second.exe", Agent: "DESKTOP-1"}} {
		s.console.AddThreat(spec)
	}
	s.types("alice", "#soc", "/s1 threats open")
	s.isTold("alice", "first.exe", "second.exe")
	found := false
	for _, call := range s.console.Calls() {
		found = found || call.Query.Get("incidentStatuses") == "unresolved,in_progress" && call.Query.Get("sortOrder") == "desc"
	}
	require.True(t, found, "the console was asked for the newest")
}
