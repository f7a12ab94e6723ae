package transport

import (
	"context"
	"time"
)

// A stopwatch is the time-out of one try. It stands still while the try waits for room in memory:
// that is our doing, not the console's.
type stopwatch struct {
	timer  *time.Timer
	left   time.Duration
	since  time.Time
	queued time.Duration // how long it stood still
}

// withStopwatch returns a context that ends, with context.DeadlineExceeded as its cause, when the
// stopwatch has run for so long.
func withStopwatch(ctx context.Context, timeout time.Duration) (context.Context, *stopwatch, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	s := &stopwatch{left: timeout, since: time.Now()}
	s.timer = time.AfterFunc(timeout, func() { cancel(context.DeadlineExceeded) })
	return ctx, s, func() {
		s.timer.Stop()
		cancel(nil)
	}
}

// pause stops the time; resume lets it go on. They are called in turn.
func (s *stopwatch) pause() (resume func()) {
	s.timer.Stop()
	stopped := time.Now()
	s.left -= stopped.Sub(s.since)
	return func() {
		s.since = time.Now()
		s.queued += s.since.Sub(stopped)
		s.timer.Reset(max(s.left, 0))
	}
}

// ended returns err or, where the stopwatch or a deadline ended the try, that.
func ended(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause == context.DeadlineExceeded {
		return cause
	}
	return err
}
