package s1sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// hunting is the body of a query over the last day of the rig's clock.
func (r *rig) hunting(query string, more ...any) m {
	now := r.clock.now()
	body := m{"query": query, "fromDate": now.Add(-24 * time.Hour).Format(time.RFC3339), "toDate": now.Format(time.RFC3339)}
	for i := 0; i+1 < len(more); i += 2 {
		if body[more[i].(string)] = more[i+1]; more[i+1] == nil {
			delete(body, more[i].(string))
		}
	}
	return body
}

func (r *rig) starts(query string, more ...any) string {
	r.t.Helper()
	a := r.post("/dv/init-query", r.hunting(query, more...))
	require.Equal(r.t, 200, a.status, a.raw)
	return a.at("data.queryId").(string)
}

func TestAQueryRunsFinishesAndHasRows(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true, QueryTime: 100 * time.Second})
	id := r.starts(`processImagePath CONTAINS "SVCHOST.exe" AND agentName IN ("DESKTOP-1", "DESKTOP-2")`, "queryType", []string{"events"}, "isVerbose", false)
	r.clock.pass(40 * time.Second)
	a := r.get("/dv/query-status", "queryId", id)
	require.Equal(t, "RUNNING", a.at("data.responseState"))
	require.EqualValues(t, 40, a.at("data.progressStatus"))
	require.Empty(t, r.get("/dv/events", "queryId", id).rows())
	r.clock.pass(time.Minute)
	require.Equal(t, "FINISHED", r.get("/dv/query-status", "queryId", id).at("data.responseState"))
	rows := r.get("/dv/events", "queryId", id)
	require.Equal(t, []string{"DESKTOP-1", "DESKTOP-2"}, rows.values("agentName"))
	require.Equal(t, []string{"svchost.exe", "svchost.exe"}, rows.values("processName"))
	require.EqualValues(t, 2, rows.at("pagination.totalItems"))
	require.Equal(t, r.id("DESKTOP-1"), rows.at("data.0.agentId"))
	require.Equal(t, "FINISHED", r.Queries()[0]["state"])
}

func TestAQueryIsCancelledAndHasNoRows(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{QueryTime: time.Hour})
	id := r.starts("agentName IS NOT EMPTY")
	r.clock.pass(30 * time.Minute)
	require.Equal(t, "FINISHED", r.post("/dv/cancel-query", m{"queryId": id}).at("data.success"))
	r.clock.pass(time.Hour)
	a := r.get("/dv/query-status", "queryId", id)
	require.Equal(t, "QUERY_CANCELLED", a.at("data.responseState"))
	require.EqualValues(t, 50, a.at("data.progressStatus"))
	require.Empty(t, r.get("/dv/events", "queryId", id).rows())
}

func TestQueriesThatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	parse := func(query string) {
		a := r.post("/dv/init-query", r.hunting(query))
		require.Equal(t, 400, a.status, query)
		require.Equal(t, "Bad Request - could not parse query.", a.at("errors.0.detail"))
		require.EqualValues(t, 4000040, a.at("errors.0.code"))
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
		r.post("/dv/init-query", r.hunting("agentName IS NOT EMPTY", more...)).refused(400, want)
	}
	r.get("/dv/query-status").refused(400, "queryId: Missing data for required field.")
	a := r.get("/dv/query-status", "queryId", "q1")
	require.Equal(t, "Bad Request: ['Invalid query ID']", a.at("errors.0.detail"))
	require.EqualValues(t, 4000040, a.at("errors.0.code"))
	require.Equal(t, 400, r.post("/dv/cancel-query", m{"queryId": "q1"}).status)
	require.Equal(t, 400, r.post("/dv/cancel-query", m{}).status)
}

func TestEventsOfOneKindPageByPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.starts("agentOs = windows", "limit", 100_000)
	all := len(r.get("/dv/events", "queryId", id, "limit", "1000").rows())
	require.Greater(t, all, 200)
	first := r.get("/dv/events/process", "queryId", id, "limit", "40", "sortBy", "createdAt", "sortOrder", "desc")
	require.Len(t, first.rows(), 40)
	require.Less(t, first.at("pagination.totalItems").(float64), float64(all))
	cursor := first.at("pagination.nextCursor").(string)
	r.get("/dv/events/process", "queryId", id, "cursor", cursor).refused(400, "cursor: Can be used only with sortBy createdAt, pid or processStartTime.")
	second := r.get("/dv/events/process", "queryId", id, "limit", "40", "sortBy", "createdAt", "sortOrder", "desc", "cursor", cursor)
	require.NotEmpty(t, second.rows())
	require.Greater(t, first.values("createdAt")[39], second.values("createdAt")[0])
	require.NotEmpty(t, r.get("/dv/events/Process%20Creation", "queryId", id).rows())
	r.get("/dv/events/Nothing%20At%20All", "queryId", id).refused(400, "event_type: Must be one of: dns, file, ip, logins, process, registry, scheduled_task, url, indicators.")
	require.Equal(t, 400, r.get("/dv/events", "limit", "1").status)
	require.Equal(t, 400, r.get("/dv/events", "queryId", id, "limit", "1001").status)
	require.Len(t, r.get("/dv/events", "queryId", r.starts("agentOs = windows", "limit", 3)).rows(), 3)
}

// What threats did is recorded beside what everybody does; the language is read with its brackets and operators.
func TestHuntersFindWhatThreatsDid(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	r.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "LAPTOP-1", Engine: "executables"})
	r.clock.pass(time.Minute)
	for query, want := range map[string]int{
		`processName = "evil.exe" AND objectType = "process"`:                              1,
		`ProcessName ContainsCIS "EVIL" AND NOT (objectType = process OR eventType = DNS)`: 3,
		`DstIP = "203.0.113.66"`: 1,
		`agentName = "LAPTOP-1" AND registryPath ENDSWITH "\\Updater"`: 1,
		`agentName <> "LAPTOP-1" AND processName = 'evil.exe'`:         0,
		`dnsRequest STARTSWITH "c2." AND processCmd IS EMPTY`:          1,
	} {
		require.Len(t, r.get("/dv/events", "queryId", r.starts(query), "limit", "1000").rows(), want, query)
	}
	require.Len(t, r.get("/dv/events", "queryId", r.starts(`eventType = Login`, "siteIds", []string{r.SiteID("Berlin")}), "limit", "1000").rows(), 10)
}

func TestOneQueryIsStartedAMinute(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EnforceRates: true})
	r.starts("agentOs = linux")
	require.Equal(t, 429, r.post("/dv/init-query", r.hunting("agentOs = linux")).status)
	r.clock.pass(time.Minute)
	r.starts("agentOs = linux")
}

func TestAPowerQueryIsPingedUntilItHasRows(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true, QueryTime: 20 * time.Second})
	a := r.post("/dv/events/pq", r.hunting(`event.time = * | filter endpoint.name = "DESKTOP-1" | columns at = event.time, host = endpoint.name, agentUuid = agent.uuid | sort -at | limit 2`))
	require.Equal(t, "RUNNING", a.at("data.status"))
	require.NotContains(t, a.raw, "columns")
	id := a.at("data.queryId").(string)
	require.Contains(t, id, "pq")
	r.clock.pass(10 * time.Second)
	require.EqualValues(t, 50, r.get("/dv/events/pq-ping", "queryId", id).at("data.progress"))
	r.clock.pass(10 * time.Second)
	a = r.get("/dv/events/pq-ping", "queryId", id)
	require.Equal(t, "FINISHED", a.at("data.status"))
	require.Equal(t, m{"name": "at", "type": "INTEGER"}, a.at("data.columns.0"))
	require.Len(t, a.at("data.data"), 2)
	require.Equal(t, "DESKTOP-1", a.at("data.data.0.1"))
	require.Equal(t, r.Agent("DESKTOP-1")["uuid"], a.at("data.data.0.2"))
	require.Greater(t, a.at("data.data.0.0"), a.at("data.data.1.0"))
	r.clock.pass(31 * time.Second)
	require.Equal(t, 503, r.get("/dv/events/pq-ping", "queryId", id).status, "nobody asked for it in time")
}

func TestAPowerQueryCountsInGroups(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	a := r.post("/dv/events/pq", r.hunting(`event.type = "Login" | group hits = count() by site.name | sort -hits`, "limit", 2))
	require.Equal(t, []any{m{"name": "hits", "type": "INTEGER"}, m{"name": "site.name", "type": "STRING"}}, a.at("data.columns"))
	require.Len(t, a.at("data.data"), 2)
	require.Equal(t, "Paris", a.at("data.data.0.1"))
	require.NotEmpty(t, a.at("data.recommendations"), "some rows were cut off")
	for _, query := range []string{"event.time", "* | columns nobody", "* | limit x", "* | sing", "* | group x by y", "* | sort nobody", "* | columns a = b = c", "* |"} {
		a = r.post("/dv/events/pq", r.hunting(query))
		require.Equal(t, 400, a.status, query)
		require.Equal(t, "could not parse query", a.at("errors.0.detail"))
	}
	hunt := r.starts("agentOs = linux")
	require.Equal(t, 400, r.get("/dv/events/pq-ping", "queryId", hunt).status, "that one is no power query")
	require.Equal(t, 400, r.get("/dv/events/pq-ping").status)
}
