package workflow

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestOneKeyAtATime(t *testing.T) {
	t.Parallel()
	var k KeyMutex
	var inside atomic.Int32
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			defer k.Lock("a")()
			require.Equal(t, int32(1), inside.Add(1))
			inside.Add(-1)
		})
	}
	wg.Wait()
	unlock := k.Lock("a")
	k.Lock("b")() // another key does not wait
	unlock()
	require.Empty(t, k.locks)
}
