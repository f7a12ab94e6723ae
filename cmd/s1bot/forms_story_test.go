package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// A form asks for raw filters and for what depends on a choice once somebody wants them, and keeps what was typed.
func TestAFormUnfoldsAndLosesNothing(t *testing.T) {
	t.Parallel()
	s := setStage(t)
	s.types("alice", "#soc", "/s1 run-script")
	form := s.form("alice", "Run Script")
	require.NotContains(t, form.PlainText(), "Output Directory")
	require.Equal(t, []string{"Advanced"}, form.Buttons())
	require.NoError(t, s.slack.User("alice").Fills(form, map[string]any{"Reason": "forensics", "Task Description": "collect"}))

	require.NoError(t, s.slack.User("alice").Fills(form, map[string]any{"Output Destination": "Local"}))
	form = s.redrawn(form)
	require.Contains(t, form.PlainText(), "Output Directory")
	s.clicks("alice", form, "Advanced")
	form = s.redrawn(form)
	require.Empty(t, form.Buttons())
	require.Contains(t, form.PlainText(), "to narrow them down")
	require.Contains(t, string(form.Blocks), `"initial_value":"forensics"`)
	require.Contains(t, string(form.Blocks), `"initial_value":"collect"`)

	// Who sends it before it was drawn again is asked for the rest, not told of a field that is not there.
	require.NoError(t, s.slack.User("alice").Closes(form))
	s.types("alice", "#soc", "/s1 isolate")
	require.Equal(t, "Isolate endpoints", s.form("alice", "Disconnect Agent From Network").Title)
}

// Everything about a threat is one click away, over its card; what is clicked there is answered above it.
func TestDetailsOpenOverTheCard(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
	card := s.sees("#threats", "Malicious · Malware · evil.exe", "DESKTOP-1", "verdict Undefined")
	require.NotContains(t, card.PlainText(), "Storyline")
	s.clicks("alice", card, "Details")
	view := s.form("alice", "Storyline", "Signature")
	require.Equal(t, "Details", view.Title)
	require.NoError(t, s.slack.User("alice").Selects(view, "Look up", "Endpoint"))
	s.form("alice", "DESKTOP-1", "Last seen")
}

// A notification can be kept quiet from its card, by those who may.
func TestSnoozeIsInTheMenuOfACard(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "9E6D373B0A5C4D2E"})
	card := s.sees("#threats", "Malicious · Malware · evil.exe")
	require.Equal(t, 1, strings.Count(string(card.Blocks), `"type":"overflow"`), "everything rare is behind one ⋯")
	s.clicks("mallory", card, "Snooze")
	s.submits("mallory", s.form("mallory", "Snooze"), nil)
	s.isTold("mallory", "Only operators and approvers can snooze")
	s.clicks("alice", card, "Snooze")
	form := s.form("alice", "Snooze", "This storyline", "This file", "This host: DESKTOP-1")
	require.True(t, s.submits("alice", form, map[string]any{"What to snooze": "This host: DESKTOP-1", "For how long": "1 day"}).Closed)
	s.isTold("alice", "Snoozed", "host DESKTOP-1")
}

// A workspace that refuses data tables gets tables, and is not asked again for hours.
func TestWhereSlackTakesNoDataTablesTheyAreTables(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 reason=one")
	require.Contains(t, string(s.sees("#approvals", "Approval needed", "one").Blocks), `"type":"data_table"`)
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: "invalid_blocks"})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-3,DESKTOP-10 reason=second")
	require.Contains(t, string(s.sees("#approvals", "Approval needed", "second").Blocks), `"type":"table"`)
	s.types("alice", "#soc", "/s1 restart DESKTOP-3,DESKTOP-10 reason=third")
	require.Contains(t, string(s.sees("#approvals", "Approval needed", "third").Blocks), `"type":"table"`, "it is not tried again")
}
