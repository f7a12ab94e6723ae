package notifier_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier/notifiertest"
	"s1bot/s1"
)

func TestThatTheConsoleFailsAndIsBackIsToldOnceEach(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		var away atomic.Bool
		problem := errors.New("503 Service Unavailable")
		var operators atomic.Value
		operators.Store("COPS")
		w.Config.Operators = func() string { return operators.Load().(string) }
		w.Config.Check = func(context.Context) error {
			if away.Load() {
				return problem
			}
			return nil
		}
		w.Start()
		w.Pass(time.Hour)
		require.Empty(t, w.Slack.In("COPS"), "that all is well is no news")

		away.Store(true)
		w.Pass(31 * time.Second)
		away.Store(false)
		w.Pass(time.Hour)
		require.Empty(t, w.Slack.In("COPS"), "one failure is no failure")

		away.Store(true)
		w.Pass(62 * time.Second)
		require.Equal(t, []string{"The console isn't responding"}, notifiertest.Titles(w, "COPS"))
		require.True(t, notifiertest.Shows(t, w.Slack.In("COPS")[0], "503 Service Unavailable"))
		w.Stop()
		w.Pass(time.Hour)
		w.Start()
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("COPS"), 1, "told once, also across a restart")

		away.Store(false)
		w.Pass(32 * time.Second)
		require.Equal(t, []string{"The console isn't responding", "The console is responding again"}, notifiertest.Titles(w, "COPS"))
		w.Pass(time.Hour)
		require.Len(t, w.Slack.In("COPS"), 2)

		problem = &s1.Error{Operation: "get system info", Status: 401, Message: "Authentication Failed"}
		away.Store(true)
		w.Pass(62 * time.Second)
		require.Equal(t, "The console denies the bot access", notifiertest.Titles(w, "COPS")[2])

		operators.Store("CNEW")
		away.Store(false)
		w.Pass(32 * time.Second)
		require.Equal(t, []string{"The console is responding again"}, notifiertest.Titles(w, "CNEW"), "where they are now")
	})
}
