package endpoints_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

func TestEndpointsAreMovedByNameAddressAndId(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	address, id := console.Agent("DESKTOP-2")["lastIpToMgmt"].(string), console.Agent("DESKTOP-3")["id"].(string)
	card := s.Done("move DESKTOP-1 " + address + " " + id + " group-id=laptops")
	require.Contains(t, card.Plain(), "3 of 3 endpoints: moved.")
	for _, name := range []string{"DESKTOP-1", "DESKTOP-2", "DESKTOP-3"} {
		require.Equal(t, console.GroupID("Paris", "Laptops"), console.Agent(name)["groupId"], name)
	}
	require.Equal(t, "Workstations", console.Agent("DESKTOP-10")["groupName"], "its name begins with another's")
}

func TestAGroupsNameMeansTheOneOfTheEndpointsSite(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	s.Done("move DESKTOP-12 group-id=Laptops")
	require.Equal(t, console.GroupID("Lyon", "Laptops"), console.Agent("DESKTOP-12")["groupId"])
	s.Refused("move DESKTOP-1 DESKTOP-13 group-id=Laptops", "2 groups are called")
	s.Refused("move DESKTOP-1 group-id="+console.GroupID("Lyon", "Laptops"), "run move-agents-between-sites first")
	s.Refused("move DESKTOP-1 group-id=475482421375116388", "The group with ID 475482421375116388 is not found.")
	s.Refused("move KIOSK group-id=Laptops", "2 endpoints are called")
	s.Refused("move 10.20.30.40 group-id=Laptops", "there is no endpoint called")
	s.Refused("move DESKTOP group-id=Laptops", "there is no endpoint called")
	plan := s.Plan("move DESKTOP-1 DESKTOP-13 group-id=" + console.GroupID("Paris", "Laptops"))
	require.Len(t, plan.Targets, 1)
	require.Contains(t, plan.LeftOut[0], "1 endpoint is left out because the group belongs to another site: DESKTOP-13.")
}

func TestADynamicGroupTakesNobodyByHand(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	console.SetGroup("Paris", "Servers", func(g map[string]any) { g["type"] = "dynamic" })
	s.Refused("move DESKTOP-1 group-id=Servers", "is a dynamic group")
}

func TestEndpointsOfTwoNamesAreMovedOnce(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	a := console.Agent("DESKTOP-1")
	plan := s.Plan(fmt.Sprintf("move DESKTOP-1 %s %s %s group-id=Laptops", a["lastIpToMgmt"], a["uuid"], a["id"]))
	require.Len(t, plan.Targets, 1)
}

// What the console has accepted and not done yet is not called done.
func TestAMoveThatTakesItsTimeIsNotCalledMoved(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	console.Fail(s1sim.Match{PathPrefix: "/agents/actions/move-to-site"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: `{"data":{"affected":1}}`})
	card := s.Done("move-to-site DESKTOP-1 site-id=Lyon reason=x")
	require.Contains(t, card.Plain(), "Accepted, not moved yet: DESKTOP-1")
	require.NotContains(t, card.Plain(), "move accepted", "the first line says it")
}

func TestEndpointsMoveBetweenSites(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	require.Contains(t, s.Plan("move-to-site DESKTOP-1 DESKTOP-12 site-id=Lyon reason=x").Notes[0], "1 endpoint is left out: in that site already.")
	card := s.Done("move-to-site DESKTOP-1 DESKTOP-12 site-id=lyon reason=x")
	require.Contains(t, card.Plain(), "1 of 1 endpoint: moved.")
	require.Equal(t, "Lyon", console.Agent("DESKTOP-1")["siteName"])
	s.Refused("move-to-site DESKTOP-12 site-id=Lyon reason=x", "no endpoint is left to move")
	s.Refused("move-to-site DESKTOP-OLD-1 site-id=Lyon reason=x", "there is no endpoint called")
	s.Refused("move-to-site DESKTOP-2 site-id=Marseille reason=x", "there is no site called")
	s.Refused("move-to-site DESKTOP-2 site-id=475482421375116388 reason=x", "the console has no site with the id")
}

func TestRestartsReachWhoIsThere(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	before := console.Agent("DESKTOP-1")["osStartTime"]
	s.Done("restart DESKTOP-1 reason=x")
	require.NotEqual(t, before, console.Agent("DESKTOP-1")["osStartTime"])
	card, err := s.Run("restart DESKTOP-2 DESKTOP-4 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "1 endpoint is offline: a restart only reaches endpoints that are online.")
	card, err = s.Run("restart DESKTOP-4 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome, "nothing was affected")
	require.Len(t, s.Plan("restart group-ids="+console.GroupID("Lyon", "Laptops")+" reason=x").Targets, 2)
	s.Refused("restart DESKTOP-1 group-ids="+console.GroupID("Lyon", "Laptops")+" reason=x", "no endpoint of agent-ids matches")
}

func TestScansAreStartedAndTold(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	card := s.Done(`scan filter={"computerName__contains":["LAPTOP"],"osTypes":["windows"]}`)
	require.Contains(t, card.Plain(), "8 of 8 endpoints: scan accepted.")
	require.Equal(t, "finished", console.Agent("LAPTOP-1")["scanStatus"])
	require.Contains(t, card.Plain(), "last scan finished")
	require.Contains(t, card.Plain(), "2 endpoints were offline then: this takes effect once back online.")
	s.Refused(`scan filter={"ids":[]}`, "it restricts nothing")
	s.Refused(`scan filter={"computerName":"nobody"}`, "no endpoint matches")
}

func TestMessagesGoToWhoCanSeeThem(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	plan := s.Plan("broadcast DESKTOP-1 DESKTOP-4 LNX-WEB-1 message=hello group-ids=" + console.GroupID("Paris", "Workstations"))
	require.Len(t, plan.Targets, 6, "those of the group, each once")
	require.Contains(t, strings.Join(plan.LeftOut, "\n"), "1 endpoint is left out: Linux agents can't show messages (")
	require.Contains(t, strings.Join(plan.LeftOut, "\n"), "1 endpoint is left out: offline now (")
	card := s.Done(`broadcast MAC-1 message="Save *your* work"`)
	require.Contains(t, card.Plain(), "> Save *your* work")
	require.JSONEq(t, `{"filter":{"ids":["`+console.Agent("MAC-1")["id"].(string)+`"]},"data":{"message":"Save *your* work"}}`, console.Changes()[0].Body)
	s.Refused("broadcast DESKTOP-4 message=hello", "can show a message")
	s.Refused("broadcast DESKTOP-1 message="+strings.Repeat("ä", 141), "1 to 140 characters, not 141")
	s.Refused(`broadcast DESKTOP-1 message=" "`, "needs message")
	s.Refused("broadcast-message message=hello", "broadcast-message needs at least one of host-names-or-internal-ips, group-ids")
	s.Done("broadcast DESKTOP-1 message=" + strings.Repeat("ä", 140))
}

func TestCustomerIdsAreSetAndWhatIsLostIsShown(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	console.SetAgent("DESKTOP-1", func(a map[string]any) { a["externalId"] = "old" })
	line := `set-customer-id filter={"computerName__contains":["DESKTOP-1"],"siteIds":["` + console.SiteID("Paris") + `"]} external-id=lab`
	plan := s.Plan(line)
	require.Len(t, plan.Targets, 3)
	require.Equal(t, []catalog.Diff{{Field: "DESKTOP-1", Old: "old", New: "lab"}}, plan.Changes)
	s.Done(line)
	require.Equal(t, "lab", console.Agent("DESKTOP-11")["externalId"])
	require.Empty(t, console.Agent("DESKTOP-12")["externalId"])
	s.Refused(`set-customer-id filter={} external-id=lab`, "it restricts nothing")
}

func TestApplicationsOfEveryEndpointAndOfNone(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	console.SetApplications("DESKTOP-1", map[string]any{"name": "Zip & <Tool>", "version": "1", "size": 1234567, "installedDate": "2026-01-01T00:00:00Z"})
	console.SetApplications("DESKTOP-2")
	card, err := s.Run("apps DESKTOP-1 DESKTOP-2")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "Zip & <Tool> | 1 | — | 2026-01-01 00:00 UTC | 1.2 MB")
	require.Equal(t, "Applications · 1 on 2 endpoints", card.Title)
	card, err = s.Run("apps DESKTOP-2")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "There are no applications on 1 endpoint.")

	console.Fail(s1sim.Match{PathPrefix: "/agents/applications"}, s1sim.Fault{Kind: s1sim.Forbidden})
	card, err = s.Run("apps DESKTOP-2 DESKTOP-1")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "could not be read: status 403")
	console.Fail(s1sim.Match{PathPrefix: "/agents/applications"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: 2})
	_, err = s.Run("apps DESKTOP-2 DESKTOP-1")
	require.ErrorContains(t, err, "status 403")
	file, err := s.Invoke(commandtest.Button(t, card, "JSON file"))
	require.NoError(t, err)
	require.Contains(t, string(file.Files[0].Body), `"computerName": "DESKTOP-1"`)
}

func TestAnIsolationMayHaveAnEnd(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]catalog.Extras{
		"isolate DESKTOP-1 for=4h":                          {For: 4 * time.Hour},
		"isolate DESKTOP-1 FOR=4h reason=x":                 {For: 4 * time.Hour, Reason: "x"},
		"isolate DESKTOP-1 for=4 hours reason=x":            {For: 4 * time.Hour, Reason: "x"},
		"isolate DESKTOP-1 for = 4 hours reason = x":        {For: 4 * time.Hour, Reason: "x"},
		`isolate DESKTOP-1 for="1 day" reason=x`:            {For: 24 * time.Hour, Reason: "x"},
		"isolate for=1d 12h DESKTOP-1 reason=wait for=it":   {},
		"isolate for=1d 12h agent-ids=DESKTOP-1 reason=x y": {For: 36 * time.Hour, Reason: "x y"},
		"isolate DESKTOP-1":                                 {},
	} {
		inv, extras, err := slash.Parse(cat(t), text, commandtest.Input())
		if want == (catalog.Extras{}) && text != "isolate DESKTOP-1" {
			require.ErrorContains(t, err, "isn't a duration", text)
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, extras, text)
		require.JSONEq(t, `{"agent-ids":["DESKTOP-1"]}`, string(inv.Args), "it is no parameter of the console's")
	}
	for text, problem := range map[string]string{
		"isolate DESKTOP-1 for=ever reason=x": `check ` + "`for`" + `: "ever" isn't a duration`,
		"isolate DESKTOP-1 for=31d reason=x":  "5 minutes to 30 days",
		"reconnect DESKTOP-1 for=4h reason=x": "unknown parameter",
		"shutdown DESKTOP-1 for=4h reason=x":  "unknown parameter",
	} {
		_, _, err := slash.Parse(cat(t), text, commandtest.Input())
		require.ErrorContains(t, err, problem, text)
	}
}

func TestTheFormOfAnIsolationAsksForItsEnd(t *testing.T) {
	t.Parallel()
	isolate, _ := cat(t).Find("isolate")
	field := commandtest.Asks(t, forms.Of(isolate, nil, catalog.Caller{}), catalog.ForParam)
	require.False(t, field.Required)
	require.Equal(t, render.TextInput, field.Widget)
	sent := map[string][]string{"agent-ids": {"1845174760470303882"}, "filter": {}, "reason": {"x"}, "ticket": {}, catalog.ForParam: {"2 days"}}
	args, extras, wrong := forms.Read(isolate, sent, nil, catalog.Caller{})
	require.Empty(t, wrong)
	require.Equal(t, catalog.Extras{Reason: "x", For: 48 * time.Hour}, extras)
	require.NotContains(t, string(args), catalog.ForParam)
	sent[catalog.ForParam] = []string{"soon"}
	_, _, wrong = forms.Read(isolate, sent, nil, catalog.Caller{})
	require.Equal(t, map[string]string{catalog.ForParam: `"soon" isn't a duration. Write it like 30m, 4h or 2d; 5 minutes to 30 days.`}, wrong)
	for _, cmd := range cat(t).Commands() {
		for _, p := range cmd.Params {
			require.NotEqual(t, catalog.ForParam, p.Name, cmd.Name)
		}
	}
}
