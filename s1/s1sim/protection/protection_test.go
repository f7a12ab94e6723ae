package protection_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

const rulePath = "/cloud-detection/rules"

func ruleBody(site string, change simtest.M) simtest.M {
	d := simtest.M{"name": "Beacon", "queryType": "events", "severity": "Low", "status": "Active", "expirationMode": "Permanent", "s1ql": "x"}
	for k, v := range change {
		d[k] = v
	}
	return simtest.M{"data": d, "filter": simtest.M{"siteIds": []string{site}}}
}

func TestARuleIsADraftFirstAndTakesItsTime(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: time.Minute})
	made := r.Post(rulePath, ruleBody(r.SiteID("Paris"), simtest.M{"treatAsThreat": "UNDEFINED"}))
	require.Equal(t, "Draft", made.At("data.status"), "whatever was asked for")
	require.Nil(t, made.At("data.treatAsThreat"))
	require.Equal(t, r.AccountID("Example Corp"), made.At("data.accountId"))
	id := made.At("data.id").(string)
	one := func() *simtest.Answer { return r.Get(rulePath, "ids", id, "isLegacy", "false") }
	require.EqualValues(t, 1, r.Call("PUT", rulePath+"/enable", `{"filter":{"ids":["`+id+`"]}}`).At("data.affected"))
	require.Equal(t, "Activating", one().At("data.0.status"))
	r.Clock.Pass(time.Minute)
	require.Equal(t, "Active", one().At("data.0.status"))

	replaced := r.Call("PUT", rulePath+"/"+id, `{"data":{"name":"Bea","queryType":"events","severity":"High","status":"Active","expirationMode":"Permanent","s1ql":"y"},"filter":{"tenant":true}}`)
	require.Equal(t, "Activating", replaced.At("data.status"), "it starts anew")
	require.Equal(t, "global", replaced.At("data.scope"))
	r.Call("PUT", rulePath+"/disable", `{"filter":{"name__contains":["be"],"ids":["`+id+`"]}}`)
	r.Clock.Pass(time.Minute)
	require.Equal(t, "Disabled", one().At("data.0.status"))
	gone := `{"filter":{"ids":["` + id + `"]}}`
	require.Equal(t, 200, r.Call("DELETE", rulePath, gone).Status)
	r.Call("DELETE", rulePath, gone).Refused(404, "Could not find rule with id: {'id__in': ['"+id+"']}")
}

func TestWhatRulesRefuse(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	all := r.Get(rulePath, "isLegacy", "false", "limit", "100").At("pagination.totalItems").(float64)
	require.Less(t, r.Get(rulePath, "limit", "100").At("pagination.totalItems").(float64), all, "scheduled rules are left out unless asked for")
	r.Call("PUT", rulePath+"/enable", `{"filter":{"isLegacy":false}}`).Refused(400, "dict_values(['isLegacy']): Unknown field")
	r.Call("PUT", rulePath+"/enable", `{}`).Refused(400, "filter: Missing data for required field.")
	site := r.SiteID("Paris")
	for detail, change := range map[string]simtest.M{
		"data: activeResponse: Unknown field.":                {"activeResponse": true},
		`data: queryType: "processes" is not a valid choice.`: {"queryType": "processes"},
		`data: severity: "low" is not a valid choice.`:        {"severity": "low"},
		"expiration: Missing data for required field.":        {"expirationMode": "Temporary"},
		"s1ql: Missing data for required field.":              {"s1ql": ""},
		"can't apply mitigation actions on a scheduled rule":  {"queryType": "scheduled", "networkQuarantine": true},
		"data: description: Longer than maximum length 2000.": {"description": strings.Repeat("x", 2001)},
		"data: networkQuarantine: Not a valid boolean.":       {"networkQuarantine": "perhaps"},
		"data: expiration: Not a valid datetime.":             {"expiration": "2026-12-24 00:00", "expirationMode": "Temporary"},
	} {
		r.Post(rulePath, ruleBody(site, change)).Refused(400, detail)
	}
	r.Post(rulePath, simtest.M{"data": ruleBody(site, nil)["data"], "filter": simtest.M{}}).Refused(403, "Filter args is not compatible with user scope")
	r.Post(rulePath, ruleBody("225494730938493804", nil)).Refused(403, "Filter args is not compatible with user scope")
	require.Equal(t, 404, r.Call("PUT", rulePath+"/225494730938493804", `{"data":{"name":"B","queryType":"events","severity":"High","status":"Draft","expirationMode":"Permanent","s1ql":"y"}}`).Status)
	require.EqualValues(t, all, len(r.Rules()))
}

// Exclusions and the blocklist are told for the very scope that is named, unless those above or below are asked for.
func TestScopesOfExclusions(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	count := func(pairs ...string) float64 {
		return r.Get("/exclusions", append(pairs, "limit", "100")...).At("pagination.totalItems").(float64)
	}
	lyon := r.SiteID("Lyon")
	require.EqualValues(t, 2, count(), "the token's own scope alone")
	require.EqualValues(t, 5, count("includeChildren", "true", "includeParents", "true"))
	require.EqualValues(t, 2, count("siteIds", lyon))
	require.EqualValues(t, 4, count("siteIds", lyon, "includeParents", "true"))
	require.EqualValues(t, 3, count("accountIds", r.AccountID("Example Corp"), "includeChildren", "true"))
	require.EqualValues(t, 0, count("accountIds", r.AccountID("Example Labs"), "includeChildren", "true"))
	require.EqualValues(t, 1, count("siteIds", lyon, "type", "path", "osTypes", "linux"))
	r.Get("/exclusions", "siteIds", "").Refused(400, "siteIds: Shorter than minimum length 1.")
}

func TestAnExclusionIsReplacedByTheCollection(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	body := simtest.M{"data": simtest.M{"type": "path", "osType": "linux", "value": "/x"}, "filter": simtest.M{"siteIds": []string{r.SiteID("Paris"), r.SiteID("Lyon")}}}
	made := r.Post("/exclusions", body)
	require.Len(t, made.At("data"), 2, "one in each site")
	require.Equal(t, r.SiteID("Lyon"), made.At("data.1.scope.siteIds.0"))
	r.Post("/exclusions", body).Refused(400, "value: /x already exists")
	id := made.At("data.0.id").(string)
	changed := r.Call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"path","osType":"linux","value":"/y"}}`)
	require.Equal(t, "/y", changed.At("data.0.value"))
	require.Nil(t, changed.At("data.0.mode"), "what is not sent is lost")
	r.Call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"browser","osType":"linux","value":"/y"}}`).Refused(400, "data: type: Cannot be changed.")
	r.Call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"path"}}`).Refused(400, "data: osType: Missing data for required field.")
	r.Call("DELETE", "/exclusions", `{"data":{}}`).Refused(400, "data: ids: Missing data for required field.")
	r.Call("DELETE", "/exclusions", `{"data":{"ids":["x"]}}`).Refused(400, "data: ids: 0: Not a valid Identifier.")
	r.Call("DELETE", "/exclusions", `{"filter":{"ids":["`+id+`"]}}`).Refused(400, "data: Missing data for required field.")
	require.EqualValues(t, 0, r.Call("DELETE", "/exclusions", `{"data":{"ids":["`+id+`"],"type":"browser"}}`).At("data.affected"))
	require.EqualValues(t, 1, r.Call("DELETE", "/exclusions", `{"data":{"ids":["`+id+`"]}}`).At("data.affected"))
}

// The path that blocks a hash makes an exclusion of any other type: the opposite of what was meant.
func TestTheBlocklistTakesExclusionsToo(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	blocked, excluded := len(r.Blocklist()), len(r.Exclusions())
	body := simtest.M{"data": simtest.M{"type": "white_hash", "osType": "linux", "value": strings.Repeat("a", 40)}, "filter": simtest.M{"tenant": true}}
	require.Equal(t, 200, r.Post("/restrictions", body).Status)
	require.Len(t, r.Exclusions(), excluded+1)
	body["data"].(simtest.M)["type"] = "black_hash"
	require.Equal(t, 200, r.Post("/restrictions", body).Status)
	require.Len(t, r.Blocklist(), blocked+1)
	r.Post("/restrictions", body).Refused(400, "Hash '"+strings.Repeat("a", 40)+"' already exists")
	body["data"].(simtest.M)["value"] = strings.Repeat("a", 64)
	r.Post("/restrictions", body).Refused(400, "value: Not a valid SHA1")
	r.Call("DELETE", "/restrictions", `{"data":{"ids":[],"type":"black_hash"}}`).Refused(400, "data: ids: Shorter than minimum length 1.")
	require.EqualValues(t, 0, r.Get("/restrictions", "value", strings.Repeat("A", 40)).At("pagination.totalItems"), "letter by letter")
}

func TestBlockingAThreatBlocksItsHash(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	fileless := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Edit: func(o map[string]any) { o["threatInfo"].(simtest.M)["sha1"] = nil }})
	hash := r.Threat(threat)["threatInfo"].(simtest.M)["sha1"].(string)
	require.Equal(t, "malicious", r.Get("/hashes/"+hash+"/verdict").At("data.verdict"))
	require.Equal(t, "7", r.Get("/hashes/"+hash+"/reputation").At("data.rank"))
	require.Empty(t, r.Get("/hashes/"+strings.Repeat("0", 40)+"/verdict").At("data"))
	require.Equal(t, 400, r.Get("/hashes/x/verdict").Status)

	before := len(r.Blocklist())
	block := func(scope string) *simtest.Answer {
		return r.Post("/threats/add-to-blacklist", simtest.M{"data": simtest.M{"targetScope": scope}, "filter": simtest.M{}})
	}
	block("Site").Refused(400, `data: targetScope: "Site" is not a valid choice.`)
	a := block("group")
	require.EqualValues(t, 1, a.At("data.affected"), "an empty filter is every threat")
	results := map[any]any{}
	for _, d := range a.At("data.details").([]any) {
		results[d.(simtest.M)["threatId"]] = d.(simtest.M)["result"]
	}
	require.Equal(t, map[any]any{threat: "created", fileless: "threat_has_no_hash"}, results)
	require.EqualValues(t, 0, block("group").At("data.affected"), "blocked already")
	require.Len(t, r.Blocklist(), before+1)
	require.Equal(t, []any{r.GroupID("Paris", "Workstations")}, r.Blocklist()[before]["scope"].(simtest.M)["groupIds"])
}

func TestIOCsEndWhenTheConsoleSays(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	account := r.AccountID("Example Corp")
	body := simtest.M{"filter": simtest.M{"accountIds": []string{account}}, "data": []simtest.M{{"source": "x", "type": "IPV4", "value": "192.0.2.1", "method": "EQUALS", "validUntil": "2028-01-01T00:00:00Z"}}}
	made := r.Post("/threat-intelligence/iocs", body)
	require.Equal(t, "2026-12-20T14:00:00.123456Z", made.At("data.0.validUntil"), "cut off without a word")
	body["data"].([]simtest.M)[0]["type"] = "IPv4"
	r.Post("/threat-intelligence/iocs", body).Refused(400, `data: 0: type: "IPv4" is not a valid choice.`)
	uuid := made.At("data.0.uuid").(string)
	require.EqualValues(t, 1, r.Get("/threat-intelligence/iocs", "accountIds", account, "uuids", uuid).At("pagination.totalItems"))
	require.EqualValues(t, 0, r.Get("/threat-intelligence/iocs", "accountIds", r.AccountID("Example Labs"), "uuids", uuid).At("pagination.totalItems"))
	before := len(r.IOCs())
	require.EqualValues(t, 1, r.Call("DELETE", "/threat-intelligence/iocs", `{"filter":{"accountIds":["`+account+`"],"uuids":["`+uuid+`"]}}`).At("data.affected"))
	require.EqualValues(t, before-1, r.Call("DELETE", "/threat-intelligence/iocs", `{"filter":{"accountIds":["`+account+`"]}}`).At("data.affected"), "accounts alone are all of theirs")
}

func TestAFirewallRuleNeedsAScope(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	d := simtest.M{"name": "C2", "status": "Enabled", "action": "Block", "osTypes": []string{"windows"}, "remoteHosts": []simtest.M{{"type": "addresses", "values": []string{"203.0.113.9"}}}}
	made := r.Post("/firewall-control", simtest.M{"data": d, "filter": simtest.M{"groupIds": []string{r.GroupID("Paris", "Servers")}}})
	require.Equal(t, "group", made.At("data.scope"), "an object, no list")
	require.Len(t, r.FirewallRules(), 1)
	r.Post("/firewall-control", simtest.M{"data": d, "filter": simtest.M{}}).Refused(403, "Filter args is not compatible with user scope")
	d["remoteHosts"] = []simtest.M{{"type": "IP"}}
	r.Post("/firewall-control", simtest.M{"data": d, "filter": simtest.M{"tenant": true}}).Refused(400, `data: remoteHosts: 0: type: "IP" is not a valid choice.`)
	delete(d, "action")
	require.Equal(t, 400, r.Post("/firewall-control", simtest.M{"data": d, "filter": simtest.M{"tenant": true}}).Status)
}
