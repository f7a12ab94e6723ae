package transport_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
	"s1bot/s1/huntapi"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

func TestCallsStayBelowTheRateAndTellTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(200, `{"data":{"health":"ok"}}`), nil
		}, nil)
		var waits []time.Duration
		ctx := transport.WithWaitNotice(t.Context(), func(w transport.Wait) { waits = append(waits, w.For) })
		began := time.Now()
		for range 4 {
			_, err := client.SystemStatus(ctx)
			require.NoError(t, err)
		}
		require.Equal(t, 3*time.Second, time.Since(began), "once a second, the first at once")
		require.Equal(t, []time.Duration{time.Second, time.Second, time.Second}, waits)
	})
}

// A kept is a store of rates in memory, as the database's.
type kept struct {
	mu   sync.Mutex
	full map[string]time.Time
	err  error
}

func (k *kept) Reserve(_ context.Context, key string, every time.Duration, now time.Time) (time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full == nil {
		k.full = map[string]time.Time{}
	}
	if k.full[key].Before(now) {
		k.full[key] = now
	}
	k.full[key] = k.full[key].Add(every)
	return k.full[key], k.err
}

func (k *kept) Cancel(_ context.Context, key string, every time.Duration, full time.Time) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.full[key].Equal(full) {
		k.full[key] = full.Add(-every)
	}
	return nil
}

func sharing(t *testing.T, answer consoletest.RoundTripper, rates transport.Rates) *s1.Client {
	t.Helper()
	client, err := s1.New(s1.Config{BaseURL: "https://console.test", Token: wire.NewSecret(consoletest.TestToken), HTTPClient: &http.Client{Transport: answer}, Rates: rates})
	require.NoError(t, err)
	return client
}

// Two processes, or one before and after its restart, have one rate together; fast limits are each one's own.
func TestSlowRatesAreSharedByWhoeverSharesAStore(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := &kept{}
		answer := func(*http.Request) (*http.Response, error) {
			return consoletest.Response(200, `{"data":{"queryId":"q1","health":"ok"}}`), nil
		}
		one, other := sharing(t, answer, rates), sharing(t, answer, rates)
		began := time.Now()
		for i, c := range []*s1.Client{one, other, one} {
			_, err := c.StartQuery(t.Context(), huntapi.EventQuery{}, nil)
			require.NoError(t, err)
			require.Equal(t, time.Duration(i)*time.Minute, time.Since(began))
		}
		var told transport.Wait
		_, err := other.SystemStatus(transport.WithWaitNotice(t.Context(), func(w transport.Wait) { told = w }))
		require.NoError(t, err)
		require.Zero(t, told.For, "another limit")
		for key := range rates.full {
			require.NotContains(t, key, consoletest.TestToken, "no token, in no form that can be read")
		}
		require.Len(t, rates.full, 2)

		rates.err = errors.New("no database")
		_, err = one.SystemStatus(t.Context())
		require.NoError(t, err, "a database that is away keeps nobody from the console")
	})
}

// A burst is kept over a restart as well: twelve calls of a limit that takes ten at once.
func TestABurstIsCountedOverARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rates := &kept{}
		answer := func(*http.Request) (*http.Response, error) { return consoletest.Response(200, `{"data":[]}`), nil }
		began := time.Now()
		for range 3 {
			client := sharing(t, answer, rates)
			for range 4 {
				_, err := client.RulesPage(t.Context(), nil)
				require.NoError(t, err)
			}
		}
		require.Equal(t, 6*time.Second, time.Since(began))
	})
}

func TestABurstOfThreatCallsIsSlowedDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) { return consoletest.Response(200, `{"data":[]}`), nil }, nil)
		began := time.Now()
		for range 60 {
			_, err := client.ThreatsPage(t.Context(), nil)
			require.NoError(t, err)
		}
		require.Equal(t, time.Second, time.Since(began), "50 at once, then 10 a second")
	})
}

func TestAWaitLongerThanTheDeadlineIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began, calls := time.Now(), 0
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			calls++
			return consoletest.Response(200, `{"data":{"health":"ok"}}`), nil
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := client.SystemStatus(ctx)
		require.NoError(t, err)
		_, err = client.SystemStatus(ctx)
		e := consoletest.AsError(t, err)
		require.Equal(t, time.Second, e.RetryAfter)
		require.Contains(t, e.Message, "rate limit requires a wait of 1s")
		require.Equal(t, 1, calls)
		require.Zero(t, time.Since(began), "a wait in vain is not begun")

		_, err = client.SystemStatus(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Second, time.Since(began), "what was refused used up no rate")
		require.Equal(t, 2, calls)
	})
}

// Many who read the same slow path at once wait for its rate, as they are told, and nobody of them for an answer that is late.
func TestWhoWaitsForTheRateIsNotToldThatTheConsoleIsLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := consoletest.Over(t, func(*http.Request) (*http.Response, error) {
			return consoletest.Response(200, `{"data":[]}`), nil
		}, nil)
		failed := make(chan error, 40)
		for range cap(failed) {
			go func() { _, err := client.RulesPage(t.Context(), nil); failed <- err }()
		}
		for range cap(failed) {
			require.NoError(t, <-failed)
		}
	})
}
