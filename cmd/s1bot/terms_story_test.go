package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/slacksim"
	"s1bot/commands/endpoints"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// A timed story has a clock that is moved by hand: it goes as ours does, and jumps when told.
type timed struct {
	*story
	ahead *atomic.Int64
}

func (s timed) pass(d time.Duration) { s.ahead.Add(int64(d)) }

// tellInTime starts a story that looks at its clock often.
func tellInTime(t *testing.T, options ...func(map[string]string)) timed {
	t.Helper()
	ahead := &atomic.Int64{}
	s := timed{tellWith(t, func(c *config) {
		c.tick, c.now = 50*time.Millisecond, func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	}, options...), ahead}
	return s
}

// allowedBy is a policy file with only these lines.
func allowedBy(t *testing.T, body string) func(map[string]string) {
	_, option := withPolicy(t, body)
	return option
}

// isolates has alice isolate a host for a time, and bob approve it.
func (s timed) isolates(hosts, length string) slacksim.Message {
	s.t.Helper()
	s.types("alice", "#soc", "/s1 isolate "+hosts+" for="+length+` reason="beaconing"`)
	card := s.sees("#approvals", "Approval needed", "Disconnect Agent")
	s.clicks("bob", card, "Approve")
	return s.becomes(card, "Successful", "until")
}

// asked are the requests of the ledger for a command.
func (s timed) asked(command string) []approvals.Request {
	s.t.Helper()
	all, err := s.program.bot.Ledger.Find(s.t.Context(), approvals.Query{})
	require.NoError(s.t, err)
	var found []approvals.Request
	for _, r := range all {
		if r.Command == command {
			found = append(found, r)
		}
	}
	return found
}

func TestAnIsolationForATimeIsShownWarnedOfAndEndsAsARequestOfItsOwn(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	id := s.console.Agent("DESKTOP-1")["id"]
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1 for=4h reason="beaconing" ticket=INC-7`)
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1", "For 4 hours from the moment it runs, until", "I ask an approver to reconnect it")
	s.clicks("bob", card, "Approve")
	card = s.becomes(card, "Successful", "For 4 hours, until", "1 applied")
	require.JSONEq(t, fmt.Sprintf(`{"filter":{"ids":["%s"]}}`, id), s.changes(1)[0].Body, "the console hears nothing of the end")

	s.isWrittenTo("alice", "Successful", "For 4 hours, until")
	s.types("alice", "#soc", "/s1 report")
	s.isTold("alice", "Shift report", "DESKTOP-1", "isolated by", "until")
	s.pass(3*time.Hour + 31*time.Minute)
	warning := s.sees("#approvals", "An isolation ends soon", "DESKTOP-1", "beaconing")
	require.Equal(t, card.TS, warning.ThreadTS)
	s.isWrittenTo("alice", "An isolation ends soon", "DESKTOP-1")
	s.writes(approvals.ActionWarned, 1)

	s.pass(30 * time.Minute)
	next := s.sees("#approvals", "Approval needed", "Connect Agent To Network", "Requested by the bot on behalf of", "The 4 hours are up", "INC-7")
	s.becomes(card, ", ended ", "I requested the reconnection")
	s.isWrittenTo("alice", "The 4 hours are up")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"), "nothing is done before somebody approves")
	s.clicks("alice", next, "Approve")
	s.isTold("alice", "somebody else has to decide")
	s.clicks("bob", next, "Approve")
	s.becomes(next, "Successful", "1 applied")
	require.Equal(t, "connected", s.console.NetworkStatus("DESKTOP-1"))
	s.pass(24 * time.Hour)
	require.Len(t, s.asked("connect-agent-to-network"), 1)
	for action, n := range map[string]int{approvals.ActionWarned: 1, approvals.ActionEnded: 1, approvals.ActionAsked: 2} {
		require.Equal(t, n, s.audited(action), action)
	}
}

func TestWhereThePolicyAllowsItBeforehandItIsReconnectedOnce(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1 for=1h reason=test`)
	card := s.sees("#approvals", "Approval needed", "Then I reconnect it, as the policy allows")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "For 1 hour, until", "1 applied")
	s.pass(time.Hour)
	s.sees("#approvals", "Successful", "Connect Agent To Network", "The 1 hour is up")
	s.becomes(card, "I'm reconnecting it, as the policy allows: ")
	s.isWrittenTo("alice", "Connect Agent To Network", "Successful")
	require.Equal(t, "connected", s.console.NetworkStatus("DESKTOP-1"))
	s.pass(time.Hour)
	require.Len(t, s.changes(2), 2)
	require.Equal(t, "approvals.reconnect_on_time", s.asked("connect-agent-to-network")[0].Rule)
}

func TestWhatAPersonReconnectedIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "4h")
	s.pass(3*time.Hour + 40*time.Minute)
	warning := s.isWrittenTo("alice", "An isolation ends soon")
	s.clicks("alice", warning, "Reconnect")
	form := s.form("alice", "Ends the isolation", "Reason")
	require.Empty(t, s.submits("alice", form, map[string]any{"Reason": "cleaned"}).Errors)
	request := s.sees("#approvals", "Approval needed", "Connect Agent To Network", "cleaned")
	s.clicks("bob", request, "Approve")
	s.becomes(request, "Successful", "1 applied")
	s.writes(approvals.ActionUndone, 1)
	s.becomes(card, "DESKTOP-1 was reconnected", ", ended ")
	s.pass(20 * time.Minute)
	s.types("carol", "#soc", "/s1 pending")
	s.isTold("carol", "Nothing is waiting")
	require.Len(t, s.asked("connect-agent-to-network"), 1)
}

func TestAnEndThatNobodyNeedsWarnsNobody(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "4h")
	s.becomes(card, "1 applied")
	s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["networkStatus"] = "connected" })
	s.pass(3*time.Hour + 40*time.Minute)
	s.becomes(card, ", ended ", "DESKTOP-1 is connected again")
	require.Zero(t, s.audited(approvals.ActionWarned))
}

// Longer isolation needs a second person, as the isolation did: the requester asks, an approver extends.
func TestExtending(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "4h")
	s.pass(3*time.Hour + 40*time.Minute)
	mine := s.isWrittenTo("alice", "An isolation ends soon")
	s.writes(approvals.ActionWarned, 1)
	s.clicks("alice", mine, "Extend")
	form := s.form("alice", "How much longer")
	require.Contains(t, s.submits("alice", form, map[string]any{"How much longer": "a while"}).Errors, "How much longer")
	require.Empty(t, s.submits("alice", form, map[string]any{"How much longer": "2h"}).Errors)
	wish := s.sees("#approvals", "An extension was requested", "2 hours", "DESKTOP-1")
	require.Equal(t, card.TS, wish.ThreadTS)
	s.clicks("alice", wish, "Extend by 2 hours")
	s.isTold("alice", "somebody else has to decide")
	s.clicks("mallory", wish, "Extend by 2 hours")
	s.isTold("mallory", "You're not an approver")
	s.clicks("bob", wish, "Extend by 2 hours")
	s.becomes(card, "For 4 hours and 2 hours more, until", "Extended by 2 hours by")
	s.isWrittenTo("alice", "extended the isolation of DESKTOP-1")

	theirs := s.sees("#approvals", "An isolation ends soon")
	s.clicks("carol", theirs, "Extend")
	form = s.form("carol", "How much longer")
	require.Empty(t, s.submits("carol", form, map[string]any{"How much longer": "1 day"}).Errors)
	s.becomes(card, "1 day 2 hours more")
	s.pass(20 * time.Minute)
	s.types("bob", "#soc", "/s1 extend "+s.asked("disconnect-agent-from-network")[0].Ref+" for=40d")
	s.isTold("bob", "too long")
	s.pass(25*time.Hour + 40*time.Minute)
	s.sees("#approvals", "An isolation ends soon", "1 day 2 hours more")
	s.writes(approvals.ActionWarned, 2)
	s.pass(30 * time.Minute)
	s.sees("#approvals", "Approval needed", "Connect Agent", "The 4 hours and 1 day 2 hours more are up")
	s.becomes(card, ", ended ")
	s.clicks("bob", theirs, "Extend")
	s.isTold("bob", "it has already ended")
	require.Equal(t, 2, s.audited(approvals.ActionExtended))
	require.Equal(t, 1, s.audited(approvals.ActionExtensionRequested))
}

// A restart forgets no end, also one that came while nobody was there.
func TestAnEndThatCameWhileTheBotWasDown(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	s.stop()
	s.pass(3 * time.Hour)
	s.start()
	s.sees("#approvals", "Approval needed", "Connect Agent To Network")
	require.Zero(t, s.audited(approvals.ActionWarned), "it is too late for a warning")
}

// While everything is frozen nothing is reconnected and nothing is asked for; afterwards it is.
func TestAnEndWaitsForTheThaw(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	card := s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	s.types("bob", "#soc", "/s1 freeze hijacked")
	freeze := s.sees("#approvals", "Frozen")
	s.pass(time.Hour)
	s.becomes(card, "Time is up", "frozen. I'll end the isolation as soon as I can")
	require.Len(t, s.changes(1), 1)
	s.clicks("bob", freeze, "Thaw")
	s.clicks("carol", freeze, "Thaw")
	s.becomes(freeze, "Freeze is over")
	s.pass(approvals.TermLease + time.Second)
	s.becomes(card, "I'm reconnecting it, as the policy allows: ")
	require.Len(t, s.changes(2), 2)
}

// What the requester may no longer ask for, the bot does not ask for on their behalf; it says so.
func TestTheBotAsksForNothingThatTheRequesterMayNot(t *testing.T) {
	t.Parallel()
	s := tellInTime(t, allowedBy(t, `rules: [{commands: [connect-agent-to-network], deny: "only the network team reconnects"}]`))
	card := s.isolates("DESKTOP-1", "1h")
	s.pass(time.Hour)
	s.sees("#approvals", "The 1 hour is up", "not allowed to request the reconnection", "Only the network team reconnects")
	s.becomes(card, "The isolation stays until somebody reconnects it")
	require.Empty(t, s.asked("connect-agent-to-network"))
}

// Where nobody approves the reconnection in time, everybody reads that the host stays isolated, and one click asks again.
func TestAnEndThatNobodyApproves(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.isolates("DESKTOP-1", "1h")
	s.pass(time.Hour)
	next := s.sees("#approvals", "Approval needed", "Connect Agent")
	s.pass(31 * time.Minute)
	next = s.becomes(next, "Expired", "the isolation continues")
	s.clicks("carol", next, "Reconnect")
	again := s.sees("#approvals", "Approval needed", "Connect Agent", "U0CAROL00", "Requested by", "The 1 hour is up")
	s.clicks("bob", again, "Approve")
	s.becomes(again, "Successful")
}

func TestAnIsolationForATimeFromItsForm(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=4h")
	form := s.form("alice", "For how long", "Reason")
	require.Contains(t, s.submits("alice", form, map[string]any{"Reason": "x", "For how long": "for ever"}).Errors, "For how long")
	require.Empty(t, s.submits("alice", form, map[string]any{"Reason": "x", "For how long": "90 minutes"}).Errors)
	s.sees("#approvals", "Approval needed", "For 1 hour 30 minutes")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=4h")
	form = s.form("alice", "For how long", "Reason")
	require.Empty(t, s.submits("alice", form, map[string]any{"Reason": "as typed"}).Errors)
	s.sees("#approvals", "Approval needed", "For 4 hours", "as typed")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=2m reason=x")
	s.isTold("alice", "for", "too short", "5 minutes to 30 days")
	s.types("alice", "#soc", "/s1 can isolate DESKTOP-1 for=4h reason=x")
	s.isTold("alice", "What would happen", "For 4 hours")
	s.types("alice", "#soc", "/s1 help isolate")
	s.isTold("alice", "for", "5 minutes to 30 days")
	s.types("alice", "#soc", "/s1 history")
	s.isTold("alice", "for=4h")
}

// An isolation of which nobody knows whether it ran ends all the same, if there is one.
func TestAnIsolationThatMayHaveRunEnds(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=1h reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "May have run")
	s.pass(time.Hour)
	s.sees("#approvals", "Approval needed", "Connect Agent To Network")
}

// A process that dies between the warning and its row repeats nothing in the channel: who takes over sees that it was said.
func TestADyingProcessWarnsOnce(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "4h")
	s.becomes(card, "1 applied")
	s.stop()
	s.config.tick = time.Hour
	s.start()
	s.pass(3*time.Hour + 40*time.Minute)
	dying, err := approvals.New(approvals.Config{Store: s.program.db.Requests(), Owner: "dying", Now: s.config.now})
	require.NoError(t, err)
	due, err := dying.TermsDue(t.Context())
	require.NoError(t, err)
	require.Len(t, due, 1)
	said := render.Card{Title: "An isolation ends soon", Text: "An isolation ends soon"}
	_, err = s.program.bot.Channels.Post(t.Context(), card.Channel, card.TS, fmt.Sprintf("warning %s 1 0", due[0].ID), said)
	require.NoError(t, err)
	s.stop()
	s.config.tick = 50 * time.Millisecond
	s.start()
	s.pass(approvals.TermLease)
	s.isWrittenTo("alice", "An isolation ends soon", "Extend")
	s.becomes(card, "until")
	require.Equal(t, 1, s.posts("An isolation ends soon"))
}

// A warning whose answer got lost is there, and not said again; whoever was not told yet is told.
func TestAWarningWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "4h")
	s.becomes(card, "1 applied")
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultReset, After: true})
	s.pass(3*time.Hour + 31*time.Minute)
	s.sees("#approvals", "An isolation ends soon")
	s.pass(approvals.TermLease)
	s.isWrittenTo("alice", "An isolation ends soon")
	require.Equal(t, 1, s.posts("An isolation ends soon"))
	s.slack.ForgetViolations()
}

// writes waits until the trail has so many rows of an action: what stands in Slack is written down a moment later.
func (s timed) writes(action string, n int) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return s.audited(action) == n }, patience, 10*time.Millisecond)
}

// posts counts the messages with these words in the approvals channel.
func (s timed) posts(words string) int {
	n := 0
	for _, call := range s.slack.Calls("chat.postMessage") {
		if call.Args["channel"] == s.slack.ChannelID("#approvals") && strings.Contains(call.Args["blocks"], words) {
			n++
		}
	}
	return n
}

// An end that was typed is not lost on the way, where a name means several hosts.
func TestAnEndIsKeptWhereANameIsAmbiguous(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.AddAgent(s1sim.AgentSpec{Name: "TWIN", Site: "Paris"})
	s.console.AddAgent(s1sim.AgentSpec{Name: "TWIN", Site: "Lyon"})
	s.types("alice", "#soc", "/s1 isolate TWIN for=4h reason=beaconing")
	choice := s.isTold("alice", "2 endpoints are called")
	s.clicks("alice", choice, choice.Buttons()[0])
	s.sees("#approvals", "Approval needed", "TWIN", "beaconing", "For 4 hours")
}

// A console that is away at the end is asked again; the card says what it waits for.
func TestAnEndWaitsForTheConsole(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card := s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	s.console.Fail(s1sim.Match{Method: "GET", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	s.pass(time.Hour)
	s.becomes(card, "Time is up", "the console isn't responding. I'll end the isolation as soon as I can")
	s.console.Heal()
	s.pass(approvals.TermLease + time.Second)
	s.sees("#approvals", "Approval needed", "Connect Agent")
}

// An endpoint that was off all the time is still to be isolated when it comes back, also where a console shows it as connected until
// then: forgetting it would isolate it for good.
func TestTheEndOfAnIsolationThatNeverReachedItsHost(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.isolates("LAPTOP-OFF", "1h")
	s.console.SetAgent("LAPTOP-OFF", func(a map[string]any) {
		a["networkStatus"], a["lastActiveDate"] = "connected", "2026-01-01T00:00:00.000000Z"
	})
	s.pass(time.Hour)
	s.sees("#approvals", "Approval needed", "Connect Agent To Network", "LAPTOP-OFF")
}

// files has a process write the end of an isolation down, and die before it could say so.
func (s timed) files(was approvals.Request) approvals.Request {
	s.t.Helper()
	dying, err := approvals.New(approvals.Config{Store: s.program.db.Requests(), Owner: "dying", Now: s.config.now})
	require.NoError(s.t, err)
	end := endpoints.Reconnect([]s1.AgentID{s1.AgentID(fmt.Sprint(s.console.Agent("DESKTOP-1")["id"]))})
	next, _, err := dying.Submit(s.t.Context(), approvals.Request{
		Key: fmt.Sprintf("end %s 1 0", was.ID), After: was.ID, Command: end.Command, Title: "Connect Agent To Network", Risk: "destructive",
		Repeatable: true, Args: end.Args, Plan: was.Plan, Targets: 1, Requester: was.Requester, RequesterName: was.RequesterName,
		Reason: "It is over.", State: approvals.Approved, By: []string{policy.Operators}, Rule: "approvals.reconnect_on_time"})
	require.NoError(s.t, err)
	return next
}

// tellAtTheEnd starts a story in which an isolation is over and a dying process has written its end down, and nobody looks for an hour.
func tellAtTheEnd(t *testing.T) (s timed, card slacksim.Message, was, next approvals.Request) {
	t.Helper()
	s = tellInTime(t, allowedBy(t, "approvals: {reconnect_on_time: true}"))
	card = s.isolates("DESKTOP-1", "1h")
	s.becomes(card, "1 applied")
	was = s.asked("disconnect-agent-from-network")[0]
	s.stop()
	s.config.tick = time.Hour
	s.start()
	s.pass(time.Hour)
	next = s.files(was)
	return s, card, was, next
}

// Who extends at the very moment of the end is not overtaken by an end that was written down a moment before.
func TestAnExtensionAtTheLastMomentHolds(t *testing.T) {
	t.Parallel()
	s, card, was, next := tellAtTheEnd(t)
	s.types("bob", "#soc", "/s1 extend "+was.Ref+" for=2h")
	s.becomes(card, "Extended by 2 hours")
	s.stop()
	s.config.tick = 50 * time.Millisecond
	s.start()
	s.pass(5 * time.Second)
	s.sees("#approvals", next.Ref, "Failed", "was extended")
	require.Equal(t, "disconnected", s.console.NetworkStatus("DESKTOP-1"))
	require.Len(t, s.changes(1), 1)
}

// An end that a dying process had written down is told as asked for by who takes over, although it has brought the host back already.
func TestAnEndThatIsWrittenDownIsToldAsAskedFor(t *testing.T) {
	t.Parallel()
	s, card, _, next := tellAtTheEnd(t)
	_, err := s.program.bot.Ledger.Run(t.Context(), next, func(context.Context, approvals.Request) approvals.Result {
		s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["networkStatus"] = "connected" })
		return approvals.Result{Outcome: approvals.Successful}
	})
	require.NoError(t, err)
	s.stop()
	s.config.tick = 50 * time.Millisecond
	s.start()
	s.becomes(card, ", ended ", "I'm reconnecting it, as the policy allows: "+next.Ref)
	require.Equal(t, 1, s.audited(approvals.ActionEnded))
}

// What was approved and then held up by a freeze until it was too old says so, and not that nobody decided.
func TestWhatWasApprovedAndNotRunSaysSo(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=beaconing")
	card := s.sees("#approvals", "Approval needed")
	s.types("bob", "#soc", "/s1 freeze")
	s.sees("#approvals", "Frozen")
	err := approvals.ErrConflict
	for tries := 0; errors.Is(err, approvals.ErrConflict) && tries < 100; tries++ { // the bot writes down what its cards show of the freeze
		req := s.asked("disconnect-agent-from-network")[0]
		req.State, req.Agreed = approvals.Approved, s.config.now()
		req.Approvals = []approvals.Vote{{User: "U0CAROL00", At: req.Agreed}}
		err = s.program.db.Requests().Swap(t.Context(), req)
	}
	require.NoError(t, err)
	s.pass(61 * time.Minute)
	card = s.becomes(card, "Expired", "Approved by", "didn't run within an hour", "Nothing was done")
	require.NotContains(t, card.PlainText(), "Nobody decided")
	s.isWrittenTo("alice", "didn't run within an hour")
	require.Empty(t, s.console.Changes())
}

// Who was told that it may have run hears how it ended when it was run again.
func TestARunThatIsRepeatedIsTold(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{Method: "POST", PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.Reset, AfterEffect: true})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	card = s.becomes(card, "May have run")
	s.isWrittenTo("alice", "May have run")
	s.clicks("bob", card, "Run again")
	s.becomes(card, "Successful")
	s.isWrittenTo("alice", "Successful", "DESKTOP-1")
}
