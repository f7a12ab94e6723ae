package catalog_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/endpoints"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// What was shown to the approver is what runs: the name is resolved once, and a machine that takes the name later is safe.
func TestWhatWasShownIsWhatRuns(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-10")
	catalog := commands.All()
	cmd, _ := catalog.Find("isolate")
	inv, _, err := slash.Parse(catalog, "isolate desktop-1 reason=x", commandtest.Input())
	require.NoError(t, err)
	plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
	require.NoError(t, err)
	require.Empty(t, console.Changes(), "preparing changes nothing")
	require.Equal(t, "DESKTOP-1", plan.Targets[0].Name)

	console.SetAgent("DESKTOP-1", func(a map[string]any) { a["computerName"] = "RENAMED" })
	console.AddAgent(s1sim.AgentSpec{Name: "DESKTOP-1"})
	card, err := cmd.Run(t.Context(), s.Call, plan.Args)
	require.NoError(t, err)
	require.Equal(t, render.Successful, card.Outcome)
	require.Contains(t, card.Plain(), "RENAMED")
	require.Len(t, console.Changes(), 1)
	require.Equal(t, "disconnected", console.NetworkStatus("RENAMED"))
	require.Equal(t, "connected", console.NetworkStatus("DESKTOP-1"))

	back := commandtest.Button(t, card, "Reconnect")
	require.Equal(t, "connect-agent-to-network", back.Command)
	_, err = s.Invoke(back)
	require.NoError(t, err)
	require.Equal(t, "connected", console.NetworkStatus("RENAMED"))
}

// A command that changes something runs on nothing but ids: names, filters and what nobody resolved are refused.
func TestNothingRunsThatIsNotPinned(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1")
	id := console.Agent("DESKTOP-1")["id"].(string)
	for name, args := range map[string]string{
		"disconnect-agent-from-network": `{"agent-ids":["DESKTOP-1"]}`,
		"connect-agent-to-network":      `{"agent-ids":["` + id + `"],"filter":{"computerName":"DESKTOP-1"}}`,
		"shutdown-endpoints":            `{"group-ids":["` + id + `"]}`,
		"mitigate-threats":              `{"filter":{"computerName__contains":["DESKTOP"]},"mitigate-action":"kill"}`,
		"add-notes-to-threats":          `{"filter":{"ids":["` + id + `"],"resolved":false},"note-text":"hello"}`,
		"kill-processes":                `{"computer-names":["DESKTOP-1"],"threat-ids":["` + id + `"]}`,
		"update-account-policy":         `{"account-id":"` + id + `","policy":{"mitigationMode":"detect"}}`,
		"update-global-policy":          `{"policy":{"mitigationMode":"detect"}}`,
	} {
		cmd, _ := commands.All().Find(name)
		_, err := cmd.Run(t.Context(), s.Call, json.RawMessage(args))
		require.ErrorIs(t, err, catalog.ErrNotPrepared, name)
	}
	require.Empty(t, console.Calls())
}

// What only a plan may set cannot be typed, and a form does not ask for it.
func TestNobodyCanPretendThatSomethingWasPrepared(t *testing.T) {
	t.Parallel()
	_, _, err := slash.Parse(commands.All(), `kill DESKTOP-1 ids=1112953674841025235 pinned=true reason=x`, commandtest.Input())
	require.ErrorContains(t, err, "unknown parameter")
	_, _, err = slash.Parse(commands.All(), `update-global-policy policy={"ioc":true} was=x reason=x`, commandtest.Input())
	require.ErrorContains(t, err, "unknown parameter")
	for _, cmd := range commands.All().Commands() {
		for _, f := range forms.Of(cmd, nil, catalog.Caller{}).Fields {
			require.NotContains(t, []string{"pinned", "was"}, f.Name)
		}
	}
}

func TestArgumentsAreCheckedStrictly(t *testing.T) {
	t.Parallel()
	cmd, _ := commands.All().Find("list-agents")
	for args, complaint := range map[string]string{
		`[]`:                     "not a JSON object",
		`{"limit":"x"}`:          "not a whole number",
		`{"limit":1.5}`:          "not a whole number",
		`{"limit":{}}`:           "not a whole number",
		`{"limt":1}`:             "did you mean limit",
		`{"Limit":1}`:            "there is no such parameter",
		`{"computer-name":"x"}`:  "two characters",
		`{"limit":1001}`:         "above the maximum",
		`{"limit":99999999999e}`: "not a JSON object",
	} {
		require.ErrorContains(t, cmd.Check(json.RawMessage(args)), complaint, args)
	}
	for _, args := range []string{``, `null`, `{}`, `{"limit":"10"}`, `{"limit":0}`, `{"query":null,"computer-name":""}`} {
		require.NoError(t, cmd.Check(json.RawMessage(args)), args)
	}
}

// A form that is sent again with one of two mistakes mended must not seem to have changed its mind.
func TestOfTwoMistakesTheSameIsToldEachTime(t *testing.T) {
	t.Parallel()
	agents, _ := commands.All().Find("list-agents")
	alerts, _ := commands.All().Find("get-alerts")
	for range 100 {
		require.ErrorContains(t, agents.Check(json.RawMessage(`{"limit":5000,"computer-name":"DESKTOP","sort":1,"order":2}`)), "check `order`: there is no such parameter")
		require.ErrorContains(t, alerts.Check(json.RawMessage(`{"limit":"x","severity":"y","created-after":"z"}`)), "check `created-after`")
	}
}

// Absent and zero differ: without a limit the console's page is asked for, limit 0 reads on.
func TestAbsentIsNotZero(t *testing.T) {
	t.Parallel()
	cmd, _ := commands.All().Find("list-agents")
	absent, err := cmd.Decode(json.RawMessage(`{}`))
	require.NoError(t, err)
	require.Nil(t, absent.(*endpoints.ListAgentsParams).Limit)
	zero, err := cmd.Decode(json.RawMessage(`{"limit":0}`))
	require.NoError(t, err)
	require.Zero(t, *zero.(*endpoints.ListAgentsParams).Limit)
}

// Two endpoints of one name: the person chooses, and the choice is the same command with the id.
func TestAnAmbiguousNameIsChosenNotGuessed(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "KIOSK", "KIOSK", "KIOSK-2", "DESKTOP-1")
	_, err := s.Run("isolate DESKTOP-1 kiosk reason=x")
	var ambiguous *catalog.AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	require.Equal(t, "agent-ids", ambiguous.Param)
	require.Len(t, ambiguous.Matches, 2)
	require.Empty(t, console.Changes())

	picked := ambiguous.Pick(1)
	require.JSONEq(t, `{"agent-ids":["DESKTOP-1","`+ambiguous.Matches[1].ID+`"]}`, string(picked.Args))
	require.Equal(t, picked, *ambiguous.Options()[1].Do)
	card, err := s.Invoke(picked)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "2 of 2 endpoints")
	require.Len(t, console.Changes(), 1)
}

func TestEndpointsAreFoundByNameIDOrUUID(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "A", "DESKTOP-1", "DESKTOP-10", "Büro, links")
	agent := console.Agent("DESKTOP-1")
	id := agent["id"].(string)
	for _, word := range []string{"desktop-1", id, agent["uuid"].(string), "https://console.test/sentinels/devices?filter=%22" + id + "%22"} {
		inv, _, err := slash.Parse(commands.All(), `agent "`+word+`"`, commandtest.Input())
		require.NoError(t, err)
		cmd, _ := commands.All().Find(inv.Command)
		plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
		require.NoError(t, err, word)
		require.JSONEq(t, `{"agent-ids":["`+id+`"]}`, string(plan.Args), word)
	}
	for _, odd := range []string{"A", "Büro, links"} {
		card, err := s.Run(`agent "` + odd + `"`)
		require.NoError(t, err, odd)
		require.Equal(t, odd, card.Title)
	}
}

// Unknown things stop a command before it changes anything, whatever else it names.
func TestOneUnknownThingStopsTheWholeCommand(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	threat := console.AddThreat(s1sim.ThreatSpec{})
	for _, text := range []string{
		"isolate DESKTOP-1 DESKTOP-3 reason=x",
		"isolate DESKTOP-1 2999999999999999999 reason=x",
		"shutdown group-ids=Nowhere reason=x",
		"verdict " + threat + ",2999999999999999999 verdict=suspicious",
		"mitigate filter=" + threat + ",2999999999999999999 action=kill reason=x",
		"alert-verdict 2999999999999999999 verdict=suspicious",
		"kill DESKTOP-3 reason=x",
		`isolate filter={"computerName":"NOBODY"} reason=x`,
		`note filter={"storylines":["NOBODY"]} text=hello`,
		`update-account-policy account-id=Nobody policy={"ioc":true} reason=x`,
	} {
		_, err := s.Run(text)
		var usage *catalog.UsageError
		require.ErrorAs(t, err, &usage, text)
		require.NotEmpty(t, usage.Param, text)
		require.Equal(t, usage.Command, usage.Given.Command)
	}
	require.Empty(t, console.Changes())
}

// A refusal by the console is told with the command's name and with what the token lacks; a change is never tried twice.
func TestARefusalNamesThePermission(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1")
	console.Fail(s1sim.Match{Method: http.MethodPost}, s1sim.Fault{Kind: s1sim.Forbidden})
	_, err := s.Run("isolate DESKTOP-1 reason=x")
	var refused *s1.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, "Disconnect Agent From Network", refused.Operation)
	require.Equal(t, http.StatusForbidden, refused.Status)
	require.Equal(t, "Endpoints › View + Disconnect From Network", refused.Permission)

	console.Heal()
	console.Fail(s1sim.Match{Method: http.MethodGet}, s1sim.Fault{Kind: s1sim.Forbidden, Times: -1})
	for text, lacks := range map[string]string{
		"isolate DESKTOP-1 reason=x":            "Endpoints › View + Disconnect From Network",
		"broadcast group-ids=Lab message=hey":   "Groups › View, which it needs to look things up (the command itself needs Endpoints › View + Send Message)",
		"fetch-threat-file 1929937418124016900": "Endpoint Threats › View + Fetch Threat File, Activity › View", // it has both in one
		"agents DESKTOP":                        "Endpoints › View",
	} {
		_, err = s.Run(text)
		require.ErrorAs(t, err, &refused, text)
		require.Equal(t, lacks, refused.Permission, text)
	}

	console.Heal()
	console.Reset()
	console.Fail(s1sim.Match{Method: http.MethodPost}, s1sim.Fault{Kind: s1sim.ServerError})
	_, err = s.Run("isolate DESKTOP-1 reason=x")
	require.ErrorAs(t, err, &refused)
	require.True(t, refused.Unknown())
	require.Len(t, console.Changes(), 1)
}

// After the console's yes the names are looked up for the card; if that fails, the outcome is told all the same.
func TestTheOutcomeIsToldEvenIfNothingCanBeReadAfterwards(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1")
	cmd, _ := commands.All().Find("isolate")
	id := console.Agent("DESKTOP-1")["id"].(string)
	console.Fail(s1sim.Match{Method: http.MethodGet}, s1sim.Fault{Kind: s1sim.ServerError, Times: 100})
	card, err := cmd.Run(t.Context(), s.Call, json.RawMessage(`{"agent-ids":["`+id+`"]}`))
	require.NoError(t, err)
	require.Equal(t, render.Successful, card.Outcome)
	require.Contains(t, card.Plain(), id)
	require.Contains(t, card.Plain(), "couldn't read")
}

// Every command that reads does so on the simulated console, which refuses what the real one would.
func TestEveryReadingCommandRunsOnTheSimulatedConsole(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{})
	s := commandtest.At(t, commands.All(), console)
	threat := console.Threats()[0]["id"].(string)
	for _, text := range []string{
		"accounts", "list-accounts name=ac state=active,expired sort-by=name direction=desc limit=5", "sites", "sites Paris state=active sort-by=createdAt",
		"groups Paris", `groups Paris custom-input={"type":"static","updatedAt__gte":"2020-08-01 16:42"}`, "agents DESKTOP", "agents query=windows limit=3",
		"agent DESKTOP-1", "threats", "threat " + threat, `threats filter={"createdAt__gte":"-30d","resolved":false,"mitigationStatuses":["not_mitigated"]} limit=5`,
		"threats storylines=x", "notes " + threat, "alerts", "alerts since=-30d until=now statuses=unresolved verdicts=undefined sites=Paris rules=ps endpoints=DESKTOP severity=High query=a,b",
		"fetch-event from=-30d to=now n=5 sort=id order=asc", "fetch-event from=-30d to=now source=alert sort=created-at where=severity=High",
		"global-policy", "account-policy " + console.Agents()[0]["accountId"].(string), "get-system-info", "get-system-status", "test-connection",
		"scripts", "scripts ports", `get-scripts account-ids="Example Corp" sites=Paris type="data collection" os=linux limit=1000`,
		`script-status 1234567890123456789 names=DESKTOP,LNX after=-7d before=now`,
	} {
		card, err := s.Run(text)
		require.NoError(t, err, text)
		require.NotEmpty(t, card.Title, text)
		require.False(t, strings.Contains(card.Plain(), "eyJ"), "no tokens: %s", text)
	}
}

// Every command that changes something does so on the simulated console, by ids and nothing else.
func TestEveryChangingCommandSendsIDsOnly(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	threat := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	alert := console.AddAlert(s1sim.AlertSpec{Agent: "DESKTOP-1"})
	account := console.Agent("DESKTOP-1")["accountId"].(string)
	for _, text := range []string{
		`note filter={"computerName__contains":["DESKTOP"]} text="seen in INC-7"`, "verdict " + threat + " verdict=true_positive", "status " + threat + " status=in_progress",
		"alert-verdict " + alert + " verdict=suspicious", "kill DESKTOP-1 reason=x", "mitigate filter=agentIds=" + console.Agent("DESKTOP-1")["id"].(string) + " action=quarantine reason=x",
		`isolate filter={"computerName__contains":["DESKTOP"]} reason=x`, "reconnect DESKTOP-1,DESKTOP-2 reason=x", "shutdown DESKTOP-2 reason=x",
	} {
		console.Reset()
		card, err := s.Run(text)
		require.NoError(t, err, text)
		require.Equal(t, render.Successful, card.Outcome, "%s: %s", text, card.Plain())
		require.Len(t, console.Changes(), 1, text)
		commandtest.RequireIDsOnly(t, console.Changes()[0].Body)
	}
	for _, text := range []string{
		`update-account-policy account-id=` + account + ` policy={"mitigationMode":"detect"} reason=x`,
		`update-global-policy policy={"data":{"mitigationModeSuspicious":"protect"}} reason=x`,
	} {
		card, err := s.Run(text)
		require.NoError(t, err, text)
		require.Equal(t, render.Successful, card.Outcome, "%s: %s", text, card.Plain())
	}
	require.Equal(t, "detect", console.Policy(account)["mitigationMode"])
}
