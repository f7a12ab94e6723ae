package s1

import (
	"context"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// limit is the vendor's rate for the paths that start with prefix, per token.
type limit struct {
	prefix string
	every  time.Duration
	burst  int
}

// limits are the published rates; of several that fit, the longest prefix holds. Where the vendor publishes no burst, every and burst
// share the rate, so that a window of any second or minute has no more calls than the rate says, and a person's few calls in a row
// still do not wait: 25 a second are 20 a second and 5 at once.
var limits = []limit{
	{"", time.Second / 20, 5}, // nothing published: as careful as with agents
	{"users/login", time.Second, 1},
	{"dv/init-query", time.Minute, 1},
	{"dv/query-status", time.Second, 1},
	{"dv/events/pq", time.Second / 2, 2},
	{"dv/events/pq-ping", time.Second / 2, 2},
	{"update/agent/download", time.Minute, 1},
	{"system/status", time.Second, 1},
	{"cloud-detection/rules", 3 * time.Second, 10},
	{"threat-intelligence", 3 * time.Second, 10},
	{"threats", time.Second / 10, 50},
	{"threats/{id}", time.Second / 100, 1000},
	{"agents", time.Second / 20, 5},
	{"accounts", time.Second / 100, 10},
	{"sites", time.Second / 100, 10},
	{"activities", time.Second / 10, 30},
	{"exclusions", time.Second / 25, 25},
	{"remote-scripts", time.Second, 30},
	{"export", time.Second, 30},
}

// buckets hold a token bucket for each entry of limits.
type buckets map[string]*rate.Limiter

func newBuckets() buckets {
	b := buckets{}
	for _, l := range limits {
		b[l.prefix] = rate.NewLimiter(rate.Every(l.every), l.burst)
	}
	return b
}

// of returns the bucket of a route, the one with the longest prefix of whole path elements.
func (b buckets) of(route string) *rate.Limiter {
	for prefix := route; ; prefix = prefix[:max(strings.LastIndexByte(prefix, '/'), 0)] {
		if limiter, ok := b[prefix]; ok {
			return limiter
		}
	}
}

type waitNoticeKey struct{}

// WithWaitNotice lets the caller learn that a call must wait: notice is called with the time before each wait, be it for a
// rate limit or before another try. It must return quickly.
func WithWaitNotice(ctx context.Context, notice func(time.Duration)) context.Context {
	return context.WithValue(ctx, waitNoticeKey{}, notice)
}

// pause waits for d, or until ctx ends. A wait that would outlast the deadline of ctx is not begun.
func (c *Client) pause(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return context.DeadlineExceeded
	}
	if notice, ok := ctx.Value(waitNoticeKey{}).(func(time.Duration)); ok {
		notice(d)
	}
	return c.sleep(ctx, d)
}

// admit waits until the rate of the route allows another call, and returns how long that takes.
func (c *Client) admit(ctx context.Context, call call) (time.Duration, error) {
	if call.admitted {
		return 0, nil
	}
	reservation := c.buckets.of(call.route).Reserve()
	wait := reservation.Delay()
	if wait == 0 {
		return 0, nil
	}
	if err := c.pause(ctx, wait); err != nil {
		reservation.Cancel()
		return wait, err
	}
	return wait, nil
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
