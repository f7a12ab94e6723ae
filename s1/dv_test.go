package s1

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"
)

const madeUpQuery = QueryID("q9679169d5a4607cc41a9100123456789")

func TestAQueryIsStartedWithAFlatBody(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"queryId":"q9679169d5a4607cc41a9100123456789","queryModeInfo":{"mode":"scalyr"}}}`))
	from := time.Date(2026, 5, 18, 2, 0, 0, 0, time.FixedZone("CEST", 7200))
	id, err := console.StartQuery(t.Context(), EventQuery{Query: `a CONTAINS "<b>"`, Types: []string{"events"}, From: Time{from}, To: Time{from.Add(24 * time.Hour)}, Limit: 10}, nil)
	require.NoError(t, err)
	require.Equal(t, madeUpQuery, id)
	call := console.asked()[0]
	require.Equal(t, "POST /web/api/v2.1/dv/init-query", call.method+" "+call.path)
	require.Equal(t, `{"query":"a CONTAINS \"<b>\"","queryType":["events"],"fromDate":"2026-05-18T00:00:00.000000Z","toDate":"2026-05-19T00:00:00.000000Z","limit":10}`+"\n", call.body)
}

func TestAQueryWithoutAnIDIsNoQuery(t *testing.T) {
	t.Parallel()
	for _, answer := range []string{`{"data":{}}`, `{"data":{"queryId":null}}`, `{"data":{"queryId":"with space"}}`, `{"data":[]}`, `<html>`} {
		console := startConsole(t, ok(answer))
		_, err := console.StartQuery(t.Context(), EventQuery{}, nil)
		require.Error(t, err, answer)
		require.False(t, asError(t, err).Unknown(), "nothing was changed: %s", answer)
	}
}

// Somebody else's start with the same token counts, too: the console's 429 is waited out, its other answers are not.
func TestAStartIsTriedAgainOnlyWhenTheConsoleIsBusy(t *testing.T) {
	t.Parallel()
	console := startConsole(t, answering(status(429, nginx429), status(429, nginx429, "Retry-After", "33"), ok(`{"data":{"queryId":"q1"}}`)))
	var places []Place
	id, err := console.StartQuery(t.Context(), EventQuery{}, func(p Place) { places = append(places, p) })
	require.NoError(t, err)
	require.Equal(t, QueryID("q1"), id)
	require.Equal(t, []time.Duration{5 * time.Second, 33 * time.Second}, console.pauses)
	require.Len(t, places, 2)
	for _, code := range []int{400, 403, 500, 503} {
		console = startConsole(t, status(code, `{"errors":[{"code":4000040,"title":"Bad Request","detail":"Bad Request - could not parse query."}]}`))
		_, err = console.StartQuery(t.Context(), EventQuery{}, nil)
		require.Equal(t, code, asError(t, err).Status)
		require.Equal(t, "Bad Request - could not parse query.", asError(t, err).Message)
		require.Len(t, console.asked(), 1)
	}
	console = startConsole(t, status(429, nginx429))
	_, err = console.StartQuery(t.Context(), EventQuery{}, nil)
	require.ErrorIs(t, err, ErrRateLimited)
	require.Len(t, console.asked(), maxStarts)
}

// onceAMinute is the rate of the line's tests, for every route.
func onceAMinute() buckets {
	return buckets{limits: map[string]limit{"": {"", time.Minute, 1}}, local: map[string]*rate.Limiter{"": rate.NewLimiter(rate.Every(time.Minute), 1)}}
}

func TestHuntersWaitInLineAndMoveUpWhenOneGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		var l line
		c := &Client{sleep: sleep, buckets: onceAMinute()}
		type start struct {
			who string
			at  time.Duration
		}
		var mu sync.Mutex // of what the hunters write
		var started []start
		places := map[string]Place{}
		place := func(who string) Place {
			mu.Lock()
			defer mu.Unlock()
			return places[who]
		}
		hunt := func(ctx context.Context, who string) error {
			return l.pass(ctx, c, call{route: "dv/init-query"}, func(p Place) { mu.Lock(); places[who] = p; mu.Unlock() }, func(context.Context, call) error {
				mu.Lock()
				defer mu.Unlock()
				started = append(started, start{who, time.Since(began)})
				return nil
			})
		}
		require.NoError(t, hunt(t.Context(), "first"))
		require.Zero(t, place("first"))
		time.Sleep(20 * time.Second) // synctest's clock
		ctx, giveUp := context.WithCancel(t.Context())
		ended := make(chan error, 4)
		for _, who := range []string{"second", "third", "fourth"} {
			with := t.Context()
			if who == "third" {
				with = ctx
			}
			go func() { ended <- hunt(with, who) }()
			synctest.Wait()
		}
		require.Equal(t, Place{Ahead: 2, Start: began.Add(3 * time.Minute)}, place("fourth"))
		require.Equal(t, Place{Ahead: 0, Start: began.Add(time.Minute)}, place("second"))
		giveUp()
		require.ErrorIs(t, <-ended, context.Canceled)
		synctest.Wait()
		require.Equal(t, Place{Ahead: 1, Start: began.Add(2 * time.Minute)}, place("fourth"))
		require.NoError(t, <-ended)
		require.NoError(t, <-ended)
		require.Equal(t, []start{{"first", 0}, {"second", time.Minute}, {"fourth", 2 * time.Minute}}, started)
	})
}

// The first one gives up while it waits for the minute: the next has no longer to wait for it.
func TestTheFirstInLineTakesNoTurnWithIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var l line
		c := &Client{sleep: sleep, buckets: onceAMinute()}
		send := func(context.Context, call) error { return nil }
		began := time.Now()
		require.NoError(t, l.pass(t.Context(), c, call{}, nil, send))
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- l.pass(ctx, c, call{}, nil, send) }()
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-ended, context.Canceled)
		require.NoError(t, l.pass(t.Context(), c, call{}, nil, send))
		require.Equal(t, time.Minute, time.Since(began))
	})
}

// An id that the console made is not thrown away because its asker leaves.
func TestAStartThatWasSentIsAwaited(t *testing.T) {
	t.Parallel()
	ctx, leave := context.WithCancel(t.Context())
	console := startConsole(t, func(w http.ResponseWriter, _ *http.Request) {
		leave()
		ok(`{"data":{"queryId":"q1"}}`)(w, nil)
	})
	id, err := console.StartQuery(ctx, EventQuery{}, nil)
	require.NoError(t, err)
	require.Equal(t, QueryID("q1"), id)
}

func TestStatesOfQueries(t *testing.T) {
	t.Parallel()
	for state, want := range map[QueryState]string{
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
	for name, raw := range recorded(t, "dv_query_status", madeUp) {
		console := startConsole(t, ok(string(raw)))
		status, err := console.QueryStatus(t.Context(), madeUpQuery)
		require.NoError(t, err, name)
		require.True(t, status.State.Done(), name)
		require.Equal(t, 100, status.Percent, name)
		require.Empty(t, status.Warnings, name)
		require.Equal(t, "queryId="+string(madeUpQuery), console.asked()[0].query)
	}
	console := startConsole(t, ok(`{"data":{"responseState":"RUNNING","progressStatus":"52.4","responseError":{"a":1},"warnings":"slow"}}`))
	odd, err := console.QueryStatus(t.Context(), madeUpQuery)
	require.NoError(t, err)
	require.Equal(t, 52, odd.Percent)
	require.Equal(t, []string{"slow"}, odd.Warnings)
	for _, id := range []QueryID{"", "a b", "../x", "x\n"} {
		_, err = console.QueryStatus(t.Context(), id)
		require.ErrorIs(t, err, ErrInvalidID)
	}
}

func TestRecordedEventsAreRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":[{"id":"1","objectType":"scheduled_task","eventType":"Task Update","agentId":"1845174760470303882","agentName":"ExampleName1",
		"createdAt":"2023-10-23T00:00:00.000Z","pid":1234,"relatedToThreat":"False","processName":null}],"pagination":{"totalItems":1}}`
	for name, raw := range recorded(t, "dv_events", madeUp) {
		console := startConsole(t, ok(string(raw)))
		page, err := console.EventsPage(t.Context(), madeUpQuery, "", Query{}.WithLimit(1000))
		require.NoError(t, err, name)
		event := page.Items[0]
		require.Equal(t, "scheduled_task", event.ObjectType, name)
		require.Equal(t, "ExampleName1", event.Host(), name)
		require.False(t, event.At().IsZero(), name)
		require.Equal(t, "1234", event.PID, name)
		require.False(t, event.RelatedToThreat, name)
		require.NotEmpty(t, event.Raw, name)
		require.Equal(t, "/web/api/v2.1/dv/events", console.asked()[0].path)
		require.Equal(t, "limit=1000&queryId="+string(madeUpQuery), console.asked()[0].query)
	}
}

// Newer consoles do not know the short names of kinds; then all events are read and those of other kinds left out.
func TestAKindThatTheConsoleDoesNotKnowIsPickedOut(t *testing.T) {
	t.Parallel()
	rows := ok(`{"data":[{"objectType":"file"},{"objectType":"process"}],"pagination":{"totalItems":2,"nextCursor":"c2"}}`)
	console := startConsole(t, answering(status(400, `{"errors":[{"detail":"event_type: Not a valid choice."}]}`), rows))
	page, err := console.EventsPage(t.Context(), madeUpQuery, "process", nil)
	require.NoError(t, err)
	require.Len(t, page.Items, 1)
	require.Equal(t, "c2", page.Next)
	require.Equal(t, -1, page.Total, "how many of the kind there are is not known")
	require.Equal(t, "/web/api/v2.1/dv/events/process", console.asked()[0].path)
	require.Equal(t, "/web/api/v2.1/dv/events", console.asked()[1].path)

	console = startConsole(t, status(400, `{"errors":[{"detail":"Bad Request: ['Invalid query ID']"}]}`))
	_, err = console.EventsPage(t.Context(), madeUpQuery, "process", nil)
	require.Equal(t, "Bad Request: ['Invalid query ID']", asError(t, err).Message)
	require.Len(t, console.asked(), 1)
}

// A page on which no event is of the kind is not the end of the list.
func TestAKindIsPickedOutOfAllPages(t *testing.T) {
	t.Parallel()
	console := startConsole(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/process"):
			status(http.StatusBadRequest, `{"errors":[{"detail":"event_type: not a valid choice"}]}`)(w, r)
		case r.URL.Query().Get("cursor") == "":
			ok(`{"data":[{"id":"1","objectType":"file"}],"pagination":{"nextCursor":"c2"}}`)(w, r)
		default:
			ok(`{"data":[{"id":"2","objectType":"process"},{"id":"3","objectType":"dns"}],"pagination":{"nextCursor":null}}`)(w, r)
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
	console := startConsole(t, ok(`{"data":{"success":"FINISHED"}}`))
	require.NoError(t, console.CancelQuery(t.Context(), madeUpQuery))
	require.Equal(t, "/web/api/v2.1/dv/cancel-query", console.asked()[0].path)
	require.JSONEq(t, `{"queryId":"q9679169d5a4607cc41a9100123456789"}`, console.asked()[0].body)
	require.Error(t, console.CancelQuery(t.Context(), ""))
	require.Len(t, console.asked(), 1)
}

func TestTheRecordedPowerQueryIsRead(t *testing.T) {
	t.Parallel()
	const madeUp = `{"data":{"queryId":"pqe5","status":"FINISHED","progress":100,"columns":[{"name":"eventTime","type":"INTEGER"},{"name":"agentUuid","type":"STRING"}],
		"data":[[1724151854609,"ed8f"]],"recommendations":["add a limit"]}}`
	for name, raw := range recorded(t, "dv_power_query", madeUp) {
		console := startConsole(t, ok(string(raw)))
		result, err := console.StartPowerQuery(t.Context(), PowerQuery{Query: "x", Accounts: []AccountID{accountA}})
		require.NoError(t, err, name)
		require.True(t, result.Done(), name)
		require.Equal(t, "eventTime", result.Columns[0].Name, name)
		require.Equal(t, "1724151854609", string(result.Rows[0][0]), name)
		require.NotEmpty(t, result.Advice, name)
		require.JSONEq(t, `{"query":"x","fromDate":null,"toDate":null,"accountIds":["433241117337583618"]}`, console.asked()[0].body)
	}
}

func TestAPowerQueryIsPingedById(t *testing.T) {
	t.Parallel()
	console := startConsole(t, ok(`{"data":{"status":"RUNNING","progress":"40","columns":null,"data":null}}`))
	result, err := console.PingPowerQuery(t.Context(), "pq1")
	require.NoError(t, err)
	require.Equal(t, QueryID("pq1"), result.ID)
	require.False(t, result.Done())
	require.Equal(t, 40, result.Percent)
	require.Equal(t, "/web/api/v2.1/dv/events/pq-ping?queryId=pq1", console.asked()[0].path+"?"+console.asked()[0].query)
	_, err = console.PingPowerQuery(t.Context(), " ")
	require.ErrorIs(t, err, ErrInvalidID)
}
