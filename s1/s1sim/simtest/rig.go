// Package simtest is what tests of the simulated console share: a console behind real HTTP with a
// clock that the test moves, and answers that can be walked into.
//
// It speaks JSON and no type of the client's, so that what a test says of an answer is what the
// wire has. Tests of a room live beside the room and come in through the console's handler, as a
// caller does: the room's own functions have no other users.
//
// The rule: nothing here sleeps or reads the machine's clock. Time passes by Clock.Pass alone.
package simtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// A Clock is the console's, moved by the test.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock stands at an afternoon of November 2026, with microseconds that a time stamp must keep.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 20, 14, 0, 0, 123456000, time.UTC)} }

// Now is the console's present.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Pass lets time go by.
func (c *Clock) Pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// A Rig is a console behind real HTTP with a clock of its own. Token is what calls send; a test
// that wants to be refused changes it.
type Rig struct {
	*s1sim.Console
	t      *testing.T
	Clock  *Clock
	Server *httptest.Server
	Token  string
}

// New starts a console that ends with the test.
func New(t *testing.T, opt s1sim.Options) *Rig {
	t.Helper()
	r := &Rig{t: t, Clock: NewClock(), Token: s1sim.Token}
	if opt.Now == nil {
		opt.Now = r.Clock.Now
	}
	r.Console = s1sim.New(opt)
	r.Server = httptest.NewServer(r.Console)
	t.Cleanup(r.Server.Close)
	return r
}

// An Answer is what came back. Body is nil where that was no JSON object.
type Answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Raw    string
	Body   map[string]any
}

// Try sends a call below the API's path; an error is that no answer came.
func (r *Rig) Try(method, path, body string) (*Answer, error) {
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.Server.URL+"/web/api/v2.1"+path, strings.NewReader(body))
	require.NoError(r.t, err)
	if r.Token != "" {
		req.Header.Set("Authorization", "ApiToken "+r.Token)
	}
	resp, err := r.Server.Client().Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	a := &Answer{t: r.t, Status: resp.StatusCode, Header: resp.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &a.Body)
	return a, err
}

// Call is Try for calls that are answered.
func (r *Rig) Call(method, path, body string) *Answer {
	r.t.Helper()
	a, err := r.Try(method, path, body)
	require.NoError(r.t, err)
	return a
}

// Get asks with query parameters, given as key and value in turn.
func (r *Rig) Get(path string, pairs ...string) *Answer {
	r.t.Helper()
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return r.Call("GET", path+"?"+q.Encode(), "")
}

// Post sends a value as JSON.
func (r *Rig) Post(path string, body any) *Answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	return r.Call("POST", path, string(b))
}

// M is a JSON object.
type M = map[string]any

// ByIDs is the body of an action on things by their ids.
func ByIDs(ids ...string) M { return M{"filter": M{"ids": ids}} }

// Under has what is missing in the answer reported to a subtest, not to the test that owns the rig.
func (a *Answer) Under(t *testing.T) { a.t = t }

// At walks into the answer: "data.0.threatInfo.threatName".
func (a *Answer) At(path string) any {
	a.t.Helper()
	var v any = a.Body
	for part := range strings.SplitSeq(path, ".") {
		switch have := v.(type) {
		case M:
			v = have[part]
		case []any:
			i := int(part[0] - '0')
			require.Less(a.t, i, len(have), "%s in %s", path, a.Raw)
			v = have[i]
		default:
			require.Fail(a.t, "no such path", "%s in %s", path, a.Raw)
		}
	}
	return v
}

// Rows are the rows of a list.
func (a *Answer) Rows() []any {
	a.t.Helper()
	require.Equal(a.t, http.StatusOK, a.Status, a.Raw)
	rows, ok := a.At("data").([]any)
	require.True(a.t, ok, a.Raw)
	return rows
}

// Values collects one field of every row.
func (a *Answer) Values(path string) []string {
	a.t.Helper()
	out := []string{}
	for i := range a.Rows() {
		row := &Answer{t: a.t, Body: a.Rows()[i].(M), Raw: a.Raw}
		out = append(out, fmt.Sprint(row.At(path)))
	}
	return out
}

// Refused requires the vendor's error: its code follows from the status.
func (a *Answer) Refused(status int, detail any) {
	a.t.Helper()
	require.Equal(a.t, status, a.Status, a.Raw)
	require.Equal(a.t, detail, a.At("errors.0.detail"), a.Raw)
	require.EqualValues(a.t, status*10000+10, a.At("errors.0.code"))
}

// ID is the id of the endpoint that is called so.
func (r *Rig) ID(name string) string {
	r.t.Helper()
	a := r.Agent(name)
	require.NotNil(r.t, a, name)
	return a["id"].(string)
}

// Send calls with a JSON body and any method.
func (r *Rig) Send(method, path string, body any) *Answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	return r.Call(method, path, string(b))
}

// Old posts to a path of version 2.0.
func (r *Rig) Old(path string, body any) *Answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.Server.URL+"/web/api/v2.0"+path, bytes.NewReader(b))
	require.NoError(r.t, err)
	req.Header.Set("Authorization", "ApiToken "+r.Token)
	resp, err := r.Server.Client().Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	a := &Answer{t: r.t, Status: resp.StatusCode}
	require.NoError(r.t, json.NewDecoder(resp.Body).Decode(&a.Body))
	return a
}

// Walk follows the cursors of a list to its end and calls between after each page.
func (r *Rig) Walk(path string, between func(page int), pairs ...string) []string {
	r.t.Helper()
	var ids []string
	cursor := ""
	for page := 1; ; page++ {
		args := pairs
		if cursor != "" {
			args = append(args, "cursor", cursor)
		}
		a := r.Get(path, args...)
		ids = append(ids, a.Values("id")...)
		between(page)
		next := a.At("pagination.nextCursor")
		if next == nil {
			return ids
		}
		cursor = next.(string)
	}
}

// Hunting is the body of a query over the last day of the rig's clock.
func (r *Rig) Hunting(query string, more ...any) M {
	now := r.Clock.Now()
	body := M{"query": query, "fromDate": now.Add(-24 * time.Hour).Format(time.RFC3339), "toDate": now.Format(time.RFC3339)}
	for i := 0; i+1 < len(more); i += 2 {
		if body[more[i].(string)] = more[i+1]; more[i+1] == nil {
			delete(body, more[i].(string))
		}
	}
	return body
}

// Lake sends a call to the data lake, with the tag of an earlier answer or "".
func (r *Rig) Lake(method, path, tag string, body any) *Answer {
	r.t.Helper()
	b, err := json.Marshal(body)
	require.NoError(r.t, err)
	req, err := http.NewRequestWithContext(r.t.Context(), method, r.Server.URL+"/sdl/v2/api/queries"+path, strings.NewReader(string(b)))
	require.NoError(r.t, err)
	req.Header.Set("Authorization", "Bearer "+r.Token)
	req.Header.Set("x-dataset-query-forward-tag", tag)
	resp, err := r.Server.Client().Do(req)
	require.NoError(r.t, err)
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	a := &Answer{t: r.t, Status: resp.StatusCode, Header: resp.Header, Raw: string(raw)}
	_ = json.Unmarshal(raw, &a.Body)
	return a
}

// Tag is the forward tag of an answer of the data lake.
func (a *Answer) Tag() string { return a.Header.Get("X-Dataset-Query-Forward-Tag") }
