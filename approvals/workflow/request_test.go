package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

const isolate = `isolate DESKTOP-1 reason="beaconing" ticket=INC-7`

// What approvers see names what will be touched, who asks and why, and what they can do.
func TestARequestShowsWhatItWouldTouch(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	card := k.chat.reads(channel)
	for _, words := range []string{"Approval needed · Disconnect Agent From Network", "Touches 1 endpoint in Paris", "DESKTOP-1", "beaconing", "INC-7", req.Ref, "[Approve]", "[Deny]", "[Withdraw]"} {
		require.Contains(t, card, words)
	}
	require.Empty(t, k.console.Changes())
}

func TestNobodyApprovesTheirOwnRequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	_, err := k.approves(alice, req.ID)
	require.ErrorIs(t, err, approvals.ErrSelfApproval)
	_, err = k.approves(dave, req.ID)
	require.ErrorIs(t, err, approvals.ErrNotApprover)
	require.Equal(t, approvals.Pending, k.get(req.ID).State)
	require.Empty(t, k.console.Changes())
}

// One approval runs it once, whoever approves how often; the card, its thread and the requester hear how it went.
func TestAnApprovedRequestRunsOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	answer, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, answer, "is running now")
	_, err = k.approves(carol, req.ID)
	require.ErrorIs(t, err, approvals.ErrNotPending)
	require.NoError(t, k.flow.Decisions.executor.execute(t.Context(), req.ID, nil))
	k.settle()
	k.tick()
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
	require.Contains(t, k.chat.reads(channel), "isolation accepted")
	require.Contains(t, k.chat.reads(alice), "Approved by @UBOB")
}

// The last approval reaches the console before any card is edited, and a console that answers at once costs one edit, not two.
func TestADecisionDoesNotWaitForItsCards(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	card := k.chat.shown[k.chat.order[0]]
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Approve(t.Context(), in, req.ID))
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
	require.Zero(t, card.edits)
	k.settle()
	require.Equal(t, 1, card.edits)
	require.True(t, k.get(req.ID).Delivered)
}

// The console's yes is the beginning: the card counts what the endpoints did.
func TestTheCardFollowsWhatTheEndpointsDo(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Len(t, k.jobs.watches, 1)
	ways, asked := 0, len(k.console.Calls())
	k.giveWay = func(context.Context) {
		ways++
		require.Equal(t, 1, ways, "one look saw everything")
		require.Len(t, k.console.Calls(), asked, "what people wait for goes before the look")
	}
	k.watches(k.jobs.watches[0])
	require.Equal(t, 1, ways)
	require.Contains(t, k.chat.reads(channel), "1 accepted · 1 applied")
	require.NotContains(t, k.chat.reads(alice), "Applied ·", "the card says it, and it was quick")
}

func TestWhatIsOfflineIsWaitedForAndToldOfLater(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.console.SetOnline("DESKTOP-1", false)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	w := k.flow.Watcher
	e, err := w.observe(t.Context(), k.get(req.ID))
	require.NoError(t, err)
	require.Equal(t, []string{"DESKTOP-1 is offline"}, e.Waiting)
	require.Contains(t, k.chat.reads(channel), "Accepted, not isolated yet: DESKTOP-1 is offline")
	require.NotContains(t, k.chat.reads(channel), "1 waiting", "the first line says it")

	k.later(time.Hour)
	var said delivered
	over, err := w.look(t.Context(), k.jobs.watches[0], &said, func(json.RawMessage) error { return nil })
	require.NoError(t, err)
	require.False(t, over)
	require.Contains(t, k.chat.reads(alice), "Not applied yet · Disconnect Agent From Network")
	require.True(t, said.Warned)

	k.console.SetOnline("DESKTOP-1", true)
	k.watches(k.jobs.watches[0])
	require.Contains(t, k.chat.reads(channel), "1 accepted · 1 applied")
	require.Contains(t, k.chat.reads(alice), "Applied · Disconnect Agent From Network")
}

func TestWhatIsNeverAppliedIsWatchedForADay(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.console.SetOnline("DESKTOP-1", false)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.later(25 * time.Hour)
	k.watches(k.jobs.watches[0])
	require.Contains(t, k.chat.reads(alice), "I've stopped watching")
}

func TestADenialNeedsAReasonAndTheRequesterReadsIt(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, d := k.by(bob)
	require.ErrorIs(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, ""), ErrNoReason)
	require.Equal(t, approvals.Pending, k.get(req.ID).State)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "the CEO's laptop"))
	require.Contains(t, d.read(), "Denied: Disconnect Agent From Network")
	require.Contains(t, k.chat.reads(channel), "the CEO's laptop")
	require.Contains(t, k.chat.reads(alice), "the CEO's laptop")
	require.Empty(t, k.console.Changes())
}

func TestTheRequesterAloneWithdraws(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, _ := k.by(bob)
	require.ErrorIs(t, k.flow.Decisions.Withdraw(t.Context(), in, req.ID), approvals.ErrNotYours)
	in, d := k.by(alice)
	require.NoError(t, k.flow.Decisions.Withdraw(t.Context(), in, req.ID))
	require.Contains(t, d.read(), "Withdrawn")
	require.Contains(t, k.chat.reads(channel), "Withdrawn · ")
}

func TestARequestWithoutAReasonIsNotWrittenDown(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, err := k.Says(alice, "isolate DESKTOP-1")
	require.ErrorIs(t, err, ErrNoReason)
	all, err := k.ledger.Find(t.Context(), approvals.Query{})
	require.NoError(t, err)
	require.Empty(t, all)
}

func TestTheSameRequestIsShownAndNotMadeTwice(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first := k.asks(alice, isolate)
	answer, err := k.Says(alice, isolate)
	require.NoError(t, err)
	require.Contains(t, answer, "You've already requested this")
	require.Contains(t, answer, first.Ref)
	all, err := k.ledger.Find(t.Context(), approvals.Query{})
	require.NoError(t, err)
	require.Len(t, all, 1)
}

func TestWhoMayNotAskIsRefusedAndTheTrailSaysSo(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, err := k.Says(dave, isolate)
	var refused *policy.RefusedError
	require.ErrorAs(t, err, &refused)
	trail, err := k.ledger.Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	var actions []string
	for e, err := range trail.Entries {
		require.NoError(t, err)
		actions = append(actions, e.Actor+" "+e.Action)
	}
	require.Contains(t, actions, dave+" refused")
}

// What needs no approval runs at once, and its person waits for the answer.
func TestWhatTheRoleAllowsRunsAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	answer, err := k.Says(alice, `initiate-scan DESKTOP-1`)
	require.NoError(t, err)
	require.NotContains(t, answer, "Waiting")
	require.Len(t, k.console.Changes(), 1)
	require.Empty(t, k.chat.reads(channel))
}

func TestTwoApprovalsAreCounted(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) {
		s.Rules = []policy.Rule{{Name: "two", Commands: []string{"disconnect-agent-from-network"}, Effect: policy.Approve, By: []string{policy.Approvers}, Quorum: 2}}
	})
	req := k.asks(alice, isolate)
	require.Contains(t, k.chat.reads(channel), "2 approvals needed")
	answer, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, answer, "1 of 2")
	require.Empty(t, k.console.Changes())
	_, err = k.approves(carol, req.ID)
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 1)
}

func TestARequestThatNobodyDecidesExpires(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.later(20 * time.Minute)
	require.Contains(t, k.chat.reads(channel), "Still waiting")
	k.later(11 * time.Minute)
	require.Equal(t, approvals.Expired, k.get(req.ID).State)
	require.Contains(t, k.chat.reads(channel), "Nobody decided in time")
	require.Contains(t, k.chat.reads(alice), "Nobody decided in time")
}

// A run whose answer got lost may have happened: people decide, with what the console says now before them.
func TestARunWithoutAnAnswerIsForPeopleToDecide(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, "shutdown DESKTOP-1 reason=test")
	k.console.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.Reset, Times: -1})
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.console.Heal()
	got := k.get(req.ID)
	require.Equal(t, approvals.Interrupted, got.State)
	card := k.chat.reads(channel)
	require.Contains(t, card, "May have run")
	require.Contains(t, card, "The console now says: DESKTOP-1 is online")
	require.Contains(t, card, "[Run again]")
	in, d := k.by(carol)
	require.NoError(t, k.flow.Decisions.Close(t.Context(), in, req.ID, "it is off"))
	require.Contains(t, d.read(), "Closed")
	require.Contains(t, k.chat.reads(channel), "Closed by @UCAROL")
}

func TestAnInterruptedRunRunsAgainWhereAPersonSaysSo(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, "shutdown DESKTOP-1 reason=test")
	k.console.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.Reset, Times: -1})
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.console.Heal()
	k.console.Reset()
	in, _ := k.by(carol)
	require.NoError(t, k.flow.Decisions.RunAgain(t.Context(), in, req.ID))
	k.settle()
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
}

func TestWhatTheConsoleRefusesIsSaidOnTheCard(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.console.Fail(s1sim.Match{Method: "POST"}, s1sim.Fault{Kind: s1sim.Refused, Status: 400, Title: "Validation", Detail: "no such agent"})
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Equal(t, approvals.Failed, k.get(req.ID).State)
	require.Contains(t, k.chat.reads(channel), "Failed")
	require.Empty(t, k.jobs.watches)
}

// Where nobody can tell whether somebody may decide, the card says who decided and which question has no answer, until it counts or never will.
func TestACardTellsOfADecisionThatDoesNotCountYet(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(k *kit, id string){
		"it counts":  func(k *kit, id string) { _, err := k.approves(bob, id); require.NoError(k.t, err) },
		"it did not": func(k *kit, id string) { k.flow.Decisions.HideUncounted(k.t.Context(), id, bob) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			req := k.asks(alice, isolate)
			card := func() string {
				at := k.get(req.ID).Cards[0]
				return wordsOf(k.chat.shown[Message{at.Channel, at.TS}].card)
			}
			u := approvals.Uncounted{User: bob, Action: "approved", Question: "I can't read user groups (fatal_error)", Until: k.now().Add(approvals.MaxHold)}
			k.flow.Decisions.ShowUncounted(t.Context(), req.Ref, u)
			require.Contains(t, card(), "approved this, which doesn't count yet: I can't read user groups (fatal_error). I'll keep checking until")
			require.Empty(t, k.console.Changes())
			end(k, req.ID)
			require.NotContains(t, card(), "doesn't count yet")
			k.flow.Decisions.ShowUncounted(t.Context(), "A-0000", u) // of a word that names no request
		})
	}
}

// A full disk at the moment when the watch begins costs the watch a few seconds, and not the card its end.
func TestAWatchThatCannotBeginBeginsLater(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.jobs.full = errors.New("database or disk is full")
	req := k.asks(alice, `disconnect-agent-from-network DESKTOP-1 reason="r"`)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.tick()
	require.Empty(t, k.jobs.watches)
	k.jobs.full = nil
	k.tick()
	k.tick()
	require.Len(t, k.jobs.watches, 1, "once")
	require.Equal(t, req.ID, k.jobs.watches[0].Request)
}

// Whose click is taken up again after a crash reads of their approval, and not that somebody has decided.
func TestAnApprovalThatComesAgainIsTheirOwn(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, `disconnect-agent-from-network DESKTOP-1 reason="r"`)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	said, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, said, "You approved this.")
	_, err = k.approves(carol, req.ID)
	require.ErrorIs(t, err, approvals.ErrNotPending)
	require.Len(t, k.console.Changes(), 1)
}

// A 429 is a clear answer: the change was not made. It is never repeated unasked; who wants it still has a button.
func TestWhatTheConsoleWasTooBusyForIsOfferedAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, `isolate DESKTOP-1 for=1h reason=beaconing`)
	k.console.Fail(s1sim.Match{PathPrefix: "/agents/actions/disconnect"}, s1sim.Fault{Kind: s1sim.TooMany, RetryAfter: 20 * time.Second})
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, k.chat.reads(channel), "[Request it again]")
	require.NotContains(t, k.chat.reads(channel), "For 1 hour", "nothing lasts for a time that was not done")
	require.Equal(t, "connected", k.console.NetworkStatus("DESKTOP-1"))
	again := requestcards.Result(k.get(req.ID)).Actions[0].(render.Button).Do
	require.JSONEq(t, string(req.Args), string(again.Args), "the same endpoints")
	require.Contains(t, string(again.Said), "beaconing")

	k.console.Fail(s1sim.Match{PathPrefix: "/agents/actions/initiate-scan"}, s1sim.Fault{Kind: s1sim.TooMany})
	said, err := k.Says(alice, "initiate-scan DESKTOP-2")
	require.NoError(t, err)
	require.Contains(t, said, "[Run it again]")
}

// A process that stops while a watch gives way must leave it to the next one, however long it has gone on: its end is still to be told.
func TestAWatchThatGivesWayWhenTheProcessStopsIsNotOver(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.mu.Lock()
	k.ahead += 2 * effect.WatchLimit
	k.mu.Unlock()
	ctx, stop := context.WithCancel(t.Context())
	k.giveWay = func(context.Context) { stop() }
	require.ErrorIs(t, k.flow.Watcher.Watch(ctx, k.jobs.watches[0], func(json.RawMessage) error { return nil }), context.Canceled)
}
