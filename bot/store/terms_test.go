package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// The row says when something of an isolation for a time is due; of all processes one gets it, and after a restart somebody does.
func TestWhatEndsIsDueOnceInAllProcesses(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		c := &clock{}
		processes := []*approvals.Ledger{process(t, address, "p1", c), process(t, address, "p2", c)}
		r := isolation("click")
		r.Term = &approvals.Term{For: 4 * time.Hour}
		r = submit(t, processes[0], r)
		_, err := processes[0].Approve(t.Context(), r, bob)
		require.NoError(t, err)
		_, err = processes[0].Run(t.Context(), r, succeed)
		require.NoError(t, err)

		take := func() (taken []approvals.Request) {
			var mu sync.Mutex
			var all sync.WaitGroup
			for n := range 8 {
				all.Go(func() {
					due, err := processes[n%2].TermsDue(t.Context())
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					taken = append(taken, due...)
				})
			}
			all.Wait()
			return taken
		}
		require.Empty(t, take())
		c.pass(3*time.Hour + 30*time.Minute)
		due := take()
		require.Len(t, due, 1)
		_, err = processes[0].RecordWarning(t.Context(), due[0])
		require.NoError(t, err)
		require.Empty(t, take())
		c.pass(30 * time.Minute)
		require.Len(t, take(), 1)
		require.Empty(t, take())
		c.pass(approvals.TermLease) // who took it died
		due = take()
		require.Len(t, due, 1)
		var ended atomic.Int32
		var all sync.WaitGroup
		for n := range 8 {
			all.Go(func() {
				if _, err := processes[n%2].EndTerm(t.Context(), due[0], "over", "2"); err == nil {
					ended.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, ended.Load())
		require.Empty(t, take())
		require.Equal(t, []string{"asked", "approved", "started", "finished", "warned", "ended"}, trailOf(t, processes[0], r.ID))
	})
}
