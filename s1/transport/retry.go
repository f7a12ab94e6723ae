package transport

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sethvargo/go-retry"
)

const (
	// maxTries is how often a read is tried in all.
	maxTries = 4
	// maxPause is the longest pause before another try; a console that asks for more gets its error
	// shown instead.
	maxPause = time.Minute
	// firstRetry is about how long after the first failure a read is tried again; each further pause
	// is twice as long.
	firstRetry = 375 * time.Millisecond
	// retryJitter is by how many percent a pause varies, so that several callers do not come back at
	// once.
	retryJitter = 33
)

// A readRetry decides whether a read is tried again, and when. It is the back-off of one call, for
// retry.Do.
//
// Time without an answer has one budget for all tries of a call, because a person waits for their
// sum: what one try used up the next one does not have. Pauses that the console asks for do not
// count: it did answer, and whoever waits is told (see WithWaitNotice).
type readRetry struct {
	client *Client
	ctx    context.Context
	call   Call
	own    retry.Backoff // where the console asks for no pause of its own

	tries  int
	left   time.Duration // for tries and pauses of our own
	pause  time.Duration // before the next try
	again  bool          // there is a next try
	failed *Error        // how the last try ended
}

func (c *Client) newReadRetry(ctx context.Context, call Call) *readRetry {
	own := retry.WithJitterPercent(retryJitter, retry.NewExponential(c.firstRetry))
	return &readRetry{client: c, ctx: ctx, call: call, own: retry.WithMaxRetries(maxTries-1, own), left: c.budget(call)}
}

// Next is the pause before the next try; see retry.Backoff.
func (r *readRetry) Next() (pause time.Duration, stop bool) {
	if r.again && r.pause > 0 {
		notifyWait(r.ctx, Wait{For: r.pause, Path: r.call.Route, Answered: true})
	}
	return r.pause, !r.again
}

// plan decides what follows a failed try.
func (r *readRetry) plan(a attempt, took time.Duration) {
	r.left -= took
	pause, stop := r.own.Next()
	asked := retryAfter(a.header, time.Now())
	if asked == 0 {
		r.left -= pause
	}
	r.pause = cmp.Or(asked, pause)
	r.again = !stop && a.passing() && r.pause <= maxPause && r.left >= r.client.budget(r.call)/10 && !outlasts(r.ctx, r.pause)
}

// persist sends a read until it has an answer, or no more tries are worth it.
func (c *Client) persist(ctx context.Context, call Call, payload []byte) (a attempt, err error) {
	r := c.newReadRetry(ctx, call)
	err = retry.Do(ctx, r, func(ctx context.Context) (err error) {
		a, err = c.try(ctx, r, payload)
		return err
	})
	var refused *Error
	switch {
	case err == nil:
		return a, nil
	case errors.As(err, &refused):
		return attempt{}, refused
	case r.failed != nil: // ctx ended in a pause; why there was one says more
		return attempt{}, r.failed
	}
	return attempt{}, &Error{Operation: call.Operation, Err: err, Message: connectionProblem(err, call.host(c))}
}

// try is one try of a read.
func (c *Client) try(ctx context.Context, r *readRetry, payload []byte) (attempt, error) {
	r.tries++
	waited, err := c.Admit(ctx, r.call)
	if err != nil {
		return attempt{}, NotAdmitted(r.call, waited, err)
	}
	if err := c.enter(ctx, r); err != nil {
		return attempt{}, err
	}
	began := time.Now()
	a := c.send(ctx, r.call, payload, r.left)
	took := time.Since(began) - a.queued
	if a.succeeded() {
		c.report(ctx, r.call, a, Observation{r.call.Method, r.call.Route, a.status, took, r.tries, waited}, giveUp)
		return a, nil
	}
	r.plan(a, took)
	c.report(ctx, r.call, a, Observation{r.call.Method, r.call.Route, a.status, took, r.tries, waited}, after(!r.again))
	a.drop()
	r.failed = c.problem(r.call, a)
	return a, retry.RetryableError(r.failed)
}

// passing tells whether what went wrong may be gone in a moment.
func (a attempt) passing() bool {
	if a.err != nil {
		return !errors.Is(a.err, ErrTooLarge) && !errors.Is(a.err, errNoRoom) && !errors.As(a.err, new(*unkeptError)) && !errors.Is(a.err, context.Canceled) && !isCertificate(a.err)
	}
	return a.status == http.StatusTooManyRequests || a.status >= 500 && a.status != http.StatusNotImplemented
}

// retryAfter reads the header of that name, in seconds or as a date (RFC 9110, section 10.2.3).
func retryAfter(header http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
