package s1

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	groupB = GroupID("475482421375116388")
	siteB  = SiteID("1402053568582768389")
	noteB  = NoteID("2219000000000005378")
)

func TestOrdersToEndpointsAreWrittenAsTheConsoleReadsThem(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ids, threats := []AgentID{agentA}, []ThreatID{threatA}
	for _, row := range []struct {
		change             func(*fakeConsole) error
		method, path, body string
	}{
		{func(c *fakeConsole) error { _, err := c.BroadcastMessage(ctx, ids, "<b> ä"); return err },
			"POST", "v2.1/agents/actions/broadcast", `{"filter":{"ids":["1845174760470303882"]},"data":{"message":"<b> ä"}}`},
		{func(c *fakeConsole) error { _, err := c.ScanAgents(ctx, ids); return err },
			"POST", "v2.1/agents/actions/initiate-scan", `{"filter":{"ids":["1845174760470303882"]},"data":{}}`},
		{func(c *fakeConsole) error { _, err := c.RestartAgents(ctx, ids); return err },
			"POST", "v2.1/agents/actions/restart-machine", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func(c *fakeConsole) error { _, err := c.SetExternalID(ctx, ids, "spare"); return err },
			"POST", "v2.1/agents/actions/set-external-id", `{"filter":{"ids":["1845174760470303882"]},"data":{"externalId":"spare"}}`},
		{func(c *fakeConsole) error { _, err := c.MoveAgentsToSite(ctx, ids, siteB); return err },
			"POST", "v2.1/agents/actions/move-to-site", `{"filter":{"ids":["1845174760470303882"]},"data":{"targetSiteId":"1402053568582768389"}}`},
		{func(c *fakeConsole) error { _, err := c.MoveAgentsToGroup(ctx, ids, groupB); return err },
			"PUT", "v2.1/groups/475482421375116388/move-agents", `{"filter":{"ids":["1845174760470303882"]}}`},
		{func(c *fakeConsole) error { return c.DeleteGroup(ctx, groupB) }, "DELETE", "v2.1/groups/475482421375116388", ""},
		{func(c *fakeConsole) error { _, err := c.MarkAsThreat(ctx, threats); return err },
			"POST", "v2.0/threats/mark-as-threat", `{"filter":{"ids":["1112953674841025235"]},"data":{"targetScope":"site"}}`},
		{func(c *fakeConsole) error { _, err := c.ResolveThreats(ctx, threats, agentA); return err },
			"POST", "v2.1/threats/incident", `{"data":{"incidentStatus":"resolved"},"filter":{"agentIds":["1845174760470303882"],"ids":["1112953674841025235"]}}`},
		{func(c *fakeConsole) error {
			_, err := c.SetThreatIncidentAndVerdict(ctx, threats, StatusInProgress, VerdictSuspicious)
			return err
		}, "POST", "v2.1/threats/incident", `{"filter":{"ids":["1112953674841025235"]},"data":{"analystVerdict":"suspicious","incidentStatus":"in_progress"}}`},
		{func(c *fakeConsole) error {
			_, err := c.UpdateThreatNote(ctx, threatA, noteB, "new <text>")
			return err
		},
			"PUT", "v2.1/threats/1112953674841025235/notes/2219000000000005378", `{"data":{"text":"new <text>"}}`},
	} {
		console := startConsole(t, ok(`{"data":{"affected":1}}`))
		require.NoError(t, row.change(console), row.path)
		call := console.asked()[0]
		require.Equal(t, row.method, call.method)
		require.Equal(t, "/web/api/"+row.path, call.path)
		require.Equal(t, row.body, strings.TrimSpace(call.body))
	}
}

func TestNothingIsSentForWhatTheConsoleWouldNotTakeOrTakeForEverything(t *testing.T) {
	t.Parallel()
	console, ctx := startConsole(t, ok(`{"data":{"affected":1}}`)), t.Context()
	none, one := []AgentID{}, []AgentID{agentA}
	for name, refused := range map[string]func() error{
		"broadcast to nobody": func() error { _, err := console.BroadcastMessage(ctx, none, "hello"); return err },
		"no message":          func() error { _, err := console.BroadcastMessage(ctx, one, ""); return err },
		"long message":        func() error { _, err := console.BroadcastMessage(ctx, one, strings.Repeat("ä", 141)); return err },
		"scan everything":     func() error { _, err := console.ScanAgents(ctx, nil); return err },
		"restart everything":  func() error { _, err := console.RestartAgents(ctx, none); return err },
		"name everything":     func() error { _, err := console.SetExternalID(ctx, none, "x"); return err },
		"move everything":     func() error { _, err := console.MoveAgentsToSite(ctx, none, siteB); return err },
		"move nowhere":        func() error { _, err := console.MoveAgentsToSite(ctx, one, "Paris"); return err },
		"regroup everything":  func() error { _, err := console.MoveAgentsToGroup(ctx, none, groupB); return err },
		"regroup by a path":   func() error { _, err := console.MoveAgentsToGroup(ctx, one, "1/../2"); return err },
		"delete by a path":    func() error { return console.DeleteGroup(ctx, "1/move-agents") },
		"group of a path":     func() error { _, err := console.Group(ctx, "../sites"); return err },
		"group of no site":    func() error { _, err := console.CreateGroup(ctx, NewGroup{Name: "x", Inherits: true}); return err },
		"group with a tag": func() error {
			_, err := console.CreateGroup(ctx, NewGroup{Name: "<x", Site: siteB, Inherits: true})
			return err
		},
		"group without policy": func() error { _, err := console.CreateGroup(ctx, NewGroup{Name: "x", Site: siteB}); return err },
		"mark everything":      func() error { _, err := console.MarkAsThreat(ctx, nil); return err },
		"resolve everything":   func() error { _, err := console.ResolveThreats(ctx, nil, agentA); return err },
		"resolve nowhere":      func() error { _, err := console.ResolveThreats(ctx, []ThreatID{threatA}, ""); return err },
		"no such status": func() error {
			_, err := console.SetThreatIncidentAndVerdict(ctx, []ThreatID{threatA}, "closed", VerdictSuspicious)
			return err
		},
		"no such verdict": func() error {
			_, err := console.SetThreatIncidentAndVerdict(ctx, []ThreatID{threatA}, StatusResolved, "bad")
			return err
		},
		"note by a path":   func() error { _, err := console.UpdateThreatNote(ctx, threatA, "1/2", "text"); return err },
		"short note":       func() error { _, err := console.UpdateThreatNote(ctx, threatA, noteB, " x "); return err },
		"apps of nobody":   func() error { _, err := console.AgentApplications(ctx, ""); return err },
		"no analysis":      func() error { _, err := console.ThreatAnalysis(ctx, "x"); return err },
		"no events":        func() error { _, err := console.ThreatEventsPage(ctx, "x", nil); return err },
		"policy by a path": func() error { _, err := console.SitePolicy(ctx, "1/2"); return err },
	} {
		require.Error(t, refused(), name)
	}
	require.Empty(t, console.asked())
}

func TestMovesAreCountedHoweverTheConsoleAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"data":{"agentsMoved":2}}`: 2, `{"data":{"agentsMoved":"2"}}`: 2, `{"data":{"affected":1}}`: 1, `{"data":{"agentsMoved":0}}`: 0,
		"": Unsaid, `{"data":null}`: Unsaid, `{"data":{"agentsMoved":null}}`: Unsaid, "<html>": Unsaid,
	} {
		console := startConsole(t, ok(body))
		n, err := console.MoveAgentsToGroup(t.Context(), []AgentID{agentA}, groupB)
		require.NoError(t, err, body)
		require.Equal(t, want, n, body)
	}
	console := startConsole(t, status(http.StatusConflict, `{"errors":[{"code":4090010,"title":"Conflict"}]}`))
	_, err := console.MoveAgentsToGroup(t.Context(), []AgentID{agentA}, groupB)
	require.Equal(t, http.StatusConflict, asError(t, err).Status)
}

func TestAGroupThatIsNotDeletedIsAnError(t *testing.T) {
	t.Parallel()
	for body, fails := range map[string]bool{`{"data":{"success":true}}`: false, "": false, `{"data":{"success":false}}`: true} {
		err := startConsole(t, ok(body)).DeleteGroup(t.Context(), groupB)
		require.Equal(t, fails, err != nil, body)
	}
}

func TestANewGroupBringsItsPolicyOnlyWhereItDoesNotInherit(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"id":"475482421375116388","name":"Lab","registrationToken":"eyJ-secret","rank":null}}`))
	policy := json.RawMessage(`{"data":{"mitigationMode":"detect","updatedAt":"2026-01-01"}}`)
	group, err := console.CreateGroup(t.Context(), NewGroup{Name: "Lab", Site: siteB, Policy: policy})
	require.NoError(t, err)
	require.Equal(t, groupB, group.ID)
	require.NotContains(t, string(group.Raw), "eyJ-secret")
	_, err = console.CreateGroup(t.Context(), NewGroup{Name: "Lab", Site: siteB, Inherits: true, Policy: policy})
	require.NoError(t, err)
	require.JSONEq(t, `{"data":{"name":"Lab","siteId":"1402053568582768389","inherits":false,"policy":{"mitigationMode":"detect"}}}`, console.asked()[0].body)
	require.JSONEq(t, `{"data":{"name":"Lab","siteId":"1402053568582768389","inherits":true}}`, console.asked()[1].body)
}

func TestStatusAndVerdictFailEachForItself(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"affected":2,"details":[{"threatId":"1112953674841025235","result":"updated","analystVerdict":"already_set"},
		{"threatId":"1311010474425970168","result":"updated","analystVerdict":"missing_permissions"}]}}`))
	result, err := console.SetThreatIncidentAndVerdict(t.Context(), []ThreatID{threatA, threatB}, StatusResolved, VerdictTruePositive)
	require.NoError(t, err)
	require.Equal(t, []string{string(threatB)}, result.Failed())
	require.Equal(t, "missing_permissions", result.Details[1].Verdict)
}

func TestApplicationsOfOneEndpoint(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":[{"name":"Office","version":16,"publisher":null,"size":"1234","installedDate":"2023-01-01T00:00:00.000000Z"},"nonsense"]}`))
	apps, err := console.AgentApplications(t.Context(), agentA)
	require.NoError(t, err)
	require.Len(t, apps, 1)
	require.Equal(t, "16", apps[0].Version)
	require.Equal(t, 1234, apps[0].Size)
	require.Equal(t, 2023, apps[0].Installed.Year())
	require.Equal(t, "ids=1845174760470303882", console.asked()[0].query)
}

func TestAnAnalysisIsAThreatAndTheRulesThatTookPart(t *testing.T) {
	t.Parallel()
	for body, rules := range map[string]int{
		`{"data":{"threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe"},"customDetectionRules":[{"id":1,"name":"mine"}]}}`: 1,
		`{"data":{"threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe"},"customDetectionRules":null}}`:                     0,
		`{"data":{"threatInfo":{"threatId":1112953674841025235,"threatName":"evil.exe"},"customDetectionRules":"none"}}`:                     0,
	} {
		console := startConsole(t, ok(body))
		found, err := console.ThreatAnalysis(t.Context(), threatA)
		require.NoError(t, err, body)
		require.Equal(t, threatA, found.Identity())
		require.Equal(t, "evil.exe", found.Name())
		require.Len(t, found.Rules, rules, body)
		require.Contains(t, string(found.Raw), "customDetectionRules")
		require.Equal(t, "/web/api/v2.1/private/threats/1112953674841025235/analysis", console.asked()[0].path)
	}
}

func TestTheRecordedAnalysisIsReadAsOne(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"threatInfo":{"threatId":"1311010474425970168"},"agentRealtimeInfo":{"agentComputerName":"localhost"}}}`
	for name, raw := range recorded(t, "threat_analysis", madeUp) {
		found, err := startConsole(t, ok(string(raw))).ThreatAnalysis(t.Context(), threatA)
		require.NoError(t, err, name)
		require.NotEmpty(t, found.Host(), name)
		require.True(t, found.Identity().Valid(), name)
	}
}

func TestEventsOfAThreatFromBothPaths(t *testing.T) {
	t.Parallel()
	const body = `{"data":[{"id":1,"objectType":"ip","eventType":"TCPv4","dstPort":443,"relatedToThreat":"True","processName":null,"createdAt":"2023-10-23T00:00:00.000Z"}],"pagination":{"totalItems":1,"nextCursor":"abc=="}}`
	console := startConsole(t, ok(body))
	page, err := console.ThreatEventsPage(t.Context(), threatA, Query{}.With("eventTypes", "ip", "dns"))
	require.NoError(t, err)
	require.Equal(t, "443", page.Items[0].DstPort)
	require.True(t, page.Items[0].RelatedToThreat)
	require.Equal(t, "abc==", page.Next)
	_, err = console.AllThreatEventsPage(t.Context(), threatA, nil)
	require.NoError(t, err)
	require.Equal(t, "/web/api/v2.1/threats/1112953674841025235/explore/events", console.asked()[0].path)
	require.Equal(t, "eventTypes=ip%2Cdns", console.asked()[0].query)
	require.Equal(t, "/web/api/v2.1/private/threats/1112953674841025235/explore/all-events", console.asked()[1].path)
}

func TestAnUnclearAnswerToAChangeIsUnknown(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fakeConsole) error{
		"move": func(c *fakeConsole) error {
			_, err := c.MoveAgentsToGroup(t.Context(), []AgentID{agentA}, groupB)
			return err
		},
		"delete": func(c *fakeConsole) error { return c.DeleteGroup(t.Context(), groupB) },
		"note": func(c *fakeConsole) error {
			_, err := c.UpdateThreatNote(t.Context(), threatA, noteB, "text")
			return err
		},
	} {
		require.True(t, asError(t, change(startConsole(t, noAnswer))).Unknown(), name)
		console := startConsole(t, status(http.StatusInternalServerError, ""))
		require.True(t, asError(t, change(console)).Unknown(), name)
		require.Len(t, console.asked(), 1, "%s: changes are not tried again", name)
	}
}
