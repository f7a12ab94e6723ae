package bot

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/approvals/workflow"
)

// What became of a message decides whether a card is posted again, looked for, told in a new message, or waits.
func TestTheWorkflowHearsWhatBecameOfAMessage(t *testing.T) {
	t.Parallel()
	answer := func(word string) error { return slack.SlackErrorResponse{Err: word} }
	for _, c := range []struct {
		err    error
		fate   workflow.Fate
		reason string
	}{
		{&slack.RateLimitedError{RetryAfter: time.Second}, workflow.Passing, ""},
		{answer("internal_error"), workflow.Passing, "Slack refuses it (internal_error)"},
		{slack.StatusCodeError{Code: 503}, workflow.Passing, ""},
		{answer("invalid_blocks"), workflow.Refused, "Slack refuses it (invalid_blocks)"},
		{answer("missing_scope"), workflow.Refused, "Slack refuses it (missing_scope)"},
		{answer("is_archived"), workflow.Final, "the channel is archived"},
		{answer("not_in_channel"), workflow.Final, "I'm not in the channel, or it no longer exists; somebody has to type /invite @s1bot there"},
		{answer("restricted_action"), workflow.Final, "the channel doesn't let me post"},
		{answer("message_not_found"), workflow.Final, "Slack refuses it (message_not_found)"},
		{answer("edit_window_closed"), workflow.Final, "Slack refuses it (edit_window_closed)"},
		{errors.New("no answer"), workflow.Refused, ""},
	} {
		var got *workflow.MessageError
		require.ErrorAs(t, messageError(fmt.Errorf("post: %w", c.err)), &got)
		require.Equal(t, c.fate, got.Fate, "%v", c.err)
		require.Equal(t, c.reason, got.Reason, "%v", c.err)
	}
	require.NoError(t, messageError(nil))
}
