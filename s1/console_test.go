package s1

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testToken = "eyJ-made-up-token-5f1e"

// A fakeConsole answers with what the test says and remembers what it was asked.
type fakeConsole struct {
	*Client
	mu     sync.Mutex
	calls  []seenCall
	pauses []time.Duration
}

type seenCall struct {
	method, path, query, body string
	header                    http.Header
}

// startConsole starts a console that answers with handle and a client for it that does not really wait.
func startConsole(t *testing.T, handle http.HandlerFunc) *fakeConsole {
	t.Helper()
	f := &fakeConsole{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.calls = append(f.calls, seenCall{r.Method, r.URL.Path, r.URL.RawQuery, string(body), r.Header})
		f.mu.Unlock()
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	client, err := New(Config{BaseURL: server.URL, Token: NewSecret(testToken), RetryPause: time.Nanosecond})
	require.NoError(t, err)
	client.sleep = f.pause
	f.Client = client
	return f
}

func (f *fakeConsole) pause(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pauses = append(f.pauses, d)
	return ctx.Err()
}

func (f *fakeConsole) asked() []seenCall {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]seenCall(nil), f.calls...)
}

// answering returns a handler that gives the answers in turn, the last one for ever.
func answering(answers ...http.HandlerFunc) http.HandlerFunc {
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

func ok(body string) http.HandlerFunc { return status(http.StatusOK, body) }

func status(code int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// brokenOff announces more than it sends and cuts the connection.
func brokenOff(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"data":[{"id":"1`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// noAnswer cuts the connection before a word.
func noAnswer(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	return e
}

const nginx429 = "<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body>\r\n<center><h1>429 Too Many Requests</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

const (
	oneAgent = `{"data":[{"id":"1845174760470303882","computerName":"DESKTOP-1"}],"pagination":{"totalItems":1,"nextCursor":null}}`
	agentA   = AgentID("1845174760470303882")
	agentB   = AgentID("1834780238610855645")
	threatA  = ThreatID("1112953674841025235")
	threatB  = ThreatID("1311010474425970168")
	alertA   = AlertID("1985998272619999973")
	accountA = AccountID("433241117337583618")
)
