package hunts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/tempfile"
	"s1bot/s1"
	"s1bot/s1/huntapi"
	"s1bot/s1/s1sim"
)

// huntNow and huntZone are the caller's.
var (
	huntNow  = time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	huntZone = time.FixedZone("CET", 3600)
)

// huntCatalog is a catalog of hunts alone.
func huntCatalog() *catalog.Catalog {
	c, err := catalog.New(lookup.All(), Commands()...)
	if err != nil {
		panic(err)
	}
	return c
}

// A scripted engine answers looks in turn, the last one for ever.
type scripted struct {
	place   *huntapi.Place
	begins  []report
	looks   []any // report or error
	started int
	stopped []huntapi.QueryID
	stopErr error
}

func (e *scripted) Start(ctx context.Context, wait func(huntapi.Place)) (report, error) {
	if e.place != nil {
		wait(*e.place)
		if err := pause(ctx, time.Until(e.place.Start)); err != nil {
			return report{}, err
		}
	}
	e.started++
	return e.begins[min(e.started, len(e.begins))-1], nil
}

func (e *scripted) Look(context.Context, huntapi.SDLTicket) (report, error) {
	next := e.looks[0]
	if len(e.looks) > 1 {
		e.looks = e.looks[1:]
	}
	if err, failed := next.(error); failed {
		return report{}, err
	}
	return next.(report), nil
}

func (e *scripted) stop(_ context.Context, t huntapi.SDLTicket) error {
	e.stopped = append(e.stopped, t.ID)
	return e.stopErr
}

func (e *scripted) Show(_ context.Context, _ *hunt, found report) (render.Card, error) {
	return render.Card{Title: "found by " + string(found.id)}, nil
}

// hunting is a hunt whose cards and saved states are kept.
type hunting struct {
	*hunt
	cards []string
	saves []huntState
}

func newHunting(e engine, saved string) *hunting {
	h := &hunting{}
	cmd, _ := huntCatalog().Find("query")
	call := (&catalog.Call{Caller: catalog.Caller{ID: "U1", Zone: huntZone}, Saved: json.RawMessage(saved)}).Of(cmd, json.RawMessage(`{"query":"x"}`))
	call.Progress = func(card render.Card) { h.cards = append(h.cards, card.Plain()) }
	call.OnSave = func(raw json.RawMessage) error {
		var state huntState
		err := json.Unmarshal(raw, &state)
		h.saves = append(h.saves, state)
		return err
	}
	h.hunt = &hunt{call: call, engine: e, query: "x", from: huntNow.Add(-time.Hour), to: huntNow}
	return h
}

func running(percent int) report {
	return report{id: "q1", state: "RUNNING", percent: percent}
}

var finished = report{id: "q1", state: "FINISHED", percent: 100, done: true}

func TestAHuntShowsItsPlaceThenHowFarItIs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{place: &huntapi.Place{Ahead: 2, Start: time.Now().Add(100 * time.Second)}, begins: []report{{id: "q1"}}, looks: []any{running(52), finished}}
		h := newHunting(e, "")
		card, err := h.run(t.Context())
		require.NoError(t, err)
		require.Equal(t, "found by q1", card.Title)
		require.Contains(t, h.cards[0], "0 % · starting")
		require.Contains(t, h.cards[1], "waiting: place 3 in the queue: 2 hunts ahead, starts in about 1 min 40 s")
		require.Contains(t, h.cards[2], "starts in about 1 min 37 s")
		require.Contains(t, h.cards[len(h.cards)-1], "52 % · running 1 s")
		require.Len(t, h.saves, 1)
		require.Equal(t, huntapi.QueryID("q1"), h.saves[0].ID)
		require.Empty(t, e.stopped)
	})
}

func TestAHuntGoesOnWithTheIDThatWasWrittenDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{looks: []any{finished}}
		card, err := newHunting(e, `{"id":"q1","began":"2026-11-22T18:00:00Z"}`).run(t.Context())
		require.NoError(t, err)
		require.Equal(t, "found by q1", card.Title)
		require.Zero(t, e.started)
	})
}

// A power query is forgotten by the console while the bot is away; then it is asked again, once.
func TestWhatTheConsoleForgotOverARestartIsAskedAgain(t *testing.T) {
	t.Parallel()
	forgotten := &s1.Error{Status: http.StatusServiceUnavailable, Err: errForgotten}
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{begins: []report{{id: "pq2"}}, looks: []any{forgotten, finished}}
		_, err := newHunting(e, `{"id":"pq1"}`).run(t.Context())
		require.NoError(t, err)
		require.Equal(t, 1, e.started)
	})
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{begins: []report{{id: "pq1"}}, looks: []any{forgotten}}
		_, err := newHunting(e, "").run(t.Context())
		require.ErrorIs(t, err, errForgotten)
		require.Equal(t, 1, e.started, "without a restart that is the end")
	})
}

func TestTheTimeOutCountsFromTheStartAtTheConsole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{place: &huntapi.Place{Ahead: 9, Start: time.Now().Add(10 * time.Minute)}, begins: []report{{id: "q1"}}, looks: []any{running(7)}}
		h := newHunting(e, "")
		h.timeout = 300 * time.Second
		began := time.Now()
		card, err := h.run(t.Context())
		require.NoError(t, err)
		require.Equal(t, render.Failed, card.Outcome)
		require.Contains(t, card.Plain(), "Query failed.")
		require.Contains(t, card.Plain(), "didn't finish within 300 seconds, so I cancelled it at 7 %")
		require.Equal(t, []huntapi.QueryID{"q1"}, e.stopped)
		require.InDelta(t, 900, time.Since(began).Seconds(), 6)
	})
}

func TestWithoutATimeOutAHuntIsNotCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		looks := []any{}
		for range 2000 {
			looks = append(looks, running(1))
		}
		e := &scripted{begins: []report{{id: "q1"}}, looks: append(looks, finished)}
		_, err := newHunting(e, "").run(t.Context())
		require.NoError(t, err)
		require.Empty(t, e.stopped)
	})
}

func TestACancelStopsTheQueryAndAStopDoesNot(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name    string
		cause   error
		stopErr error
		waiting bool
		stopped int
		says    string
	}{
		{"cancelled", catalog.ErrCancelled, nil, false, 1, "cancelled at the console after 10 s, at 7 %"},
		{"cancelled, not confirmed", catalog.ErrCancelled, &s1.Error{Message: "No."}, false, 1, "didn't confirm that the query stopped. It said: No."},
		{"cancelled in line", catalog.ErrCancelled, nil, true, 0, "cancelled before it reached the console"},
		{"stopped", errors.New("the bot stops"), nil, false, 0, ""},
		{"stopped in line", errors.New("the bot stops"), nil, true, 0, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			e := &scripted{begins: []report{{id: "q1"}}, looks: []any{running(7)}, stopErr: row.stopErr}
			if row.waiting {
				e.place = &huntapi.Place{Start: time.Now().Add(time.Hour)}
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			time.AfterFunc(10*time.Second-time.Millisecond, func() { cancel(row.cause) })
			card, err := newHunting(e, "").run(ctx)
			require.Len(t, e.stopped, row.stopped, row.name)
			if row.says == "" {
				require.ErrorIs(t, err, row.cause, row.name)
				return
			}
			require.NoError(t, err, row.name)
			require.Contains(t, card.Plain(), row.says, row.name)
			require.Contains(t, card.Plain(), "Hunt again")
		})
	}
}

func TestAHuntBearsAConsoleThatStumblesButNotOneThatSaysNo(t *testing.T) {
	t.Parallel()
	bad := &s1.Error{Status: 502, Message: "Bad Gateway"}
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{begins: []report{{id: "q1"}}, looks: []any{bad, &s1.Error{Status: 429}, &s1.Error{}, running(3), bad, finished}}
		h := newHunting(e, "")
		_, err := h.run(t.Context())
		require.NoError(t, err)
		require.Contains(t, h.cards[2], "isn't answering right now")
		require.NotContains(t, h.cards[5], "isn't answering right now")
	})
	for _, final := range []error{&s1.Error{Status: 400}, &s1.Error{Status: 403}, errors.New("ours")} {
		synctest.Test(t, func(t *testing.T) {
			_, err := newHunting(&scripted{begins: []report{{id: "q1"}}, looks: []any{final}}, "").run(t.Context())
			require.ErrorIs(t, err, final)
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, err := newHunting(&scripted{begins: []report{{id: "q1"}}, looks: []any{bad}}, "").run(t.Context())
		require.ErrorIs(t, err, bad, "for ever is too long")
	})
}

func TestADeadQuerySaysWhy(t *testing.T) {
	t.Parallel()
	for state, says := range map[huntapi.QueryState]string{
		"QUERY_CANCELLED": "Somebody cancelled the query in the console. Why. (QUERY_CANCELLED)", "QUERY_EXPIRED": "hunt again",
		"QUERY_NOT_FOUND": "no longer has the query", "TIMED_OUT": "too long", "FAILED_CLIENT": "failed at the console",
	} {
		synctest.Test(t, func(t *testing.T) {
			_, err := newHunting(&scripted{begins: []report{{id: "q1"}}, looks: []any{report{state: state, problem: "Why."}}}, "").run(t.Context())
			var refusal *s1.Error
			require.ErrorAs(t, err, &refusal)
			require.Contains(t, refusal.Message, says)
		})
	}
}

// What cannot be written down is not left running: after a restart it would run twice.
func TestAnIDThatCannotBeSavedEndsTheHunt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &scripted{begins: []report{{id: "q1"}}, looks: []any{finished}}
		h := newHunting(e, "")
		full := errors.New("disk full")
		h.call.OnSave = func(json.RawMessage) error { return full }
		_, err := h.run(t.Context())
		require.ErrorIs(t, err, full)
		require.Equal(t, []huntapi.QueryID{"q1"}, e.stopped)
	})
}

func TestQueriesKeepTheirOwnQuotes(t *testing.T) {
	t.Parallel()
	const wanted = `processImagePath CONTAINS "svchost.exe" AND pid=4`
	for _, typed := range []string{
		`query=processImagePath CONTAINS "svchost.exe" AND pid=4 limit=10`,
		`limit=10 query=processImagePath CONTAINS "svchost.exe" AND pid=4`,
		`query="processImagePath CONTAINS \"svchost.exe\" AND pid=4" limit=10`,
		`query="processImagePath CONTAINS ""svchost.exe"" AND pid=4" limit=10`,
		`query='processImagePath CONTAINS "svchost.exe" AND pid=4' limit=10`,
		`query=processImagePath CONTAINS “svchost.exe” AND pid=4 limit=10`,
		`query=processImagePath CONTAINS \"svchost.exe\" AND pid=4 limit=10`,
		`processImagePath CONTAINS "svchost.exe" AND pid=4 limit=10`,
		`limit=10 processImagePath CONTAINS "svchost.exe" AND pid=4`,
	} {
		inv, _, err := slash.Parse(huntCatalog(), "hunt since=-1d until=now "+typed, text.Input{Now: huntNow})
		require.NoError(t, err, typed)
		var args struct {
			Query string
			Limit int
		}
		require.NoError(t, json.Unmarshal(inv.Args, &args))
		require.Equal(t, wanted, args.Query, typed)
		require.Equal(t, 10, args.Limit, typed)
		cmd, _ := huntCatalog().Find("query")
		again, _, err := slash.Parse(huntCatalog(), slash.Line(cmd, inv.Args), text.Input{Now: huntNow})
		require.NoError(t, err)
		require.JSONEq(t, string(inv.Args), string(again.Args), typed)
	}
	inv, _, err := slash.Parse(huntCatalog(), `hunt since=-1d until=now query="name CONTAINS "svchost.exe""`, text.Input{Now: huntNow})
	require.NoError(t, err)
	require.Contains(t, string(inv.Args), `"query":"name CONTAINS \"svchost.exe\""`)
}

func TestIDsOfQueries(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`"a b"`, "../x", "<q>"} {
		_, _, err := slash.Parse(huntCatalog(), "get-query-status query-id="+bad, text.Input{Now: huntNow})
		require.ErrorContains(t, err, "is not the id of a query", bad)
	}
}

// memoryQueries remembers for one test.
type memoryQueries map[string][]string

func (m memoryQueries) AddQuery(_ context.Context, user, id, text string, _ time.Time) error {
	m[user] = append(m[user], id+"|"+text)
	return nil
}

func (m memoryQueries) LastQueries(_ context.Context, user string, n int, each func(id, text string, at time.Time)) error {
	for _, line := range m[user][:min(len(m[user]), n)] {
		each(line[:2], line[3:], huntNow)
	}
	return nil
}

func TestTheBoxForQueriesOffersOnesOwn(t *testing.T) {
	t.Parallel()
	kept := memoryQueries{"U1": {"q1|processName = \"a\"", "q2|DstIP = \"b\""}}
	search := func(user, typed string) (values []string) {
		options, err := huntCatalog().Search(t.Context(), &catalog.Call{Caller: catalog.Caller{ID: user, Zone: huntZone}, Queries: kept, Now: huntNow}, "queries", typed)
		require.NoError(t, err)
		for _, o := range options {
			values = append(values, o.Value)
		}
		return values
	}
	require.Equal(t, []string{"q1", "q2"}, search("U1", ""))
	require.Equal(t, []string{"q2"}, search("U1", "dstip"))
	require.Empty(t, search("U2", ""))
	require.Equal(t, []string{"q9679169d5a4607"}, search("U2", "q9679169d5a4607"), "an id that was pasted")
	require.Empty(t, search("U2", "what is this"))
}

func TestMostFrequentFirst(t *testing.T) {
	t.Parallel()
	var c counts
	for _, word := range []string{"b", "a", "b", "c", "c", "d"} {
		c.Add(word)
	}
	require.Equal(t, "b 2 · c 2 · a 1 and 1 more", c.words(3))
}

// A large result is read page by page: counted whole, shown in part, and whole in the file.
func TestALargeResultIsCountedAndFiledWhole(t *testing.T) {
	t.Parallel()
	sim := s1sim.New(s1sim.Options{Empty: true, Agents: 300})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	console, err := s1.New(s1.Config{BaseURL: server.URL, Token: s1.NewSecret(s1sim.Token)})
	require.NoError(t, err)
	var shown []string
	call := &catalog.Call{Console: console, Caller: catalog.Caller{ID: "U1", Zone: huntZone}, Now: time.Now(), Progress: func(c render.Card) { shown = append(shown, c.Plain()) }}
	inv, _, err := slash.Parse(huntCatalog(), "hunt since=-1d until=now query=AgentName IS NOT EMPTY", text.Input{Now: call.Now})
	require.NoError(t, err)
	cmd, _ := huntCatalog().Find(inv.Command)
	card, err := cmd.Run(t.Context(), call, inv.Args)
	require.NoError(t, err)
	rows := strings.Count(string(card.Files[0].Body), "\r\n") - 1
	require.Greater(t, rows, 2*listing.MaxPage)
	require.Contains(t, card.Title, text.Plural(rows, "event"))
	require.Contains(t, card.Plain(), fmt.Sprintf("The newest 10 of %d; the file has all of them", rows))
	require.Contains(t, shown[len(shown)-1], fmt.Sprintf("reading the rows: %d of %d", rows, rows))
	require.True(t, card.Message(render.Options{ConsoleURL: server.URL}).Size() < 100_000)
	menu := card.Actions[0].(render.Menu)
	require.Len(t, menu.Options, maxSuspects)
}

// What has no room in the file is counted all the same, and nothing says that the file has it.
func TestAHuntWhoseFileIsFullSaysSo(t *testing.T) {
	t.Parallel()
	sim := s1sim.New(s1sim.Options{Empty: true, Agents: 300})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	console, err := s1.New(s1.Config{BaseURL: server.URL, Token: s1.NewSecret(s1sim.Token)})
	require.NoError(t, err)
	space := tempfile.NewSpace(t.TempDir(), 300<<10)
	call := &catalog.Call{Console: console, Caller: catalog.Caller{ID: "U1", Zone: huntZone}, Now: time.Now(), Exports: space}
	inv, _, err := slash.Parse(huntCatalog(), "hunt since=-1d until=now query=AgentName IS NOT EMPTY", text.Input{Now: call.Now})
	require.NoError(t, err)
	cmd, _ := huntCatalog().Find(inv.Command)
	card, err := cmd.Run(t.Context(), call, inv.Args)
	require.NoError(t, err)
	require.Contains(t, card.Plain(), "there was no room for all of them in a file")
	require.NotContains(t, card.Plain(), "has all of them")
	require.Regexp(t, `^Events · \d{3,4} of \d{4,} as a file$`, card.Files[0].Title)
	card.Discard()
	require.Zero(t, space.Used())
}

// A reading that ends without a card gives the disk back at once.
func TestAHuntThatIsCutOffLeavesNothingOnDisk(t *testing.T) {
	t.Parallel()
	h, space := newHunting(&scripted{}, ""), tempfile.NewSpace(t.TempDir(), 10<<20)
	h.call.Exports = space
	ctx, stop := context.WithCancel(t.Context())
	var most int64
	_, err := h.gather(ctx, finished, eventListing(h.call, "q1", ""), func(yield func(s1.Page[huntapi.Event], error) bool) {
		if yield(s1.Page[huntapi.Event]{Items: make([]huntapi.Event, 20_000)}, nil) {
			most = space.Used()
			stop()
			yield(s1.Page[huntapi.Event]{}, context.Canceled)
		}
	}, bounds{})
	require.Error(t, err)
	require.Positive(t, most)
	require.Zero(t, space.Used())
}

func TestAPowerQueryWhoseFilesAreFullSaysSo(t *testing.T) {
	t.Parallel()
	r := huntapi.PowerResult{Columns: []huntapi.PowerColumn{{Name: "host"}}}
	for n := range 20_000 {
		r.Rows = append(r.Rows, []json.RawMessage{catalog.Marshal(fmt.Sprintf("HOST-%05d", n))})
	}
	call := newHunting(&scripted{}, "").call
	for most, want := range map[int64]string{300 << 10: "there was no room for all of them in a file", 10 << 20: "the files have all of them"} {
		call.Exports = tempfile.NewSpace(t.TempDir(), most)
		card, err := powerCard(call, r)
		require.NoError(t, err)
		require.Contains(t, card.Plain(), "The first 10 of 20000 rows; "+want)
		cut := most < 1<<20
		require.Equal(t, cut, strings.Contains(card.Files[1].Title, " of 20000 as a file"), card.Files[1].Title)
		card.Discard()
		require.Zero(t, call.Exports.Used())
	}
}
