package socketmode

import (
	"errors"
	"time"

	"github.com/sethvargo/go-retry"
	"github.com/slack-go/slack"
)

// Pauses between attempts to reach Slack: doubling from about half a second to about a minute, each
// a third longer or shorter at random, so that the connections of many programs do not come back at
// once.
const (
	firstPause  = 375 * time.Millisecond
	longestRest = 45 * time.Second
	jitter      = 33 // percent
)

// A Backoff paces attempts to reach Slack that go on for as long as the program runs: opening a
// connection, and asking who the bot is. apps.connections.open takes about one call a minute, so
// nothing may ever loop on it.
type Backoff struct{ pauses retry.Backoff }

// NewBackoff returns one that begins with a short pause.
func NewBackoff() *Backoff {
	b := &Backoff{}
	b.Reset()
	return b
}

// After is the pause after one more attempt, which ended with err: Slack's Retry-After where it
// gave one.
func (b *Backoff) After(err error) time.Duration {
	var limited *slack.RateLimitedError
	if errors.As(err, &limited) && limited.RetryAfter > 0 {
		return limited.RetryAfter
	}
	pause, _ := b.pauses.Next() // it has no end
	return pause
}

// Reset begins with a short pause again, after a connection that held.
func (b *Backoff) Reset() {
	b.pauses = retry.WithJitterPercent(jitter, retry.WithCappedDuration(longestRest, retry.NewExponential(firstPause)))
}

// Refused tells errors of Slack's that no retry mends: the token is wrong, revoked or of the wrong
// kind.
func Refused(err error) bool {
	var refused slack.SlackErrorResponse
	if !errors.As(err, &refused) {
		return false
	}
	switch refused.Err {
	case "invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "not_allowed_token_type", "missing_scope", "no_permission":
		return true
	}
	return false
}
