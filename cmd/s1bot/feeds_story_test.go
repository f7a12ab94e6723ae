package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// routed writes a policy file that sends Berlin's alerts to #alerts and no others anywhere.
func routed(t *testing.T) func(map[string]string) {
	return func(settings map[string]string) {
		path := filepath.Join(t.TempDir(), "policy.yaml")
		body := "routes: [{source: alert, sites: [Berlin], channel: " + settings["S1BOT_ALERTS_CHANNEL"] + "}]\n"
		require.NoError(t, os.WriteFile(path, []byte(body), 0o600))
		settings["S1BOT_POLICY_FILE"] = path
		delete(settings, "S1BOT_ALERTS_CHANNEL")
	}
}

// inBerlin is an alert whose row names its site, as consoles do that leave out what is true now.
func inBerlin(rule string, also func(map[string]any)) s1sim.AlertSpec {
	return s1sim.AlertSpec{Rule: rule, Agent: "DESKTOP-1", Edit: func(o map[string]any) {
		o["agentDetectionInfo"].(map[string]any)["siteName"] = "Berlin"
		also(o)
	}}
}

func TestAlertsByRouteAreToldWhereTheirEndpointCannotBeLookedUp(t *testing.T) {
	t.Parallel()
	s := tell(t, routed(t))
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/cloud-detection/alerts"})
	require.NoError(t, err)
	s.console.AddAlert(inBerlin("nothing of now", func(o map[string]any) { delete(o, "agentRealtimeInfo") }))
	card := s.sees("#alerts", "nothing of now", "Berlin")
	s.clicks("alice", card, "Disconnect host") // by the uuid
	s.form("alice", "Disconnect")

	s.console.AddAlert(inBerlin("gone", func(o map[string]any) { o["agentRealtimeInfo"].(map[string]any)["id"] = "1400000000000000009" }))
	s.sees("#alerts", "gone", "Berlin")
	s.console.Fail(s1sim.Match{PathPrefix: "/agents"}, s1sim.Fault{Kind: s1sim.ServerError, Status: 503, Times: -1})
	s.console.AddAlert(inBerlin("agents are away", func(map[string]any) {}))
	s.sees("#alerts", "agents are away", "Berlin")
	s.console.Heal()
}

func TestOperatorsHearOnceThatTheConsoleRefusesAFeed(t *testing.T) {
	t.Parallel()
	s := tell(t)
	s.console.Fail(s1sim.Match{PathPrefix: "/cloud-detection/alerts"}, s1sim.Fault{Kind: s1sim.Forbidden, Detail: s1sim.NoRules, Times: -1})
	s.sees("#approvals", "The console refuses to list", " alerts", "Custom Rules enabled", "S1BOT_ALERTS_CHANNEL")
	var out bytes.Buffer
	require.Error(t, check(t.Context(), maps.Clone(s.environ), &out))
	require.Contains(t, out.String(), "ok    Feed of threats: readable")
	require.Contains(t, out.String(), "FAIL  Feed of alerts")
	s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	s.sees("#threats", "evil.exe")
	s.stop()
	s.start()
	_, err := s.console.WaitCalls(s.patient(), 1, s1sim.Match{Method: "GET", PathPrefix: "/cloud-detection/alerts"})
	require.NoError(t, err)
	s.console.Heal()
	s.sees("#approvals", "The feed of alerts works again")
	posts := s.slack.Calls("chat.postMessage")
	require.Len(t, slices.DeleteFunc(posts, func(c slacksim.Call) bool { return !strings.Contains(c.Args["text"], "refuses to list") }), 1)
}

func TestAListThatNeverEndsIsLeftAndSaidToBeIncomplete(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{"agents limit=0", "threats", "sites limit=500"} {
		t.Run(typed, func(t *testing.T) {
			t.Parallel()
			s := tell(t, func(settings map[string]string) {
				delete(settings, "S1BOT_THREATS_CHANNEL")
				delete(settings, "S1BOT_ALERTS_CHANNEL")
			})
			s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
			path := "/" + strings.Fields(typed)[0]
			s.console.Fail(s1sim.Match{PathPrefix: path}, s1sim.Fault{Kind: s1sim.Endless, Times: -1})
			before := len(s.console.Calls())
			s.types("alice", "#soc", "/s1 "+typed)
			s.isTold("alice", "has no end", "not complete")
			require.Less(t, len(s.console.Calls())-before, 15)
		})
	}
}

// docs.slack.dev/reference/methods/chat.update: a workspace may close the edit window, a message may be gone or not the bot's any more.
func TestACardThatSlackLetsNobodyEditIsFollowedByANewOne(t *testing.T) {
	t.Parallel()
	for _, refusal := range []string{"edit_window_closed", "cant_update_message", "message_not_found", "is_archived"} {
		t.Run(refusal, func(t *testing.T) {
			t.Parallel()
			s := tell(t)
			s.polled()
			id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
			s.sees("#threats", "evil.exe")
			s.slack.Fail(slacksim.Fault{Method: "chat.update", Kind: slacksim.FaultError, Error: refusal, Times: -1})
			s.console.SetThreat(id, func(o map[string]any) { o["threatInfo"].(map[string]any)["incidentStatus"] = "resolved" })
			s.sees("#threats", "evil.exe", "resolved", "replaces it")
			s.slack.ClearFaults()
			s.slack.ForgetViolations()
		})
	}
}

// What Slack refuses of a notification's blocks is left out, and its text and buttons arrive.
func TestANotificationWhoseBlocksSlackRefusesArrivesPlainer(t *testing.T) {
	t.Parallel()
	for _, refusal := range []string{"invalid_blocks", "invalid_blocks_format", "msg_too_long"} {
		for _, times := range []int{1, 2, 3} {
			t.Run(fmt.Sprint(refusal, times), func(t *testing.T) {
				t.Parallel()
				s := tell(t)
				s.polled()
				s.slack.Fail(slacksim.Fault{Method: "chat.postMessage", Kind: slacksim.FaultError, Error: refusal, Times: times})
				id := s.console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", Confidence: "malicious"})
				card := s.sees("#threats", "evil.exe")
				s.console.SetThreat(id, func(o map[string]any) { o["threatInfo"].(map[string]any)["incidentStatus"] = "resolved" })
				s.becomes(card, "evil.exe", "resolved")
				s.slack.ForgetViolations()
			})
		}
	}
}
