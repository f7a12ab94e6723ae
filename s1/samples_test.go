package s1_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/wire"
)

func TestRecordedThreatsAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"id":"1112953674841025235","threatInfo":{"threatName":"evil.exe","storyline":"A1","sha1":"6666666666666666666666666666666666666666",
		"createdAt":"2021-03-16T14:00:16.879105Z","incidentStatus":"unresolved"},"agentRealtimeInfo":{"agentId":"1845174760470303882","agentComputerName":"DESKTOP-1"}}`
	for name, raw := range consoletest.Recorded(t, "threat__", madeUp) {
		console := consoletest.Start(t, consoletest.OK(consoletest.Framed(raw)))
		page, err := console.ThreatsPage(t.Context(), nil)
		require.NoError(t, err, name)
		threat := page.Items[0]
		require.True(t, threat.Identity().Valid(), name)
		require.True(t, threat.AgentID().Valid(), name)
		require.NotEmpty(t, threat.Host(), name)
		require.NotEmpty(t, threat.Name(), name)
		require.NotEmpty(t, threat.Info.Storyline, name)
		require.False(t, threat.Info.CreatedAt.IsZero(), name)
		require.True(t, wire.ValidChoice(threat.Info.IncidentStatus), name)
		kind, hash := threat.Hash()
		require.Equal(t, "SHA-1", kind, name)
		require.Len(t, hash, 40, name)
		require.JSONEq(t, string(raw), string(threat.Raw), "%s: the raw view has everything", name)
	}
}

func TestTheRecordedThreatAnalysisIsOneObject(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"threatInfo":{"threatId":"1311010474425970168","mitigationStatus":"mitigated"},"mitigationStatus":[{"action":"quarantine","status":"success","actionsCounters":{"success":1}}],
		"agentDetectionInfo":{"agentIpV4":"10.32.0.165,172.18.0.1"},"indicators":[]}}`
	for name, raw := range consoletest.Recorded(t, "threat_analysis", madeUp) {
		console := consoletest.Start(t, consoletest.OK(string(raw)))
		analysis, err := console.ThreatAnalysis(t.Context(), consoletest.ThreatA)
		require.NoError(t, err, name)
		threat := analysis.Threat
		require.True(t, threat.Identity().Valid(), name)
		require.True(t, threat.Mitigated(), name)
		require.Equal(t, "success", threat.MitigationStatus[0].Status)
		require.Equal(t, 1, threat.MitigationStatus[0].ActionsCounters.Success)
		require.Greater(t, len(threat.IPs()), 1)
	}
}

func TestRecordedAlertsAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"alertInfo":{"alertId":"1985998272619999973","analystVerdict":"Undefined","incidentStatus":"Unresolved","createdAt":"2024-07-03T03:44:03.003000Z","dstPort":443},
		"ruleInfo":{"name":"made up","severity":"Critical"},"agentDetectionInfo":{"name":"SRV-1","osName":"Windows Server 2022"},"agentRealtimeInfo":{"id":"1834780238610855645"},
		"sourceProcessInfo":{"name":"powershell.exe","pid":1252,"storyline":"CE8D","user":"SYSTEM"},"targetProcessInfo":{"tgtFileCreatedAt":"1970-01-01T00:00:00Z"}}`
	for name, raw := range consoletest.Recorded(t, "alert__", madeUp) {
		console := consoletest.Start(t, consoletest.OK(consoletest.Framed(raw)))
		page, err := console.AlertsPage(t.Context(), nil)
		require.NoError(t, err, name)
		alert := page.Items[0]
		require.True(t, alert.Identity().Valid(), name)
		require.True(t, alert.AgentID().Valid(), name)
		require.NotEmpty(t, alert.Host(), name)
		require.NotEmpty(t, alert.Name(), name)
		require.NotEmpty(t, alert.Storyline(), name)
		require.NotEmpty(t, alert.User(), name)
		require.NotEmpty(t, alert.OS(), name)
		require.Equal(t, s1.VerdictUndefined, alert.Info.AnalystVerdict, name)
		require.Equal(t, s1.StatusUnresolved, alert.Info.IncidentStatus, name)
		require.Equal(t, s1.SeverityCritical, alert.Rule.Severity, name)
		require.Equal(t, "1252", alert.Source.PID, name)
		require.True(t, alert.Target.FileCreatedAt.IsZero(), "%s: 1970 means never", name)
	}
}

func TestRecordedAgentsAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":[{"id":"0000000000000000001","computerName":"Hostname0","osUsername":"None","scanAbortedAt":"None","machineType":"server","isActive":true,
		"lastLoggedInUserName":"","licenseKey":"","networkInterfaces":[{"inet":["1.2.3.4"],"inet6":["2001:db8:8:4::1"]}],"lastIpToMgmt":"1.2.3.4","totalMemory":1023}]}`
	for name, raw := range consoletest.Recorded(t, "agents_response", madeUp) {
		console := consoletest.Start(t, consoletest.OK(consoletest.Framed(raw)))
		page, err := console.AgentsPage(t.Context(), nil)
		require.NoError(t, err, name)
		agent := page.Items[0]
		require.True(t, agent.ID.Valid(), name)
		require.Equal(t, "Hostname0", agent.ComputerName, name)
		require.True(t, agent.Online(), name)
		require.True(t, agent.Server(), name)
		require.False(t, agent.Isolated(), name)
		require.Empty(t, agent.User(), "%s: None is nobody", name)
		require.True(t, agent.ScanAbortedAt.IsZero(), name)
		require.Equal(t, []string{"1.2.3.4", "2001:db8:8:4::1"}, agent.IPs(), name)
		require.Equal(t, 1023, agent.TotalMemory, name)
	}
}

func TestRecordedActivitiesAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"id":"1391846353852639605","activityType":2001,"agentId":"997510333395640565","primaryDescription":"made up","data":{"fileDisplayName":"x"},"createdAt":"2022-04-05T09:10:15.006573Z"}`
	recordings := consoletest.Recorded(t, "activity__", madeUp)
	maps.Copy(recordings, consoletest.Recorded(t, "activities_response", madeUp))
	for name, raw := range recordings {
		console := consoletest.Start(t, consoletest.OK(consoletest.Framed(raw)))
		page, err := console.ActivitiesPage(t.Context(), nil)
		require.NoError(t, err, name)
		require.NotEmpty(t, page.Items, name)
		for _, activity := range page.Items {
			require.True(t, activity.ID.Valid(), name)
			require.NotZero(t, activity.Type, name)
			require.NotEmpty(t, activity.PrimaryDescription, name)
			require.False(t, activity.CreatedAt.IsZero(), name)
			require.True(t, json.Valid(activity.Data), name)
		}
	}
}

func TestRecordedGroupsAreReadWithoutTheirToken(t *testing.T) {
	t.Parallel()
	const madeUp = `{"id":"1234567890123456789","name":"Default Group","isDefault":true,"rank":null,"totalAgents":1,"registrationToken":"eyJhIjoxfQ=="}`
	for name, raw := range consoletest.Recorded(t, "group__", madeUp) {
		console := consoletest.Start(t, consoletest.OK(consoletest.Framed(raw)))
		page, err := console.GroupsPage(t.Context(), nil)
		require.NoError(t, err, name)
		group := page.Items[0]
		require.Equal(t, "Default Group", group.Name, name)
		require.Equal(t, 1, group.TotalAgents, name)
		require.Contains(t, string(group.Raw), `"•••"`, name)
		require.NotContains(t, string(group.Raw), "eyx", name)
		require.NotContains(t, string(group.Raw), "eyJ", name)
	}
}

func TestRecordedUnifiedExclusionsAreReadAsExclusions(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":[{"id":"2543493559305834189","exclusionName":"made up","type":"path","value":"x","modeType":"suppression","osType":"windows","threatType":"EDR",
		"engines":"suppress","pathExclusionType":"file","scopePath":"Global","createdAt":"2026-08-11T08:27:40.176838Z","userName":"user1"}],"pagination":{"totalItems":1,"nextCursor":null}}`
	for name, raw := range consoletest.Recorded(t, "unified_exclusions_response", madeUp) {
		console := consoletest.Start(t, consoletest.Answering(consoletest.Status(http.StatusNotFound, `{"errors":[{"code":4040010,"title":"Not Found"}]}`), consoletest.OK(string(raw))))
		page, err := console.ExclusionsPage(t.Context(), nil)
		require.NoError(t, err, name)
		e := page.Items[0]
		require.True(t, e.ID.Valid(), name)
		require.Equal(t, s1.ExclusionMode("suppress"), e.Mode, name)
		require.NotEmpty(t, e.UnifiedName, name)
		require.NotEmpty(t, e.Value, name)
		require.False(t, e.CreatedAt.IsZero(), name)
	}
}

// A console that answers nothing about its token tells of the user that has it, in the row that service users are listed with.
func TestTheRecordedServiceUserTellsWhenItsTokenEnds(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":[{"id":"123456","name":"made up","scope":"site","apiToken":{"createdAt":"2025-01-30T10:12:09.407923Z","expiresAt":"2027-01-30T10:12:09.402735Z"}}]}`
	for name, raw := range consoletest.Recorded(t, "service_users_response", madeUp) {
		var listed struct{ Data []json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &listed))
		console := consoletest.Start(t, consoletest.Answering(consoletest.Status(http.StatusForbidden, `{"errors":[{"code":4030010,"title":"Insufficient permissions"}]}`),
			consoletest.OK(`{"data":`+string(listed.Data[0])+`}`)))
		token, err := console.Token(t.Context())
		require.NoError(t, err, name)
		require.False(t, token.Expires.IsZero(), name)
		require.Equal(t, s1.TokenOwner(""), token.Owner, "%s: it has no address that would tell", name)
	}
}

func TestRecordedErrorsAreUnderstood(t *testing.T) {
	t.Parallel()
	const madeUp = `{"401":{"errors":[{"code":4010010,"title":"Authentication Failed","detail":null}]},"400 seen":["data: Invalid input type."]}`
	for _, raw := range consoletest.Recorded(t, "errors__", madeUp) {
		for name, body := range recordedErrors(t, raw) {
			code, err := strconv.Atoi(name[:3])
			require.NoError(t, err)
			var details []string
			if json.Unmarshal(body, &details) != nil {
				details = []string{""}
			}
			for _, detail := range details {
				if detail != "" {
					body, err = json.Marshal(map[string]any{"errors": []any{map[string]any{"code": 4000010, "title": "Validation Error", "detail": detail}}})
					require.NoError(t, err)
				}
				console := consoletest.Start(t, consoletest.Status(code, string(body)))
				_, err := console.AgentsPage(t.Context(), nil)
				e := consoletest.AsError(t, err)
				require.Equal(t, code, e.Status, name)
				require.NotEqual(t, http.StatusText(code), e.Message, "%s: the console's own words", name)
				require.Contains(t, e.Message, detail)
				require.NotContains(t, e.Message, "{", name)
			}
		}
	}
}

// recordedErrors are the answers of a sample by their status: an object with the statuses as keys, or a list of them.
func recordedErrors(t *testing.T, raw json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	var answers map[string]json.RawMessage
	if json.Unmarshal(raw, &answers) == nil {
		return answers
	}
	var list []struct {
		Status int
		Body   json.RawMessage
	}
	require.NoError(t, json.Unmarshal(raw, &list))
	answers = map[string]json.RawMessage{}
	for i, a := range list {
		answers[fmt.Sprintf("%d (%d)", a.Status, i)] = a.Body
	}
	return answers
}
