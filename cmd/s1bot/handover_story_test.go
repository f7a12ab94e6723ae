package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// Who takes over works from what arrives; who hands over sees what was sent, and to whom.
func TestAShiftIsTakenOverFromItsReport(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=beaconing")
	ref := s.refOf(s.sees("#approvals", "Approval needed", "DESKTOP-1"))
	s.types("alice", "#soc", "/s1 report to @bob")
	s.isTold("alice", "Shift handed over to", "they have this report", "evil.exe", ref)

	report := s.isWrittenTo("bob", "hands the shift over to you", "evil.exe")
	require.Equal(t, []string{"Review " + ref, "Show threats"}, report.Buttons())
	s.clicks("bob", report, "Show threats")
	s.isTold("bob", "evil.exe", "DESKTOP-1")
	s.clicks("bob", report, "Review "+ref)
	s.clicks("bob", s.form("bob", "beaconing"), "Approve")
	s.sees("#approvals", "Successful", "DESKTOP-1")

	s.types("alice", "#soc", "/s1 report")
	require.Contains(t, s.isTold("alice", "who gets this report").Buttons(), "Show threats")
}
