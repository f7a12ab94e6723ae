package chat

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"
)

// What an error of Slack's says decides whether a card is posted again, looked for, sent elsewhere or waits.
func TestADelivererLearnsFromAnErrorWhatBecameOfTheCard(t *testing.T) {
	t.Parallel()
	answer := func(word string) error { return slack.SlackErrorResponse{Err: word} }
	for _, c := range []struct {
		err  error
		want string
	}{
		{&slack.RateLimitedError{RetryAfter: 30 * time.Second}, "slow 30s"},
		{answer("ratelimited"), "slow 0s"},
		{slack.StatusCodeError{Code: 429}, "slow 0s"},
		{&strconv.NumError{Func: "ParseInt", Num: "Fri, 27 Nov 2026 03:00:00 GMT", Err: strconv.ErrSyntax}, "slow 0s"},
		{answer("message_not_found"), "gone"},
		{answer("restricted_action_thread_locked"), "gone"}, // no reason to leave the channel alone: it takes a new thread
		{answer("is_archived"), "closed"},
		{answer("channel_not_found"), "closed"},
		{answer("restricted_action_thread_only_channel"), "closed"},
		{answer("edit_window_closed"), "fixed"},
		{answer("invalid_blocks"), "refused"},
		{answer("unknown_method"), "refused"},
		{answer("missing_scope"), "refused"},
		{slack.StatusCodeError{Code: 404}, "refused"},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, "refused"},
		{answer("internal_error"), "open"},
		{answer("request_timeout"), "open"},
		{slack.StatusCodeError{Code: 503}, "open"},
		{&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, "open"},
	} {
		require.Equal(t, c.want, learned(FailureOf(fmt.Errorf("post: %w", c.err))), "%v", c.err)
	}
}

// learned is what an error's methods say.
func learned(err error) string {
	var known Failure
	if !errors.As(err, &known) {
		return "open"
	}
	wait, slow := known.RetryAfter()
	switch {
	case slow:
		return "slow " + wait.String()
	case known.Gone():
		return "gone"
	case known.Fixed():
		return "fixed"
	case known.Closed():
		return "closed"
	case known.Refused():
		return "refused"
	}
	return "nothing"
}
