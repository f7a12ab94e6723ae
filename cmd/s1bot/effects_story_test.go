package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestTheCardTellsWhatIsAppliedAndWhatWaits(t *testing.T) {
	t.Parallel()
	s := tell(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1", "LAPTOP-OFF", "1 offline")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "1 applied", "1 waiting (LAPTOP-OFF is offline)")
	s.console.SetOnline(off, true)
	s.becomes(card, "2 applied")
}

func TestWhatHasGoneIsLeftOutAndTheRestRuns(t *testing.T) {
	t.Parallel()
	s := tell(t)
	stays := s.console.Agent("DESKTOP-1")["id"]
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1,DESKTOP-2 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1", "DESKTOP-2")
	s.console.DeleteAgent("DESKTOP-2")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "DESKTOP-2 is gone and was left out")
	require.JSONEq(t, fmt.Sprintf(`{"filter":{"ids":["%s"]}}`, stays), s.changes(1)[0].Body)
}

func TestWhereNothingIsLeftNothingRuns(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["isDecommissioned"] = true })
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Failed", "othing is left")
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
	card = s.becomes(card, "May have run", "The console says now", "DESKTOP-1 is online, network")
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
