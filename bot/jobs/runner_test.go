package jobs

import (
	"context"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
)

// finished are jobs of which only the end matters.
type finished struct {
	Store
	ids chan string
}

func (f finished) Finish(_ context.Context, id, _ string) error {
	f.ids <- id
	return nil
}

// What cannot be watched costs its watch alone, and is not tried again.
func TestAJobThatPanicsEnds(t *testing.T) {
	t.Parallel()
	jobs := finished{ids: make(chan string, 1)}
	r := New(Config{Store: jobs, Log: slog.New(slog.DiscardHandler)})
	r.begin("J1", Job{Watch: "by a watcher that is not there"})
	r.running.Wait()
	require.Equal(t, "J1", <-jobs.ids)
}

// A hunt is shown as quickly as Slack takes it, however many hosts that are off are watched meanwhile.
func TestWatchesSlowNoProgressDown(t *testing.T) {
	t.Parallel()
	r := New(Config{})
	for id, j := range map[string]Job{"W1": {Watch: "1"}, "W2": {Watch: "2"}, "J1": {}, "J2": {}} {
		r.add(&worker{id: id, job: j})
	}
	require.Equal(t, 2*editPause, r.pause())
}
