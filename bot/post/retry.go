package post

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/sethvargo/go-retry"
	"github.com/slack-go/slack"
)

// Every call of Slack's Web API and every answer by response URL goes through Retry, with three
// exceptions: views.open, whose trigger is dead after 3 s; what the notifier posts, which has a
// queue and a pace of its own; and auth.test and apps.connections.open, which are tried for as long
// as the program runs.

// Bounds of Retry. Slack's Retry-After is obeyed to the second; a proxy's 429 may have none that
// can be read.
const (
	rateLimitTries = 10               // answers with 429, one after the other
	rateLimitWait  = 4 * time.Minute  // in all
	rateLimitPause = 30 * time.Second // at most, where Slack does not say how long
	outageTries    = 5                // answers with 5xx and Slack's words for them
	brokenTries    = 3                // connections that break: each may take the 20 s of a call
)

// A repeating says which failed calls may be made again.
type repeating bool

const (
	// ifRefused makes a call again only where it certainly had no effect.
	ifRefused repeating = false
	// IfLost makes it again also where nobody knows: for reads, edits, and whatever does no harm
	// twice.
	IfLost repeating = true
)

// Retry makes a call of Slack's until it succeeds or fails for good. It waits out every 429, within
// its bounds and those of ctx: a wait that would outlast ctx is not begun, so that there is time
// left to say so.
//
// The result joins the failure and the end of the context where both are there: the first says what
// Slack said, the second why nobody waited longer.
func Retry(ctx context.Context, again repeating, call func() error) error {
	p := &patience{ctx: ctx, again: again}
	err := retry.Do(ctx, p, func(context.Context) error {
		p.failed = call()
		return retry.RetryableError(p.failed)
	})
	if err != nil && p.failed != nil && ctx.Err() != nil { // it ended in a pause
		return errors.Join(p.failed, ctx.Err())
	}
	return err
}

// A patience decides after each failure of one call whether it is made again, and when. It is the
// back-off of retry.Do.
type patience struct {
	ctx    context.Context
	again  repeating
	failed error // how the last try ended

	limited int           // answers with 429
	waited  time.Duration // for those
	broken  int           // other failures
}

// Next is the pause before the next try; see retry.Backoff.
func (p *patience) Next() (pause time.Duration, stop bool) {
	pause, repeat := p.afterFailure()
	return pause, !repeat || outlasts(p.ctx, pause)
}

// afterFailure counts the two kinds of failure apart: a 429 is Slack's word that nothing happened,
// and may be waited out for minutes; what broke is tried a few times, and only where a second time
// does no harm.
func (p *patience) afterFailure() (pause time.Duration, repeat bool) {
	if asked, slow := Slowdown(p.failed); slow {
		p.limited++
		pause = rateLimitDelay(asked, p.limited)
		p.waited += pause
		return pause, p.limited < rateLimitTries && p.waited <= rateLimitWait
	}
	p.broken++
	return time.Duration(p.broken) * time.Second, repeatable(p.failed, p.again, p.broken)
}

// rateLimitDelay is how long to wait after the nth 429 in a row: as long as Slack asks for, else
// longer and longer.
func rateLimitDelay(asked time.Duration, n int) time.Duration {
	if asked > 0 {
		return max(asked, time.Second)
	}
	return min(time.Second<<(n-1), rateLimitPause)
}

// repeatable tells whether the nth failure of a call is worth another try.
func repeatable(err error, again repeating, n int) bool {
	switch {
	case Unsent(err):
		return !statusError(err) && n < brokenTries
	case Unclear(err) && again == ifRefused:
		return false
	case Broken(err):
		return n < brokenTries
	}
	return Outage(err) && n < outageTries
}

// Passes tells whether a failure passes by itself: Slack asks for patience, or is in trouble.
func Passes(err error) bool {
	_, slow := Slowdown(err)
	return slow || Outage(err)
}

// Outage tells whether Slack is in trouble of its own
// (docs.slack.dev/reference/methods/chat.postMessage, "errors").
func Outage(err error) bool {
	var status slack.StatusCodeError
	return RefusedWith(err, "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org") ||
		errors.As(err, &status) && status.Code >= 500
}

// Broken tells whether the answer got lost on the way.
func Broken(err error) bool {
	var torn *url.Error
	var page *json.SyntaxError // a proxy's HTML, or half an answer
	var reset *net.OpError
	return errors.As(err, &torn) || errors.As(err, &reset) || errors.As(err, &page) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) ||
		errors.Is(err, context.DeadlineExceeded)
}

// Unclear tells whether a call may have had its effect although it failed: of internal_error and
// fatal_error Slack says that "some aspect of the operation" may have succeeded, and a gateway's
// 502 says nothing of what is behind it.
//
// The opposite of it is not "no effect" but "nothing to be unsure about": nil and a clear refusal
// are both not unclear.
func Unclear(err error) bool {
	if _, slow := Slowdown(err); err == nil || slow || Unsent(err) {
		return false
	}
	return Broken(err) || Outage(err) && !RefusedWith(err, "service_unavailable", "request_timeout", "team_added_to_org")
}

// Slowdown tells whether Slack wants a pause, and how long; zero where it does not say in a way
// that can be read: a proxy's 429 has no Retry-After, or a date.
func Slowdown(err error) (time.Duration, bool) {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) {
		return limited.RetryAfter, true
	}
	var status slack.StatusCodeError
	var number *strconv.NumError
	return 0, errors.As(err, &status) && status.Code == http.StatusTooManyRequests || errors.As(err, &number) || RefusedWith(err, "ratelimited", "rate_limited")
}

// Unsent tells whether a call had no effect although Slack itself did not say so: it never left, or
// something before Slack refused it.
func Unsent(err error) bool {
	var dialed *net.OpError
	return errors.As(err, &dialed) && dialed.Op == "dial" || statusError(err)
}

// statusError tells whether a bare status refused a call.
func statusError(err error) bool {
	var status slack.StatusCodeError
	return errors.As(err, &status) && status.Code >= 400 && status.Code < 500
}

// RefusedWith tells whether Slack said no in one of these words.
func RefusedWith(err error, words ...string) bool {
	var refused slack.SlackErrorResponse
	return errors.As(err, &refused) && slices.Contains(words, refused.Err)
}

// outlasts tells whether a pause is longer than what is left of ctx.
func outlasts(ctx context.Context, pause time.Duration) bool {
	end, bounded := ctx.Deadline()
	return bounded && time.Until(end) < pause
}

// Sleep waits for d and reports whether ctx is still alive.
func Sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
