package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestTheCardTellsWhatIsAppliedAndWhatWaits(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1", "LAPTOP-OFF", "1 offline")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "2 accepted · 1 applied · 1 waiting (LAPTOP-OFF is offline)")
	s.pass(11 * time.Minute)
	s.becomes(card, "This is taking longer than it should", "Offline endpoints will catch up")
	warning := s.sees("#approvals", "Not applied yet", "LAPTOP-OFF is offline")
	require.Equal(t, card.TS, warning.ThreadTS)
	s.isWrittenTo("alice", "Not applied yet", "LAPTOP-OFF is offline")
	s.console.SetOnline(off, true)
	s.becomes(card, "2 accepted · 2 applied")
	s.isWrittenTo("alice", "Applied · Disconnect Agent From Network", "2 accepted · 2 applied")
	require.Equal(t, 1, s.posts("Not applied yet"))
	require.Equal(t, 1, s.posts("Applied · Disconnect"))
}

// What an endpoint that is online does not do in time is warned of in other words: somebody has to look.
func TestAnEndpointThatDoesNotObeyIsWarnedOf(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 accepted · 1 applied")
	s.types("alice", "#soc", "/s1 reconnect DESKTOP-1 reason=test")
	next := s.sees("#approvals", "Approval needed", "Connect Agent")
	s.console.SetHung("DESKTOP-1", true)
	s.clicks("bob", next, "Approve")
	s.becomes(next, "⏳ waiting")
	s.pass(11 * time.Minute)
	s.becomes(next, "This is taking longer than it should: check the endpoint")
	s.isWrittenTo("alice", "Not applied yet · Connect Agent To Network")
	s.pass(25 * time.Hour)
	s.becomes(next, "I've stopped watching")
	require.Equal(t, 2, s.audited("finished"))
}

// A watch goes on after a restart, and tells nothing twice.
func TestAWatchSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Accepted, not isolated yet: LAPTOP-OFF is offline", "⏳ waiting, offline")
	s.pass(11 * time.Minute)
	s.isWrittenTo("alice", "Not applied yet")
	s.stop()
	s.console.SetOnline(off, true)
	s.start()
	s.becomes(card, "1 accepted · 1 applied")
	s.isWrittenTo("alice", "Applied · Disconnect")
	require.Equal(t, 1, s.posts("Not applied yet"))
}

// What ran at once has no card; the person who asked hears how it ended.
func TestWhatRanAtOnceIsFollowed(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	s.isTold("alice", "Successful", "scan accepted")
	s.isWrittenTo("alice", "Applied · Initiate Scan", "1 accepted · 1 applied")
}

// A console does not keep a shutdown or a restart for what is off: that is no success, nor does anybody wait for it.
func TestWhatIsOffIsNotReachedByAShutdownOrARestart(t *testing.T) {
	t.Parallel()
	for command, done := range map[string]string{"shutdown": "Shutdown Endpoints", "restart": "Restart Endpoints"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			s := tellInTime(t)
			s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
			s.types("alice", "#soc", "/s1 "+command+" DESKTOP-1,LAPTOP-OFF reason=test")
			card := s.sees("#approvals", "Approval needed", done)
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Partially successful", "1 accepted · 1 applied · 1 failed (LAPTOP-OFF: ")
			s.isWrittenTo("alice", "Partly applied", "LAPTOP-OFF: ")
			s.types("alice", "#soc", "/s1 "+command+" LAPTOP-OFF reason=again")
			card = s.sees("#approvals", "Approval needed", "again")
			s.clicks("bob", card, "Approve")
			card = s.becomes(card, "Failed", "affected: 0")
			require.NotContains(t, card.PlainText(), "accepted")
		})
	}
}

// A mitigation is done when the endpoint reports on that action, whatever the threat's state was before.
func TestAMitigationIsWatchedByItsReport(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-9", Offline: true})
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "LAPTOP-9"})
	for _, action := range []string{"Quarantine", "Unquarantine"} {
		s.console.SetOnline(off, false)
		s.types("alice", "#soc", "/s1 mitigate "+id+" action="+action+" reason=test")
		card := s.sees("#approvals", "Approval needed", action)
		s.clicks("bob", card, "Approve")
		s.becomes(card, "Successful", "evil.exe on LAPTOP-9 is offline", "⏳ waiting, offline")
		s.console.SetOnline(off, true)
		s.becomes(card, "1 accepted · 1 applied")
	}
}

// What the console refuses of several is named with the reason, and is no success of all.
func TestWhatTheConsoleRefusesIsNamed(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	one := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	two := s.console.AddThreat(s1sim.ThreatSpec{Name: "worse.exe", Agent: "DESKTOP-2"})
	s.types("alice", "#soc", "/s1 mitigate "+one+" action=Quarantine reason=first")
	card := s.sees("#approvals", "Approval needed", "first")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "1 accepted · 1 applied")
	s.types("alice", "#soc", "/s1 mitigate "+one+","+two+" action=Unquarantine reason=second")
	card = s.sees("#approvals", "Approval needed", "second")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Partially successful", "1 accepted · 1 applied · 1 failed (worse.exe on DESKTOP-2: unquarantine not done")
	s.types("alice", "#soc", "/s1 mitigate "+two+" action=Unquarantine reason=third")
	card = s.sees("#approvals", "Approval needed", "third")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "(affected: 0)", "preconditions are not met")
}

// A script's tasks are watched on the card, too.
func TestAScriptIsWatchedOnItsCard(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	filter := fmt.Sprintf(`{"ids":["%s","%s"]}`, s.console.Agent("DESKTOP-1")["id"], off)
	s.types("alice", "#soc", `/s1 run-script filter=`+filter+` script-id="List Open Ports" task-description="story" output-destination=SentinelCloud reason=test`)
	card := s.sees("#approvals", "Approval needed", "Run Script")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "2 accepted · 1 applied · 1 waiting (LAPTOP-OFF is offline)")
	s.console.SetOnline(off, true)
	s.becomes(card, "2 accepted · 2 applied")
}

func TestWhatHasGoneIsLeftOutAndTheRestRuns(t *testing.T) {
	t.Parallel()
	s := tell(t)
	stays := s.console.Agent("DESKTOP-1")["id"]
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1", "DESKTOP-2")
	s.console.DeleteAgent("DESKTOP-2")
	s.clicks("bob", card, "Approve")
	told := s.becomes(card, "Successful", "DESKTOP-2 is no longer in the console and was left out")
	require.Equal(t, "Successful: Disconnect Agent From Network: DESKTOP-1", told.Text, "a phone is told of what ran")
	require.JSONEq(t, fmt.Sprintf(`{"filter":{"ids":["%s"]}}`, stays), s.changes(1)[0].Body)
}

func TestWhereNothingIsLeftNothingRuns(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["isDecommissioned"] = true })
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "one of the approved targets are left")
	require.Empty(t, s.console.Changes())
}

func TestALongListOfTargetsIsAFileInTheThread(t *testing.T) {
	t.Parallel()
	s := tell(t)
	names := ""
	for n := range 12 {
		name := fmt.Sprintf("BATCH-%02d", n)
		s.console.AddAgent(s1sim.AgentSpec{Name: name})
		names += "," + name
	}
	s.types("alice", "#soc", "/s1 isolate "+names[1:]+" reason=test")
	s.sees("#approvals", "Approval needed", "12 endpoints", "and 2 more")
	s.sees("#approvals", "targets-A-")
}

func TestWhereNobodyKnowsWhetherItRanTheConsoleIsAsked(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	card = s.becomes(card, "May have run", "The console now says", "DESKTOP-1 is online, network")
	s.clicks("alice", card, "Run again")
	s.isTold("alice", "somebody else has to decide")
	s.clicks("carol", card, "Close")
	s.becomes(card, "Closed by")
}

func TestTheRowsOfADoneCardTellHowFarEachIs(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed", "🟢 online", "⚪ offline")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "⛔ isolated", "⏳ waiting, offline")
	s.isWrittenTo("alice", "Approved by", "isolation accepted")
}
