package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

func TestARowSurvivesFieldsOfOtherTypes(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[
		{"id":1845174760470303882,"computerName":null,"activeThreats":"3","isActive":"true","infected":1,"networkStatus":"Disconnected",
		 "tags":[],"networkInterfaces":{"name":"eth0","inet":"10.0.0.1","inet6":null},"userActionsNeeded":"reboot_needed",
		 "lastActiveDate":"None","createdAt":1700000000000,"updatedAt":{"odd":true},"domain":["a","b"],"siteName":{"x":1},
		 "totalMemory":"a lot","cpuCount":2.0,"brandNew":{"deep":[1,2]}},
		"junk", null,
		{"id":"1834780238610855645","computerName":"SRV-1"}
	],"pagination":{"totalItems":2}}`))
	page, err := console.AgentsPage(t.Context(), nil)
	require.NoError(t, err)
	require.Len(t, page.Items, 2)

	odd := page.Items[0]
	require.Equal(t, consoletest.AgentA, odd.ID, "no digit is lost")
	require.Equal(t, 3, odd.ActiveThreats)
	require.True(t, odd.Online())
	require.True(t, odd.Infected)
	require.True(t, odd.Isolated())
	require.Equal(t, []string{"10.0.0.1"}, odd.IPs())
	require.Equal(t, []string{"reboot_needed"}, odd.UserActionsNeeded)
	require.Equal(t, "a, b", odd.Domain)
	require.Equal(t, 2, odd.CPUCount)
	require.Zero(t, odd.TotalMemory)
	require.True(t, odd.LastActiveDate.IsZero())
	require.Equal(t, time.UnixMilli(1700000000000).UTC(), odd.CreatedAt.Time)
	require.Contains(t, string(odd.Raw), `"brandNew":{"deep":[1,2]}`)
	require.Equal(t, "SRV-1", page.Items[1].ComputerName)
}

func TestAThreatSurvivesNullsEverywhere(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":[{"id":"1112953674841025235","threatInfo":null,"agentRealtimeInfo":null,
		"agentDetectionInfo":null,"mitigationStatus":null,"indicators":null,"containerInfo":null,"kubernetesInfo":[]},
		{"threatInfo":{"threatId":1311010474425970168,"filePath":"C:\\Users\\x\\evil.exe","engines":"On-Write DFI",
		"fileSize":"68","mitigationStatus":"Mitigated","detectionEngines":["odd"]},
		"indicators":[{"ids":["29","x"],"tactics":{"name":"Execution","techniques":[{"name":"T1059"},{"name":"T1059"},null]}}]}]}`))
	page, err := console.ThreatsPage(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, consoletest.ThreatA, page.Items[0].Identity())
	require.Empty(t, page.Items[0].Host()+page.Items[0].Name()+page.Items[0].User()+page.Items[0].OS())

	second := page.Items[1]
	require.Equal(t, consoletest.ThreatB, second.Identity())
	require.Equal(t, "evil.exe", second.Name())
	require.Equal(t, []string{"On-Write DFI"}, second.EngineTitles())
	require.Equal(t, 68, second.Info.FileSize)
	require.True(t, second.Mitigated())
	var techniques []s1.Technique
	for _, technique := range second.Techniques() {
		techniques = append(techniques, technique)
	}
	require.Equal(t, []s1.Technique{{Name: "T1059"}}, techniques)
}

func TestTimeNeverFails(t *testing.T) {
	t.Parallel()
	want := time.Date(2024, 7, 3, 3, 44, 3, 128163000, time.UTC)
	for text, expected := range map[string]time.Time{
		`"2024-07-03T03:44:03.128163Z"`:      want,
		`"2024-07-03T05:44:03.128163+02:00"`: want,
		`"2024-07-03T03:44:03.128163"`:       want,
		`"2024-07-03 03:44:03.128163"`:       want,
		`1719978243128`:                      want.Truncate(time.Millisecond),
		`"1719978243"`:                       want.Truncate(time.Second),
		`"2024-07-03"`:                       want.Truncate(24 * time.Hour),
		`"1970-01-01T00:00:00Z"`:             {},
		`0`:                                  {},
		`""`:                                 {},
		`"None"`:                             {},
		`null`:                               {},
		`{"a":1}`:                            {},
		`[]`:                                 {},
		`"0001-01-01T00:00:00Z"`:             {},
		`1719978243128163`:                   want,
		`1719978243128163000`:                want,
		`"9999-12-31T23:59:59Z"`:             {},
		`"9999-12-31T23:59:59.999999-05:00"`: {},
		`"10000-01-01T00:00:00Z"`:            {},
		`253402300800`:                       time.UnixMilli(253402300800).UTC(),
		`253402300800000`:                    {},
		`9223372036854775807`:                time.Unix(0, 9223372036854775807).UTC(),
		`"99999999999999999999"`:             {},
	} {
		got := s1.Time{Time: want}
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		require.Equal(t, expected, got.Time, text)
		for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 14*60*60), time.FixedZone("", -12*60*60)} {
			_, err := json.Marshal(got.In(zone))
			require.NoError(t, err, "whatever carries it can be kept: %s", text)
		}
	}
	written, err := json.Marshal([]s1.Time{{Time: want}, {}})
	require.NoError(t, err)
	require.Equal(t, `["2024-07-03T03:44:03.128163Z",null]`, string(written))
}

func FuzzDecodingNeverPanicsAndKeepsObjects(f *testing.F) {
	for _, seed := range []string{consoletest.OneAgent, `{"data":[{"id":1,"tags":"x","networkInterfaces":[[{}]]}]}`, `{"data":{"sites":[{}]}}`, `{"data":[null,{"a":"\ud800"}]}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		threats, err := pages.ReadPage[s1.Threat](body, "")
		if err == nil {
			for _, threat := range threats.Items {
				require.True(t, json.Valid(threat.Raw), "%s", threat.Raw)
			}
		}
		_, _ = pages.ReadPage[s1.Agent](body, "")
		_, _ = pages.ReadPage[s1.Site](body, "sites")
		_, _ = transport.ReadProblem(500, body)
	})
}
