package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/render"
)

// A Person is someone with the roles that the policy gives them.
//
// It is as of the moment it was asked for and is not kept: roles can be taken away at any time.
type Person struct {
	policy.Person
	Zone *time.Location // UTC where nobody says
	Bot  bool           // an app, and no person at all
}

// People says who somebody is. What it cannot find out is not known, and never no.
//
// Both may ask Slack and take seconds. Neither returns an error: what Slack did not tell is unknown
// in the Person, and the policy decides what that means.
type People interface {
	// Who is id, as far as it was known within the last minute.
	Who(ctx context.Context, id string) Person
	// Afresh is Who for a decision: asked now, or since the context's gate began.
	Afresh(ctx context.Context, id string) Person
	// Gate returns a context in which what was asked once is not asked again.
	Gate(ctx context.Context) context.Context
}

// A Message is where a card stands.
type Message struct{ Channel, TS string }

// A Messenger posts cards and keeps them up to date. Its errors are *MessageErrors where it knows
// what became of the message.
//
// Every method may take long: it paces itself by Slack's limits (about one message a second in a
// channel) and tries again what passes. It returns when the message is there or certainly is not,
// or when it cannot find out (Unconfirmed).
type Messenger interface {
	// Post shows card in a channel, or to a person where channel is a user's id, in a thread unless
	// that is empty. The message carries key, by which Find finds it again. A message that stands
	// without its files comes with an error.
	Post(ctx context.Context, channel, thread, key string, card render.Card) (Message, error)
	// Edit puts card in the place of what a message shows.
	Edit(ctx context.Context, channel, ts string, card render.Card) error
	// Replace puts card in the place of an answer that its response URL alone can replace; see
	// CardRef.Reply. It is Final where Slack takes no more of them.
	Replace(ctx context.Context, reply string, card render.Card) error
	// Find returns the messages that a search is for, oldest first.
	Find(ctx context.Context, s Search) (all []string, err error)
	// Deliver gives card to a person who does not wait any more: by direct message, else where they
	// asked.
	Deliver(ctx context.Context, user string, at render.Origin, card render.Card) (Message, error)
}

// A Search is for a message of the bot's with a key, posted at Since or later. A patient one waits
// until the messenger is well again.
//
// Find reads the channel's history, for which the bot must be a member; posting to a public channel
// takes no membership. So a card can be posted where it can't be looked for.
type Search struct {
	Channel, Thread, Key string
	Since                time.Time
	Patient              bool
}

// A MessageError says what is known of a message that is not as it should be.
type MessageError struct {
	Fate   Fate
	Reason string // what is wrong with the channel, and what mends it
	Err    error
}

// A Fate is what became of a message.
//
// The four differ in what the caller does: try later, keep quiet and try later, give the message
// up, or take it for posted and put a placeholder beside it.
type Fate int

// The fates.
const (
	Refused     Fate = iota // it is not there; the next try may succeed
	Passing                 // so it is, because the messenger is in trouble, which passes
	Final                   // the channel, the thread or the message takes nothing, now or ever
	Unconfirmed             // it may be there, and nobody can look
)

func (e *MessageError) Error() string { return e.Err.Error() }
func (e *MessageError) Unwrap() error { return e.Err }

// hasFate reports whether err says that of a message.
func hasFate(err error, fate Fate) bool {
	var e *MessageError
	return errors.As(err, &e) && e.Fate == fate
}

// Operators hears what is wrong with the bot.
//
// Topics are remembered by the implementation, so that a fault of an hour is one message and not
// one for each request that met it.
type Operators interface {
	// Tell says something once for as long as its topic is not settled.
	Tell(ctx context.Context, topic, words string)
	// Settle says that what was told of a topic is well again, if it was.
	Settle(ctx context.Context, topic, words string)
	// Show shows them a card that its own channel does not take.
	Show(ctx context.Context, card render.Card)
}

// Threads knows the cards of new threats and alerts, from which people act.
type Threads interface {
	// Thread is the thread of the card that a place is in, or under; empty where there is none.
	Thread(ctx context.Context, at render.Origin) string
}

// Background does what takes longer than a click may, across restarts. The same run is begun once.
//
// Both write the job down and return; the work goes on in this process or, after its death, in
// another one.
type Background interface {
	// Watch calls Watcher.Watch until that returns.
	Watch(ctx context.Context, w Watch) error
	// Follow waits for what a command began, by its Follow, with what it saved.
	Follow(ctx context.Context, req approvals.Request, saved json.RawMessage) error
}
