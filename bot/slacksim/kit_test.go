package slacksim_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"s1bot/bot/slacksim"
)

// A clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A story is a workspace with alice, bob and carol in #soc, served over HTTP.
type story struct {
	*slacksim.Workspace
	t      *testing.T
	ctx    context.Context
	server *httptest.Server
	soc    string
}

func newStory(t *testing.T, o slacksim.Options) *story {
	t.Helper()
	ws := slacksim.New(o)
	server := httptest.NewServer(ws)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(func() {
		cancel()
		ws.Close()
		server.Close()
	})
	for _, name := range []string{"alice", "bob", "carol"} {
		ws.AddUser(slacksim.User{Name: name, RealName: strings.ToUpper(name[:1]) + name[1:] + " Doe", Email: name + "@example.com", Switchable: true})
	}
	return &story{Workspace: ws, t: t, ctx: ctx, server: server, soc: ws.AddChannel(slacksim.Channel{Name: "soc"})}
}

// noViolations fails where the app broke a rule.
func (s *story) noViolations() {
	s.t.Helper()
	equal(s.t, s.Violations(), []string(nil))
}

// violated fails unless exactly one rule was broken, with these words in the violation.
func (s *story) violated(words string) {
	s.t.Helper()
	v := s.Violations()
	if len(v) != 1 || !strings.Contains(v[0], words) {
		s.t.Fatalf("wanted one violation with %q, got %q", words, v)
	}
	s.ForgetViolations()
}

// api calls a method with a form, as the bot.
func (s *story) api(method string, pairs ...string) map[string]any {
	s.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, s.server.URL+"/api/"+method, strings.NewReader(form.Encode()))
	must(s.t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
	_, out := s.do(r)
	return out
}

// fails calls a method and returns its error string.
func (s *story) fails(method string, pairs ...string) string {
	s.t.Helper()
	out := s.api(method, pairs...)
	equal(s.t, out["ok"], any(false))
	return out["error"].(string)
}

// works calls a method that must be ok.
func (s *story) works(method string, pairs ...string) map[string]any {
	s.t.Helper()
	out := s.api(method, pairs...)
	if out["ok"] != true {
		s.t.Fatalf("%s: %v", method, out)
	}
	return out
}

func (s *story) do(r *http.Request) (*http.Response, map[string]any) {
	s.t.Helper()
	answer, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(s.t, err)
	out := map[string]any{}
	if len(body) > 0 && body[0] == '{' {
		must(s.t, json.Unmarshal(body, &out))
	}
	return answer, out
}

// post sends JSON to an address of the workspace.
func (s *story) post(address string, v any) (*http.Response, map[string]any) {
	s.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.server.URL + address
	}
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(toJSON(s.t, v)))
	must(s.t, err)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return s.do(r)
}

// A link is the app's end of one Socket Mode connection. The app acknowledges by hand.
type link struct {
	t      *testing.T
	write  sync.Mutex
	conn   *websocket.Conn
	frames chan envelope
	gone   chan struct{}
}

type envelope struct {
	Type           string         `json:"type"`
	Reason         string         `json:"reason"`
	NumConnections int            `json:"num_connections"`
	ID             string         `json:"envelope_id"`
	Accepts        bool           `json:"accepts_response_payload"`
	Payload        map[string]any `json:"payload"`
	RetryAttempt   int            `json:"retry_attempt"`
	RetryReason    string         `json:"retry_reason"`
}

// ticket asks for the address of a WebSocket.
func (s *story) ticket() string {
	s.t.Helper()
	r, err := http.NewRequest(http.MethodPost, s.server.URL+"/api/apps.connections.open", nil)
	must(s.t, err)
	r.Header.Set("Authorization", "Bearer "+slacksim.AppToken)
	_, out := s.do(r)
	equal(s.t, out["ok"], any(true))
	return out["url"].(string)
}

// dial opens a connection and reads its first frame.
func (s *story) dial() (*link, envelope) {
	s.t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(s.ticket(), http.Header{"Origin": {"https://api.slack.com"}})
	must(s.t, err)
	l := &link{t: s.t, conn: conn, frames: make(chan envelope, 100), gone: make(chan struct{})}
	s.t.Cleanup(func() { _ = conn.Close() })
	go l.read()
	return l, l.next()
}

// connect opens a connection that got its hello.
func (s *story) connect() *link {
	s.t.Helper()
	l, hello := s.dial()
	equal(s.t, hello.Type, "hello")
	return l
}

func (l *link) read() {
	defer close(l.gone)
	for {
		var e envelope
		if l.conn.ReadJSON(&e) != nil {
			return
		}
		l.frames <- e
	}
}

func (l *link) next() envelope {
	l.t.Helper()
	select {
	case e := <-l.frames:
		return e
	case <-time.After(5 * time.Second):
		l.t.Fatal("no frame came")
		return envelope{}
	}
}

// ack acknowledges an envelope; payload nil = none.
func (l *link) ack(e envelope, payload any) {
	l.t.Helper()
	frame := map[string]any{"envelope_id": e.ID}
	if payload != nil {
		frame["payload"] = payload
	}
	l.write.Lock()
	defer l.write.Unlock()
	if err := l.conn.WriteMessage(websocket.TextMessage, toJSON(l.t, frame)); err != nil {
		l.t.Error(err)
	}
}

// take reads the next envelope and acknowledges it without a payload.
func (l *link) take() envelope {
	l.t.Helper()
	e := l.next()
	l.ack(e, nil)
	return e
}

func toJSON(t *testing.T, v any) []byte {
	t.Helper()
	if s, ok := v.(string); ok {
		return []byte(s)
	}
	raw, err := json.Marshal(v)
	must(t, err)
	return raw
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %#v\nwant %#v", got, want)
	}
}

func contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("%q is not in %q", part, text)
	}
}

// dig follows keys through maps and numbers through arrays.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch at := step.(type) {
		case string:
			o, _ := v.(map[string]any)
			v = o[at]
		case int:
			list, _ := v.([]any)
			if at >= len(list) {
				return nil
			}
			v = list[at]
		}
	}
	return v
}
