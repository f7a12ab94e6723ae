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
	mu       sync.Mutex
	silences map[*breakers]*silence // of each console: a report reads several at once, and that one hangs says nothing of the others
}

// A silence is what one console has left of it.
type silence struct {
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
	return context.WithValue(ctx, patienceKey{}, &patience{silences: map[*breakers]*silence{}})
}

// patienceOf is nil where nobody waits.
func patienceOf(ctx context.Context) *patience {
	p, _ := ctx.Value(patienceKey{}).(*patience)
	return p
}

// of is the silence of a console, without what is long enough ago. The caller holds the lock.
func (p *patience) of(console *breakers) *silence {
	s := p.silences[console]
	if s == nil || s.spent > 0 && time.Since(s.last) >= restFor {
		s = &silence{hung: map[string]bool{}}
		p.silences[console] = s
	}
	return s
}

// left is how long a read of a route may go without an answer; false where it is not to be sent.
func (p *patience) left(console *breakers, route string) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.of(console)
	return max(patienceFor-s.spent, hurriedFor), !s.hung[route]
}

// spend takes the time that a read of a route went without an answer.
func (p *patience) spend(console *breakers, route string, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.of(console)
	s.spent += took
	s.hung[route] = true
	s.last = time.Now()
}

// hurry gives the read of a command as long as its patience lasts; an error where it is over for
// the read's path. A file may take its time.
func (c *Call) hurry(ctx context.Context, console *breakers, budget time.Duration) error {
	p := patienceOf(ctx)
	if p == nil || c.download {
		return nil
	}
	left, ok := p.left(console, c.Route)
	if !ok {
		return &Error{Operation: c.Operation, RetryAfter: restFor, Err: ErrNotAnswering, Message: "The console didn't answer an earlier call of this kind in time."}
	}
	c.most = min(left, budget)
	return nil
}

// inAHurry tells whether a read has so little time that its end says nothing about the console.
func (c Call) inAHurry() bool { return c.most > 0 && c.most < patienceFor/2 }
