package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/cmd/s1bot/metrics"
)

func sources() metrics.Sources {
	return metrics.Sources{
		Version: "1.0.0", Commit: "abc123", Commands: []string{"list-agents", "help"},
		Connections: func() int { return 2 },
		QueueDepth:  func() map[string]int { return map[string]int{"decisions": 0, "commands": 7} },
		Requests: func(context.Context) (metrics.Requests, error) {
			return metrics.Requests{ByState: map[string]int{"pending": 3, "done": 40}, OldestPending: 90 * time.Second, Frozen: true}, nil
		},
	}
}

func scrape(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	return w.Body.String()
}

func TestEverySeriesHasItsDocumentedNameAndLabels(t *testing.T) {
	t.Parallel()
	m := metrics.New(sources())
	m.Envelope("slash_commands")
	m.Acknowledged(3 * time.Millisecond)
	m.SlackRequest("chat.postMessage", "ok")
	m.Command("list-agents", "successful")
	m.ConsoleRequest("default", "GET", "/agents/{id}", 200, 40*time.Millisecond)
	m.ConsoleRequest("default", "GET", "/agents", 0, time.Second)
	m.FeedSucceeded("default", "threats", time.UnixMilli(1_800_000_000_500))
	m.Notified("threat", "delivered")
	m.Delayed(12 * time.Second)
	m.AuditFailed()
	m.ConsoleTokenEnds("default", time.Unix(1_900_000_000, 0))
	body := scrape(t, m)
	for _, line := range []string{
		`s1bot_build_info{commit="abc123",version="1.0.0"} 1`,
		`s1bot_slack_connections 2`,
		`s1bot_slack_envelopes_total{type="slash_commands"} 1`,
		`s1bot_slack_ack_seconds_bucket{le="0.005"} 1`,
		`s1bot_slack_ack_seconds_count 1`,
		`s1bot_slack_requests_total{method="chat.postMessage",result="ok"} 1`,
		`s1bot_queue_depth{class="commands"} 7`,
		`s1bot_queue_depth{class="decisions"} 0`,
		`s1bot_commands_total{command="list-agents",outcome="successful"} 1`,
		`s1bot_approvals{state="pending"} 3`,
		`s1bot_approval_oldest_pending_seconds 90`,
		`s1bot_console_request_seconds_count{console="default",method="GET",route="/agents/{id}",status="200"} 1`,
		`s1bot_console_request_seconds_count{console="default",method="GET",route="/agents",status="none"} 1`,
		`s1bot_feed_last_success_timestamp_seconds{console="default",feed="threats"} 1.8000000005e+09`,
		`s1bot_notifications_total{kind="threat",result="delivered"} 1`,
		`s1bot_notification_delay_seconds_count 1`,
		`s1bot_audit_failures_total 1`,
		`s1bot_frozen 1`,
		`s1bot_console_token_expiry_timestamp_seconds{console="default"} 1.9e+09`,
		`go_goroutines `, `process_open_fds `,
	} {
		require.Contains(t, body, line)
	}
}

// A rate sees nothing of the first failure where a series begins with it. What is bounded and few is there from the start.
func TestCountersBeginAtZero(t *testing.T) {
	t.Parallel()
	body := scrape(t, metrics.New(sources()))
	for _, series := range []string{
		`s1bot_slack_envelopes_total{type="block_actions"}`, `s1bot_slack_envelopes_total{type="other"}`, `s1bot_notifications_total{kind="threat",result="failed"}`,
		`s1bot_notifications_total{kind="update",result="edited"}`, `s1bot_audit_failures_total`,
	} {
		require.Contains(t, body, "\n"+series+" 0\n")
	}
}

func TestNamesFromOutsideMakeNoSeries(t *testing.T) {
	t.Parallel()
	m := metrics.New(sources())
	before := strings.Count(scrape(t, m), "\ns1bot_")
	for i := range 500 {
		hostile := fmt.Sprintf("x%d\"} 1\ns1bot_frozen 0", i)
		m.Envelope(hostile)
		m.Command(hostile, hostile)
		m.SlackRequest(hostile, hostile)
		m.SlackRequest("chat."+strings.Repeat("a", 60+i), "ok")
		m.Notified(hostile, hostile)
		m.ConsoleRequest("default", "GET", "/agents", 600+i, time.Second)
	}
	body := scrape(t, m)
	require.NotContains(t, body, "x1")
	require.Contains(t, body, `s1bot_commands_total{command="other",outcome="other"} 500`)
	require.Contains(t, body, `s1bot_console_request_seconds_count{console="default",method="GET",route="/agents",status="other"} 500`)
	require.Less(t, strings.Count(body, "\ns1bot_"), before+20, "one for each counter, and one histogram")
}

func TestADatabaseThatDoesNotAnswerSaysNothingOfRequests(t *testing.T) {
	t.Parallel()
	s := sources()
	s.Requests = func(context.Context) (metrics.Requests, error) { return metrics.Requests{}, errors.New("no database") }
	body := scrape(t, metrics.New(s))
	require.NotContains(t, body, "s1bot_frozen ")
	require.NotContains(t, body, "s1bot_approvals{")
	require.Contains(t, body, "s1bot_slack_connections 2")
}
