package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// Post shows card in channel, in a thread where thread is the ts of a root, and returns the message's ts. It tries once: its
// caller keeps what is to be told and knows when to try again. What is known about a failed call, a DeliveryError in the error's chain
// tells.
func (b *Bot) Post(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	return b.tellChannel(ctx, channel, thread, key, card)
}

// Broadcast is Post of a reply that stands in the channel as well.
func (b *Bot) Broadcast(ctx context.Context, channel, thread, key string, card render.Card) (string, error) {
	return b.tellChannel(ctx, channel, thread, key, card, slack.MsgOptionBroadcast())
}

func (b *Bot) tellChannel(ctx context.Context, channel, thread, key string, card render.Card, opts ...slack.MsgOption) (string, error) {
	opts = append(opts, slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(), post.WithKey(key))
	if thread != "" {
		opts = append(opts, slack.MsgOptionTS(thread))
	}
	var ts string
	err := b.post.Give(ctx, post.Everybody, b.named(ctx, card), func(msg render.Message) (err error) {
		_, ts, err = b.api.PostMessageContext(ctx, channel, append(post.Content(msg), opts...)...)
		return err
	})
	if err != nil {
		return "", deliveryError(fmt.Errorf("post to %s: %w", channel, err))
	}
	return ts, nil
}

// named puts the ids of user groups in place of their handles.
func (b *Bot) named(ctx context.Context, card render.Card) render.Card {
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
			line[j] = render.Text(span.ID)
			if group, _ := b.people.group(ctx, strings.TrimPrefix(span.ID, "@"), b.Now().Add(-peopleTTL)); group.ID != "" {
				line[j] = render.Group(group.ID)
			}
		}
		parts[i] = line
	}
	card.Parts = parts
	return card
}

func isHandle(s render.Span) bool { return s.Kind == render.GroupSpan && strings.HasPrefix(s.ID, "@") }

// Attach puts a file into a thread. It tries once, as Post does.
func (b *Bot) Attach(ctx context.Context, channel, thread string, file render.File) error {
	_, err := b.api.UploadFileContext(ctx, slack.UploadFileParameters{
		Filename: file.Name, Title: file.Title, FileSize: len(file.Body), Reader: bytes.NewReader(file.Body), Channel: channel, ThreadTimestamp: thread,
	})
	if err != nil {
		return deliveryError(fmt.Errorf("upload %s to %s: %w", file.Name, channel, err))
	}
	return nil
}

// Attached looks for a file of ours in a thread by its name.
func (b *Bot) Attached(ctx context.Context, channel, thread, name string) (bool, error) {
	for cursor := ""; ; {
		messages, next, err := b.page(ctx, channel, thread, "", cursor)
		if err != nil {
			return false, deliveryError(fmt.Errorf("look for %s in %s: %w", name, channel, err))
		}
		for _, m := range messages {
			if b.ours(m) && slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == name }) {
				return true, nil
			}
		}
		if next == "" {
			return false, nil
		}
		cursor = next
	}
}

// Edit puts card in the place of what a message of ours shows.
func (b *Bot) Edit(ctx context.Context, channel, ts string, card render.Card) error {
	err := b.post.Give(ctx, post.Everybody, b.named(ctx, card), func(msg render.Message) error {
		_, _, _, err := b.api.UpdateMessageContext(ctx, channel, ts, post.Content(msg)...)
		return err
	})
	if err != nil {
		return deliveryError(fmt.Errorf("edit %s in %s: %w", ts, channel, err))
	}
	return nil
}

// Delete takes a message of ours back.
func (b *Bot) Delete(ctx context.Context, channel, ts string) error {
	if _, _, err := b.api.DeleteMessageContext(ctx, channel, ts); err != nil {
		return deliveryError(fmt.Errorf("delete %s in %s: %w", ts, channel, err))
	}
	return nil
}

// Find looks for our messages with the key, posted at since or later, in the thread where thread is not empty; oldest first. It needs the
// scopes channels:history and groups:history, and the bot in the channel.
func (b *Bot) Find(ctx context.Context, channel, thread, key string, since time.Time) (all []string, err error) {
	oldest := strconv.FormatInt(since.Add(-time.Minute).Unix(), 10)
	cursor := ""
	for range maxPages {
		messages, next, err := b.page(ctx, channel, thread, oldest, cursor)
		if err != nil {
			return nil, deliveryError(fmt.Errorf("look for a message in %s: %w", channel, err))
		}
		for _, m := range messages {
			if m.Metadata.EventType == post.MetadataType && m.Metadata.EventPayload["key"] == key && b.ours(m) {
				all = append(all, m.Timestamp)
			}
		}
		if next == "" || next == cursor {
			slices.Sort(all)
			return all, nil
		}
		cursor = next
	}
	return nil, deliveryError(fmt.Errorf("look for a message in %s: more than %d pages", channel, maxPages))
}

// maxPages bounds how far back a message is looked for: 200 messages a page, about one a second at most in a channel.
const maxPages = 50

func (b *Bot) page(ctx context.Context, channel, thread, oldest, cursor string) ([]slack.Message, string, error) {
	if thread != "" {
		messages, _, next, err := b.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
		return messages, next, err
	}
	page, err := b.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
	if err != nil {
		return nil, "", err
	}
	return page.Messages, page.ResponseMetaData.NextCursor, nil
}

// ours tells whether the bot wrote a message: others can write the same metadata. A message of which Slack does not say who wrote
// it counts as ours, for the metadata is all there is to go by.
func (b *Bot) ours(m slack.Message) bool {
	return m.User == b.self.User || m.BotID != "" && m.BotID == b.self.BotID || m.User == "" && m.BotID == ""
}

// deliveryError adds to an error of Slack's what a deliverer must know about it. What it adds nothing to leaves open whether Slack
// did what was asked.
func deliveryError(err error) error {
	if wait, slowed := post.Slowdown(err); slowed {
		return DeliveryError{err, slowedDown, wait}
	}
	var answer slack.SlackErrorResponse
	switch {
	case post.RefusedWith(err, "message_not_found", "thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked"):
		return DeliveryError{error: err, outcome: isGone}
	case post.RefusedWith(err, "edit_window_closed", "cant_update_message"):
		return DeliveryError{error: err, outcome: isFixed}
	case post.RefusedWith(err, closedWords...):
		return DeliveryError{error: err, outcome: isClosed}
	case post.RefusedWith(err, "internal_error", "fatal_error", "service_unavailable", "request_timeout"):
		return err
	case errors.As(err, &answer), post.Unsent(err):
		return DeliveryError{error: err, outcome: isRefused}
	}
	return err
}

// closedWords are how Slack says that a channel takes no messages of ours, now or ever (docs.slack.dev/reference/methods/chat.postMessage).
var closedWords = []string{
	"channel_not_found", "is_archived", "not_in_channel", "restricted_action", "restricted_action_read_only_channel",
	"restricted_action_thread_only_channel", "restricted_action_non_threadable_channel",
	"channel_is_limited_access", "user_not_in_channel", "messages_tab_disabled", "method_not_supported_for_channel_type",
}

// A DeliveryError is an error of Slack's with what is known of the call that failed.
type DeliveryError struct {
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

// RetryAfter tells that nothing was done because Slack wants a pause first, and how long; zero where it does not say.
func (e DeliveryError) RetryAfter() (time.Duration, bool) { return e.after, e.outcome == slowedDown }

// Gone tells that the message, or the root of the thread, exists no more.
func (e DeliveryError) Gone() bool { return e.outcome == isGone }

// Fixed tells that the message cannot be edited any more.
func (e DeliveryError) Fixed() bool { return e.outcome == isFixed }

// Closed tells that the channel takes no messages.
func (e DeliveryError) Closed() bool { return e.outcome == isClosed }

// Refused tells that nothing was done, for another reason.
func (e DeliveryError) Refused() bool { return e.outcome == isRefused }

func (e DeliveryError) Unwrap() error { return e.error }
