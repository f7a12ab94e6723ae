package memory

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// A collector remembers what it was told.
type collector struct {
	mu       sync.Mutex
	allowed  []int
	released int
}

func (c *collector) grow(percent int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.allowed = append(c.allowed, percent)
}

func (c *collector) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.released++
}

func (c *collector) said() (allowed []int, released int) {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.allowed), c.released
}

// While clicks stream in, collections are rare; ten seconds after the last of them the process is as small as before.
func TestTheHeapGrowsWhileManyPeopleAreAtWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c collector
		h := &Heap{grow: c.grow, release: c.release}
		come := func(n int) {
			for range n {
				h.Beat()
			}
		}
		says := func(released int, allowed []int, why string) {
			t.Helper()
			got, times := c.said()
			require.Equal(t, allowed, got, why)
			require.Equal(t, released, times, why)
		}
		come(19)
		says(0, nil, "one person and what they start")
		time.Sleep(1100 * time.Millisecond) // the bubble's clock
		come(19)
		says(0, nil, "the same, a second later")
		come(1)
		says(0, []int{busyGrowth}, "a burst")
		time.Sleep(9 * time.Second)
		come(20)
		time.Sleep(9 * time.Second)
		says(0, []int{busyGrowth}, "another burst before it was calm")
		time.Sleep(2 * time.Second)
		says(1, []int{busyGrowth, calmGrowth}, "calm")
		time.Sleep(20 * time.Second)
		says(2, []int{busyGrowth, calmGrowth}, "quiet")
		time.Sleep(time.Hour)
		says(2, []int{busyGrowth, calmGrowth}, "once")
		come(1)
		time.Sleep(29 * time.Second)
		come(1)
		time.Sleep(29 * time.Second)
		says(2, []int{busyGrowth, calmGrowth}, "a person at work")
		time.Sleep(2 * time.Second)
		says(3, []int{busyGrowth, calmGrowth}, "one person leaves memory behind as well")
		come(20)
		says(3, []int{busyGrowth, calmGrowth, busyGrowth}, "busy again")
		time.Sleep(time.Minute) // its timer ends within the bubble
	})
}
