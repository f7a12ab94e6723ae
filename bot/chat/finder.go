package chat

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
)

// A Finder looks for what the bot wrote.
//
// History cannot be asked by metadata, so its pages are read until the time is reached.
// What cannot be read is an error, never "not there".
type Finder struct {
	API  *slack.Client
	Self func() (user, bot string) // the bot's ids, as a user and as an app's bot; asked only once they are known
}

// Attached looks for a file of ours in a thread by its name.
func (f Finder) Attached(ctx context.Context, channel, thread, name string) (bool, error) {
	for cursor := ""; ; {
		messages, next, err := f.page(ctx, channel, thread, "", cursor)
		if err != nil {
			return false, FailureOf(fmt.Errorf("look for %s in %s: %w", name, channel, err))
		}
		for _, m := range messages {
			if f.ours(m) && slices.ContainsFunc(m.Files, func(file slack.File) bool { return file.Name == name }) {
				return true, nil
			}
		}
		if next == "" {
			return false, nil
		}
		cursor = next
	}
}

// Find looks for our messages with the key, posted at since or later, in the thread where thread is
// not empty; oldest first. It needs the scopes channels:history and groups:history, and the bot in
// the channel.
func (f Finder) Find(ctx context.Context, channel, thread, key string, since time.Time) (all []string, err error) {
	// A minute earlier than asked: Slack stamps messages by its own clock, and a search that begins
	// too late finds nothing, which its caller would take for leave to post again.
	oldest := strconv.FormatInt(since.Add(-time.Minute).Unix(), 10)
	cursor := ""
	for range maxPages {
		messages, next, err := f.page(ctx, channel, thread, oldest, cursor)
		if err != nil {
			return nil, FailureOf(fmt.Errorf("look for a message in %s: %w", channel, err))
		}
		for _, m := range messages {
			if m.Metadata.EventType == post.MetadataType && m.Metadata.EventPayload["key"] == key && f.ours(m) {
				all = append(all, m.Timestamp)
			}
		}
		// The same cursor once more is no further page; following it would go on until maxPages.
		if next == "" || next == cursor {
			slices.Sort(all)
			return all, nil
		}
		cursor = next
	}
	return nil, FailureOf(fmt.Errorf("look for a message in %s: more than %d pages", channel, maxPages))
}

// maxPages bounds how far back a message is looked for: 200 messages a page, about one a second at
// most in a channel.
const maxPages = 50

// page reads up to 200 messages, of a thread or of a channel. Both calls leave metadata out unless
// it is asked for (include_all_metadata), and the key of a message is in nothing else.
func (f Finder) page(ctx context.Context, channel, thread, oldest, cursor string) ([]slack.Message, string, error) {
	if thread != "" {
		messages, _, next, err := f.API.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
		return messages, next, err
	}
	page, err := f.API.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
		ChannelID: channel, Oldest: oldest, Cursor: cursor, Limit: 200, IncludeAllMetadata: true})
	if err != nil {
		return nil, "", err
	}
	return page.Messages, page.ResponseMetaData.NextCursor, nil
}

// ours tells whether the bot wrote a message: others can write the same metadata. A message of
// which Slack does not say who wrote it counts as ours, for the metadata is all there is to go by.
func (f Finder) ours(m slack.Message) bool {
	user, bot := f.Self()
	return m.User == user || m.BotID != "" && m.BotID == bot || m.User == "" && m.BotID == ""
}
