package chat

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// Groups knows user groups by their handles.
type Groups interface {
	Group(ctx context.Context, handle string) (id string, found bool)
}

// Operators hear what is wrong with the bot, once until it is well again.
type Operators interface {
	Tell(ctx context.Context, topic, words string)
	Settle(ctx context.Context, topic, words string)
}

// Channels are where the notifier tells of threats and alerts.
//
// It never waits and never repeats: the notifier has a queue for each channel with a pace of its
// own, and a call that waited in here would hold that queue up without its knowing why.
type Channels struct {
	Finder
	Messenger *post.Messenger
	Groups    Groups
	Operators Operators
}

// Post shows card in channel, in a thread where thread is the ts of a root, and returns the
// message's ts. It tries once: its caller keeps what is to be told and knows when to try again.
// What is known about a failed call, a Failure in the error's chain tells.
func (c *Channels) Post(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	return c.post(ctx, channel, thread, key, card)
}

// Broadcast is Post of a reply that stands in the channel as well.
func (c *Channels) Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	return c.post(ctx, channel, thread, key, card, slack.MsgOptionBroadcast())
}

// post makes one call and no second one: whether a message that was not confirmed is there, only
// the key can tell, and looking for it is the caller's. Links and media are not unfurled, because
// the cards hold addresses that attackers wrote and Slack would fetch them.
func (c *Channels) post(ctx context.Context, channel, thread, key string, card render.Card, opts ...slack.MsgOption) (string, error) {
	opts = append(opts, slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), post.WithKey(key))
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	var ts string
	err := c.Messenger.Give(ctx, post.Everybody, c.named(ctx, card), func(msg render.Message) (err error) {
		_, ts, err = c.API.PostMessageContext(ctx, channel, append(post.Content(msg), opts...)...)
		return err
	})
	if err != nil {
		return "", FailureOf(fmt.Errorf("post to %s: %w", channel, err))
	}
	return ts, nil
}

// named puts the ids of user groups in place of their handles.
//
// Routes name groups by handle, Slack mentions them by id alone; a handle in the text is only text.
func (c *Channels) named(ctx context.Context, card render.Card) render.Card {
	parts := slices.Clone(card.Parts)
	for i, p := range parts {
		line, ok := p.(render.Line)
		if !ok || !slices.ContainsFunc(line, isHandle) {
			continue
		}
		line = slices.Clone(line)
		for j, span := range line {
			if !isHandle(span) {
				continue
			}
			line[j] = c.mentioned(ctx, span.ID)
		}
		parts[i] = line
	}
	card.Parts = parts
	return card
}

// mentioned is the mention of a user group by its handle: words where there is none, and operators
// hear that nobody was called.
func (c *Channels) mentioned(ctx context.Context, handle string) render.Span {
	topic := "mention " + handle
	group, ok := c.Groups.Group(ctx, strings.TrimPrefix(handle, "@"))
	if !ok {
		c.Operators.Tell(ctx, topic, "Notifications for "+handle+" mention nobody: Slack shows me no user group with that handle. Correct the routes of the "+
			"policy file (a person is mentioned by their id, U…), or run `s1bot check` to see what is missing.")
		return render.Text(handle)
	}
	c.Operators.Settle(ctx, topic, "Notifications mention "+handle+" again.")
	return render.Group(group)
}

func isHandle(s render.Span) bool { return s.Kind == render.GroupSpan && strings.HasPrefix(s.ID, "@") }

// Attach puts a file into a thread. It tries once, as Post does.
func (c *Channels) Attach(ctx context.Context, channel, thread string, file render.File) error {
	_, err := c.API.UploadFileContext(ctx, slack.UploadFileParameters{
		Filename: file.Name, Title: file.Title, FileSize: len(file.Body), Reader: bytes.NewReader(file.Body), Channel: channel, ThreadTimestamp: thread,
	})
	if err != nil {
		return FailureOf(fmt.Errorf("upload %s to %s: %w", file.Name, channel, err))
	}
	return nil
}

// Edit puts card in the place of what a message of ours shows.
func (c *Channels) Edit(ctx context.Context, channel, ts string, card render.Card) error {
	err := c.Messenger.Give(ctx, post.Everybody, c.named(ctx, card), func(msg render.Message) error {
		_, _, _, err := c.API.UpdateMessageContext(ctx, channel, ts, post.Content(msg)...)
		return err
	})
	if err != nil {
		return FailureOf(fmt.Errorf("edit %s in %s: %w", ts, channel, err))
	}
	return nil
}

// Delete takes a message of ours back.
func (c *Channels) Delete(ctx context.Context, channel, ts string) error {
	if _, _, err := c.API.DeleteMessageContext(ctx, channel, ts); err != nil {
		return FailureOf(fmt.Errorf("delete %s in %s: %w", ts, channel, err))
	}
	return nil
}
