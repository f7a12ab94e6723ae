// Package pacing has what waiting takes: rests that a context ends, turns, back-off, and a pacer of
// calls.
package pacing

import (
	"context"
	"time"
)

// A Turn is a mutex that can be waited for as long as a context lasts.
type Turn chan struct{}

// NewTurn makes a turn that is free.
func NewTurn() Turn { return make(Turn, 1) }

// Take waits for the turn; the error is that of ctx, and then the turn is not taken.
func (t Turn) Take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Give gives the turn to whoever waits.
func (t Turn) Give() { <-t }

// Rest waits for d, or until woken, or until ctx ends.
func Rest(ctx context.Context, d time.Duration, woken <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-woken:
	case <-ctx.Done():
	}
}

// Later is the later of two moments.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Backoff doubles from a second to a minute.
func Backoff(try int) time.Duration {
	return min(time.Second<<min(max(try-1, 0), 10), time.Minute)
}
