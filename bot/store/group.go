package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// writeLimit bounds one transaction, waiting for another program's lock included.
//
// It is longer than busyFor, so that SQLite's own wait for a lock ends first and says so in words.
const writeLimit = 15 * time.Second

// maxBatch bounds one transaction's writes.
const maxBatch = 512

// companyWait is how long a write that nobody waits for waits for company before it costs a sync of
// its own.
//
// An fsync costs a few milliseconds on an SSD and tens on a disk. Marking a delivery as done can
// wait that long, and a click never can.
const companyWait = 25 * time.Millisecond

var errClosed = errors.New("the database is closed")

// A group commits writes that wait at the same moment in one transaction. While one batch is
// written the next one gathers, so nobody waits for company, and the more there is to write the
// more of it shares a sync of the disk. Each write stands alone all the same: one that fails is
// rolled back by itself. For that a batch in which one fails is made a second time, so a write must
// not keep anything from a first try.
//
// The way of a write:
//
//	do/change ──▶ next batch (gathers) ──turn──▶ one transaction ──commit──▶ done is closed, each caller reads its own error
//	changeSoon ─▶ later batch ──25 ms, or the next write that somebody waits for──▶ the same
//	announce ───▶ the same batch; who announced begins it by waiting
//
// The turn is a channel of one and not a mutex, because a test takes it to make batches gather. mu
// guards next, later and closed and is never held during a statement.
type group struct {
	db        *sql.DB
	begin     string // the first statement of a transaction, which finds the end of the trail; may be empty
	prepared  *statements
	pipelines bool                  // takes several statements at once
	tidy      func(context.Context) // what a database wants done every few commits, while others may write; may be nil
	turn      chan struct{}         // held by the batch that is being written
	commits   int                   // since the last tidying; of who has the turn
	tidying   atomic.Bool

	mu      sync.Mutex
	next    *batch // gathers; nil if there is none
	later   *batch // of writes that nobody waits for: it becomes the next one
	closed  bool
	running sync.WaitGroup
}

type batch struct {
	writes []*write
	done   chan struct{}
}

// A write is one method's change. Whoever sets taken first decides: the group whose transaction is
// open, or the caller who gives up.
//
// Without taken, a caller whose context ends while the batch begins could be told that nothing was
// written, and then it is.
type write struct {
	do     func(context.Context, *transaction) error
	change *change // what do does, if that is known before
	taken  atomic.Bool
	err    error // valid when the batch is done
}

func newGroup(e engine) *group {
	return &group{db: e.write, begin: e.begin, prepared: e.statements(e.write), pipelines: e.pipelines, tidy: e.tidy, turn: make(chan struct{}, 1)}
}

// do runs a write and returns when it is on disk. If ctx ends before the write has begun, nothing is written; once begun, its
// true result is waited for, so that an error means that nothing was written.
func (g *group) do(ctx context.Context, do func(context.Context, *transaction) error) error {
	return g.put(ctx, &write{do: do}, g.join)
}

// put gives a write to a batch and waits for it.
func (g *group) put(ctx context.Context, w *write, to func(*write) (*batch, error)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := to(w)
	if err != nil {
		return err
	}
	return g.await(ctx, b, w)
}

// await returns when w is on disk, or was given up before it began.
func (g *group) await(ctx context.Context, b *batch, w *write) error {
	select {
	case <-b.done:
	case <-ctx.Done():
		if w.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-b.done
	}
	return w.err
}

// join adds w to the batch that gathers, or begins one.
//
// Whoever begins a batch starts the goroutine that commits it; it gathers more until it gets its
// turn.
func (g *group) join(w *write) (*batch, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, errClosed
	}
	if g.next == nil || len(g.next.writes) >= maxBatch {
		b := g.later
		if g.later = nil; b == nil {
			b = &batch{done: make(chan struct{})}
		}
		g.next = b
		g.running.Go(func() { g.commit(b) })
	}
	g.next.writes = append(g.next.writes, w)
	return g.next, nil
}

// ride adds w to the batch that gathers, or to one that waits for somebody to begin it.
//
// It never starts a commit itself. That is done by the timer or by join, which takes the waiting
// batch over.
func (g *group) ride(w *write) (*batch, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.closed:
		return nil, errClosed
	case g.next != nil && len(g.next.writes) < maxBatch:
		g.next.writes = append(g.next.writes, w)
		return g.next, nil
	case g.later == nil:
		b := &batch{done: make(chan struct{})}
		g.later = b
		time.AfterFunc(companyWait, func() { g.flush(b) })
	}
	g.later.writes = append(g.later.writes, w)
	return g.later, nil
}

// flush begins b if nobody has. It gathers more until it gets its turn, unless another one does.
func (g *group) flush(b *batch) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.later != b {
		return
	}
	g.later = nil
	if g.next == nil {
		g.next = b
	}
	g.running.Go(func() { g.commit(b) })
}

// commit waits for its turn, takes what has gathered, and writes it. What another program's lock
// holds up has not begun: whoever waits for it may still give up, and Slack's three seconds are
// shorter than some locks.
//
// The batch's time counts from its turn, not from when the first write joined it. Callers see the
// joined error: their own, if they have one, and that of the transaction, which took back what they
// had written.
func (g *group) commit(b *batch) {
	g.turn <- struct{}{}
	defer func() { <-g.turn }()
	defer close(b.done)
	ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
	defer cancel()
	tx, err := g.open(ctx)
	begun := g.take(b)
	if err == nil {
		err = g.transact(ctx, tx, begun)
	}
	if err != nil {
		for _, w := range begun {
			w.err = errors.Join(w.err, err)
		}
	}
	g.prepared.learn(ctx)
	g.tidyUp()
}

// tidyEvery is after how many commits a database is tidied up: some seconds under load. Each time SQLite syncs its whole file, and a commit
// that comes meanwhile waits behind that at the disk.
const tidyEvery = 512

// tidyUp begins that beside the writing, if it is time and nobody is at it.
func (g *group) tidyUp() {
	if g.commits++; g.tidy == nil || g.commits < tidyEvery || !g.tidying.CompareAndSwap(false, true) {
		return
	}
	g.commits = 0
	g.running.Go(func() {
		defer g.tidying.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), writeLimit)
		defer cancel()
		g.tidy(ctx)
	})
}

// take closes the batch and returns the writes that nobody has given up.
//
// Only from here on is the batch closed: it is called after the transaction was opened, so whatever
// came while a lock was waited for is in it.
func (g *group) take(b *batch) (begun []*write) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.next == b {
		g.next = nil
	}
	for _, w := range b.writes {
		if w.taken.CompareAndSwap(false, true) {
			begun = append(begun, w)
		}
	}
	return begun
}

// open begins a transaction that may write.
func (g *group) open(ctx context.Context) (*transaction, error) {
	tx, err := g.begins(ctx)
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	if g.begin == "" {
		return tx, nil
	}
	if err := tx.readTrail(ctx, g.begin); err != nil && !errors.Is(err, sql.ErrNoRows) { // without its row nothing is appended; what needs no trail is written
		return nil, errors.Join(fmt.Errorf("wait for the turn to write: %w", err), tx.Rollback())
	}
	return tx, nil
}

// begins begins one, on a connection of its own where several statements are sent at once.
//
// pgx sends a batch of statements on its own connection alone, which database/sql hands out by
// Conn.
func (g *group) begins(ctx context.Context) (*transaction, error) {
	tx := &transaction{prepared: g.prepared}
	var err error
	if !g.pipelines {
		tx.Tx, err = g.db.BeginTx(ctx, nil)
		return tx, err
	}
	if tx.conn, err = g.db.Conn(ctx); err != nil {
		return nil, err
	}
	if tx.Tx, err = tx.conn.BeginTx(ctx, nil); err != nil {
		return nil, errors.Join(err, tx.conn.Close())
	}
	return tx, nil
}

// transact is one transaction with every write. Its error is that of the transaction.
//
// The first try has no savepoints, which would double the statements of every batch for the rare
// one that fails. When a write fails, all is rolled back and made again, each behind a savepoint.
// Between the two the database may be gone, which is then everybody's error.
func (g *group) transact(ctx context.Context, tx *transaction, writes []*write) error {
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if len(writes) == 0 {
		return nil
	}
	if failed := tx.together(ctx, writes); failed {
		if len(writes) == 1 {
			return nil // that is its own error
		}
		_ = tx.Rollback() // what it says is said by the next statement as well
		again, err := g.open(ctx)
		if err != nil {
			return err
		}
		tx = again
		if err := tx.apart(ctx, writes); err != nil {
			return err
		}
	}
	if err := tx.moveTrail(ctx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// together makes the writes until one fails: those that are known together where the engine takes
// them so, and last.
//
// A write that found nothing to change (untouched) harms nobody: it has its error, and the batch
// goes on.
func (tx *transaction) together(ctx context.Context, writes []*write) (failed bool) {
	var known []*write
	for _, w := range writes {
		if tx.conn != nil && w.change != nil {
			known = append(known, w)
			continue
		}
		w.err = w.do(ctx, tx)
		var nothing untouched
		if w.err != nil && !errors.As(w.err, &nothing) {
			return true
		}
	}
	return len(known) > 0 && tx.pipeline(ctx, known)
}

// apart makes the writes so that one that fails leaves the others alone.
//
// With a write its entries are taken back as well; the end of the trail in memory must follow, or
// the next entry would continue a hash that is not there.
func (tx *transaction) apart(ctx context.Context, writes []*write) error {
	for _, w := range writes {
		if _, err := tx.ExecContext(ctx, `SAVEPOINT one`); err != nil {
			return fmt.Errorf("begin a savepoint: %w", err)
		}
		end, before := `RELEASE SAVEPOINT one`, tx.trail
		if w.err = w.do(ctx, tx); w.err != nil {
			end, tx.trail = `ROLLBACK TO SAVEPOINT one`, before
		}
		if _, err := tx.ExecContext(ctx, end); err != nil {
			return fmt.Errorf("end a savepoint: %w", err)
		}
	}
	return nil
}

// close refuses new writes and waits for those under way.
func (g *group) close() {
	g.mu.Lock()
	g.closed = true
	b := g.later
	g.mu.Unlock()
	if b != nil {
		g.flush(b)
	}
	g.running.Wait()
}
