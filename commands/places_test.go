package commands

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// office is a console in which nothing has happened yet, and a call to it.
func office(t *testing.T) (*s1sim.Console, *catalog.Call) {
	console := s1sim.New(s1sim.Options{Empty: true})
	return console, callTo(t, console)
}

// planned prepares slash text without running it.
func planned(t *testing.T, call *catalog.Call, text string) catalog.Plan {
	inv, _, err := All().Parse(text, input)
	require.NoError(t, err, text)
	cmd, _ := All().Find(inv.Command)
	plan, err := cmd.Prepare(t.Context(), call, inv.Args)
	require.NoError(t, err, text)
	return plan
}

func TestEndpointsAreMovedByNameAddressAndId(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	address, id := console.Agent("DESKTOP-2")["lastIpToMgmt"].(string), console.Agent("DESKTOP-3")["id"].(string)
	card := done(t, call, "move DESKTOP-1 "+address+" "+id+" group-id=laptops")
	require.Contains(t, card.Plain(), "3 of 3 endpoints: moved.")
	for _, name := range []string{"DESKTOP-1", "DESKTOP-2", "DESKTOP-3"} {
		require.Equal(t, console.GroupID("Paris", "Laptops"), console.Agent(name)["groupId"], name)
	}
	require.Equal(t, "Workstations", console.Agent("DESKTOP-10")["groupName"], "its name begins with another's")
}

func TestAGroupsNameMeansTheOneOfTheEndpointsSite(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	done(t, call, "move DESKTOP-12 group-id=Laptops")
	require.Equal(t, console.GroupID("Lyon", "Laptops"), console.Agent("DESKTOP-12")["groupId"])
	refused(t, console, call, "move DESKTOP-1 DESKTOP-13 group-id=Laptops", "2 groups are called")
	refused(t, console, call, "move DESKTOP-1 group-id="+console.GroupID("Lyon", "Laptops"), "move-agents-between-sites comes first")
	refused(t, console, call, "move DESKTOP-1 group-id=475482421375116388", "The group with ID 475482421375116388 is not found.")
	refused(t, console, call, "move KIOSK group-id=Laptops", "2 endpoints are called")
	refused(t, console, call, "move 10.20.30.40 group-id=Laptops", "there is no endpoint called")
	refused(t, console, call, "move DESKTOP group-id=Laptops", "there is no endpoint called")
	plan := planned(t, call, "move DESKTOP-1 DESKTOP-13 group-id="+console.GroupID("Paris", "Laptops"))
	require.Len(t, plan.Targets, 1)
	require.Contains(t, plan.LeftOut[0], "1 endpoint is left out, for the group belongs to another site: DESKTOP-13.")
}

func TestADynamicGroupTakesNobodyByHand(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	console.SetGroup("Paris", "Servers", func(g map[string]any) { g["type"] = "dynamic" })
	refused(t, console, call, "move DESKTOP-1 group-id=Servers", "is a dynamic group")
}

func TestEndpointsOfTwoNamesAreMovedOnce(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	a := console.Agent("DESKTOP-1")
	plan := planned(t, call, fmt.Sprintf("move DESKTOP-1 %s %s %s group-id=Laptops", a["lastIpToMgmt"], a["uuid"], a["id"]))
	require.Len(t, plan.Targets, 1)
}

func TestAnAddressOfVersionSixIsFound(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	console.SetAgent("DESKTOP-5", func(a map[string]any) {
		a["networkInterfaces"] = []any{map[string]any{"inet": []any{}, "inet6": []any{"FE80:0::1"}}}
	})
	require.True(t, lookup.HasAddress(agentNamed(t, call, "DESKTOP-5"), "fe80::1"))
	require.False(t, lookup.HasAddress(agentNamed(t, call, "DESKTOP-5"), "fe80::2"))
	require.False(t, lookup.HasAddress(agentNamed(t, call, "DESKTOP-5"), "DESKTOP-5"))
}

func TestASearchBoxFindsEndpointsByAddress(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	address := console.Agent("DESKTOP-2")["lastIpToMgmt"].(string)
	options, err := All().Search(t.Context(), call, "agents", address)
	require.NoError(t, err)
	require.Equal(t, console.Agent("DESKTOP-2")["id"], options[0].Value)
	options, err = All().Search(t.Context(), call, "agents", address[:6])
	require.NoError(t, err)
	require.Greater(t, len(options), 5)
}

// What the console has accepted and not done yet is not called done.
func TestAMoveThatTakesItsTimeIsNotCalledMoved(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	console.Fail(s1sim.Match{PathPrefix: "/agents/actions/move-to-site"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: `{"data":{"affected":1}}`})
	card := done(t, call, "move-to-site DESKTOP-1 site-id=Lyon reason=x")
	require.Contains(t, card.Plain(), "Accepted, not moved yet: DESKTOP-1")
	require.Contains(t, card.Plain(), "1 of 1 endpoint: move accepted.")
}

func TestEndpointsMoveBetweenSites(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	require.Contains(t, planned(t, call, "move-to-site DESKTOP-1 DESKTOP-12 site-id=Lyon reason=x").Notes[0], "1 endpoint is left out: in that site already.")
	card := done(t, call, "move-to-site DESKTOP-1 DESKTOP-12 site-id=lyon reason=x")
	require.Contains(t, card.Plain(), "1 of 1 endpoint: moved.")
	require.Equal(t, "Lyon", console.Agent("DESKTOP-1")["siteName"])
	refused(t, console, call, "move-to-site DESKTOP-12 site-id=Lyon reason=x", "no endpoint is left to move")
	refused(t, console, call, "move-to-site DESKTOP-OLD-1 site-id=Lyon reason=x", "there is no endpoint called")
	refused(t, console, call, "move-to-site DESKTOP-2 site-id=Marseille reason=x", "there is no site called")
	refused(t, console, call, "move-to-site DESKTOP-2 site-id=475482421375116388 reason=x", "the console knows no site with the id")
}

func TestRestartsReachWhoIsThere(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	before := console.Agent("DESKTOP-1")["osStartTime"]
	done(t, call, "restart DESKTOP-1 reason=x")
	require.NotEqual(t, before, console.Agent("DESKTOP-1")["osStartTime"])
	card, err := run(t, All(), call, "restart DESKTOP-2 DESKTOP-4 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "1 endpoint is offline: a restart does not reach it.")
	card, err = run(t, All(), call, "restart DESKTOP-4 reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome, "nothing was affected")
	require.Len(t, planned(t, call, "restart group-ids="+console.GroupID("Lyon", "Laptops")+" reason=x").Targets, 2)
	refused(t, console, call, "restart DESKTOP-1 group-ids="+console.GroupID("Lyon", "Laptops")+" reason=x", "it matches no endpoint of agent-ids")
}

func TestScansAreStartedAndTold(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	card := done(t, call, `scan filter={"computerName__contains":["LAPTOP"],"osTypes":["windows"]}`)
	require.Contains(t, card.Plain(), "8 of 8 endpoints: scan accepted.")
	require.Equal(t, "finished", console.Agent("LAPTOP-1")["scanStatus"])
	require.Contains(t, card.Plain(), "last scan finished")
	require.Contains(t, card.Plain(), "2 endpoints were offline then: what was asked follows when it is back.")
	refused(t, console, call, `scan filter={"ids":[]}`, "it restricts nothing")
	refused(t, console, call, `scan filter={"computerName":"nobody"}`, "it matches no endpoint")
}

func TestMessagesGoToWhoCanSeeThem(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	plan := planned(t, call, "broadcast DESKTOP-1 DESKTOP-4 LNX-WEB-1 message=hello group-ids="+console.GroupID("Paris", "Workstations"))
	require.Len(t, plan.Targets, 6, "those of the group, each once")
	require.Contains(t, strings.Join(plan.LeftOut, "\n"), "1 endpoint is left out: agents on Linux show no messages (")
	require.Contains(t, strings.Join(plan.LeftOut, "\n"), "1 endpoint is left out: offline now (")
	card := done(t, call, `broadcast MAC-1 message="Save *your* work"`)
	require.Contains(t, card.Plain(), "> Save *your* work")
	require.JSONEq(t, `{"filter":{"ids":["`+console.Agent("MAC-1")["id"].(string)+`"]},"data":{"message":"Save *your* work"}}`, console.Changes()[0].Body)
	refused(t, console, call, "broadcast DESKTOP-4 message=hello", "can show a message")
	refused(t, console, call, "broadcast DESKTOP-1 message="+strings.Repeat("ä", 141), "1 to 140 characters, not 141")
	refused(t, console, call, `broadcast DESKTOP-1 message=" "`, "needs message")
	refused(t, console, call, "broadcast-message message=hello", "broadcast-message needs at least one of host-names-or-internal-ips, group-ids")
	done(t, call, "broadcast DESKTOP-1 message="+strings.Repeat("ä", 140))
}

func TestCustomerIdsAreSetAndWhatIsLostIsShown(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	console.SetAgent("DESKTOP-1", func(a map[string]any) { a["externalId"] = "old" })
	line := `set-customer-id filter={"computerName__contains":["DESKTOP-1"],"siteIds":["` + console.SiteID("Paris") + `"]} external-id=lab`
	plan := planned(t, call, line)
	require.Len(t, plan.Targets, 3)
	require.Equal(t, []catalog.Diff{{Field: "DESKTOP-1", Old: "old", New: "lab"}}, plan.Changes)
	done(t, call, line)
	require.Equal(t, "lab", console.Agent("DESKTOP-11")["externalId"])
	require.Empty(t, console.Agent("DESKTOP-12")["externalId"])
	refused(t, console, call, `set-customer-id filter={} external-id=lab`, "it restricts nothing")
}

func TestGroupsAreMadeFilledAndDeleted(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	card := done(t, call, "create-group name=\"Front desk\" site-id=Paris inherits=yes")
	id := console.GroupID("Paris", "Front desk")
	require.NotEmpty(t, id)
	require.NotContains(t, card.Plain(), "registrationToken")
	require.NotContains(t, card.Plain(), "eyJ")
	move := button(t, card, "Move endpoints into it")
	require.Equal(t, render.Open, move.How)
	require.JSONEq(t, `{"group-id":"`+id+`"}`, string(move.Args))
	done(t, call, "move DESKTOP-1 DESKTOP-2 group-id="+id)
	plan := planned(t, call, `delete-group "Front desk" reason=x`)
	require.Equal(t, []string{"Paris", "2 endpoints"}, []string{plan.Targets[0].Site, plan.Targets[0].State})
	require.Contains(t, plan.Notes[1], "2 endpoints will go to dynamic groups that they fit in or to the default group")
	done(t, call, `delete-group "Front desk" reason=x`)
	require.Nil(t, console.Group(id))
	require.Equal(t, "Default Group", console.Agent("DESKTOP-1")["groupName"])
	refused(t, console, call, "delete-group "+id+" reason=x", "the console knows no group with the id")
	refused(t, console, call, "delete-group Workstations reason=x", "3 groups are called")
}

func TestTheDefaultGroupIsToldToBeKept(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	id := console.GroupID("Paris", "Default Group")
	require.Contains(t, planned(t, call, "delete-group "+id+" reason=x").Targets[0].Warnings, "default group of its site, which the console keeps")
	_, err := run(t, All(), call, "delete-group "+id+" reason=x")
	require.ErrorContains(t, err, "The default group of a site cannot be deleted.")
	require.NotNil(t, console.Group(id))
}

func TestANewGroupsPolicyIsComparedWithItsSites(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	line := `create-group name=Lab site-id=Paris inherits=no policy={"mitigationMode":"detect","antiTamperingOn":false,"agentUiOn":false,"snapshotsOn":true}`
	plan := planned(t, call, line)
	require.ElementsMatch(t, []catalog.Diff{
		{Field: "mitigationMode", Old: "protect", New: "detect", Weakens: true}, {Field: "antiTamperingOn", Old: "true", New: "false", Weakens: true},
		{Field: "agentUi.agentUiOn", Old: "true", New: "false"},
	}, plan.Changes)
	require.Contains(t, strings.Join(plan.Notes, " "), "⚠ 2 changes will weaken the protection.")
	done(t, call, line)
	require.Equal(t, "detect", console.GroupPolicy(console.GroupID("Paris", "Lab"))["mitigationMode"])

	console.Fail(s1sim.Match{PathPrefix: "/sites/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	require.Contains(t, strings.Join(planned(t, call, line).Notes, " "), "Compared with the global policy")
	console.Fail(s1sim.Match{PathPrefix: "/sites/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	console.Fail(s1sim.Match{PathPrefix: "/tenant/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	plan = planned(t, call, line)
	require.Contains(t, strings.Join(plan.Notes, " "), "nothing to compare with")
	require.Len(t, plan.Changes, 4)
	for text, problem := range map[string]string{
		"create-group name=Lab site-id=Paris inherits=no":                                           "create-group needs policy",
		"create-group name=<Lab> site-id=Paris inherits=yes":                                        "neither < nor >",
		`create-group name=Lab site-id=Paris inherits=no policy={"mitigationMode":"off"}`:           "mitigationMode",
		`create-group name=Lab site-id=Paris inherits=no policy={"engines":{"reputation":"maybe"}}`: "engines.reputation",
		`create-group name=Lab site-id=Paris inherits=no policy={"autoImmuneOn":false}`:             "autoImmuneOn can only be true",
		`create-group name=Lab site-id=Paris inherits=maybe`:                                        "neither yes nor no",
		`create-group name=Lab site-id=Paris`:                                                       "create-group needs inherits",
	} {
		refused(t, console, call, text, problem)
	}
}

func TestApplicationsOfEveryEndpointAndOfNone(t *testing.T) {
	t.Parallel()
	console, call := office(t)
	console.SetApplications("DESKTOP-1", map[string]any{"name": "Zip & <Tool>", "version": "1", "size": 1234567, "installedDate": "2026-01-01T00:00:00Z"})
	console.SetApplications("DESKTOP-2")
	card, err := run(t, All(), call, "apps DESKTOP-1 DESKTOP-2")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "Zip & <Tool> | 1 | — | 2026-01-01 00:00 UTC | 1.2 MB")
	require.Equal(t, "Applications · 1 on 2 endpoints", card.Title)
	card, err = run(t, All(), call, "apps DESKTOP-2")
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "There are no applications on 1 endpoint.")

	console.Fail(s1sim.Match{PathPrefix: "/agents/applications"}, s1sim.Fault{Kind: s1sim.Forbidden})
	card, err = run(t, All(), call, "apps DESKTOP-2 DESKTOP-1")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "could not be read: status 403")
	console.Fail(s1sim.Match{PathPrefix: "/agents/applications"}, s1sim.Fault{Kind: s1sim.Forbidden, Times: 2})
	_, err = run(t, All(), call, "apps DESKTOP-2 DESKTOP-1")
	require.ErrorContains(t, err, "status 403")
	file, err := invoke(t, All(), call, button(t, card, "JSON file"))
	require.NoError(t, err)
	require.Contains(t, string(file.Files[0].Body), `"computerName": "DESKTOP-1"`)
}

func TestSizesAreReadable(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int]string{-1: "", 0: "", 1: "1 B", 999: "999 B", 1000: "1.0 kB", 1500000: "1.5 MB", 2411724800: "2.4 GB", 5e15: "5000.0 TB"} {
		require.Equal(t, want, catalog.SizeWords(bytes))
	}
}
