package notifier

import (
	"context"
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

// arriving is a journal into which a card that is on its way is written down right after it was first asked for anything.
type arriving struct {
	Journal
	notice Notice
}

func (a *arriving) Notices(_ context.Context, q Query) ([]Notice, error) {
	now := a.notice
	a.notice.State, a.notice.TS = Told, "7.000001"
	if q.Want == ToPost && now.State == Sending || q.TS != "" && q.TS == now.TS {
		return []Notice{now}, nil
	}
	return nil, nil
}

func TestACardThatIsWrittenDownBetweenTwoLooksIsFound(t *testing.T) {
	t.Parallel()
	journal := &arriving{notice: Notice{Source: Threats, ID: "1", Channel: "CTHREATS", State: Sending, Tried: time.Now()}}
	n := &Notifier{config: Config{Journal: journal, Now: time.Now}}
	kind, id, err := n.About(t.Context(), "CTHREATS", "7.000001")
	require.NoError(t, err)
	require.Equal(t, "threat 1", kind+" "+id)
}
