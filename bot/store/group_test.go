package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
)

// held opens a database whose turn to write is taken, so that writes gather until free is called.
func held(t *testing.T) (db *DB, free func()) {
	t.Helper()
	db, err := Open(t.Context(), "sqlite:"+t.TempDir()+"/s1bot.db", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.writes.turn <- struct{}{}
	return db, func() { <-db.writes.turn }
}

// gathered waits until n writes wait in one batch, and returns it.
func gathered(t *testing.T, g *group, n int) *batch {
	t.Helper()
	for {
		g.mu.Lock()
		b, waiting := g.next, 0
		if b != nil {
			waiting = len(b.writes)
		}
		g.mu.Unlock()
		if waiting == n {
			return b
		}
		require.NoError(t, t.Context().Err())
	}
}

func TestFiftySavesAreOneTransaction(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	var saves sync.WaitGroup
	for n := range 50 {
		saves.Go(func() {
			if fresh, err := db.Inbox().Save(context.Background(), fmt.Sprint(n), "slash_commands", []byte("{}"))(); err != nil || !fresh {
				t.Errorf("save %d: %v %v", n, fresh, err)
			}
		})
	}
	b := gathered(t, db.writes, 50)
	free()
	saves.Wait()
	for _, w := range b.writes {
		require.True(t, w.taken.Load())
		require.NoError(t, w.err)
	}
}

func TestWhatNobodyWaitsForSharesTheNextTransaction(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	defer free()
	g, nothing := db.writes, func(context.Context, *transaction) error { return nil }
	later, err := g.ride(&write{do: nothing})
	require.NoError(t, err)
	next, err := g.join(&write{do: nothing})
	require.NoError(t, err)
	require.Same(t, later, next, "the write that somebody waits for takes the other along")
	also, err := g.ride(&write{do: nothing})
	require.NoError(t, err)
	require.Same(t, next, also)
	require.Len(t, next.writes, 3)
}

func TestWhatNobodyWaitsForIsWrittenAllTheSame(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + t.TempDir() + "/s1bot.db"
	db, err := Open(t.Context(), address, nil)
	require.NoError(t, err)
	for _, key := range []string{"alone", "at the end"} {
		_, err = db.Inbox().Save(t.Context(), key, "slash_commands", []byte("{}"))()
		require.NoError(t, err)
	}
	require.NoError(t, db.Inbox().Finish(t.Context(), "alone"))
	finished := make(chan error, 1)
	go func() { finished <- db.Inbox().Finish(context.Background(), "at the end") }()
	for waits := false; !waits; {
		db.writes.mu.Lock()
		waits = db.writes.later != nil
		db.writes.mu.Unlock()
	}
	require.NoError(t, db.Close(), "closing writes what waits")
	require.NoError(t, <-finished)
	again, err := Open(t.Context(), address, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, again.Close()) }()
	require.NoError(t, again.Inbox().Unfinished(t.Context(), func(key, _ string, _ []byte, _ time.Time) error {
		return fmt.Errorf("%s is not finished", key)
	}))
}

func TestAWriteThatFailsLeavesItsNeighboursAlone(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	broken := errors.New("broken")
	errs := make([]error, 9)
	var writes sync.WaitGroup
	for n := range errs {
		writes.Go(func() {
			errs[n] = db.writes.do(context.Background(), func(ctx context.Context, tx *transaction) error {
				_, err := tx.ExecContext(ctx, `INSERT INTO history (person, seq, at, line) VALUES ('U', $1, 0, '')`, n)
				if n%3 == 0 {
					return broken
				}
				return err
			})
		})
	}
	gathered(t, db.writes, 9)
	free()
	writes.Wait()
	for n, err := range errs {
		if n%3 == 0 {
			require.ErrorIs(t, err, broken)
		} else {
			require.NoError(t, err)
		}
	}
	var kept int
	require.NoError(t, db.read.QueryRow(`SELECT count(*) FROM history WHERE seq % 3 <> 0`).Scan(&kept))
	require.Equal(t, 6, kept)
	require.NoError(t, db.read.QueryRow(`SELECT count(*) FROM history WHERE seq % 3 = 0`).Scan(&kept))
	require.Zero(t, kept, "what failed was rolled back")
}

func TestWhoGivesUpWritesNothing(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	ctx, giveUp := context.WithCancel(t.Context())
	saved := make(chan error)
	for range 2 { // one begins the batch, the other joins it
		go func() {
			_, err := db.Inbox().Save(ctx, "given up", "slash_commands", nil)()
			saved <- err
		}()
	}
	gathered(t, db.writes, 2)
	giveUp()
	for range 2 {
		require.ErrorIs(t, <-saved, context.Canceled)
	}
	free()
	fresh, err := db.Inbox().Save(t.Context(), "given up", "slash_commands", nil)()
	require.NoError(t, err)
	require.True(t, fresh, "a delivery that was turned away must not run later")
	_, err = db.Inbox().Save(ctx, "too late", "slash_commands", nil)()
	require.ErrorIs(t, err, context.Canceled)
}

// Somebody's backup tool or sqlite3 prompt holds the file: the click is turned away in time, and must not run later.
func TestWhoWaitsForAnotherProgramsLockMayGiveUp(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/s1bot.db"
	db, err := Open(t.Context(), "sqlite:"+path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	other, err := sql.Open("sqlite", dsn(path, "_txlock=immediate"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, other.Close()) })
	lock, err := other.BeginTx(t.Context(), nil)
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = db.Inbox().Save(ctx, "turned away", "block_actions", nil)()
	require.ErrorIs(t, err, context.DeadlineExceeded)
	saved := make(chan bool)
	go func() { // comes while the first one's transaction still waits, and patiently
		fresh, err := db.Inbox().Save(context.Background(), "turned away", "block_actions", nil)()
		saved <- fresh && err == nil
	}()
	require.NoError(t, lock.Rollback())
	require.True(t, <-saved, "what was turned away is not there")
}

func TestAWriteThatHasBegunTellsItsTrueResult(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	free()
	ctx, giveUp := context.WithCancel(t.Context())
	err := db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		giveUp()
		_, err := tx.ExecContext(ctx, `INSERT INTO history (person, seq, at, line) VALUES ('U', 1, 0, '')`)
		return err
	})
	require.NoError(t, err)
	lines, err := db.History().Last(t.Context(), "U", 1)
	require.NoError(t, err)
	require.Len(t, lines, 1)
}

func TestClosingWaitsForWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(t.Context(), "sqlite::memory:", nil)
		require.NoError(t, err)
		release, closed := make(chan struct{}), make(chan error, 1)
		written := make(chan error, 1)
		go func() {
			written <- db.writes.do(context.Background(), func(ctx context.Context, tx *transaction) error {
				<-release
				_, err := tx.ExecContext(ctx, `INSERT INTO history (person, seq, at, line) VALUES ('U', 1, 0, '')`)
				return err
			})
		}()
		synctest.Wait()
		go func() { closed <- db.Close() }()
		synctest.Wait()
		require.Empty(t, closed)
		require.ErrorIs(t, db.writes.do(t.Context(), nil), errClosed)
		close(release)
		require.NoError(t, <-closed)
		require.NoError(t, <-written)
	})
}

func TestADatabaseInMemoryHasOneConnection(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), "sqlite::memory:", nil)
	require.NoError(t, err)
	defer db.Close()
	require.Same(t, db.engine.read, db.engine.write, "a second one would see a database of its own")
	require.Equal(t, 1, db.read.Stats().MaxOpenConnections)
}

func TestWhatFailedLeavesNoGapInTheTrail(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	broken := errors.New("broken")
	var writes sync.WaitGroup
	for n := range 6 {
		writes.Go(func() {
			err := db.writes.do(context.Background(), func(ctx context.Context, tx *transaction) error {
				err := appendTrail(ctx, tx, approvals.Entry{Request: fmt.Sprint(n), Action: "asked", Detail: []byte("{}")})
				if n%2 == 0 {
					return broken
				}
				return err
			})
			if (n%2 == 0) != errors.Is(err, broken) {
				t.Errorf("write %d: %v", n, err)
			}
		})
	}
	gathered(t, db.writes, 6)
	free()
	writes.Wait()
	trail, err := db.Requests().Audit(t.Context(), approvals.AuditQuery{})
	require.NoError(t, err)
	n, err := approvals.Verify(trail)
	require.NoError(t, err)
	require.EqualValues(t, 3, n)
}

// A batch in which one write fails is made a second time, and between the two tries the database may go away.
func TestADatabaseThatGoesAwayBetweenTheTriesOfABatchIsAnErrorOfItsWrites(t *testing.T) {
	t.Parallel()
	db, free := held(t)
	gone := errors.New("the connection broke")
	errs := make(chan error, 2)
	for range 2 {
		go func() {
			errs <- db.writes.do(context.Background(), func(context.Context, *transaction) error {
				return errors.Join(gone, db.engine.write.Close())
			})
		}()
	}
	gathered(t, db.writes, 2)
	free()
	require.Error(t, <-errs)
	require.Error(t, <-errs)
}

// Deliveries that came together cost one sync of the disk, and not one each or one for the first.
func TestWhatIsAnnouncedBeforeAnybodyWaitsIsOneTransaction(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(t.Context(), "sqlite::memory:", nil)
		require.NoError(t, err)
		defer func() { require.NoError(t, db.Close()) }()
		before := db.writes.commits
		var written []func() (bool, error)
		for n := range 50 {
			written = append(written, db.Inbox().Save(t.Context(), fmt.Sprint(n%49), "slash_commands", []byte("{}")))
		}
		synctest.Wait()
		require.Equal(t, before, db.writes.commits, "nobody waits yet")
		for n, wait := range written {
			fresh, err := wait()
			require.NoError(t, err)
			require.Equal(t, n < 49, fresh, n)
		}
		require.Equal(t, 1, db.writes.commits-before)
	})
}
