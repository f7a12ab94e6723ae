package bot

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"
)

// A queue runs work in a bounded number of slots. Pushing never waits: what is pushed has been written down, so a long queue
// costs memory, not clicks.
type queue struct {
	mu     sync.Mutex
	more   *sync.Cond
	items  []func(context.Context)
	closed bool
	limit  time.Duration // for one piece of work
	log    *slog.Logger
}

func newQueue(limit time.Duration, log *slog.Logger) *queue {
	q := &queue{limit: limit, log: log}
	q.more = sync.NewCond(&q.mu)
	return q
}

// push adds work; after close or finish it is dropped, to be found in the inbox at the next start.
func (q *queue) push(work func(context.Context)) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed {
		q.items = append(q.items, work)
		q.more.Signal()
	}
}

// length is how many pieces of work wait.
func (q *queue) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.items)
}

// close lets the workers finish what they do and drops what waits.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.items = true, nil
	q.more.Broadcast()
}

// finish lets the workers do all that waits, and end.
func (q *queue) finish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}

// run works in n slots until close or finish. Work goes on under its own time-out when ctx ends, so that a stop does not cut it.
func (q *queue) run(ctx context.Context, n int) {
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			for work, ok := q.pop(); ok; work, ok = q.pop() {
				q.guard(ctx, work)
			}
		})
	}
	wg.Wait()
}

func (q *queue) pop() (func(context.Context), bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.items) == 0 && !q.closed {
		q.more.Wait()
	}
	if len(q.items) == 0 {
		return nil, false
	}
	work := q.items[0]
	q.items[0] = nil
	q.items = q.items[1:]
	return work, true
}

// guard runs one piece of work; a panic costs that piece alone.
func (q *queue) guard(ctx context.Context, work func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), q.limit)
	defer cancel()
	if p := panics.Try(func() { work(ctx) }); p != nil {
		q.log.Error("a handler panicked", "err", p.Value, "stack", string(debug.Stack()))
	}
}
