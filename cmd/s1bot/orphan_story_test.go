package main

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/slacksim"
)

// orphan has alice ask, and leaves the row as a crash does that comes between Slack's answer and the row: no card is in it.
func (s *story) orphan(command, host string) (card slacksim.Message, req approvals.Request) {
	s.t.Helper()
	s.types("alice", "#soc", "/s1 "+command+" "+host+" reason=test")
	s.isTold("alice", "Waiting for approval", host)
	card = s.sees("#approvals", "Approval needed", host)
	store, ref := s.program.db.Requests(), regexp.MustCompile(`A-[0-9A-F]+`).FindString(card.PlainText())
	for gone := false; !gone; { // the bot may still write down where it told her
		found, err := store.Find(s.t.Context(), approvals.Query{Ref: ref})
		require.NoError(s.t, err)
		require.Len(s.t, found, 1)
		req = found[0]
		req.Cards = nil
		if err = store.Swap(s.t.Context(), req); !errors.Is(err, approvals.ErrConflict) {
			require.NoError(s.t, err)
			gone = true
		}
	}
	return card, req
}

func TestACardThatACrashKeptOutOfItsRowIsKnownByItsFirstClick(t *testing.T) {
	t.Parallel()
	s := tell(t)
	card, _ := s.orphan("isolate", "DESKTOP-1")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "Approved by")
	require.Len(t, s.console.Changes(), 1)
}

func TestADeliveryTakenUpAgainGoesOnWithItsRequestAndFindsItsCard(t *testing.T) {
	t.Parallel()
	s := tell(t)
	card, req := s.orphan("shutdown", "DESKTOP-1")
	s.types("bob", "#soc", "/s1 approve "+req.Ref)
	s.isWrittenTo("alice", "Successful", "DESKTOP-1")
	require.NoError(t, s.slack.Settle(s.patient()))
	s.stop()
	s.forgetFinished(req.Key, slashPayload{Command: "/s1", Text: "shutdown DESKTOP-1 reason=test", User: req.Requester, Channel: req.Channel})
	s.start()
	s.becomes(card, "Successful")
	require.Len(t, s.console.Changes(), 1)
	require.Equal(t, 1, s.audited("asked"))
}

// What waited for an approval is looked at once more before it runs, also where the delivery that asked for it goes on with it.
func TestADeliveryTakenUpAgainLooksAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	card, req := s.orphan("shutdown", "DESKTOP-1")
	_, err := s.program.bot.Ledger.Approve(t.Context(), req, policy.Holding(s.slack.User("bob").ID(), policy.Approvers))
	require.NoError(t, err)
	s.stop()
	s.console.SetAgent("DESKTOP-1", func(a map[string]any) { a["siteName"] = "Lyon" })
	s.forgetFinished(req.Key, slashPayload{Command: "/s1", Text: "shutdown DESKTOP-1 reason=test", User: req.Requester, Channel: req.Channel})
	s.start()
	s.becomes(card, "Successful", "DESKTOP-1 is now in Lyon")
	require.Len(t, s.console.Changes(), 1)
}

// A Slack that takes its time makes the process find an end untold that it is telling: nobody hears of it twice.
func TestAnEndThatSlackHoldsUpIsToldOnce(t *testing.T) {
	t.Parallel()
	s := tellWith(t, func(c *config) { c.lease, c.tick = 300*time.Millisecond, 30*time.Millisecond })
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.isTold("alice", "Waiting for approval")
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultRateLimit, RetryAfter: 1, Times: 2})
	s.clicks("bob", card, "Approve")
	s.isWrittenTo("alice", "Successful", "DESKTOP-1")
	s.stop() // which waits for what is under way
	s.start()
	told := 0
	for _, m := range s.slack.User("bob").Sees("#approvals") {
		if m.TS != card.TS && m.ThreadTS == card.TS && strings.Contains(m.PlainText(), "Successful") {
			told++
		}
	}
	require.Equal(t, 1, told)
}

// After a long outage what was asked for is too old to begin with, but what had been written down goes on, and nobody is told otherwise.
func TestWhatWasWrittenDownIsNotTooOld(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	card, req := s.orphan("shutdown", "DESKTOP-1")
	_, err := s.program.bot.Ledger.Approve(t.Context(), req, policy.Holding(s.slack.User("bob").ID(), policy.Approvers))
	require.NoError(t, err)
	s.stop()
	s.forgetFinished(req.Key, slashPayload{Command: "/s1", Text: "shutdown DESKTOP-1 reason=test", User: req.Requester, Channel: req.Channel})
	s.pass(staleOutage)
	s.start()
	s.becomes(card, "Successful")
	require.Len(t, s.console.Changes(), 1)
	for _, call := range s.slack.Calls("chat.postEphemeral") {
		require.NotContains(t, call.Args["text"], "too much time has passed")
	}
}

// staleOutage is longer than what was typed before it counts.
const staleOutage = 15 * time.Minute

// A card is found although this machine's clock is half an hour ahead of Slack's.
func TestACardThatACrashKeptOutOfItsRowIsFoundWhateverTheClockSays(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.stop()
	s.config.now = func() time.Time { return time.Now().Add(30 * time.Minute) }
	s.start()
	card, req := s.orphan("isolate", "DESKTOP-1")
	s.stop()
	s.forgetFinished(req.Key, slashPayload{Command: "/s1", Text: "isolate DESKTOP-1 reason=test", User: req.Requester, Channel: req.Channel})
	s.start()
	require.Eventually(t, func() bool {
		found, err := s.program.db.Requests().Find(s.t.Context(), approvals.Query{ID: req.ID})
		return err == nil && len(found) == 1 && len(found[0].Cards) == 1 && found[0].Cards[0].TS == card.TS
	}, patience, 10*time.Millisecond)
	require.Len(t, s.slack.User("bob").Sees("#approvals"), 1)
}

// A slashPayload is what the bot reads of a slash command.
type slashPayload struct {
	Command string `json:"command"`
	Text    string `json:"text"`
	User    string `json:"user_id"`
	Channel string `json:"channel_id"`
}

// forgetFinished leaves a delivery as a crash does that comes before it is marked as done.
func (s *story) forgetFinished(key string, payload slashPayload) {
	s.t.Helper()
	db := s.openDatabase()
	defer func() { require.NoError(s.t, db.Close()) }()
	body, err := json.Marshal(payload)
	require.NoError(s.t, err)
	done, err := db.Exec(`UPDATE inbox SET finished = 0, owner = 'gone', payload = $1 WHERE key = $2`, body, key)
	require.NoError(s.t, err)
	n, err := done.RowsAffected()
	require.NoError(s.t, err)
	require.EqualValues(s.t, 1, n)
}

// Slack took the card, and its answer got lost: there is one card all the same, and soon.
func TestAnAnswerOfSlacksThatGetsLostMakesNoSecondCard(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]slacksim.FaultKind{"503": slacksim.FaultStatus, "reset": slacksim.FaultReset, "cut": slacksim.FaultCut} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: kind, After: true})
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			s.isTold("alice", "Waiting for approval", "DESKTOP-1")
			cards := s.slack.User("bob").Sees("#approvals")
			require.Len(t, cards, 1)
			s.clicks("bob", cards[0], "Approve")
			s.becomes(cards[0], "Successful")
		})
	}
}

// The same, and Slack is in a bad way: where the card is looked for nobody answers, and the next try is slowed down.
func TestALostAnswerIsNotForgottenWhileSlackStutters(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultReset, After: true})
	s.slack.Fail(slacksim.Fault{Method: "conversations.history", Kind: slacksim.FaultStatus})
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultRateLimit})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.isTold("alice", "Waiting for approval", "DESKTOP-1")
	require.Len(t, s.slack.User("bob").Sees("#approvals"), 1)
}
