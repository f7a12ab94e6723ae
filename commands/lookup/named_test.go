package lookup_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/s1/s1sim"
)

// A threat goes by its name and an alert by that of its rule, wherever an id is wanted; what runs are ids.
func TestThreatsAndAlertsGoByName(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	evil := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe.bak", Agent: "DESKTOP-1"})
	alert := console.AddAlert(s1sim.AlertSpec{Rule: "LSASS read", Agent: "DESKTOP-1", Severity: "High"})
	all := commands.All()
	for line, args := range map[string]string{
		`verdict EVIL.exe verdict=suspicious`:             `{"threat-ids":["` + evil + `"],"analyst-verdict":"suspicious"}`,
		`fetch-threat-file threat-ids=evil.exe`:           `{"threat-ids":["` + evil + `"],"password":""}`,
		`alert-verdict "lsass read" verdict=suspicious`:   `{"alert-ids":["` + alert + `"],"analyst-verdict":"suspicious"}`,
		`get-threat-notes threat-id=evil.exe`:             `{"threat-id":"` + evil + `"}`,
		`verdict ` + evil + `,evil.exe verdict=undefined`: `{"threat-ids":["` + evil + `"],"analyst-verdict":"undefined"}`,
	} {
		inv, _, err := slash.Parse(all, line, commandtest.Input())
		require.NoError(t, err, line)
		cmd, _ := all.Find(inv.Command)
		plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
		require.NoError(t, err, line)
		require.JSONEq(t, args, string(plan.Args), line)
		_, err = cmd.Run(t.Context(), s.Call, inv.Args)
		if cmd.Risk != catalog.Read {
			require.ErrorIs(t, err, catalog.ErrNotPrepared, line)
		}
	}

	_, err := s.Run("verdict evl.exe verdict=suspicious")
	require.EqualError(t, err, "check `threat-ids`: there is no threat called \"evl.exe\"; did you mean evil.exe?")
}

// Nobody sees a blank at the end of a name, in quotes or without: the endpoint is found by it, and where another is called so without the blank nothing is
// guessed, and what tells the two apart is no blank.
func TestABlankAtTheEndOfANameIsNotSeen(t *testing.T) {
	t.Parallel()
	_, s := commandtest.WithAgents(t, commands.All(), "KIOSK-7 ", "LAB-7", "LAB-7 ")
	for _, line := range []string{"get-agent-info KIOSK-7", `get-agent-info "KIOSK-7 "`, `get-agent-info "kiosk-7"`} {
		card, err := s.Run(line)
		require.NoError(t, err, line)
		require.Contains(t, card.Plain(), "KIOSK-7", line)
	}
	_, err := s.Run(`get-agent-info "LAB-7 "`)
	var ambiguous *catalog.AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	require.Len(t, ambiguous.Matches, 2)
	labels := ambiguous.Labels()
	require.NotEqual(t, strings.ReplaceAll(labels[0], "LAB-7 ", "LAB-7"), strings.ReplaceAll(labels[1], "LAB-7 ", "LAB-7"))
}

// Several threats of a name are shown with their hosts, to choose from.
func TestAThreatsNameIsNeverGuessed(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
	second := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-2"})
	_, err := s.Run("verdict evil.exe verdict=suspicious")
	var ambiguous *catalog.AmbiguousError
	require.True(t, errors.As(err, &ambiguous), "%v", err)
	require.Len(t, ambiguous.Matches, 2)
	for i, m := range ambiguous.Matches {
		if m.Host == "DESKTOP-2" {
			require.JSONEq(t, `{"threat-ids":["`+second+`"],"analyst-verdict":"suspicious"}`, string(ambiguous.Pick(i).Args))
		}
	}
	require.Empty(t, console.Calls()[len(console.Calls())-1].Body)
}

// Threats of one content are one to the blocklist; of two contents under one name somebody has to choose.
func TestTheContentOfAThreatGoesByItsName(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All(), "DESKTOP-1", "DESKTOP-2")
	first := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", SHA1: "3395856ce81f2b7382dee72602f798b642f14140"})
	console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-2", SHA1: "3395856ce81f2b7382dee72602f798b642f14140"})
	site := console.Agent("DESKTOP-1")["siteName"].(string)
	cmd, _ := commands.All().Find("add-threat-to-blacklist")
	ask := catalog.Marshal(map[string]any{"collection-ids": "evil.exe", "site-id": site, "target-scope": "site"})
	plan, err := cmd.Prepare(t.Context(), s.Call, ask)
	require.NoError(t, err)
	collection := console.Threat(first)["threatInfo"].(map[string]any)["collectionId"].(string)
	require.Contains(t, string(plan.Args), `"collection-ids":["`+collection+`"]`)

	console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1", SHA1: "4395856ce81f2b7382dee72602f798b642f14140"})
	_, err = cmd.Prepare(t.Context(), s.Call, ask)
	var ambiguous *catalog.AmbiguousError
	require.True(t, errors.As(err, &ambiguous), "%v", err)
	require.Len(t, ambiguous.Matches, 2)
}

// Under the keys of a filter that take ids a name does as well, in what reads and in what changes something.
func TestNamesInFiltersBecomeIds(t *testing.T) {
	t.Parallel()
	console := s1sim.New(s1sim.Options{Empty: true})
	s := commandtest.At(t, commands.All(), console)
	host := console.Agent("DESKTOP-1")
	site, id := host["siteName"].(string), host["id"].(string)
	all := commands.All()
	for line, query := range map[string]string{
		`isolate filter={"siteIds":["` + site + `"],"computerName":"DESKTOP-1"} reason=x`:     "siteIds=" + host["siteId"].(string),
		`activities filter={"agentIds":"desktop-1"}`:                                          "agentIds=" + id,
		`threats filter={"siteIds":["` + site + `","` + host["siteId"].(string) + `"]}`:       "siteIds=" + host["siteId"].(string) + "&",
		`get-black-list custom-input={"accountIds":["` + host["accountName"].(string) + `"]}`: "accountIds=" + host["accountId"].(string),
	} {
		console.Reset()
		inv, _, err := slash.Parse(all, line, commandtest.Input())
		require.NoError(t, err, line)
		cmd, _ := all.Find(inv.Command)
		plan, err := cmd.Prepare(t.Context(), s.Call, inv.Args)
		require.NoError(t, err, line)
		if cmd.Risk == catalog.Read {
			_, err = cmd.Run(t.Context(), s.Call, plan.Args)
			require.NoError(t, err, line)
		}
		var asked []string
		for _, c := range console.Calls() {
			asked = append(asked, c.Path+"?"+c.Query.Encode()+"&")
		}
		require.Contains(t, strings.Join(asked, "\n"), query, line)
	}
	_, err := s.Run(`activities filter={"siteIds":["Pariss"]}`)
	require.ErrorContains(t, err, "check `filter`: there is no site called \"Pariss\"; did you mean Paris")
}

// What is chosen for a name in a filter takes its place there.
func TestAnAmbiguousNameInAFilterIsChosen(t *testing.T) {
	t.Parallel()
	console, s := commandtest.WithAgents(t, commands.All())
	console.AddAgent(s1sim.AgentSpec{Name: "KIOSK"})
	console.AddAgent(s1sim.AgentSpec{Name: "KIOSK"})
	_, err := s.Run(`activities filter={"agentIds":"KIOSK,1845174760470303882","includeHidden":false}`)
	var ambiguous *catalog.AmbiguousError
	require.True(t, errors.As(err, &ambiguous), "%v", err)
	require.JSONEq(t, `{"filter":{"agentIds":["`+ambiguous.Matches[1].ID+`","1845174760470303882"],"includeHidden":false}}`, string(ambiguous.Pick(1).Args))
}
