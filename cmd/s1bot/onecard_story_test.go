package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
	"s1bot/bot/store"
)

// live counts the messages of a channel that can still approve.
func (s *story) live(channel string) (cards []slacksim.Message) {
	s.t.Helper()
	for _, m := range s.slack.User("bob").Sees(channel) {
		for _, label := range m.Buttons() {
			if label == "Approve" {
				cards = append(cards, m)
			}
		}
	}
	return cards
}

// outside takes the bot out of a channel: it may post there, and read nothing.
func (s *story) outside(channel string) {
	s.slack.AddChannel(slacksim.Channel{Name: channel, NoBot: true})
}

var refPattern = regexp.MustCompile(`A-[0-9A-F]{4,}`)

// Slack took the card and answered as if it had not, in a public channel that the bot is no member of: nobody can look whether it is there.
func TestWhereNobodyCanLookThereAreNotTwoLiveCards(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacksim.Fault{
		"502":            {Kind: slacksim.FaultStatus, Status: 502},
		"504":            {Kind: slacksim.FaultStatus, Status: 504},
		"reset":          {Kind: slacksim.FaultReset},
		"half an answer": {Kind: slacksim.FaultCut},
		"internal_error": {Kind: slacksim.FaultError, Error: "internal_error"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.outside("approvals")
			fault.Method, fault.After = "chat.postMessage", true
			s.slack.Fail(fault)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			s.isTold("alice", "Waiting for approval", "DESKTOP-1")
			hint := s.sees("#approvals", "didn't confirm the card", "DESKTOP-1", "/invite")
			cards := s.live("#approvals")
			require.Len(t, cards, 1)
			s.clicks("bob", cards[0], "Approve")
			s.becomes(cards[0], "Successful", "Approved by")
			s.becomes(hint, "Successful")
			require.Len(t, s.console.Changes(), 1)
		})
	}
}

// The same, and Slack did not take the card: who sees none puts it in the place of the hint.
func TestACardThatIsNotThereIsShownWithAClick(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.outside("approvals")
	s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultStatus, Status: 502})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	hint := s.sees("#approvals", "didn't confirm the card")
	require.Empty(t, s.live("#approvals"))
	s.clicks("bob", hint, "Show the card")
	card := s.becomes(hint, "Approval needed", "DESKTOP-1")
	require.Len(t, s.live("#approvals"), 1)
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
}

// A process that died between Slack's answer and the row leaves a card that nobody may look for.
func TestACrashWhereNobodyCanLookMakesNoSecondLiveCard(t *testing.T) {
	t.Parallel()
	s := tellWith(t, func(c *config) { c.lease, c.tick = 300*time.Millisecond, 30*time.Millisecond })
	s.outside("approvals")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.isTold("alice", "Waiting for approval")
	card := s.sees("#approvals", "Approval needed")
	ref := refPattern.FindString(card.PlainText())
	s.stop()
	s.forgetCard(ref)
	s.start()
	s.sees("#approvals", "didn't confirm the card", ref)
	require.Len(t, s.live("#approvals"), 1)
	s.clicks("bob", card, "Deny")
	s.submits("bob", s.form("bob", "Why?"), map[string]any{"Why?": "not now"})
	s.becomes(card, "Denied")
}

// A direct message is posted to a user id and can be read back under the id of its conversation alone.
func TestADirectMessageWhoseAnswerGotLostIsThereOnce(t *testing.T) {
	t.Parallel()
	direct := func(args map[string]string) bool {
		return strings.HasPrefix(args["channel"], "U") || strings.HasPrefix(args["channel"], "D")
	}
	for name, known := range map[string]bool{"the first ever": false, "a later one": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			if known {
				s.slack.User("alice").OpensHome()
				require.NoError(t, s.slack.Settle(s.patient()))
			}
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			card := s.sees("#approvals", "Approval needed")
			s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultStatus, Status: 502, After: true, If: direct})
			s.clicks("bob", card, "Approve")
			s.isWrittenTo("alice", "Approved by")
			require.NoError(t, s.slack.Settle(s.patient()))
			s.stop()
			told := 0
			for _, m := range s.slack.User("alice").Sees("@s1bot") {
				if strings.Contains(m.PlainText(), "Approved by") {
					told++
				}
			}
			require.Equal(t, 1, told)
			s.start()
		})
	}
}

// forgetCard leaves a row as a crash does that comes between Slack's answer and the row.
func (s *story) forgetCard(ref string) {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), s.environ["S1BOT_DATABASE_URL"], nil)
	require.NoError(s.t, err)
	defer func() { require.NoError(s.t, db.Close()) }()
	found, err := db.Requests().Find(s.t.Context(), approvals.Query{Ref: ref})
	require.NoError(s.t, err)
	require.Len(s.t, found, 1)
	found[0].Cards, found[0].Posting = nil, true
	require.NoError(s.t, db.Requests().Swap(s.t.Context(), found[0]))
}
