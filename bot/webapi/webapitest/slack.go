// Package webapitest is a canned Web API of Slack's: it answers what a test says and remembers what
// it was asked.
//
// It is for what a package makes of single answers, a refusal, a 429 or a connection that breaks in
// the middle, where bot/slacksim, which keeps a whole workspace, would have to be brought into that
// state first. It answers in process, so that a test in a synctest bubble pays no real second for a
// pause; as an http.Handler it stands behind a server.
//
// The rule one must not break: it has no behaviour of its own. A method that a test says nothing
// about gets the plainest yes that Slack's documentation shows for it.
package webapitest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/slack-go/slack"
)

// Address is of the Web API, where a client speaks to a Slack in process.
const Address = "http://slack.test/api/"

// A Call is what Slack was asked: a method of the Web API with its arguments or, where Method
// begins with a slash, the body that was posted to another address.
//
// The arguments are flat, whichever way they came (query, form, JSON): a test asks for channel or
// blocks and need not know how slack-go sends that method.
type Call struct {
	Method string
	url.Values
	Body []byte
}

// Blocks are those of a message or a view, as JSON in one line; for tests that look for a word.
func (c Call) Blocks() string {
	return c.Get("blocks") + c.Get("view") + string(c.Body)
}

// An Answer is what Slack says to a call. An error is a connection that broke before there was an
// answer.
type Answer func(Call) (status int, header http.Header, body string, err error)

// OK is an answer of the Web API's, as JSON.
func OK(body string) Answer {
	return func(Call) (int, http.Header, string, error) { return http.StatusOK, nil, body, nil }
}

// No is a refusal in one of Slack's words.
func No(word string) Answer { return OK(`{"ok":false,"error":"` + word + `"}`) }

// Status is an answer that is none of Slack's: a gateway's.
func Status(code int) Answer {
	return func(Call) (int, http.Header, string, error) { return code, nil, "<html>", nil }
}

// Slow is a 429 that asks for a pause of so many seconds.
func Slow(seconds int) Answer {
	return func(Call) (int, http.Header, string, error) {
		return http.StatusTooManyRequests, http.Header{"Retry-After": {fmt.Sprint(seconds)}}, "", nil
	}
}

// Broken is a connection that ended after the request was sent: nobody knows what became of it.
func Broken(Call) (int, http.Header, string, error) {
	return 0, nil, "", errors.New("connection reset by peer")
}

// A Slack answers calls.
//
// It knows no channels, people or messages: it gives out a new ts for each call and remembers
// nothing but the calls. It has no rates of its own either; a 429 comes where a test says Slow.
type Slack struct {
	mu      sync.Mutex
	answers map[string][]Answer
	calls   []Call
	changed chan struct{} // closed with the next call
	posted  int
}

// New is a Slack that says yes to everything.
func New() *Slack { return &Slack{answers: map[string][]Answer{}, changed: make(chan struct{})} }

// On has a method answered so from now on: in turn, and with the last answer for ever. Without
// answers it is the plain yes again.
func (s *Slack) On(method string, answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers[method] = answers
}

// Calls are those of the methods, or all of them, in their order.
func (s *Slack) Calls(methods ...string) (found []Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if len(methods) == 0 || slices.Contains(methods, c.Method) {
			found = append(found, c)
		}
	}
	return found
}

// Await waits for a call of which is says yes; it may have been made already.
//
// It is how a test waits without sleeping: each call wakes all that wait, and the past counts too.
func (s *Slack) Await(ctx context.Context, is func(Call) bool) (Call, error) {
	for {
		s.mu.Lock()
		i, changed := slices.IndexFunc(s.calls, is), s.changed
		var found Call
		if i >= 0 {
			found = s.calls[i]
		}
		s.mu.Unlock()
		if i >= 0 {
			return found, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Call{}, ctx.Err()
		}
	}
}

// Forget forgets the calls so far.
func (s *Slack) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = nil
}

// HTTP is a client whose calls are answered here.
func (s *Slack) HTTP() *http.Client { return &http.Client{Transport: s} }

// API is a client of the Web API whose calls are answered here.
func (s *Slack) API() *slack.Client {
	return slack.New("xoxb-made-up", slack.OptionAPIURL(Address), slack.OptionHTTPClient(s.HTTP()))
}

// RoundTrip answers in process.
func (s *Slack) RoundTrip(r *http.Request) (*http.Response, error) {
	status, header, body, err := s.answer(r)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	maps.Copy(w.Header(), header)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return w.Result(), nil
}

// ServeHTTP answers as a server.
//
// Broken aborts the connection without an answer, which a client sees as an end in the middle.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	status, header, body, err := s.answer(r)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), header)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// An answer is called without the lock: it may block, or ask for the calls so far.
func (s *Slack) answer(r *http.Request) (int, http.Header, string, error) {
	c, err := read(r)
	if err != nil {
		return 0, nil, "", err
	}
	s.mu.Lock()
	s.calls = append(s.calls, c)
	close(s.changed)
	s.changed = make(chan struct{})
	queue := s.answers[c.Method]
	if len(queue) > 1 {
		s.answers[c.Method] = queue[1:]
	}
	s.posted++
	ts := fmt.Sprintf("1764000000.%06d", s.posted)
	s.mu.Unlock()
	if len(queue) == 0 {
		return http.StatusOK, nil, plain(c, ts, cmp.Or(r.Host, r.URL.Host)), nil
	}
	return queue[0](c)
}

// read is what a request asks for. A method's arguments come as a form, for uploads as one of
// several parts.
func read(r *http.Request) (Call, error) {
	method, api := strings.CutPrefix(r.URL.Path, "/api/")
	if !api {
		method = r.URL.Path
	}
	c := Call{Method: method, Values: r.URL.Query()}
	if r.Body == nil {
		return c, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return c, err
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case api && kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		maps.Copy(c.Values, form)
		return c, err
	case api && len(body) == 0: // apps.connections.open: all it needs is its token
		return c, nil
	case api && kind == "application/json":
		return c, readJSON(&c, body)
	}
	c.Body = body
	return c, nil
}

// readJSON reads the arguments of the methods for which slack-go sends them as JSON, such as
// views.open.
func readJSON(c *Call, body []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil {
		return err
	}
	for name, value := range all {
		var text string
		if json.Unmarshal(value, &text) != nil {
			var flat bytes.Buffer
			if err := json.Compact(&flat, value); err != nil {
				return err
			}
			text = flat.String()
		}
		c.Set(name, text)
	}
	return nil
}

// plain is the yes to a call (docs.slack.dev/reference/methods). What is posted to a person stands
// in a conversation that the answer names.
func plain(c Call, ts, host string) string {
	channel := c.Get("channel")
	if strings.HasPrefix(channel, "U") {
		channel = "D" + channel[1:]
	}
	switch c.Method {
	case "chat.postMessage", "chat.update", "chat.delete":
		return fmt.Sprintf(`{"ok":true,"channel":%q,"ts":%q,"message":{"ts":%q}}`, channel, ts, ts)
	case "chat.postEphemeral":
		return fmt.Sprintf(`{"ok":true,"message_ts":%q}`, ts)
	case "files.getUploadURLExternal":
		return fmt.Sprintf(`{"ok":true,"upload_url":"http://%s/upload","file_id":"F1"}`, host)
	case "files.completeUploadExternal":
		return `{"ok":true,"files":[{"id":"F1"}]}`
	case "views.open", "views.push", "views.update", "views.publish":
		return `{"ok":true,"view":{"id":"V1"}}`
	case "auth.test":
		return `{"ok":true,"url":"https://soc.slack.com/","team_id":"T0SOC","user_id":"U0BOT","bot_id":"B0BOT"}`
	}
	if strings.HasPrefix(c.Method, "/") { // an answer by response URL, or the bytes of a file
		return "ok"
	}
	return `{"ok":true}`
}
