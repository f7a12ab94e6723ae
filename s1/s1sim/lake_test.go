package s1sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// lake sends a call to the data lake, with the tag of an earlier answer or "".
func (r *rig) lake(method, path, tag string, body any) *answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.server.URL+"/sdl/v2/api/queries"+path, strings.NewReader(string(b)))
	require.NoError(r.t, err)
	req.Header.Set("Authorization", "Bearer "+r.token)
	req.Header.Set("x-dataset-query-forward-tag", tag)
	resp, err := r.server.Client().Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	a := &answer{t: r.t, status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a.body)
	return a
}

func (a *answer) tag() string { return a.header.Get("X-Dataset-Query-Forward-Tag") }

func logQuery(filter string, more m) m {
	body := m{"queryType": "LOG", "tenant": true, "log": m{"filter": filter}}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestALakeQueryIsPolledWithItsTagAndDeleted(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true, QueryTime: 20 * time.Second})
	began := r.lake("POST", "", "", logQuery(`tgt.process.name contains 'SVCHOST' endpoint.name in ('DESKTOP-1', 'DESKTOP-2')`, nil))
	require.Equal(t, 200, began.status, began.raw)
	require.Nil(t, began.at("data"))
	id := "/" + began.at("id").(string)
	r.clock.pass(10 * time.Second)
	half := r.lake("GET", id+"?lastStepSeen=0", began.tag(), nil)
	require.EqualValues(t, 10, half.at("stepsCompleted"))
	require.Equal(t, 404, r.lake("GET", id+"?lastStepSeen=0", "", nil).status, "without its tag nobody finds it")
	require.Equal(t, 400, r.lake("GET", id, half.tag(), nil).status)
	r.clock.pass(10 * time.Second)
	done := r.lake("GET", id+"?lastStepSeen=10", half.tag(), nil)
	require.Len(t, done.at("data.matches"), 2)
	require.Equal(t, "svchost.exe", done.at("data.matches.0.values").(m)["tgt.process.name"])
	require.Equal(t, "FINISHED", r.LakeQueries()[0]["state"])
	require.Equal(t, 204, r.lake("DELETE", id, done.tag(), nil).status)
	a := r.lake("GET", id+"?lastStepSeen=20", done.tag(), nil)
	require.Equal(t, 404, a.status)
	require.Equal(t, "not_found", a.at("code"))
	require.Equal(t, "DELETED", r.LakeQueries()[0]["state"])
}

func TestALakeQueryThatNobodyPollsIsForgotten(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true, QueryTime: time.Hour})
	began := r.lake("POST", "", "", logQuery("", nil))
	r.clock.pass(31 * time.Second)
	require.Equal(t, 404, r.lake("GET", "/"+began.at("id").(string)+"?lastStepSeen=0", began.tag(), nil).status)
	require.Equal(t, "EXPIRED", r.LakeQueries()[0]["state"])
}

func TestTheLakeRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	for want, body := range map[string]m{
		"Query type must be specified":                         {"tenant": true},
		"tenant=false should be used when querying accountIds": logQuery("", m{"accountIds": []string{"1"}}),
		"Invalid JSON": logQuery("", m{"siteIds": []string{"1"}}),
	} {
		a := r.lake("POST", "", "", body)
		require.Equal(t, 400, a.status)
		require.Equal(t, want, a.at("message"))
	}
	for query, says := range map[string]string{
		"*": "Don't understand [*]", "event.type": "Don't understand [event.type]", `AgentName ContainsCIS "x"`: "Don't understand [ContainsCIS]",
		"(a.b='c'": "Unable to parse the entire query", "a.b in 'c'": "Don't understand ['c']", "a.b matches '('": "Invalid regular expression [(]",
	} {
		a := r.lake("POST", "", "", logQuery(query, nil))
		require.Equal(t, 500, a.status, query)
		require.Equal(t, says, a.at("message"), query)
	}
	a := r.lake("POST", "", "", m{"queryType": "PQ", "pq": m{"query": "| limit 1", "resultType": "LOG"}})
	require.Equal(t, "Unexpected value 'LOG'", a.at("details.0.message"))
	require.Equal(t, 401, (&rig{Console: r.Console, t: t, server: r.server, token: "wrong"}).lake("POST", "", "", m{}).status)
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.server.URL+"/sdl/v2/api/queries", strings.NewReader("{}"))
	require.NoError(t, err)
	req.Header.Set("Authorization", "ApiToken "+r.token)
	other, err := r.server.Client().Do(req)
	require.NoError(t, err)
	defer func() { _ = other.Body.Close() }()
	require.Equal(t, 500, other.StatusCode, "ApiToken is the wrong word here")
}

func TestWhatTheLakeFinds(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	one := func(filter string, more m) int {
		a := r.lake("POST", "", "", logQuery(filter, more))
		require.Equal(t, 200, a.status, a.raw)
		return len(a.at("data.matches").([]any))
	}
	host := "endpoint.name='DESKTOP-1' "
	require.Zero(t, one(`AgentName = "DESKTOP-1"`, nil), "a query in S1QL 1.0 finds nothing, without an error")
	require.Zero(t, one(host, m{"tenant": false}))
	require.Positive(t, one(host, m{"tenant": false, "accountIds": []string{r.AccountID("Example Corp")}}))
	require.Zero(t, one(host, m{"tenant": false, "accountIds": []string{r.AccountID("Example Labs")}}))
	all := one(host, nil)
	require.Equal(t, all, one(host+"event.time = *", nil))
	require.Equal(t, all, one(host+"event.type = 'Login'", nil)+one(host+"and !( event.type = 'Login' )", nil))
	require.Equal(t, 2, one(host+"(src.process.name contains 'SVC' or tgt.process.name matches '^svc.*\\\\.exe$')", nil))
	require.Zero(t, one(host+"src.process.name contains:matchcase 'SVC'", nil))
	require.Equal(t, 1, one(host+"event.type in:anycase ('login', 'x') event.category != 'dns'", nil))
	require.Equal(t, 1, one(host+"dst.port.number > 80 not event.category = 'dns'", nil))
	last := r.lake("POST", "", "", logQuery(host, m{"log": m{"filter": host, "limit": 2}}))
	require.Len(t, last.at("data.matches"), 2)
	stamp := last.at("data.matches.0.timestamp")
	require.Greater(t, last.at("data.matches.1.timestamp"), stamp, "the newest two, the older of them first")
	require.Equal(t, all-2, one(host, m{"startTime": "24h", "endTime": json.Number(strings.Split(last.raw, `"timestamp":`)[1][:19]).String()}))
}

func TestATableOfTheLake(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	a := r.lake("POST", "", "", m{"queryType": "PQ", "tenant": true, "startTime": "1m", "pq": m{"query": "| limit 1", "resultType": "TABLE"}})
	require.Empty(t, a.at("data.values"))
	a = r.lake("POST", "", "", m{"queryType": "PQ", "tenant": true, "pq": m{"query": "event.type='Login' (site.name contains 'a') | group n = count() by site.name | sort -n", "resultType": "TABLE"}})
	require.Equal(t, 200, a.status, a.raw)
	require.Equal(t, m{"name": "n", "cellType": "NUMBER", "decimalPlaces": 0.0}, a.at("data.columns.0"))
	require.Equal(t, "Paris", a.at("data.values.0.1"))
	require.Equal(t, 500, r.lake("POST", "", "", m{"queryType": "PQ", "tenant": true, "pq": m{"query": "* | sing", "resultType": "TABLE"}}).status)
}

func TestAgesOfAConsole(t *testing.T) {
	t.Parallel()
	for age, want := range map[s1sim.Age][]int{
		s1sim.Today: {200, 200, 200, 200}, s1sim.BeforeSDL: {404, 200, 200, 200}, s1sim.AfterDV: {200, 410, 200, 200}, s1sim.UnifiedOnly: {200, 410, 410, 404},
	} {
		r := newRig(t, s1sim.Options{Age: age})
		got := []int{
			r.lake("POST", "", "", logQuery("", nil)).status, r.post("/dv/init-query", r.hunting("agentOs = linux")).status,
			r.get("/cloud-detection/alerts", "limit", "1").status, r.get("/exclusions", "limit", "1").status,
		}
		require.Equal(t, want, got)
	}
}
