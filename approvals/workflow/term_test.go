package workflow

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

const isolateFor = `isolate DESKTOP-1 for=1h reason=beaconing`

// isolated is a request whose isolation for an hour has begun.
func (k *kit) isolated() approvals.Request {
	k.t.Helper()
	req := k.asks(alice, isolateFor)
	_, err := k.approves(bob, req.ID)
	require.NoError(k.t, err)
	require.Equal(k.t, "disconnected", k.console.NetworkStatus("DESKTOP-1"))
	return k.get(req.ID)
}

// At the end of an isolation the bot asks for the reconnection; a person approves it, as any other change.
func TestATimedIsolationEndsInARequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	require.Contains(t, k.chat.reads(channel), "Then I ask an approver to reconnect it")
	k.later(55 * time.Minute)
	require.Contains(t, k.chat.reads(alice), "An isolation ends soon")
	k.later(6 * time.Minute)
	next := k.last(approvals.Pending)
	require.Equal(t, req.ID, next.After)
	require.Equal(t, "connect-agent-to-network", next.Command)
	require.Contains(t, k.chat.reads(channel), "Requested by the bot on behalf of @UALICE")
	require.Contains(t, k.chat.reads(alice), "I requested the reconnection: "+next.Ref)
	require.Equal(t, "disconnected", k.console.NetworkStatus("DESKTOP-1"))
	_, err := k.approves(carol, next.ID)
	require.NoError(t, err)
	require.Equal(t, "connected", k.console.NetworkStatus("DESKTOP-1"))
}

func TestTheBotReconnectsAloneWhereThePolicySaysSo(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) { s.ReconnectOnTime = true })
	k.isolated()
	k.later(61 * time.Minute)
	require.Equal(t, "connected", k.console.NetworkStatus("DESKTOP-1"))
	require.Contains(t, k.chat.reads(alice), "I'm reconnecting it, as the policy allows")
}

// Another isolation of the same host stands: nobody lifts both without a person who says so.
func TestTheBotDoesNotEndTheIsolationOfAnother(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) { s.ReconnectOnTime = true })
	k.isolated()
	other := k.asks(alice, `isolate DESKTOP-1 reason="for good"`)
	_, err := k.approves(bob, other.ID)
	require.NoError(t, err)
	k.later(61 * time.Minute)
	require.Equal(t, "disconnected", k.console.NetworkStatus("DESKTOP-1"))
	require.Contains(t, k.chat.reads(alice), "was isolated again ("+other.Ref+")")
}

func TestWhatAPersonReconnectedIsNotAskedForAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	again := k.asks(alice, `reconnect DESKTOP-1 reason=clean`)
	_, err := k.approves(carol, again.ID)
	require.NoError(t, err)
	k.later(61 * time.Minute)
	require.Contains(t, k.chat.reads(alice), "DESKTOP-1 is connected again")
	require.Empty(t, k.get(req.ID).Term.Next)
}

func TestAnIsolationStaysWhileEverythingIsFrozen(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "drill"))
	k.later(61 * time.Minute)
	require.Equal(t, "changes are frozen", k.get(req.ID).Term.Held)
	require.Contains(t, k.chat.reads(channel), "I'll end the isolation as soon as I can")
}

func TestAnIsolationStaysWhileTheConsoleDoesNotAnswer(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	k.console.Fail(s1sim.Match{}, s1sim.Fault{Kind: s1sim.ServerError, Status: 503, Times: -1})
	k.later(61 * time.Minute)
	require.Equal(t, "the console isn't responding", k.get(req.ID).Term.Held)
	k.console.Heal()
	k.later(5 * time.Minute)
	require.NotEmpty(t, k.get(req.ID).Term.Next)
}

func TestTheBotAsksForNothingThatTheRequesterMayNot(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.isolated()
	k.setPolicy(func(s *policy.Settings) { s.Operators = policy.Members([]string{dave}) })
	k.later(61 * time.Minute)
	require.Contains(t, k.chat.reads(alice), "I'm not allowed to request the reconnection on the requester's behalf")
	require.Equal(t, "disconnected", k.console.NetworkStatus("DESKTOP-1"))
}

// An extension takes what the isolation took: an approver, and never who asked for it, who can ask for one.
func TestAnExtensionTakesAnApprover(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	in, d := k.by(alice)
	require.NoError(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID, For: "2h"}))
	require.Contains(t, d.read(), "for 2 hours more")
	require.Contains(t, k.chat.reads(channel), "[Extend by 2 hours]")
	require.Contains(t, k.chat.reads(channel), "Extension by 2 hours requested by @UALICE")
	require.Contains(t, k.chat.reads(channel), "[Approve the extension by 2 hours]", "the request's own card offers it as well")
	require.Empty(t, k.get(req.ID).Term.Extensions)
	for _, user := range []string{bob, carol} {
		answer, err := k.approves(user, req.ID)
		require.NoError(t, err)
		require.Contains(t, answer, "isn't approved yet", "the reference alone is of the request, which was approved before")
		require.Contains(t, answer, "[Extend by 2 hours]")
	}
	_, err := k.approves(alice, req.ID)
	require.ErrorIs(t, err, approvals.ErrNotPending)
	require.Empty(t, k.get(req.ID).Term.Extensions)

	in, _ = k.by(carol)
	var open *LengthError
	require.ErrorAs(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID}), &open)
	none := 0
	require.NoError(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID, For: "2h", After: &none}))
	require.Contains(t, k.chat.reads(channel), "Extended by 2 hours by @UCAROL")
	in, _ = k.by(bob)
	require.ErrorIs(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID, For: "2h", After: &none}), errExtended)
	in, _ = k.by(dave)
	require.ErrorIs(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID, For: "2h"}), approvals.ErrNotApprover)

	k.later(61 * time.Minute)
	require.True(t, k.get(req.ID).Term.Running())
	k.later(121 * time.Minute)
	require.NotEmpty(t, k.get(req.ID).Term.Next)
}

// An extension that was asked for waits as a request does: people are reminded of it, and may say no.
func TestAnExtensionThatWaitsIsRemindedOfAndCanBeDenied(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	in, _ := k.by(alice)
	require.NoError(t, k.flow.Extensions.Extend(t.Context(), in, requestcards.Extension{Request: req.ID, For: "2h"}))
	k.later(14 * time.Minute)
	require.NotContains(t, k.chat.reads(channel), "Still waiting")
	for _, wait := range []time.Duration{time.Minute, 9 * time.Minute} { // half and four fifths of half an hour
		k.later(wait)
		require.Contains(t, k.chat.reads(channel), "Still waiting: extension by 2 hours")
		k.later(time.Second)
	}
	require.Equal(t, 2, strings.Count(k.chat.reads(channel), "Still waiting: extension"), "once each")
	deny := requestcards.Extension{Request: req.ID, For: "2h", Deny: true}
	for user, want := range map[string]error{alice: approvals.ErrSelfApproval, dave: approvals.ErrNotApprover} {
		in, _ = k.by(user)
		require.ErrorIs(t, k.flow.Extensions.Deny(t.Context(), in, deny, "no"), want)
	}
	in, _ = k.by(bob)
	require.ErrorIs(t, k.flow.Extensions.Deny(t.Context(), in, deny, ""), ErrNoReason)
	_, err := k.approves(carol, req.ID)
	require.NoError(t, err)
	in, d := k.by(carol)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "he is back"))
	require.Contains(t, d.read(), "[Deny the extension by 2 hours]", "the reference alone is of the request, which was approved before")

	ends := k.get(req.ID).Term.Ends
	in, _ = k.by(bob)
	require.NoError(t, k.flow.Extensions.Deny(t.Context(), in, deny, "he is back"))
	require.Contains(t, k.chat.reads(alice), "denied the extension by 2 hours")
	require.Contains(t, k.chat.reads(alice), "he is back")
	require.Empty(t, k.get(req.ID).Term.Proposed)
	require.Equal(t, ends, k.get(req.ID).Term.Ends)
	in, _ = k.by(carol)
	require.ErrorIs(t, k.flow.Extensions.Deny(t.Context(), in, deny, "me too"), approvals.ErrNoExtension)
}

func TestADeniedReconnectionLeavesTheIsolation(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.isolated()
	k.later(61 * time.Minute)
	in, _ := k.by(carol)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, k.last(approvals.Pending).ID, "not clean yet"))
	require.Contains(t, k.chat.reads(channel), "Nothing was done, and the isolation continues")
	require.Contains(t, k.chat.reads(alice), "[Reconnect]")
}

// The reconnection was filed, and somebody isolated the host anew before it ran: then a person has to say so.
func TestAReconnectionThatNobodyApprovedYieldsToAnotherIsolation(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	end := approvals.Request{After: req.ID, Plan: req.Plan, Key: endKey(req)}
	overlaps := k.flow.Submitter.overlaps
	require.NoError(t, overlaps.stillEnds(t.Context(), end))
	other := k.asks(alice, `isolate DESKTOP-1 reason="for good"`)
	_, err := k.approves(bob, other.ID)
	require.NoError(t, err)
	require.ErrorIs(t, overlaps.stillEnds(t.Context(), end), errOther)
	end.Quorum = 1
	require.NoError(t, overlaps.stillEnds(t.Context(), end), "somebody approved it")
	end.Key = "end of an earlier term"
	require.ErrorIs(t, overlaps.stillEnds(t.Context(), end), errLonger)
}

// What isolates may be of three months ago; of all else that was asked for since nothing is read for it.
func TestOnlyWhatIsolatesIsReadForAnIsolation(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	names := (&overlaps{Config: k.flow.Submitter.Config}).isolating("disconnect-agent-from-network", "connect-agent-to-network")
	require.Contains(t, names, "mitigate-threats", "it may quarantine a threat's endpoint from the network")
	for _, cmd := range k.catalog.Commands() {
		quarantines := cmd.Effect != nil && (cmd.Effect.Action == "networkquarantine" || cmd.Effect.ActionOf([]byte(`{"mitigate-action":"network-quarantine"}`)) == "networkquarantine")
		require.True(t, !quarantines || slices.Contains(names, cmd.Name), cmd.Name)
	}
	require.NotContains(t, names, "kill-processes")
}

// What was reconnected by a request is over with it: no card says that it is isolated, offers to reconnect it, or lets it be extended.
func TestAReconnectionEndsTheIsolation(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.isolated()
	both := k.asks(alice, `isolate DESKTOP-1,DESKTOP-2 reason="both"`)
	_, err := k.approves(bob, both.ID)
	require.NoError(t, err)
	back := k.asks(alice, `reconnect DESKTOP-1 reason=clean`)
	_, err = k.approves(carol, back.ID)
	require.NoError(t, err)
	require.Nil(t, k.get(req.ID).Undone, "the endpoint has not said so")
	k.watches(k.jobs.watches[len(k.jobs.watches)-1])
	after := k.get(req.ID)
	require.Equal(t, back.Ref, after.Undone.Ref)
	require.False(t, after.Term.Running())
	card := requestcards.Result(after)
	require.Equal(t, "DESKTOP-1 was reconnected ("+back.Ref+")", card.Lead)
	for _, a := range card.Actions {
		require.NotEqual(t, "Reconnect", a.(render.Button).Label)
	}
	require.Contains(t, k.chat.reads(channel), "DESKTOP-1 was reconnected ("+back.Ref+")")
	require.Contains(t, k.chat.reads(alice), "DESKTOP-1 was reconnected ("+back.Ref+")")
	require.Nil(t, k.get(both.ID).Undone, "DESKTOP-2 is isolated still")
	_, _, err = k.ledger.Extend(t.Context(), req.ID, k.people.Who(t.Context(), bob).Person, time.Hour, "click", "", nil)
	require.ErrorIs(t, err, approvals.ErrTermOver)
	said := k.chat.reads(alice)
	k.later(2 * time.Hour)
	require.Equal(t, said, k.chat.reads(alice), "nobody is asked to reconnect it")
	require.Equal(t, "connected", k.console.NetworkStatus("DESKTOP-1"))
}
