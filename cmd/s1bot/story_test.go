package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestAListOfAgentsIsATableForTheCallerAlone(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 list-agents computer-name=DESKTOP-1")
	answer := s.isTold("alice", "Agents", "DESKTOP-1", "DESKTOP-10", "Paris")
	require.Contains(t, string(answer.Blocks), `"type":"data_table"`)
	require.Empty(t, s.console.Changes())
}

func TestIsolatingNeedsASecondPersonAndHappensOnce(t *testing.T) {
	t.Parallel()
	s := tell(t)
	id := s.console.Agent("DESKTOP-1")["id"]
	s.types("alice", "#soc", `/s1 isolate DESKTOP-1 reason="beaconing to 203.0.113.9" ticket=INC-1042`)
	card := s.sees("#approvals", "Approval needed", "Disconnect Agent From Network", "DESKTOP-1", "beaconing to 203.0.113.9", "INC-1042", "Paris")
	s.isTold("alice", "Waiting for approval")
	require.Empty(t, s.console.Changes())

	s.clicks("alice", card, "Approve")
	s.isTold("alice", "You requested this yourself")
	s.clicks("mallory", card, "Approve")
	s.isTold("mallory", "You're not an approver")
	require.Empty(t, s.console.Changes())

	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful", "Approved by", "DESKTOP-1")
	s.isWrittenTo("alice", "Successful")
	changes := s.changes(1)
	require.Len(t, changes, 1)
	require.Equal(t, "/web/api/v2.1/agents/actions/disconnect", changes[0].Path)
	require.JSONEq(t, `{"filter":{"ids":["`+id.(string)+`"]}}`, changes[0].Body)

	s.clicks("carol", card, "Approve")
	s.isTold("carol", "already been decided")
	require.Len(t, s.console.Changes(), 1)
}

func TestWithoutAReasonAFormAsksForIt(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1")
	form := s.form("alice", "Disconnect Agent", "Touches DESKTOP-1")
	require.True(t, s.submits("alice", form, map[string]any{"Reason": "beaconing"}).Closed)
	s.sees("#approvals", "Approval needed", "DESKTOP-1", "beaconing")
}

func TestNobodySaysWhyForWhatCannotBeDone(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate NO-SUCH-HOST")
	s.isTold("alice", "There is no endpoint called", "NO-SUCH-HOST")
}

func TestADenialSaysWhyAndDoesNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Deny")
	form := s.form("bob", "Deny")
	s.submits("bob", form, map[string]any{"Why?": "that is the CEO's laptop"})
	s.becomes(card, "Denied", "that is the CEO's laptop")
	s.isWrittenTo("alice", "denied Disconnect Agent From Network on DESKTOP-1", "that is the CEO's laptop")
	require.Empty(t, s.console.Changes())
}

func TestTheRequesterWithdraws(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.clicks("bob", card, "Withdraw")
	s.isTold("bob", "Only the requester")
	s.clicks("alice", card, "Withdraw")
	s.becomes(card, "Withdrawn")
	s.clicks("bob", card, "Approve")
	s.isTold("bob", "This was withdrawn")
	require.Empty(t, s.console.Changes())
}

func TestAThreatAppearsAndItsButtonsAct(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.polled()
	id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "story-1"})
	card := s.sees("#threats", "evil.exe", "DESKTOP-1", "Unresolved")

	require.NoError(t, s.slack.User("alice").Selects(card, "Verdict", "True Positive"))
	changes := s.changes(1)
	require.Equal(t, "/web/api/v2.1/threats/analyst-verdict", changes[0].Path)
	require.JSONEq(t, `{"filter":{"ids":["`+id+`"]},"data":{"analystVerdict":"true_positive"}}`, changes[0].Body)
	card = s.becomes(card, "True Positive")

	require.NoError(t, s.slack.User("alice").Selects(card, "Mitigate", "Kill"))
	form := s.form("alice", "Mitigate")
	s.submits("alice", form, map[string]any{"Reason": "it is malware"})
	approval := s.sees("#approvals", "Approval needed", "Mitigate Threats", "evil.exe")
	s.clicks("bob", approval, "Approve")
	s.becomes(approval, "Successful")
	changes = s.changes(2)
	require.Equal(t, "/web/api/v2.1/threats/mitigate/kill", changes[1].Path)
	require.JSONEq(t, `{"filter":{"ids":["`+id+`"]}}`, changes[1].Body)
}

func TestAMemberWithoutARoleLooksButDoesNotTouch(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("mallory", "#soc", "/s1 agents DESKTOP-1")
	s.isTold("mallory", "DESKTOP-1")
	s.types("mallory", "#soc", "/s1 isolate DESKTOP-1 reason=fun")
	s.isTold("mallory", "Only operators")
	s.types("guest", "#soc", "/s1 agents")
	s.isTold("guest", "full members")
	require.Empty(t, s.console.Changes())
}

func TestBadInputIsASentenceAndNoChange(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, c := range []struct{ line, words, more string }{
		{"lst-agents", "list-agents", ""},
		{"list-agents computr-name=X", "computer-name", ""},
		{"list-agents limit=5000", "limit", "1000"},
		{"list-agents limit=abc", "limit", ""},
		{"isolate NOSUCHHOST reason=x", "NOSUCHHOST", ""},
		{"isolate KIOSK reason=x", "Which one do you mean", "Lyon"},
		{`isolate filter={} reason=x`, "filter", ""},
		{`mitigate-threats filter={} mitigate-action=Kill reason=x`, "filter", ""},
		{`mitigate-threats filter={"computerName__contains":["NOSUCH"]} mitigate-action=Kill reason=x`, "match", ""},
	} {
		s.types("alice", "#soc", "/s1 "+c.line)
		s.isTold("alice", c.words, c.more)
	}
	require.Empty(t, s.console.Changes())
	require.Empty(t, s.slack.Calls("chat.postMessage"), "nothing was asked of approvers")
}

func TestAnAmbiguousHostIsChosenNotGuessed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 get-agent-info KIOSK")
	choice := s.isTold("alice", "Which one do you mean")
	s.clicks("alice", choice, choice.Buttons()[1])
	s.isTold("alice", "KIOSK", "Addresses")
}

// What was said when asking is not asked for again on the detour, least of all when it ends.
func TestADetourKeepsWhyAndForHowLong(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate KIOSK reason=beaconing ticket=INC-7 for=4h")
	choice := s.isTold("alice", "Which one do you mean")
	s.clicks("alice", choice, choice.Buttons()[1])
	s.sees("#approvals", "beaconing", "INC-7", "KIOSK", "4 h")
	s.types("alice", "#soc", "/s1 isolate NOSUCHHOST reason=because for=2h")
	mend := s.isTold("alice", "NOSUCHHOST")
	s.clicks("alice", mend, "Open the form")
	form := s.form("alice", "For how long")
	require.True(t, s.submits("alice", form, map[string]any{"agent-ids": "DESKTOP-1 · Paris · Windows 11 Pro · online"}).Closed)
	s.sees("#approvals", "because", "DESKTOP-1", "2 h")
}

func TestInAThreadAMentionDoesWhatSlashCommandsCannot(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("bob", "#soc", "look at DESKTOP-1 please")
	root := s.sees("#soc", "look at DESKTOP-1")
	require.NoError(t, s.slack.User("alice").TypesInThread(root, "@s1bot get-agent-info DESKTOP-1"))
	answer := s.isTold("alice", "DESKTOP-1", "Paris")
	require.Equal(t, root.TS, answer.ThreadTS)
	require.NoError(t, s.slack.User("bob").TypesInThread(root, "@s1bot /s1 get-agent-info DESKTOP-2"))
	s.isTold("bob", "DESKTOP-2", "Paris")
}

func TestAConsoleThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	s := tell(t)
	for _, c := range []struct {
		fault s1sim.Fault
		words []string
	}{
		{s1sim.Fault{Kind: s1sim.Forbidden}, []string{"List Agents failed", "403", "Endpoints"}},
		{s1sim.Fault{Kind: s1sim.NotJSON, Times: 10}, []string{"List Agents failed", "web page", "in the way"}},
		{s1sim.Fault{Kind: s1sim.Cut, Times: 10}, []string{"List Agents failed"}},
	} {
		s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, c.fault)
		s.types("alice", "#soc", "/s1 list-agents")
		s.isTold("alice", c.words...)
		s.console.Heal()
	}
	s.types("alice", "#soc", "/s1 list-agents DESKTOP-1")
	s.isTold("alice", "DESKTOP-1", "Paris")
}

func TestARestartForgetsNothing(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.stop()
	s.start()
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	require.Len(t, s.changes(1), 1)
}

func TestThePaletteFindsACommandAndFillsItsForm(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1")
	s.submits("alice", s.picks("alice", "list agents"), map[string]any{"Computer Name": "DESKTOP-1"})
	s.isTold("alice", "Agents", "DESKTOP-1")
}

func TestAFormShowsWhatIsWrongUnderItsField(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.types("alice", "#soc", "/s1 get-threat-notes")
	form := s.form("alice", "Threat Notes")
	require.NotEmpty(t, form.Fields())
	s.types("bob", "#soc", "/s1 fetch-event")
	events := s.form("bob", "Fetch Event")
	wrong := s.submits("bob", events, map[string]any{"Start Time": "2026-11-20 00:00", "End Time": "2026-11-10 00:00"})
	require.NotEmpty(t, wrong.Errors)
	require.False(t, wrong.Closed)
}
