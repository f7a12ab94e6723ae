package hunts

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/huntapi"
	"s1bot/s1/s1sim"
)

// A bench is a console of some age and a caller of its commands.
type bench struct {
	*s1sim.Console
	t       *testing.T
	catalog *catalog.Catalog
	call    *catalog.Call
	shown   []string
	saved   json.RawMessage
}

func newBench(t *testing.T, opt s1sim.Options) *bench {
	t.Helper()
	console := s1sim.New(opt)
	b := benchAt(t, console)
	b.Console = console
	return b
}

// benchAt is a bench at a console of whatever make.
func benchAt(t *testing.T, at http.Handler) *bench {
	t.Helper()
	b := &bench{t: t, catalog: huntCatalog()}
	console, err := s1.New(s1.Config{
		BaseURL: "https://console.test", Token: s1.NewSecret(s1sim.Token), Engine: huntapi.AutoEngine, HTTPClient: &http.Client{Transport: direct{at}},
	})
	require.NoError(t, err)
	b.call = &catalog.Call{
		Console: console, Caller: catalog.Caller{ID: "U1", Zone: huntZone}, Now: time.Now(), Progress: func(c render.Card) { b.shown = append(b.shown, c.Plain()) },
		OnSave: func(raw json.RawMessage) error { b.saved = raw; return nil },
	}
	return b
}

// direct calls a console without a network, so that time in between can be synctest's.
type direct struct{ console http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	d.console.ServeHTTP(w, r)
	return w.Result(), nil
}

func (b *bench) run(typed string) (render.Card, error) {
	b.t.Helper()
	inv, _, err := slash.Parse(b.catalog, typed, text.Input{Now: b.call.Now})
	require.NoError(b.t, err)
	cmd, _ := b.catalog.Find(inv.Command)
	return cmd.Run(b.t.Context(), b.call, inv.Args)
}

func (b *bench) runs(typed string) render.Card {
	b.t.Helper()
	card, err := b.run(typed)
	require.NoError(b.t, err, typed)
	return card
}

// idOn is the query's id on a card.
func idOn(card render.Card) string {
	_, rest, _ := strings.Cut(card.Plain(), "Query ID: ")
	id, _, _ := strings.Cut(rest, "\n")
	return id
}

// powerID is the id of a power query that Deep Visibility runs.
func (b *bench) powerID() string {
	for _, q := range b.Queries() {
		if id := q["queryId"].(string); strings.HasPrefix(id, "pq") {
			return id
		}
	}
	return ""
}

const day = " since=-1d until=now "

// All seven commands on each age of a console: by Deep Visibility where there is no data lake, by the data lake elsewhere.
func TestSevenCommandsOnEachAgeOfAConsole(t *testing.T) {
	t.Parallel()
	for _, age := range []s1sim.Age{s1sim.BeforeSDL, s1sim.Today, s1sim.AfterDV, s1sim.UnifiedOnly} {
		synctest.Test(t, func(t *testing.T) { sevenCommands(t, age) }) // Deep Visibility takes one query a minute
	}
}

func sevenCommands(t *testing.T, age s1sim.Age) {
	time.Sleep(time.Until(huntNow))
	b := newBench(t, s1sim.Options{Empty: true, Agents: 20, Age: age})
	lake := age != s1sim.BeforeSDL
	found := b.runs("hunt" + day + `query=AgentName In ("DESKTOP-1", "DESKTOP-2") AND EventType = "Login"`)
	require.Contains(t, found.Title, "2 events")
	require.NotContains(t, found.Plain(), "data lake", "whose store it is, is nothing to an analyst")
	translated := slices.IndexFunc(found.Parts, func(p render.Part) bool {
		note, small := p.(render.Note)
		return small && strings.Contains(render.Card{Parts: []render.Part{note}}.Plain(), "Translated: "+endpointsOnly+" (endpoint.name in ('DESKTOP-1', 'DESKTOP-2') and event.type = 'Login')")
	})
	require.Equal(t, lake, translated >= 0)
	require.True(t, !lake || translated == len(found.Parts)-1, "it comes last: it is for who doubts what was found")
	processes := b.runs(`processes AgentName = "DESKTOP-1"` + day)
	require.Contains(t, processes.Title, "2 events", age)
	require.Contains(t, processes.Plain(), "svchost.exe")
	pq := b.runs("pq" + day + `query="event.type = 'Login' | group n = count() by endpoint.name | sort -n" site-ids=` + b.SiteID("Paris"))
	require.Contains(t, pq.Plain(), "DESKTOP-1")
	require.NotContains(t, pq.Plain(), "DESKTOP-12", "Lyon's")
	if !lake {
		require.Contains(t, b.runs("ping-power-query "+b.powerID()).Plain(), "DESKTOP-1")
	}
	started := b.runs("create-query" + day + `query=AgentName = "DESKTOP-1"`)
	id := idOn(started)
	require.Contains(t, b.runs("get-query-status "+id).Plain(), "100 % · finished")
	rows := b.runs("query-events " + id + " event-type=DNS").Plain()
	require.Contains(t, rows, "updates.example.com")
	if !lake {
		return
	}
	require.Contains(t, started.Plain(), "I waited for it and kept 9 events")
	require.Contains(t, rows, "From my copy: the console itself drops a query after 30 seconds.")
	require.NotContains(t, rows, "Login")
	_, err := b.run("ping-power-query " + id)
	require.ErrorContains(t, err, "a query for events, not of a PowerQuery")
	for _, q := range b.LakeQueries() {
		require.Equal(t, "DELETED", q["state"], "%v holds a slot", q)
		if q["queryType"] == "PQ" && q["query"] != "| limit 1" {
			require.Contains(t, b.runs("ping-power-query "+q["id"].(string)).Plain(), "DESKTOP-1")
		}
	}
	_, err = b.run("get-query-status eyJ0eXBlOther")
	require.ErrorContains(t, err, "I don't have this query any more")
}

// What consoles answer, as their integrators recorded it, is a hunt with its rows.
func TestTheRecordedAnswerOfTheDataLakeIsShown(t *testing.T) {
	t.Parallel()
	const madeUp = `[{},{"body":{"id":"q-42","stepsCompleted":1,"stepsTotal":2,"totalSteps":2,"data":{"estimatedMatchCount":1.0,"matches":[]}}},
		{"body":{"id":"q-42","stepsCompleted":2,"stepsTotal":2,"totalSteps":2,"data":{"estimatedMatchCount":1.0,"matches":[{"cursor":"c-1","severity":3,"timestamp":1577836800000000000,
		"values":{"src.process.name":"implant.exe","endpoint.name":"kingslanding","event.type":"File Creation"}}]}}}]`
	for name, raw := range consoletest.Recorded(t, "lrq_log_answers", madeUp) {
		var answers []struct{ Body json.RawMessage }
		require.NoError(t, json.Unmarshal(raw, &answers), name)
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(huntNow))
			b := benchAt(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := answers[2].Body
				if r.Method == http.MethodPost {
					w.Header().Set("X-Dataset-Query-Forward-Tag", "G/fwd-tag-77")
					answer = answers[1].Body
				}
				_, _ = w.Write(answer)
			}))
			card := b.runs("hunt" + day + `query=endpoint.name = "kingslanding"`)
			require.Contains(t, card.Title, "1 event", name)
			require.Contains(t, card.Plain(), "implant.exe", name)
			require.Contains(t, card.Plain(), "kingslanding", name)
		})
	}
}

// More events than one query brings are read page by page, each once, and kept for who reads them later.
func TestALakeHuntReadsOnFromTheLastEvent(t *testing.T) {
	t.Parallel()
	b := newBench(t, s1sim.Options{Empty: true, Agents: 300})
	card := b.runs("hunt" + day + "query=endpoint.name = *")
	rows := strings.Count(string(card.Files[0].Body), "\r\n") - 1
	require.Greater(t, rows, 2*huntapi.MaxSDLRows)
	require.Contains(t, card.Title, text.Plural(rows, "event"))
	require.NotContains(t, card.Plain(), "Translated", "it is the query that was typed")
	id := b.LakeQueries()[1]["id"].(string)
	kept, ok := b.shelfOf(id)
	require.True(t, ok)
	require.Equal(t, rows, kept.rows)
	few := b.runs("hunt" + day + "limit=1500 query=endpoint.name = *")
	require.Contains(t, few.Title, "1500 events")
	require.Contains(t, few.Plain(), "there may be more than the limit of 1500")
}

// shelfOf asks the commands' shelf by way of a status.
func (b *bench) shelfOf(id string) (struct{ rows int }, bool) {
	var found struct{ rows int }
	inv, _, err := slash.Parse(b.catalog, "get-query-status "+id, text.Input{Now: b.call.Now})
	require.NoError(b.t, err)
	cmd, _ := b.catalog.Find(inv.Command)
	call := *b.call
	call.How = render.Raw
	card, err := cmd.Run(b.t.Context(), &call, inv.Args)
	if err != nil {
		return found, false
	}
	for _, f := range card.Files {
		var raw struct {
			Kept int `json:"keptEvents"`
		}
		if json.Unmarshal(f.Body, &raw) == nil {
			found.rows = raw.Kept
		}
	}
	return found, true
}

// A hunt that began on one engine goes on with it, though the console has got the other one meanwhile.
func TestAHuntKeepsItsEngineOverARestart(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ saved, engine string }{
		{`{"id":"q0123456789abcdef"}`, "dv"}, {`{"id":"q0123456789abcdef","engine":"dv"}`, "dv"}, {`{"id":"eyJ0","tag":"G/1","engine":"sdl"}`, "sdl"},
	} {
		b := newBench(t, s1sim.Options{Empty: true})
		h := &hunt{call: &catalog.Call{Console: b.call.Console, Saved: json.RawMessage(row.saved)}}
		require.NoError(t, h.onEither(t.Context(), &shelf{}, deepVisibility{call: h.call}))
		require.EqualValues(t, row.engine, h.state.Engine)
		require.Empty(t, b.Calls(), "nobody probed")
	}
}

// The console forgot the query while the bot was away, so it is asked anew, on the same engine and once.
func TestALakeHuntThatWasForgottenIsAskedAnew(t *testing.T) {
	t.Parallel()
	b := newBench(t, s1sim.Options{Empty: true})
	b.call.Saved = json.RawMessage(`{"id":"eyJ0eXBlgone","tag":"G/1","engine":"sdl"}`)
	require.Contains(t, b.runs("hunt"+day+`query=AgentName = "DESKTOP-1"`).Title, "9 events")
	require.Len(t, b.LakeQueries(), 1)
	require.Contains(t, string(b.saved), `"engine":"sdl"`)

	l := &lakeHunt{call: b.call, shelf: &shelf{}, again: true}
	_, err := l.Look(t.Context(), huntapi.SDLTicket{ID: "eyJ0eXBlgone", Tag: "G/1"})
	require.ErrorIs(t, err, errForgotten)
}

func TestAQueryThatMayMeanSomethingElseIsNotSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, s1sim.Options{Empty: true})
	_, err := b.run("hunt" + day + `query=processImagePath CONTAINS "svchost.exe"`)
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.Equal(t, "query", usage.Param)
	require.Contains(t, err.Error(), "Use src.process.image.path")
	for _, q := range b.LakeQueries() {
		require.Equal(t, "| limit 1", q["query"], "the probe alone")
	}
	card, err := b.run("hunt" + day + `query=event.type strangely 'x'`)
	require.NoError(t, err)
	shown := fmt.Sprint(card)
	for _, words := range []string{"Don't understand [strangely]", "can't read this query", "event.type strangely 'x'", "Change the query"} {
		require.Contains(t, shown, words)
	}
	require.NotContains(t, shown, "The console has a problem")
}

func TestALakeHuntIsCancelledAtTheConsole(t *testing.T) {
	t.Parallel()
	b := newBench(t, s1sim.Options{Empty: true, QueryTime: time.Hour})
	kept := &shelf{}
	l := &lakeHunt{call: b.call, shelf: kept, query: huntapi.SDLQuery{}, limit: 10}
	began, err := l.Start(t.Context(), nil)
	require.NoError(t, err)
	require.NoError(t, l.stop(t.Context(), huntapi.SDLTicket{ID: began.id, Tag: began.tag}))
	require.Equal(t, "DELETED", b.LakeQueries()[0]["state"])
	found, _ := kept.take(began.id)
	require.Equal(t, "cancelled", found.status().State.Label())
}

func TestAPowerQueryOnTheLakeHasItsSitesAndLimitInIt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		query string
		limit int
		sites []s1.SiteID
		want  string
	}{
		{"event.time = * | columns a", 0, nil, "event.time = * | columns a"},
		{"event.time = * | columns a", 10, nil, "event.time = * | columns a | limit 10"},
		{"event.time = * | limit 5", 10, nil, "event.time = * | limit 5"},
		{"a = '|' or b = 'c' | group count()", 0, []s1.SiteID{"1"}, "site.id = '1' (a = '|' or b = 'c') | group count()"},
		{"* | group count()", 0, []s1.SiteID{"1", "2"}, "(site.id = '1' or site.id = '2') | group count()"},
		{"* | columns a", 0, nil, "| columns a"},
		{"a = 'b'", 3, nil, "a = 'b' | limit 3"},
	} {
		require.Equal(t, row.want, lakePower(huntapi.PowerQuery{Query: row.query, Limit: row.limit, Sites: row.sites}))
	}
}

func TestTheShelfTakesTheOldestOff(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	for i := range maxOnIt + 5 {
		s.note(report{id: huntapi.QueryID("q" + strings.Repeat("x", i+1))})
	}
	require.Len(t, s.items, maxOnIt)
	_, ok := s.take("qx")
	require.False(t, ok)
	k := s.open(report{id: "q", done: true})
	event, ok := huntapi.ReadSDLEvent(json.RawMessage(`{"timestamp":1,"values":{"event.type":"Login"}}`))
	require.True(t, ok)
	k.add([]huntapi.Event{event, event})
	require.NoError(t, k.close())
	found, _ := s.take("q")
	events, err := found.events("")
	require.NoError(t, err)
	require.Len(t, events, 2)
	s.note(report{})
	require.True(t, errors.Is(lakeForgot(&s1.Error{Status: 404}), errForgotten))
}
