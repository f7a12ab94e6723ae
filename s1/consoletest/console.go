package consoletest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

const TestToken = "eyJ-made-up-token-5f1e"

// A Console answers with what the test says and remembers what it was asked.
type Console struct {
	*s1.Client
	mu     sync.Mutex
	calls  []seenCall
	Pauses []time.Duration
}

type seenCall struct {
	Method, Path, Query, Body string
	Header                    http.Header
}

// Start starts a console that answers with handle and a client for it that does not really wait;
// change sets more of its configuration.
func Start(t *testing.T, handle http.HandlerFunc, change ...func(*s1.Config)) *Console {
	t.Helper()
	f := &Console{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.calls = append(f.calls, seenCall{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header})
		f.mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	c := s1.Config{BaseURL: server.URL, Token: s1.NewSecret(TestToken), RetryPause: time.Nanosecond, Sleep: f.Pause}
	for _, set := range change {
		set(&c)
	}
	client, err := s1.New(c)
	require.NoError(t, err)
	f.Client = client
	return f
}

func (f *Console) Pause(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.Pauses = append(f.Pauses, d)
	return ctx.Err()
}

func (f *Console) Asked() []seenCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]seenCall(nil), f.calls...)
}

// Answering returns a handler that gives the answers in turn, the last one for ever.
func Answering(answers ...http.HandlerFunc) http.HandlerFunc {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		answer := answers[0]
		if len(answers) > 1 {
			answers = answers[1:]
		}
		mu.Unlock()
		answer(w, r)
	}
}

func OK(body string) http.HandlerFunc { return Status(http.StatusOK, body) }

func Status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// BrokenOff announces more than it sends and cuts the connection.
func BrokenOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"data":[{"id":"1`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// NoAnswer cuts the connection before a word.
func NoAnswer(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func AsError(t *testing.T, err error) *s1.Error {
	t.Helper()
	var e *s1.Error
	require.ErrorAs(t, err, &e)
	return e
}

// A RoundTripper answers without a network, so that time can be simulated.
type RoundTripper func(*http.Request) (*http.Response, error)

func (f RoundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func Over(t *testing.T, answer RoundTripper, observe func(s1.Observation)) *s1.Client {
	t.Helper()
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: s1.NewSecret(TestToken), HTTPClient: &http.Client{Transport: answer}, Observe: observe})
	require.NoError(t, err)
	return client
}

func Response(code int, body string, headers ...string) *http.Response {
	recorder := httptest.NewRecorder()
	Status(code, body, headers...)(recorder, nil)
	return recorder.Result()
}

const Nginx429 = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

const (
	OneAgent = `{"data":[{"id":"1845174760470303882","computerName":"DESKTOP-1"}],"pagination":{"totalItems":1,"nextCursor":null}}`
	AgentA   = s1.AgentID("1845174760470303882")
	AgentB   = s1.AgentID("1834780238610855645")
	ThreatA  = s1.ThreatID("1112953674841025235")
	ThreatB  = s1.ThreatID("1311010474425970168")
	AlertA   = s1.AlertID("1985998272619999973")
	AccountA = s1.AccountID("433241117337583618")
)

// A Place keeps a download in memory, and counts how often one was made and given up.
type Place struct {
	bytes.Buffer
	Made, Closed int
	Full         error // what writing says
}

// Keep empties the place for another try.
func (p *Place) Keep() (io.WriteCloser, error) {
	p.Reset()
	p.Made++
	return p, nil
}

// Write keeps b unless the place is full.
func (p *Place) Write(b []byte) (int, error) {
	if p.Full != nil {
		return 0, p.Full
	}
	return p.Buffer.Write(b)
}

// Close gives the place up.
func (p *Place) Close() error {
	p.Closed++
	return nil
}
