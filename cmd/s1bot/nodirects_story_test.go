package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/setup"
	"s1bot/bot/slacksim"
	"s1bot/commands"
)

// No manifest, no Messages tab: Slack refuses every direct message. What was meant for one arrives where it was asked for.

func TestWithoutDirectMessagesAHuntIsToldWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.SetMessagesTab(false)
	s.console.SetQueryTime(0)
	s.types("alice", "#soc", "/s1 "+hunt)
	done := s.sees("#soc", "Successful", "4 events", "Messages Tab")
	_, err := s.slack.WaitMessage(s.patient(), "#soc", func(m slacksim.Message) bool { return m.ThreadTS == done.TS && len(m.Files) == 1 })
	require.NoError(t, err)
}

func TestWithoutDirectMessagesAnOutcomeIsToldWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.SetMessagesTab(false)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.isTold("alice", "Waiting for approval")
	s.clicks("bob", s.sees("#approvals", "Approval needed"), "Approve")
	s.isTold("alice", "Successful", "DESKTOP-1", "App Home")
	s.sees("#approvals", "The bot needs attention", "Messages Tab")
}

func TestWithoutDirectMessagesADenialIsToldWhereItWasAskedFor(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.SetMessagesTab(false)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.clicks("bob", s.sees("#approvals", "Approval needed"), "Deny")
	s.submits("bob", s.form("bob", "Why?"), map[string]any{"Why?": "not today"})
	s.isTold("alice", "denied Disconnect Agent From Network", "not today", "App Home")
}

func TestWithoutDirectMessagesAFileGoesIntoTheThread(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.SetMessagesTab(false)
	s.types("alice", "#soc", "/s1 agents DESKTOP-1")
	s.clicks("alice", s.isTold("alice", "DESKTOP-1", "CSV file"), "CSV file")
	s.isTold("alice", "in a thread in this channel")
	head := s.sees("#soc", "as a file", "<@"+s.slack.User("alice").ID()+">", "Messages Tab")
	file, err := s.slack.WaitMessage(s.patient(), "#soc", func(m slacksim.Message) bool { return m.ThreadTS == head.TS && len(m.Files) == 1 })
	require.NoError(t, err)
	require.Contains(t, string(file.Files[0].Content), "DESKTOP-1")
}

// Who is not there any more, and who never can be written to: the outcome stands in the channel where it was asked for.
func TestWhoCannotBeWrittenToIsToldInTheThread(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"user_disabled", "cannot_dm_bot", "user_not_found"} {
		t.Run(word, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
			s.isTold("alice", "Waiting for approval")
			alice := s.slack.User("alice").ID()
			toAlice := func(args map[string]string) bool { return args["channel"] == alice }
			s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: word, Times: -1, If: toAlice})
			s.slack.Fail(slacksim.Fault{Method: "chat.postEphemeral", Kind: slacksim.FaultError, Error: "user_not_in_channel", Times: -1})
			s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultStatus, Status: 404, Times: -1}) // its half hour is over
			s.clicks("bob", s.sees("#approvals", "Approval needed"), "Approve")
			s.sees("#soc", "Successful", "DESKTOP-1", "refuses my direct messages")
		})
	}
}

// "Share in channel" works where the bot may not post: in private channels and in other people's direct messages.
func TestAnAnswerIsSharedWhereTheBotIsNoMember(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]string{"the channel is private": "#war-room", "a direct message with somebody else": "@carol"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.slack.AddChannel(slacksim.Channel{Name: "war-room", Private: true, NoBot: true, Members: []string{"alice", "carol"}})
			s.types("alice", where, "/s1 agents DESKTOP-1")
			answer := s.isTold("alice", "DESKTOP-1", "Share in channel")
			s.clicks("alice", answer, "Share in channel")
			require.Eventually(t, func() bool {
				for _, m := range s.slack.User("carol").Sees(strings.Replace(where, "@carol", "@alice", 1)) {
					if strings.Contains(m.PlainText(), "Shared by") && m.EphemeralTo == "" {
						return true
					}
				}
				return false
			}, patience, 10*time.Millisecond)
			require.Contains(t, s.slack.User("alice").Sees(where)[0].PlainText(), "DESKTOP-1", "what was clicked on stays")
		})
	}
}

// Where not even the response URL works the person reads how to share.
func TestWhoCannotShareReadsWhatToDo(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.AddChannel(slacksim.Channel{Name: "war-room", Private: true, NoBot: true, Members: []string{"alice", "carol"}})
	s.types("alice", "#war-room", "/s1 agents DESKTOP-1")
	answer := s.isTold("alice", "DESKTOP-1", "Share in channel")
	s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultStatus, Status: 404})
	s.clicks("alice", answer, "Share in channel")
	s.isTold("alice", "/invite @s1bot")
	require.Empty(t, withoutFor(s.slack.User("carol").Sees("#war-room")))
}

func withoutFor(seen []slacksim.Message) (all []slacksim.Message) {
	for _, m := range seen {
		if m.EphemeralTo == "" {
			all = append(all, m)
		}
	}
	return all
}

func TestCheckTellsOfTheMessagesTabAndOfMembership(t *testing.T) {
	t.Parallel()
	s := simulate(t, func(h http.Handler) http.Handler { return h })
	var good strings.Builder
	require.NoError(t, check(t.Context(), s.environ, &good), good.String())
	require.Contains(t, good.String(), "ok    Slack Messages tab: direct messages work")
	require.Contains(t, good.String(), "the bot is a member")
	require.Empty(t, s.slack.User("alice").Sees("@s1bot"), "asking posts nothing")

	s.slack.SetMessagesTab(false)
	s.outside("threats")
	s.slack.Archive("alerts")
	var bad strings.Builder
	require.Error(t, check(t.Context(), s.environ, &bad))
	require.Regexp(t, `FAIL  Slack Messages tab: .*App Home › Show Tabs › Messages Tab`, bad.String())
	require.Regexp(t, `FAIL  S1BOT_THREATS_CHANNEL: .*not a member.*/invite @s1bot`, bad.String())
	require.Regexp(t, `FAIL  S1BOT_ALERTS_CHANNEL: .*archived`, bad.String())
	require.Regexp(t, `ok    S1BOT_APPROVALS_CHANNEL: #approvals, the bot is a member`, bad.String())
}

// Each scope and each event has something that needs it, and everything that the bot calls has its scope: the simulator knows what Slack's
// reference says of each method.
func TestEachScopeHasAMethodOrAnEventThatNeedsIt(t *testing.T) {
	t.Parallel()
	manifest, err := setup.Manifest(commands.Known())
	require.NoError(t, err)
	for _, p := range setup.Permissions() {
		require.NotEmpty(t, p.Why, p.Scope)
		for _, need := range p.Needs {
			if scopes, known := slacksim.ScopesOf(need); known {
				require.Contains(t, scopes, p.Scope, need)
			} else {
				require.Contains(t, string(manifest), need, "%s is no method and no event of the manifest", need)
			}
		}
	}
	require.NotContains(t, setup.Scopes(), "im:write")
}
