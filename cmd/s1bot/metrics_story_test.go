package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// scrapes asks for /metrics as Prometheus does.
func (s *story) scrapes() string {
	s.t.Helper()
	answer, err := http.Get("http://" + s.config.HTTPAddr + "/metrics")
	require.NoError(s.t, err)
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	require.NoError(s.t, err)
	return string(body)
}

// measures waits for a series with its value.
func (s *story) measures(line string) {
	s.t.Helper()
	require.Eventually(s.t, func() bool { return strings.Contains("\n"+s.scrapes(), "\n"+line) }, patience, 20*time.Millisecond, "%s", line)
}

func withMetrics(t *testing.T) func(map[string]string) {
	return func(settings map[string]string) { settings["S1BOT_HTTP_ADDR"] = freeAddr(t) }
}

func TestTheMetricsFollowARequest(t *testing.T) {
	t.Parallel()
	s := tell(t, withMetrics(t))
	s.measures(`s1bot_approvals{state="pending"} 0`)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	card := s.sees("#approvals", "Approval needed")
	s.measures(`s1bot_approvals{state="pending"} 1`)
	s.measures(`s1bot_commands_total{command="disconnect-agent-from-network",outcome="waiting"} 1`)
	require.NotContains(t, s.scrapes(), "\ns1bot_approval_oldest_pending_seconds 0\n")
	s.clicks("bob", card, "Approve")
	s.becomes(card, "Successful")
	s.measures(`s1bot_approvals{state="done"} 1`)
	s.measures("s1bot_approval_oldest_pending_seconds 0\n")
	s.measures(`s1bot_commands_total{command="disconnect-agent-from-network",outcome="successful"} 1`)
	s.measures(`s1bot_commands_total{command="approve",outcome="successful"} 1`)
	s.measures(`s1bot_slack_envelopes_total{type="slash_commands"} 1`)
	s.measures(`s1bot_slack_envelopes_total{type="block_actions"} 1`)
	s.measures(`s1bot_slack_ack_seconds_count 2`)
	s.measures(`s1bot_slack_requests_total{method="chat.postMessage",result="ok"}`)
	s.measures(`s1bot_console_request_seconds_count{console="default",method="POST",route="agents/actions/disconnect",status="200"} 1`)
	s.polled()
	require.Contains(t, s.scrapes(), `s1bot_feed_last_success_timestamp_seconds{console="default",feed="threat"} `)
	s.console.AddThreat(s1sim.ThreatSpec{Name: "lockfast.exe", Agent: "DESKTOP-2"})
	s.sees("#threats", "lockfast.exe")
	s.measures(`s1bot_notifications_total{kind="threat",result="delivered"} 1`)
	s.measures("s1bot_notification_delay_seconds_count 1")
	s.types("bob", "#soc", "/s1 freeze drill")
	s.measures("s1bot_frozen 1")
	s.types("alice", "#soc", "/s1 scan DESKTOP-1")
	s.measures(`s1bot_commands_total{command="initiate-scan",outcome="refused"} 1`)
}

func TestTheMetricsCountWhatGoesWrong(t *testing.T) {
	t.Parallel()
	s := tell(t, withMetrics(t))
	s.slack.Fail(slacksim.Fault{Method: "chat.postEphemeral", Kind: slacksim.FaultError, Error: "channel_not_found", Times: -1})
	s.slack.Fail(slacksim.Fault{Method: "response_url", Kind: slacksim.FaultStatus, Status: 404, Times: -1})
	s.types("alice", "#soc", `/s1 <!channel>"evil" {a="b"}`)
	s.measures(`s1bot_commands_total{command="other",outcome="failed"} 1`)
	s.measures(`s1bot_slack_requests_total{method="chat.postEphemeral",result="refused"}`)
	s.slack.ClearFaults()
	db := s.openDatabase()
	defer func() { require.NoError(t, db.Close()) }()
	_, err := db.Exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END")
	require.NoError(t, err)
	s.types("alice", "#soc", "/s1 isolate DESKTOP-1 reason=test")
	s.measures("s1bot_audit_failures_total 1")
	_, err = db.Exec("DROP TRIGGER full")
	require.NoError(t, err)
	s.slack.ForgetViolations()
	require.NotContains(t, s.scrapes(), "evil")
}
