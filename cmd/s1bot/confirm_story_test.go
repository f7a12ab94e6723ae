package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// declines has a person click a button that asks first, and say no; it returns what the dialog said.
func (s *story) declines(who string, on slacksim.Surface, label string) slacksim.Dialog {
	s.t.Helper()
	d, err := s.slack.User(who).Declines(on, label)
	require.NoError(s.t, err)
	return d
}

func TestApprovingWhatMattersAsksOnceMoreAndNamesIt(t *testing.T) {
	t.Parallel()
	s := tell(t, allowedBy(t, "rules:\n  - {name: crown jewels, hosts: [CROWN-*], approve: {by: [approvers]}}\n"))
	s.console.AddAgent(s1sim.AgentSpec{Name: "CROWN-1"})
	for i := range 11 {
		s.console.AddAgent(s1sim.AgentSpec{Name: "MANY-" + string(rune('A'+i))})
	}
	for _, story := range []struct {
		command string
		card    string
		says    []string
	}{
		{`isolate SRV-DC-2`, "SRV-DC-2", []string{"a server: SRV-DC-2"}},
		{`isolate DESKTOP-1,CROWN-1`, "CROWN-1", []string{"a protected item: CROWN-1"}},
		{`isolate filter={"computerName__contains":["MANY-"]}`, "MANY-A", []string{"11 endpoints"}},
		{`update-account-policy account-id="Example Corp" policy={"snapshotsOn":false}`, "snapshotsOn", []string{"a policy: Example Corp"}},
		{`create-exclusion type=Path os=Windows value="D:\Test\" site-ids=Paris`, "Create Exclusion", []string{"everything in one scope: Paris"}},
	} {
		s.types("alice", "#soc", "/s1 "+story.command+" reason=test")
		card := s.sees("#approvals", "Approval needed", story.card)
		d := s.declines("bob", card, "Approve")
		require.Equal(t, "Approve?", d.Title, story.command)
		for _, words := range story.says {
			require.Contains(t, d.Text, words, story.command)
		}
		require.NotEmpty(t, d.Confirm)
		require.NotEmpty(t, d.Deny)
	}
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Empty(t, s.console.Changes(), "who says no has approved nothing")
}

func TestASingleWorkstationIsApprovedWithOneClick(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	_, err := s.slack.User("bob").Declines(card, "Approve")
	require.ErrorContains(t, err, "asks nothing")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Empty(t, s.slack.User("bob").Dialogs())
}

// Host names come from attackers: in the dialog they are plain text of bounded length, on one line.
func TestAHostileNameStaysTextInTheDialog(t *testing.T) {
	t.Parallel()
	s := tell(t)
	name := "SRV <!channel> http://evil.example/ \u202e" + strings.Repeat("x", 300)
	id := s.console.AddAgent(s1sim.AgentSpec{Name: name, Type: "server"})
	s.types("alice", "#soc", "/s1 isolate "+id+" reason=test")
	card := s.sees("#approvals", "Approval needed")
	d := s.declines("bob", card, "Approve")
	require.Contains(t, d.Text, "a server: SRV")
	require.NotContains(t, d.Text, "http://")
	require.NotContains(t, d.Text, "\u202e")
	require.LessOrEqual(t, len([]rune(d.Text)), 300)
}
