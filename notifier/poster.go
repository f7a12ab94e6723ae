package notifier

import (
	"context"
	"errors"
	"time"

	"s1bot/render"
)

// A Poster shows cards in Slack. Its types are plain, so that *bot.Bot can be one without knowing this package. An error may say
// more about itself by having one of these methods, anywhere in its chain; every other error leaves open whether the message
// was posted, and the notifier looks (see Finder) before it tries again.
//
//	RetryAfter() time.Duration   nothing was posted: Slack wants a pause of that length first
//	Gone() bool                  the message, or the root of the thread, exists no more
//	Fixed() bool                 of Edit: the message stands as it is, and nobody can change it any more
//	Closed() bool                the channel takes no messages: archived, deleted, the bot was removed
//	Refused() bool               nothing was posted, for another reason; of Find and Attached: this cannot be looked up here
type Poster interface {
	// Post shows card in channel, in a thread where thread is the ts of a root, and returns the message's ts. The key names
	// the notice; a Poster puts it into the message's metadata, where Find can see it.
	Post(ctx context.Context, channel, thread, key string, card render.Card) (ts string, err error)

	// Edit puts card in the place of the one that the message shows.
	Edit(ctx context.Context, channel, ts string, card render.Card) error
}

// A Broadcaster is a Poster that can show a reply in the channel as well as in its thread. With one that is none the channel hears of
// what is in threads by their roots alone.
type Broadcaster interface {
	// Broadcast is Post of a reply that the channel shows, too: one message, to be found in the thread.
	Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (ts string, err error)
}

// A Finder is a Poster that can tell whether a message is there: after a crash or a broken connection in the middle of a Post
// nobody else knows. A Poster that is none has such messages posted again, for a card told twice is better than one lost.
type Finder interface {
	// Find looks for our message with the key, posted since about then, in the thread where thread is not empty.
	Find(ctx context.Context, channel, thread, key string, since time.Time) (ts string, found bool, err error)
}

// A Filer is a Poster that hands files over. One that is none has the files of digests left out.
type Filer interface {
	// Attach puts a file into a thread.
	Attach(ctx context.Context, channel, thread string, file render.File) error

	// Attached looks for a file of ours in a thread by its name.
	Attached(ctx context.Context, channel, thread, name string) (bool, error)
}

// retryAfter tells whether Slack wants to be left alone, and how long; zero if it does not say.
func retryAfter(err error) (time.Duration, bool) {
	var slow interface{ RetryAfter() time.Duration }
	if !errors.As(err, &slow) {
		return 0, false
	}
	return max(slow.RetryAfter(), 0), true
}

func isRefused(err error) bool {
	var refused interface{ Refused() bool }
	return errors.As(err, &refused) && refused.Refused()
}

func isGone(err error) bool {
	var gone interface{ Gone() bool }
	return errors.As(err, &gone) && gone.Gone()
}

func isFixed(err error) bool {
	var fixed interface{ Fixed() bool }
	return errors.As(err, &fixed) && fixed.Fixed()
}

func isClosed(err error) bool {
	var closed interface{ Closed() bool }
	return errors.As(err, &closed) && closed.Closed()
}
