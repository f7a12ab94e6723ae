package unified

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/s1sim"
)

// start makes a console in which nothing has happened yet, and a client for it.
func start(t *testing.T, opt s1sim.Options) (*s1sim.Console, Client) {
	t.Helper()
	opt.Empty = true
	console := s1sim.New(opt)
	return console, client(t, console)
}

// client talks to a handler without a network.
func client(t *testing.T, console http.Handler) Client {
	t.Helper()
	c, err := s1.New(s1.Config{BaseURL: "http://localhost", Token: s1.NewSecret(s1sim.Token), RetryPause: time.Nanosecond, Unpaced: true,
		HTTPClient: &http.Client{Transport: inProcess{console}}})
	require.NoError(t, err)
	return Of(c)
}

type inProcess struct{ console http.Handler }

func (p inProcess) RoundTrip(r *http.Request) (*http.Response, error) {
	recorder := httptest.NewRecorder()
	p.console.ServeHTTP(recorder, r)
	return recorder.Result(), nil
}

// answering is a console that gives the same answer to everything, and counts.
type answering struct {
	status int
	body   string
	calls  int
}

func (a *answering) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	a.calls++
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.status)
	_, _ = w.Write([]byte(a.body))
}

// listOf is a list with these rows, as consoles send it.
func listOf(rows ...json.RawMessage) string {
	edges := []any{}
	for _, row := range rows {
		edges = append(edges, map[string]any{"cursor": "c", "node": row})
	}
	raw, _ := json.Marshal(map[string]any{"data": map[string]any{"alerts": map[string]any{
		"edges": edges, "totalCount": len(rows), "pageInfo": map[string]any{"hasNextPage": false, "endCursor": "c"}}}})
	return string(raw)
}
