package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// An isolation that took two takes two to extend: the first one's word is on the card, counts once, and survives a restart.
func TestWhatTookTwoTakesTwoToExtend(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "rules:\n  - {name: both leads, hosts: [DESKTOP-1], approve: {by: [approvers], quorum: 2}}\n"))
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1 for=1h reason="beaconing"`)
	card := s.sees("#approvals", "Approval needed", "2 approvals needed")
	s.clicks("bob", card, "Approve")
	s.clicks("carol", card, "Approve")
	card = s.becomes(card, "Successful", "For 1 hour, until", "1 applied")
	ref := s.asked("disconnect-agent-from-network")[0].Ref
	ends := func() time.Time { return s.asked("disconnect-agent-from-network")[0].Term.Ends }
	before := ends()

	s.types("alice", "#soc", "/s1 extend "+ref+" for=29d")
	wish := s.sees("#approvals", "An extension was requested", "29 days")
	s.clicks("bob", wish, "Extend by 29 days")
	card = s.becomes(card, "1 of 2 approved the extension by 29 days")
	s.isTold("bob", "Your approval counts: 1 of 2 approved the extension by 29 days")
	s.clicks("bob", card, "Approve the extension by 29 days")
	s.isTold("bob", "You've already approved")
	s.types("bob", "#soc", "/s1 extend "+ref+" for=29d")
	s.clicks("alice", card, "Approve the extension by 29 days")
	s.isTold("alice", "somebody else has to decide")
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Equal(t, before, ends(), "one of two, however often")
	require.Zero(t, s.audited(approvals.ActionExtended))
	require.Equal(t, 1, s.audited(approvals.ActionProposed))

	s.stop()
	s.start()
	s.clicks("carol", wish, "Extend by 29 days")
	s.becomes(card, "For 1 hour and 29 days more, until", "Extended by 29 days by <@U0BOB0000>, <@U0CAROL00>")
	require.Equal(t, before.Add(29*24*time.Hour), ends())
	require.Equal(t, 1, s.audited(approvals.ActionExtended))
	s.clicks("bob", wish, "Extend by 29 days")
	s.isTold("bob", "was extended after this button was posted")
	require.Equal(t, before.Add(29*24*time.Hour), ends(), "an old button extends nothing more")
}

// Of hosts in two sites, who approves for one extends nothing of the other.
func TestTheApproverOfOneSiteDoesNotExtendTheOther(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, `
roles:
  paris: {members: ["@bob"], sites: [Paris]}
  lyon: {members: ["@carol"], sites: [Lyon]}
rules:
  - {name: each site, commands: [disconnect-agent-from-network], approve: {by: [paris, lyon]}}
`))
	s.console.AddAgent(s1sim.AgentSpec{Name: "LYON-1", Site: "Lyon"})
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1,LYON-1 for=1h reason="beaconing"`)
	card := s.sees("#approvals", "Approval needed", "LYON-1")
	s.clicks("bob", card, "Approve")
	s.clicks("carol", card, "Approve")
	card = s.becomes(card, "Successful", "For 1 hour, until")
	ref, before := s.asked("disconnect-agent-from-network")[0].Ref, s.asked("disconnect-agent-from-network")[0].Term.Ends
	s.types("bob", "#soc", "/s1 extend "+ref+" for=4h")
	card = s.becomes(card, "1 of 2 approved the extension by 4 hours")
	require.Equal(t, before, s.asked("disconnect-agent-from-network")[0].Term.Ends)
	s.clicks("carol", card, "Approve the extension by 4 hours")
	s.becomes(card, "For 1 hour and 4 hours more, until")
}

// Who approved an extension and left since counts no more.
func TestAnApprovalOfAnExtensionGoesWithItsPerson(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "rules:\n  - {name: two, hosts: [DESKTOP-1], approve: {by: [approvers], quorum: 2}}\n"))
	dave := s.slack.AddUser(slacksim.User{Name: "dave", RealName: "Dave"})
	s.slack.AddGroup(slacksim.Group{Handle: "soc-leads", Members: []string{"bob", "carol", "dave"}})
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1 for=1h reason="beaconing"`)
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.clicks("carol", card, "Approve")
	card = s.becomes(card, "Successful", "For 1 hour, until")
	req := s.asked("disconnect-agent-from-network")[0]
	_, extended, err := s.program.bot.Ledger.Extend(t.Context(), req.ID, policy.Holding(dave.ID(), policy.Approvers), 4*time.Hour, "x", "", nil)
	require.NoError(t, err)
	require.False(t, extended)
	s.slack.AddUser(slacksim.User{Name: "dave", ID: dave.ID(), Deleted: true})
	s.types("bob", "#soc", "/s1 extend "+req.Ref+" for=4h")
	s.becomes(card, "1 of 2 approved the extension by 4 hours: <@U0BOB0000>")
	require.Equal(t, req.Term.Ends, s.asked("disconnect-agent-from-network")[0].Term.Ends)
}
