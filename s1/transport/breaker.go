package transport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

const (
	// hangsInARow is how many reads of one path in a row must time out before the next ones fail at
	// once.
	hangsInARow = 3
	// restFor is for how long they do; then one read tries the path again.
	restFor = 15 * time.Second
	// probeWait is when to try again where another call is just finding out whether the path answers.
	probeWait = 5 * time.Second
)

// ErrNotAnswering: the path did not answer the last reads in time, so this one was not sent. It is
// tried again soon.
var ErrNotAnswering = errors.New("the console isn't responding on this path")

// breakers hold a circuit breaker for each path: where one hangs, those who ask it hear so at once
// instead of 30 seconds later, and the bot's slots are free for paths that answer.
//
//	closed ──3 time-outs in a row──▶ open ──15 s──▶ half-open ──one call: answers──▶ closed
//	                                   ▲                └──times out──┐
//	                                   └──────────────────────────────┘
//
// Changes pass by them, always: that reads hang is no reason not to try to isolate a host.
type breakers struct {
	log *slog.Logger

	mu     sync.Mutex
	routes map[string]*breaker
}

// A breaker is one path's.
type breaker struct {
	*gobreaker.CircuitBreaker[attempt]
	mu     sync.Mutex
	opened time.Time
}

// newBreakers are all closed. They live in the process: one that starts anew may ask a path three
// times before it knows better.
func newBreakers(log *slog.Logger) *breakers {
	return &breakers{log: log, routes: map[string]*breaker{}}
}

// of returns the breaker of a route. There are as many as routes in this package: ids are
// placeholders in them.
func (b *breakers) of(route string) *breaker {
	b.mu.Lock()
	defer b.mu.Unlock()
	if known, ok := b.routes[route]; ok {
		return known
	}
	made := &breaker{}
	made.CircuitBreaker = gobreaker.NewCircuitBreaker[attempt](gobreaker.Settings{
		Name: route, MaxRequests: 1, Timeout: restFor,
		ReadyToTrip:   func(counts gobreaker.Counts) bool { return counts.ConsecutiveFailures >= hangsInARow },
		IsSuccessful:  func(err error) bool { return !errors.Is(err, context.DeadlineExceeded) },
		IsExcluded:    func(err error) bool { var o *ownEnd; return errors.As(err, &o) },
		OnStateChange: func(_ string, from, to gobreaker.State) { b.changed(made, from, to) },
	})
	b.routes[route] = made
	return made
}

// changed notes when a path stopped answering, from which the wait that people are told is counted,
// and says so in the log once each way.
func (b *breakers) changed(route *breaker, _, to gobreaker.State) {
	switch to {
	case gobreaker.StateOpen:
		route.mu.Lock()
		route.opened = time.Now()
		route.mu.Unlock()
		b.log.Warn("the console isn't responding on a path; reads of it will fail immediately for a while", "route", route.Name(), "for", restFor)
	case gobreaker.StateClosed:
		b.log.Info("the console answers on a path again", "route", route.Name())
	}
}

// An ownEnd is an error of a call whose caller did not wait for an answer, or not for long, or that was
// not sent because it had to wait here: it says nothing about the console.
type ownEnd struct{ error }

// Unwrap is the error as the caller gets it, with what it is made of.
func (e *ownEnd) Unwrap() error { return e.error }

// guard runs a read unless its path does not answer.
func (b *breakers) guard(ctx context.Context, call Call, read func() (attempt, error)) (attempt, error) {
	breaker := b.of(call.Route)
	began := time.Now()
	a, err := breaker.Execute(func() (attempt, error) {
		a, err := read()
		var e *Error
		unsent := errors.As(err, &e) && e.unsent
		hung := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !unsent
		if p := patienceOf(ctx); p != nil && hung {
			p.spend(b, call.Route, time.Since(began))
		}
		if err != nil && (ctx.Err() != nil || unsent || hung && call.inAHurry()) {
			err = &ownEnd{err}
		}
		return a, err
	})
	var own *ownEnd
	switch {
	case errors.As(err, &own):
		return a, own.error
	case errors.Is(err, gobreaker.ErrOpenState):
		return a, refusal(call, breaker.rests())
	case errors.Is(err, gobreaker.ErrTooManyRequests):
		return a, refusal(call, probeWait)
	}
	return a, err
}

// rests is for how long nothing is sent on the path yet.
func (b *breaker) rests() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(restFor-time.Since(b.opened), time.Second)
}

// refusal is the error of a read that was not sent, and how long to wait before it is asked again.
func refusal(call Call, wait time.Duration) *Error {
	return &Error{Operation: call.Operation, RetryAfter: wait, Err: ErrNotAnswering,
		Message: fmt.Sprintf("The console didn't answer the last %d calls of this kind in time.", hangsInARow)}
}
