package admin

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

func TestActivitiesAreTenUnlessSomebodySaysOtherwise(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	for range 15 {
		console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	}
	rows := func(text string) int {
		card, err := s.Run(text)
		require.NoError(t, err, text)
		n := 0
		for _, part := range card.Parts {
			if table, ok := part.(render.Table); ok {
				n += len(table.Rows)
			}
		}
		return n
	}
	require.Equal(t, 10, rows("activities"))
	require.Equal(t, 3, rows(`activities filter={"limit":3}`))
	require.Equal(t, 4, rows(`activities filter={"limit":3} limit=4`))
	require.Contains(t, console.Calls()[0].Query.Encode(), "sortBy=createdAt&sortOrder=desc")
	card := s.As("activities limit=0", render.CSV)
	require.Equal(t, 16, strings.Count(string(card.Files[0].Body), "\n"))
	for text, problem := range map[string]string{
		`activities filter={"sortBy":"user"}`: "sortBy cannot be", `activities filter={"limit":1001}`: "limit must be 0 to 1000",
		`activities filter={"agent":"x"}`: "has no key", "activities limit=1001": "above the maximum", "activities filter=nonsense": "neither JSON",
	} {
		s.Refused(text, problem)
	}
}

func TestGroupsAreMadeFilledAndDeleted(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	card := s.Done("create-group name=\"Front desk\" site-id=Paris inherits=yes")
	id := console.GroupID("Paris", "Front desk")
	require.NotEmpty(t, id)
	require.NotContains(t, card.Plain(), "registrationToken")
	require.NotContains(t, card.Plain(), "eyJ")
	move := commandtest.Button(t, card, "Move endpoints into it")
	require.Equal(t, render.Open, move.How)
	require.JSONEq(t, `{"group-id":"`+id+`"}`, string(move.Args))
	moved, err := s.Call.Console.MoveAgentsToGroup(t.Context(), []s1.AgentID{s1.AgentID(console.Agent("DESKTOP-1")["id"].(string)), s1.AgentID(console.Agent("DESKTOP-2")["id"].(string))}, s1.GroupID(id))
	require.NoError(t, err)
	require.Equal(t, 2, moved)
	plan := s.Plan(`delete-group "Front desk" reason=x`)
	require.Equal(t, []string{"Paris", "2 endpoints"}, []string{plan.Targets[0].Site, plan.Targets[0].State})
	require.Contains(t, plan.Notes[1], "2 endpoints will move to dynamic groups they match or to the site's default group")
	s.Done(`delete-group "Front desk" reason=x`)
	require.Nil(t, console.Group(id))
	require.Equal(t, "Default Group", console.Agent("DESKTOP-1")["groupName"])
	s.Refused("delete-group "+id+" reason=x", "the console has no group with the id")
	s.Refused("delete-group Workstations reason=x", "3 groups are called")
}

// The list of groups calls ids groupIds, and knows fewer times than others.
func TestGroupsAreFilteredByWhatTheirListKnows(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	listed := s.Card("get-groups site-ids=Paris custom-input=" + console.GroupID("Paris", "Servers")).Plain()
	require.Contains(t, listed, "Servers")
	require.NotContains(t, listed, "Default Group")
	s.Refused(`get-groups site-ids=Paris custom-input={"createdAt__gte":"-24h"}`, "has no key")
}

func TestTheDefaultGroupIsToldToBeKept(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	id := console.GroupID("Paris", "Default Group")
	require.Contains(t, s.Plan("delete-group " + id + " reason=x").Targets[0].Warnings, "default group of its site, which can't be deleted")
	_, err := s.Run("delete-group " + id + " reason=x")
	require.ErrorContains(t, err, "The default group of a site cannot be deleted.")
	require.NotNil(t, console.Group(id))
}

func TestANewGroupsPolicyIsComparedWithItsSites(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	line := `create-group name=Lab site-id=Paris inherits=no policy={"mitigationMode":"detect","antiTamperingOn":false,"agentUiOn":false,"snapshotsOn":true}`
	plan := s.Plan(line)
	require.ElementsMatch(t, []catalog.Diff{
		{Field: "mitigationMode", Old: "protect", New: "detect", Weakens: true}, {Field: "antiTamperingOn", Old: "true", New: "false", Weakens: true},
		{Field: "agentUi.agentUiOn", Old: "true", New: "false"},
	}, plan.Changes)
	require.Contains(t, strings.Join(plan.Notes, " "), "⚠ 2 changes will weaken protection.")
	s.Done(line)
	require.Equal(t, "detect", console.GroupPolicy(console.GroupID("Paris", "Lab"))["mitigationMode"])

	console.Fail(s1sim.Match{PathPrefix: "/sites/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	require.Contains(t, strings.Join(s.Plan(line).Notes, " "), "Compared with the global policy")
	console.Fail(s1sim.Match{PathPrefix: "/sites/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	console.Fail(s1sim.Match{PathPrefix: "/tenant/"}, s1sim.Fault{Kind: s1sim.Forbidden})
	plan = s.Plan(line)
	require.Contains(t, strings.Join(plan.Notes, " "), "nothing to compare with")
	require.Len(t, plan.Changes, 4)
	for text, problem := range map[string]string{
		"create-group name=Lab site-id=Paris inherits=no":                                           "create-group needs policy",
		"create-group name=<Lab> site-id=Paris inherits=yes":                                        "a group name can't contain < or >",
		`create-group name=Lab site-id=Paris inherits=no policy={"mitigationMode":"off"}`:           "mitigationMode",
		`create-group name=Lab site-id=Paris inherits=no policy={"engines":{"reputation":"maybe"}}`: "engines.reputation",
		`create-group name=Lab site-id=Paris inherits=no policy={"autoImmuneOn":false}`:             "autoImmuneOn can only be true",
		`create-group name=Lab site-id=Paris inherits=maybe`:                                        "isn't yes or no",
		`create-group name=Lab site-id=Paris`:                                                       "create-group needs inherits",
	} {
		s.Refused(text, problem)
	}
}

// The call succeeded; that is no green tick for a console that says it is not well.
func TestAConsoleThatIsNotWellGetsNoGreenTick(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	require.Contains(t, s.Done("system-status").Plain(), "✅ Successful")
	console.Fail(s1sim.Match{PathPrefix: "/system/status"}, s1sim.Fault{Kind: s1sim.NotJSON, Body: `{"data":{"health":"degraded"}}`})
	card := s.Done("system-status")
	require.Contains(t, card.Plain(), "The console doesn't report that it's healthy: degraded")
	require.NotContains(t, card.Plain(), "✅")
}
