package pacing

import (
	"context"
	"sync"
	"time"
)

// A Pacer keeps calls that belong to one key, such as posts to one channel, a pause apart, whoever
// makes them. The pause is counted from the end of a call, for what matters is when Slack gets the
// next one: a limiter that counts from the start lets a slow call and a quick one arrive together,
// which is why golang.org/x/time/rate does not serve here.
type Pacer struct {
	pause time.Duration
	now   func() time.Time

	mu sync.Mutex
	of map[string]*slot
}

// A slot is one key's. Its turn is held from before the wait to the end of the call, so at is read
// and written by one goroutine at a time.
type slot struct {
	turn Turn
	at   time.Time // the earliest next call
}

// NewPacer makes a pacer.
func NewPacer(pause time.Duration, now func() time.Time) *Pacer {
	return &Pacer{pause: pause, now: now, of: map[string]*slot{}}
}

// Take waits until key's next call may be made; done is to be called at the end of that call.
//
// Whoever waits is in line by key alone, so a channel that Slack answers slowly holds up no other.
// If ctx ends during the wait the call may be made at once; it is cut off by the same context.
func (p *Pacer) Take(ctx context.Context, key string) (done func(), err error) {
	one := p.slot(key)
	if err := one.turn.Take(ctx); err != nil {
		return nil, err
	}
	if wait := one.at.Sub(p.now()); wait > 0 {
		Rest(ctx, wait, nil)
	}
	return func() {
		one.at = p.now().Add(p.pause)
		one.turn.Give()
	}, nil
}

// slot is key's own. They are never forgotten: there are as many as channels.
func (p *Pacer) slot(key string) *slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of[key] == nil {
		p.of[key] = &slot{turn: NewTurn()}
	}
	return p.of[key]
}
