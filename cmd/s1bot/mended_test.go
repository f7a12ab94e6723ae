package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// Who clicks sees the card change; who types elsewhere sees nothing of it.
func TestADecisionThatIsTypedIsConfirmed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.types("bob", "#soc", "/s1 approve "+refOf(t, card))
	s.isTold("bob", "Approved: Disconnect Agent From Network")
	s.becomes(card, "Successful")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	card = s.sees("#approvals", "Approval needed", "DESKTOP-2")
	s.types("bob", "#soc", "/s1 deny "+refOf(t, card)+" not now")
	s.isTold("bob", "Denied: Disconnect Agent From Network")
	s.becomes(card, "Denied", "not now")
}

// refOf reads the reference off a card.
func refOf(t *testing.T, card slacksim.Message) string {
	t.Helper()
	ref := regexp.MustCompile(`A-[0-9A-F]{4,}`).FindString(card.PlainText())
	require.NotEmpty(t, ref)
	return ref
}

// A stop is a stop, whatever was being tried: a supervisor must not take it for a crash.
func TestAStopWhileSlackIsAwayIsNoFailure(t *testing.T) {
	t.Parallel()
	s := simulate(t, func(h http.Handler) http.Handler { return h })
	s.slack.Fail(slacksim.Fault{Method: "auth.test", Kind: slacksim.FaultStatus, Times: -1})
	c, err := readConfig(s.environ)
	require.NoError(t, err)
	p, err := assemble(t.Context(), c, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	defer func() { require.NoError(t, p.close()) }()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- p.run(ctx) }()
	require.Eventually(t, func() bool { return len(s.slack.Calls("auth.test")) > 0 }, patience, 1e6)
	stop()
	require.NoError(t, <-ended)
}

func TestASlackThatStuttersLosesNoApproval(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.slack.Fail(slacksim.Fault{Method: "users.info", Kind: slacksim.FaultRateLimit, RetryAfter: 1})
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Len(t, s.console.Changes(), 1)
}

func TestStrangersStandInTheAuditTrail(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("guest", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("guest", "full members")
	require.Eventually(t, func() bool { return s.audited("refused") == 1 }, patience, 1e7)
}

// Where Slack does not say who belongs to a group, nobody is told that they lack a role, and nothing happens.
func TestASlackThatDoesNotSayWhoIsInAGroupIsNotANo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "usergroups.users.list", Kind: slacksim.FaultError, Error: "internal_error", Times: -1})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.isTold("alice", "I can't read user groups (internal_error)", "Nothing was done", "Try again")
	s.types("alice", "#soc", "/s1 freeze")
	s.isTold("alice", "I can't read user groups (internal_error)", "Your decision is saved")
	s.types("mallory", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("mallory", "DESKTOP-1", "Paris")
	require.Empty(t, s.console.Changes())
	s.slack.ClearFaults()
}

func TestTheClickOfAStrangerStandsInTheAuditTrail(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.slack.AddChannel(slacksim.Channel{Name: "approvals", Members: []string{"bob", "guest"}})
	s.clicks("guest", card, "Approve")
	s.isTold("guest", "full members")
	trail, err := s.program.db.Requests().Audit(t.Context(), approvals.AuditQuery{Action: approvals.ActionRefused})
	require.NoError(t, err)
	for e, err := range trail.Entries {
		require.NoError(t, err)
		require.Equal(t, "approve", e.Command)
		require.NotEmpty(t, e.Actor)
	}
	require.Equal(t, 1, s.audited(approvals.ActionRefused))
}

// One gate for everything that can be sent: typed, said in a thread, clicked, chosen from a menu, searched for, sent in a form.
func TestEveryWayInPassesTheGate(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_OPERATORS"] = "*" }) // every full member
	s.polled()
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	threat := s.sees("#threats", "evil.exe")
	s.types("bob", "#soc", "look at this")
	root := s.sees("#soc", "look at this")
	everybody := []string{"alice", "bob", "guest", "visitor", "stranger", "robot"}
	forms := map[string]slacksim.View{}
	for _, who := range everybody[2:] {
		s.slack.AddUser(slacksim.User{Name: who}) // still a member, who opens a form
		s.slack.AddChannel(slacksim.Channel{Name: "soc", Members: everybody})
		s.types(who, "#soc", "/s1 restart")
		forms[who] = s.form(who, "Restart Endpoints")
	}
	for _, channel := range []string{"soc", "threats"} {
		s.slack.AddChannel(slacksim.Channel{Name: channel, Members: everybody})
	}
	s.stop() // what was known of them is forgotten
	for who, now := range map[string]slacksim.User{
		"guest": {IsRestricted: true}, "visitor": {IsUltraRestricted: true}, "stranger": {IsStranger: true, TeamID: "T0OTHER"}, "robot": {IsBot: true},
	} {
		now.Name = who
		s.slack.AddUser(now)
	}
	s.start()
	for who, form := range forms {
		person, before := s.slack.User(who), s.audited(approvals.ActionRefused)
		options, err := person.Suggests(form, "agent-ids", "DESKTOP")
		require.NoError(t, err)
		require.Empty(t, options, who)
		_, err = person.Submits(form, map[string]any{"Reason": "mine", "agent-ids": []string{}})
		require.NoError(t, err)
		require.NoError(t, person.Types("#soc", "/s1 agents"))
		require.NoError(t, person.TypesInThread(root, "@s1bot agents"))
		require.NoError(t, person.Clicks(threat, "Disconnect host"))
		require.NoError(t, person.Selects(threat, "Verdict", "True Positive"))
		require.Eventually(t, func() bool { return s.audited(approvals.ActionRefused) == before+5 }, patience, 1e7, who)
		s.isTold(who, "full members")
	}
	require.Empty(t, s.requests())
	require.Empty(t, s.console.Changes())
}

func TestADenialWithoutAReasonKeepsItsFormOpen(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Deny")
	result := s.submits("bob", s.form("bob", "Deny"), map[string]any{"Why?": "   "})
	require.NotEmpty(t, result.Errors)
	require.False(t, result.Closed)
}

func TestAFormIsAcknowledgedInTimeThoughSlackDoesNotSayWhoSentIt(t *testing.T) {
	t.Parallel()
	path, policy := withPolicy(t, "approvals: {timeout: 20m}")
	s := tell(t, policy)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1")
	form := s.form("alice", "Disconnect Agent")
	require.NoError(t, os.WriteFile(path, []byte("approvals: {timeout: 21m}"), 0o600))
	require.NoError(t, s.program.reload(t.Context())) // who is who is asked anew
	s.slack.Fail(slacksim.Fault{Method: "users.info", Kind: slacksim.FaultHang, Delay: 2 * unhurried})
	s.submits("alice", form, map[string]any{"Reason": "beaconing"})
	require.NoError(t, s.slack.Settle(s.patient()))
	s.sees("#approvals", "Approval needed", "DESKTOP-1")
}
