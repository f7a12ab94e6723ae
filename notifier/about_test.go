package notifier_test

import (
	"errors"
	"testing"
	"time"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"

	"github.com/stretchr/testify/require"
)

func TestWhoClicksBeforeTheCardIsWrittenDownIsUnderstood(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Start()
		id := w.Console.AddThreat(notifiertest.NewThreat{Name: "evil.exe"})
		w.Slack.Set(func(s *notifiertest.Slack) {
			s.Fault = func(op string) (error, error) {
				if op == "post" { // from now on the journal is slow
					w.Journal.Set(func(m *notifiertest.Memory) { m.Fault = notifiertest.Once("save", errors.New("busy"), nil) })
				}
				return nil, nil
			}
		})
		for len(w.Slack.In("CTHREATS")) == 0 {
			w.Pass(10 * time.Millisecond)
		}
		about, err := w.Running.About(t.Context(), "CTHREATS", w.Slack.In("CTHREATS")[0].TS)
		require.NoError(t, err)
		require.Equal(t, notifier.Subject{Kind: "threat", ID: string(id)}, about)
		began := time.Now()
		about, err = w.Running.About(t.Context(), "CTHREATS", "1.000001")
		require.NoError(t, err)
		require.Empty(t, about)
		require.Zero(t, time.Since(began), "nothing is under way, so nobody waits")
	})
}
