package pacing_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/pacing"
)

// bubble runs a test in simulated time.
func bubble(t *testing.T, test func(*testing.T)) {
	t.Parallel()
	synctest.Test(t, test)
}

func TestTheFirstCallGoesAtOnceAndTheNextAPauseAfterItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, began := pacing.NewPacer(time.Second, time.Now), time.Now()
		done, err := p.Take(t.Context(), "C1")
		require.NoError(t, err)
		require.Zero(t, time.Since(began))
		<-time.After(10 * time.Second) // a slow call
		done()
		done, err = p.Take(t.Context(), "C1")
		require.NoError(t, err)
		require.Equal(t, 11*time.Second, time.Since(began))
		done()
		<-time.After(time.Minute)
		_, err = p.Take(t.Context(), "C1")
		require.NoError(t, err)
		require.Equal(t, 71*time.Second, time.Since(began), "after a long rest nobody waits")
	})
}

func TestCallsOfOneKeyGoOneAfterTheOtherAndOtherKeysDoNotWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p, began := pacing.NewPacer(time.Second, time.Now), time.Now()
		ended := make(chan time.Duration, 3)
		for range 3 {
			go func() {
				done, err := p.Take(t.Context(), "C1")
				if err != nil {
					return
				}
				<-time.After(2 * time.Second)
				ended <- time.Since(began)
				done()
			}()
		}
		synctest.Wait()
		_, err := p.Take(t.Context(), "C2")
		require.NoError(t, err)
		require.Zero(t, time.Since(began))
		require.Equal(t, []time.Duration{2 * time.Second, 5 * time.Second, 8 * time.Second}, []time.Duration{<-ended, <-ended, <-ended})
	})
}

func TestWhoeverWaitsForTheirTurnMayLeave(t *testing.T) {
	bubble(t, func(t *testing.T) {
		p := pacing.NewPacer(time.Second, time.Now)
		done, err := p.Take(t.Context(), "C1")
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = p.Take(ctx, "C1")
		require.ErrorIs(t, err, context.DeadlineExceeded)
		done()
		_, err = p.Take(t.Context(), "C1")
		require.NoError(t, err, "and leaves the turn to the others")
	})
}

func TestBackoffDoublesFromASecondToAMinute(t *testing.T) {
	t.Parallel()
	for try, want := range map[int]time.Duration{-1: time.Second, 0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second,
		6: 32 * time.Second, 7: time.Minute, 8: time.Minute, 1000: time.Minute} {
		require.Equal(t, want, pacing.Backoff(try), try)
	}
}

func TestARestEndsByTimeByABellOrWithItsContext(t *testing.T) {
	bubble(t, func(t *testing.T) {
		began := time.Now()
		pacing.Rest(t.Context(), time.Minute, nil)
		require.Equal(t, time.Minute, time.Since(began))
		bell := make(chan struct{}, 1)
		bell <- struct{}{}
		pacing.Rest(t.Context(), time.Minute, bell)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		pacing.Rest(ctx, time.Minute, nil)
		require.Equal(t, time.Minute, time.Since(began))
	})
}

func TestLaterIsTheLaterOfTwoMoments(t *testing.T) {
	t.Parallel()
	early := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	require.Equal(t, early.Add(1), pacing.Later(early, early.Add(1)))
	require.Equal(t, early.Add(1), pacing.Later(early.Add(1), early))
}
