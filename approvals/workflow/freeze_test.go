package workflow

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/requestcards"
	"s1bot/render"
)

// A freeze stops what is asked for and what was approved, until two approvers end it.
func TestAFreezeStopsEverythingThatChangesAnything(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, d := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "account stolen"))
	require.Contains(t, d.read(), "Frozen")
	require.Contains(t, k.chat.reads(channel), "froze changes")
	require.Contains(t, k.chat.reads(channel), "account stolen")

	_, err := k.Says(alice, "initiate-scan DESKTOP-2")
	require.ErrorIs(t, err, approvals.ErrFrozen)
	_, err = k.approves(carol, req.ID)
	require.ErrorIs(t, err, approvals.ErrFrozen)
	require.Empty(t, k.console.Changes())

	again, said := k.by(carol)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), again, ""))
	require.Contains(t, said.read(), "already frozen")
	one, said := k.by(bob)
	require.NoError(t, k.flow.Decisions.Thaw(t.Context(), one))
	require.Contains(t, said.read(), "1 of 2")
	two, said := k.by(carol)
	require.NoError(t, k.flow.Decisions.Thaw(t.Context(), two))
	require.Contains(t, said.read(), "The freeze is over")
	require.Contains(t, k.chat.reads(channel), "Freeze is over")
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "account stolen"))
	require.Contains(t, d.read(), "The freeze you started is over", "a delivery that comes again freezes nothing")

	_, err = k.approves(carol, req.ID)
	require.NoError(t, err)
	require.Len(t, k.console.Changes(), 1)
}

// Nobody who pulls the brake has to explain it first; the cards ask for it, and follow.
func TestAFreezeWithoutAReasonTakesOneLater(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	shown := k.chat.shown[Message(k.cardOf(k.asks(alice, isolate)))]
	in, d := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, ""))
	k.settle()
	require.Contains(t, d.read(), "You gave no reason")
	require.Contains(t, d.read(), "[Add a reason]")
	require.Contains(t, k.chat.reads(channel), "No reason given.")
	freeze := k.last(approvals.Frozen)
	in, _ = k.by(dave)
	require.ErrorIs(t, k.flow.Decisions.GiveFreezeReason(t.Context(), in, freeze.ID, "fun"), approvals.ErrNotApprover)
	in, _ = k.by(carol)
	require.ErrorIs(t, k.flow.Decisions.GiveFreezeReason(t.Context(), in, freeze.ID, ""), ErrNoReason)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "ransomware at HQ"), "as it is typed")
	k.settle()
	require.Contains(t, wordsOf(shown.card), "ransomware at HQ", "the card of a request that waits")
	require.NotContains(t, k.chat.reads(channel), "No reason given.")
	in, d = k.by(bob)
	require.NoError(t, k.flow.Decisions.GiveFreezeReason(t.Context(), in, freeze.ID, "a drill"))
	require.Contains(t, d.read(), "has a reason already")
	require.Equal(t, "ransomware at HQ", k.get(freeze.ID).Reason)
}

// While changes are frozen a request's card says who froze them, when and why, and nobody can click Approve; after the thaw it is as before.
func TestACardTellsOfAFreezeWhileItHolds(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	shown := k.chat.shown[Message(k.cardOf(req))]
	require.Contains(t, wordsOf(shown.card), "[Approve]")
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Freeze(t.Context(), in, "ransomware at HQ"))
	k.settle()
	words := wordsOf(shown.card)
	require.Contains(t, words, "Changes are frozen by @UBOB")
	require.Contains(t, words, "ransomware at HQ")
	require.NotContains(t, words, "[Approve]")
	require.Contains(t, words, "[Deny]\n[Withdraw]")
	window, err := k.flow.Preview.Review(t.Context(), in, req.ID)
	require.NoError(t, err)
	require.Contains(t, wordsOf(window), "Changes are frozen by @UBOB")
	require.NotContains(t, wordsOf(window), "[Approve]")

	edits := shown.edits
	k.tick()
	require.Equal(t, edits, shown.edits, "what tells of the freeze is not edited again")

	for _, who := range []string{bob, carol} {
		thaws, _ := k.by(who)
		require.NoError(t, k.flow.Decisions.Thaw(t.Context(), thaws))
	}
	k.settle()
	require.NotContains(t, wordsOf(shown.card), "frozen")
	require.Contains(t, wordsOf(shown.card), "[Approve]")
}

// A freeze takes away what runs something, and nothing else: an interrupted request can be closed, and what is over stays as it is.
func TestAFreezeLeavesWhatRunsNothing(t *testing.T) {
	t.Parallel()
	freeze := approvals.Request{ID: "F", Requester: bob}
	interrupted := approvals.Request{ID: "R", State: approvals.Interrupted}
	require.Len(t, requestcards.ActionsUnder(approvals.Request{}, interrupted), 2)
	left := requestcards.ActionsUnder(freeze, interrupted)
	require.Len(t, left, 1)
	require.Equal(t, "close", left[0].(render.Button).Do.Command)
	require.NotEmpty(t, requestcards.HeldParts(freeze, interrupted))
	require.Empty(t, requestcards.HeldParts(freeze, approvals.Request{ID: "R", State: approvals.Denied}))
}

// The card of a request tells of a freeze that began while it was being posted, or in another process, at the next tick.
func TestAFreezeOfAnotherProcessReachesTheCards(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	shown := k.chat.shown[Message(k.cardOf(k.asks(alice, isolate)))]
	_, _, err := k.ledger.Freeze(t.Context(), k.people.Who(t.Context(), bob).Person, "elsewhere", "")
	require.NoError(t, err)
	require.Contains(t, wordsOf(shown.card), "[Approve]")
	k.tick()
	require.NotContains(t, wordsOf(shown.card), "[Approve]")
}

// cardOf is where a request's card is.
func (k *kit) cardOf(req approvals.Request) (at struct{ Channel, TS string }) {
	k.t.Helper()
	k.settle()
	cards := k.get(req.ID).Cards
	require.NotEmpty(k.t, cards)
	at.Channel, at.TS = cards[0].Channel, cards[0].TS
	return at
}

func TestOnlyApproversFreeze(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	in, _ := k.by(dave)
	var barred *BarredError
	require.ErrorAs(t, k.flow.Decisions.Freeze(t.Context(), in, ""), &barred)
	require.ErrorIs(t, barred, approvals.ErrNotApprover)
	require.Contains(t, render.Card{Parts: []render.Part{barred.Whose}}.Plain(), bob, "who can")
	in, _ = k.by(bob)
	require.ErrorIs(t, k.flow.Decisions.Thaw(t.Context(), in), approvals.ErrNotFrozen)
}
