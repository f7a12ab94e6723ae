package memory

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// While clicks stream in, collections are rare; ten seconds after the last of them the process is as small as before.
func TestTheHeapGrowsWhileManyPeopleAreAtWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var allowed []int
		released := 0
		h := &Heap{grow: func(percent int) { allowed = append(allowed, percent) }, release: func() { released++ }}
		come := func(n int) {
			for range n {
				h.Beat()
			}
			synctest.Wait()
		}
		come(19)
		require.Empty(t, allowed, "one person and what they start")
		time.Sleep(1100 * time.Millisecond) // the bubble's clock
		come(19)
		require.Empty(t, allowed, "the same, a second later")
		come(1)
		require.Equal(t, []int{busyGrowth}, allowed)
		time.Sleep(9 * time.Second)
		come(20)
		time.Sleep(9 * time.Second)
		require.Equal(t, []int{busyGrowth}, allowed, "another burst before it was calm")
		require.Zero(t, released)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		require.Equal(t, []int{busyGrowth, calmGrowth}, allowed)
		require.Equal(t, 1, released)
		come(20)
		require.Equal(t, []int{busyGrowth, calmGrowth, busyGrowth}, allowed)
		time.Sleep(time.Minute) // its timer ends within the bubble
	})
}
