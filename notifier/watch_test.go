package notifier

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

func TestThatTheConsoleFailsAndIsBackIsToldOnceEach(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		var away atomic.Bool
		problem := errors.New("503 Service Unavailable")
		w.config.Operators = "COPS"
		w.config.Check = func(context.Context) error {
			if away.Load() {
				return problem
			}
			return nil
		}
		w.start()
		w.pass(time.Hour)
		require.Empty(t, w.slack.In("COPS"), "that all is well is no news")

		away.Store(true)
		w.pass(watchEvery + time.Second)
		away.Store(false)
		w.pass(time.Hour)
		require.Empty(t, w.slack.In("COPS"), "one failure is no failure")

		away.Store(true)
		w.pass(2*watchEvery + 2*time.Second)
		require.Equal(t, []string{"The console does not answer"}, titles(w, "COPS"))
		require.True(t, shows(t, w.slack.In("COPS")[0], "503 Service Unavailable"))
		w.stop()
		w.pass(time.Hour)
		w.start()
		w.pass(time.Hour)
		require.Len(t, w.slack.In("COPS"), 1, "told once, also across a restart")

		away.Store(false)
		w.pass(watchEvery + 2*time.Second)
		require.Equal(t, []string{"The console does not answer", "The console answers again"}, titles(w, "COPS"))
		w.pass(time.Hour)
		require.Len(t, w.slack.In("COPS"), 2)

		problem = &s1.Error{Operation: "get system info", Status: 401, Message: "Authentication Failed"}
		away.Store(true)
		w.pass(2*watchEvery + 2*time.Second)
		require.Equal(t, "The console refuses the bot", titles(w, "COPS")[2])
	})
}
