package s1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

func TestOrdersToEndpointsAreWrittenAsTheConsoleReadsThem(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ids, threats := []s1.AgentID{consoletest.AgentA}, []s1.ThreatID{consoletest.ThreatA}
	for _, row := range []struct {
		change             func(*consoletest.Console) error
		method, path, body string
	}{
		{func(c *consoletest.Console) error { _, err := c.BroadcastMessage(ctx, ids, "<b> ä"); return err },
			"POST", "v2.1/agents/actions/broadcast", `{"filter":{"ids":["1845174760470303882"]},"data":{"message":"<b> ä"}}`},
		{func(c *consoletest.Console) error { _, err := c.ScanAgents(ctx, ids); return err },
			"POST", "v2.1/agents/actions/initiate-scan", `{"filter":{"ids":["1845174760470303882"]},"data":{}}`},
		{func(c *consoletest.Console) error { _, err := c.RestartAgents(ctx, ids); return err },
			"POST", "v2.1/agents/actions/restart-machine", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func(c *consoletest.Console) error { _, err := c.SetExternalID(ctx, ids, "spare"); return err },
			"POST", "v2.1/agents/actions/set-external-id", `{"filter":{"ids":["1845174760470303882"]},"data":{"externalId":"spare"}}`},
		{func(c *consoletest.Console) error { _, err := c.MoveAgentsToSite(ctx, ids, siteB); return err },
			"POST", "v2.1/agents/actions/move-to-site", `{"filter":{"ids":["1845174760470303882"]},"data":{"targetSiteId":"1402053568582768389"}}`},
		{func(c *consoletest.Console) error { _, err := c.MoveAgentsToGroup(ctx, ids, groupB); return err },
			"PUT", "v2.1/groups/475482421375116388/move-agents", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func(c *consoletest.Console) error { return c.DeleteGroup(ctx, groupB) }, "DELETE", "v2.1/groups/475482421375116388", ""},
		{func(c *consoletest.Console) error { _, err := c.MarkAsThreat(ctx, threats); return err },
			"POST", "v2.0/threats/mark-as-threat", `{"filter":{"ids":["1112953674841025235"]},"data":{"targetScope":"site"}}`},
		{func(c *consoletest.Console) error {
			_, err := c.ResolveThreats(ctx, threats, consoletest.AgentA)
			return err
		},
			"POST", "v2.1/threats/incident", `{"data":{"incidentStatus":"resolved"},"filter":{"agentIds":["1845174760470303882"],"ids":["1112953674841025235"]}}`},
		{func(c *consoletest.Console) error {
			_, err := c.SetThreatIncidentAndVerdict(ctx, threats, s1.StatusInProgress, s1.VerdictSuspicious)
			return err
		}, "POST", "v2.1/threats/incident", `{"filter":{"ids":["1112953674841025235"]},"data":{"analystVerdict":"suspicious","incidentStatus":"in_progress"}}`},
		{func(c *consoletest.Console) error {
			_, err := c.UpdateThreatNote(ctx, consoletest.ThreatA, noteB, "new <text>")
			return err
		},
			"PUT", "v2.1/threats/1112953674841025235/notes/2219000000000005378", `{"data":{"text":"new <text>"}}`},
	} {
		console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":1}}`))
		require.NoError(t, row.change(console), row.path)
		call := console.Asked()[0]
		require.Equal(t, row.method, call.Method)
		require.Equal(t, "/web/api/"+row.path, call.Path)
		require.Equal(t, row.body, strings.TrimSpace(call.Body))
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
