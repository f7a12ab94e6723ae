package transport_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A stuckConsole hangs on the paths that end in hangs, and answers on all others.
type stuckConsole struct {
	mu    sync.Mutex
	hangs string
	asked []string
}

func (s *stuckConsole) answer(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/web/api/v2.1/"))
	hangs := s.hangs != "" && strings.HasSuffix(r.URL.Path, s.hangs)
	s.mu.Unlock()
	if hangs {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	if strings.Contains(r.URL.Path, "/actions/") {
		return consoletest.Response(200, `{"data":{"affected":1}}`), nil
	}
	return consoletest.Response(200, `{"data":[{"id":"1845174760470303882"}]}`), nil
}

// mend lets the console answer on all paths.
func (s *stuckConsole) mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hangs = ""
}

// seen are the calls since the last time it was asked.
func (s *stuckConsole) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	seen := s.asked
	s.asked = nil
	return seen
}

// fails runs reads that end in an error, and returns the last one's and how long all took.
func fails(t *testing.T, client *s1.Client, n int) (*transport.Error, time.Duration) {
	t.Helper()
	began := time.Now()
	var last error
	for range n {
		_, last = client.AgentsPage(t.Context(), nil)
		require.Error(t, last)
	}
	return consoletest.AsError(t, last), time.Since(began)
}

func TestAPathThatHangsFailsFastForAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := consoletest.Over(t, console.answer, nil)
		e, took := fails(t, client, 3)
		require.Equal(t, "The console didn't answer in time.", e.Message)
		require.Equal(t, 90*time.Second, took)

		e, took = fails(t, client, 100)
		require.Zero(t, took)
		require.ErrorIs(t, e, transport.ErrNotAnswering)
		require.Equal(t, "list agents: The console didn't answer the last 3 calls of this kind in time.", e.Error())
		require.Equal(t, 15*time.Second, e.RetryAfter)
		require.False(t, e.Unknown())
		require.Len(t, console.seen(), 3, "what fails fast is not sent")

		_, err := client.ThreatsPage(t.Context(), nil)
		require.NoError(t, err, "other paths are not concerned")
	})
}

func TestOneCallTriesAPathThatHungAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		console := &stuckConsole{hangs: "/agents"}
		client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: wire.NewSecret(consoletest.TestToken), HTTPClient: &http.Client{Transport: consoletest.RoundTripper(console.answer)},
			Logger: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		fails(t, client, 3)
		console.seen()

		time.Sleep(16 * time.Second)
		var probe sync.WaitGroup
		probe.Go(func() {
			_, err := client.AgentsPage(t.Context(), nil)
			require.NotErrorIs(t, err, transport.ErrNotAnswering)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		})
		synctest.Wait()
		e, took := fails(t, client, 10)
		require.Zero(t, took)
		require.ErrorIs(t, e, transport.ErrNotAnswering)
		require.Equal(t, 5*time.Second, e.RetryAfter)
		probe.Wait()
		require.Len(t, console.seen(), 1, "one call finds out for all")

		time.Sleep(16 * time.Second)
		console.mend()
		for range 5 {
			_, err := client.AgentsPage(t.Context(), nil)
			require.NoError(t, err)
		}
		require.Equal(t, 2, strings.Count(log.String(), "isn't responding on a path"), log.String())
		require.Equal(t, 1, strings.Count(log.String(), "answers on a path again"))
	})
}

// The bot must never refuse to isolate a host because lists are slow.
func TestAChangeIsSentWhateverHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents/actions/disconnect"}
		client := consoletest.Over(t, console.answer, nil)
		for range 5 {
			_, err := client.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
			require.True(t, consoletest.AsError(t, err).Unknown())
		}
		require.Len(t, console.seen(), 5, "each is sent, and each once")
		console.mend()
		n, err := client.DisconnectAgents(t.Context(), []wire.AgentID{consoletest.AgentA})
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

// A search box waits for two seconds; that nothing came by then says nothing about the console.
func TestWhoDoesNotWaitSaysNothingAboutTheConsole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := consoletest.Over(t, console.answer, nil)
		for range 10 {
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			_, err := client.AgentsPage(ctx, nil)
			require.NotErrorIs(t, err, transport.ErrNotAnswering)
			cancel()
		}
		require.Len(t, console.seen(), 10)
	})
}

// Errors are answers: a console that says 500 is not one that hangs.
func TestAnswersOfAnyKindKeepAPathOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		client := consoletest.Over(t, func(r *http.Request) (*http.Response, error) {
			if n++; n%3 == 0 {
				return consoletest.Response(501, ""), nil
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		}, nil)
		for range 9 {
			_, err := client.AgentsPage(t.Context(), nil)
			require.NotErrorIs(t, err, transport.ErrNotAnswering)
		}
	})
}

func TestReadsThatHangLeaveConnectionsForOtherPaths(t *testing.T) {
	t.Parallel()
	const most = 16
	hanging, over := make(chan struct{}, 100), make(chan struct{})
	console := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/threats") {
			hanging <- struct{}{}
			<-over
		}
		_, _ = io.WriteString(w, `{"data":[]}`)
	}))
	t.Cleanup(console.Close)
	t.Cleanup(func() { close(over) })
	client, err := s1.New(s1.Config{BaseURL: console.URL, Token: wire.NewSecret(consoletest.TestToken), Unpaced: true})
	require.NoError(t, err)
	for range 3 * most {
		go func() { _, _ = client.ThreatsPage(t.Context(), nil) }()
	}
	for range most { // all there are at once
		<-hanging
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // below the 30 s after which the others give up
	defer cancel()
	_, err = client.AgentsPage(ctx, nil)
	require.NoError(t, err)
	require.Empty(t, hanging, "the others of the path wait here, not at the console")
}

// unpaced is a client that no rate holds back.
func unpaced(t *testing.T, console *stuckConsole) *s1.Client {
	t.Helper()
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: wire.NewSecret(consoletest.TestToken), Unpaced: true,
		HTTPClient: &http.Client{Transport: consoletest.RoundTripper(console.answer)}})
	require.NoError(t, err)
	return client
}

func TestWhoWaitsForAPathThatHangsHearsSoInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := unpaced(t, console)
		began := time.Now()
		ends := make(chan string, 40)
		for range cap(ends) {
			go func() {
				_, err := client.AgentsPage(t.Context(), nil)
				ends <- consoletest.AsError(t, err).Message
			}()
		}
		words := map[string]int{}
		for range cap(ends) {
			words[<-ends]++
		}
		require.Equal(t, 30*time.Second, time.Since(began), "the wait and the call together")
		require.Equal(t, map[string]int{"The console didn't answer in time.": 16, "Earlier calls of this kind are still waiting for the console's answer.": 24}, words)
		require.Len(t, console.seen(), 16, "who was told so was not sent")
	})
}

func TestAReadThatWaitedInLineHasLessTimeForItsAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := unpaced(t, console)
		early, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		var readers sync.WaitGroup
		for range 16 {
			readers.Go(func() { _, _ = client.AgentsPage(early, nil) })
		}
		synctest.Wait()
		e, took := fails(t, client, 1)
		require.Equal(t, "The console didn't answer in time.", e.Message)
		require.Equal(t, 30*time.Second, took)
		require.Len(t, console.seen(), 17)
		readers.Wait()
	})
}

func TestWhoWaitsForAPathMayGiveUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := unpaced(t, console)
		var readers sync.WaitGroup
		for range 16 {
			readers.Go(func() { _, _ = client.AgentsPage(t.Context(), nil) })
		}
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := client.AgentsPage(ctx, nil)
		e := consoletest.AsError(t, err)
		require.ErrorIs(t, e, context.DeadlineExceeded)
		require.Equal(t, "list agents: Earlier calls of this kind are still waiting for the console's answer.", e.Error())
		require.Len(t, console.seen(), 16)
		readers.Wait()
	})
}

// Who types into a search box faster than the console's rate waits for no answer of the console's.
func TestWhatTheRateHoldsBackIsNoSilenceOfTheConsole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(200, `{"data":{"health":"ok"}}`), nil
		}, nil)
		_, err := client.SystemStatus(t.Context())
		require.NoError(t, err)
		for _, ctx := range []context.Context{t.Context(), transport.WithPatience(t.Context())} {
			for range 5 {
				box, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
				_, err = client.SystemStatus(box)
				cancel()
				require.ErrorContains(t, err, "rate limit")
			}
			_, err = client.SystemStatus(ctx)
			require.NoError(t, err, "the path was never asked in vain")
		}
	})
}

func TestReadsThatWaitedWhileTheirPathWasFoundToHangAreNotSent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		console := &stuckConsole{hangs: "/agents"}
		client := unpaced(t, console)
		var readers sync.WaitGroup
		read := func() { _, _ = client.AgentsPage(t.Context(), nil) }
		for range 16 {
			readers.Go(read)
		}
		time.Sleep(20 * time.Second)
		for range 10 {
			readers.Go(read)
		}
		readers.Wait()
		require.Less(t, len(console.seen()), 16+3, "behind the third that hangs nobody is sent")
	})
}
