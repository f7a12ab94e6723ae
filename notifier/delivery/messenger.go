package delivery

import (
	"context"
	"errors"
	"time"

	"s1bot/render"
)

// A Messenger shows cards in Slack, each call one try. Its types are plain, so that whoever talks
// to Slack can be one without knowing this package; what it knows about a failed call it says by a
// Failure in the error's chain.
type Messenger interface {
	// Post shows card in channel, in a thread where thread is the ts of a root, and returns the
	// message's ts. The key names the notice; it stands in the message's metadata, where Find sees it.
	Post(ctx context.Context, channel, thread, key string, card render.Card) (ts string, err error)

	// Broadcast is Post of a reply that the channel shows, too: one message, to be found in the
	// thread.
	Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (ts string, err error)

	// Edit puts card in the place of the one that the message shows.
	Edit(ctx context.Context, channel, ts string, card render.Card) error

	// Delete takes a message of ours back.
	Delete(ctx context.Context, channel, ts string) error

	// Find looks for our messages with the key, posted since about then, in the thread where thread is
	// not empty: after a crash or a broken connection in the middle of a Post nobody else knows
	// whether it is there. Where the app may not look, the error is a Failure that is Refused.
	Find(ctx context.Context, channel, thread, key string, since time.Time) (ts []string, err error)
}

// An Uploader puts files into threads, each call one try.
type Uploader interface {
	// Attach puts a file into a thread.
	Attach(ctx context.Context, channel, thread string, file render.File) error

	// Attached looks for a file of ours in a thread by its name.
	Attached(ctx context.Context, channel, thread, name string) (bool, error)
}

// A Failure is an error that says what became of the call. Where an error's chain has none, Slack
// may or may not have done what was asked, and it is looked for (see Messenger.Find) before it is
// asked again.
type Failure interface {
	error

	// RetryAfter tells that nothing was done because Slack wants a pause first, and how long; zero
	// where it does not say.
	RetryAfter() (time.Duration, bool)

	// Gone tells that the message, or the root of the thread, exists no more.
	Gone() bool

	// Fixed tells that a message stands as it is, and nobody can change it any more.
	Fixed() bool

	// Closed tells that the channel takes no messages: archived, deleted, or the bot was removed.
	Closed() bool

	// Refused tells that nothing was done, for another reason; of Find and Attached, that this cannot
	// be looked up here.
	Refused() bool
}

// retryAfter reports whether Slack wants to be left alone, and how long; zero if it does not say.
func retryAfter(err error) (time.Duration, bool) {
	failure, known := failureIn(err)
	if !known {
		return 0, false
	}
	wait, asked := failure.RetryAfter()
	return max(wait, 0), asked
}

// isRefused, isGone, isFixed and isClosed report what a Failure in the chain says. An error without
// one leaves open whether Slack did it, so none of them holds, and a card is looked for before it
// is posted again.
func isRefused(err error) bool { f, known := failureIn(err); return known && f.Refused() }
func isGone(err error) bool    { f, known := failureIn(err); return known && f.Gone() }
func isFixed(err error) bool   { f, known := failureIn(err); return known && f.Fixed() }
func isClosed(err error) bool  { f, known := failureIn(err); return known && f.Closed() }

// failureIn is what is known about a failed call.
func failureIn(err error) (f Failure, known bool) {
	known = errors.As(err, &f)
	return f, known
}
