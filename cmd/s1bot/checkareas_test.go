package main

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// thing is what stands in a path in place of {id}.
var thing = regexp.MustCompile(`/([0-9]{15,}|[0-9a-f]{40})\b`)

// routeOf is a call as the client knows it: "GET threats/{id}/notes".
func routeOf(key string) string { return thing.ReplaceAllString(key, "/{id}") }

// A routeWatch is a console that knows which routes were asked for, and may lack one of them.
type routeWatch struct {
	console http.Handler
	mu      sync.Mutex
	asked   map[string]bool // "threats/{id}/notes"
	closed  string
}

func (w *routeWatch) RoundTrip(r *http.Request) (*http.Response, error) {
	route := strings.TrimPrefix(routeOf(r.URL.Path), "/web/api/v2.1/")
	w.mu.Lock()
	w.asked[route] = true
	closed := route == w.closed
	w.mu.Unlock()
	recorder := httptest.NewRecorder()
	if closed {
		recorder.WriteHeader(http.StatusNotFound)
		_, _ = recorder.WriteString(`{"errors":[{"code":4040010,"title":"Requested resource was not found","detail":null}]}`)
	} else {
		w.console.ServeHTTP(recorder, r)
	}
	answer := recorder.Result()
	answer.Request = r
	return answer, nil
}

// check is what `s1bot check` says about the areas of the console.
func (w *routeWatch) check(t *testing.T, closed string) string {
	t.Helper()
	w.closed = closed
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret(s1sim.Token), HTTPClient: &http.Client{Transport: w}})
	require.NoError(t, err)
	var out strings.Builder
	_ = report(&out, checkAreas(t.Context(), client)) // its error counts what it printed
	return out.String()
}

// tries tells whether a path, or one above it, was asked for.
func (w *routeWatch) tries(path string) bool {
	return slices.ContainsFunc(slices.Collect(maps.Keys(w.asked)), func(asked string) bool { return strings.HasPrefix(path+"/", asked+"/") })
}

// untried are routes that other lines of check are about, those of API 2.0, which have another way, and what can't be tried: a file has to be
// fetched before.
var untried = regexp.MustCompile(`^(dv/.*|unifiedalerts/graphql|system/info|agents/\{id\}/uploads/\{id\}|/web/api/v2\.0/.*)$`)

// requireCheckTries compares what check asks for with what commands need, and what it says of a closed route with what became of the
// commands without it. fails are the commands that do not work without a method of a route.
func requireCheckTries(t *testing.T, fails map[string]map[string]bool) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 22, 19, 0, 0, 0, time.UTC))) // a bubble's clock begins before there were ids
		console := &routeWatch{console: s1sim.New(s1sim.Options{}), asked: map[string]bool{}}
		require.NotRegexp(t, "FAIL|don't work", console.check(t, ""))
		for _, route := range slices.Sorted(maps.Keys(fails)) {
			switch method, path, _ := strings.Cut(route, " "); {
			case untried.MatchString(path):
			case method != http.MethodGet:
				assert.True(t, console.tries(path), "check tries nothing above %s", route)
			case assert.True(t, console.asked[path], "check does not try %s", route):
				requireTold(t, path, console.check(t, path), fails)
			}
		}
	})
}

var notWorking = regexp.MustCompile(`these commands don't work here: (.*?) \(`)

// requireTold holds that check names commands where a path is closed that has no other, and none that works.
func requireTold(t *testing.T, path, said string, fails map[string]map[string]bool) {
	t.Helper()
	assert.NotContains(t, said, "FAIL", path)
	told := notWorking.FindStringSubmatch(said)
	if told == nil {
		lost := strings.Contains(said, "alerts can't be assigned to anybody")
		assert.True(t, lost || !slices.Contains(slices.Collect(maps.Values(fails["GET "+path])), true), "%s is closed, and check names no command:\n%s", path, said)
		return
	}
	for name := range strings.SplitSeq(told[1], ", ") {
		without := func(method string) bool { return fails[method+" "+path][name] }
		assert.True(t, slices.ContainsFunc([]string{"GET", "POST", "PUT", "DELETE"}, without), "%s is closed; check says that %s doesn't work, and it does", path, name)
	}
}
