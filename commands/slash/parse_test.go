package slash_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

var input = text.Input{Zone: commandtest.Zone, Now: commandtest.Now}

// What people type, in all the ways in which they type it, and the arguments that it means.
func TestSlashTextMeansWhatPeopleMean(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, command, args string }{
		{"list-agents", "list-agents", `{}`},
		{"LIST_AGENTS Limit=5", "list-agents", `{"limit":5}`},
		{"List Agents computerName=DESKTOP", "list-agents", `{"computer-name":"DESKTOP"}`},
		{"agents DESKTOP", "list-agents", `{"computer-name":"DESKTOP"}`},
		{"agents name=DESKTOP limit=all", "list-agents", `{"computer-name":"DESKTOP","limit":0}`},
		{"agents --limit=5 comp=x1", "list-agents", `{"limit":5,"computer-name":"x1"}`},
		{`agents query="two words"`, "list-agents", `{"query":"two words"}`},
		{"agents query=“two words”", "list-agents", `{"query":"two words"}`},
		{"agents query=„zwei Wörter“", "list-agents", `{"query":"zwei Wörter"}`},
		{"agents query=«deux mots»", "list-agents", `{"query":"deux mots"}`},
		{"agents query=‘two words’", "list-agents", `{"query":"two words"}`},
		{"agents query='two words'", "list-agents", `{"query":"two words"}`},
		{"agents query=it's", "list-agents", `{"query":"it's"}`},
		{`agents query="say \"hi\" now"`, "list-agents", `{"query":"say \"hi\" now"}`},
		{`agents query="say ""hi"" now"`, "list-agents", `{"query":"say \"hi\" now"}`},
		{`agents query="C:\dir\" limit=3`, "list-agents", `{"query":"C:\\dir\\","limit":3}`},
		{`agents query=\\srv\share`, "list-agents", `{"query":"\\\\srv\\share"}`},
		{`agents query="never closed`, "list-agents", `{"query":"\"never closed"}`},
		{"agents `DESKTOP 1` limit = 5", "list-agents", `{"computer-name":"DESKTOP 1","limit":5}`},
		{`agents query ="two words" limit =5`, "list-agents", `{"query":"two words","limit":5}`},
		{"agents a `b", "list-agents", `{"computer-name":"a ` + "`b" + `"}`},
		{"agents x = y", "list-agents", `{"computer-name":"x = y"}`},
		{"agents query= limit=3", "list-agents", `{"limit":3}`},
		{"agents query=a=b", "list-agents", `{"query":"a=b"}`},
		{"agents query=a&amp;b &lt;c&gt;", "list-agents", `{"query":"a&b <c>"}`},
		{"agents query=<http://evil.example|evil.example>", "list-agents", `{"query":"evil.example"}`},
		{"agents query=<https://evil.example/a?b=c>", "list-agents", `{"query":"https://evil.example/a?b=c"}`},
		{"agents query=<mailto:jdoe@corp.example|jdoe@corp.example>", "list-agents", `{"query":"jdoe@corp.example"}`},
		{"agents query=<@U0123|jdoe>", "list-agents", `{"query":"@jdoe"}`},
		{"agents query=<#C0123|soc>", "list-agents", `{"query":"#soc"}`},
		{"agents query=<!here>", "list-agents", `{"query":"@here"}`},
		{"verdict 1112953674841025235 verdict=False Positive", "update-threat-analyst-verdict", `{"threat-ids":["1112953674841025235"],"analyst-verdict":"false_positive"}`},
		{"status status=In Progress 1112953674841025235", "update-incident-status", `{"threat-ids":["1112953674841025235"],"status":"in_progress"}`},
		{"mitigate action=Network Quarantine 1112953674841025235", "mitigate-threats", `{"filter":{"ids":["1112953674841025235"]},"mitigate-action":"network-quarantine"}`},
		{"mitigate action=Quarantine 1112953674841025235", "mitigate-threats", `{"filter":{"ids":["1112953674841025235"]},"mitigate-action":"quarantine"}`},
		{"accounts sort-by=Creation Time direction=Descending Corp", "list-accounts", `{"name":"Corp","sort-by":"createdAt","direction":"desc"}`},
		// Blanks without quotes are the last text's own.
		{"create-group site=Paris name=Test group inherits=true", "create-group", `{"site-id":"Paris","name":"Test group","inherits":true}`},
		{"set-external-id 1834780238610855645 external-id=Room 12 left reason=move", "set-customer-id", `{"filter":{"ids":["1834780238610855645"]},"external-id":"Room 12 left"}`},
		{`exclude type=path value=C:\Program Files\App operation-system=windows site-ids=1 description=Test "description" of two`, "create-exclusion", `{"type":"path","value":"C:\\Program Files\\App","operation-system":"windows","site-ids":["1"],"description":"Test description of two"}`},
		// A choice that must be made may stand bare behind what it is for.
		{"status evil.exe resolved", "update-incident-status", `{"threat-ids":["evil.exe"],"status":"resolved"}`},
		{"verdict evil.exe b.exe True Positive", "update-threat-analyst-verdict", `{"threat-ids":["evil.exe","b.exe"],"analyst-verdict":"true_positive"}`},
		{`verdict evil.exe "false positive"`, "update-threat-analyst-verdict", `{"threat-ids":["evil.exe"],"analyst-verdict":"false_positive"}`},
		{"triage evil.exe suspicious in progress", "update-threat-incident", `{"filter":{"ids":["evil.exe"]},"analyst-verdict":"suspicious","incident-status":"in_progress"}`},
		{"triage evil.exe resolved true positive", "update-threat-incident", `{"filter":{"ids":["evil.exe"]},"analyst-verdict":"true_positive","incident-status":"resolved"}`},
		{"mitigate evil.exe quarantine reason=x", "mitigate-threats", `{"filter":{"ids":["evil.exe"]},"mitigate-action":"quarantine"}`},
		{"mitigate evil.exe network quarantine reason=x", "mitigate-threats", `{"filter":{"ids":["evil.exe"]},"mitigate-action":"network-quarantine"}`},
		{"status resolved status=resolved", "update-incident-status", `{"threat-ids":["resolved"],"status":"resolved"}`},
		{"agent ids=A1 B2", "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		// JSON in a block of code, as people paste it.
		{"threats filter=```{\"resolved\": false}```", "get-threat", `{"custom-input":{"resolved":false}}`},
		{"threats filter=```\n{\n  “resolved”: false\n}\n```", "get-threat", `{"custom-input":{"resolved":false}}`},
		{"threats ```{\"resolved\": false}```", "get-threat", `{"custom-input":{"resolved":false}}`},
		// What is most wanted comes by a plain word, and without times a hunt looks at the last day.
		{"threats open", "get-threat", `{"custom-input":{"incidentStatuses":["unresolved","in_progress"]}}`},
		{"threats Resolved DESKTOP-1 evil.exe", "get-threat", `{"custom-input":{"incidentStatuses":["resolved"],"query":"DESKTOP-1 evil.exe"}}`},
		{"alerts open", "get-alerts", `{"incident-statuses":["unresolved","in_progress"]}`},
		{"alerts open svchost.exe limit=3", "get-alerts", `{"incident-statuses":["unresolved","in_progress"],"query":["svchost.exe"],"limit":3}`},
		{`alerts "open"`, "get-alerts", `{"query":["open"]}`},
		{`query DstIP = "203.0.113.66"`, "query", `{"query":"DstIP = \"203.0.113.66\"","start-time":"2026-11-21T19:00:00Z","end-time":"2026-11-22T19:00:00Z"}`},
		{`query query="a = b" end-time=2026-11-20 14:00 UTC`, "query", `{"query":"a = b","start-time":"2026-11-19T14:00:00Z","end-time":"2026-11-20T14:00:00Z"}`},
		{`pq query="a = b" since=-7d`, "create-power-query", `{"query":"a = b","start-time":"2026-11-15T19:00:00Z","end-time":"2026-11-22T19:00:00Z"}`},
		{"agent A1,B2", "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		{"agent A1, B2 C3", "get-agent-info", `{"agent-ids":["A1","B2","C3"]}`},
		{"agent A1 A1", "get-agent-info", `{"agent-ids":["A1"]}`},
		{`agent "My PC","Other, PC"`, "get-agent-info", `{"agent-ids":["My PC","Other, PC"]}`},
		{`agent "1834780238610855645, 1834780238610855646"`, "get-agent-info", `{"agent-ids":["1834780238610855645","1834780238610855646"]}`},
		{`alerts statuses="In Progress, Resolved"`, "get-alerts", `{"incident-statuses":["in_progress","resolved"]}`},
		{`agent agents=["A1", "B2"]`, "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		{`agent [ A1, B2 ]`, "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		{`agent [“A1”, “B2”]`, "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		{`agent [1834780238610855645]`, "get-agent-info", `{"agent-ids":["1834780238610855645"]}`},
		{"agent ids=A1 ids=B2", "get-agent-info", `{"agent-ids":["A1","B2"]}`},
		{"threat 1112953674841025235", "get-threat", `{"custom-input":{"ids":["1112953674841025235"]}}`},
		{"threats 1112953674841025235, 1112953674841025236", "get-threat", `{"custom-input":{"ids":["1112953674841025235","1112953674841025236"]}}`},
		{"threats evil.exe", "get-threat", `{"custom-input":{"query":"evil.exe"}}`},
		{"threats filter={“resolved”: false}", "get-threat", `{"custom-input":{"resolved":false}}`},
		{`threats filter='{"resolved": false}'`, "get-threat", `{"custom-input":{"resolved":false}}`},
		{`threats filter="{\"resolved\": false}"`, "get-threat", `{"custom-input":{"resolved":false}}`},
		{`threats filter={"createdAt__gte":"-24h"}`, "get-threat", `{"custom-input":{"createdAt__gte":"2026-11-21T19:00:00.000000Z"}}`},
		{"verdict 1112953674841025235 verdict=TRUE_POSITIVE", "update-threat-analyst-verdict", `{"threat-ids":["1112953674841025235"],"analyst-verdict":"true_positive"}`},
		{"alerts since=today until=now", "get-alerts", `{"created-after":"2026-11-21T23:00:00Z","created-before":"2026-11-22T19:00:00Z"}`},
		{"alerts since=2026-11-20 14:00 +02:00 until=2026-11-21 Europe/Berlin severity=High", "get-alerts", `{"created-after":"2026-11-20T12:00:00Z","created-before":"2026-11-20T23:00:00Z","severity":"High"}`},
		{"alerts since=yesterday 14:00", "get-alerts", `{"created-after":"2026-11-21T13:00:00Z"}`},
		{"alerts since=2026-11-20 14:00 UTC", "get-alerts", `{"created-after":"2026-11-20T14:00:00Z"}`},
		{"alerts since=2026-11-20T14:00:00+02:00", "get-alerts", `{"created-after":"2026-11-20T12:00:00Z"}`},
		{"alerts since=7d ago", "get-alerts", `{"created-after":"2026-11-15T19:00:00Z"}`},
		{"alerts since=-90m", "get-alerts", `{"created-after":"2026-11-22T17:30:00Z"}`},
	} {
		inv, _, err := slash.Parse(commands.All(), row.text, commandtest.Input())
		require.NoError(t, err, row.text)
		require.Equal(t, row.command, inv.Command, row.text)
		require.JSONEq(t, row.args, string(inv.Args), row.text)
	}
}

func TestReasonAndTicketAreTakenOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]catalog.Extras{
		`isolate DESKTOP-1 reason="beaconing" ticket=INC-1`:           {Reason: "beaconing", Ticket: "INC-1"},
		"isolate DESKTOP-1 reason=beaconing to 203.0.113.9 ticket=I1": {Reason: "beaconing to 203.0.113.9", Ticket: "I1"},
		"isolate DESKTOP-1 reason=“it’s bad”":                         {Reason: "it’s bad"},
		"isolate DESKTOP-1 REASON=bad":                                {Reason: "bad"},
		"isolate DESKTOP-1":                                           {},
		"status 1112953674841025235 status=resolved ticket=INC-2":     {Ticket: "INC-2"},
	} {
		inv, extras, err := slash.Parse(commands.All(), text, commandtest.Input())
		require.NoError(t, err, text)
		require.Equal(t, want, extras, text)
		require.NotContains(t, string(inv.Args), "reason")
	}
	_, _, err := slash.Parse(commands.All(), "agents reason=x", commandtest.Input())
	require.ErrorContains(t, err, "only commands that change something take a reason")
}

// What cannot be understood is told with what is allowed, or what was probably meant, and with a line to try.
func TestWrongTextIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ text, complaint, try string }{
		{"", "no command was given", ""},
		{"list-agent", `there is no command "list-agent"; did you mean list-agents`, "list-agents"},
		{"lst-agents limit=3", `did you mean list-agents`, "list-agents limit=3"},
		{"frobnicate", `there is no command "frobnicate"; /s1 help lists them all`, ""},
		{"list-agents computer-nme=x1", "check `computer-nme`: unknown parameter \"computer-nme\" in list-agents; did you mean computer-name", ""},
		{"isolate DESKTOP-1 reasn=phishing", "unknown parameter \"reasn\" in disconnect-agent-from-network; did you mean reason", ""},
		{"scan DESKTOP-1 tickt=INC-1", "did you mean ticket", ""},
		{"list-agents reasn=x", "the parameters are computer-name, query, limit", ""},
		{"list-agents computer-name=DESKTOP limit=5000", "check `limit`: 5000 is above the maximum, 1000", "list-agents computer-name=DESKTOP limit=1000"},
		{"list-agents limit=-1", "-1 is below the minimum, 0", "list-agents limit=0"},
		{"accounts offset=1001", "check `offset`: 1001 is above the maximum, 1000; the console can skip at most 1000 rows: leave it out and click Next to page through", ""},
		{`collect-files DESKTOP-1 file-paths=C:\Program Files\App`, "check `file-paths`: \"Files\\App\" follows it without quotes; put a value with spaces in quotes: file-paths=\"C:\\Program Files\\App\"", ""},
		{"rules name=Power Shell from Word limit=3", "put a value with spaces in quotes: name=\"Power Shell\"; separate several values with commas", ""},
		{"block-ip rule-name=x remote-host-values=a b", "put a value with spaces in quotes", ""},
		{"list-agents limit=ten", `"ten" is not a whole number`, ""},
		{"list-agents limit=1.5", `"1.5" is not a whole number`, ""},
		{"list-agents limit=3 limit=4", "check `limit`: it is given twice", ""},
		{"get-threat limit=0", "0 is below the minimum, 1", "get-threat limit=1"},
		{"list-agents name=x", "the console needs at least two characters to search", ""},
		{"status 1112953674841025235 status=resolvd", `"resolvd" isn't one of Unresolved, In Progress, Resolved; did you mean Resolved`, "update-incident-status threat-ids=1112953674841025235 status=resolved"},
		{"get-script-results task-ids=abc", `"abc" is not the id of a task`, ""},
		{"alerts since=31/12/2026", `"31/12/2026" is not a time`, ""},
		{"alerts since=2026-11-20T14:00:00 before=2026-11-19", "this is earlier than created-after", ""},
		{`threats filter={"resolved":}`, "is not a JSON object", ""},
		{`mitigate filter={"computerNam__contains":["x1"]} action=kill reason=x`, `filter key "computerNam__contains" is unknown for threats; did you mean computerName__contains`, ""},
		{"mitigate filter={} action=kill reason=x", "an empty filter means everything", ""},
		{`mitigate filter={"ids":[]} action=kill reason=x`, "an empty filter means everything", ""},
		{"get-system-info now", `"now" doesn't belong to any parameter; it takes no parameters`, ""},
		{"get-system-info limit=3", "it takes no parameters", ""},
		{"fetch-event from=now to=-1d", "the end must be later than the start", ""},
		{"fetch-event from=-1d to=now where=computerNam__contains=x", "the console has no key", ""},
		{"fetch-event from=-1d to=now where=nonsense", "is not of the form key=value", ""},
		{"fetch-event from=-1d to=now source=alert sort=updated-at", "alerts can't be sorted by their last change", "fetch-event start-time=2026-11-21T19:00:00Z end-time=2026-11-22T19:00:00Z sort-by=createdAt event-source=alert"},
	} {
		_, _, err := slash.Parse(commands.All(), row.text, commandtest.Input())
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, row.text)
		require.Contains(t, err.Error(), row.complaint, row.text)
		require.Equal(t, row.try, usage.TryLine, row.text)
		if row.try != "" {
			require.NotNil(t, usage.Try, row.text)
		}
	}
}

func TestWhatLacksARequiredParameterComesBackForItsForm(t *testing.T) {
	t.Parallel()
	_, extras, err := slash.Parse(commands.All(), `mitigate action=kill reason="why"`, commandtest.Input())
	var missing *catalog.MissingError
	require.ErrorAs(t, err, &missing)
	require.Equal(t, "mitigate-threats", missing.Command.Name)
	require.Equal(t, "filter", missing.Missing[0].Name)
	require.Equal(t, "mitigate-threats", missing.Given.Command)
	require.JSONEq(t, `{"mitigate-action":"kill"}`, string(missing.Given.Args))
	require.Equal(t, "why", extras.Reason)

	_, _, err = slash.Parse(commands.All(), `query "a = b" end-time=1971-01-01T00:00:00Z`, commandtest.Input())
	require.ErrorAs(t, err, &missing, "the day before that end is a time that no command takes")
	require.Equal(t, "start-time", missing.Missing[0].Name)

	_, _, err = slash.Parse(commands.All(), "isolate", commandtest.Input())
	require.ErrorAs(t, err, &missing, "one of two parameters is needed: the form asks")
	require.EqualError(t, err, "disconnect-agent-from-network needs at least one of agent-ids, filter")
}

func TestShortNamesNeverMeanTwoThings(t *testing.T) {
	t.Parallel()
	_, _, err := slash.Parse(commands.All(), "shutdown ids=A1", commandtest.Input())
	require.ErrorContains(t, err, "unknown parameter", "ids could be agent-ids or group-ids")
	_, _, err = slash.Parse(commands.All(), "kill DESKTOP-1 con=x", commandtest.Input())
	require.ErrorContains(t, err, "SHA-1", "content-hashes is the only name that starts so")
}

// FuzzParse: nothing that anybody types makes it panic, and what was understood can be written down and read again.
func FuzzParse(f *testing.F) {
	for _, cmd := range commands.All().Commands() {
		for _, example := range cmd.Examples {
			f.Add(example)
		}
	}
	for _, seed := range []string{`agents query="a ""b"" \"c"`, "agents query=‘x", "agent [a,{", "note 1 text={", "alerts since=\xff", "agents query=&amp;lt;", `agents query="\"`, `delete-group [[[`, `sCAn 0 {"":""}`, `scan "{""a"":""b""}",c`, "get-agent-process C:\\x\\»"} {
		f.Add(seed)
	}
	catalog := commands.All()
	f.Fuzz(func(t *testing.T, text string) {
		inv, _, err := slash.Parse(catalog, text, commandtest.Input())
		if err != nil {
			requireOurError(t, err)
			return
		}
		cmd, ok := catalog.Find(inv.Command)
		require.True(t, ok)
		require.NoError(t, cmd.CheckAt(inv.Args, commandtest.Input().Now), "what was read is right as it stands, too")
		line := slash.Line(cmd, inv.Args)
		again, _, err := slash.Parse(catalog, escape(line), commandtest.Input())
		require.NoError(t, err, line)
		require.Equal(t, string(inv.Args), string(again.Args), line)
	})
}

func requireOurError(t *testing.T, err error) {
	var usage *catalog.UsageError
	var missing *catalog.MissingError
	require.True(t, errors.As(err, &usage) || errors.As(err, &missing), "%T: %v", err, err)
	require.True(t, utf8.ValidString(err.Error()))
}

// escape is what Slack makes of text.
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// FuzzLine: any text comes back as it was, whatever quotes and backslashes it has.
func FuzzLine(f *testing.F) {
	for _, seed := range []string{`a"b`, `a\"b`, `a\`, `"`, `\\srv\share "x" \`, "it's", "“x”", "{\"a\":1} b", "a, b", "-x=1", "a\" b\" \\", "[x]", `A = "b"`, `A = "b" \`, `"a" b`, ` "a" `, `A = "b, c" OR d IN ("e")`, `x="y" z`, `A CONTAINS "\\srv\x"`} {
		f.Add(seed, seed)
	}
	all := commands.All()
	cmd, _ := all.Find("list-agents")
	list, _ := all.Find("kill-processes")
	f.Fuzz(func(t *testing.T, first, second string) {
		first, second = strings.ToValidUTF8(first, "?"), strings.ToValidUTF8(second, "?")
		if strings.TrimSpace(first) == "" || strings.TrimSpace(second) == "" {
			return
		}
		name := "x" + strings.ReplaceAll(second, ",", "") + "y" // the parts of a list may be too short to search for
		args := catalog.Marshal(map[string]any{"query": first, "computer-name": name})
		requireSameAgain(t, all, cmd, args)
		if len([]rune(first)) > 1 && !strings.Contains(first, ",") && len(second) > 1 && !strings.Contains(second, ",") {
			requireSameAgain(t, all, list, catalog.Marshal(map[string]any{"computer-names": []string{"host-" + first, "pc-" + second}}))
		}
	})
}

// A query keeps its quotes as they are typed: doubled ones are hard to read in the line that a person checks before it runs.
func TestAQueryIsWrittenInSingleQuotes(t *testing.T) {
	t.Parallel()
	require.Equal(t, `'TgtProcName CONTAINS "rclone.exe"'`, slash.Value(`TgtProcName CONTAINS "rclone.exe"`))
	require.Equal(t, `"it's ""x"""`, slash.Value(`it's "x"`))
}

func requireSameAgain(t *testing.T, catalog *catalog.Catalog, cmd *catalog.Command, args json.RawMessage) {
	line := slash.Line(cmd, args)
	inv, _, err := slash.Parse(catalog, escape(line), commandtest.Input())
	require.NoError(t, err, line)
	require.JSONEq(t, string(args), string(inv.Args), line)
}

// realLines are as people write them, each with the allocations that it may cost, which have headroom for other versions of Go.
var realLines = []struct {
	name, text string
	most       float64
}{
	{"short", "isolate DESKTOP-1 reason=x", 45},
	{"long", `get-alerts created-after="2026-11-20 14:00" incident-statuses=["IN_PROGRESS","unresolved"] analyst-verdicts=“True positive” rule-names="Test rule",other severity=high query=2d7c1a limit=10`, 130},
	{"targets", `isolate DESKTOP-1, DESKTOP-2 SRV-FILE-03 "Reception PC" for=4h console=emea reason="beaconing to 203.0.113.9 since this morning" ticket=INC-4711`, 115},
	{"hunt", `query 'TgtProcName CONTAINS "rclone.exe" AND DstIP = "203.0.113.66"' from=“2026-11-20 14:00” until=-1h limit=100`, 65},
	{"ioc", `create-ioc account-ids="Example Corp" source="INC-4711" type=IPv4 ioc-value=203[.]0[.]113[.]9 name="C2 of INC-4711" description="Beacons every 60 s, see the report" ` +
		`valid-until="2026-12-20 14:00" mitre-tactics=TA0001,TA0011 external-id=4711 reason=“it’s seen in Paris”`, 115},
	{"filter", `threats filter={"incidentStatuses":["unresolved"],"computerName__contains":["DESKTOP","SRV"],"createdAt__gte":"-24h","siteIds":["Paris"]} limit=50`, 270},
	{"names", "mitigate evil.exe lockfast.exe network quarantine reason=ransomware at HQ", 185},
	{"words", "alerts critical svchost.exe powershell encoded", 125},
}

// What is read must not be read twice, and what a line is not must cost nothing: reading was slow by what it allocated.
func TestALineIsReadWithFewAllocations(t *testing.T) {
	all := commands.All()
	for _, line := range realLines {
		_, _, err := slash.Parse(all, line.text, commandtest.Input())
		require.NoError(t, err, line.name)
		require.LessOrEqual(t, testing.AllocsPerRun(100, func() { _, _, _ = slash.Parse(all, line.text, commandtest.Input()) }), line.most, line.name)
	}
}

func BenchmarkParse(b *testing.B) {
	catalog := commands.All()
	for _, line := range realLines {
		b.Run(line.name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := slash.Parse(catalog, line.text, commandtest.Input()); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(line.name+" baseline: strings.Fields", func(b *testing.B) {
			for b.Loop() {
				_ = strings.Fields(line.text)
			}
		})
	}
}

func TestOfThreeLettersTwoAreNotASlip(t *testing.T) {
	t.Parallel()
	require.Empty(t, text.Nearest("foo", []string{"ioc", "fetch"}))
	require.Equal(t, []string{"ioc"}, text.Nearest("icc", []string{"ioc", "fetch"}))
	require.Equal(t, []string{"list-agents"}, text.Nearest("list-agnets", []string{"list-agents", "get-alerts"}))
}
