package hunting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

// starts begins a query that the service takes and is its id.
func starts(t *testing.T, r *simtest.Rig, query string, more ...any) string {
	t.Helper()
	a := r.Post("/dv/init-query", r.Hunting(query, more...))
	require.Equal(t, 200, a.Status, a.Raw)
	return a.At("data.queryId").(string)
}

func TestAQueryRunsFinishesAndHasRows(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, QueryTime: 100 * time.Second})
	id := starts(t, r, `processImagePath CONTAINS "svchost.exe" AND agentName IN ("DESKTOP-1", "DESKTOP-2")`, "queryType", []string{"events"}, "isVerbose", false)
	r.Clock.Pass(40 * time.Second)
	a := r.Get("/dv/query-status", "queryId", id)
	require.Equal(t, "RUNNING", a.At("data.responseState"))
	require.EqualValues(t, 40, a.At("data.progressStatus"))
	require.Empty(t, r.Get("/dv/events", "queryId", id).Rows())
	r.Clock.Pass(time.Minute)
	require.Equal(t, "FINISHED", r.Get("/dv/query-status", "queryId", id).At("data.responseState"))
	rows := r.Get("/dv/events", "queryId", id)
	require.Equal(t, []string{"DESKTOP-1", "DESKTOP-2"}, rows.Values("agentName"))
	require.Equal(t, []string{"svchost.exe", "svchost.exe"}, rows.Values("processName"))
	require.EqualValues(t, 2, rows.At("pagination.totalItems"))
	require.Equal(t, r.ID("DESKTOP-1"), rows.At("data.0.agentId"))
	require.Equal(t, "FINISHED", r.Queries()[0]["state"])
}

func TestAQueryIsCancelledAndHasNoRows(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{QueryTime: time.Hour})
	id := starts(t, r, "agentName IS NOT EMPTY")
	r.Clock.Pass(30 * time.Minute)
	require.Equal(t, "FINISHED", r.Post("/dv/cancel-query", simtest.M{"queryId": id}).At("data.success"))
	r.Clock.Pass(time.Hour)
	a := r.Get("/dv/query-status", "queryId", id)
	require.Equal(t, "QUERY_CANCELLED", a.At("data.responseState"))
	require.EqualValues(t, 50, a.At("data.progressStatus"))
	require.Empty(t, r.Get("/dv/events", "queryId", id).Rows())
}

func TestQueriesThatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	parse := func(query string) {
		a := r.Post("/dv/init-query", r.Hunting(query))
		require.Equal(t, 400, a.Status, query)
		require.Equal(t, "Bad Request - could not parse query.", a.At("errors.0.detail"))
		require.EqualValues(t, 4000040, a.At("errors.0.code"))
	}
	for _, query := range []string{"agentName", "agentName CONTAINS", "nobody = x", `agentName = "a" AND`, `(agentName = "a"`, `agentName = "a" "b"`, `agentName IN ("a" "b")`, `agentName ~ "x"`, `agentName = "open`} {
		parse(query)
	}
	for want, more := range map[string][]any{
		"query: Missing data for required field.":                                  {"query", " "},
		"fromDate: Missing data for required field.":                               {"fromDate", nil},
		"toDate: Not a valid datetime.":                                            {"toDate", "yesterday"},
		"toDate: Must be after fromDate.":                                          {"toDate", "2026-11-01T00:00:00Z", "fromDate", "2026-11-02T00:00:00Z"},
		"Limit must be greater than or equals to 1 and less than equals to 100000": {"limit", 100001},
		"queryType: 0: Must be one of: events, processState.":                      {"queryType", []string{"rows"}},
		"surprise: Unknown field.":                                                 {"surprise", 1},
		"siteIds: 0: Not a valid id.":                                              {"siteIds", []string{"Paris"}},
		"Deep Visibility currently retains data for 14 days, to increase your data retention, please contact S1.": {"fromDate", "2022-09-18T00:00:00Z"},
	} {
		r.Post("/dv/init-query", r.Hunting("agentName IS NOT EMPTY", more...)).Refused(400, want)
	}
	r.Get("/dv/query-status").Refused(400, "queryId: Missing data for required field.")
	a := r.Get("/dv/query-status", "queryId", "q1")
	require.Equal(t, "Bad Request: ['Invalid query ID']", a.At("errors.0.detail"))
	require.EqualValues(t, 4000040, a.At("errors.0.code"))
	require.Equal(t, 400, r.Post("/dv/cancel-query", simtest.M{"queryId": "q1"}).Status)
	require.Equal(t, 400, r.Post("/dv/cancel-query", simtest.M{}).Status)
}

func TestEventsOfOneKindPageByPage(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := starts(t, r, "agentOs = windows", "limit", 100_000)
	all := len(r.Get("/dv/events", "queryId", id, "limit", "1000").Rows())
	require.Greater(t, all, 200)
	first := r.Get("/dv/events/process", "queryId", id, "limit", "40", "sortBy", "createdAt", "sortOrder", "desc")
	require.Len(t, first.Rows(), 40)
	require.Less(t, first.At("pagination.totalItems").(float64), float64(all))
	cursor := first.At("pagination.nextCursor").(string)
	r.Get("/dv/events/process", "queryId", id, "cursor", cursor).Refused(400, "cursor: Can be used only with sortBy createdAt, pid or processStartTime.")
	second := r.Get("/dv/events/process", "queryId", id, "limit", "40", "sortBy", "createdAt", "sortOrder", "desc", "cursor", cursor)
	require.NotEmpty(t, second.Rows())
	require.Greater(t, first.Values("createdAt")[39], second.Values("createdAt")[0])
	require.NotEmpty(t, r.Get("/dv/events/Process%20Creation", "queryId", id).Rows())
	r.Get("/dv/events/Nothing%20At%20All", "queryId", id).Refused(400, "event_type: Must be one of: dns, file, ip, logins, process, registry, scheduled_task, url, indicators.")
	require.Equal(t, 400, r.Get("/dv/events", "limit", "1").Status)
	require.Equal(t, 400, r.Get("/dv/events", "queryId", id, "limit", "1001").Status)
	require.Len(t, r.Get("/dv/events", "queryId", starts(t, r, "agentOs = windows", "limit", 3)).Rows(), 3)
}

// What threats did is recorded beside what everybody does; the language is read with its brackets and operators.
func TestHuntersFindWhatThreatsDid(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "LAPTOP-1", Engine: "executables"})
	r.Clock.Pass(time.Minute)
	for query, want := range map[string]int{
		`processName = "evil.exe" AND objectType = "process"`:                              1,
		`ProcessName ContainsCIS "EVIL" AND NOT (objectType = process OR eventType = DNS)`: 3,
		`DstIP = "203.0.113.66"`: 1,
		`agentName = "LAPTOP-1" AND registryPath ENDSWITH "\\Updater"`: 1,
		`agentName <> "LAPTOP-1" AND processName = 'evil.exe'`:         0,
		`dnsRequest STARTSWITH "c2." AND processCmd IS EMPTY`:          1,
	} {
		require.Len(t, r.Get("/dv/events", "queryId", starts(t, r, query), "limit", "1000").Rows(), want, query)
	}
	require.Len(t, r.Get("/dv/events", "queryId", starts(t, r, `eventType = Login`, "siteIds", []string{r.SiteID("Berlin")}), "limit", "1000").Rows(), 10)
}

func TestOneQueryIsStartedAMinute(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EnforceRates: true})
	starts(t, r, "agentOs = linux")
	require.Equal(t, 429, r.Post("/dv/init-query", r.Hunting("agentOs = linux")).Status)
	r.Clock.Pass(time.Minute)
	starts(t, r, "agentOs = linux")
}

func TestAPowerQueryIsPingedUntilItHasRows(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, QueryTime: 20 * time.Second})
	a := r.Post("/dv/events/pq", r.Hunting(`event.time = * | filter endpoint.name = "DESKTOP-1" | columns at = event.time, host = endpoint.name, agentUuid = agent.uuid | sort -at | limit 2`))
	require.Equal(t, "RUNNING", a.At("data.status"))
	require.NotContains(t, a.Raw, "columns")
	id := a.At("data.queryId").(string)
	require.Contains(t, id, "pq")
	r.Clock.Pass(10 * time.Second)
	require.EqualValues(t, 50, r.Get("/dv/events/pq-ping", "queryId", id).At("data.progress"))
	r.Clock.Pass(10 * time.Second)
	a = r.Get("/dv/events/pq-ping", "queryId", id)
	require.Equal(t, "FINISHED", a.At("data.status"))
	require.Equal(t, simtest.M{"name": "at", "type": "INTEGER"}, a.At("data.columns.0"))
	require.Len(t, a.At("data.data"), 2)
	require.Equal(t, "DESKTOP-1", a.At("data.data.0.1"))
	require.Equal(t, r.Agent("DESKTOP-1")["uuid"], a.At("data.data.0.2"))
	require.Greater(t, a.At("data.data.0.0"), a.At("data.data.1.0"))
	r.Clock.Pass(31 * time.Second)
	require.Equal(t, 503, r.Get("/dv/events/pq-ping", "queryId", id).Status, "nobody asked for it in time")
}

func TestAPowerQueryCountsInGroups(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	a := r.Post("/dv/events/pq", r.Hunting(`event.type = "Login" | group hits = count() by site.name | sort -hits`, "limit", 2))
	require.Equal(t, []any{simtest.M{"name": "hits", "type": "INTEGER"}, simtest.M{"name": "site.name", "type": "STRING"}}, a.At("data.columns"))
	require.Len(t, a.At("data.data"), 2)
	require.Equal(t, "Paris", a.At("data.data.0.1"))
	require.NotEmpty(t, a.At("data.recommendations"), "some rows were cut off")
	for _, query := range []string{"event.time", "* | columns nobody", "* | limit x", "* | sing", "* | group x by y", "* | sort nobody", "* | columns a = b = c", "* |"} {
		a = r.Post("/dv/events/pq", r.Hunting(query))
		require.Equal(t, 400, a.Status, query)
		require.Equal(t, "could not parse query", a.At("errors.0.detail"))
	}
	hunt := starts(t, r, "agentOs = linux")
	require.Equal(t, 400, r.Get("/dv/events/pq-ping", "queryId", hunt).Status, "that one is no power query")
	require.Equal(t, 400, r.Get("/dv/events/pq-ping").Status)
}

// Whoever reads of a threat or an alert and hunts for its hash, process or storyline finds it on its host.
func TestTheEventsOfThreatsAndAlertsAreRecorded(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, QueryTime: time.Second})
	sha1 := func(digit string) string { return strings.Repeat(digit, 40) }
	r.AddAlert(s1sim.AlertSpec{Agent: "DESKTOP-1", Process: "rundll32.exe", Event: "IPCONNECT", SHA1: sha1("a"), Storyline: "5TORY0000000000A"})
	r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-2", Name: "evil.exe", SHA1: sha1("b"), Engine: "data_files"})
	r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1", Name: "dropped.exe", SHA1: sha1("c"), Engine: "pre_execution"})
	r.Clock.Pass(time.Minute)
	for query, host := range map[string]string{
		`SrcProcStorylineId = "5TORY0000000000A"`: "DESKTOP-1", `TgtProcSha1 = "` + sha1("a") + `"`: "DESKTOP-1", `SrcProcName = "rundll32.exe" AND DstIP = "203.0.113.66"`: "DESKTOP-1",
		`TgtProcSha1 = "` + sha1("b") + `"`: "DESKTOP-2", `SrcProcName = "evil.exe"`: "DESKTOP-2", `TgtFileSha1 = "` + sha1("c") + `"`: "MAC-1",
	} {
		id := starts(t, r, query)
		r.Clock.Pass(61 * time.Second)
		hosts := r.Get("/dv/events", "queryId", id).Values("agentName")
		require.NotEmpty(t, hosts, query)
		require.Equal(t, []string{host}, slices.Compact(hosts), query)
	}
}
