package socketmode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
)

// line is a pool against a simulated workspace; every envelope is acknowledged and counted.
type line struct {
	*Pool
	ws   *slacksim.Workspace
	mu   sync.Mutex
	seen map[string]int
	got  chan string
}

func connect(t *testing.T, n int) *line {
	t.Helper()
	ws := slacksim.New(slacksim.Options{})
	ws.AddUser(slacksim.User{Name: "alice"})
	ws.AddChannel(slacksim.Channel{Name: "soc"})
	server := httptest.NewServer(ws)
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(server.URL+"/api/"), slack.OptionAppLevelToken(slacksim.AppToken))
	l := &line{ws: ws, seen: map[string]int{}, got: make(chan string, 1000)}
	open := func(ctx context.Context) (string, error) {
		_, url, err := api.StartSocketModeContext(ctx)
		return url, err
	}
	l.Pool = New(n, open, l.receive, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- l.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		server.Close()
		ws.Close()
	})
	require.NoError(t, ws.WaitSockets(t.Context(), n))
	return l
}

func (l *line) receive(e Envelope) {
	_ = e.Acknowledge(context.Background(), nil)
	l.mu.Lock()
	l.seen[e.ID]++
	l.mu.Unlock()
	l.got <- e.ID
}

// types sends n slash commands and waits until all have come.
func (l *line) types(t *testing.T, n int) {
	t.Helper()
	for i := range n {
		require.NoError(t, l.ws.User("alice").Types("#soc", fmt.Sprintf("/s1 help %d", i)))
	}
	for range n {
		select {
		case <-l.got:
		case <-time.After(30 * time.Second):
			require.FailNow(t, "an envelope is missing")
		}
	}
}

func TestEveryEnvelopeComesOnceOverWhicheverConnection(t *testing.T) {
	t.Parallel()
	l := connect(t, 2)
	l.types(t, 50)
	require.Len(t, l.seen, 50)
	require.Equal(t, 2, l.Up())
	require.Empty(t, l.ws.Violations())
}

func TestAnAnnouncedDisconnectLosesNothing(t *testing.T) {
	t.Parallel()
	l := connect(t, 2)
	l.ws.Disconnect("warning", time.Second)
	l.types(t, 50) // some still come over the connections that will close
	require.Len(t, l.seen, 50)
	require.Empty(t, l.ws.Violations())
}

func TestABrokenConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	l := connect(t, 2)
	before := len(l.ws.Calls("apps.connections.open"))
	l.ws.DropSockets()
	_, err := l.ws.WaitCall(t.Context(), "apps.connections.open", func(slacksim.Call) bool {
		return true
	})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(l.ws.Calls("apps.connections.open")) >= before+2 }, 30*time.Second, 10*time.Millisecond)
	require.NoError(t, l.ws.WaitSockets(t.Context(), 2))
	l.types(t, 10)
}

func TestReconnectingIsPaced(t *testing.T) {
	t.Parallel()
	backoff, full := NewBackoff(), 500*time.Millisecond
	for range 100 {
		pause := backoff.After(errors.New("connection refused"))
		require.Greater(t, pause, full/2)
		require.LessOrEqual(t, pause, full)
		full = min(2*full, time.Minute)
	}
	require.Equal(t, 42*time.Second, backoff.After(&slack.RateLimitedError{RetryAfter: 42 * time.Second}), "Slack's own word counts")
	require.Greater(t, backoff.After(nil), 30*time.Second)
	backoff.Reset()
	require.LessOrEqual(t, backoff.After(nil), 500*time.Millisecond, "after a connection that held")
}

// An outage of Slack's of an hour is a line for each place, and not one for each of hundreds of attempts.
func TestAnOutageOfSlacksIsToldOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		tries := atomic.Int64{}
		s := New(2, func(context.Context) (string, error) {
			tries.Add(1)
			return "", errors.New("503 Service Unavailable")
		}, func(Envelope) {}, slog.New(slog.NewTextHandler(&out, nil)))
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Hour, cancel)
		require.NoError(t, s.Run(ctx))
		require.Greater(t, tries.Load(), int64(100))
		require.Equal(t, 2, strings.Count(out.String(), "\n"), out.String())
		require.Equal(t, 2, strings.Count(out.String(), `level=WARN msg="no Socket Mode connection, retrying"`), out.String())
	})
}

func TestARefusedTokenEndsTheRun(t *testing.T) {
	t.Parallel()
	ws := slacksim.New(slacksim.Options{})
	server := httptest.NewServer(ws)
	t.Cleanup(server.Close)
	t.Cleanup(ws.Close)
	api := slack.New(slacksim.BotToken, slack.OptionAPIURL(server.URL+"/api/"), slack.OptionAppLevelToken("xapp-wrong"))
	s := New(2, func(ctx context.Context) (string, error) {
		_, url, err := api.StartSocketModeContext(ctx)
		return url, err
	}, func(Envelope) {}, slog.New(slog.DiscardHandler))
	require.ErrorContains(t, s.Run(t.Context()), "invalid_auth")
}

func TestAnAnswerTooLargeForSlackStillAcknowledges(t *testing.T) {
	t.Parallel()
	var sent []any
	e := Envelope{Type: "interactive", ack: func(_ context.Context, payload any) error {
		sent = append(sent, payload)
		return nil
	}}
	require.ErrorContains(t, e.Acknowledge(t.Context(), map[string]string{"text": string(make([]byte, MaxAnswer))}), "bytes")
	require.Equal(t, []any{nil}, sent)
	require.NoError(t, e.Acknowledge(t.Context(), map[string]string{"text": "ok"}))
	require.Len(t, sent, 2)
}

// What is sent is the same whether the answer was JSON before or is made it now.
func TestAnAnswerIsOneFrame(t *testing.T) {
	t.Parallel()
	for _, payload := range []any{nil, map[string]any{"options": []string{"a \" b", "ö<"}}, json.RawMessage(`{"options":["a"]}`)} {
		for _, id := range []string{"env-1", `a"b`} {
			want, err := json.Marshal(answer{id, payload})
			require.NoError(t, err)
			frame, err := answer{id, payload}.frame()
			require.NoError(t, err)
			require.Equal(t, string(want), string(frame))
		}
	}
	_, err := answer{"e", func() {}}.frame()
	require.Error(t, err)
}
