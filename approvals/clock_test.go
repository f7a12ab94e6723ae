package approvals

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A clock that is set back goes on from where it was; one that is set forward is followed.
func TestTheClockIsNeverSetBack(t *testing.T) {
	t.Parallel()
	now, ran := noon, time.Duration(0)
	clock := steady(func() time.Time { return now }, func() time.Duration { return ran })
	pass := func(d, jump time.Duration) time.Time {
		now, ran = now.Add(d+jump), ran+d
		return clock()
	}
	require.Equal(t, noon.Add(time.Minute), pass(time.Minute, 0))
	require.Equal(t, noon.Add(11*time.Minute), pass(10*time.Minute, -2*time.Hour))
	require.Equal(t, noon.Add(12*time.Minute), pass(time.Minute, 0))
	require.Equal(t, noon.Add(3*time.Hour+13*time.Minute), pass(time.Minute, 5*time.Hour))
}

// by is a difference between clocks that may be read while it is changed.
func by(d time.Duration) *atomic.Int64 {
	var n atomic.Int64
	n.Store(int64(d))
	return &n
}

// shifted is a clock that differs from the bubble's.
func shifted(by *atomic.Int64) func(*Config) {
	return func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(by.Load())) } }
}

// A request from the future was made by a clock that was wrong: nobody knows for how long it has waited, so nobody decides it and it does
// not run when the clock gets there.
func TestARequestFromTheFutureExpires(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		wrong := by(2 * time.Hour)
		before := ledger(t, m, "before the restart", shifted(wrong))
		waits, decided := submit(t, before, isolate("waits")), approved(t, before, isolate("decided"))
		after := ledger(t, m, "after it")
		_, err := after.Approve(t.Context(), waits, bob)
		require.ErrorIs(t, err, ErrExpired)
		_, err = after.Run(t.Context(), decided, succeed)
		require.ErrorIs(t, err, ErrExpired)
		_, err = after.ExpireDue(t.Context())
		require.NoError(t, err)
		for _, id := range []string{waits.ID, decided.ID} {
			r, err := after.Get(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, Expired, r.State)
		}
		slightly := submit(t, ledger(t, m, "elsewhere", shifted(by(time.Minute))), isolate("slightly"))
		_, err = after.Approve(t.Context(), slightly, bob)
		require.NoError(t, err, "clocks may differ a little")
	})
}

// Whatever clocks say, a run that is under way runs once: in its own process, when the clock is set forward by more than a lease, and in
// another one whose clock is ahead, as long as it sees the lease renewed.
func TestARunUnderWayIsNotTakenForDead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		jump, fast := by(0), by(10*time.Minute)
		own, other := ledger(t, m, "own", shifted(jump)), ledger(t, m, "other", shifted(fast))
		ask := isolate("click")
		ask.Repeatable = true
		r, err := own.Run(t.Context(), approved(t, own, ask), func(context.Context, Request) Result {
			for range 8 {
				left, err := other.Recover(t.Context())
				require.NoError(t, err)
				require.Empty(t, left)
				time.Sleep(own.lease / 3)
			}
			for range 3 {
				jump.Add(int64(time.Minute))
				left, err := own.Recover(t.Context())
				require.NoError(t, err)
				require.Empty(t, left)
			}
			return Result{Outcome: Successful}
		})
		require.NoError(t, err)
		require.Equal(t, Done, r.State)
		require.EqualValues(t, 1, r.Fence)
	})
}
