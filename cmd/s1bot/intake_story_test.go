package main

import (
	"crypto/rand"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/bot/slacksim"
)

// settled waits until the bot has dealt with all that Slack sent: what is asked last is answered last.
func (s *story) settled() {
	s.t.Helper()
	require.NoError(s.t, s.slack.Settle(s.patient()))
	for range 2 {
		mark := "marker-" + rand.Text()
		s.types("bob", "#soc", "/s1 "+mark)
		s.isTold("bob", mark)
	}
}

// refOf is the reference on a request's card.
func (s *story) refOf(card slacksim.Message) string {
	s.t.Helper()
	ref := regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(card.PlainText())
	require.NotEmpty(s.t, ref)
	return ref
}

// said counts what the bot has said to anybody so far.
func (s *story) said() int {
	return len(s.slack.Calls("chat.postMessage")) + len(s.slack.Calls("chat.postEphemeral"))
}

// Only what was meant as a command is one.
func TestTalkWithTheBotsNameInItIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	ref := s.refOf(s.sees("#approvals", "Approval needed"))
	s.settled()
	before := s.said()
	for _, text := range []string{
		"I would NOT @s1bot approve " + ref + " before the AD team looked",
		"never let @s1bot scan DESKTOP-1",
		"we must not @s1bot freeze",
		"> @s1bot scan DESKTOP-1",
		"he wrote:\n> @s1bot scan DESKTOP-1",
		"`@s1bot scan DESKTOP-1`",
		"```\n@s1bot scan DESKTOP-1\n```",
		"runbook: `@s1bot approve " + ref + "`",
		"• @s1bot scan DESKTOP-1",
		"@carol @s1bot freeze",
		":no_entry: @s1bot thaw",
	} {
		s.types("bob", "#soc", text)
	}
	s.settled()
	require.Equal(t, before, s.said())
	require.Empty(t, s.console.Changes())
	require.Zero(t, s.audited(approvals.ActionApproved)+s.audited(approvals.ActionFrozen)+s.audited(approvals.ActionRefused))
}

func TestADecisionWithWordsAroundItOffersItsButton(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	ref := s.refOf(card)
	var offer slacksim.Message
	for _, text := range []string{
		"@s1bot approve " + ref + "? never, deny it",
		"@s1bot please approve " + ref,
		"@s1bot I'd rather not approve " + ref + " yet",
		"@s1bot approve\n" + ref + " and scan it",
	} {
		s.types("bob", "#soc", text)
		offer = s.isTold("bob", "may be just conversation", ref, "DESKTOP-1")
		require.Subset(t, offer.Buttons(), []string{"Approve", "Deny"}, text)
	}
	s.types("bob", "#soc", "@s1bot freeze everything? no!")
	freeze := s.isTold("bob", "“freeze”", "may be just conversation")
	require.Equal(t, []string{"Freeze"}, freeze.Buttons())
	require.Empty(t, s.console.Changes())
	require.Zero(t, s.audited(approvals.ActionApproved)+s.audited(approvals.ActionFrozen))
	s.clicks("bob", offer, "Approve")
	s.becomes(card, "Successful", "Approved by")
	s.clicks("bob", freeze, "Freeze")
	frozen := s.sees("#approvals", "Frozen")
	s.types("carol", "#soc", "@s1bot thaw")
	s.becomes(frozen, "1 of 2")
}

// After /s1 there is no talk: bare words are the reason.
func TestAfterTheSlashBareWordsAreTheReason(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 \u2003help\u00a0freeze\ufeff")
	s.isTold("alice", "Blocks all changes")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.types("bob", "#soc", "/s1 deny\n"+s.refOf(card)+"\tbecause it is the CEO's")
	s.becomes(card, "Denied", "because it is the CEO's")
	s.types("bob", "#soc", "/s1 freeze\u00a0ransomware at HQ")
	s.sees("#approvals", "Frozen", "ransomware at HQ")
}

func TestInMessagesADecisionThatStandsAloneCounts(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for i, text := range []string{"@s1bot approve %", "@s1bot: Approve `%`", "@s1bot\u00a0approve\n%."} {
		s.types("alice", "#soc", "/s1 isolate DESKTOP-"+string(rune('1'+i))+" reason=test")
		card := s.sees("#approvals", "Approval needed", "DESKTOP-"+string(rune('1'+i)))
		s.types("bob", "#soc", strings.ReplaceAll(text, "%", s.refOf(card)))
		s.becomes(card, "Successful")
	}
	s.types("alice", "#soc", "/s1 isolate DESKTOP-5 reason=test")
	card := s.sees("#approvals", "Approval needed", "DESKTOP-5")
	s.types("bob", "#soc", "@s1bot deny "+s.refOf(card)+" reason=“not today”")
	s.becomes(card, "Denied", "not today")
}

func TestADenialInAMessageOffersTheFormForItsReason(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.types("bob", "#soc", "@s1bot deny "+s.refOf(card))
	s.clicks("bob", s.isTold("bob", "needs a reason", s.refOf(card)), "Deny")
	s.submits("bob", s.form("bob", "Deny"), map[string]any{"Why?": "not today"})
	s.becomes(card, "Denied", "not today")
	s.types("bob", "#soc", "@s1bot isolat DESKTOP-1 reason=freeze the account, approve later")
	s.isTold("bob", "There is no command", "Did you mean")
}

// Who speaks is who decides: an app's message is nobody's word, also in an approver's name.
func TestAnAppThatPostsInAPersonsNameIsNotObeyed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.AddUser(slacksim.User{Name: "soar", IsBot: true})
	s.slack.AddChannel(slacksim.Channel{Name: "soc", Members: []string{"alice", "bob", "carol", "mallory", "guest", "soar"}})
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	ref := s.refOf(s.sees("#approvals", "Approval needed"))
	s.settled()
	before := s.said()
	for _, app := range []slacksim.App{
		{Name: "zap", BotID: "B0ZAP"}, {Name: "zap"}, {Name: "hook", BotID: "B0HOOK", Subtype: "bot_message"},
	} {
		for _, text := range []string{"@s1bot approve " + ref, "@s1bot scan DESKTOP-2", "@s1bot freeze", "@s1bot help"} {
			require.NoError(t, app.Posts(s.slack, "soc", "bob", text))
			require.NoError(t, app.Posts(s.slack, "soc", "soar", text))
		}
	}
	s.settled()
	require.Equal(t, before, s.said())
	require.Empty(t, s.console.Changes())
	require.Zero(t, s.audited(approvals.ActionApproved)+s.audited(approvals.ActionFrozen))
}

func TestABotIsObeyedWhereARoleNamesItAndGetsNoAnswer(t *testing.T) {
	t.Parallel()
	s := tell(t, func(settings map[string]string) { settings["S1BOT_OPERATORS"] += ",U0SOAR00" })
	s.slack.AddUser(slacksim.User{ID: "U0SOAR00", Name: "soar", IsBot: true})
	s.slack.AddChannel(slacksim.Channel{Name: "soc", Members: []string{"alice", "bob", "carol", "mallory", "guest", "soar"}})
	require.NoError(t, slacksim.App{Name: "soar", BotID: "B0SOAR"}.Posts(s.slack, "soc", "soar", "@s1bot isolate DESKTOP-1 reason=playbook"))
	s.sees("#approvals", "Approval needed", "DESKTOP-1", "playbook")
	s.settled()
	before := s.said()
	require.NoError(t, slacksim.App{Name: "soar", BotID: "B0SOAR"}.Posts(s.slack, "soc", "soar", "@s1bot no such command"))
	s.settled()
	require.Equal(t, before, s.said())
}

// One message, one slash command, one click and one form each act once, however often Slack sends them.
func TestWhatSlackSendsSeveralTimesHappensOnce(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, label := range []string{"app_mention", "message", "/s1", "block_actions", "view_submission"} {
		s.slack.Echo(label, 2)
	}
	s.types("alice", "#soc", "@s1bot isolate DESKTOP-1 reason=mention")
	card := s.sees("#approvals", "Approval needed", "mention")
	s.types("alice", "#soc", "/s1 scan DESKTOP-2")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-3 reason=slash")
	s.sees("#approvals", "Approval needed", "slash")
	s.types("alice", "#soc", "/s1 isolate DESKTOP-4")
	s.submits("alice", s.form("alice", "Disconnect Agent"), map[string]any{"Reason": "form"})
	s.sees("#approvals", "Approval needed", "form")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	s.settled()
	require.Equal(t, 3, s.audited(approvals.ActionAsked)-1, "and the scan")
	require.Len(t, s.console.Changes(), 2)
}

func TestAMessageThatIsEditedIsNotObeyedAgain(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "@s1bot scan DESKTOP-1")
	s.changes(1)
	message := s.sees("#soc", "scan DESKTOP-1")
	require.NoError(t, s.slack.User("alice").Edits(message, "@s1bot scan DESKTOP-2"))
	s.types("alice", "#soc", "hello")
	require.NoError(t, s.slack.User("alice").Edits(s.sees("#soc", "hello"), "@s1bot scan DESKTOP-3"))
	s.settled()
	require.Len(t, s.console.Changes(), 1)
}

// Also after a restart, and where another event of the same message comes first.
func TestAMessageIsKnownAfterARestart(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "@s1bot scan DESKTOP-1")
	s.changes(1)
	s.settled()
	sent := s.slack.Sent()
	s.stop()
	s.start()
	for _, e := range sent {
		if e.Label == "app_mention" {
			again := strings.Replace(string(e.Payload), `"event_id":"Ev`, `"event_id":"EvX`, 1)
			_, err := s.slack.Forge(slacksim.Sent{Kind: e.Kind, Label: e.Label, User: e.User, Payload: []byte(again)})
			require.NoError(t, err)
		}
	}
	s.types("alice", "#soc", "@s1bot scan DESKTOP-2")
	changes := s.changes(2)
	require.Contains(t, changes[1].Body, s.console.Agent("DESKTOP-2")["id"])
	s.settled()
	require.Len(t, s.console.Changes(), 2)
}

// Direct messages take commands without a slash and without a mention, under the same rules.
func TestADirectMessageIsACommand(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "@s1bot", "get-agent-info DESKTOP-1")
	s.isWrittenTo("alice", "DESKTOP-1", "Paris")
	s.types("alice", "@s1bot", "isolate\u00a0DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.types("bob", "@s1bot", "approve "+s.refOf(card)+"? never")
	s.isWrittenTo("bob", "may be just conversation", s.refOf(card))
	s.types("bob", "@s1bot", "`approve "+s.refOf(card)+"`")
	s.isWrittenTo("bob", "inside quotes or code")
	require.Empty(t, s.console.Changes())
	s.types("bob", "@s1bot", "Approve "+s.refOf(card))
	s.becomes(card, "Successful")
}
