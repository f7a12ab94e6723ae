package s1_test

import (
	"encoding/json"
	"net/http"
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

const (
	groupB = s1.GroupID("475482421375116388")
	siteB  = s1.SiteID("1402053568582768389")
	noteB  = s1.NoteID("2219000000000005378")
)

func TestNothingIsSentForWhatTheConsoleWouldNotTakeOrTakeForEverything(t *testing.T) {
	t.Parallel()
	console, ctx := consoletest.Start(t, consoletest.OK(`{"data":{"affected":1}}`)), t.Context()
	none, one := []s1.AgentID{}, []s1.AgentID{consoletest.AgentA}
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
		"group of no site":    func() error { _, err := console.CreateGroup(ctx, s1.NewGroup{Name: "x", Inherits: true}); return err },
		"group with a tag": func() error {
			_, err := console.CreateGroup(ctx, s1.NewGroup{Name: "<x", Site: siteB, Inherits: true})
			return err
		},
		"group without policy": func() error { _, err := console.CreateGroup(ctx, s1.NewGroup{Name: "x", Site: siteB}); return err },
		"mark everything":      func() error { _, err := console.MarkAsThreat(ctx, nil); return err },
		"resolve everything":   func() error { _, err := console.ResolveThreats(ctx, nil, consoletest.AgentA); return err },
		"resolve nowhere": func() error {
			_, err := console.ResolveThreats(ctx, []s1.ThreatID{consoletest.ThreatA}, "")
			return err
		},
		"no such status": func() error {
			_, err := console.SetThreatIncidentAndVerdict(ctx, []s1.ThreatID{consoletest.ThreatA}, "closed", s1.VerdictSuspicious)
			return err
		},
		"no such verdict": func() error {
			_, err := console.SetThreatIncidentAndVerdict(ctx, []s1.ThreatID{consoletest.ThreatA}, s1.StatusResolved, "bad")
			return err
		},
		"note by a path":   func() error { _, err := console.UpdateThreatNote(ctx, consoletest.ThreatA, "1/2", "text"); return err },
		"short note":       func() error { _, err := console.UpdateThreatNote(ctx, consoletest.ThreatA, noteB, " x "); return err },
		"apps of nobody":   func() error { _, err := console.AgentApplications(ctx, ""); return err },
		"no analysis":      func() error { _, err := console.ThreatAnalysis(ctx, "x"); return err },
		"no events":        func() error { _, err := console.ThreatEventsPage(ctx, "x", nil); return err },
		"policy by a path": func() error { _, err := console.SitePolicy(ctx, "1/2"); return err },
	} {
		require.Error(t, refused(), name)
	}
	require.Empty(t, console.Asked())
}

func TestMovesAreCountedHoweverTheConsoleAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]int{
		`{"data":{"agentsMoved":2}}`: 2, `{"data":{"agentsMoved":"2"}}`: 2, `{"data":{"affected":1}}`: 1, `{"data":{"agentsMoved":0}}`: 0,
		"": s1.Unsaid, `{"data":null}`: s1.Unsaid, `{"data":{"agentsMoved":null}}`: s1.Unsaid, "<html>": s1.Unsaid,
	} {
		console := consoletest.Start(t, consoletest.OK(body))
		n, err := console.MoveAgentsToGroup(t.Context(), []s1.AgentID{consoletest.AgentA}, groupB)
		require.NoError(t, err, body)
		require.Equal(t, want, n, body)
	}
	console := consoletest.Start(t, consoletest.Status(http.StatusConflict, `{"errors":[{"code":4090010,"title":"Conflict"}]}`))
	_, err := console.MoveAgentsToGroup(t.Context(), []s1.AgentID{consoletest.AgentA}, groupB)
	require.Equal(t, http.StatusConflict, consoletest.AsError(t, err).Status)
}

func TestAGroupThatIsNotDeletedIsAnError(t *testing.T) {
	t.Parallel()
	for body, fails := range map[string]bool{`{"data":{"success":true}}`: false, "": false, `{"data":{"success":false}}`: true} {
		err := consoletest.Start(t, consoletest.OK(body)).DeleteGroup(t.Context(), groupB)
		require.Equal(t, fails, err != nil, body)
	}
}

func TestANewGroupBringsItsPolicyOnlyWhereItDoesNotInherit(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"id":"475482421375116388","name":"Lab","registrationToken":"eyJ-secret","rank":null}}`))
	policy := json.RawMessage(`{"data":{"mitigationMode":"detect","updatedAt":"2026-01-01"}}`)
	group, err := console.CreateGroup(t.Context(), s1.NewGroup{Name: "Lab", Site: siteB, Policy: policy})
	require.NoError(t, err)
	require.Equal(t, groupB, group.ID)
	require.NotContains(t, string(group.Raw), "eyJ-secret")
	_, err = console.CreateGroup(t.Context(), s1.NewGroup{Name: "Lab", Site: siteB, Inherits: true, Policy: policy})
	require.NoError(t, err)
	require.JSONEq(t, `{"data":{"name":"Lab","siteId":"1402053568582768389","inherits":false,"policy":{"mitigationMode":"detect"}}}`, console.Asked()[0].Body)
	require.JSONEq(t, `{"data":{"name":"Lab","siteId":"1402053568582768389","inherits":true}}`, console.Asked()[1].Body)
}

func TestStatusAndVerdictFailEachForItself(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"affected":2,"details":[{"threatId":"1112953674841025235","result":"updated","analystVerdict":"already_set"},
		{"threatId":"1311010474425970168","result":"updated","analystVerdict":"missing_permissions"}]}}`))
	result, err := console.SetThreatIncidentAndVerdict(t.Context(), []s1.ThreatID{consoletest.ThreatA, consoletest.ThreatB}, s1.StatusResolved, s1.VerdictTruePositive)
	require.NoError(t, err)
	require.Equal(t, []string{string(consoletest.ThreatB)}, result.Failed())
	require.Equal(t, "missing_permissions", result.Details[1].Verdict)
}

func TestApplicationsOfOneEndpoint(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"name":"Office","version":16,"publisher":null,"size":"1234","installedDate":"2023-01-01T00:00:00.000000Z"},"nonsense"]}`))
	apps, err := console.AgentApplications(t.Context(), consoletest.AgentA)
	require.NoError(t, err)
	require.Len(t, apps, 1)
	require.Equal(t, "16", apps[0].Version)
	require.Equal(t, 1234, apps[0].Size)
	require.Equal(t, 2023, apps[0].Installed.Year())
	require.Equal(t, "ids=1845174760470303882", console.Asked()[0].Query)
}

func TestAnAnalysisIsAThreatAndTheRulesThatTookPart(t *testing.T) {
	t.Parallel()
	for body, rules := range map[string]int{
		`{"data":{"threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe"},"customDetectionRules":[{"id":1,"name":"mine"}]}}`: 1,
		`{"data":{"threatInfo":{"threatId":"1112953674841025235","threatName":"evil.exe"},"customDetectionRules":null}}`:                     0,
		`{"data":{"threatInfo":{"threatId":1112953674841025235,"threatName":"evil.exe"},"customDetectionRules":"none"}}`:                     0,
	} {
		console := consoletest.Start(t, consoletest.OK(body))
		found, err := console.ThreatAnalysis(t.Context(), consoletest.ThreatA)
		require.NoError(t, err, body)
		require.Equal(t, consoletest.ThreatA, found.Identity())
		require.Equal(t, "evil.exe", found.Name())
		require.Len(t, found.Rules, rules, body)
		require.Contains(t, string(found.Raw), "customDetectionRules")
		require.Equal(t, "/web/api/v2.1/private/threats/1112953674841025235/analysis", console.Asked()[0].Path)
	}
}

func TestTheRecordedAnalysisIsReadAsOne(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"threatInfo":{"threatId":"1311010474425970168"},"agentRealtimeInfo":{"agentComputerName":"localhost"}}}`
	for name, raw := range consoletest.Recorded(t, "threat_analysis", madeUp) {
		found, err := consoletest.Start(t, consoletest.OK(string(raw))).ThreatAnalysis(t.Context(), consoletest.ThreatA)
		require.NoError(t, err, name)
		require.NotEmpty(t, found.Host(), name)
		require.True(t, found.Identity().Valid(), name)
	}
}

func TestEventsOfAThreatFromBothPaths(t *testing.T) {
	t.Parallel()
	const body = `{"data":[{"id":1,"objectType":"ip","eventType":"TCPv4","dstPort":443,"relatedToThreat":"True","processName":null,"createdAt":"2023-10-23T00:00:00.000Z"}],"pagination":{"totalItems":1,"nextCursor":"abc=="}}`
	console := consoletest.Start(t, consoletest.OK(body))
	page, err := console.ThreatEventsPage(t.Context(), consoletest.ThreatA, s1.Query{}.With("eventTypes", "ip", "dns"))
	require.NoError(t, err)
	require.Equal(t, "443", page.Items[0].DstPort)
	require.True(t, page.Items[0].RelatedToThreat)
	require.Equal(t, "abc==", page.Next)
	_, err = console.AllThreatEventsPage(t.Context(), consoletest.ThreatA, nil)
	require.NoError(t, err)
	require.Equal(t, "/web/api/v2.1/threats/1112953674841025235/explore/events", console.Asked()[0].Path)
	require.Equal(t, "eventTypes=ip%2Cdns", console.Asked()[0].Query)
	require.Equal(t, "/web/api/v2.1/private/threats/1112953674841025235/explore/all-events", console.Asked()[1].Path)
}

func TestAnUnclearAnswerToAChangeIsUnknown(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*consoletest.Console) error{
		"move": func(c *consoletest.Console) error {
			_, err := c.MoveAgentsToGroup(t.Context(), []s1.AgentID{consoletest.AgentA}, groupB)
			return err
		},
		"delete": func(c *consoletest.Console) error { return c.DeleteGroup(t.Context(), groupB) },
		"note": func(c *consoletest.Console) error {
			_, err := c.UpdateThreatNote(t.Context(), consoletest.ThreatA, noteB, "text")
			return err
		},
	} {
		require.True(t, consoletest.AsError(t, change(consoletest.Start(t, consoletest.NoAnswer))).Unknown(), name)
		console := consoletest.Start(t, consoletest.Status(http.StatusInternalServerError, ""))
		require.True(t, consoletest.AsError(t, change(console)).Unknown(), name)
		require.Len(t, console.Asked(), 1, "%s: changes are not tried again", name)
	}
}

// What a console answers with a success and nobody can read is neither done nor failed, and the status is the one that came.
func TestASuccessThatSaysNothingHasItsOwnStatus(t *testing.T) {
	t.Parallel()
	for body, says := range map[string]string{
		`{"data":{"affected":-1}}`: "didn't say how many", `{"data":{"affected":null,"x":1}}`: "didn't say how many",
		"": "empty", "<html><title>Sign in</title>": "a web page instead of data: Sign in", `{"data":{"aff`: "cut off",
	} {
		for _, status := range []int{http.StatusOK, http.StatusAccepted} {
			_, err := consoletest.Start(t, consoletest.Status(status, body)).ScanAgents(t.Context(), []s1.AgentID{consoletest.AgentA})
			e := consoletest.AsError(t, err)
			require.Equal(t, status, e.Status, body)
			require.Contains(t, e.Message, says)
			require.True(t, e.Unknown(), body)
		}
	}
	moved, err := consoletest.Start(t, consoletest.OK(`{"data":{"agentsMoved":-1}}`)).MoveAgentsToGroup(t.Context(), []s1.AgentID{consoletest.AgentA}, groupB)
	require.NoError(t, err)
	require.Equal(t, s1.Unsaid, moved)
	_, err = consoletest.Start(t, consoletest.Status(http.StatusCreated, "[")).BlockHash(t.Context(), s1.Scope{Tenant: true}, "a9993e364706816aba3e25717850c26c9cd0d89d", "windows", "")
	require.Equal(t, http.StatusCreated, consoletest.AsError(t, err).Status)
}
