package notifier

import (
	"context"
	"sync"
	"time"
)

// lanes keep the pace of channels: two tellers may post to one, when what was meant for another goes there.
type lanes struct {
	now func() time.Time
	mu  sync.Mutex
	of  map[string]*lane
}

// A lane is one channel's.
type lane struct {
	turn turn
	at   time.Time // the earliest next post
}

// take waits until a channel takes a post; free is called when it was made.
func (l *lanes) take(ctx context.Context, channel string) (free func(), err error) {
	l.mu.Lock()
	one := l.of[channel]
	if one == nil {
		one = &lane{turn: newTurn()}
		l.of[channel] = one
	}
	l.mu.Unlock()
	if err := one.turn.take(ctx); err != nil {
		return nil, err
	}
	if wait := one.at.Sub(l.now()); wait > 0 {
		rest(ctx, wait, nil)
	}
	return func() {
		one.at = l.now().Add(postPause)
		one.turn.give()
	}, nil
}
