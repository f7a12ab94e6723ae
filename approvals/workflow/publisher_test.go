package workflow

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/render"
)

// fails has the messenger fail at one thing in one channel.
func (c *chat) fails(op, channel string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = func(o, ch string) error {
		if o == op && (channel == "" || ch == channel) {
			return err
		}
		return nil
	}
}

func (c *chat) heals() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = nil
}

// Who asked hears that nobody can see the request, and hears again when somebody can; operators hear it once.
func TestACardThatTheChannelDoesNotTakeIsPostedLater(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.chat.fails("post", channel, &MessageError{Fate: Final, Reason: "the channel is archived", Err: errors.New("is_archived")})
	answer, err := k.Says(alice, isolate)
	require.NoError(t, err)
	require.Contains(t, answer, "Its card isn't in the approvals channel yet: the channel is archived")
	require.Len(t, k.chat.topics, 1)
	require.Contains(t, k.chat.topics[0], "Approval cards don't reach the approvals channel (CAPPROVALS): the channel is archived")
	k.later(time.Minute)
	k.chat.heals()
	k.later(time.Minute)
	require.Contains(t, k.chat.reads(channel), "Approval needed")
	require.Contains(t, k.chat.reads(alice), "approvers can see your request now")
	require.Contains(t, k.chat.topics[len(k.chat.topics)-1], "is well")
}

// The answer to a post got lost, and the channel can be read: the card that is there is the card.
func TestACardWhoseAnswerGotLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.chat.fails("post", channel, errLost)
	_, err := k.Says(alice, isolate)
	require.NoError(t, err)
	k.chat.heals()
	k.later(time.Minute)
	req := k.last(approvals.Pending)
	require.Len(t, req.Cards, 1)
	require.Equal(t, 1, countCards(k), "no second card")
}

func countCards(k *kit) (n int) {
	for at, m := range k.chat.shown {
		if at.Channel == channel && m.thread == "" {
			n++
		}
	}
	return n
}

// The answer got lost, and nobody can look: a message without the buttons stands in, and one click puts the card in its place.
func TestAPlaceholderStandsInForACardThatMayBeThere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	lost := &MessageError{Fate: Unconfirmed, Err: errors.New("no answer")}
	posts := 0
	k.chat.fail = func(op, ch string) error {
		if posts++; op == "post" && ch == channel && posts == 1 {
			return lost
		}
		return nil
	}
	_, err := k.Says(alice, isolate)
	require.NoError(t, err)
	card := k.chat.reads(channel)
	require.Contains(t, card, "Slack didn't confirm the card")
	require.NotContains(t, card, "[Approve]")
	req := k.last(approvals.Pending)
	in, _ := k.by(bob)
	in.At = render.Origin{Channel: channel, Message: req.Cards[0].TS, Key: "click"}
	require.NoError(t, k.flow.Publisher.ShowHere(t.Context(), in, req.ID))
	require.Contains(t, k.chat.reads(channel), "[Approve]")
}

// A card that can't be edited any more is answered by a new message, which is edited from then on.
func TestAnEndThatACardCannotShowIsANewMessage(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	k.chat.fails("edit", channel, &MessageError{Fate: Final, Err: errors.New("edit_window_closed")})
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
	require.Contains(t, k.chat.reads(channel), "can't be edited any more")
	require.Contains(t, k.chat.reads(channel), "Denied")
}

func TestACardThatWasClickedOnIsACardOfTheRequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	other, err := k.chat.Post(t.Context(), channel, "", "something else", render.Notice("x"))
	require.NoError(t, err)
	in, _ := k.by(bob)
	in.At = render.Origin{Channel: channel, Message: other.TS}
	k.flow.Publisher.AdoptCard(t.Context(), in, req.ID)
	require.Len(t, k.get(req.ID).Cards, 1, "that message is about something else")
	k.chat.fails("find", channel, slow())
	k.flow.Publisher.AdoptCard(t.Context(), in, req.ID)
	require.Len(t, k.get(req.ID).Cards, 2, "where nobody can look, the click counts")
}

// What was asked for from a threat's card is told in its thread, too.
func TestTheThreadOfACardHearsWhatWasAskedThere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.chat.thread = "7.0"
	req := k.asks(alice, isolate)
	require.Equal(t, "7.0", req.Thread)
	require.Contains(t, k.chat.reads("CSOC"), "Waiting for approval")
	require.Contains(t, k.chat.reads("CSOC"), "@UALICE requested Disconnect Agent From Network on DESKTOP-1")
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.Contains(t, k.chat.reads("CSOC"), "Requested by @UALICE")
	require.NotContains(t, k.chat.reads("CSOC"), "Waiting for approval", "what stands there follows the request")
	require.NotContains(t, k.chat.reads("CSOC"), "Withdraw")
}

// What a dead process left is taken up: an approved request runs, an end that nobody heard of is told.
func TestWhatAProcessLeftIsTakenUp(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	in, _ := k.by(bob)
	_, err := k.ledger.Approve(t.Context(), req, in.Who.Person)
	require.NoError(t, err)
	k.later(time.Minute)
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, approvals.Done, k.get(req.ID).State)
}

// The same delivery comes twice after a crash: it is the same request. Who asked may not have read that it waits; where they certainly have,
// they don't read it twice.
func TestADeliveryThatComesAgainMakesNoSecondRequest(t *testing.T) {
	t.Parallel()
	for _, answered := range []bool{false, true} {
		k := newKit(t)
		k.replies = answered
		req := k.asks(alice, isolate)
		k.keys--
		answer, err := k.Says(alice, isolate)
		require.NoError(t, err)
		require.Equal(t, !answered, strings.Contains(answer, "Waiting for approval"), answer)
		all, err := k.ledger.Find(t.Context(), approvals.Query{})
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, req.ID, all[0].ID)
		require.Equal(t, 1, countCards(k))
	}
}

// A post that Slack took long after its time-out stands beside the card that was posted again: who decides there sees it change, too.
func TestACardThatTurnsUpLateFollowsTheRequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	known := req.Cards[0]
	late, err := k.chat.Post(t.Context(), channel, "", req.ID, k.chat.shown[Message{known.Channel, known.TS}].card)
	require.NoError(t, err)
	in, _ := k.by(bob)
	in.At.Channel, in.At.Message = late.Channel, late.TS
	require.NoError(t, k.flow.Decisions.Approve(t.Context(), in, req.ID))
	k.settle()
	for _, at := range []Message{late, {known.Channel, known.TS}} {
		require.Contains(t, wordsOf(k.chat.shown[at].card), "Successful")
	}
}

// Slack replaces an ephemeral answer by its response URL alone: when the request does not wait any more, so does its Withdraw. Five such
// answers are all there are, so what changes nothing for the person spends none.
func TestAnAnswerForOnePersonFollowsTheRequest(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*kit, approvals.Request){
		"Denied": func(k *kit, req approvals.Request) {
			in, _ := k.by(bob)
			require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
		},
		"Successful": func(k *kit, req approvals.Request) {
			_, err := k.approves(bob, req.ID)
			require.NoError(t, err)
		},
		"Expired": func(k *kit, _ approvals.Request) { k.later(time.Hour) },
	} {
		k := newKit(t)
		k.replies = true
		req := k.asks(alice, isolate)
		require.Contains(t, k.chat.reads(aside), "[Withdraw]")
		req = k.get(req.ID)
		reply := req.ReplyTo()
		said := Message{aside, reply}
		k.flow.Publisher.show(t.Context(), req.ID)
		k.later(time.Second)
		require.Zero(t, k.chat.shown[said].edits, "it waits as before")
		end(k, req)
		k.settle()
		require.Contains(t, k.chat.reads(aside), name)
		require.NotContains(t, k.chat.reads(aside), "[Withdraw]")
		req = k.get(req.ID)
		require.Empty(t, req.ReplyTo(), "it is done with")
		require.Equal(t, 1, k.chat.shown[said].edits, "only the end is worth one of the five")
		require.Equal(t, reply, k.chat.delivered[len(k.chat.delivered)-1].Kept, "the end may go the same way")
	}
}

// "Accepted, not isolated yet" is not the end: what the endpoints made of it takes its place, and what is between costs none of the five.
func TestAnAnswerForOnePersonFollowsTheEndpoints(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.replies = true
	k.console.SetOnline("DESKTOP-1", false)
	k.console.SetOnline("DESKTOP-2", false)
	req := k.asks(alice, "isolate DESKTOP-1,DESKTOP-2 reason=ransomware")
	req = k.get(req.ID)
	said := Message{aside, req.ReplyTo()}
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	k.settle()
	require.Contains(t, wordsOf(k.chat.shown[said].card), "not isolated yet")
	require.Equal(t, 1, k.chat.shown[said].edits)

	k.console.SetOnline("DESKTOP-1", true)
	_, err = k.flow.Watcher.observe(t.Context(), k.get(req.ID))
	require.NoError(t, err)
	require.Equal(t, 1, k.chat.shown[said].edits, "half of it")

	k.console.SetOnline("DESKTOP-2", true)
	k.watches(k.jobs.watches[0])
	require.NotContains(t, wordsOf(k.chat.shown[said].card), "not isolated yet")
	require.Contains(t, wordsOf(k.chat.shown[said].card), "✅ Successful")
	require.Equal(t, 2, k.chat.shown[said].edits)
	req = k.get(req.ID)
	require.Empty(t, req.ReplyTo(), "it is done with")
}

// What lasts for seconds is worth none of the five, whoever draws meanwhile.
func TestAnAnswerForOnePersonIsLeftWhileTheRequestMoves(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.replies = true
	req := k.get(k.asks(alice, isolate).ID)
	ref := approvals.CardRef{Reply: req.ReplyTo()}
	for state, edits := range map[approvals.State]int{
		approvals.Pending: 0, approvals.Approved: 0, approvals.Running: 0, approvals.Frozen: 1, approvals.Interrupted: 1, approvals.Done: 1,
	} {
		before := k.chat.shown[Message{aside, ref.Reply}].edits
		req.State = state
		require.NoError(t, k.flow.Publisher.redraw(t.Context(), req, ref, false, render.Card{}))
		require.Equal(t, edits, k.chat.shown[Message{aside, ref.Reply}].edits-before, state)
	}
}

// After half an hour Slack takes no more through a response URL, and nobody tries for ever.
func TestAnAnswerThatCannotBeReplacedAnyMoreIsLeft(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.replies = true
	req := k.asks(alice, isolate)
	k.chat.fails("edit", aside, &MessageError{Fate: Final, Err: errors.New("expired_url")})
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
	now := k.get(req.ID)
	require.Empty(t, now.ReplyTo())
	require.False(t, now.Behind())
}

// The same card late, where nobody clicks: at the end of the request it is looked for, for its buttons would be live for ever.
func TestALateTwinThatNobodyClicksEndsWithTheRequest(t *testing.T) {
	t.Parallel()
	for name, pause := range map[string]time.Duration{"posted again": 2 * time.Second, "posted once": 0} {
		k := newKit(t)
		finds := 0
		k.chat.fail = func(op, ch string) error {
			if op == "post" && ch == channel {
				k.mu.Lock()
				k.ahead += pause
				k.mu.Unlock()
			}
			if op == "find" {
				finds++
			}
			return nil
		}
		req := k.asks(alice, isolate)
		known := req.Cards[0]
		late, err := k.chat.Post(t.Context(), channel, "", req.ID, k.chat.shown[Message{known.Channel, known.TS}].card)
		require.NoError(t, err)
		in, _ := k.by(bob)
		require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
		if pause == 0 {
			require.Zero(t, finds, "%s: Slack is not asked in vain", name)
			continue
		}
		require.Contains(t, wordsOf(k.chat.shown[late].card), "Denied", name)
		require.NotContains(t, wordsOf(k.chat.shown[late].card), "[Approve]", name)
	}
}

// A twin that Slack posts only when the request has ended is nobody's card until somebody clicks there: then it finds its request, and says
// how that ended.
func TestACardThatArrivesAfterTheEndFindsItsRequest(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	known := req.Cards[0]
	drawn := k.chat.shown[Message{known.Channel, known.TS}].card
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
	late, err := k.chat.Post(t.Context(), channel, "", req.ID, drawn)
	require.NoError(t, err)
	in, _ = k.by(bob)
	in.At.Channel, in.At.Message = late.Channel, late.TS
	require.ErrorIs(t, k.flow.Decisions.Approve(t.Context(), in, req.ID), approvals.ErrNotPending)
	k.later(time.Minute)
	require.Contains(t, wordsOf(k.chat.shown[late].card), "Denied")
	require.NotContains(t, wordsOf(k.chat.shown[late].card), "[Approve]")
	require.Empty(t, k.console.Changes())
}

// unreadable is a store whose rows cannot be read.
type unreadable struct{ approvals.Store }

func (unreadable) Find(context.Context, approvals.Query) ([]approvals.Request, error) {
	return nil, errors.New("the database is away")
}

// What is only behind was told before; that the row cannot be read while it is drawn makes that no news.
func TestAnEndThatWasToldIsNotToldAgainWhereItsRowCannotBeRead(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	req = k.get(req.ID)
	require.True(t, req.Delivered)
	before := len(k.chat.order)
	k.flow.Keeper.Ledger, err = approvals.New(approvals.Config{Store: unreadable{k.store}, Owner: "kit", Now: k.now})
	require.NoError(t, err)
	require.NoError(t, k.flow.Keeper.takeUp(t.Context(), req))
	require.Len(t, k.chat.order, before, "nobody reads it twice")
}

// What Slack did not take at the end of a run is said later, also where the endpoint still has to do it: until then the answer says that the request waits.
func TestAnAnswerThatMissedTheEndOfItsRunIsReplacedLater(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.replies = true
	k.console.SetOnline("DESKTOP-1", false)
	req := k.asks(alice, isolate)
	k.chat.fails("edit", aside, slow())
	_, err := k.approves(bob, req.ID)
	require.NoError(t, err)
	require.True(t, k.get(req.ID).Delivered)
	require.Contains(t, k.chat.reads(aside), "[Withdraw]")
	k.chat.heals()
	k.later(time.Minute)
	require.Contains(t, k.chat.reads(aside), "Accepted, not isolated yet")
	require.NotContains(t, k.chat.reads(aside), "[Withdraw]")
}

// A copy that is gone is no card, whatever it told of a freeze: nobody reads there that a card can't be edited.
func TestACopyThatIsGoneIsNoCard(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	req := k.asks(alice, isolate)
	require.NoError(t, k.ledger.Cards().AddCopy(t.Context(), req.ID, approvals.CardRef{Channel: dave, TS: "9.9", Shown: req.Rev, Offer: true, Freeze: "a freeze"}))
	in, _ := k.by(bob)
	require.NoError(t, k.flow.Decisions.Deny(t.Context(), in, req.ID, "no"))
	require.Empty(t, k.chat.reads(dave))
}
