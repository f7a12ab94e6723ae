package bot

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPushingNeverWaitsAndSlotsAreBounded(t *testing.T) {
	t.Parallel()
	q := newQueue(time.Minute, slog.New(slog.DiscardHandler))
	var running, most atomic.Int32
	release := make(chan struct{})
	var all sync.WaitGroup
	all.Add(100)
	for range 100 {
		q.push(func(context.Context) {
			defer all.Done()
			most.Store(max(most.Load(), running.Add(1)))
			<-release
			running.Add(-1)
		})
	}
	require.Equal(t, 100, q.length())
	done := make(chan struct{})
	go func() { q.run(t.Context(), 3); close(done) }()
	close(release)
	all.Wait()
	q.close()
	<-done
	require.LessOrEqual(t, most.Load(), int32(3))
}

func TestAPanicCostsOnePieceOfWorkAlone(t *testing.T) {
	t.Parallel()
	q := newQueue(time.Minute, slog.New(slog.DiscardHandler))
	survived := make(chan struct{})
	q.push(func(context.Context) { panic("boom") })
	q.push(func(context.Context) { close(survived) })
	done := make(chan struct{})
	go func() { q.run(t.Context(), 1); close(done) }()
	<-survived
	q.close()
	<-done
}

func TestWorkUnderWayGoesOnWhenTheProgramStops(t *testing.T) {
	t.Parallel()
	q := newQueue(time.Minute, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	began, alive := make(chan struct{}), make(chan bool, 1)
	q.push(func(ctx context.Context) {
		close(began)
		cancel()
		alive <- ctx.Err() == nil
	})
	done := make(chan struct{})
	go func() { q.run(ctx, 1); close(done) }()
	<-began
	require.True(t, <-alive)
	q.close()
	<-done
}
