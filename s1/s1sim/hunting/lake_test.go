package hunting_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func logQuery(filter string, more simtest.M) simtest.M {
	body := simtest.M{"queryType": "LOG", "tenant": true, "log": simtest.M{"filter": filter}}
	for k, v := range more {
		body[k] = v
	}
	return body
}

func TestALakeQueryIsPolledWithItsTagAndDeleted(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, QueryTime: 20 * time.Second})
	began := r.Lake("POST", "", "", logQuery(`tgt.process.name contains 'SVCHOST' endpoint.name in ('DESKTOP-1', 'DESKTOP-2')`, nil))
	require.Equal(t, 200, began.Status, began.Raw)
	require.Nil(t, began.At("data"))
	id := "/" + began.At("id").(string)
	r.Clock.Pass(10 * time.Second)
	half := r.Lake("GET", id+"?lastStepSeen=0", began.Tag(), nil)
	require.EqualValues(t, 10, half.At("stepsCompleted"))
	require.Equal(t, 404, r.Lake("GET", id+"?lastStepSeen=0", "", nil).Status, "without its tag nobody finds it")
	require.Equal(t, 400, r.Lake("GET", id, half.Tag(), nil).Status)
	r.Clock.Pass(10 * time.Second)
	done := r.Lake("GET", id+"?lastStepSeen=10", half.Tag(), nil)
	require.Len(t, done.At("data.matches"), 2)
	require.Equal(t, "svchost.exe", done.At("data.matches.0.values").(simtest.M)["tgt.process.name"])
	require.Equal(t, "FINISHED", r.LakeQueries()[0]["state"])
	require.Equal(t, 204, r.Lake("DELETE", id, done.Tag(), nil).Status)
	a := r.Lake("GET", id+"?lastStepSeen=20", done.Tag(), nil)
	require.Equal(t, 404, a.Status)
	require.Equal(t, "not_found", a.At("code"))
	require.Equal(t, "DELETED", r.LakeQueries()[0]["state"])
}

func TestALakeQueryThatNobodyPollsIsForgotten(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, QueryTime: time.Hour})
	began := r.Lake("POST", "", "", logQuery("", nil))
	r.Clock.Pass(31 * time.Second)
	require.Equal(t, 404, r.Lake("GET", "/"+began.At("id").(string)+"?lastStepSeen=0", began.Tag(), nil).Status)
	require.Equal(t, "EXPIRED", r.LakeQueries()[0]["state"])
}

func TestTheLakeRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for want, body := range map[string]simtest.M{
		"Query type must be specified":                         {"tenant": true},
		"tenant=false should be used when querying accountIds": logQuery("", simtest.M{"accountIds": []string{"1"}}),
		"Invalid JSON": logQuery("", simtest.M{"siteIds": []string{"1"}}),
	} {
		a := r.Lake("POST", "", "", body)
		require.Equal(t, 400, a.Status)
		require.Equal(t, want, a.At("message"))
	}
	for query, says := range map[string]string{
		"*": "Don't understand [*]", "event.type": "Don't understand [event.type]", `AgentName ContainsCIS "x"`: "Don't understand [ContainsCIS]",
		"(a.b='c'": "Unable to parse the entire query", "a.b in 'c'": "Don't understand ['c']", "a.b matches '('": "Invalid regular expression [(]",
	} {
		a := r.Lake("POST", "", "", logQuery(query, nil))
		require.Equal(t, 500, a.Status, query)
		require.Equal(t, says, a.At("message"), query)
	}
	a := r.Lake("POST", "", "", simtest.M{"queryType": "PQ", "pq": simtest.M{"query": "| limit 1", "resultType": "LOG"}})
	require.Equal(t, "Unexpected value 'LOG'", a.At("details.0.message"))
	right := r.Token
	r.Token = "wrong"
	require.Equal(t, 401, r.Lake("POST", "", "", simtest.M{}).Status)
	r.Token = right
	req, err := http.NewRequestWithContext(t.Context(), "POST", r.Server.URL+"/sdl/v2/api/queries", strings.NewReader("{}"))
	require.NoError(t, err)
	req.Header.Set("Authorization", "ApiToken "+r.Token)
	other, err := r.Server.Client().Do(req)
	require.NoError(t, err)
	defer func() { _ = other.Body.Close() }()
	require.Equal(t, 500, other.StatusCode, "ApiToken is the wrong word here")
}

func TestWhatTheLakeFinds(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	one := func(filter string, more simtest.M) int {
		a := r.Lake("POST", "", "", logQuery(filter, more))
		require.Equal(t, 200, a.Status, a.Raw)
		return len(a.At("data.matches").([]any))
	}
	host := "endpoint.name='DESKTOP-1' "
	require.Zero(t, one(`AgentName = "DESKTOP-1"`, nil), "a query in S1QL 1.0 finds nothing, without an error")
	require.Zero(t, one(host, simtest.M{"tenant": false}))
	require.Positive(t, one(host, simtest.M{"tenant": false, "accountIds": []string{r.AccountID("Example Corp")}}))
	require.Zero(t, one(host, simtest.M{"tenant": false, "accountIds": []string{r.AccountID("Example Labs")}}))
	all := one(host, nil)
	require.Equal(t, all, one(host+"event.time = *", nil))
	require.Equal(t, all, one(host+"event.type = 'Login'", nil)+one(host+"and !( event.type = 'Login' )", nil))
	require.Equal(t, 2, one(host+"(src.process.name contains 'SVC' or tgt.process.name matches '^svc.*\\\\.exe$')", nil))
	require.Zero(t, one(host+"src.process.name contains:matchcase 'SVC'", nil))
	require.Equal(t, 1, one(host+"event.type in:anycase ('login', 'x') event.category != 'dns'", nil))
	require.Equal(t, 1, one(host+"dst.port.number > 80 not event.category = 'dns'", nil))
	last := r.Lake("POST", "", "", logQuery(host, simtest.M{"log": simtest.M{"filter": host, "limit": 2}}))
	require.Len(t, last.At("data.matches"), 2)
	stamp := last.At("data.matches.0.timestamp")
	require.Greater(t, last.At("data.matches.1.timestamp"), stamp, "the newest two, the older of them first")
	require.Equal(t, all-2, one(host, simtest.M{"startTime": "24h", "endTime": json.Number(strings.Split(last.Raw, `"timestamp":`)[1][:19]).String()}))
}

func TestATableOfTheLake(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	a := r.Lake("POST", "", "", simtest.M{"queryType": "PQ", "tenant": true, "startTime": "1m", "pq": simtest.M{"query": "| limit 1", "resultType": "TABLE"}})
	require.Empty(t, a.At("data.values"))
	a = r.Lake("POST", "", "", simtest.M{"queryType": "PQ", "tenant": true, "pq": simtest.M{"query": "event.type='Login' (site.name contains 'a') | group n = count() by site.name | sort -n", "resultType": "TABLE"}})
	require.Equal(t, 200, a.Status, a.Raw)
	require.Equal(t, simtest.M{"name": "n", "cellType": "NUMBER", "decimalPlaces": 0.0}, a.At("data.columns.0"))
	require.Equal(t, "Paris", a.At("data.values.0.1"))
	require.Equal(t, 500, r.Lake("POST", "", "", simtest.M{"queryType": "PQ", "tenant": true, "pq": simtest.M{"query": "* | sing", "resultType": "TABLE"}}).Status)
}
