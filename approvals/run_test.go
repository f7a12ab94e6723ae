package approvals

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestFiftyPeopleClickAtOnceAndItRunsOnce(t *testing.T) {
	t.Parallel()
	m := newMemory()
	r := submit(t, ledger(t, m, "p0"), isolate("click"))
	var runs, approvals atomic.Int32
	var clicks sync.WaitGroup
	for i := range 50 {
		l := ledger(t, m, []string{"p1", "p2"}[i%2])
		clicks.Go(func() {
			if _, err := l.Approve(t.Context(), r, bob); err == nil {
				approvals.Add(1)
			}
			_, err := l.Run(t.Context(), r, func(context.Context, Request) Result {
				runs.Add(1)
				return Result{Outcome: Successful}
			})
			if err != nil && !errors.Is(err, ErrTaken) {
				t.Error(err)
			}
		})
	}
	clicks.Wait()
	require.EqualValues(t, 1, approvals.Load())
	require.EqualValues(t, 1, runs.Load())
}

func TestWithoutItsAuditRowNothingRuns(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := approved(t, l, isolate("click"))
	full := errors.New("disk full")
	m.fail = func(op string) error {
		if op == "swap running" {
			return full
		}
		return nil
	}
	_, err := l.Run(t.Context(), r, func(context.Context, Request) Result {
		t.Error("the console was called")
		return Result{}
	})
	require.ErrorIs(t, err, full)
	require.ErrorIs(t, err, ErrUnstarted)
}

func TestAPanicInterrupts(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), func(context.Context, Request) Result { panic("boom") })
	require.NoError(t, err)
	require.Equal(t, Interrupted, r.State)
	require.Contains(t, string(m.trail[3].Detail), "boom")

	r, err = l.Reopen(t.Context(), r.ID, bob, "again")
	require.NoError(t, err)
	r, err = l.Run(t.Context(), r, succeed)
	require.NoError(t, err)
	require.Equal(t, Done, r.State)
	require.EqualValues(t, 2, r.Fence)
}

// The click on "Run again" is delivered again where its process died before it was marked as done. What that run left nobody has
// looked at, so it does not run a third time by itself.
func TestAClickLetsItRunAgainOnce(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	unclear := func(context.Context, Request) Result { return Result{Uncertain: true} }
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), unclear)
	require.NoError(t, err)
	_, err = l.Reopen(t.Context(), r.ID, bob, "again")
	require.NoError(t, err)
	_, err = l.Run(t.Context(), r, unclear)
	require.NoError(t, err)
	r, err = l.Reopen(t.Context(), r.ID, bob, "again")
	require.ErrorIs(t, err, ErrNotInterrupted)
	require.Equal(t, Interrupted, r.State)
	r, err = l.Reopen(t.Context(), r.ID, bob, "another click")
	require.NoError(t, err)
	require.Equal(t, Approved, r.State)
}

// Who was told that it may have run is told how the next run ended, or that the first one ended after all.
func TestEachEndIsTold(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	unclear := func(context.Context, Request) Result { return Result{Uncertain: true} }
	first, err := l.Run(t.Context(), approved(t, l, isolate("click")), unclear)
	require.NoError(t, err)
	require.NoError(t, l.Cards().RecordTold(t.Context(), first))
	_, err = l.Reopen(t.Context(), first.ID, bob, "again")
	require.NoError(t, err)
	r, err := l.Run(t.Context(), first, succeed)
	require.NoError(t, err)
	require.False(t, r.Delivered)
	require.NoError(t, l.Cards().RecordTold(t.Context(), first), "somebody is slow to say how the first one ended")
	r, err = l.Get(t.Context(), r.ID)
	require.NoError(t, err)
	require.False(t, r.Delivered)

	late := waiting(1)
	late.State, late.Owner, late.Fence, late.Delivered = Interrupted, "dead", 1, true
	require.NoError(t, late.finish("dead", 1, Result{Outcome: Successful}, noon))
	require.False(t, late.Delivered)
}

func TestAnInterruptedRequestCanBeClosed(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), func(context.Context, Request) Result { return Result{Uncertain: true} })
	require.NoError(t, err)
	require.True(t, r.Undecided())
	r, err = l.Close(t.Context(), r.ID, bob, "the host is off")
	require.NoError(t, err)
	require.False(t, r.Undecided())
	require.Equal(t, "the host is off", r.Closed.Reason)
}

func TestTheOutcomeIsWrittenWhenTheStoreIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var failures atomic.Int32
		m.fail = func(op string) error {
			if op == "swap done" && failures.Add(1) <= 3 {
				return errors.New("database is locked")
			}
			return nil
		}
		l := ledger(t, m, "p1")
		r, err := l.Run(t.Context(), approved(t, l, isolate("click")), succeed)
		require.NoError(t, err)
		require.Equal(t, Done, r.State)
	})
}

// A disk that stays full for longer than a lease is no crash: the process knows what its run came to, and neither repeats it nor calls it open.
func TestAnOutcomeThatCannotBeWrittenIsKeptAndNotRunAgain(t *testing.T) {
	t.Parallel()
	for _, repeatable := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			m := newMemory()
			var full atomic.Bool
			m.fail = func(op string) error {
				if strings.HasPrefix(op, "swap") && full.Load() {
					return errors.New("disk full")
				}
				return nil
			}
			l := ledger(t, m, "p1")
			asked := isolate("click")
			asked.Repeatable = repeatable
			r := approved(t, l, asked)
			_, err := l.Run(t.Context(), r, func(context.Context, Request) Result {
				full.Store(true)
				return Result{Outcome: Successful}
			})
			require.ErrorIs(t, err, ErrUnrecorded)
			<-time.After(2 * l.lease)
			left, err := l.Recover(t.Context())
			require.NoError(t, err)
			require.Empty(t, left)
			full.Store(false)
			left, err = l.Recover(t.Context())
			require.NoError(t, err)
			require.Len(t, left, 1)
			require.Equal(t, Done, left[0].State)
			require.Equal(t, Successful, left[0].Outcome)
			require.EqualValues(t, 1, left[0].Fence)
			left, err = l.Recover(t.Context())
			require.NoError(t, err)
			require.Empty(t, left, "it is told once")
		})
	}
}

func TestAStopDoesNotLoseTheOutcome(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	r := approved(t, l, isolate("click"))
	ctx, stop := context.WithCancel(t.Context())
	r, err := l.Run(ctx, r, func(context.Context, Request) Result {
		stop()
		return Result{Outcome: Successful}
	})
	require.NoError(t, err)
	require.Equal(t, Done, r.State)
}

func TestAResultThatIsNoJSONDoesNotHideTheOutcome(t *testing.T) {
	t.Parallel()
	l := ledger(t, newMemory(), "p1")
	r, err := l.Run(t.Context(), approved(t, l, isolate("click")), func(context.Context, Request) Result {
		return Result{Outcome: Successful, Card: json.RawMessage(`{`)}
	})
	require.NoError(t, err)
	require.Equal(t, Done, r.State)
	require.Empty(t, r.Result)
}

func TestALongRunKeepsItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		mine, other := ledger(t, m, "p1"), ledger(t, m, "p2")
		r, err := mine.Run(t.Context(), approved(t, mine, isolate("click")), func(ctx context.Context, r Request) Result {
			for range 10 {
				<-time.After(mine.lease)
				left, err := other.Recover(ctx)
				require.NoError(t, err)
				require.Empty(t, left)
			}
			return Result{Outcome: Successful}
		})
		require.NoError(t, err)
		require.Equal(t, Done, r.State)
	})
}

// One renewal that fails is no lease lost, however long the run has lasted: it ends with the last renewal that was written.
func TestALongRunOutlivesARenewalThatFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		mine := ledger(t, cable{newMemory(), func() error {
			if away.Load() {
				return errors.New("no connection")
			}
			return nil
		}}, "p1")
		r, err := mine.Run(t.Context(), approved(t, mine, isolate("click")), func(ctx context.Context, r Request) Result {
			<-time.After(2*mine.lease + mine.lease/6)
			away.Store(true)
			<-time.After(mine.lease / 3) // one renewal
			away.Store(false)
			<-time.After(mine.lease)
			require.NoError(t, ctx.Err())
			return Result{Outcome: Successful}
		})
		require.NoError(t, err)
		require.Equal(t, Done, r.State)
	})
}

func TestWhoLosesTheLeaseIsCutOffAndHasNoSay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		cut := errors.New("no connection")
		var away atomic.Bool // the first process's own way to the store
		mine := ledger(t, cable{m, func() error {
			if away.Load() {
				return cut
			}
			return nil
		}}, "p1")
		other := ledger(t, m, "p2")
		ask := isolate("click")
		ask.Repeatable = true
		r := approved(t, mine, ask)

		_, err := mine.Run(t.Context(), r, func(ctx context.Context, r Request) Result {
			away.Store(true)
			awaitCutOff(t, ctx, mine)
			require.ErrorIs(t, context.Cause(ctx), cut)
			_, err := other.Recover(t.Context())
			require.NoError(t, err)
			time.Sleep(other.lease / 2) // without a sign of life
			left, err := other.Recover(t.Context())
			require.NoError(t, err)
			require.Len(t, left, 1, "safe to repeat, so it is approved again")
			done, err := other.Run(t.Context(), r, succeed)
			require.NoError(t, err)
			require.Equal(t, Done, done.State)
			away.Store(false)
			return Result{Outcome: Unsuccessful}
		})
		require.ErrorIs(t, err, ErrLeaseLost)
		now, err := other.Get(t.Context(), r.ID)
		require.NoError(t, err)
		require.Equal(t, Done, now.State)
		require.Equal(t, "p2", now.Owner)
	})
}

// awaitCutOff waits until l has cut off the run whose ctx this is, which takes a lease and a renewal. A bubble's clock goes on for good,
// so a run that is never cut off would hang until the test binary's own time-out.
func awaitCutOff(t *testing.T, ctx context.Context, l *Ledger) {
	t.Helper()
	select {
	case <-ctx.Done():
	case <-time.After(3 * l.lease):
		require.Fail(t, "a run whose lease is lost goes on")
	}
}

// A cable is a process's own way to a store that others reach as well.
type cable struct {
	*memory
	cut func() error
}

func (c cable) Find(ctx context.Context, q Query) ([]Request, error) {
	if err := c.cut(); err != nil {
		return nil, err
	}
	return c.memory.Find(ctx, q)
}

func TestAFailureThatWeCausedIsNotCalledOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		var gone atomic.Bool
		m.fail = func(string) error {
			if gone.Load() {
				return errors.New("gone")
			}
			return nil
		}
		mine, other := ledger(t, m, "p1"), ledger(t, m, "p2")
		_, err := mine.Run(t.Context(), approved(t, mine, isolate("click")), func(ctx context.Context, r Request) Result {
			gone.Store(true)
			awaitCutOff(t, ctx, mine)
			gone.Store(false)
			return Result{Outcome: Unsuccessful, Err: ctx.Err()}
		})
		require.NoError(t, err)
		left, err := other.Find(t.Context(), Query{States: []State{Interrupted}})
		require.NoError(t, err)
		require.Len(t, left, 1, "the console may have heard us before we hung up")
	})
}

func TestAfterACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		dead := ledger(t, m, "dead")
		repeatable := isolate("repeatable")
		repeatable.Repeatable = true
		ids := map[string]string{}
		for _, r := range []Request{isolate("once"), repeatable} {
			r = approved(t, dead, r)
			ids[r.Key] = r.ID
			_, err := dead.claim(t.Context(), r) // and then the process dies
			require.NoError(t, err)
		}
		ids["unstarted"] = approved(t, dead, isolate("unstarted")).ID
		ids["unposted"] = submit(t, dead, isolate("unposted")).ID
		posted := submit(t, dead, isolate("posted"))
		require.NoError(t, dead.Cards().Add(t.Context(), posted.ID, CardRef{Channel: "C1", TS: "1.1", Shown: posted.Rev}))

		next := ledger(t, m, "next")
		states := func() map[string]State {
			left, err := next.Recover(t.Context())
			require.NoError(t, err)
			found := map[string]State{}
			for _, r := range left {
				found[r.Key] = r.State
			}
			return found
		}
		require.Empty(t, states(), "who approved may be about to run it")
		<-time.After(pickupDelay)
		require.Equal(t, map[string]State{"unstarted": Approved}, states(), "leases are not over yet")
		<-time.After(next.lease)
		require.Equal(t, map[string]State{"unstarted": Approved, "repeatable": Approved, "once": Interrupted, "unposted": Pending}, states())
		<-time.After(pickupDelay)
		require.Equal(t, map[string]State{"unstarted": Approved, "repeatable": Approved}, states(), "somebody has a lease's time to post the card")
		<-time.After(next.lease)
		require.Equal(t, Pending, states()["unposted"], "which they did not")
		for _, key := range []string{"unstarted", "repeatable"} {
			r, err := next.Run(t.Context(), Request{ID: ids[key]}, succeed)
			require.NoError(t, err)
			require.Equal(t, Done, r.State)
		}
		<-time.After(time.Hour)
		require.Equal(t, map[string]State{"unstarted": Done, "repeatable": Done, "once": Interrupted}, states(),
			"nobody was told how they ended")
		for r, err := range all(next.Find(t.Context(), Query{Behind: true})) {
			require.NoError(t, err)
			require.NoError(t, next.Cards().RecordShown(t.Context(), r, r.Cards))
			require.NoError(t, next.Cards().RecordTold(t.Context(), r))
		}
		require.Empty(t, states())
		_, err := Verify(Trail{Head: m.head, Entries: each(m.trail)})
		require.NoError(t, err)
	})
}

// takenByTen is how many requests ten takers at the same moment get, all together.
func takenByTen(t *testing.T, processes []*Ledger, take func(*Ledger, context.Context) ([]Request, error)) int {
	t.Helper()
	var taken atomic.Int32
	var all sync.WaitGroup
	for n := range 10 {
		all.Go(func() {
			got, err := take(processes[n%len(processes)], t.Context())
			if err != nil {
				t.Error(err)
			}
			taken.Add(int32(len(got)))
		})
	}
	all.Wait()
	return int(taken.Load())
}

// Two processes that look at the same moment would post two cards and tell an end twice: one of them gets it.
func TestWhatIsLeftIsTakenUpByOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		processes := []*Ledger{ledger(t, m, "p1"), ledger(t, m, "p2")}
		submit(t, processes[0], isolate("unposted"))
		ended := approved(t, processes[0], isolate("untold"))
		_, err := processes[0].Run(t.Context(), ended, succeed)
		require.NoError(t, err)
		for range 3 {
			<-time.After(processes[0].lease)
			require.Equal(t, 2, takenByTen(t, processes, (*Ledger).Recover), "one card and one end")
		}
	})
}

// The cards of a channel that is gone stay behind for good: looking at them gets seldom, until something changes.
func TestWhatCannotBeShownIsTriedMoreAndMoreSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := ledger(t, newMemory(), "p1")
		r, err := l.Run(t.Context(), approved(t, l, isolate("click")), succeed)
		require.NoError(t, err)
		tried := func(span, every time.Duration) (n int) {
			for begun := time.Now(); time.Since(begun) < span; time.Sleep(every) {
				left, err := l.Recover(t.Context())
				require.NoError(t, err)
				n += len(left)
			}
			return n
		}
		require.GreaterOrEqual(t, tried(4*time.Minute, 5*time.Second), 10, "a crash or a pause of Slack's is made good at once")
		tried(4*24*time.Hour, time.Minute)
		require.LessOrEqual(t, tried(24*time.Hour, time.Minute), 24)
		_, err = l.RecordEffect(t.Context(), r, json.RawMessage(`{"applied":1}`))
		require.NoError(t, err)
		require.GreaterOrEqual(t, tried(time.Minute, 5*time.Second), 2, "there is news")
	})
}

func all(rs []Request, err error) iter.Seq2[Request, error] {
	return func(yield func(Request, error) bool) {
		for _, r := range rs {
			if !yield(r, err) {
				return
			}
		}
	}
}

// What waits is pinned in the trail: a row that was changed meanwhile shows, what the ledger itself left out does not.
func TestARowThatWasChangedIsNotWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	m := newMemory()
	l := ledger(t, m, "p1")
	r := approved(t, l, isolate("click"))
	require.NoError(t, l.Pinned(t.Context(), r))
	for name, change := range map[string]func(*Request){
		"other targets":   func(r *Request) { r.Args = json.RawMessage(`{"agent-ids":["2"]}`) },
		"another command": func(r *Request) { r.Command = "shutdown" },
		"another request": func(r *Request) { r.ID = "other" },
	} {
		changed := r
		change(&changed)
		require.ErrorIs(t, l.Pinned(t.Context(), changed), ErrTampered, name)
	}
	r, err := l.Run(t.Context(), r, func(ctx context.Context, r Request) Result {
		left, err := l.Adjust(ctx, r.ID, json.RawMessage(`{"agent-ids":[]}`), 0, json.RawMessage(`{}`))
		require.NoError(t, err)
		require.NoError(t, l.Pinned(ctx, left))
		require.ErrorIs(t, l.Pinned(ctx, r), ErrTampered, "what was left out does not come back")
		return Result{Uncertain: true}
	})
	require.NoError(t, err)
	require.NoError(t, l.Pinned(t.Context(), r))
}
