package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTurnsOfARateAreTakenOnceByWhoeverShares(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		db := open(t, address)
		rates, noon := db.Rates(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		var mu sync.Mutex
		taken := map[time.Time]bool{}
		var asking sync.WaitGroup
		for range 8 {
			asking.Go(func() {
				full, err := rates.Reserve(t.Context(), "k", time.Minute, noon)
				mu.Lock()
				defer mu.Unlock()
				taken[full.UTC()] = err == nil
			})
		}
		asking.Wait()
		for i := range 8 {
			require.True(t, taken[noon.Add(time.Duration(i+1)*time.Minute)], i)
		}
		other, err := rates.Reserve(t.Context(), "other", time.Minute, noon)
		require.NoError(t, err)
		require.Equal(t, noon.Add(time.Minute), other.UTC(), "another console, or another token")
		idle, err := rates.Reserve(t.Context(), "k", time.Minute, noon.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, noon.Add(61*time.Minute), idle.UTC(), "what was not used is not saved up")
	})
}

func TestATurnThatIsGivenBackIsFreeUnlessSomebodyStandsBehind(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		rates, noon := open(t, address).Rates(), time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
		take := func() time.Time {
			full, err := rates.Reserve(t.Context(), "k", time.Minute, noon)
			require.NoError(t, err)
			return full.UTC()
		}
		first, second := take(), take()
		require.NoError(t, rates.Cancel(t.Context(), "k", time.Minute, first))
		require.Equal(t, noon.Add(3*time.Minute), take(), "the second caller keeps their turn, and nobody shares it")
		require.Equal(t, noon.Add(2*time.Minute), second)
		last := take()
		require.NoError(t, rates.Cancel(t.Context(), "k", time.Minute, last))
		require.Equal(t, last, take())
	})
}
