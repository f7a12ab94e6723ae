package pacing_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
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

func TestAStreakOfFailuresIsTwoLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, now := slog.New(slog.NewTextHandler(&out, nil)), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var s pacing.Streak
	s.Over(log, now, "nothing was wrong")
	require.Empty(t, out.String())
	for i := range 5 {
		s.Failed(log, now.Add(time.Duration(i)*time.Minute), "can't post", errors.New("503"), "channel", "C1")
	}
	require.Equal(t, 5, s.Failures())
	s.Over(log, now.Add(10*time.Minute), "can post again")
	require.Zero(t, s.Failures())
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 2)
	require.Contains(t, lines[0], `level=WARN msg="can't post" channel=C1 err=503`)
	require.Contains(t, lines[1], `level=INFO msg="can post again" failures=5 for=10m0s`)
	s.Failed(log, now, "can't post", errors.New("503"))
	require.Equal(t, 2, strings.Count(out.String(), "level=WARN"), "the next streak begins anew")
}

func TestLaterIsTheLaterOfTwoMoments(t *testing.T) {
	t.Parallel()
	early := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	require.Equal(t, early.Add(1), pacing.Later(early, early.Add(1)))
	require.Equal(t, early.Add(1), pacing.Later(early.Add(1), early))
}
