package streak_test

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

	"s1bot/render/streak"
)

func TestAStreakOfFailuresIsTwoLines(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log, now := slog.New(slog.NewTextHandler(&out, nil)), time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	var s streak.Streak
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

// An outage of the database fails several looks of each round: each is told once, and once when it works again.
func TestRoundsTellEachOutageOfEachLookOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		log, down := slog.New(slog.NewTextHandler(&out, nil)), errors.New("connection refused")
		var r streak.Rounds
		r.Note(t.Context(), log, "can't expire requests", nil)
		require.Empty(t, out.String())
		for range 12 {
			r.Note(t.Context(), log, "can't expire requests", down)
			r.Note(t.Context(), log, "can't look for jobs", down)
			<-time.After(5 * time.Second)
		}
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		require.Len(t, lines, 2)
		require.Contains(t, lines[0], `level=WARN msg="can't expire requests" err="connection refused"`)
		require.Contains(t, lines[1], `level=WARN msg="can't look for jobs" err="connection refused"`)

		out.Reset()
		r.Note(t.Context(), log, "can't expire requests", nil)
		r.Note(t.Context(), log, "can't expire requests", nil)
		require.Equal(t, 1, strings.Count(out.String(), "\n"))
		require.Contains(t, out.String(), `level=INFO msg="works again" after="can't expire requests" failures=12 for=1m0s`)
		r.Note(t.Context(), log, "can't expire requests", down)
		require.Equal(t, 2, strings.Count(out.String(), "\n"), "the next outage is told anew")
	})
}

func TestALookThatWasBrokenOffSaysNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	new(streak.Rounds).Note(ctx, slog.New(slog.NewTextHandler(&out, nil)), "can't expire requests", ctx.Err())
	require.Empty(t, out.String())
}
