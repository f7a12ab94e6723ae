// Package fairqueue runs work in a bounded number of slots and shares them fairly among people.
//
// Work has a class, a pool and an owner. Each class has slots of its own, so that a decision never
// waits behind somebody's slow read; and inside a class each pool has, which is what its work may
// wait for, such as one of several consoles. Inside a pool every owner has a line of their own and
// the lines are served in turn: one piece of the first owner's, one of the next owner's, and so on.
// One owner never holds more than PerOwner slots of a pool, however many are free, and has at most
// Backlog pieces waiting. Two hundred commands of one person that hang cost everybody else nothing,
// and those of a thousand people that hang on one console cost the other consoles nothing.
//
//	Push ──▶ slot free, owner below PerOwner ──▶ runs
//	     ├─▶ else, fewer than Backlog wait   ──▶ owner's line ──▶ runs in its turn
//	     └─▶ else                            ──▶ BusyError: the caller says so to the person
//
// The rule one must not break: Push never blocks and never calls the work itself. It is called by
// what acknowledges Slack's envelopes.
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

// A Limit bounds the work of one class in each of its pools. Zero PerOwner or Backlog means no bound.
type Limit struct {
	Name     string // for logs and metrics
	Slots    int    // pieces of work at once
	PerOwner int    // of one owner at once
	Backlog  int    // of one owner waiting
	Yields   bool   // nothing of it begins during a pause but by Begin; what does not yield is not held up by one
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
	Pool  string // what it may wait for, of a bounded number of names; empty where that is nothing in particular
	Owner string // a Slack user id; work without an owner shares one line
	Ref   string // the delivery it belongs to: a panic is logged with it
	// Keep makes it wait however many of its owner's wait already: it was accepted before, by a
	// process that is gone.
	Keep bool
	Do   func(context.Context)
	// Stopped, if set, is for who stops the queue before the work began: Close hands the work back.
	Stopped func(context.Context)
}

// ErrClosed refuses work after Close or Finish.
var ErrClosed = errors.New("the queue is closed")

// A BusyError refuses work: too much of the same owner's waits already.
type BusyError struct {
	Waiting, Running int // pieces of the owner's work
}

func (e *BusyError) Error() string {
	return fmt.Sprintf("this person has %d commands running and %d waiting", e.Running, e.Waiting)
}

// A Queue is ready for Push at once; what was pushed runs once Run was called.
//
// One lock guards all of it, and no work is done under it; what it guards is a few maps and slices,
// so it is held for microseconds.
type Queue struct {
	timeout time.Duration
	log     *slog.Logger

	mu      sync.Mutex
	idle    *sync.Cond
	classes []*class
	base    context.Context // of the work; nil before Run
	closed  bool
	paused  bool
	turn    int // the class of which Begin began something
	running int // in all classes
}

// class holds the pools of one class that have work.
type class struct {
	Limit
	pools map[string]*pool
}

// pool holds the lines of one pool.
type pool struct {
	*class
	name    string
	running int
	waiting int
	lines   map[string]*line
	ready   []*line // have work, and their owner may have another slot; in turn
}

// A line is what one owner wants of one pool.
type line struct {
	owner   string
	waiting []Work
	running int
	listed  bool // in pool.ready
}

// New makes a queue. It starts nothing.
func New(c Config) *Queue {
	q := &Queue{timeout: c.Timeout, log: c.Log}
	q.idle = sync.NewCond(&q.mu)
	for _, limit := range c.Classes {
		q.classes = append(q.classes, &class{Limit: limit, pools: map[string]*pool{}})
	}
	return q
}

// Push adds work and returns at once, with a *BusyError where the owner has too much waiting, or
// ErrClosed.
func (q *Queue) Push(w Work) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	p := q.classes[w.Class].pool(w.Pool)
	l := p.line(w.Owner)
	if begins := q.heldBack(p, l); p.Backlog > 0 && len(l.waiting)-begins >= p.Backlog && !w.Keep {
		return &BusyError{Waiting: len(l.waiting) - begins, Running: l.running + begins}
	}
	l.waiting = append(l.waiting, w)
	p.waiting++
	p.list(l)
	q.serve(p)
	return nil
}

// heldBack is how much of a line's work has a slot and does not begin yet, because of a pause or
// because Run was not called: it counts as running, or a pause would make two hundred commands of
// one person the fifty that wait and nothing that runs. The caller holds the lock.
func (q *Queue) heldBack(p *pool, l *line) int {
	if q.base != nil && (!q.paused || !p.Yields) {
		return 0
	}
	slots := p.Slots - p.running
	if p.PerOwner > 0 {
		slots = min(slots, p.PerOwner-l.running)
	}
	return min(slots, len(l.waiting))
}

// pool is the one of a name.
func (c *class) pool(name string) *pool {
	p := c.pools[name]
	if p == nil {
		p = &pool{class: c, name: name, lines: map[string]*line{}}
		c.pools[name] = p
	}
	return p
}

// line is the one of an owner.
func (p *pool) line(owner string) *line {
	l := p.lines[owner]
	if l == nil {
		l = &line{owner: owner}
		p.lines[owner] = l
	}
	return l
}

// list puts a line among those that are served in turn, where it has work and a slot to spare.
func (p *pool) list(l *line) {
	if !l.listed && len(l.waiting) > 0 && (p.PerOwner == 0 || l.running < p.PerOwner) {
		l.listed = true
		p.ready = append(p.ready, l)
	}
}

// serve gives the free slots of a pool to its lines. The caller holds the lock.
func (q *Queue) serve(p *pool) {
	for (!q.paused || !p.Yields) && q.begin(p) {
	}
}

// begin begins what is next in a pool, if there is a slot for it. The caller holds the lock.
func (q *Queue) begin(p *pool) bool {
	if q.base == nil || p.running >= p.Slots || len(p.ready) == 0 {
		return false
	}
	l := p.ready[0]
	p.ready[0] = nil
	p.ready = p.ready[1:]
	l.listed = false
	work := l.waiting[0]
	l.waiting[0] = Work{}
	l.waiting = l.waiting[1:]
	p.waiting--
	l.running++
	p.running++
	q.running++
	p.list(l)
	go q.work(p, l, work)
	return true
}

// work does one piece, and hands its slot on.
func (q *Queue) work(p *pool, l *line, w Work) {
	q.guard(w)
	q.mu.Lock()
	defer q.mu.Unlock()
	l.running--
	p.running--
	q.running--
	p.list(l)
	if l.running == 0 && len(l.waiting) == 0 {
		delete(p.lines, l.owner)
	}
	q.serve(p)
	if len(p.lines) == 0 {
		delete(p.pools, p.name)
	}
	if q.over() {
		q.idle.Broadcast()
	}
}

// guard does one piece of work; a panic costs that piece alone.
func (q *Queue) guard(w Work) {
	ctx, cancel := context.WithTimeout(q.base, q.timeout)
	defer cancel()
	q.Guard(w, func() { w.Do(ctx) })
}

// Guard is for work that is about several things: a panic in do, which is about w, costs that alone.
func (q *Queue) Guard(w Work, do func()) {
	if p := panics.Try(do); p != nil {
		q.log.Error("a handler panicked", "envelope_id", w.Ref, "user", w.Owner, "err", p.Value, "stack", string(p.Stack))
	}
}

// Run works until Close or Finish was called and what they leave is done. Work goes on under its
// own time-out when ctx ends, so that a stop does not cut it.
func (q *Queue) Run(ctx context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.base = context.WithoutCancel(ctx)
	q.serveAll()
	for !q.over() {
		q.idle.Wait()
	}
}

// Pause lets nothing begin until Resume of the classes that yield; what runs goes on.
func (q *Queue) Pause() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = true
}

// Begin lets one piece of work begin during a pause, of a class that yields: of another one than
// the last time, where several have work.
func (q *Queue) Begin() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range q.classes {
		q.turn = (q.turn + 1) % len(q.classes)
		for _, p := range q.classes[q.turn].pools { // in no order, so that each has its turn
			if p.Yields && q.begin(p) {
				return
			}
		}
	}
}

// Resume ends a pause.
func (q *Queue) Resume() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = false
	q.serveAll()
}

// serveAll serves every pool. The caller holds the lock.
func (q *Queue) serveAll() {
	for _, c := range q.classes {
		for _, p := range c.pools {
			q.serve(p)
		}
	}
}

// over tells whether nothing runs any more and nothing will.
func (q *Queue) over() bool {
	if !q.closed || q.running > 0 {
		return false
	}
	for _, c := range q.classes {
		if c.waiting() > 0 {
			return false
		}
	}
	return true
}

// Close lets what runs end, drops what waits and returns it.
//
// What it returns still has Stopped to be called, by whoever called Close: that takes as long as
// Slack takes, and is no matter of the queue's.
func (q *Queue) Close() (dropped []Work) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	for _, c := range q.classes {
		for _, p := range c.pools {
			dropped = append(dropped, p.drop()...)
		}
	}
	q.idle.Broadcast()
	return dropped
}

// drop forgets what waits in a pool, and returns it.
func (p *pool) drop() (dropped []Work) {
	for _, l := range p.lines {
		dropped = append(dropped, l.waiting...)
		l.waiting, l.listed = nil, false
	}
	p.ready, p.waiting = nil, 0
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
		depth[c.Name] = c.waiting()
	}
	return depth
}

// waiting is how many pieces of work of a class wait, in all its pools.
func (c *class) waiting() (n int) {
	for _, p := range c.pools {
		n += p.waiting
	}
	return n
}
