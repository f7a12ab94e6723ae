package transport

import (
	"context"
	"sync"
	"time"
)

const (
	// patienceFor is how long the reads of one command may go without an answer, all together. It leaves
	// a few seconds of the half minute that a person is made to wait at most.
	patienceFor = 25 * time.Second
	// hurriedFor is what a read gets when that is used up: other paths may well answer.
	hurriedFor = 2 * time.Second
)

// A patience is what somebody who waits for a command has. One that reads a dozen things, of a
// console that hangs, would take half a minute for each of them.
//
// What is used up is there again after a rest, as a path is tried again (see breakers): work that
// goes on for hours may have the context of the command that began it.
type patience struct {
	mu    sync.Mutex
	spent time.Duration
	hung  map[string]bool // routes that this command does not ask again
	last  time.Time       // when a read hung last
}

type patienceKey struct{}

// WithPatience has the reads under ctx share the time that they may go without an answer. Where they
// do already, it changes nothing.
func WithPatience(ctx context.Context) context.Context {
	if patienceOf(ctx) != nil {
		return ctx
	}
	return context.WithValue(ctx, patienceKey{}, &patience{hung: map[string]bool{}})
}

// patienceOf is nil where nobody waits.
func patienceOf(ctx context.Context) *patience {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	return p
}

// rested forgets what is long enough ago. The caller holds the lock.
func (p *patience) rested() {
	if p.spent > 0 && time.Since(p.last) >= restFor {
		p.spent = 0
		clear(p.hung)
	}
}

// left is how long a read of a route may go without an answer; false where it is not to be sent.
func (p *patience) left(route string) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rested()
	return max(patienceFor-p.spent, hurriedFor), !p.hung[route]
}

// spend takes the time that a read of a route went without an answer.
func (p *patience) spend(route string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rested()
	p.spent += took
	p.hung[route] = true
	p.last = time.Now()
}

// hurry gives the read of a command as long as its patience lasts; an error where it is over for
// the read's path. A file may take its time.
func (c *Call) hurry(ctx context.Context, budget time.Duration) error {
	p := patienceOf(ctx)
	if p == nil || c.download {
		return nil
	}
	left, ok := p.left(c.Route)
	if !ok {
		return &Error{Operation: c.Operation, RetryAfter: restFor, Err: ErrNotAnswering, Message: "The console didn't answer an earlier call of this kind in time."}
	}
	c.most = min(left, budget)
	return nil
}

// inAHurry tells whether a read has so little time that its end says nothing about the console.
func (c Call) inAHurry() bool { return c.most > 0 && c.most < patienceFor/2 }
