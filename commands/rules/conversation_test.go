package rules_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

func ruleNamed(t *testing.T, console *s1sim.Console, name string) map[string]any {
	for _, r := range console.Rules() {
		if r["name"] == name {
			return r
		}
	}
	require.Fail(t, "no rule "+name)
	return nil
}

func TestARuleLivesFromDraftToDeletion(t *testing.T) {
	t.Parallel()
	synctest.Test(t, ruleLife) // a rule that is told to work is looked at for a while
}

func ruleLife(t *testing.T) {
	console, s := protected(t)
	card, err := s.Run(`create-rule "Beacon" s1ql="DstIP = \"203.0.113.66\"" query-type=Events severity=Critical status=Active expiration-mode=Temporary expiration-date="2027-01-31 12:00" network-quarantine=Enable site-ids=Paris reason=x`)
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome, "the console makes a draft, whatever was asked for")
	require.Contains(t, card.Plain(), "doesn't work yet")
	rule := ruleNamed(t, console, "Beacon")
	require.Equal(t, "2027-01-31T11:00:00.000000Z", rule["expiration"])
	require.Equal(t, []any{console.SiteID("Paris")}, rule["scopeId"])

	_, err = s.Invoke(commandtest.Button(t, card, "Activate"))
	require.NoError(t, err)
	require.Equal(t, "Active", ruleNamed(t, console, "Beacon")["status"])

	card = s.Done(`update-rule beacon name=Beacon s1ql="DstIP = \"203.0.113.67\"" query-type=Events severity=High status=Active expiration-mode=Permanent reason=x`)
	require.Contains(t, card.Plain(), "| Severity | Critical | High | set |")
	rule = ruleNamed(t, console, "Beacon")
	require.Equal(t, true, rule["networkQuarantine"], "what is not given stays")
	require.Nil(t, rule["expiration"])

	s.Done("disable-rules Beacon reason=x")
	require.Equal(t, "Disabled", ruleNamed(t, console, "Beacon")["status"])
	console.Reset()
	card = s.Done("delete-rules name=beac status=Disabled reason=x")
	require.Contains(t, card.Plain(), "Beacon")
	require.Len(t, console.Changes(), 1)
	commandtest.RequireIDsOnly(t, console.Changes()[0].Body)
	s.Refused("delete-rules Beacon reason=x", "there is no rule called")
}

// Scheduled rules are left out by a console that is not asked for them.
func TestRulesOfEveryKindAreFound(t *testing.T) {
	t.Parallel()
	_, s := protected(t)
	card, err := s.Run("rules query-type=Scheduled")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Logins at night")
	card, err = s.Run("rules site-ids=Paris")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Rules · 4 match")
	require.NotContains(t, card.Plain(), "Logins at night")
	s.Refused(`disable-rules "Logins at night" reason=x`, "is disabled already")
	s.Refused("disable-rules reason=x", "needs at least one of rule-ids, ")
	s.Refused("disable-rules name=a reason=x", "two characters")
	s.Refused("disable-rules name=nothing-like-it reason=x", "no rule matches")
	s.Refused(`update-rule "Logins at night" name=x s1ql=y query-type=Correlation severity=Low status=Draft expiration-mode=Permanent reason=x`, "needs more than a query")
}

func TestARuleThatChangedMeanwhileIsLeftAlone(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	all := cat(t)
	inv, _, err := slash.Parse(all, `update-rule "New local administrator" name=Renamed s1ql=x query-type=Events severity=Low status=Active expiration-mode=Permanent reason=x`, commandtest.Input())
	require.NoError(t, err)
	cmd, _ := all.Find(inv.Command)
	plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
	require.NoError(t, err)
	require.Contains(t, plan.Changes, catalog.Diff{Field: "Severity", Old: "Medium", New: "Low", Weakens: true})

	require.True(t, console.SetRule("New local administrator", func(r map[string]any) { r["generatedAlerts"] = 99 }))
	elsewhere := *s.Call
	elsewhere.Caller.Zone = time.UTC // the approver's
	_, err = cmd.Run(t.Context(), &elsewhere, plan.Args)
	require.NoError(t, err, "alerts are no change of the rule")

	plan, err = cmd.Prepare(t.Context(), s.Call, json.RawMessage(strings.Replace(string(inv.Args), "New local administrator", "Renamed", 1)))
	require.ErrorContains(t, err, "already like that")
	inv.Args = json.RawMessage(strings.NewReplacer("New local administrator", "Renamed", `"Low"`, `"High"`).Replace(string(inv.Args)))
	plan, err = cmd.Prepare(t.Context(), s.Call, inv.Args)
	require.NoError(t, err)
	require.True(t, console.SetRule("Renamed", func(r map[string]any) { r["s1ql"] = "something else" }))
	console.Reset()
	_, err = cmd.Run(t.Context(), s.Call, plan.Args)
	require.ErrorContains(t, err, "has changed since")
	require.Empty(t, console.Changes())
}
