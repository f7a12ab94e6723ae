package notifier

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhoClicksBeforeTheCardIsWrittenDownIsUnderstood(t *testing.T) {
	story(t, func(t *testing.T, w *world) {
		w.start()
		id := w.console.AddThreat(threat{Name: "evil.exe"})
		w.slack.set(func(s *slack) {
			s.fault = func(op string) (error, error) {
				if op == "post" { // from now on the journal is slow
					w.journal.set(func(m *memory) { m.fault = once("save", errors.New("busy"), nil) })
				}
				return nil, nil
			}
		})
		for len(w.slack.In("CTHREATS")) == 0 {
			w.pass(10 * time.Millisecond)
		}
		kind, about, err := w.running.About(t.Context(), "CTHREATS", w.slack.In("CTHREATS")[0].TS)
		require.NoError(t, err)
		require.Equal(t, "threat", kind)
		require.Equal(t, string(id), about)
		began := time.Now()
		_, about, err = w.running.About(t.Context(), "CTHREATS", "1.000001")
		require.NoError(t, err)
		require.Empty(t, about)
		require.Zero(t, time.Since(began), "nothing is under way, so nobody waits")
	})
}
