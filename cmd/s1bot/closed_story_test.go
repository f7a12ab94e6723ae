package main

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// quick makes what is left over be looked for soon.
func quick(c *config) { c.lease, c.tick = 300*time.Millisecond, 30*time.Millisecond }

// The approvals channel does not take the card: who asked has a reference and can withdraw at once, hears when approvers can see it, and
// a second wish for the same is the same request.
func TestAClosedApprovalsChannelHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	for word, why := range map[string]string{
		"is_archived": "archived", "not_in_channel": "/invite @s1bot", "channel_not_found": "/invite @s1bot", "restricted_action": "doesn't let me post",
		"ekm_access_denied": "ekm_access_denied",
	} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			s := tellWith(t, quick)
			approvals := s.slack.ChannelID("approvals")
			there := func(args map[string]string) bool { return args["channel"] == approvals }
			s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: word, Times: -1, If: there})
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			asked := s.isTold("alice", "Waiting for approval", "isn't in the approvals channel yet", why, "A-")
			require.Contains(t, asked.Buttons(), "Withdraw")
			s.sees("#threats", "The bot needs attention", "Approval cards don't reach")
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=again")
			again := s.isTold("alice", "You've already requested this")
			require.Equal(t, refPattern.FindString(asked.PlainText()), refPattern.FindString(again.PlainText()))
			s.stop()
			s.start()
			s.slack.ClearFaults()
			card := s.sees("#approvals", "Approval needed", "DESKTOP-1")
			s.isWrittenTo("alice", "approvers can see your request now")
			require.Len(t, s.live("#approvals"), 1)
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Successful")
			require.Len(t, s.console.Changes(), 1)
			require.Equal(t, 1, s.audited("asked"))
		})
	}
}

// Slack stutters: one 429 without Retry-After, a 5xx before anything was done, no answer at all. There is one card, and an answer soon.
func TestAStutterWhenSomebodyAsksMakesOneCard(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacksim.Fault{
		"429 without Retry-After": {Kind: slacksim.FaultRateLimit, RetryAfter: -1},
		"three 429s":              {Kind: slacksim.FaultRateLimit, RetryAfter: 1, Times: 3},
		"503":                     {Kind: slacksim.FaultStatus},
		"hang":                    {Kind: slacksim.FaultHang, Delay: 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tellWith(t, quick)
			fault.Method = "chat.postMessage"
			s.slack.Fail(fault)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			asked := s.isTold("alice", "Waiting for approval", "A-")
			require.Contains(t, asked.Buttons(), "Withdraw")
			card := s.sees("#approvals", "Approval needed")
			s.clicks("bob", card, "Approve")
			s.becomes(card, "Successful")
			require.Len(t, s.console.Changes(), 1)
		})
	}
}

// The same wish with another end, or of another person, is another request.
func TestAnotherWishIsAnotherRequest(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.sees("#approvals", "Approval needed", "DESKTOP-1")
	s.types("carol", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 for=4h reason=test")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-2 reason=test")
	require.Eventually(t, func() bool { return len(s.live("#approvals")) == 4 }, patience, 10*time.Millisecond)
}

// Who clicks Withdraw on what only they see has it replaced: nothing is added and nothing can be clicked any more.
func TestAWithdrawalReplacesWhatWaits(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	asked := s.isTold("alice", "Waiting for approval")
	card := s.sees("#approvals", "Approval needed")
	before := len(s.slack.User("alice").Sees("#soc"))
	s.clicks("alice", asked, "Withdraw")
	s.becomes(card, "Withdrawn")
	after := s.becomes(asked, "Withdrawn", "Nothing was done")
	require.Empty(t, after.Buttons())
	require.NoError(t, s.slack.Settle(s.patient()))
	require.Len(t, s.slack.User("alice").Sees("#soc"), before)
}

// What only who asked sees is replaced through its response URL when somebody decides: it keeps no Withdraw.
func TestTheAnswerToASlashCommandFollowsItsRequest(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	asked := s.isTold("alice", "Waiting for approval")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	after := s.becomes(asked, "Successful")
	require.Empty(t, after.Buttons())
}

// What waits in a direct message, because nothing else took it, follows the request to its end.
func TestACopyInADirectMessageFollowsItsRequest(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultStatus, Status: 404})
	s.slack.Fail(slacksim.Fault{Method: "chat.postEphemeral", Kind: slacksim.FaultError, Error: "user_not_in_channel"})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	asked := s.isWrittenTo("alice", "Waiting for approval")
	require.Contains(t, asked.Buttons(), "Withdraw")
	s.clicks("bob", s.sees("#approvals", "Approval needed"), "Deny")
	s.submits("bob", s.form("bob", "Why?"), map[string]any{"Why?": "no"})
	after := s.becomes(asked, "Denied", "Nothing was done")
	require.Empty(t, after.Buttons())
}

// What was told when the console had said yes follows the endpoint: no message goes on saying that it waits.
func TestTheResultThatWasToldFollowsTheEndpoint(t *testing.T) {
	t.Parallel()
	s := tellInTime(t)
	off := s.console.AddAgent(s1sim.AgentSpec{Name: "LAPTOP-OFF", Offline: true})
	s.types("alice", "#soc", "/s1 isolate LAPTOP-OFF reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Approve")
	told := s.isWrittenTo("alice", "Approved by", "LAPTOP-OFF")
	require.NotContains(t, told.PlainText(), "isolated LAPTOP-OFF")
	s.becomes(told, "LAPTOP-OFF", "waiting")
	s.console.SetOnline(off, true)
	after := s.becomes(told, "1 applied")
	require.NotContains(t, after.PlainText(), "waiting")
	thread, err := s.slack.WaitMessage(s.patient(), "#approvals", func(m slacksim.Message) bool {
		return m.ThreadTS == card.TS && m.TS != card.TS && strings.Contains(m.PlainText(), "1 applied")
	})
	require.NoError(t, err)
	require.NotContains(t, thread.PlainText(), "waiting")
}

// A card that cannot be edited any more: one new message tells what became of the request, and is edited from then on.
func TestWhatBecameOfACardThatCannotBeEditedIsToldOnce(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"edit_window_closed", "cant_update_message", "message_not_found"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			s := tellWith(t, quick)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			card := s.sees("#approvals", "Approval needed")
			this := func(args map[string]string) bool { return args["ts"] == card.TS }
			s.slack.Fail(slacksim.Fault{Method: "chat.update", Kind: slacksim.FaultError, Error: word, Times: -1, If: this})
			s.clicks("bob", card, "Deny")
			s.submits("bob", s.form("bob", "Why?"), map[string]any{"Why?": "not now"})
			s.sees("#approvals", "can't be edited any more", "not now", "Denied")
			s.isWrittenTo("alice", "denied Disconnect Agent From Network on DESKTOP-1")
			require.NoError(t, s.slack.Settle(s.patient()))
			s.stop()
			s.start()
			told := 0
			for _, m := range s.slack.User("bob").Sees("#approvals") {
				if strings.Contains(m.PlainText(), "can't be edited any more") {
					told++
				}
			}
			require.Equal(t, 1, told)
		})
	}
}

// Slack refuses the blocks of a card, once, twice, every time: its words and what can be clicked go out as Slack takes them.
func TestACardWhoseBlocksSlackRefusesIsShownPlainer(t *testing.T) {
	t.Parallel()
	for word, times := range map[string]int{"invalid_blocks": 3, "invalid_blocks_format": 2, "msg_blocks_too_long": 1} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: word, Times: times})
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			s.isTold("alice", "Waiting for approval")
			if card := s.sees("#approvals", "Approval needed", "DESKTOP-1"); times == 1 {
				require.Contains(t, card.Buttons(), "Approve")
			}
			ref := refPattern.FindString(s.isTold("alice", "Waiting for approval").PlainText())
			s.types("bob", "#soc", "/s1 approve "+ref)
			s.isWrittenTo("alice", "Successful")
		})
	}
}

// Of three steps any can fail, or be done without an answer. The file is there once, or the person reads that it is not.
func TestAFileIsThereOnceOrSaidToBeMissing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault  slacksim.Fault
		there  bool
		hidden []string // words that must not be told
	}{
		"no address":             {slacksim.Fault{Method: "files.getUploadURLExternal", Kind: slacksim.FaultError, Error: "file_uploads_disabled", Times: -1}, false, nil},
		"address late":           {slacksim.Fault{Method: "files.getUploadURLExternal", Kind: slacksim.FaultStatus}, true, nil},
		"bytes 500":              {slacksim.Fault{Method: "upload", Kind: slacksim.FaultStatus, Status: 500}, true, nil},
		"bytes 500 for good":     {slacksim.Fault{Method: "upload", Kind: slacksim.FaultStatus, Status: 500, Times: -1}, false, nil},
		"bytes there, no answer": {slacksim.Fault{Method: "upload", Kind: slacksim.FaultReset, After: true}, true, nil},
		"share refused":          {slacksim.Fault{Method: "files.completeUploadExternal", Kind: slacksim.FaultError, Error: "posting_to_channel_denied", Times: -1}, false, nil},
		"share 429":              {slacksim.Fault{Method: "files.completeUploadExternal", Kind: slacksim.FaultRateLimit, RetryAfter: -1}, true, nil},
		"share done, 502":        {slacksim.Fault{Method: "files.completeUploadExternal", Kind: slacksim.FaultStatus, Status: 502, After: true}, true, nil},
		"share done, reset":      {slacksim.Fault{Method: "files.completeUploadExternal", Kind: slacksim.FaultReset, After: true}, true, nil},
		"share not done, 502":    {slacksim.Fault{Method: "files.completeUploadExternal", Kind: slacksim.FaultStatus, Status: 502}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.types("alice", "#soc", "/s1 agents DESKTOP-1")
			list := s.isTold("alice", "DESKTOP-1", "CSV file")
			s.slack.Fail(c.fault)
			s.clicks("alice", list, "CSV file")
			if c.there {
				s.isTold("alice", "The file is in your direct messages")
			} else {
				s.isTold("alice", "I couldn't upload")
			}
			require.NoError(t, s.slack.Settle(s.patient()))
			files := 0
			for _, m := range s.slack.User("alice").Sees("@s1bot") {
				files += len(m.Files)
				require.True(t, c.there || !strings.Contains(m.PlainText(), "as a file"), m.PlainText())
			}
			require.Equal(t, map[bool]int{true: 1, false: 0}[c.there], files)
			for _, m := range s.slack.User("alice").Sees("#soc") {
				require.NotContains(t, m.PlainText(), "inside the bot")
			}
		})
	}
}
