package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// unifiedPolled waits until the unified alerts were asked for n times.
func (s *story) unifiedPolled(n int) {
	s.t.Helper()
	_, err := s.console.WaitCalls(s.patient(), n, s1sim.Match{Method: "POST", PathPrefix: "/unifiedalerts/graphql"})
	require.NoError(s.t, err)
}

// A unified alert is a card that says how far the work on it is, with buttons that act and follow; what is a threat as well is one card.
func TestStoryOfAUnifiedAlert(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.unifiedPolled(3)
	id := s.console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Impossible travel", Vendor: "Okta", Host: "DESKTOP-1", User: "jdoe@example.com", SHA1: "3395856ce81f2b7382dee72602f798b642f14140"})
	card := s.sees("#alerts", "Impossible travel", "DESKTOP-1", "New", "verdict Undefined", "Okta")
	triaged := func(field, value string) func() bool {
		return func() bool { return s.console.UnifiedAlert(id)[field] == value }
	}
	require.NoError(t, s.slack.User("alice").Selects(card, "Verdict", "True Positive: Phishing Attack"))
	require.Eventually(t, triaged("analystVerdict", "TRUE_POSITIVE_PHISHING_ATTACK"), patience, time.Millisecond)
	card, err := s.slack.WaitUpdate(s.patient(), card.Channel, card.TS, func(m slacksim.Message) bool { return !strings.Contains(m.PlainText(), "verdict Undefined") })
	require.NoError(t, err)
	require.NoError(t, s.slack.User("alice").Selects(card, "Status", "Resolved"))
	require.Eventually(t, triaged("status", "RESOLVED"), patience, time.Millisecond)
	card = s.becomes(card, "Impossible travel · resolved")
	s.clicks("alice", card, "Add note")
	s.submits("alice", s.form("alice", "Note"), map[string]any{"note-text": "called the user"})
	card = s.becomes(card, "has notes")

	s.clicks("carol", card, "Snooze")
	s.submits("carol", s.form("carol", "Snooze", "Impossible travel"), map[string]any{})
	s.isTold("carol", "Snoozed", "3395856ce81f2b7382dee72602f798b642f14140")
	s.types("alice", "#soc", "/s1 routes test "+id)
	s.isTold("alice", "Where alert Impossible travel goes", "snoozed")

	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-2"})
	s.sees("#threats", "evil.exe", "DESKTOP-2")
	before := s.calls("/unifiedalerts/graphql")
	s.unifiedPolled(before + 4)
	for _, m := range s.slack.User("alice").Sees("#alerts") {
		require.False(t, strings.Contains(m.PlainText(), "evil.exe"), "it is told as a threat")
	}
}

// A unified card is assigned, and its file is blocked, by the forms that it opens; what is a rule's alert as well is one card, not two.
func TestAUnifiedCardIsAssignedAndItsFileBlocked(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.unifiedPolled(3)
	const sha1 = "3395856ce81f2b7382dee72602f798b642f14177"
	id := s.console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Impossible travel", Vendor: "Okta", Host: "DESKTOP-1", User: "jdoe@example.com", SHA1: sha1})
	card := s.sees("#alerts", "Impossible travel")
	s.clicks("alice", card, "Assign")
	form := s.form("alice", "Update Unified Alert", "Assignee")
	require.True(t, s.submits("alice", form, map[string]any{"assignee": "alice@example.com"}).Closed)
	require.Eventually(t, func() bool { return s.console.UnifiedAlert(id)["assignee"] != nil }, patience, time.Millisecond)
	card = s.becomes(card, "Alice Martin")

	s.clicks("alice", card, "Block hash")
	form = s.form("alice", "Block Hash", sha1)
	options, err := s.slack.User("alice").Suggests(form, "site-id", "Paris")
	require.NoError(t, err)
	require.True(t, s.submits("alice", form, map[string]any{"os-type": "Windows", "site-id": options[0].Text, "Reason": "seen"}).Closed)
	request := s.sees("#approvals", "Approval needed", "Block Hash", "Paris")
	s.clicks("bob", request, "Approve")
	s.becomes(request, "Successful")
	require.True(t, slices.ContainsFunc(s.console.Blocklist(), func(b map[string]any) bool { return b["value"] == sha1 }))

	s.console.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", Agent: "DESKTOP-2"})
	s.sees("#alerts", "Encoded PowerShell")
	s.unifiedPolled(s.calls("/unifiedalerts/graphql") + 4)
	told := 0
	for _, m := range s.slack.User("alice").Sees("#alerts") {
		if strings.Contains(m.PlainText(), "Encoded PowerShell") {
			told++
		}
	}
	require.Equal(t, 1, told)
}
