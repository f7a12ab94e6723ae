package huntapi

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"s1bot/s1/transport"
)

// A Place is where a caller stands who waits for the console to take a query.
type Place struct {
	Ahead int       // how many wait in front
	Start time.Time // about when it is their turn
}

// A queue lets callers of one path pass one by one, in the order in which they came. Unlike a
// reservation of the rate limit, a place moves up when somebody in front gives up.
type queue struct {
	mu      sync.Mutex
	waiting []*ticket
	next    time.Time // when the first one passes
}

// A ticket is a caller's; moved has something in it when the place changed.
type ticket struct{ moved chan struct{} }

// Starts are tried again when the console counts somebody else's with the same token.
const (
	maxStarts  = 20
	firstPause = 5 * time.Second
)

// pass waits for the caller's turn and the path's rate, then sends. A send is not cut off by the
// end of ctx: the id that the answer brings would be lost.
func (l *queue) pass(ctx context.Context, c *transport.Client, call transport.Call, report func(Place), send func(context.Context, transport.Call) error) error {
	if report == nil {
		report = func(Place) {}
	}
	mine := l.join()
	defer l.leave(mine)
	if err := l.turn(ctx, mine, report); err != nil {
		return transport.NotAdmitted(call, 0, err)
	}
	wait, cancel := c.Reserve(ctx, call.Route)
	if err := l.hold(ctx, c, wait, report); err != nil {
		cancel()
		return transport.NotAdmitted(call, wait.For, err)
	}
	call.Admitted = true
	for try := 1; ; try++ {
		err := send(context.WithoutCancel(ctx), call)
		if !errors.Is(err, transport.ErrRateLimited) || try == maxStarts {
			return err
		}
		if l.hold(ctx, c, transport.Wait{For: pauseAfter(err, try), Path: call.Route, Answered: true}, report) != nil {
			return err
		}
	}
}

// pauseAfter is how long to wait after a 429: longer each time, and at least as long as the console
// asks.
func pauseAfter(err error, try int) time.Duration {
	pause := min(firstPause<<min(try-1, 10), time.Minute)
	var e *transport.Error
	if errors.As(err, &e) && e.Status == http.StatusTooManyRequests {
		pause = max(pause, e.RetryAfter)
	}
	return pause
}

// join goes to the end of the line.
func (l *queue) join() *ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &ticket{moved: make(chan struct{}, 1)}
	l.waiting = append(l.waiting, t)
	return t
}

// leave gives the place up, whether its turn came or not, and lets the others move.
func (l *queue) leave(t *ticket) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting = slices.DeleteFunc(l.waiting, func(other *ticket) bool { return other == t })
	l.tell()
}

// tell lets everybody look where they stand. The caller holds mu.
func (l *queue) tell() {
	for _, t := range l.waiting {
		select {
		case t.moved <- struct{}{}:
		default: // there is something in it already
		}
	}
}

// turn waits until nobody is in front.
func (l *queue) turn(ctx context.Context, t *ticket, report func(Place)) error {
	for {
		place := l.place(t)
		if place.Ahead == 0 {
			return ctx.Err()
		}
		report(place)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.moved:
		}
	}
}

// place is where a ticket stands now. Each one in front takes a minute: that is the console's pace
// for the path.
func (l *queue) place(t *ticket) Place {
	l.mu.Lock()
	defer l.mu.Unlock()
	ahead := slices.Index(l.waiting, t)
	first := l.next
	if now := time.Now(); first.Before(now) {
		first = now
	}
	return Place{Ahead: ahead, Start: first.Add(time.Duration(ahead) * time.Minute)}
}

// hold waits for the first one in line and lets those behind know how long.
func (l *queue) hold(ctx context.Context, c *transport.Client, wait transport.Wait, report func(Place)) error {
	if wait.For <= 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	l.next = time.Now().Add(wait.For)
	l.tell()
	l.mu.Unlock()
	report(Place{Start: time.Now().Add(wait.For)})
	return c.Pause(ctx, wait)
}
