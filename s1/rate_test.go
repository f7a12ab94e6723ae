package s1

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestARouteTakesTheMostSpecificBucket(t *testing.T) {
	t.Parallel()
	b := newBuckets()
	for route, prefix := range map[string]string{
		"threats": "threats", "threats/mitigate/kill": "threats", "threats/{id}/notes": "threats/{id}",
		"agents/actions/disconnect": "agents", "system/status": "system/status", "system/info": "",
		"cloud-detection/alerts": "", "cloud-detection/rules": "cloud-detection/rules", "sitesque": "",
		"dv/events": "", "dv/events/pq": "dv/events/pq",
	} {
		require.Same(t, b[prefix], b.of(route), route)
	}
}

func TestCallsStayBelowTheRateAndTellTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := clientOver(t, func(*http.Request) (*http.Response, error) { return response(200, `{"data":{"health":"ok"}}`), nil }, nil)
		var waits []time.Duration
		ctx := WithWaitNotice(t.Context(), func(d time.Duration) { waits = append(waits, d) })
		began := time.Now()
		for range 4 {
			_, err := client.SystemStatus(ctx)
			require.NoError(t, err)
		}
		require.Equal(t, 3*time.Second, time.Since(began), "once a second, the first at once")
		require.Equal(t, []time.Duration{time.Second, time.Second, time.Second}, waits)
	})
}

func TestABurstOfThreatCallsIsSlowedDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := clientOver(t, func(*http.Request) (*http.Response, error) { return response(200, `{"data":[]}`), nil }, nil)
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
		client := clientOver(t, func(*http.Request) (*http.Response, error) {
			calls++
			return response(200, `{"data":{"health":"ok"}}`), nil
		}, nil)
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		_, err := client.SystemStatus(ctx)
		require.NoError(t, err)
		_, err = client.SystemStatus(ctx)
		e := asError(t, err)
		require.Equal(t, time.Second, e.RetryAfter)
		require.Contains(t, e.Message, "rate limit asks for a wait of 1s")
		require.Equal(t, 1, calls)
		require.Zero(t, time.Since(began), "a wait in vain is not begun")

		_, err = client.SystemStatus(t.Context())
		require.NoError(t, err)
		require.Equal(t, time.Second, time.Since(began), "what was refused used up no rate")
		require.Equal(t, 2, calls)
	})
}
