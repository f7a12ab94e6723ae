package commands

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

// protected is a call to a simulated console with rules, exclusions, a blocklist and IOCs.
func protected(t *testing.T) (*s1sim.Console, *catalog.Call) {
	console := s1sim.New(s1sim.Options{Now: func() time.Time { return now }, Agents: 5, Empty: true})
	return console, callTo(t, console)
}

// done runs slash text that must succeed.
func done(t *testing.T, call *catalog.Call, text string) render.Card {
	card, err := run(t, All(), call, text)
	require.NoError(t, err, text)
	require.Equal(t, render.Successful, card.Outcome, "%s: %s", text, card.Plain())
	return card
}

// refused runs slash text that must be refused before anything is changed.
func refused(t *testing.T, console *s1sim.Console, call *catalog.Call, text, problem string) {
	console.Reset()
	inv, _, err := All().Parse(text, input)
	if err == nil {
		_, err = invoke(t, All(), call, inv)
	}
	require.ErrorContains(t, err, problem, text)
	require.Empty(t, console.Changes(), text)
}

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
	console, call := protected(t)
	card, err := run(t, All(), call, `create-rule "Beacon" s1ql="DstIP = \"203.0.113.66\"" query-type=Events severity=Critical status=Active expiration-mode=Temporary expiration-date="2027-01-31 12:00" network-quarantine=Enable site-ids=Paris reason=x`)
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome, "the console makes a draft, whatever was asked for")
	require.Contains(t, card.Plain(), "does not work yet")
	rule := ruleNamed(t, console, "Beacon")
	require.Equal(t, "2027-01-31T11:00:00.000000Z", rule["expiration"])
	require.Equal(t, []any{console.SiteID("Paris")}, rule["scopeId"])

	_, err = invoke(t, All(), call, button(t, card, "Activate"))
	require.NoError(t, err)
	require.Equal(t, "Active", ruleNamed(t, console, "Beacon")["status"])

	card = done(t, call, `update-rule beacon name=Beacon s1ql="DstIP = \"203.0.113.67\"" query-type=Events severity=High status=Active expiration-mode=Permanent reason=x`)
	require.Contains(t, card.Plain(), "| Severity | Critical | High | set |")
	rule = ruleNamed(t, console, "Beacon")
	require.Equal(t, true, rule["networkQuarantine"], "what is not given stays")
	require.Nil(t, rule["expiration"])

	done(t, call, "disable-rules Beacon reason=x")
	require.Equal(t, "Disabled", ruleNamed(t, console, "Beacon")["status"])
	console.Reset()
	card = done(t, call, "delete-rules name=beac status=Disabled reason=x")
	require.Contains(t, card.Plain(), "Beacon")
	require.Len(t, console.Changes(), 1)
	requireIDsOnly(t, []byte(console.Changes()[0].Body))
	refused(t, console, call, "delete-rules Beacon reason=x", "there is no rule called")
}

// Scheduled rules are left out by a console that is not asked for them.
func TestRulesOfEveryKindAreFound(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	card, err := run(t, All(), call, "rules query-type=Scheduled")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Logins at night")
	card, err = run(t, All(), call, "rules site-ids=Paris")
	require.NoError(t, err)
	require.Contains(t, card.Title, "Rules · 4 match")
	require.NotContains(t, card.Plain(), "Logins at night")
	refused(t, console, call, `disable-rules "Logins at night" reason=x`, "is disabled already")
	refused(t, console, call, "disable-rules reason=x", "needs at least one of rule-ids, ")
	refused(t, console, call, "disable-rules name=a reason=x", "two characters")
	refused(t, console, call, "disable-rules name=nothing-like-it reason=x", "matches no rule")
	refused(t, console, call, `update-rule "Logins at night" name=x s1ql=y query-type=Correlation severity=Low status=Draft expiration-mode=Permanent reason=x`, "needs more than a query")
}

func TestARuleThatChangedMeanwhileIsLeftAlone(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	all := All()
	inv, _, err := all.Parse(`update-rule "New local administrator" name=Renamed s1ql=x query-type=Events severity=Low status=Active expiration-mode=Permanent reason=x`, input)
	require.NoError(t, err)
	cmd, _ := all.Find(inv.Command)
	plan, err := cmd.Prepare(t.Context(), call, inv.Args)
	require.NoError(t, err)
	require.Contains(t, plan.Changes, catalog.Diff{Field: "Severity", Old: "Medium", New: "Low", Weakens: true})

	require.True(t, console.SetRule("New local administrator", func(r map[string]any) { r["generatedAlerts"] = 99 }))
	elsewhere := *call
	elsewhere.Caller.Zone = time.UTC // the approver's
	_, err = cmd.Run(t.Context(), &elsewhere, plan.Args)
	require.NoError(t, err, "alerts are no change of the rule")

	plan, err = cmd.Prepare(t.Context(), call, json.RawMessage(strings.Replace(string(inv.Args), "New local administrator", "Renamed", 1)))
	require.ErrorContains(t, err, "like that already")
	inv.Args = json.RawMessage(strings.NewReplacer("New local administrator", "Renamed", `"Low"`, `"High"`).Replace(string(inv.Args)))
	plan, err = cmd.Prepare(t.Context(), call, inv.Args)
	require.NoError(t, err)
	require.True(t, console.SetRule("Renamed", func(r map[string]any) { r["s1ql"] = "something else" }))
	console.Reset()
	_, err = cmd.Run(t.Context(), call, plan.Args)
	require.ErrorContains(t, err, "has changed since")
	require.Empty(t, console.Changes())
}

func TestAnExclusionIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	before := len(console.Exclusions())
	card := done(t, call, `create-exclusion type=Path operation-system=Windows value="D:\Test\" mode="Suppress Alerts" path-exclusion-type=folder site-ids=Paris,Lyon description=x reason=x`)
	require.Contains(t, card.Plain(), "2 exclusions made.")
	require.Len(t, console.Exclusions(), before+2)

	card, err := run(t, All(), call, `update-exclusion "D:\Test\" type=Path os=Windows path-exclusion-type=subfolders reason=x`)
	require.Error(t, err, "there are two of them: %s", card.Plain())
	id := console.Exclusions()[before]["id"].(string)
	card = done(t, call, "update-exclusion "+id+" type=Path os=Windows path-exclusion-type=subfolders reason=x")
	require.Contains(t, card.Plain(), "| Depth | Folder | Subfolders | set |")
	require.Equal(t, "x", console.Exclusions()[before]["description"], "what is not given stays")
	refused(t, console, call, "update-exclusion "+id+" type=Hash os=Windows value=3395856ce81f2b7382dee72602f798b642f14140 reason=x", "cannot be changed")
	refused(t, console, call, "update-exclusion "+id+" type=Path os=Windows path-exclusion-type=subfolders reason=x", "like that already")

	card = done(t, call, "delete-exclusions "+id+" reason=x")
	require.Contains(t, card.Plain(), `D:\Test\`)
	require.Len(t, console.Exclusions(), before+1)
}

// The specification lets Delete Exclusions without parameters delete all. A scope means the exclusions of that very scope.
func TestDeletingExclusionsNeverMeansAll(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	before := len(console.Exclusions())
	refused(t, console, call, "delete-exclusions reason=x", "needs at least one of exclusion-ids, ")
	refused(t, console, call, `delete-exclusions type="" site-ids=[] reason=x`, "needs at least one of exclusion-ids, ")
	card := done(t, call, "delete-exclusions site-ids=Lyon reason=x")
	require.Contains(t, card.Plain(), "2 of 2 exclusions")
	require.Len(t, console.Exclusions(), before-2)
	refused(t, console, call, "delete-exclusions site-ids=Lyon reason=x", "matches no exclusion")
	refused(t, console, call, "delete-exclusions 2999999999999999999 reason=x", "knows no exclusion")
}

func TestAHashIsBlockedAndUnblocked(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	hash, other := strings.Repeat("ab", 20), "3395856ce81f2b7382dee72602f798b642f14140"
	card, err := run(t, All(), call, "block "+strings.ToUpper(hash)+" "+other+" os=Windows site=Paris reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "already exists")
	_, err = run(t, All(), call, "block "+other+" os=Windows site=Paris reason=x")
	require.ErrorContains(t, err, "status 400: Hash '"+other+"' already exists")

	done(t, call, "unblock "+hash+" reason=x")
	card = done(t, call, "unblock "+other+" reason=x")
	require.Contains(t, card.Plain(), "2 of 2 blocklist items", "one for each system")
	require.Len(t, console.Blocklist(), 1)
	refused(t, console, call, "unblock reason=x", "needs item-ids")
	refused(t, console, call, "unblock "+hash+" reason=x", "not on the blocklist")
	refused(t, console, call, "unblock 2999999999999999999 reason=x", "knows no blocklist item")
}

func TestThreatsAreBlockedInTheirOwnSiteOnly(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	collection := console.Threat(id)["threatInfo"].(map[string]any)["collectionId"].(string)
	refused(t, console, call, "block-threat "+collection+" site=Lyon target-scope=site reason=x", "the site has no threat with the collection")
	card := done(t, call, "block-threat "+collection+" site=Paris target-scope=site reason=x")
	require.Contains(t, card.Plain(), "evil.exe")
	card, err := run(t, All(), call, "block-threat "+collection+" site=Paris target-scope=site reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome, "affected 0 is no success")
	require.Contains(t, card.Plain(), "was blocked already")

	hash := console.Threat(id)["threatInfo"].(map[string]any)["sha1"].(string)
	card, err = run(t, All(), call, "reputation "+hash+","+strings.Repeat("0", 40))
	require.NoError(t, err)
	require.Contains(t, card.Plain(), hash+" | Malicious")
	require.Contains(t, card.Plain(), "| Unknown")
}

func TestIOCsBelongToAccounts(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	account := console.AccountID("Example Corp")
	refused(t, console, call, "create-ioc source=x type=IPv4 ioc-value=203.0.113.9", "name the accounts")
	done(t, call, `create-ioc account-ids="Example Corp" source=x type=DNS ioc-value=evil[.]example`)
	card, err := run(t, All(), call, "iocs account-ids="+account+" ioc-value=evil.example")
	require.NoError(t, err)
	require.Equal(t, "IOC · evil.example", card.Title)

	refused(t, console, call, "delete-iocs account-ids="+account+" reason=x", "needs at least one of ioc-values, uuids")
	refused(t, console, call, "delete-iocs account-ids="+account+" ioc-values=evil.example,unknown.example reason=x", "no IOC with the value")
	console.Reset()
	done(t, call, "delete-iocs account-ids="+account+" ioc-values=evil.example,203.0.113.66 reason=x")
	require.Len(t, console.Changes(), 1)
	var sent struct{ Filter map[string][]string }
	require.NoError(t, json.Unmarshal([]byte(console.Changes()[0].Body), &sent))
	require.Len(t, sent.Filter, 2, "uuids alone, and the account")
	require.Equal(t, []string{account}, sent.Filter["accountIds"])
	require.Len(t, sent.Filter["uuids"], 2)
	require.Len(t, console.IOCs(), 2)
}

func TestABlockRuleNamesWhatItBlocks(t *testing.T) {
	t.Parallel()
	console, call := protected(t)
	done(t, call, "block-ip 203.0.113[.]66, 203.0.113.67 name=C2 site=Paris os=windows,linux reason=x")
	rule := console.FirewallRules()[0]
	require.Equal(t, "Block", rule["action"])
	require.Equal(t, []any{"windows", "linux"}, rule["osTypes"])
	require.Equal(t, []any{map[string]any{"type": "addresses", "values": []any{"203.0.113.66", "203.0.113.67"}}}, rule["remoteHosts"])

	catalog := All()
	for text, problem := range map[string]string{
		"block-ip 203.0.113.9 name=x":                                       "needs at least one of site-id, account-id, group-id, tenant",
		"block-ip 203.0.113.9 name=x tenant=true site=Paris":                "leave one of them out",
		"block-ip 203.0.113.0/24 name=x site=Paris":                         "set remote-host-type=CIDR",
		"block-ip 0.0.0.0/0 type=CIDR name=x site=Paris":                    "cut off all traffic",
		"block-ip 0.0.0.0-255.255.255.255 type=range name=x site=Paris":     "cut off all traffic",
		"block-ip 203.0.113.9-203.0.113.1 type=range name=x site=Paris":     "not of the type Range",
		"block-ip anything type=any name=x site=Paris":                      "cuts off all traffic",
		"block-ip evil_.example.com type=fqdn name=x":                       "needs at least one of site-id, account-id, group-id, tenant",
		"block-ip 203.0.113.9 name=" + strings.Repeat("x", 201) + " site=P": "more than 200",
	} {
		_, _, err := catalog.Parse(text+" reason=x", input)
		require.ErrorContains(t, err, problem, text)
	}
}

// Rules across fields hold before anything is sent, in slash text and in forms alike.
func TestWhatDoesNotGoTogetherIsSaidAtOnce(t *testing.T) {
	t.Parallel()
	rule := ` name=x s1ql=y query-type=Events severity=Low status=Draft reason=x`
	for text, problem := range map[string]string{
		"create-rule expiration-mode=Temporary" + rule:                                                                       "needs a date",
		"create-rule expiration-mode=Permanent expiration-date=2027-01-01" + rule:                                            "a permanent rule has none",
		"create-rule x s1ql=y query-type=Processes severity=Low status=Draft expiration-mode=Permanent reason=x":             "no rules of the type Processes any more",
		"create-rule x s1ql=y query-type=scheduled severity=Low status=Draft expiration-mode=Permanent reason=x":             "needs more than a query",
		"update-rule Beacon name=x s1ql=y query-type=processes severity=Low status=Draft expiration-mode=Permanent reason=x": "no rules of the type Processes any more",
		"create-rule expiration-mode=Temporary expiration-date=2027-06-01" + rule:                                            "within the next six months",
		"create-rule expiration-mode=Temporary expiration-date=yesterday" + rule:                                             "passed already",
		"create-rule expiration-mode=Permanent site-ids=Paris account-ids=Acme" + rule:                                       "one level",
		"create-exclusion type=Hash os=Linux value=xyz site-ids=Paris reason=x":                                              "not a SHA-1",
		"create-exclusion type=Browser os=Windows value=Chrome mode=suppress site-ids=P reason=x":                            "only exclusions of paths",
		`create-exclusion type=Path os=Windows value=C:\x\ reason=x`:                                                         "needs at least one of site-ids, account-ids, group-ids",
		"block " + strings.Repeat("a", 64) + " os=Linux site=Paris reason=x":                                                 "looks like a SHA-256",
		"create-ioc source=x type=IPv4 ioc-value=evil.example":                                                               "looks like type=DNS",
		"create-ioc source=x type=DNS ioc-value=evil.example valid-until=yesterday":                                          "passed already",
		"create-ioc source=x type=DNS ioc-value=evil.example mitre-tactics=T1059":                                            "is no tactic",
		"list-iocs account-ids=Acme created-after=now created-before=yesterday":                                              "nothing can match",
		`get-black-list custom-input={"site":"1"}`:                                                                           "knows no key",
	} {
		_, _, err := All().Parse(text, input)
		require.ErrorContains(t, err, problem, text)
	}
	cmd, _ := All().Find("create-star-custom-rule")
	_, _, wrongs := cmd.FromForm(map[string][]string{
		"expiration-mode": {"Temporary"}, "name": {"x"}, "query-type": {"events"}, "s1ql": {"y"}, "severity": {"Low"}, "status": {"Draft"},
		"expiration-date": {"2027-06-01T00:00:00Z"}, "reason": {"x"},
	}, nil, catalog.Caller{Now: now})
	require.Equal(t, map[string]string{"expiration-date": "It must lie within the next six months."}, wrongs)
}
