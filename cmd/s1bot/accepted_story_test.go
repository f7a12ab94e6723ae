package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// The console's yes is not the endpoint's: the first line says so, and the green tick comes with the endpoint.
func TestTheGreenTickWaitsForTheEndpoint(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44", Offline: true})
	threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-44"})
	for _, row := range []struct{ typed, first, second string }{
		{"isolate DESKTOP-44", "Accepted, not isolated yet: DESKTOP-44 is offline", "Successful · Disconnect Agent From Network"},
		{"reconnect DESKTOP-44", "Accepted, not reconnected yet: DESKTOP-44 is offline", "Successful · Connect Agent To Network"},
		{"mitigate " + threat + " action=Kill", "Accepted, not killed yet: evil.exe on DESKTOP-44 is offline", "Successful · Mitigate Threats"},
	} {
		s.console.SetOnline(off, false)
		s.types("alice", "#soc", "/s1 "+row.typed+" reason=test")
		card := s.sees("#approvals", "Approval needed", "offline")
		s.clicks("bob", card, "Approve")
		told := s.becomes(card, row.first, row.second, "⏳ waiting")
		require.NotContains(t, told.PlainText(), "✅", row.typed)
		require.Contains(t, told.Text, row.first, "a phone reads it, too")
		mine := s.isWrittenTo("alice", row.first)
		s.console.SetOnline(off, true)
		told = s.becomes(card, "✅ Successful", "1 applied")
		require.NotContains(t, told.PlainText(), "Accepted, not")
		mine = s.becomes(mine, "✅ Successful", "1 applied")
		require.NotContains(t, mine.Text, "Accepted, not", "nor does a screen reader read the old state")
		require.Contains(t, mine.Text, "Successful: ", row.typed)
	}
}

func TestWhatIsDoneInPartSaysSo(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	told := s.becomes(card, "1 of 2 isolated, not yet: LAPTOP-OFF is offline")
	require.NotContains(t, told.PlainText(), "✅")
}

// What ran at once has its first line as well.
func TestAScanOfWhatIsOffIsAcceptedAndNoMore(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 scan LAPTOP-OFF")
	told := s.isTold("alice", "Accepted, not scanning yet: LAPTOP-OFF is offline", "Successful · Initiate Scan")
	require.NotContains(t, told.PlainText(), "✅")
}

// A report that is neither done nor failed is an end, or says what it waits for; nobody reads "waiting" for ever.
func TestEveryReportOfAMitigationIsAnEndOrATrueState(t *testing.T) {
	t.Parallel()
	for status, says := range map[string][]string{
		"partial":        {"Partially successful · Mitigate Threats", "1 partly applied", "quarantine partly done (2 of 3 succeeded)"},
		"pending-reboot": {"not quarantined yet: evil.exe on DESKTOP-1 needs a restart of the endpoint"},
		"canceled":       {"Failed · Mitigate Threats", "quarantine canceled"},
		"mystified":      {"the console reports “mystified”"},
	} {
		t.Run(status, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t)
			id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
			s.console.SetHung("DESKTOP-1", true)
			s.types("alice", "#soc", "/s1 mitigate "+id+" action=Quarantine reason=test")
			card := s.sees("#approvals", "Approval needed")
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Accepted, not quarantined yet")
			require.True(t, s.console.SetReport(id, "quarantine", status, 3, 2))
			told := s.becomes(card, says...)
			require.NotContains(t, told.PlainText(), "✅")
			if status == "pending-reboot" {
				s.pass(25 * time.Hour)
				s.becomes(card, "takes effect when the endpoint restarts")
			}
		})
	}
}

// An endpoint without its agent does nothing any more: that is said before, and nobody waits for it after.
func TestAnUninstalledEndpointIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	for field, says := range map[string][2]string{
		"isUninstalled":      {"DESKTOP-44 is uninstalled: it no longer carries out requests", "not isolated: DESKTOP-44: uninstalled"},
		"isPendingUninstall": {"once the agent is gone", "not isolated yet: DESKTOP-44 is offline and about to be uninstalled"},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t)
			s.console.ListGone()
			s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44", Offline: true})
			s.console.SetAgent("DESKTOP-44", func(a map[string]any) { a[field] = true })
			s.types("alice", "#soc", "/s1 isolate DESKTOP-44 reason=test")
			card := s.sees("#approvals", "Approval needed", says[0])
			require.NotContains(t, card.PlainText(), "as soon as it's back")
			s.clicks("bob", card, "Approve")
			told := s.becomes(card, says[1])
			require.NotContains(t, told.PlainText(), "✅")
		})
	}
}

// A machine that was set up anew has its name twice; the old entry is no reason to ask who is meant.
func TestWhatIsDecommissionedIsNoMatchBesideWhatIsActive(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.ListGone()
	s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44", Decommissioned: true})
	s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-45", Decommissioned: true})
	gone := s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44", Offline: true})
	s.console.SetAgent(gone, func(a map[string]any) { a["isUninstalled"] = true })
	id := s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44"})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-44 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-44")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "✅ Successful")
	require.JSONEq(t, fmt.Sprintf(`{"filter":{"ids":["%s"]}}`, id), s.changes(1)[0].Body)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-45 reason=test")
	s.isTold("alice", "decommissioned")
}

// The console takes fewer than were asked for and does not say which: the card says how many, and nobody waits for the rest.
func TestAScriptDoesNotWaitForWhatTheConsoleDidNotTake(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	other := s.console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-44"})
	s.console.SetUntaken(other, true)
	filter := fmt.Sprintf(`{"ids":["%s","%s"]}`, s.console.Agent("DESKTOP-1")["id"], other)
	s.types("alice", "#soc", `/s1 run-script filter=`+filter+` script-id="List Open Ports" task-description="story" output-destination=SentinelCloud reason=test`)
	card := s.sees("#approvals", "Approval needed", "Run Script")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 of 2 run; not done: DESKTOP-44: not accepted by the console", "Partially successful", "1 accepted · 1 applied")
	s.isWrittenTo("alice", "accepted 1 of 2 endpoints")
}

// More than was asked for is no success to be silent about.
func TestMoreThanWasAskedForIsTold(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents/actions/initiate-scan"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: `{"data":{"affected":40}}`})
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	told := s.isTold("alice", "The console reports 40 affected, but you requested 1", "check the console")
	require.NotContains(t, told.PlainText(), "✅")
}
