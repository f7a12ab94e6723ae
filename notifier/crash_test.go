package notifier_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/notifiertest"
)

var errCrashed = errors.New("the process is gone")

// A bomb ends the process in the middle of an operation: of the nth one from now, before or after its effect. From then on
// nothing that the process does has an effect.
type bomb struct {
	mu    sync.Mutex
	left  int
	after bool
	kill  context.CancelFunc
	gone  bool
}

func (b *bomb) fault(string) (error, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return errCrashed, nil
	}
	if b.left--; b.left > 0 {
		return nil, nil
	}
	b.gone = true
	b.kill()
	if b.after {
		return nil, errCrashed
	}
	return errCrashed, nil
}

// crash runs a notifier until the bomb goes off, or for d; it tells whether it went off.
func crash(w *notifiertest.World, n int, after bool, d time.Duration) bool {
	ctx, kill := context.WithCancel(w.T.Context())
	defer kill()
	b := &bomb{left: n, after: after, kill: kill}
	notifiertest.SetFaults(w, b.fault)
	running, err := notifier.New(w.Config)
	require.NoError(w.T, err)
	done := make(chan error, 1)
	go func() { done <- running.Run(ctx) }()
	select {
	case <-ctx.Done():
	case <-time.After(d):
		kill()
	}
	require.NoError(w.T, <-done)
	notifiertest.SetFaults(w, nil)
	return b.gone
}

// The process dies at the first, second, third … operation on console, journal or Slack, once before and once after the
// operation has its effect; then it starts again. Whatever the moment: every threat is told once, in its thread, and the card
// shows the latest state.
func TestACrashAtAnyMomentLosesNothingAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			went := false
			synctest.Test(t, func(t *testing.T) { went = crashStory(t, n, after) })
			if !went {
				require.Greater(t, n, 40, "the story is long enough to crash in")
				break
			}
		}
	}
}

func crashStory(t *testing.T, n int, after bool) (went bool) {
	w := notifiertest.NewWorld(t)
	w.Console.AddThreat(notifiertest.NewThreat{Name: "history", Age: time.Hour})
	w.Start()
	w.Pass(time.Second)
	w.Stop()
	root := w.Console.AddThreat(notifiertest.NewThreat{Name: "root", Story: "s"})
	w.Console.AddThreat(notifiertest.NewThreat{Name: "reply", Story: "s"})
	w.Console.AddThreat(notifiertest.NewThreat{Name: "alone"})
	w.Console.AddAlert("rule", 0, 0)
	go func() { // in the middle of it, the console changes
		<-time.After(40 * time.Second)
		w.Console.Change(root, notifiertest.Resolve)
	}()
	went = crash(w, n, after, 2*time.Minute)
	w.Start()
	w.Pass(10 * time.Minute)
	w.Stop()
	about := fmt.Sprintf("crash at operation %d, after its effect: %v", n, after)
	told := w.Slack.In("CTHREATS")
	require.Equal(t, []string{"root", "reply", "alone"}, notifiertest.Titles(w, "CTHREATS"), about)
	require.Equal(t, []string{"rule"}, notifiertest.Titles(w, "CALERTS"), about)
	require.Equal(t, told[0].TS, told[1].Thread, about)
	require.Contains(t, told[0].Card.Title, "resolved", about)
	require.True(t, notifiertest.Shows(t, told[0], "1 more in this storyline"), about)
	return went
}
