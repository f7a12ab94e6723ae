package bot

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// finished are jobs of which only the end matters.
type finished struct {
	Jobs
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
	b := &Bot{Config: Config{Jobs: jobs, Log: slog.New(slog.DiscardHandler), Tick: time.Millisecond}, dispatcher: newDispatcher()}
	b.begin("J1", job{Watch: "of a ledger that is not there"})
	b.dispatcher.running.Wait()
	require.Equal(t, "J1", <-jobs.ids)
}

// A hunt is shown as quickly as Slack takes it, however many hosts that are off are watched meanwhile.
func TestWatchesSlowNoProgressDown(t *testing.T) {
	t.Parallel()
	d := newDispatcher()
	for id, j := range map[string]job{"W1": {Watch: "1"}, "W2": {Watch: "2"}, "J1": {}, "J2": {}} {
		d.add(&worker{id: id, job: j})
	}
	require.Equal(t, 2*editPause, d.pause())
}
