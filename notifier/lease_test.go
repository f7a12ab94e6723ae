package notifier_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/journal"
	"s1bot/notifier/notifiertest"
)

// leases are what a database would lend: to one at a time, until it ends.
type leases struct {
	*notifiertest.Memory
	mu    sync.Mutex
	owner string
	until time.Time
	fence int64
	err   error
}

func (l *leases) Lease(_ context.Context, c journal.Claim) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch now := time.Now(); {
	case l.err != nil:
		return 0, l.err
	case l.owner != c.Owner && now.Before(l.until):
		return 0, nil
	case l.owner != c.Owner:
		l.owner, l.fence = c.Owner, l.fence+1
	}
	l.until = time.Now().Add(c.For)
	return l.fence, nil
}

func (l *leases) Release(_ context.Context, owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.owner == owner {
		l.until = time.Time{}
	}
	return l.err
}

func (l *leases) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// beside runs another process until it is stopped.
func beside(t *testing.T, c notifier.Config, owner string) (stop func()) {
	c.Owner = owner
	n, err := notifier.New(c)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(t, <-done)
	}
}

func TestOneOfSeveralProcessesPostsAndTheNextTakesOver(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		w.Config.Owner, w.Config.Leases = "first", &leases{Memory: w.Journal}
		w.Start()
		stop := beside(t, w.Config, "second")
		defer stop()
		w.Console.AddThreat(notifiertest.NewThreat{Name: "one"})
		w.Pass(time.Minute)
		require.Equal(t, 1, w.Log.Count("this process posts notifications"))
		w.Stop()
		w.Pass(4 * time.Second) // it gave the lease back, so nobody waits for its end
		require.Equal(t, 2, w.Log.Count("this process posts notifications"))
		w.Console.AddThreat(notifiertest.NewThreat{Name: "two"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"one", "two"}, notifiertest.Titles(w, "CTHREATS"))
	})
}

func TestAProcessThatCannotRenewItsLeaseStopsBeforeAnotherMayTakeIt(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		lent := &leases{Memory: w.Journal}
		w.Config.Leases = lent
		w.Start()
		w.Pass(time.Minute)
		lent.fail(errors.New("database is away"))
		w.Pass(9 * time.Second)
		require.Equal(t, 1, w.Log.Count("can't renew the notifier's lease"))
		require.Zero(t, w.Log.Count("another process posts notifications now"), "nobody knows of one")
		var before, after int
		w.Console.Set(func(c *notifiertest.Console) { before = len(c.Calls) })
		w.Pass(time.Hour)
		w.Console.Set(func(c *notifiertest.Console) { after = len(c.Calls) })
		require.Equal(t, before, after, "it reads nothing any more")
		require.Equal(t, 1, w.Log.Count("can't ask for the notifier's lease"), "said once, not 1,200 times")
		lent.fail(nil)
		w.Console.AddThreat(notifiertest.NewThreat{Name: "afterwards"})
		w.Pass(time.Minute)
		require.Equal(t, []string{"afterwards"}, notifiertest.Titles(w, "CTHREATS"))
		require.Equal(t, 1, w.Log.Count("the notifier's lease can be asked for again"))
	})
}

func TestALeaseThatIsRenewedInTimeIsKept(t *testing.T) {
	notifiertest.Story(t, func(t *testing.T, w *notifiertest.World) {
		lent := &leases{Memory: w.Journal}
		w.Config.Leases = lent
		w.Start()
		w.Pass(time.Minute)
		lent.fail(errors.New("a stutter"))
		w.Pass(6 * time.Second)
		lent.fail(nil)
		w.Pass(time.Hour)
		require.Zero(t, w.Log.Count("another process posts notifications now"))
	})
}
