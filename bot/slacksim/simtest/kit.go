// Package simtest is a workspace in a test: served over HTTP, with alice, bob and carol in #soc, and an app that is the test itself.
//
// A Story calls the Web API as the app's bot does and sends requests as the page does; a Link is the app's end of a Socket Mode
// connection, which acknowledges by hand. So the tests of slacksim and of its rooms say what Slack says, and not what a client library
// makes of it.
package simtest

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

// A Clock is a time that tests move.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock stands at a moment in November 2026.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 11, 22, 3, 2, 0, 0, time.UTC)} }

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// A Story is a workspace with alice, bob and carol in #soc, served over HTTP.
type Story struct {
	*slacksim.Workspace
	T      *testing.T
	Ctx    context.Context // ends with the test, or after ten seconds
	Server *httptest.Server
	SOC    string // the id of #soc
}

// New serves a workspace until the test ends.
func New(t *testing.T, o slacksim.Options) *Story {
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
	return &Story{Workspace: ws, T: t, Ctx: ctx, Server: server, SOC: ws.AddChannel(slacksim.Channel{Name: "soc"})}
}

// NoViolations fails where the app broke a rule.
func (s *Story) NoViolations() {
	s.T.Helper()
	Equal(s.T, s.Violations(), []string(nil))
}

// Violated fails unless exactly one rule was broken, with these words in the violation.
func (s *Story) Violated(words string) {
	s.T.Helper()
	v := s.Violations()
	if len(v) != 1 || !strings.Contains(v[0], words) {
		s.T.Fatalf("wanted one violation with %q, got %q", words, v)
	}
	s.ForgetViolations()
}

// API calls a method with a form, as the bot.
func (s *Story) API(method string, pairs ...string) map[string]any {
	s.T.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/"+method, strings.NewReader(form.Encode()))
	Must(s.T, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+slacksim.BotToken)
	_, out := s.Do(r)
	return out
}

// Fails calls a method and returns its error string.
func (s *Story) Fails(method string, pairs ...string) string {
	s.T.Helper()
	out := s.API(method, pairs...)
	Equal(s.T, out["ok"], any(false))
	return out["error"].(string)
}

// Works calls a method that must be ok.
func (s *Story) Works(method string, pairs ...string) map[string]any {
	s.T.Helper()
	out := s.API(method, pairs...)
	if out["ok"] != true {
		s.T.Fatalf("%s: %v", method, out)
	}
	return out
}

// Do sends a request and reads the JSON object that it is answered with.
func (s *Story) Do(r *http.Request) (*http.Response, map[string]any) {
	s.T.Helper()
	answer, err := http.DefaultClient.Do(r)
	Must(s.T, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	Must(s.T, err)
	out := map[string]any{}
	if len(body) > 0 && body[0] == '{' {
		Must(s.T, json.Unmarshal(body, &out))
	}
	return answer, out
}

// Post sends JSON to an address of the workspace.
func (s *Story) Post(address string, v any) (*http.Response, map[string]any) {
	s.T.Helper()
	if strings.HasPrefix(address, "/") {
		address = s.Server.URL + address
	}
	r, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(ToJSON(s.T, v)))
	Must(s.T, err)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	return s.Do(r)
}

// A link is the app's end of one Socket Mode connection. The app acknowledges by hand.
type Link struct {
	T      *testing.T
	write  sync.Mutex
	Conn   *websocket.Conn
	Frames chan Envelope
	Gone   chan struct{}
}

// An Envelope is a frame of the simulated Slack.
type Envelope struct {
	Type           string         `json:"type"`
	Reason         string         `json:"reason"`
	NumConnections int            `json:"num_connections"`
	ID             string         `json:"envelope_id"`
	Accepts        bool           `json:"accepts_response_payload"`
	Payload        map[string]any `json:"payload"`
	RetryAttempt   int            `json:"retry_attempt"`
	RetryReason    string         `json:"retry_reason"`
}

// Ticket asks for the address of a WebSocket.
func (s *Story) Ticket() string {
	s.T.Helper()
	r, err := http.NewRequest(http.MethodPost, s.Server.URL+"/api/apps.connections.open", nil)
	Must(s.T, err)
	r.Header.Set("Authorization", "Bearer "+slacksim.AppToken)
	_, out := s.Do(r)
	Equal(s.T, out["ok"], any(true))
	return out["url"].(string)
}

// Dial opens a connection and reads its first frame.
func (s *Story) Dial() (*Link, Envelope) {
	s.T.Helper()
	conn, _, err := websocket.DefaultDialer.Dial(s.Ticket(), http.Header{"Origin": {"https://api.slack.com"}})
	Must(s.T, err)
	l := &Link{T: s.T, Conn: conn, Frames: make(chan Envelope, 100), Gone: make(chan struct{})}
	s.T.Cleanup(func() { _ = conn.Close() })
	go l.read()
	return l, l.Next()
}

// Connect opens a connection that got its hello.
func (s *Story) Connect() *Link {
	s.T.Helper()
	l, hello := s.Dial()
	Equal(s.T, hello.Type, "hello")
	return l
}

func (l *Link) read() {
	defer close(l.Gone)
	for {
		var e Envelope
		if l.Conn.ReadJSON(&e) != nil {
			return
		}
		l.Frames <- e
	}
}

// Next is the next frame; none within five seconds fails the test.
func (l *Link) Next() Envelope {
	l.T.Helper()
	select {
	case e := <-l.Frames:
		return e
	case <-time.After(5 * time.Second):
		l.T.Fatal("no frame came")
		return Envelope{}
	}
}

// Ack acknowledges an envelope; payload nil = none.
func (l *Link) Ack(e Envelope, payload any) {
	l.T.Helper()
	frame := map[string]any{"envelope_id": e.ID}
	if payload != nil {
		frame["payload"] = payload
	}
	l.write.Lock()
	defer l.write.Unlock()
	if err := l.Conn.WriteMessage(websocket.TextMessage, ToJSON(l.T, frame)); err != nil {
		l.T.Error(err)
	}
}

// Take reads the next Envelope and acknowledges it without a payload.
func (l *Link) Take() Envelope {
	l.T.Helper()
	e := l.Next()
	l.Ack(e, nil)
	return e
}

// ToJSON is v as JSON; a string is JSON already.
func ToJSON(t *testing.T, v any) []byte {
	t.Helper()
	if s, ok := v.(string); ok {
		return []byte(s)
	}
	raw, err := json.Marshal(v)
	Must(t, err)
	return raw
}

// Must fails where there is an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Equal fails where two values differ in anything.
func Equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got  %#v\nwant %#v", got, want)
	}
}

// Contains fails where a text has not that part.
func Contains(t *testing.T, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) {
		t.Fatalf("%q is not in %q", part, text)
	}
}

// Dig follows keys through maps and numbers through arrays.
func Dig(v any, path ...any) any {
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
