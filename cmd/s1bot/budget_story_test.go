package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// fleet adds n endpoints to the console and returns a filter that means all of them.
func (s *story) fleet(prefix string, n int) string {
	s.t.Helper()
	for i := range n {
		s.console.AddAgent(s1sim.AgentSpec{Name: fmt.Sprintf("%s-%02d", prefix, i)})
	}
	return `filter={"computerName__contains":["` + prefix + `-"]}`
}

func TestChangesSpendABudgetOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := tell(t)
	fleet := s.fleet("SCAN", 25)
	for range 10 {
		s.types("alice", "#soc", "/s1 initiate-scan "+fleet)
		s.isTold("alice", "25 of 25 endpoints")
	}
	s.types("alice", "#soc", "/s1 initiate-scan "+fleet)
	s.sees("#approvals", "Approval needed", "Initiate Scan", "25 endpoints")
	s.types("alice", "#soc", "/s1 can initiate-scan DESKTOP-1")
	s.isTold("alice", "What would happen", "it needs 1 approval")
	s.types("carol", "#soc", "/s1 initiate-scan DESKTOP-1")
	s.isTold("carol", "1 of 1 endpoint")
	require.Len(t, s.console.Changes(), 11)
}

func TestEveryKindOfChangeCountsTheEndpointsThatItActsOn(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "approvals: {max_changes_per_hour: 6}\n")
	s := tell(t, policy)
	s.fleet("MIX", 4)
	threat := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "MIX-00"})
	for _, c := range []struct{ text, says string }{
		{`set-customer-id filter={"computerName__contains":["MIX-00"]} external-id=x`, "customer ID set"}, {"broadcast MIX-01 message=hello", "message sent"}, {"move MIX-02,MIX-03 group-id=Workstations", "moved"},
	} {
		s.types("alice", "#soc", "/s1 "+c.text)
		s.isTold("alice", "Successful", c.says)
	}
	s.types("alice", "#soc", "/s1 verdict "+fmt.Sprint(threat)+` verdict="True Positive"`)
	s.isTold("alice", "verdict set to", "evil.exe")
	s.types("alice", "#soc", "/s1 scan MIX-00,MIX-01,MIX-02")
	s.sees("#approvals", "Approval needed", "Initiate Scan", "3 endpoints")
}

// Who fires many changes at once gets no more of them past the budget than one after the other.
func TestChangesMadeAtOnceShareTheirBudget(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "approvals: {max_changes_per_hour: 2}\n")
	s := tell(t, policy)
	s.fleet("BURST", 8)
	agents := s1sim.Match{Method: "GET", PathPrefix: "/agents"}
	s.console.Fail(agents, s1sim.Fault{Kind: s1sim.Hang, Times: -1})
	for i := range 8 {
		s.types("alice", "#soc", fmt.Sprintf("/s1 scan BURST-%02d", i))
	}
	_, err := s.console.WaitCalls(s.patient(), 4, agents) // as many of one person as run at once
	require.NoError(t, err)
	s.console.Heal()
	require.NoError(t, s.slack.Settle(s.patient()))
	waiting := 0
	for waiting < 6 {
		s.sees("#approvals", "Approval needed")
		waiting = 0
		for _, r := range s.requests() {
			waiting += r.Quorum
		}
	}
	require.Len(t, s.console.Changes(), 2)
}

// A group with a policy of its own is a policy update: no file lets it run without an approval, and its card is confirmed.
func TestAGroupWithAPolicyOfItsOwnNeedsAnApproval(t *testing.T) {
	t.Parallel()
	_, policy := withPolicy(t, "rules:\n  - {commands: [create-group], allow: [operators]}\n")
	s := tell(t, policy)
	s.types("alice", "#soc", `/s1 create-group name=Weak site-id=Paris inherits=false policy={"mitigationMode":"detect"}`)
	card := s.sees("#approvals", "Approval needed", "Create Group", "mitigationMode")
	require.Contains(t, s.declines("bob", card, "Approve").Text, "a policy: ")
	s.types("alice", "#soc", "/s1 create-group name=Kiosks site-id=Paris inherits=true")
	s.isTold("alice", "The group Kiosks was created")
	require.Len(t, s.console.Changes(), 1)
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.True(t, strings.Contains(s.console.Changes()[1].Body, "detect"))
}
