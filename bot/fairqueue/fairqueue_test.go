package fairqueue

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	decisions Class = iota
	reads
)

// rig is a queue that works, with what ran in order.
type rig struct {
	*Queue
	done chan struct{}

	mu    sync.Mutex
	order []string
}

func start(t *testing.T, classes ...Limit) *rig {
	t.Helper()
	r := prepare(classes...)
	r.run(t)
	return r
}

func prepare(classes ...Limit) *rig {
	return &rig{Queue: New(Config{Classes: classes, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)}), done: make(chan struct{})}
}

func (r *rig) run(t *testing.T) {
	go func() { r.Run(t.Context()); close(r.done) }()
}

func (r *rig) stop() {
	r.Finish()
	<-r.done
}

// note is work that writes its name down.
func (r *rig) note(c Class, owner, name string) Work {
	return Work{Class: c, Owner: owner, Do: func(context.Context) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.order = append(r.order, name)
	}}
}

// hang is work that lasts until release is closed.
func hang(c Class, owner string, release <-chan struct{}) Work {
	return Work{Class: c, Owner: owner, Do: func(context.Context) { <-release }}
}

func TestHangingReadsOfOnePersonHoldNobodyElseUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Name: "decisions", Slots: 2}, Limit{Name: "reads", Slots: 8, PerOwner: 4, Backlog: 300})
		release := make(chan struct{})
		for range 200 {
			require.NoError(t, r.Push(hang(reads, "alice", release)))
		}
		synctest.Wait()
		require.Equal(t, map[string]int{"decisions": 0, "reads": 196}, r.Depth(), "four of alice's run")
		require.NoError(t, r.Push(r.note(decisions, "bob", "approve")))
		require.NoError(t, r.Push(r.note(decisions, "alice", "withdraw")))
		require.NoError(t, r.Push(r.note(reads, "bob", "list")))
		synctest.Wait()
		require.ElementsMatch(t, []string{"approve", "withdraw", "list"}, r.order)
		close(release)
		r.stop()
	})
}

// Each pool has slots of its own, of which each person has a share of their own.
func TestAPoolThatHangsHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Name: "decisions", Slots: 2}, Limit{Name: "reads", Slots: 8, PerOwner: 4, Backlog: 2})
		release := make(chan struct{})
		for i := range 100 {
			w := hang(reads, fmt.Sprint("person ", i), release)
			w.Pool = "dead"
			require.NoError(t, r.Push(w))
		}
		synctest.Wait()
		require.Equal(t, 92, r.Depth()["reads"], "the pool's slots are taken")
		for _, who := range []string{"person 0", "alice"} {
			w := r.note(reads, who, who)
			w.Pool = "well"
			require.NoError(t, r.Push(w))
		}
		synctest.Wait()
		require.ElementsMatch(t, []string{"person 0", "alice"}, r.order)
		require.Equal(t, 92, r.Depth()["reads"])
		close(release)
		r.stop()
		require.Empty(t, r.classes[reads].pools)
	})
}

func TestPeopleAreServedInTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := prepare(Limit{Slots: 1}, Limit{Slots: 1, PerOwner: 1})
		for i := range 3 {
			require.NoError(t, r.Push(r.note(reads, "alice", fmt.Sprint("alice ", i))))
		}
		require.NoError(t, r.Push(r.note(reads, "bob", "bob 0")))
		require.NoError(t, r.Push(r.note(reads, "carol", "carol 0")))
		r.run(t)
		r.stop()
		require.Equal(t, []string{"alice 0", "bob 0", "carol 0", "alice 1", "alice 2"}, r.order)
	})
}

func TestWhoHasTooMuchWaitingIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Slots: 9}, Limit{Slots: 9, PerOwner: 2, Backlog: 3})
		release := make(chan struct{})
		for range 5 {
			require.NoError(t, r.Push(hang(reads, "alice", release)))
			synctest.Wait()
		}
		var busy *BusyError
		require.ErrorAs(t, r.Push(hang(reads, "alice", release)), &busy)
		require.Equal(t, BusyError{Waiting: 3, Running: 2}, *busy)
		require.NoError(t, r.Push(hang(decisions, "alice", release)), "her decisions are another class")
		require.NoError(t, r.Push(hang(reads, "bob", release)))
		kept := hang(reads, "alice", release)
		kept.Keep = true
		require.NoError(t, r.Push(kept), "what was accepted before a restart is not refused after it")
		close(release)
		r.stop()
	})
}

// Acknowledgements go before work: two hundred commands of one person may all come in one such pause, and as many of them run and wait then
// as without it.
func TestAPauseTakesNobodysSlots(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Name: "decisions", Slots: 9}, Limit{Name: "reads", Slots: 3, PerOwner: 2, Backlog: 3, Yields: true})
		synctest.Wait()
		r.Pause()
		release := make(chan struct{})
		for range 5 {
			require.NoError(t, r.Push(hang(reads, "alice", release)))
		}
		var busy *BusyError
		require.ErrorAs(t, r.Push(hang(reads, "alice", release)), &busy)
		require.Equal(t, BusyError{Waiting: 3, Running: 2}, *busy)
		require.NoError(t, r.Push(r.note(decisions, "bob", "approve")))
		synctest.Wait()
		require.Equal(t, []string{"approve"}, r.order, "what does not yield begins all the same")
		require.Equal(t, 5, r.Depth()["reads"])
		r.Resume()
		synctest.Wait()
		require.Equal(t, 3, r.Depth()["reads"])
		require.ErrorAs(t, r.Push(hang(reads, "alice", release)), &busy)
		require.Equal(t, BusyError{Waiting: 3, Running: 2}, *busy)
		close(release)
		r.stop()
	})
}

// One piece at a time, and of each class in turn: the backlog of one is no reason for the others to wait.
func TestDuringAPauseOnePieceBegins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Name: "decisions", Slots: 9}, Limit{Name: "reads", Slots: 2, Yields: true}, Limit{Name: "chores", Slots: 9, Yields: true})
		const chores = reads + 1
		synctest.Wait()
		r.Pause()
		r.Begin() // nothing waits
		release := make(chan struct{})
		for range 5 {
			require.NoError(t, r.Push(hang(reads, "alice", release)))
			require.NoError(t, r.Push(hang(chores, "", release)))
		}
		for n, waiting := range [][2]int{{4, 5}, {4, 4}, {3, 4}, {3, 3}, {3, 2}} {
			r.Begin()
			synctest.Wait()
			require.Equal(t, map[string]int{"decisions": 0, "reads": waiting[0], "chores": waiting[1]}, r.Depth(), n)
		}
		r.Resume()
		close(release)
		r.stop()
	})
}

func TestSlotsAreBounded(t *testing.T) {
	t.Parallel()
	r := prepare(Limit{Slots: 3})
	var running, most atomic.Int32
	for i := range 100 {
		require.NoError(t, r.Push(Work{Owner: fmt.Sprint(i), Do: func(context.Context) {
			n := running.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			running.Add(-1)
		}}))
	}
	r.run(t)
	r.stop()
	require.LessOrEqual(t, most.Load(), int32(3))
	require.Empty(t, r.classes[0].pools, "a line ends with its last work, and a pool with its last line")
}

func TestAPanicCostsOnePieceOfWorkAndIsLoggedWhereItHappened(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	q := New(Config{Classes: []Limit{{Slots: 1}}, Timeout: time.Minute, Log: slog.New(slog.NewTextHandler(&log, nil))})
	survived := false
	require.NoError(t, q.Push(Work{Ref: "E1", Do: func(context.Context) { thisOnePanics() }}))
	require.NoError(t, q.Push(Work{Do: func(context.Context) { survived = true }}))
	q.Finish()
	q.Run(t.Context())
	require.True(t, survived)
	require.Contains(t, log.String(), "thisOnePanics")
	require.Contains(t, log.String(), "envelope_id=E1")
}

func thisOnePanics() { panic("boom") }

func TestWorkUnderWayGoesOnWhenTheProgramStops(t *testing.T) {
	t.Parallel()
	q := New(Config{Classes: []Limit{{Slots: 1}}, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithCancel(t.Context())
	var underWay error = errors.New("never ran")
	require.NoError(t, q.Push(Work{Do: func(ctx context.Context) {
		cancel()
		underWay = ctx.Err()
	}}))
	q.Finish()
	q.Run(ctx)
	require.NoError(t, underWay)
}

func TestAStopHandsBackWhatWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Slots: 1})
		release := make(chan struct{})
		require.NoError(t, r.Push(hang(decisions, "alice", release)))
		synctest.Wait()
		require.NoError(t, r.Push(Work{Owner: "alice", Ref: "second"}))
		require.NoError(t, r.Push(Work{Owner: "bob", Ref: "third"}))
		dropped := r.Close()
		var refs []string
		for _, w := range dropped {
			refs = append(refs, w.Ref)
		}
		require.ElementsMatch(t, []string{"second", "third"}, refs)
		require.ErrorIs(t, r.Push(Work{Ref: "late"}), ErrClosed)
		close(release)
		<-r.done
	})
}

func TestALateWorkerHasATimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := start(t, Limit{Slots: 1})
		var err error
		require.NoError(t, r.Push(Work{Do: func(ctx context.Context) { <-ctx.Done(); err = ctx.Err() }}))
		r.stop()
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func BenchmarkPush(b *testing.B) {
	q := New(Config{Classes: []Limit{{Slots: 64}}, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)})
	done := make(chan struct{})
	go func() { q.Run(b.Context()); close(done) }()
	for i := range b.N {
		_ = q.Push(Work{Owner: []string{"a", "b", "c", "d"}[i%4], Do: func(context.Context) {}})
	}
	q.Finish()
	<-done
}
