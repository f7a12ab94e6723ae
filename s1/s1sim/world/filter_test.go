package world_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestWhatAFilterRefuses(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	eleven := strings.TrimSuffix(strings.Repeat("ab,", 11), ",")
	for _, row := range []struct{ name, path, query, detail string }{
		{"an unknown key", "/agents", "xxx=1", "dict_values(['xxx']): Unknown field"},
		{"every unknown key", "/threats", "b=1&a=1", "dict_values(['a', 'b']): Unknown field"},
		{"a key of another resource", "/cloud-detection/alerts", "analystVerdicts=UNDEFINED", "dict_values(['analystVerdicts']): Unknown field"},
		{"an id that is too short", "/threats", "ids=225494730938493804,12", "ids: 1: Not a valid Identifier."},
		{"an id of sixteen digits", "/threats", "ids=2254947309384938", "ids: 0: Not a valid Identifier."},
		{"an id with a space", "/sites", "accountIds=225494730938493804,%20225494730938493804", "accountIds: 1: Not a valid Identifier."},
		{"an empty list where one is needed", "/threats", "siteIds=", "siteIds: Shorter than minimum length 1."},
		{"a word that is not one", "/threats", "incidentStatuses=RESOLVED", `incidentStatuses: 0: "RESOLVED" is not a valid choice.`},
		{"an alert's word in lower case", "/cloud-detection/alerts", "incidentStatus=unresolved", `incidentStatus: 0: "unresolved" is not a valid choice.`},
		{"too many substrings", "/agents", "computerName__contains=" + eleven, "computerName__contains: Longer than maximum length 10."},
		{"a substring of one letter", "/agents", "computerName__contains=D", "computerName__contains: 0: Shorter than minimum length 2."},
		{"a time without zone", "/threats", "createdAt__gte=2026-11-20%2014:00", "createdAt__gte: Not a valid datetime."},
		{"a boolean that is none", "/agents", "isActive=maybe", "isActive: 0: Not a valid boolean."},
		{"a number that is none", "/agents", "coreCount__gt=many", "coreCount__gt: Not a valid integer."},
		{"a range of one", "/agents", "createdAt__between=1514978764288", "createdAt__between: Not a valid range."},
		{"a limit of nothing", "/agents", "limit=0", "limit: Must be between 1 and 1000."},
		{"a limit beyond the most", "/activities", "limit=1001", "limit: Must be between 1 and 1000."},
		{"a skip beyond the most", "/accounts", "skip=1001", "skip: Must be between 0 and 1000."},
		{"a sort that is none", "/cloud-detection/alerts", "sortBy=createdAt", `sortBy: "createdAt" is not a valid choice.`},
		{"an order that is none", "/agents", "sortOrder=up", `sortOrder: "up" is not a valid choice.`},
		{"several at once", "/threats", "ids=1&resolved=x", "ids: 0: Not a valid Identifier., resolved: Not a valid boolean."},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := r.Call("GET", row.path+"?"+row.query, "")
			a.Under(t)
			a.Refused(400, row.detail)
		})
	}
}

func TestWhatAFilterOfAnActionRefuses(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	for _, row := range []struct {
		name   string
		filter any
		detail string
	}{
		{"an unknown key", simtest.M{"xxx": 1}, "dict_values(['xxx']): Unknown field"},
		{"no object", []string{}, "filter: Invalid input type."},
		{"an id as a number", simtest.M{"ids": []any{225494730938493804}}, "filter: ids: 0: Not a valid Identifier."},
		{"a bare string for a list", simtest.M{"ids": "225494730938493804"}, "filter: ids: Not a valid list."},
		{"null", simtest.M{"computerName": nil}, "filter: computerName: Field may not be null."},
		{"a number for a text", simtest.M{"computerName": 7}, "filter: computerName: Not a valid string."},
		{"a page's parameter", simtest.M{"limit": 5}, "dict_values(['limit']): Unknown field"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			a := r.Post("/agents/actions/connect", simtest.M{"filter": row.filter})
			a.Under(t)
			a.Refused(400, row.detail)
		})
	}
}

func TestFiltersFindWhatTheySay(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	start := r.Clock.Now()
	one := r.AddThreat(s1sim.ThreatSpec{Name: "one.exe", Agent: "DESKTOP-1", SHA1: strings.Repeat("a", 40), Process: "winword.exe",
		Path: `C:\Users\jdoe\one.exe`, Storyline: "STORY1", Classification: "Trojan"})
	r.Clock.Pass(time.Hour)
	two := r.AddThreat(s1sim.ThreatSpec{Name: "two.sh", Agent: "LNX-WEB-1", Confidence: "suspicious", Incident: "resolved",
		Verdict: "false_positive", Mitigation: "mitigated", Storyline: "STORY2", Path: "/tmp/two.sh", Process: "sh"})
	middle := start.Add(time.Minute).Format(time.RFC3339Nano)
	for _, row := range []struct {
		key, value string
		want       []string
	}{
		{"ids", one, []string{one}},
		{"ids", one + "," + two, []string{one, two}},
		{"ids", "", []string{one, two}}, // as dangerous as it looks
		{"agentIds", r.ID("LNX-WEB-1"), []string{two}},
		{"siteIds", r.SiteID("Paris"), []string{one, two}},
		{"siteIds", r.SiteID("Berlin"), nil},
		{"accountIds", r.AccountID("Example Corp"), []string{one, two}},
		{"groupIds", r.GroupID("Paris", "Servers"), []string{two}},
		{"tenant", "true", []string{one, two}},
		{"computerName__contains", "desktop", []string{one}},
		{"computerName__contains", "desktop,LNX", []string{one, two}},
		{"contentHashes", strings.Repeat("a", 40), []string{one}},
		{"filePath__contains", "users", []string{one}},
		{"originatedProcess__contains", "WINWORD", []string{one}},
		{"threatDetails__contains", "two.sh", []string{two}},
		{"storylines", "STORY1", []string{one}},
		{"storylines", "STORY", nil},
		{"storyline__contains", "STORY", []string{one, two}},
		{"incidentStatuses", "resolved", []string{two}},
		{"incidentStatusesNin", "resolved", []string{one}},
		{"analystVerdicts", "undefined,false_positive", []string{one, two}},
		{"mitigationStatuses", "not_mitigated", []string{one}},
		{"confidenceLevels", "suspicious", []string{two}},
		{"classifications", "Trojan", []string{one}},
		{"resolved", "true", []string{two}},
		{"resolved", "False", []string{one}},
		{"osTypes", "linux", []string{two}},
		{"agentIsActive", "true", []string{one, two}},
		{"noteExists", "true", nil},
		{"displayName", "one.exe", []string{one}},
		{"query", "WINWORD", []string{one}},
		{"createdAt__gt", middle, []string{two}},
		{"createdAt__lte", middle, []string{one}},
		{"createdAt__gte", start.Format(time.RFC3339Nano), []string{one, two}},
		{"createdAt__gt", start.Format(time.RFC3339Nano), []string{two}},
		{"createdAt__lt", start.Format("2006-01-02T15:04:05.000000+00:00"), nil},
		{"updatedAt__gte", start.In(time.FixedZone("", 7200)).Add(time.Hour).Format(time.RFC3339Nano), []string{two}},
		{"k8sPodName__contains", "web", nil},
	} {
		require.ElementsMatch(t, row.want, r.Get("/threats", row.key, row.value).Values("id"), "%s=%s", row.key, row.value)
	}
	require.Equal(t, []string{one}, r.Get("/threats", "query", "exe", "resolved", "false").Values("id"), "keys are ANDed")
}

func TestAgentFiltersFindWhatTheySay(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	r.AddAgent(s1sim.AgentSpec{Name: "TAGGED", Tags: map[string]string{"tier": "0"}, Offline: true, NetworkStatus: "disconnected", IP: "10.99.0.7",
		Edit: func(a map[string]any) { a["agentVersion"] = "99.10.2" }})
	for _, row := range []struct {
		key, value string
		want       []string
	}{
		{"computerName", "DESKTOP-1", []string{"DESKTOP-1"}},
		{"computerName", "KIOSK", []string{"KIOSK", "KIOSK"}},
		{"computerName__contains", "DESKTOP-1", []string{"DESKTOP-1", "DESKTOP-10", "DESKTOP-11", "DESKTOP-12", "DESKTOP-13", "DESKTOP-14", "DESKTOP-15"}},
		{"computerName__like", "srv-dc", []string{"SRV-DC-1", "SRV-DC-2"}},
		{"networkStatuses", "disconnected", []string{"TAGGED"}},
		{"networkInterfaceInet__contains", "10.99.0", []string{"TAGGED"}},
		{"tagsData", `{"tier":["0","1"]}`, []string{"TAGGED"}},
		{"tagsData", `{"tier":["1"]}`, nil},
		{"tagsData", `{"tier__nin":["1"],"tier":["0"]}`, []string{"TAGGED"}},
		{"tagsData", `{"tier__nin":["0"],"tier":["0"]}`, nil},
		{"hasTags", "true", []string{"TAGGED"}},
		{"osTypes", "macos", []string{"MAC-1", "MAC-2", "MAC-3"}},
		{"query", "rousseau", []string{"MAC-1"}},
		{"query", "00:5E:00:53:0A", nil},                      // hardware addresses match from their beginning only
		{"query", "00:00:5E:00:53:0A", []string{"DESKTOP-1"}}, // the first endpoint
		{"isDecommissioned", "true", []string{"DESKTOP-OLD-1", "DESKTOP-OLD-2"}},
		{"threatContentHash", "nothing", nil},
	} {
		require.ElementsMatch(t, row.want, r.Get("/agents", row.key, row.value, "limit", "1000").Values("computerName"), "%s=%s", row.key, row.value)
	}
	count := func(pairs ...string) any { return r.Get("/agents/count", pairs...).At("data.total") }
	require.EqualValues(t, 39, count(), "decommissioned ones are left out unless asked for")
	require.EqualValues(t, 41, count("isDecommissioned", "true,false"))
	require.EqualValues(t, 31, count("isActive", "true"))
	require.EqualValues(t, 8, count("isActive", "false"))
	for key, n := range map[string]int{"coreCount__lt": 0, "coreCount__lte": 39, "coreCount__gt": 0, "coreCount__gte": 39} {
		require.EqualValues(t, n, count(key, "8"), key)
	}
	require.EqualValues(t, 39, count("totalMemory__between", "16-16"))
	require.EqualValues(t, 1, count("agentVersion__gt", "99.9.9", "agentVersion__lt", "99.11"), "versions are compared by their numbers")
	require.EqualValues(t, 1, count("agentVersion__between", "99.9-99.10.5"))
	r.Get("/agents/count", "limit", "10").Refused(400, "dict_values(['limit']): Unknown field")
}

func TestAgentsAreFoundByTheirThreats(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1", SHA1: "abc", Incident: "resolved"})
	r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-2"})
	require.Equal(t, []string{"MAC-1"}, r.Get("/agents", "threatContentHash", "abc").Values("computerName"))
	require.Equal(t, []string{"MAC-1"}, r.Get("/agents", "threatResolved", "true").Values("computerName"))
	require.Equal(t, []string{"MAC-2"}, r.Get("/agents", "infected", "true").Values("computerName"))
	require.Equal(t, []string{"MAC-2"}, r.Get("/agents", "activeThreats", "1").Values("computerName"))
	require.Len(t, r.Get("/agents", "threatCreatedAt__gte", "2026-01-01T00:00:00Z").Rows(), 2)
}

func TestAlertFiltersSpeakUpperCaseAndAnswersSentences(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	one := r.AddAlert(s1sim.AlertSpec{Agent: "MAC-1", Rule: "Rule one", Severity: "Critical", Process: "curl", Command: "curl http://203.0.113.1"})
	two := r.AddAlert(s1sim.AlertSpec{Agent: "LNX-DB-1", Rule: "Rule two", Severity: "Low", Verdict: "True positive", Incident: "In progress"})
	for _, row := range []struct{ key, value, want string }{
		{"analystVerdict", "TRUE_POSITIVE", two}, {"analystVerdict", "UNDEFINED,SUSPICIOUS", one}, {"incidentStatus", "IN_PROGRESS", two},
		{"severity", "Critical", one}, {"ruleName__contains", "rule TWO", two}, {"origAgentName__contains", "mac", one},
		{"osType", "linux", two}, {"sourceProcessName__contains", "curl", one}, {"query", "203.0.113.1", one}, {"ids", two, two},
		{"siteIds", r.SiteID("Lyon"), two}, {"groupIds", r.GroupID("Paris", "Laptops"), one},
	} {
		require.Equal(t, []string{row.want}, r.Get("/cloud-detection/alerts", row.key, row.value).Values("alertInfo.alertId"), "%s=%s", row.key, row.value)
	}
	require.Equal(t, "In progress", r.Get("/cloud-detection/alerts", "ids", two).At("data.0.alertInfo.incidentStatus"))
	require.Len(t, r.Get("/cloud-detection/alerts", "scopes", "account", "createdAt__gte", "2020-01-01T00:00:00Z").Rows(), 2)
}

func TestPlacesAreFoundByNameAndState(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	require.Equal(t, []string{"Example Labs"}, r.Get("/accounts", "name__contains", "labs").Values("name"))
	require.Empty(t, r.Get("/accounts", "states", "expired").Rows())
	sites := r.Get("/sites", "query", "ber", "state", "active")
	require.Equal(t, "Berlin", sites.At("data.sites.0.name"))
	require.EqualValues(t, 1, sites.At("pagination.totalItems"))
	require.EqualValues(t, 450, sites.At("data.allSites.totalLicenses"), "of all sites, not of those found")
	require.Equal(t, []string{"Servers"}, r.Get("/groups", "siteIds", r.SiteID("Lyon"), "name", "Servers").Values("name"))
	require.Equal(t, []string{"Default Group"}, r.Get("/groups", "accountIds", r.AccountID("Example Labs"), "isDefault", "true").Values("name"))
	require.Empty(t, r.Get("/groups", "types", "dynamic").Rows())
}

func TestAListMayComeAsOneValueOrSeveral(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	q := url.Values{"computerName__contains": {"MAC-1", "MAC-2"}}
	require.Len(t, r.Call("GET", "/agents?"+q.Encode(), "").Rows(), 2)
}
