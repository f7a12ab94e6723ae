package lists

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/commandtest"
	"s1bot/commands/slash"
	"s1bot/render"
	"s1bot/s1/s1sim"
)

func TestAnExclusionIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	before := len(console.Exclusions())
	card := s.Done(`create-exclusion type=Path operation-system=Windows value="D:\Test\" mode="Suppress Alerts" path-exclusion-type=folder site-ids=Paris,Lyon description=x reason=x`)
	require.Contains(t, card.Plain(), "2 exclusions made.")
	require.Len(t, console.Exclusions(), before+2)

	card, err := s.Run(`update-exclusion "D:\Test\" type=Path os=Windows path-exclusion-type=subfolders reason=x`)
	require.Error(t, err, "there are two of them: %s", card.Plain())
	id := console.Exclusions()[before]["id"].(string)
	card = s.Done("update-exclusion " + id + " type=Path os=Windows path-exclusion-type=subfolders reason=x")
	require.Contains(t, card.Plain(), "| Depth | Folder | Subfolders | set |")
	require.Equal(t, "x", console.Exclusions()[before]["description"], "what is not given stays")
	s.Refused("update-exclusion "+id+" type=Hash os=Windows value=3395856ce81f2b7382dee72602f798b642f14140 reason=x", "can't be changed")
	s.Refused("update-exclusion "+id+" type=Path os=Windows path-exclusion-type=subfolders reason=x", "already like that")

	card = s.Done("delete-exclusions " + id + " reason=x")
	require.Contains(t, card.Plain(), `D:\Test\`)
	require.Len(t, console.Exclusions(), before+1)
}

// The specification lets Delete Exclusions without parameters delete all. A scope means the exclusions of that very scope.
func TestDeletingExclusionsNeverMeansAll(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	before := len(console.Exclusions())
	s.Refused("delete-exclusions reason=x", "needs at least one of exclusion-ids, ")
	s.Refused(`delete-exclusions type="" site-ids=[] reason=x`, "needs at least one of exclusion-ids, ")
	card := s.Done("delete-exclusions site-ids=Lyon reason=x")
	require.Contains(t, card.Plain(), "2 of 2 exclusions")
	require.Len(t, console.Exclusions(), before-2)
	s.Refused("delete-exclusions site-ids=Lyon reason=x", "no exclusion matches")
	s.Refused("delete-exclusions 2999999999999999999 reason=x", "has no exclusion")
}

func TestAHashIsBlockedAndUnblocked(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	hash, other := strings.Repeat("ab", 20), "3395856ce81f2b7382dee72602f798b642f14140"
	card, err := s.Run("block " + strings.ToUpper(hash) + " " + other + " os=Windows site=Paris reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Partial, card.Outcome)
	require.Contains(t, card.Plain(), "already exists")
	_, err = s.Run("block " + other + " os=Windows site=Paris reason=x")
	require.ErrorContains(t, err, "status 400: Hash '"+other+"' already exists")

	s.Done("unblock " + hash + " reason=x")
	card = s.Done("unblock " + other + " reason=x")
	require.Contains(t, card.Plain(), "2 of 2 blocklist items", "one for each system")
	require.Len(t, console.Blocklist(), 1)
	s.Refused("unblock reason=x", "needs item-ids")
	s.Refused("unblock "+hash+" reason=x", "not on the blocklist")
	s.Refused("unblock 2999999999999999999 reason=x", "has no blocklist item")
}

func TestThreatsAreBlockedInTheirOwnSiteOnly(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	id := console.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	collection := console.Threat(id)["threatInfo"].(map[string]any)["collectionId"].(string)
	s.Refused("block-threat "+collection+" site=Lyon target-scope=site reason=x", "the site has no threat with the collection")
	card := s.Done("block-threat " + collection + " site=Paris target-scope=site reason=x")
	require.Contains(t, card.Plain(), "evil.exe")
	card, err := s.Run("block-threat " + collection + " site=Paris target-scope=site reason=x")
	require.NoError(t, err)
	require.Equal(t, render.Failed, card.Outcome, "affected 0 is no success")
	require.Contains(t, card.Plain(), "was blocked already")

	hash := console.Threat(id)["threatInfo"].(map[string]any)["sha1"].(string)
	card, err = s.Run("reputation " + hash + "," + strings.Repeat("0", 40))
	require.NoError(t, err)
	require.Contains(t, card.Plain(), hash+" | Malicious")
	require.Contains(t, card.Plain(), "| Unknown")
}

func TestIOCsBelongToAccounts(t *testing.T) {
	t.Parallel()
	console, s := protected(t)
	account := console.AccountID("Example Corp")
	s.Refused("create-ioc source=x type=IPv4 ioc-value=203.0.113.9", "name the accounts")
	s.Done(`create-ioc account-ids="Example Corp" source=x type=DNS ioc-value=evil[.]example`)
	card, err := s.Run("iocs account-ids=" + account + " ioc-value=evil.example")
	require.NoError(t, err)
	require.Equal(t, "IOC · evil.example", card.Title)

	s.Refused("delete-iocs account-ids="+account+" reason=x", "needs at least one of ioc-values, uuids")
	s.Refused("delete-iocs account-ids="+account+" ioc-values=evil.example,unknown.example reason=x", "no IOC with the value")
	console.Reset()
	s.Done("delete-iocs account-ids=" + account + " ioc-values=evil.example,203.0.113.66 reason=x")
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
	console, s := protected(t)
	s.Done("block-ip 203.0.113[.]66, 203.0.113.67 name=C2 site=Paris os=windows,linux reason=x")
	rule := console.FirewallRules()[0]
	require.Equal(t, "Block", rule["action"])
	require.Equal(t, []any{"windows", "linux"}, rule["osTypes"])
	require.Equal(t, []any{map[string]any{"type": "addresses", "values": []any{"203.0.113.66", "203.0.113.67"}}}, rule["remoteHosts"])

	catalog := cat(t)
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
		_, _, err := slash.Parse(catalog, text+" reason=x", commandtest.Input())
		require.ErrorContains(t, err, problem, text)
	}
}
