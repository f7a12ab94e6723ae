// Package commandtest is what the tests of commands share: a Session is one person who types at a
// console, and a story is a text file that says what was typed, what the console answered, and what
// came of it.
//
// An area proves its commands beside its code, by two means:
//
//	Stories(t, "testdata", Commands)  every *.txtar there, word for word: arguments, plan, requests, card
//	New(t, cat, s1sim.Options{})      a conversation with a simulated console that keeps its state
//
// A story is for what a command says and sends, a conversation for what is true in the console
// afterwards. The rule one must not break: nothing in here knows a command. What a test needs to
// know of one, it gives; so this package never has to change with an area.
package commandtest

import (
	"flag"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/s1"
	"s1bot/s1/s1sim"
)

var update = flag.Bool("update", false, "write golden sections and files instead of comparing with them")

// Updating says whether golden files are to be written (go test -update) and not compared with.
func Updating() bool { return *update }

// Now and Zone are the caller's: a Sunday evening in Paris. Relative times in stories count from
// here.
var (
	Now  = time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC)
	Zone = time.FixedZone("CET", 3600)
)

// Input is what is known of whoever types.
func Input() text.Input { return text.Input{Zone: Zone, Now: Now} }

// Caller is whoever types.
func Caller() catalog.Caller { return catalog.Caller{ID: "U1", Name: "alice", Zone: Zone, Now: Now} }

func fixedNow() time.Time { return Now }

// Catalog is a catalog of the given commands alone, in which things are found as in the bot.
func Catalog(t testing.TB, cmds ...*catalog.Command) *catalog.Catalog {
	t.Helper()
	cat, err := catalog.New(lookup.All(), cmds...)
	require.NoError(t, err)
	return cat
}

// CallTo returns a call of alice's to a console, which it reaches without a network: inside a
// synctest bubble waiting takes no time. Requests that fail are repeated at once.
func CallTo(t testing.TB, console http.Handler) *catalog.Call {
	t.Helper()
	return callAs(t, console, s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token)})
}

// callAs is CallTo for a console of the given settings: its address, which cards link to, and what
// hunts run on.
func callAs(t testing.TB, console http.Handler, c s1.Config) *catalog.Call {
	t.Helper()
	c.HTTPClient, c.RetryPause = &http.Client{Transport: inProcess{console}}, time.Nanosecond
	client, err := s1.New(c)
	require.NoError(t, err)
	return &catalog.Call{Console: client, Caller: Caller(), Now: Now}
}

// inProcess hands requests to a handler.
type inProcess struct{ console http.Handler }

func (p inProcess) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := request.Context().Err(); err != nil {
		return nil, err
	}
	if request.Body == nil { // as a server has it
		request = request.Clone(request.Context())
		request.Body = http.NoBody
	}
	recorder := httptest.NewRecorder()
	p.console.ServeHTTP(recorder, request)
	return recorder.Result(), nil
}
