package huntapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/consoletest"
	"s1bot/s1/huntapi"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

const madeUpQuery = huntapi.QueryID("q9679169d5a4607cc41a9100123456789")

func TestAQueryIsStartedWithAFlatBody(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"queryId":"q9679169d5a4607cc41a9100123456789","queryModeInfo":{"mode":"scalyr"}}}`))
	from := time.Date(2026, 5, 18, 2, 0, 0, 0, time.FixedZone("CEST", 7200))
	id, err := console.StartQuery(t.Context(), huntapi.EventQuery{Query: `a CONTAINS "<b>"`, Types: []string{"events"}, From: wire.Time{Time: from}, To: wire.Time{Time: from.Add(24 * time.Hour)}, Limit: 10}, nil)
	require.NoError(t, err)
	require.Equal(t, madeUpQuery, id)
	call := console.Asked()[0]
	require.Equal(t, "POST /web/api/v2.1/dv/init-query", call.Method+" "+call.Path)
	require.Equal(t, `{"query":"a CONTAINS \"<b>\"","queryType":["events"],"fromDate":"2026-05-18T00:00:00.000000Z","toDate":"2026-05-19T00:00:00.000000Z","limit":10}`+"\n", call.Body)
}

func TestAQueryWithoutAnIDIsNoQuery(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"data":{}}`, `{"data":{"queryId":null}}`, `{"data":{"queryId":"with space"}}`, `{"data":[]}`, `<html>`} {
		console := consoletest.Start(t, consoletest.OK(answer))
		_, err := console.StartQuery(t.Context(), huntapi.EventQuery{}, nil)
		require.Error(t, err, answer)
		require.False(t, consoletest.AsError(t, err).Unknown(), "nothing was changed: %s", answer)
	}
}

// Somebody else's start with the same token counts, too: the console's 429 is waited out, its other answers are not.
func TestAStartIsTriedAgainOnlyWhenTheConsoleIsBusy(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.Answering(consoletest.Status(429, consoletest.Nginx429), consoletest.Status(429, consoletest.Nginx429, "Retry-After", "33"), consoletest.OK(`{"data":{"queryId":"q1"}}`)))
	var places []huntapi.Place
	id, err := console.StartQuery(t.Context(), huntapi.EventQuery{}, func(p huntapi.Place) { places = append(places, p) })
	require.NoError(t, err)
	require.Equal(t, huntapi.QueryID("q1"), id)
	require.Equal(t, []time.Duration{5 * time.Second, 33 * time.Second}, console.Pauses)
	require.Len(t, places, 2)
	for _, code := range []int{400, 403, 500, 503} {
		console = consoletest.Start(t, consoletest.Status(code, `{"errors":[{"code":4000040,"title":"Bad Request","detail":"Bad Request - could not parse query."}]}`))
		_, err = console.StartQuery(t.Context(), huntapi.EventQuery{}, nil)
		require.Equal(t, code, consoletest.AsError(t, err).Status)
		require.Equal(t, "Bad Request - could not parse query.", consoletest.AsError(t, err).Message)
		require.Len(t, console.Asked(), 1)
	}
	console = consoletest.Start(t, consoletest.Status(429, consoletest.Nginx429))
	_, err = console.StartQuery(t.Context(), huntapi.EventQuery{}, nil)
	require.ErrorIs(t, err, transport.ErrRateLimited)
	require.Len(t, console.Asked(), 20)
}

// An id that the console made is not thrown away because its asker leaves.
func TestAStartThatWasSentIsAwaited(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	console := consoletest.Start(t, func(w http.ResponseWriter, _ *http.Request) {
		leave()
		consoletest.OK(`{"data":{"queryId":"q1"}}`)(w, nil)
	})
	id, err := console.StartQuery(ctx, huntapi.EventQuery{}, nil)
	require.NoError(t, err)
	require.Equal(t, huntapi.QueryID("q1"), id)
}

func TestStatesOfQueries(t *testing.T) {
	t.Parallel()
	for state, want := range map[huntapi.QueryState]string{
		"FINISHED": "done", "EMPTY_RESULTS": "done", "finished": "done",
		"RUNNING": "running", "EVENTS_RUNNING": "running", "PROCESS_RUNNING": "running", "QUERY_RUNNING": "running", "PLANNING": "running",
		"": "running", "SOMETHING_NEW": "running",
		"FAILED": "dead", "FAILED_CLIENT": "dead", "ERROR": "dead", "TIMED_OUT": "dead", "QUERY_CANCEL": "dead", "QUERY_CANCELLED": "dead",
		"QUERY_EXPIRED": "dead", "QUERY_NOT_FOUND": "dead", "EVENTS_FAILED": "dead", "QUERY_TIMEOUT": "dead", "PROCESS_CANCELED": "dead",
	} {
		require.Equal(t, want == "done", state.Done(), state)
		require.Equal(t, want == "dead", state.Dead(), state)
		require.NotEmpty(t, state.Label())
	}
}

func TestTheRecordedStatusIsRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"responseState":"FINISHED","progressStatus":100,"queryModeInfo":{"mode":"scalyr"},"warnings":null}}`
	for name, raw := range consoletest.Recorded(t, "dv_query_status", madeUp) {
		console := consoletest.Start(t, consoletest.OK(string(raw)))
		status, err := console.QueryStatus(t.Context(), madeUpQuery)
		require.NoError(t, err, name)
		require.True(t, status.State.Done(), name)
		require.Equal(t, 100, status.Percent, name)
		require.Empty(t, status.Warnings, name)
		require.Equal(t, "queryId="+string(madeUpQuery), console.Asked()[0].Query)
	}
	console := consoletest.Start(t, consoletest.OK(`{"data":{"responseState":"RUNNING","progressStatus":"52.4","responseError":{"a":1},"warnings":"slow"}}`))
	odd, err := console.QueryStatus(t.Context(), madeUpQuery)
	require.NoError(t, err)
	require.Equal(t, 52, odd.Percent)
	require.Equal(t, []string{"slow"}, odd.Warnings)
	for _, id := range []huntapi.QueryID{"", "a b", "../x", "x\n"} {
		_, err = console.QueryStatus(t.Context(), id)
		require.ErrorIs(t, err, wire.ErrInvalidID)
	}
}

func TestRecordedEventsAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":[{"id":"1","objectType":"scheduled_task","eventType":"Task Update","agentId":"1845174760470303882","agentName":"ExampleName1",
		"createdAt":"2023-10-23T00:00:00.000Z","pid":1234,"relatedToThreat":"False","processName":null}],"pagination":{"totalItems":1}}`
	for name, raw := range consoletest.Recorded(t, "dv_events", madeUp) {
		console := consoletest.Start(t, consoletest.OK(string(raw)))
		page, err := console.EventsPage(t.Context(), madeUpQuery, "", transport.Query{}.WithLimit(1000))
		require.NoError(t, err, name)
		event := page.Items[0]
		require.Equal(t, "scheduled_task", event.ObjectType, name)
		require.Equal(t, "ExampleName1", event.Host(), name)
		require.False(t, event.At().IsZero(), name)
		require.Equal(t, "1234", event.PID, name)
		require.False(t, event.RelatedToThreat, name)
		require.NotEmpty(t, event.Raw, name)
		require.Equal(t, "/web/api/v2.1/dv/events", console.Asked()[0].Path)
		require.Equal(t, "limit=1000&queryId="+string(madeUpQuery), console.Asked()[0].Query)
	}
}

// Newer consoles do not know the short names of kinds; then all events are read and those of other kinds left out.
func TestAKindThatTheConsoleDoesNotKnowIsPickedOut(t *testing.T) {
	t.Parallel()
	rows := consoletest.OK(`{"data":[{"objectType":"file"},{"objectType":"process"}],"pagination":{"totalItems":2,"nextCursor":"c2"}}`)
	console := consoletest.Start(t, consoletest.Answering(consoletest.Status(400, `{"errors":[{"detail":"event_type: Not a valid choice."}]}`), rows))
	page, err := console.EventsPage(t.Context(), madeUpQuery, "process", nil)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, "c2", page.Next)
	require.Equal(t, -1, page.Total, "how many of the kind there are is not known")
	require.Equal(t, "/web/api/v2.1/dv/events/process", console.Asked()[0].Path)
	require.Equal(t, "/web/api/v2.1/dv/events", console.Asked()[1].Path)

	console = consoletest.Start(t, consoletest.Status(400, `{"errors":[{"detail":"Bad Request: ['Invalid query ID']"}]}`))
	_, err = console.EventsPage(t.Context(), madeUpQuery, "process", nil)
	require.Equal(t, "Bad Request: ['Invalid query ID']", consoletest.AsError(t, err).Message)
	require.Len(t, console.Asked(), 1)
}

// A page on which no event is of the kind is not the end of the list.
func TestAKindIsPickedOutOfAllPages(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/process"):
			consoletest.Status(http.StatusBadRequest, `{"errors":[{"detail":"event_type: not a valid choice"}]}`)(w, r)
		case r.URL.Query().Get("cursor") == "":
			consoletest.OK(`{"data":[{"id":"1","objectType":"file"}],"pagination":{"nextCursor":"c2"}}`)(w, r)
		default:
			consoletest.OK(`{"data":[{"id":"2","objectType":"process"},{"id":"3","objectType":"dns"}],"pagination":{"nextCursor":null}}`)(w, r)
		}
	})
	page, err := console.EventsPage(t.Context(), madeUpQuery, "process", nil)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, "2", page.Items[0].ID)
	require.Empty(t, page.Next)
}

func TestAQueryIsCancelled(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"success":"FINISHED"}}`))
	require.NoError(t, console.CancelQuery(t.Context(), madeUpQuery))
	require.Equal(t, "/web/api/v2.1/dv/cancel-query", console.Asked()[0].Path)
	require.JSONEq(t, `{"queryId":"q9679169d5a4607cc41a9100123456789"}`, console.Asked()[0].Body)
	require.Error(t, console.CancelQuery(t.Context(), ""))
	require.Len(t, console.Asked(), 1)
}

func TestTheRecordedPowerQueryIsRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"queryId":"pqe5","status":"FINISHED","progress":100,"columns":[{"name":"eventTime","type":"INTEGER"},{"name":"agentUuid","type":"STRING"}],
		"data":[[1724151854609,"ed8f"]],"recommendations":["add a limit"]}}`
	for name, raw := range consoletest.Recorded(t, "dv_power_query", madeUp) {
		console := consoletest.Start(t, consoletest.OK(string(raw)))
		result, err := console.StartPowerQuery(t.Context(), huntapi.PowerQuery{Query: "x", Accounts: []wire.AccountID{consoletest.AccountA}})
		require.NoError(t, err, name)
		require.True(t, result.Done(), name)
		require.Equal(t, "eventTime", result.Columns[0].Name, name)
		require.Equal(t, "1724151854609", string(result.Rows[0][0]), name)
		require.NotEmpty(t, result.Advice, name)
		require.JSONEq(t, `{"query":"x","fromDate":null,"toDate":null,"accountIds":["433241117337583618"]}`, console.Asked()[0].Body)
	}
}

func TestAPowerQueryIsPingedById(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(`{"data":{"status":"RUNNING","progress":"40","columns":null,"data":null}}`))
	result, err := console.PingPowerQuery(t.Context(), "pq1")
	require.NoError(t, err)
	require.Equal(t, huntapi.QueryID("pq1"), result.ID)
	require.False(t, result.Done())
	require.Equal(t, 40, result.Percent)
	require.Equal(t, "/web/api/v2.1/dv/events/pq-ping?queryId=pq1", console.Asked()[0].Path+"?"+console.Asked()[0].Query)
	_, err = console.PingPowerQuery(t.Context(), " ")
	require.ErrorIs(t, err, wire.ErrInvalidID)
}
