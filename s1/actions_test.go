package s1

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestChangesAreWrittenAsTheConsoleReadsThem(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":2}}`))
	ctx := t.Context()
	agents, threats := []AgentID{agentA, agentB}, []ThreatID{threatA}
	for _, row := range []struct {
		change     func() error
		path, body string
	}{
		{func() error { _, err := console.DisconnectAgents(ctx, agents); return err },
			"agents/actions/disconnect", `{"filter":{"ids":["1845174760470303882","1834780238610855645"]}}`},
		{func() error { _, err := console.ConnectAgents(ctx, agents[:1]); return err },
			"agents/actions/connect", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func() error { _, err := console.ShutdownAgents(ctx, agents[:1]); return err },
			"agents/actions/shutdown", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func() error { _, err := console.AddThreatNotes(ctx, threats, "<b> & \"quoted\" ä"); return err },
			"threats/notes", `{"filter":{"ids":["1112953674841025235"]},"data":{"text":"<b> & \"quoted\" ä"}}`},
		{func() error { _, err := console.SetThreatVerdict(ctx, threats, VerdictTruePositive); return err },
			"threats/analyst-verdict", `{"filter":{"ids":["1112953674841025235"]},"data":{"analystVerdict":"true_positive"}}`},
		{func() error { _, err := console.SetThreatIncident(ctx, threats, StatusInProgress); return err },
			"threats/incident", `{"filter":{"ids":["1112953674841025235"]},"data":{"incidentStatus":"in_progress"}}`},
		{func() error { _, err := console.MitigateThreats(ctx, MitigateRollback, threats); return err },
			"threats/mitigate/rollback-remediation", `{"filter":{"ids":["1112953674841025235"]}}`},
		{func() error {
			_, err := console.SetAlertVerdict(ctx, []AlertID{alertA}, VerdictFalsePositive)
			return err
		},
			"cloud-detection/alerts/analyst-verdict", `{"filter":{"ids":["1985998272619999973"]},"data":{"analystVerdict":"FALSE_POSITIVE"}}`},
		{func() error { _, err := console.SetAlertIncident(ctx, []AlertID{alertA}, StatusInProgress); return err },
			"cloud-detection/alerts/incident", `{"filter":{"ids":["1985998272619999973"]},"data":{"incidentStatus":"IN_PROGRESS"}}`},
	} {
		require.NoError(t, row.change())
		calls := console.asked()
		last := calls[len(calls)-1]
		require.Equal(t, "POST", last.method)
		require.Equal(t, "/web/api/v2.1/"+row.path, last.path)
		require.Equal(t, row.body+"\n", last.body)
		require.Equal(t, "application/json", last.header.Get("Content-Type"))
	}
}

func TestAValueThatIsNoChoiceIsNotSent(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":1}}`))
	_, err := console.SetThreatVerdict(t.Context(), []ThreatID{threatA}, "TRUE_POSITIVE")
	require.ErrorIs(t, err, ErrInvalidValue)
	_, err = console.SetThreatIncident(t.Context(), []ThreatID{threatA}, "")
	require.ErrorIs(t, err, ErrInvalidValue)
	_, err = console.SetAlertVerdict(t.Context(), []AlertID{alertA}, "maybe")
	require.ErrorIs(t, err, ErrInvalidValue)
	_, err = console.SetAlertIncident(t.Context(), []AlertID{alertA}, "maybe")
	require.ErrorIs(t, err, ErrInvalidValue)
	_, err = console.MitigateThreats(t.Context(), "../../agents/actions/shutdown", []ThreatID{threatA})
	require.ErrorIs(t, err, ErrInvalidValue)
	for _, text := range []string{"", " x ", strings.Repeat("ä", MaxNote+1)} {
		_, err = console.AddThreatNotes(t.Context(), []ThreatID{threatA}, text)
		require.ErrorIs(t, err, ErrInvalidValue)
	}
	require.Empty(t, console.asked())
}

func TestAPartialSuccessNamesWhatFailed(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":2,"details":[
		{"threatId":"1112953674841025235","result":"updated"},
		{"threatId":"1311010474425970168","result":"missing_permissions"},
		{"threatId":"1311010474425970169","result":"already_set"}]}}`))
	result, err := console.SetThreatVerdict(t.Context(), []ThreatID{threatA, threatB}, VerdictSuspicious)
	require.NoError(t, err)
	require.Equal(t, 2, result.Affected)
	require.Len(t, result.Details, 3)
	require.Equal(t, []string{string(threatB)}, result.Failed())
}

func TestAMitigationTellsWhatWasSkipped(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":"1","details":[
		{"threatId":"1112953674841025235","reports":[{"action":"kill","status":"pending","lastUpdate":"2024-05-11T01:36:24.673000Z","actionsCounters":null}],"skipped":[]},
		{"threatId":"1311010474425970168","reports":null,"skipped":[{"action":"rollback","reason":"not_supported","description":"Windows only"}]}]}}`))
	result, err := console.MitigateThreats(t.Context(), MitigateRollback, []ThreatID{threatA, threatB})
	require.NoError(t, err)
	require.Equal(t, 1, result.Affected)
	require.Equal(t, "pending", result.Details[0].Reports[0].Status)
	require.Equal(t, []Skip{{string(threatB), "rollback", "not_supported", "Windows only"}}, result.Skipped)
	require.Equal(t, []string{string(threatB)}, result.Failed())
}

func TestNothingAffectedIsToldAsSuch(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":0}}`))
	n, err := console.DisconnectAgents(t.Context(), []AgentID{agentA})
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestAnAnswerThatDoesNotSayHowManyIsUnknown(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"data":{"success":true}}`, `{"data":{"affected":null}}`, `{"data":{"affected":"many"}}`, `{"data":[]}`} {
		console := startConsole(t, ok(body))
		_, err := console.DisconnectAgents(t.Context(), []AgentID{agentA})
		require.True(t, asError(t, err).Unknown(), body)
	}
}

func TestSystemAnswers(t *testing.T) {
	t.Parallel()
	console := startConsole(t, answering(
		ok(`{"data":{"build":"S-24.2.3#12","version":"24.2.3","release":"S","patch":3,"latestAgentVersion":"24.1.4.257"}}`),
		ok(`{"data":{"health":"ok"}}`)))
	info, err := console.SystemInfo(t.Context())
	require.NoError(t, err)
	require.Equal(t, "24.2.3", info.Version)
	require.Equal(t, "3", info.Patch)
	health, err := console.SystemStatus(t.Context())
	require.NoError(t, err)
	require.Equal(t, "ok", health.Health)
	require.Equal(t, "/web/api/v2.1/system/status", console.asked()[1].path)
}
