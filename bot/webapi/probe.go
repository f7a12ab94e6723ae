package webapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
)

// ProbeTimeout bounds one question of a check: a service that hangs is told as such, and the other
// settings are tested all the same.
const ProbeTimeout = 15 * time.Second

// Probe asks one question and waits out Slack's 429s, as long as one question may take.
func Probe(ctx context.Context, question func() error) error {
	ctx, cancel := context.WithTimeout(ctx, ProbeTimeout)
	defer cancel()
	return post.Retry(ctx, post.IfLost, question)
}

// Advise adds to an answer of Slack's what to do about it; where there was no answer, it is about
// the way to Slack.
func Advise(err error, advice string) error {
	var refused slack.SlackErrorResponse
	var limited *slack.RateLimitedError
	switch {
	case errors.As(err, &limited):
		advice = "Slack is rate-limiting the bot; try again in a minute"
	case !errors.As(err, &refused):
		advice = "Slack isn't responding; check the network, and SLACK_API_URL if it's set"
	}
	return fmt.Errorf("%w: %s", err, advice)
}

// Reason is an error of Slack's in a word or two, without what may be secret in it.
//
// It stands on cards and in answers, where addresses, ids of requests and Go's own words have no
// place.
func Reason(err error) string {
	var refused slack.SlackErrorResponse
	var status slack.StatusCodeError
	_, slowed := post.Slowdown(err)
	switch {
	case slowed:
		return "Slack asks the bot to wait"
	case errors.As(err, &refused):
		return refused.Err
	case errors.As(err, &status):
		return fmt.Sprintf("HTTP %d %s", status.Code, http.StatusText(status.Code))
	}
	return "Slack isn't responding"
}
