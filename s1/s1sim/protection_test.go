package s1sim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

const rulePath = "/cloud-detection/rules"

func ruleBody(site string, change m) m {
	d := m{"name": "Beacon", "queryType": "events", "severity": "Low", "status": "Active", "expirationMode": "Permanent", "s1ql": "x"}
	for k, v := range change {
		d[k] = v
	}
	return m{"data": d, "filter": m{"siteIds": []string{site}}}
}

func TestARuleIsADraftFirstAndTakesItsTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: time.Minute})
	made := r.post(rulePath, ruleBody(r.SiteID("Paris"), m{"treatAsThreat": "UNDEFINED"}))
	require.Equal(t, "Draft", made.at("data.status"), "whatever was asked for")
	require.Nil(t, made.at("data.treatAsThreat"))
	require.Equal(t, r.AccountID("Example Corp"), made.at("data.accountId"))
	id := made.at("data.id").(string)
	one := func() *answer { return r.get(rulePath, "ids", id, "isLegacy", "false") }
	require.EqualValues(t, 1, r.call("PUT", rulePath+"/enable", `{"filter":{"ids":["`+id+`"]}}`).at("data.affected"))
	require.Equal(t, "Activating", one().at("data.0.status"))
	r.clock.pass(time.Minute)
	require.Equal(t, "Active", one().at("data.0.status"))

	replaced := r.call("PUT", rulePath+"/"+id, `{"data":{"name":"Bea","queryType":"events","severity":"High","status":"Active","expirationMode":"Permanent","s1ql":"y"},"filter":{"tenant":true}}`)
	require.Equal(t, "Activating", replaced.at("data.status"), "it starts anew")
	require.Equal(t, "global", replaced.at("data.scope"))
	r.call("PUT", rulePath+"/disable", `{"filter":{"name__contains":["be"],"ids":["`+id+`"]}}`)
	r.clock.pass(time.Minute)
	require.Equal(t, "Disabled", one().at("data.0.status"))
	gone := `{"filter":{"ids":["` + id + `"]}}`
	require.Equal(t, 200, r.call("DELETE", rulePath, gone).status)
	r.call("DELETE", rulePath, gone).refused(404, "Could not find rule with id: {'id__in': ['"+id+"']}")
}

func TestWhatRulesRefuse(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	all := r.get(rulePath, "isLegacy", "false", "limit", "100").at("pagination.totalItems").(float64)
	require.Less(t, r.get(rulePath, "limit", "100").at("pagination.totalItems").(float64), all, "scheduled rules are left out unless asked for")
	r.call("PUT", rulePath+"/enable", `{"filter":{"isLegacy":false}}`).refused(400, "dict_values(['isLegacy']): Unknown field")
	r.call("PUT", rulePath+"/enable", `{}`).refused(400, "filter: Missing data for required field.")
	site := r.SiteID("Paris")
	for detail, change := range map[string]m{
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
		r.post(rulePath, ruleBody(site, change)).refused(400, detail)
	}
	r.post(rulePath, m{"data": ruleBody(site, nil)["data"], "filter": m{}}).refused(403, "Filter args is not compatible with user scope")
	r.post(rulePath, ruleBody("225494730938493804", nil)).refused(403, "Filter args is not compatible with user scope")
	require.Equal(t, 404, r.call("PUT", rulePath+"/225494730938493804", `{"data":{"name":"B","queryType":"events","severity":"High","status":"Draft","expirationMode":"Permanent","s1ql":"y"}}`).status)
	require.EqualValues(t, all, len(r.Rules()))
}

// Exclusions and the blocklist are told for the very scope that is named, unless those above or below are asked for.
func TestScopesOfExclusions(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	count := func(pairs ...string) float64 {
		return r.get("/exclusions", append(pairs, "limit", "100")...).at("pagination.totalItems").(float64)
	}
	lyon := r.SiteID("Lyon")
	require.EqualValues(t, 2, count(), "the token's own scope alone")
	require.EqualValues(t, 5, count("includeChildren", "true", "includeParents", "true"))
	require.EqualValues(t, 2, count("siteIds", lyon))
	require.EqualValues(t, 4, count("siteIds", lyon, "includeParents", "true"))
	require.EqualValues(t, 3, count("accountIds", r.AccountID("Example Corp"), "includeChildren", "true"))
	require.EqualValues(t, 0, count("accountIds", r.AccountID("Example Labs"), "includeChildren", "true"))
	require.EqualValues(t, 1, count("siteIds", lyon, "type", "path", "osTypes", "linux"))
	r.get("/exclusions", "siteIds", "").refused(400, "siteIds: Shorter than minimum length 1.")
}

func TestAnExclusionIsReplacedByTheCollection(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	body := m{"data": m{"type": "path", "osType": "linux", "value": "/x"}, "filter": m{"siteIds": []string{r.SiteID("Paris"), r.SiteID("Lyon")}}}
	made := r.post("/exclusions", body)
	require.Len(t, made.at("data"), 2, "one in each site")
	require.Equal(t, r.SiteID("Lyon"), made.at("data.1.scope.siteIds.0"))
	r.post("/exclusions", body).refused(400, "value: /x already exists")
	id := made.at("data.0.id").(string)
	changed := r.call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"path","osType":"linux","value":"/y"}}`)
	require.Equal(t, "/y", changed.at("data.0.value"))
	require.Nil(t, changed.at("data.0.mode"), "what is not sent is lost")
	r.call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"browser","osType":"linux","value":"/y"}}`).refused(400, "data: type: Cannot be changed.")
	r.call("PUT", "/exclusions", `{"data":{"id":"`+id+`","type":"path"}}`).refused(400, "data: osType: Missing data for required field.")
	r.call("DELETE", "/exclusions", `{"data":{}}`).refused(400, "data: ids: Missing data for required field.")
	r.call("DELETE", "/exclusions", `{"data":{"ids":["x"]}}`).refused(400, "data: ids: 0: Not a valid Identifier.")
	r.call("DELETE", "/exclusions", `{"filter":{"ids":["`+id+`"]}}`).refused(400, "data: Missing data for required field.")
	require.EqualValues(t, 0, r.call("DELETE", "/exclusions", `{"data":{"ids":["`+id+`"],"type":"browser"}}`).at("data.affected"))
	require.EqualValues(t, 1, r.call("DELETE", "/exclusions", `{"data":{"ids":["`+id+`"]}}`).at("data.affected"))
}

// The path that blocks a hash makes an exclusion of any other type: the opposite of what was meant.
func TestTheBlocklistTakesExclusionsToo(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	blocked, excluded := len(r.Blocklist()), len(r.Exclusions())
	body := m{"data": m{"type": "white_hash", "osType": "linux", "value": strings.Repeat("a", 40)}, "filter": m{"tenant": true}}
	require.Equal(t, 200, r.post("/restrictions", body).status)
	require.Len(t, r.Exclusions(), excluded+1)
	body["data"].(m)["type"] = "black_hash"
	require.Equal(t, 200, r.post("/restrictions", body).status)
	require.Len(t, r.Blocklist(), blocked+1)
	r.post("/restrictions", body).refused(400, "Hash '"+strings.Repeat("a", 40)+"' already exists")
	body["data"].(m)["value"] = strings.Repeat("a", 64)
	r.post("/restrictions", body).refused(400, "value: Not a valid SHA1")
	r.call("DELETE", "/restrictions", `{"data":{"ids":[],"type":"black_hash"}}`).refused(400, "data: ids: Shorter than minimum length 1.")
	require.EqualValues(t, 0, r.get("/restrictions", "value", strings.Repeat("A", 40)).at("pagination.totalItems"), "letter by letter")
}

func TestBlockingAThreatBlocksItsHash(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	fileless := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Edit: func(o map[string]any) { o["threatInfo"].(m)["sha1"] = nil }})
	hash := r.Threat(threat)["threatInfo"].(m)["sha1"].(string)
	require.Equal(t, "malicious", r.get("/hashes/"+hash+"/verdict").at("data.verdict"))
	require.Equal(t, "7", r.get("/hashes/"+hash+"/reputation").at("data.rank"))
	require.Empty(t, r.get("/hashes/"+strings.Repeat("0", 40)+"/verdict").at("data"))
	require.Equal(t, 400, r.get("/hashes/x/verdict").status)

	before := len(r.Blocklist())
	block := func(scope string) *answer {
		return r.post("/threats/add-to-blacklist", m{"data": m{"targetScope": scope}, "filter": m{}})
	}
	block("Site").refused(400, `data: targetScope: "Site" is not a valid choice.`)
	a := block("group")
	require.EqualValues(t, 1, a.at("data.affected"), "an empty filter is every threat")
	results := map[any]any{}
	for _, d := range a.at("data.details").([]any) {
		results[d.(m)["threatId"]] = d.(m)["result"]
	}
	require.Equal(t, map[any]any{threat: "created", fileless: "threat_has_no_hash"}, results)
	require.EqualValues(t, 0, block("group").at("data.affected"), "blocked already")
	require.Len(t, r.Blocklist(), before+1)
	require.Equal(t, []any{r.GroupID("Paris", "Workstations")}, r.Blocklist()[before]["scope"].(m)["groupIds"])
}

func TestIOCsEndWhenTheConsoleSays(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	account := r.AccountID("Example Corp")
	body := m{"filter": m{"accountIds": []string{account}}, "data": []m{{"source": "x", "type": "IPV4", "value": "192.0.2.1", "method": "EQUALS", "validUntil": "2028-01-01T00:00:00Z"}}}
	made := r.post("/threat-intelligence/iocs", body)
	require.Equal(t, "2026-12-20T14:00:00.123456Z", made.at("data.0.validUntil"), "cut off without a word")
	body["data"].([]m)[0]["type"] = "IPv4"
	r.post("/threat-intelligence/iocs", body).refused(400, `data: 0: type: "IPv4" is not a valid choice.`)
	uuid := made.at("data.0.uuid").(string)
	require.EqualValues(t, 1, r.get("/threat-intelligence/iocs", "accountIds", account, "uuids", uuid).at("pagination.totalItems"))
	require.EqualValues(t, 0, r.get("/threat-intelligence/iocs", "accountIds", r.AccountID("Example Labs"), "uuids", uuid).at("pagination.totalItems"))
	before := len(r.IOCs())
	require.EqualValues(t, 1, r.call("DELETE", "/threat-intelligence/iocs", `{"filter":{"accountIds":["`+account+`"],"uuids":["`+uuid+`"]}}`).at("data.affected"))
	require.EqualValues(t, before-1, r.call("DELETE", "/threat-intelligence/iocs", `{"filter":{"accountIds":["`+account+`"]}}`).at("data.affected"), "accounts alone are all of theirs")
}

func TestAFirewallRuleNeedsAScope(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	d := m{"name": "C2", "status": "Enabled", "action": "Block", "osTypes": []string{"windows"}, "remoteHosts": []m{{"type": "addresses", "values": []string{"203.0.113.9"}}}}
	made := r.post("/firewall-control", m{"data": d, "filter": m{"groupIds": []string{r.GroupID("Paris", "Servers")}}})
	require.Equal(t, "group", made.at("data.scope"), "an object, no list")
	require.Len(t, r.FirewallRules(), 1)
	r.post("/firewall-control", m{"data": d, "filter": m{}}).refused(403, "Filter args is not compatible with user scope")
	d["remoteHosts"] = []m{{"type": "IP"}}
	r.post("/firewall-control", m{"data": d, "filter": m{"tenant": true}}).refused(400, `data: remoteHosts: 0: type: "IP" is not a valid choice.`)
	delete(d, "action")
	require.Equal(t, 400, r.post("/firewall-control", m{"data": d, "filter": m{"tenant": true}}).status)
}
