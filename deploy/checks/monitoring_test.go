package checks

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"s1bot/cmd/s1bot/metrics"
)

const (
	alertsFile    = "../monitoring/alerts.yaml"
	dashboardFile = "../monitoring/dashboard.json"
	ruleFile      = "../kubernetes/prometheusrule.yaml"
	operations    = "../operations.md"
)

type ruleGroups struct {
	Groups []struct {
		Name  string `json:"name"`
		Rules []struct {
			Alert       string            `json:"alert"`
			Expr        string            `json:"expr"`
			For         string            `json:"for"`
			Labels      map[string]string `json:"labels"`
			Annotations map[string]string `json:"annotations"`
		} `json:"rules"`
	} `json:"groups"`
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	require.NoError(t, err)
	return body
}

func alerts(t *testing.T) ruleGroups {
	t.Helper()
	var g ruleGroups
	require.NoError(t, yaml.UnmarshalStrict(read(t, alertsFile), &g))
	return g
}

// series are the names of everything that a scrape may contain.
func series(t *testing.T) map[string]bool {
	t.Helper()
	m := metrics.New(metrics.Sources{
		Commands:    []string{"list-agents"},
		Connections: func() int { return 1 },
		QueueDepth:  func() map[string]int { return map[string]int{"commands": 1} },
		Requests: func(context.Context) (metrics.Requests, error) {
			return metrics.Requests{ByState: map[string]int{"pending": 1}}, nil
		},
	})
	m.Envelope("slash_commands")
	m.Acknowledged(1)
	m.SlackRequest("chat.postMessage", "ok")
	m.Command("list-agents", "successful")
	m.ConsoleRequest("default", "GET", "/agents", 200, 1)
	m.FeedSucceeded("default", "threats", time.Now())
	m.Notified("threat", "delivered")
	m.Delayed(1)
	m.AuditFailed()
	m.ConsoleTokenEnds("default", time.Now())
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	names := map[string]bool{}
	for line := range strings.Lines(w.Body.String()) {
		if name := regexp.MustCompile(`^[a-z_0-9]+`).FindString(line); name != "" {
			names[name] = true
		}
	}
	return names
}

var metricName = regexp.MustCompile(`\b(s1bot|go|process)_[a-z0-9_]+\b`)

// requireQuery holds an expression against the language and against the series that exist.
func requireQuery(t *testing.T, where, expr string, known map[string]bool) {
	t.Helper()
	_, err := metricsql.Parse(strings.ReplaceAll(expr, "$__rate_interval", "5m"))
	require.NoError(t, err, "%s: %s", where, expr)
	for _, name := range metricName.FindAllString(expr, -1) {
		require.True(t, known[name], "%s asks for %s, which no scrape has", where, name)
	}
}

func TestEveryAlertAsksForSeriesThatExistAndHasARunbookEntry(t *testing.T) {
	t.Parallel()
	known, runbook := series(t), string(read(t, operations))
	for _, g := range alerts(t).Groups {
		for _, r := range g.Rules {
			requireQuery(t, r.Alert, r.Expr, known)
			if r.For != "" {
				_, err := time.ParseDuration(r.For)
				require.NoError(t, err, r.Alert)
			}
			require.Contains(t, []string{"critical", "warning", "info"}, r.Labels["severity"], r.Alert)
			require.NotEmpty(t, r.Annotations["summary"], r.Alert)
			require.True(t, strings.HasSuffix(r.Annotations["runbook_url"], "operations.md#"+strings.ToLower(r.Alert)), r.Alert)
			require.Contains(t, runbook, "\n### "+r.Alert+"\n", "operations.md says what to do about %s", r.Alert)
		}
	}
}

func TestTheRuleOfTheClusterIsTheFileOfAlerts(t *testing.T) {
	t.Parallel()
	var rule struct {
		Spec ruleGroups `json:"spec"`
	}
	require.NoError(t, yaml.Unmarshal(read(t, ruleFile), &rule))
	require.Equal(t, alerts(t), rule.Spec)
}

func TestTheDashboardShowsSeriesThatExist(t *testing.T) {
	t.Parallel()
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	require.NoError(t, json.Unmarshal(read(t, dashboardFile), &board))
	known, shown := series(t), map[string]bool{}
	for _, p := range board.Panels {
		require.NotEmpty(t, p.Targets, p.Title)
		for _, target := range p.Targets {
			requireQuery(t, p.Title, target.Expr, known)
			for _, name := range metricName.FindAllString(target.Expr, -1) {
				shown[strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count")] = true
			}
		}
	}
	for name := range known {
		base := name
		for _, part := range []string{"_bucket", "_count", "_sum"} {
			base = strings.TrimSuffix(base, part)
		}
		if strings.HasPrefix(name, "s1bot_") {
			require.True(t, shown[base] || shown[name], "no panel shows %s", name)
		}
	}
}
