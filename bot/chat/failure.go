package chat

import (
	"errors"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
)

// FailureOf adds to an error of Slack's what a deliverer must know about it. What it adds nothing
// to leaves open whether Slack did what was asked.
//
// Slack's words for trouble of its own (internal_error and the like) get no outcome, because with
// them Slack leaves open whether part of the operation succeeded.
func FailureOf(err error) error {
	if wait, slowed := post.Slowdown(err); slowed {
		return Failure{err, slowedDown, wait}
	}
	var answer slack.SlackErrorResponse
	switch {
	case post.RefusedWith(err, "message_not_found", "thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"):
		return Failure{error: err, outcome: isGone}
	case post.RefusedWith(err, "edit_window_closed", "cant_update_message"):
		return Failure{error: err, outcome: isFixed}
	case post.RefusedWith(err, closedWords...):
		return Failure{error: err, outcome: isClosed}
	case post.RefusedWith(err, "internal_error", "fatal_error", "service_unavailable", "request_timeout"):
		return err
	case errors.As(err, &answer), post.Unsent(err):
		return Failure{error: err, outcome: isRefused}
	}
	return err
}

// closedWords are how Slack says that a channel takes no messages of ours, now or ever
// (docs.slack.dev/reference/methods/chat.postMessage).
var closedWords = []string{
	"channel_not_found", "is_archived", "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
	"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
	"channel_is_limited_access", "user_not_in_channel", "messages_tab_disabled", "method_not_supported_for_channel_type",
}

// A Failure is an error of Slack's with what is known of the call that failed.
//
// It is also what the notifier asks for by its methods, without knowing this package; see
// delivery.Failure.
type Failure struct {
	error
	outcome outcome
	after   time.Duration // of a call that Slack wants to be made later; zero where it does not say when
}

// An outcome is what became of a call that failed.
type outcome int

const (
	slowedDown outcome = iota
	isGone
	isFixed
	isClosed
	isRefused
)

// RetryAfter tells that nothing was done because Slack wants a pause first, and how long; zero
// where it does not say.
func (e Failure) RetryAfter() (time.Duration, bool) { return e.after, e.outcome == slowedDown }

// Gone tells that the message, or the root of the thread, exists no more.
func (e Failure) Gone() bool { return e.outcome == isGone }

// Fixed tells that the message cannot be edited any more.
func (e Failure) Fixed() bool { return e.outcome == isFixed }

// Closed tells that the channel takes no messages.
func (e Failure) Closed() bool { return e.outcome == isClosed }

// Refused tells that nothing was done, for another reason.
func (e Failure) Refused() bool { return e.outcome == isRefused }

func (e Failure) Unwrap() error { return e.error }
