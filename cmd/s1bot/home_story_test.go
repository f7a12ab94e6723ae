package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/bot/slacksim/blockkit"
	"s1bot/s1/s1sim"
)

// home waits for somebody's Home tab to say all the words.
func (s *story) home(who string, words ...string) slacksim.View {
	s.t.Helper()
	v, err := s.slack.WaitHome(s.patient(), who, func(v slacksim.View) bool { return hasAll(v.PlainText(), words) })
	require.NoError(s.t, err)
	return v
}

// clicksForged has somebody send a click on a button that only somebody else's Home tab has: what bob clicked last, as another button.
func (s *story) clicksForged(who, label string) {
	s.t.Helper()
	for _, sent := range slices.Backward(s.slack.Sent()) {
		var p map[string]any
		require.NoError(s.t, json.Unmarshal(sent.Payload, &p))
		if sent.Label != "block_actions" {
			continue
		}
		id := s.slack.User(who).ID()
		p["user"] = map[string]any{"id": id, "team_id": "T0SOC0001"}
		p["trigger_id"] = "forged-" + who + label
		var pressed map[string]any
		blockkit.EachElement(blockkit.ParseBlocks(asJSON(s.t, p["view"].(map[string]any)["blocks"])), func(block, el map[string]any) {
			if text, ok := el["text"].(map[string]any); ok && text["text"] == label && pressed == nil {
				pressed = map[string]any{"type": "button", "action_id": el["action_id"], "block_id": block["block_id"], "value": el["value"], "text": text, "action_ts": "1.1"}
			}
		})
		require.NotNil(s.t, pressed, "no button %s", label)
		p["actions"] = []any{pressed}
		_, err := s.slack.Forge(slacksim.Sent{Kind: sent.Kind, Label: sent.Label, User: id, Payload: asJSON(s.t, p)})
		require.NoError(s.t, err)
		return
	}
	s.t.Fatal("nobody clicked on anything")
}

func asJSON(t testing.TB, v any) json.RawMessage {
	t.Helper()
	body, err := json.Marshal(v)
	require.NoError(t, err)
	return body
}

func TestStoryOfTheHomeTab(t *testing.T) {
	t.Parallel()
	s := tellWith(t, quick)
	s.console.AddThreat(s1sim.ThreatSpec{Agent: "SRV-SQL-1", Name: "evil.exe", Confidence: "malicious"})
	s.slack.User("bob").OpensHome()
	s.home("bob", "🟢 Slack", "Find a command", "malicious")
	s.types("alice", "#soc", `/s1 isolate SRV-SQL-1 for=2h reason="beaconing"`)
	s.sees("#approvals", "SRV-SQL-1")

	s.slack.User("alice").OpensHome()
	mine := s.home("alice", "Your requests (1)", "Disconnect Agent From Network", "SRV-SQL-1", "isolate")
	require.NotContains(t, mine.Buttons(), "Approve", "nobody is offered their own request")
	waiting := s.home("bob", "Waiting for you (1)", "SRV-SQL-1", "beaconing") // without opening it again
	require.Subset(t, waiting.Buttons(), []string{"Approve", "Deny", "Review"})

	s.clicks("bob", waiting, "Review")
	review := s.form("bob", "Approval needed", "SRV-SQL-1", "beaconing")
	s.clicks("bob", review, "Approve")
	s.form("bob", "Approved by")
	s.home("alice", "Isolated now (1)", "until", "Extend", "Reconnect")
	s.home("bob", "Isolated now (1)")
	require.Empty(t, s.slack.Violations())
}

// A member without a role sees the tab and may do nothing with it; guests see a sentence, and so does a click on what they cannot see.
func TestStoryOfAHomeTabWithoutARole(t *testing.T) {
	t.Parallel()
	s := tellWith(t, quick)
	s.types("alice", "#soc", `/s1 isolate SRV-SQL-1 reason="beaconing"`)
	s.sees("#approvals", "SRV-SQL-1")
	s.slack.User("bob").OpensHome()
	s.slack.User("mallory").OpensHome()
	s.slack.User("guest").OpensHome()
	bobs := s.home("bob", "Waiting for you (1)")
	require.NotContains(t, s.home("mallory", "Find a command").Buttons(), "Approve")
	guests := s.home("guest", "This bot is for full members")
	require.Empty(t, guests.Buttons())
	require.NotContains(t, guests.PlainText(), "SRV-SQL-1")

	s.clicks("bob", bobs, "Review") // whose payload is what the others forge
	s.form("bob", "Approval needed")
	s.clicksForged("mallory", "Approve")
	s.isWrittenTo("mallory", "not an approver")
	s.clicksForged("mallory", "Review")
	s.clicksForged("guest", "Approve")
	s.isWrittenTo("guest", "nly full members")
	require.Empty(t, s.changes(0), "nothing was isolated")
}

func TestStoryOfAHundredPeopleWhoOpenHome(t *testing.T) {
	t.Parallel()
	s := tell(t, func(e map[string]string) { e["S1BOT_POLL_INTERVAL"] = "10m" })
	for i := range 100 {
		s.slack.AddUser(slacksim.User{Name: fmt.Sprintf("person%d", i)})
	}
	s.slack.User("bob").OpensHome()
	s.home("bob", "🟢 console", "Threats 0", "Alerts 0")
	before := len(s.console.Calls())
	var opening sync.WaitGroup
	for i := range 100 {
		opening.Go(func() { s.slack.User(fmt.Sprintf("person%d", i)).OpensHome() })
	}
	opening.Wait()
	for i := range 100 {
		s.home(fmt.Sprintf("person%d", i), "🟢 console", "Find a command")
	}
	require.LessOrEqual(t, len(s.console.Calls())-before, 1, "who looks costs the console nothing")
}

func TestStoryOfAnAppWithoutAHomeTab(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.slack.SetHomeTab(false)
	_, err := s.slack.Forge(slacksim.Sent{Kind: "events_api", Label: "app_home_opened", User: s.slack.User("bob").ID(),
		Payload: asJSON(t, map[string]any{"event_id": "Ev1", "event": map[string]any{"type": "app_home_opened", "tab": "home", "event_ts": "1.1", "channel": "D0", "user": s.slack.User("bob").ID()}})})
	require.NoError(t, err)
	s.sees("#approvals", "Home tab is turned off", "home_tab_enabled")
}

func TestStoryOfAHomeTabWhileFrozen(t *testing.T) {
	t.Parallel()
	s := tellWith(t, quick)
	s.types("alice", "#soc", `/s1 isolate SRV-SQL-1 reason="beaconing"`)
	s.sees("#approvals", "SRV-SQL-1")
	s.slack.User("bob").OpensHome()
	s.home("bob", "Waiting for you (1)", "Approve")
	s.types("carol", "#soc", "/s1 freeze ransomware at HQ")
	frozen := s.home("bob", "Frozen", "ransomware at HQ", "Thaw")
	require.NotContains(t, frozen.Buttons(), "Approve")
	s.clicks("bob", frozen, "Thaw")
	s.home("bob", "1 of 2")
}
