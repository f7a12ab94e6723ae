package people

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"s1bot/approvals/policy"
	"s1bot/bot/post"
	"s1bot/render"
)

// maxOperators bounds how many operators are written to where no channel takes what they must know.
const maxOperators = 20

// A Poster posts a card into a channel, or to a person.
type Poster interface {
	Post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error)
}

// Operators are those who look after the bot: the channels that hear what is wrong with it and,
// where none takes it, the people who hold the role.
//
// Topics are remembered in this process alone: after a restart, what is still wrong is said once
// more.
type Operators struct {
	directory *Directory
	poster    Poster
	channels  []string // beside the approvals channel
	topics    sync.Map // what they heard is wrong, until it is well again
	log       *slog.Logger
}

// NewOperators are the operators of a directory's policy, with more channels of theirs beside the
// approvals channel.
func NewOperators(d *Directory, poster Poster, channels []string) *Operators {
	return &Operators{directory: d, poster: poster, channels: channels, log: d.Log}
}

// Tell says to those who look after the bot that something is wrong with it, once for as long as
// topic is not settled: in the first channel of theirs that takes it, else each operator by direct
// message.
//
// The topic is taken before anything is posted, so of two goroutines that notice the same thing one
// speaks. The message is sent on a context that outlives the caller's: who notices is often at its
// end.
func (o *Operators) Tell(ctx context.Context, topic, words string) {
	if _, open := o.topics.LoadOrStore(topic, true); open {
		return
	}
	o.log.WarnContext(ctx, "told the operators", "topic", topic)
	o.Show(context.WithoutCancel(ctx), render.Card{Tone: render.Warning, Title: "The bot needs attention", Text: words, Parts: []render.Part{render.Line{render.Text(words)}}})
}

// Settle says that what operators were told of is well again, if they were told.
func (o *Operators) Settle(ctx context.Context, topic, words string) {
	if _, open := o.topics.LoadAndDelete(topic); !open {
		return
	}
	o.Show(context.WithoutCancel(ctx), render.Card{Tone: render.Good, Title: "Working again", Text: words, Parts: []render.Part{render.Line{render.Text(words)}}})
}

// Show shows operators a card.
//
// A channel that takes the card is enough; direct messages are what is left when none does, for
// trouble with a channel is one of the things to be told of.
func (o *Operators) Show(ctx context.Context, card render.Card) {
	for _, channel := range slices.Compact(append([]string{o.directory.Policy().Channel()}, o.channels...)) {
		if channel == "" {
			continue
		}
		if _, _, err := o.poster.Post(ctx, channel, "", "", card); err == nil {
			return
		}
	}
	for _, user := range o.people(ctx) {
		if _, _, err := o.poster.Post(ctx, user, "", "", card); err != nil {
			o.log.ErrorContext(ctx, "cannot tell an operator", "user", user, "err", err)
		}
	}
}

// people are those who hold the role, as far as they are named, or Slack says who is in their groups.
func (o *Operators) people(ctx context.Context) (users []string) {
	for _, m := range o.directory.Policy().MembersOf([]string{policy.Operators}) {
		switch id := string(m); {
		case post.IsPerson(id):
			users = append(users, id)
		case m.Group():
			users = append(users, o.directory.membersNow(ctx, id)...)
		case m.Handle() != "":
			if group, ok := o.directory.Group(ctx, m.Handle()); ok {
				users = append(users, o.directory.membersNow(ctx, group)...)
			}
		}
	}
	slices.Sort(users)
	users = slices.Compact(users)
	return users[:min(len(users), maxOperators)]
}
