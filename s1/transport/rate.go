package transport

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"s1bot/s1/wire"
)

// limit is the vendor's rate for the paths that start with prefix, per token.
type limit struct {
	prefix string
	every  time.Duration
	burst  int
}

// limits are the published rates; of several that fit, the longest prefix holds. Where the vendor
// publishes no burst, every and burst share the rate, so that a window of any second or minute has
// no more calls than the rate says, and a person's few calls in a row still do not wait: 25 a
// second are 20 a second and 5 at once.
var limits = []limit{
	{"", time.Second / 20, 5}, // nothing published: as careful as with agents
	{"users/login", time.Second, 1},
	{"dv/init-query", time.Minute, 1},
	{"dv/query-status", time.Second, 1},
	{"queries", time.Second / 2, 1}, // of the data lake: three a second and user, the lowest figure that is published for it
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

// Rates keeps when slow calls may go out next, for all clients that share a console and a token,
// and over a restart. The time that it returns is when the turns of key are used up to; see
// store.Rates.
type Rates interface {
	Reserve(ctx context.Context, key string, every time.Duration, now time.Time) (full time.Time, err error)
	Cancel(ctx context.Context, key string, every time.Duration, full time.Time) error
}

// slow is from when on a limit is shared: below, a call costs less than a look into a database, and
// a slip is over within a second.
const slow = time.Second

// buckets hold a token bucket for each entry of limits, and share those of slow ones.
type buckets struct {
	limits map[string]limit
	local  map[string]*rate.Limiter
	shared Rates  // nil: nothing is shared
	owner  string // of the shared ones: a hash of console and token
	log    *slog.Logger
}

// newBuckets has one limiter an entry, all full: the first calls after a start do not wait. Limits
// of a second and more are shared (share) so that a restart, or a second process, does not spend
// them again.
func newBuckets() buckets {
	b := buckets{limits: map[string]limit{}, local: map[string]*rate.Limiter{}, log: slog.New(slog.DiscardHandler)}
	for _, l := range limits {
		b.limits[l.prefix], b.local[l.prefix] = l, rate.NewLimiter(rate.Every(l.every), l.burst)
	}
	return b
}

// lift ends all limits.
func (b buckets) lift() {
	for _, l := range b.local {
		l.SetLimit(rate.Inf)
	}
}

// share lets the buckets keep slow limits in r. A token is a secret, so rows are known by a hash
// that cannot be turned back.
func (b buckets) share(r Rates, console string, token wire.Secret, log *slog.Logger) buckets {
	sum := sha256.Sum256([]byte("s1bot rates\x00" + console + "\x00" + token.Reveal()))
	b.shared, b.owner, b.log = r, hex.EncodeToString(sum[:12]), log
	return b
}

// of returns the limit of a route, the one with the longest prefix of whole path elements.
func (b buckets) of(route string) limit {
	for prefix := route; ; prefix = prefix[:max(strings.LastIndexByte(prefix, '/'), 0)] {
		if l, ok := b.limits[prefix]; ok {
			return l
		}
	}
}

// Reserve takes a turn of a route's limit: after wait the call may go out; cancel gives the turn
// back. Where the shared turns cannot be read the process's own count, for a console that cannot be
// asked is the greater harm.
func (b buckets) Reserve(ctx context.Context, route string) (wait time.Duration, cancel func()) {
	l := b.of(route)
	if b.shared != nil && l.every >= slow {
		now := time.Now()
		full, err := b.shared.Reserve(ctx, b.owner+" "+l.prefix, l.every, now)
		if err == nil {
			early := time.Duration(l.burst) * l.every // so many turns may lie ahead of now
			return max(0, full.Add(-early).Sub(now)), func() { b.giveBack(ctx, l, full) }
		}
		b.log.Warn("cannot share the console's rate with other processes", "route", route, "err", err)
	}
	reservation := b.local[l.prefix].Reserve()
	return reservation.Delay(), reservation.Cancel
}

// backLimit is how long a turn that was not used is tried to be given back; otherwise it is lost,
// and the next call waits for longer.
const backLimit = 5 * time.Second

// giveBack returns a shared turn that was not used. It has a time of its own, for the context of
// the call that gave up is over.
func (b buckets) giveBack(ctx context.Context, l limit, full time.Time) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), backLimit)
	defer cancel()
	if err := b.shared.Cancel(ctx, b.owner+" "+l.prefix, l.every, full); err != nil {
		b.log.Warn("cannot give a turn of the console's rate back", "route", l.prefix, "err", err)
	}
}

// A Wait is why a call does not go out yet.
type Wait struct {
	For      time.Duration
	Path     string // what is limited: "cloud-detection/rules"
	Limit    string // how much of it the console takes: "30 calls a minute"
	Answered bool   // the console did answer, and asked for the wait or was in trouble: another try follows
}

// allowance is a limit in words.
func (l limit) allowance() string {
	switch {
	case l.every >= time.Minute:
		return "one call a minute"
	case l.every > time.Second:
		return fmt.Sprintf("%d calls a minute", int(math.Round(float64(time.Minute)/float64(l.every)))+l.burst)
	case l.every == time.Second:
		return "one call a second"
	}
	return fmt.Sprintf("%d calls a second", int(math.Round(float64(time.Second)/float64(l.every))))
}

// waitNoticeKey is where a context has who wants to hear of waits. It travels with the context
// because between the person and the call there are commands and lists that know of neither.
type waitNoticeKey struct{}

// WithWaitNotice lets the caller learn that a call must wait: notice is called before each wait, be
// it for a rate limit or before another try. It must return quickly.
func WithWaitNotice(ctx context.Context, notice func(Wait)) context.Context {
	return context.WithValue(ctx, waitNoticeKey{}, notice)
}

// awaited tells whether somebody waits for a call.
func awaited(ctx context.Context) bool { return ctx.Value(waitNoticeKey{}) != nil }

// Pause waits, or until ctx ends. A wait that would outlast the deadline of ctx is not begun.
func (c *Client) Pause(ctx context.Context, w Wait) error {
	if outlasts(ctx, w.For) {
		return context.DeadlineExceeded
	}
	notifyWait(ctx, w)
	return c.sleep(ctx, w.For)
}

// notifyWait tells whoever wants to know that a call waits.
func notifyWait(ctx context.Context, w Wait) {
	if notice, ok := ctx.Value(waitNoticeKey{}).(func(Wait)); ok {
		notice(w)
	}
}

// outlasts tells whether a pause is longer than what is left of ctx.
func outlasts(ctx context.Context, pause time.Duration) bool {
	end, bounded := ctx.Deadline()
	return bounded && time.Until(end) < pause
}

// Reserve takes a turn of a route's rate: after the wait a call may go out; cancel gives the turn
// back.
func (c *Client) Reserve(ctx context.Context, route string) (w Wait, cancel func()) {
	wait, cancel := c.buckets.Reserve(ctx, route)
	l := c.buckets.of(route)
	return Wait{For: wait, Path: cmp.Or(l.prefix, route), Limit: l.allowance()}, cancel
}

// Admit waits until the rate of the route allows another call, and returns how long that takes.
func (c *Client) Admit(ctx context.Context, call Call) (time.Duration, error) {
	if call.Admitted {
		return 0, nil
	}
	wait, cancel := c.Reserve(ctx, call.Route)
	if wait.For == 0 {
		return 0, nil
	}
	if err := c.Pause(ctx, wait); err != nil {
		cancel()
		return wait.For, err
	}
	return wait.For, nil
}

// sleep is a pause that ends early with its context.
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
