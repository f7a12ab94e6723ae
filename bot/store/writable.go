package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	// probeEvery is how long an answer to Writable stands: whoever asks all the time does not wear the disk out.
	probeEvery = 2 * time.Second
	// probeLimit is how long a probe waits for its turn to write.
	probeLimit = 5 * time.Second
	// probeRoom is how much must fit on the disk beside the database. SQLite writes over the space of its log, so the first writes to
	// a disk that is full still succeed, and then one in the middle of an approval does not.
	probeRoom = 256 << 10
)

// A probe is what the last try to write brought.
type probe struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// Writable reports whether the database can be written now: it writes, at most every two seconds
// however often it is asked.
//
// /readyz asks, as often as its prober likes; whoever comes during a probe waits for its answer.
func (db *DB) Writable(ctx context.Context) error {
	db.probe.mu.Lock()
	defer db.probe.mu.Unlock()
	if !db.probe.at.IsZero() && time.Since(db.probe.at) < probeEvery {
		return db.probe.err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeLimit) // who gives up does not decide for the others
	defer cancel()
	db.probe.err = db.write(ctx)
	db.probe.at = time.Now()
	return db.probe.err
}

// write changes a row to what it is, which both engines write down, and looks whether there is room for more.
func (db *DB) write(ctx context.Context) error {
	err := db.writes.do(ctx, func(ctx context.Context, tx *transaction) error {
		_, err := tx.ExecContext(ctx, `UPDATE audit_head SET seq = seq WHERE one = 1`)
		return err
	})
	if err == nil && db.engine.folder != "" {
		err = room(db.engine.folder)
	}
	if err != nil {
		return db.engine.words(fmt.Errorf("write to the database: %w", err))
	}
	return nil
}

// room tells whether a little more fits into a folder. That nothing new may be made there does not
// count: the database has its files.
//
// Errors of other kinds count as room: a folder that may not be written, for instance, says nothing
// about the disk.
func room(folder string) (err error) {
	f, err := os.CreateTemp(folder, ".s1bot-room-*")
	if err == nil {
		removed := os.Remove(f.Name()) // first, so that no crash leaves it behind
		_, err = f.Write(make([]byte, probeRoom))
		err = errors.Join(removed, err, f.Sync(), f.Close())
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EROFS) || errors.Is(err, syscall.EIO) {
		return fmt.Errorf("the disk is full or read-only: %w", err)
	}
	return nil
}

// folderOf is where a database's file stands; empty for one in memory.
func folderOf(path string) string {
	if path == ":memory:" {
		return ""
	}
	return filepath.Dir(path)
}
