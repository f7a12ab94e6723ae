package s1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestChangesAreWrittenAsTheConsoleReadsThem(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":2}}`))
	ctx := t.Context()
	agents, threats := []s1.AgentID{consoletest.AgentA, consoletest.AgentB}, []s1.ThreatID{consoletest.ThreatA}
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
		{func() error { _, err := console.SetThreatVerdict(ctx, threats, s1.VerdictTruePositive); return err },
			"threats/analyst-verdict", `{"filter":{"ids":["1112953674841025235"]},"data":{"analystVerdict":"true_positive"}}`},
		{func() error { _, err := console.SetThreatIncident(ctx, threats, s1.StatusInProgress); return err },
			"threats/incident", `{"filter":{"ids":["1112953674841025235"]},"data":{"incidentStatus":"in_progress"}}`},
		{func() error { _, err := console.MitigateThreats(ctx, s1.MitigateRollback, threats); return err },
			"threats/mitigate/rollback-remediation", `{"filter":{"ids":["1112953674841025235"]}}`},
		{func() error {
			_, err := console.SetAlertVerdict(ctx, []s1.AlertID{consoletest.AlertA}, s1.VerdictFalsePositive)
			return err
		},
			"cloud-detection/alerts/analyst-verdict", `{"filter":{"ids":["1985998272619999973"]},"data":{"analystVerdict":"FALSE_POSITIVE"}}`},
		{func() error {
			_, err := console.SetAlertIncident(ctx, []s1.AlertID{consoletest.AlertA}, s1.StatusInProgress)
			return err
		},
			"cloud-detection/alerts/incident", `{"filter":{"ids":["1985998272619999973"]},"data":{"incidentStatus":"IN_PROGRESS"}}`},
	} {
		require.NoError(t, row.change())
		calls := console.Asked()
		last := calls[len(calls)-1]
		require.Equal(t, "POST", last.Method)
		require.Equal(t, "/web/api/v2.1/"+row.path, last.Path)
		require.Equal(t, row.body+"\n", last.Body)
		require.Equal(t, "application/json", last.Header.Get("Content-Type"))
	}
}

func TestAValueThatIsNoChoiceIsNotSent(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":1}}`))
	_, err := console.SetThreatVerdict(t.Context(), []s1.ThreatID{consoletest.ThreatA}, "TRUE_POSITIVE")
	require.ErrorIs(t, err, s1.ErrInvalidValue)
	_, err = console.SetThreatIncident(t.Context(), []s1.ThreatID{consoletest.ThreatA}, "")
	require.ErrorIs(t, err, s1.ErrInvalidValue)
	_, err = console.SetAlertVerdict(t.Context(), []s1.AlertID{consoletest.AlertA}, "maybe")
	require.ErrorIs(t, err, s1.ErrInvalidValue)
	_, err = console.SetAlertIncident(t.Context(), []s1.AlertID{consoletest.AlertA}, "maybe")
	require.ErrorIs(t, err, s1.ErrInvalidValue)
	_, err = console.MitigateThreats(t.Context(), "../../agents/actions/shutdown", []s1.ThreatID{consoletest.ThreatA})
	require.ErrorIs(t, err, s1.ErrInvalidValue)
	for _, text := range []string{"", " x ", strings.Repeat("ä", s1.MaxNote+1)} {
		_, err = console.AddThreatNotes(t.Context(), []s1.ThreatID{consoletest.ThreatA}, text)
		require.ErrorIs(t, err, s1.ErrInvalidValue)
	}
	require.Empty(t, console.Asked())
}

func TestAPartialSuccessNamesWhatFailed(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":2,"details":[
		{"threatId":"1112953674841025235","result":"updated"},
		{"threatId":"1311010474425970168","result":"missing_permissions"},
		{"threatId":"1311010474425970169","result":"already_set"}]}}`))
	result, err := console.SetThreatVerdict(t.Context(), []s1.ThreatID{consoletest.ThreatA, consoletest.ThreatB}, s1.VerdictSuspicious)
	require.NoError(t, err)
	require.Equal(t, 2, result.Affected)
	require.Len(t, result.Details, 3)
	require.Equal(t, []string{string(consoletest.ThreatB)}, result.Failed())
}

func TestAMitigationTellsWhatWasSkipped(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":"1","details":[
		{"threatId":"1112953674841025235","reports":[{"action":"kill","status":"pending","lastUpdate":"2024-05-11T01:36:24.673000Z","actionsCounters":null}],"skipped":[]},
		{"threatId":"1311010474425970168","reports":null,"skipped":[{"action":"rollback","reason":"not_supported","description":"Windows only"}]}]}}`))
	result, err := console.MitigateThreats(t.Context(), s1.MitigateRollback, []s1.ThreatID{consoletest.ThreatA, consoletest.ThreatB})
	require.NoError(t, err)
	require.Equal(t, 1, result.Affected)
	require.Equal(t, "pending", result.Details[0].Reports[0].Status)
	require.Equal(t, []s1.Skip{{ID: string(consoletest.ThreatB), Action: "rollback", Reason: "not_supported", Description: "Windows only"}}, result.Skipped)
	require.Equal(t, []string{string(consoletest.ThreatB)}, result.Failed())
}

func TestNothingAffectedIsToldAsSuch(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":0}}`))
	n, err := console.DisconnectAgents(t.Context(), []s1.AgentID{consoletest.AgentA})
	require.NoError(t, err)
	require.Zero(t, n)
}

func TestAnAnswerThatDoesNotSayHowManyIsUnknown(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"data":{"success":true}}`, `{"data":{"affected":null}}`, `{"data":{"affected":"many"}}`, `{"data":[]}`} {
		console := consoletest.Start(t, consoletest.OK(body))
		_, err := console.DisconnectAgents(t.Context(), []s1.AgentID{consoletest.AgentA})
		require.True(t, consoletest.AsError(t, err).Unknown(), body)
	}
}

func TestSystemAnswers(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(
		consoletest.OK(`{"data":{"build":"S-24.2.3#12","version":"24.2.3","release":"S","patch":3,"latestAgentVersion":"24.1.4.257"}}`),
		consoletest.OK(`{"data":{"health":"ok"}}`)))
	info, err := console.SystemInfo(t.Context())
	require.NoError(t, err)
	require.Equal(t, "24.2.3", info.Version)
	require.Equal(t, "3", info.Patch)
	health, err := console.SystemStatus(t.Context())
	require.NoError(t, err)
	require.Equal(t, "ok", health.Health)
	require.Equal(t, "/web/api/v2.1/system/status", console.Asked()[1].Path)
}
