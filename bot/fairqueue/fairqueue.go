// Package fairqueue runs work in a bounded number of slots and shares them fairly among people.
//
// Work has a class and an owner. Each class has slots of its own, so that a decision never waits behind somebody's slow read.
// Inside a class every owner has a line of their own and the lines are served in turn: one piece of the first owner's, one of the next
// owner's, and so on. One owner never holds more than PerOwner slots of a class, however many are free, and has at most Backlog pieces
// waiting. Two hundred commands of one person that hang on a dead console therefore cost everybody else nothing.
//
//	Push ──▶ slot free, owner below PerOwner ──▶ runs
//	     ├─▶ else, fewer than Backlog wait   ──▶ owner's line ──▶ runs in its turn
//	     └─▶ else                            ──▶ ErrBusy: the caller says so to the person
//
// The rule one must not break: Push never blocks and never calls the work itself. It is called by what acknowledges Slack's envelopes.
package fairqueue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"
)

// A Class is a kind of work with slots of its own; it is an index into Config.Classes.
type Class int

// A Limit bounds the work of one class. Zero PerOwner or Backlog means no bound.
type Limit struct {
	Name     string // for logs and metrics
	Slots    int    // pieces of work at once
	PerOwner int    // of one owner at once
	Backlog  int    // of one owner waiting
}

// Config is what a Queue needs.
type Config struct {
	Classes []Limit
	Timeout time.Duration // of one piece of work
	Log     *slog.Logger
}

// Work is something to do for somebody.
type Work struct {
	Class Class
	Owner string // a Slack user id; work without an owner shares one line
	Ref   string // the delivery it belongs to: a panic is logged with it
	// Keep makes it wait however many of its owner's wait already: it was accepted before, by a process that is gone.
	Keep bool
	Do   func(context.Context)
	// Stopped, if set, is for who stops the queue before the work began: Close hands the work back.
	Stopped func(context.Context)
}

// ErrClosed refuses work after Close or Finish.
var ErrClosed = errors.New("the queue takes no more work")

// A BusyError refuses work: too much of the same owner's waits already.
type BusyError struct {
	Waiting, Running int // pieces of the owner's work
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("%d commands of this person run and %d wait", e.Running, e.Waiting)
}

// A Queue is ready for Push at once; what was pushed runs once Run was called.
type Queue struct {
	timeout time.Duration
	log     *slog.Logger

	mu      sync.Mutex
	idle    *sync.Cond
	classes []*class
	base    context.Context // of the work; nil before Run
	closed  bool
	running int // in all classes
}

// class holds the lines of one class.
type class struct {
	Limit
	running int
	waiting int
	lines   map[string]*line
	ready   []*line // have work, and their owner may have another slot; in turn
}

// A line is what one owner wants of one class.
type line struct {
	owner   string
	waiting []Work
	running int
	listed  bool // in class.ready
}

// New makes a queue. It starts nothing.
func New(c Config) *Queue {
	q := &Queue{timeout: c.Timeout, log: c.Log}
	q.idle = sync.NewCond(&q.mu)
	for _, limit := range c.Classes {
		q.classes = append(q.classes, &class{Limit: limit, lines: map[string]*line{}})
	}
	return q
}

// Push adds work and returns at once, with a *BusyError where the owner has too much waiting, or ErrClosed.
func (q *Queue) Push(w Work) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	c := q.classes[w.Class]
	l := c.lines[w.Owner]
	if l == nil {
		l = &line{owner: w.Owner}
		c.lines[w.Owner] = l
	}
	if c.Backlog > 0 && len(l.waiting) >= c.Backlog && !w.Keep {
		return &BusyError{Waiting: len(l.waiting), Running: l.running}
	}
	l.waiting = append(l.waiting, w)
	c.waiting++
	c.list(l)
	q.serve(c)
	return nil
}

// list puts a line among those that are served in turn, where it has work and a slot to spare.
func (c *class) list(l *line) {
	if !l.listed && len(l.waiting) > 0 && (c.PerOwner == 0 || l.running < c.PerOwner) {
		l.listed = true
		c.ready = append(c.ready, l)
	}
}

// serve gives the free slots of a class to its lines. The caller holds the lock.
func (q *Queue) serve(c *class) {
	for q.base != nil && c.running < c.Slots && len(c.ready) > 0 {
		l := c.ready[0]
		c.ready[0] = nil
		c.ready = c.ready[1:]
		l.listed = false
		work := l.waiting[0]
		l.waiting[0] = Work{}
		l.waiting = l.waiting[1:]
		c.waiting--
		l.running++
		c.running++
		q.running++
		c.list(l)
		go q.work(c, l, work)
	}
}

// work does one piece, and hands its slot on.
func (q *Queue) work(c *class, l *line, w Work) {
	q.guard(w)
	q.mu.Lock()
	defer q.mu.Unlock()
	l.running--
	c.running--
	q.running--
	c.list(l)
	if l.running == 0 && len(l.waiting) == 0 {
		delete(c.lines, l.owner)
	}
	q.serve(c)
	if q.over() {
		q.idle.Broadcast()
	}
}

// guard does one piece of work; a panic costs that piece alone.
func (q *Queue) guard(w Work) {
	ctx, cancel := context.WithTimeout(q.base, q.timeout)
	defer cancel()
	if p := panics.Try(func() { w.Do(ctx) }); p != nil {
		q.log.Error("a handler panicked", "envelope_id", w.Ref, "user", w.Owner, "err", p.Value, "stack", string(p.Stack))
	}
}

// Run works until Close or Finish was called and what they leave is done. Work goes on under its own time-out when ctx ends, so that
// a stop does not cut it.
func (q *Queue) Run(ctx context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.base = context.WithoutCancel(ctx)
	for _, c := range q.classes {
		q.serve(c)
	}
	for !q.over() {
		q.idle.Wait()
	}
}

// over tells whether nothing runs any more and nothing will.
func (q *Queue) over() bool {
	if !q.closed || q.running > 0 {
		return false
	}
	for _, c := range q.classes {
		if c.waiting > 0 {
			return false
		}
	}
	return true
}

// Close lets what runs end, drops what waits and returns it.
func (q *Queue) Close() (dropped []Work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, c := range q.classes {
		for _, l := range c.lines {
			dropped = append(dropped, l.waiting...)
			l.waiting = nil
		}
		c.ready, c.waiting = nil, 0
	}
	q.idle.Broadcast()
	return dropped
}

// Finish takes no more work, and lets all that waits be done.
func (q *Queue) Finish() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.idle.Broadcast()
}

// Depth is how many pieces of work of each class wait, by the class's name.
func (q *Queue) Depth() map[string]int {
	q.mu.Lock()
	defer q.mu.Unlock()
	depth := make(map[string]int, len(q.classes))
	for _, c := range q.classes {
		depth[c.Name] = c.waiting
	}
	return depth
}
