package changes_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

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

func TestZeroIsACount(t *testing.T) {
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

// Nothing is sent for nothing, nor for what is no id: an empty filter means everything.
func TestAChangeIsSentOnceToIDsThatWereNamed(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":1}}`))
	for _, ids := range [][]s1.RuleID{nil, {}, {""}, {"1", "x"}, {"{}"}} {
		_, err := console.DeleteRules(t.Context(), ids)
		require.Error(t, err, "%q", ids)
	}
	_, err := console.DeleteExclusions(t.Context(), nil, "")
	require.ErrorIs(t, err, s1.ErrNothingSelected)
	require.Empty(t, console.Asked())
	console = consoletest.Start(t, consoletest.Status(http.StatusServiceUnavailable, `{}`))
	_, err = console.DisconnectAgents(t.Context(), []s1.AgentID{consoletest.AgentA})
	require.True(t, consoletest.AsError(t, err).Unknown())
	require.Len(t, console.Asked(), 1, "it may have got through")
}
