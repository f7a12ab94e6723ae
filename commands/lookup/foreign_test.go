package lookup_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/lookup"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1"
)

const twoHosts = `{"data":[
	{"id":1845174760470303882,"computerName":"SRV-DC-1","siteId":"42","groupId":"7","isActive":true,"createdAt":null,"unheardOf":{"deep":[1]}},
	{"id":"1834780238610855645","computerName":"desktop-1"}]}`

// What is to be changed is what was asked for, not what a console happens to answer.
func TestNothingIsDoneToWhatWasNotAskedFor(t *testing.T) {
	t.Parallel()
	console := &commandtest.Still{Answers: map[string]string{
		"agents": twoHosts,
		"sites":  `{"data":{"sites":[{"id":42,"name":"Paris"},{"id":"43","name":"Lyon"}]}}`,
		"groups": `{"data":[{"id":"7","name":"Servers","siteId":"42"}]}`,
		"threats": `{"data":[{"id":"1112953674841025235","threatInfo":{"threatName":"evil.exe","sha1":"3395856ce81f2b7382dee72602f798b642f14140","incidentStatus":"resolved"},"agentRealtimeInfo":{"agentComputerName":"SRV-DC-1","siteId":"43"}},
			{"threatInfo":{"threatId":1112953674841025236,"threatName":"bad.exe","createdAt":null,"incidentStatus":"unresolved"}}]}`,
		"cloud-detection/alerts": `{"data":[{"alertInfo":{"alertId":"1985998272619999973","incidentStatus":"Unresolved"},"ruleInfo":{"name":"Beacon"}},
			{"alertInfo":{"alertId":"1985998272619999974","incidentStatus":"Resolved"},"ruleInfo":{"name":"Other"}}]}`,
		"cloud-detection/rules": `{"data":[{"id":"501","name":"Beacon","status":"Active"},{"id":"502","name":"Other","status":"Active"}]}`,
		"exclusions":            `{"data":[{"id":"601","type":"path","osType":"linux","value":"/x"},{"id":"602","type":"path","osType":"windows","value":"C:\\x"}]}`,
	}}
	s := commandtest.At(t, commands.All(), console)
	for line, want := range map[string]string{
		`isolate DESKTOP-1 reason=x`:                                             `"agent-ids":["1834780238610855645"]`,
		`isolate 1845174760470303882 reason=x`:                                   `"agent-ids":["1845174760470303882"]`,
		`isolate DESKTOP reason=x`:                                               "",
		`isolate 1845174760470303883 reason=x`:                                   "",
		`isolate filter={"computerName__contains":["SRV"]} reason=x`:             `"agent-ids":["1845174760470303882"]`,
		`isolate filter={"computerName":"SRV"} reason=x`:                         "",
		`isolate filter={"ids":"1834780238610855645"} reason=x`:                  `"agent-ids":["1834780238610855645"]`,
		`scan filter={"siteIds":["Lyon"],"computerName__contains":["SRV"]}`:      "",
		`mitigate filter={"incidentStatuses":["resolved"]} action=Kill reason=x`: `"ids":["1112953674841025235"]`,
		`mitigate filter={"siteIds":["Paris"]} action=Kill reason=x`:             `"ids":["1112953674841025236"]`,
		`mitigate filter={"contentHashes":["4395856ce81f2b7382dee72602f798b642f14140"],"incidentStatuses":["resolved"]} action=Kill reason=x`:                         "",
		`mitigate filter={"contentHashes":["e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],"incidentStatuses":["resolved"]} action=Kill reason=x`: `"ids":["1112953674841025235"]`,
		`mitigate 1112953674841025236 action=Kill reason=x`:                          `"ids":["1112953674841025236"]`,
		`alert-verdicts filter={"incidentStatus":["UNRESOLVED"]} verdict=Suspicious`: `"ids":["1985998272619999973"]`,
		`verdict bad.exe verdict=Suspicious`:                                         `"threat-ids":["1112953674841025236"]`,
		`disable-star-custom-rules name=Beacon reason=x`:                             `"rule-ids":["501"]`,
		`delete-exclusions operation-system=Linux reason=x`:                          `"exclusion-ids":["601"]`,
	} {
		catalog := commands.All()
		inv, _, err := slash.Parse(catalog, line, commandtest.Input())
		require.NoError(t, err, line)
		cmd, _ := catalog.Find(inv.Command)
		plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
		if want == "" {
			require.Error(t, err, line)
			continue
		}
		require.NoError(t, err, line)
		require.Contains(t, string(plan.Args), want, line)
		require.Len(t, plan.Targets, 1, line)
	}
	require.Empty(t, console.Changes())
}

// A list does not pass off as found by name, id or hash what the console sends besides: it says how many rows are something else.
func TestAListSaysWhichRowsWereNotAskedFor(t *testing.T) {
	t.Parallel()
	console := &commandtest.Still{Answers: map[string]string{
		"agents":                 twoHosts,
		"threats":                `{"data":[{"id":"1112953674841025235","threatInfo":{"threatName":"evil.exe","sha1":"3395856ce81f2b7382dee72602f798b642f14140","collectionId":"1"}},{"id":"1112953674841025236","threatInfo":{"threatName":"bad.exe","sha1":"4395856ce81f2b7382dee72602f798b642f14140","collectionId":"2"}}]}`,
		"cloud-detection/alerts": `{"data":[{"alertInfo":{"alertId":"1985998272619999973"},"ruleInfo":{"name":"Beacon"}},{"alertInfo":{"alertId":"1985998272619999974"},"ruleInfo":{"name":"Other"}}]}`,
		"cloud-detection/rules":  `{"data":[{"id":"501","name":"Beacon","status":"Active"},{"id":"502","name":"Other","status":"Active"}]}`,
		"exclusions":             `{"data":[{"id":"601","type":"path","osType":"linux","value":"/shown"},{"id":"602","type":"path","osType":"windows","value":"C:\\left"}]}`,
		"restrictions":           `{"data":[{"id":"701","type":"black_hash","value":"3395856ce81f2b7382dee72602f798b642f14140","osType":"linux"},{"id":"702","type":"black_hash","value":"4395856ce81f2b7382dee72602f798b642f14140","osType":"linux"}]}`,
	}}
	s := commandtest.At(t, commands.All(), console)
	for line, words := range map[string][2]string{
		`list-agents computer-name=desktop`:                                                          {"desktop-1", "SRV-DC-1"},
		`get-threat filter={"contentHashes":["3395856ce81f2b7382dee72602f798b642f14140"]}`:           {"evil.exe", "bad.exe"},
		`get-threat filter={"collectionIds":["2"]}`:                                                  {"bad.exe", "evil.exe"},
		`get-alerts rule-names=Beacon`:                                                               {"Beacon", "Other"},
		`get-star-custom-rules name=Other`:                                                           {"Other", "Beacon"},
		`get-exclusions exclusion-ids=601`:                                                           {"/shown", "left"},
		`get-black-list custom-input={"value__contains":"3395856ce81f2b7382dee72602f798b642f14140"}`: {"3395856ce81f2b7382dee72602f798b642f14140", "4395856ce81f2b7382dee72602f798b642f14140"},
	} {
		plain := s.Card(line).Plain()
		require.Contains(t, plain, words[0], line)
		require.Contains(t, plain, words[1], line)
		require.Contains(t, plain, "doesn't match what you asked for: the console ignored part of the question", line)
	}
}

// A console whose ids have few digits is used like any other: what is called so comes first, then the id, if the console knows it.
func TestShortNumbersAreNamesFirstAndThenIDs(t *testing.T) {
	t.Parallel()
	console := &commandtest.Still{Answers: map[string]string{
		"agents":                 `{"data":[{"id":"11","computerName":"DESKTOP-1"},{"id":"12","computerName":"4711"},{"id":"4711","computerName":"KIOSK"},{"id":"13","computerName":"4711"}]}`,
		"sites":                  `{"data":{"sites":[{"id":"21","name":"Paris"}]}}`,
		"groups":                 `{"data":[{"id":"31","name":"Lab","siteId":"21"}]}`,
		"accounts":               `{"data":[{"id":"41","name":"Acme"}]}`,
		"threats":                `{"data":[{"id":"51","threatInfo":{"threatName":"evil.exe"}}]}`,
		"cloud-detection/alerts": `{"data":[{"alertInfo":{"alertId":"61"},"ruleInfo":{"name":"Beacon"}}]}`,
		"cloud-detection/rules":  `{"data":[{"id":"71","name":"Beacon","status":"Active"}]}`,
		"accounts/41/policy":     `{"data":{"mitigationMode":"detect"}}`,
	}}
	s := commandtest.At(t, commands.All(), console)
	for line, want := range map[string]string{
		`isolate 11 reason=x`:                                     `agents/actions/disconnect {"filter":{"ids":["11"]}}`,
		`isolate DESKTOP-1 reason=x`:                              `agents/actions/disconnect {"filter":{"ids":["11"]}}`,
		`restart group-ids=31 agent-ids=11 reason=x`:              "",
		`verdict 51 verdict=Suspicious`:                           `threats/analyst-verdict {"filter":{"ids":["51"]},"data":{"analystVerdict":"suspicious"}}`,
		`mitigate 51 action=Kill reason=x`:                        `threats/mitigate/kill {"filter":{"ids":["51"]}}`,
		`alert-verdict 61 verdict=Suspicious`:                     `cloud-detection/alerts/analyst-verdict {"filter":{"ids":["61"]},"data":{"analystVerdict":"SUSPICIOUS"}}`,
		`disable-star-custom-rules 71 reason=x`:                   `cloud-detection/rules/disable {"filter":{"ids":["71"]}}`,
		`isolate filter={"siteIds":["21"],"ids":["11"]} reason=x`: `agents/actions/disconnect {"filter":{"ids":["11"]}}`,
		`isolate 14 reason=x`:                                     "",
		`isolate 4711 reason=x`:                                   "", // two hosts are called so
	} {
		console.Reset()
		_, err := s.Run(line)
		if want == "" {
			require.Empty(t, console.Changes(), line)
			require.True(t, err != nil || strings.HasPrefix(line, "restart"), line)
			continue
		}
		require.NoError(t, err, line)
		require.Equal(t, []string{want}, console.Changes(), line)
	}
	card, err := s.Run("account-policy 41")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Acme")
}

// Of what has more namesakes than anybody looks through, none is taken for the one that is meant.
func TestANameAmongTooManyIsNotGuessed(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range lookup.MaxNamesakes + 1 {
		fmt.Fprintf(&rows, `,{"id":"%d","threatInfo":{"threatName":"evil-%d.exe"}}`, 1112953674841025235+i, i)
	}
	console := &commandtest.Still{Answers: map[string]string{"threats": `{"data":[` + rows.String()[1:] + `]}`}}
	_, err := commandtest.At(t, commands.All(), console).Run("verdict evil-7.exe verdict=Suspicious")
	require.EqualError(t, err, "check `threat-ids`: more than 1000 threats match \"evil-7.exe\"; give the id of the threat")
	require.Empty(t, console.Changes())
}

// What is missing from an answer is told wherever it is shown: on its other pages, in the channel, and beside its files.
func TestWhatIsMissingIsToldOnEveryPage(t *testing.T) {
	t.Parallel()
	var ids, rows []string
	for i := range 12 {
		ids = append(ids, fmt.Sprint(1845174760470303882+i))
		rows = append(rows, fmt.Sprintf(`{"id":"%s","computerName":"PC-%d"}`, ids[i], i))
	}
	console := &commandtest.Still{Answers: map[string]string{"agents": `{"data":[` + strings.Join(rows[:11], ",") + `]}`}}
	s := commandtest.At(t, commands.All(), console)
	cmd, _ := s.Catalog.Find("get-agent-info")
	args := catalog.Marshal(map[string]any{"agent-ids": ids})
	for _, inv := range []catalog.Invocation{{}, {How: render.Turn, Page: 2}, {How: render.Share}, {How: render.CSV}, {How: render.Raw}} {
		inv.Command, inv.Args = cmd.Name, args
		card, err := s.Invoke(inv)
		require.NoError(t, err)
		require.Equal(t, render.Partial, card.Outcome, "%v", inv.How)
		require.Contains(t, card.Plain(), "The console has no endpoint with the id "+ids[11], "%v", inv.How)
	}
}

// Paging ends, whatever a console says of pages.
func TestAConsoleThatNeverEndsItsPagesIsLeft(t *testing.T) {
	t.Parallel()
	console := &commandtest.Still{Answers: map[string]string{"agents": strings.TrimSuffix(twoHosts, "}") + `,"pagination":{"totalItems":2,"nextCursor":"again"}}`}}
	s := commandtest.At(t, commands.All(), console)
	for _, line := range []string{"agents limit=0", "isolate KIOSK reason=x", `isolate filter={"infected":true} reason=x`, "broadcast 10.0.0.1 message=hello"} {
		console.Reset()
		_, err := s.Run(line)
		require.ErrorIs(t, err, s1.ErrCursorLoop, line)
		require.LessOrEqual(t, console.Reads(), 4, line)
	}
	require.Empty(t, console.Changes())
}

// Answers of which half is missing are read as far as they go.
func TestSparseAnswersAreRead(t *testing.T) {
	t.Parallel()
	console := &commandtest.Still{Answers: map[string]string{
		"agents": twoHosts, "threats": `{"data":null,"pagination":{"totalItems":0}}`, "accounts": `{"data":[{"id":433241117337583618}],"pagination":null}`,
		"sites":                             `{"data":{"sites":null},"pagination":{"totalItems":0,"nextCursor":null}}`,
		"exclusions":                        `{"data":[{"id":1748812345678908888,"createdAt":null,"scope":null}],"pagination":{"nextCursor":null,"totalItems":null}}`,
		"restrictions":                      `{"data":[{"id":"1234567891","updatedAt":null,"value":null}]}`,
		"cloud-detection/rules":             `{"data":[{"id":1748812345678901234,"name":null,"status":null,"scopeId":1402053568582768389,"expiration":null}]}`,
		"activities":                        `{"data":[{"id":1748812345678901299,"activityType":"81","createdAt":null,"data":null}]}`,
		"remote-scripts":                    `{"data":[{"id":225494730938493804,"scriptName":null,"osTypes":null,"inputRequired":null}]}`,
		"threats/1112953674841025235/notes": `{"data":[{"id":600000000000000001,"text":null,"createdAt":null}]}`,
		"private/threats/1112953674841025235/analysis": `{"data":{"threatInfo":{"threatId":1112953674841025235,"createdAt":null},"indicators":null}}`,
		"groups":                 `{"data":[]}`,
		"cloud-detection/alerts": `{"data":[{"alertInfo":{"alertId":1985998272619999973,"createdAt":null},"ruleInfo":null}],"pagination":{}}`,
	}}
	s := commandtest.At(t, commands.All(), console)
	for line, words := range map[string]string{
		"agents":                       "1845174760470303882", // no digit is lost
		"agent SRV-DC-1":               "SRV-DC-1",
		"threats":                      "none",
		"accounts":                     "433241117337583618",
		"sites":                        "none",
		"alerts":                       "1985998272619999973",
		"exclusions":                   "1748812345678908888",
		"blocklist":                    "1234567891",
		"rules":                        "1748812345678901234",
		"activities":                   "81",
		"scripts":                      "225494730938493804",
		"notes 1112953674841025235":    "600000000000000001",
		"analysis 1112953674841025235": "1112953674841025235",
	} {
		card, err := s.Run(line)
		require.NoError(t, err, line)
		require.Contains(t, string(catalog.Marshal(card)), words, line)
		require.NotContains(t, string(catalog.Marshal(card)), "1970", line)
		require.NotEqual(t, render.Failed, card.Outcome, line)
	}
}
