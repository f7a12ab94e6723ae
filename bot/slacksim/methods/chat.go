package methods

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// A chatAPI has the methods about messages.
//
// Played: who may post where, what is refused and with which word, threads, broadcasts, ephemeral
// messages that no method can edit. Left out: scheduled messages, unfurls, link names, posting as
// another user.
type chatAPI struct{ st *state.State }

// apiTest is api.test, which needs no token and echoes its arguments.
func (ws *chatAPI) apiTest(a webapi.Args) (webapi.Reply, error) {
	return webapi.Reply{"args": a.Texts()}, nil
}

// authTest is auth.test: whose token it is. Apps take their own bot user's id from it.
// is_enterprise_install is false: an organisation with several workspaces is not played.
func (ws *chatAPI) authTest(webapi.Args) (webapi.Reply, error) {
	bot := ws.st.Bot()
	return webapi.Reply{
		"url": "https://" + ws.st.Opts.TeamDomain + ".slack.com/", "team": ws.st.Opts.TeamName, "user": bot.Name, "team_id": ws.st.Opts.TeamID,
		"user_id": bot.ID, "bot_id": roster.BotID, "is_enterprise_install": false,
	}, nil
}

// postMessage is chat.postMessage [docs.slack.dev/reference/methods/chat.postMessage]. There
// reply_broadcast "indicates whether reply should be made visible to everyone in the channel", and
// means nothing without a thread.
//
// The ts of the answer is the message's only name, from here on for chat.update, threads and
// history.
func (ws *chatAPI) postMessage(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.conversation(a.Str("channel"))
	if err != nil {
		return nil, err
	}
	if err := ws.mayPost(c); err != nil {
		return nil, err
	}
	in, err := ws.readContent(a, c)
	if err != nil {
		return nil, err
	}
	if n := blockkit.Characters(in.Blocks); n > blockkit.CharacterLimit {
		return nil, webapi.Refuse("msg_blocks_too_long")
	}
	in.Text, in.Broadcast = ws.truncated(in.Text), in.ThreadTS != "" && a.Flag("reply_broadcast")
	m := ws.st.Post(c, ws.st.Bot(), in)
	return webapi.Reply{"channel": c.ID, "ts": m.TS, "message": ws.st.MessageObject(m)}, nil
}

// postEphemeral is chat.postEphemeral [docs.slack.dev/reference/methods/chat.postEphemeral].
//
// It answers with message_ts alone, for which chat.update and chat.delete have no use.
func (ws *chatAPI) postEphemeral(a webapi.Args) (webapi.Reply, error) {
	c, err := ws.conversation(a.Str("channel"))
	if err != nil {
		return nil, err
	}
	if err := ws.mayPost(c); err != nil {
		return nil, err
	}
	u, ok := ws.st.Users.ByID[a.Str("user")]
	if !ok || !c.Has(u) {
		return nil, webapi.Refuse("user_not_in_channel")
	}
	in, err := ws.readContent(a, c)
	if err != nil {
		return nil, err
	}
	in.EphemeralTo = u.ID
	return webapi.Reply{"message_ts": ws.st.Post(c, ws.st.Bot(), in).TS}, nil
}

// updateMessage is chat.update: "if you don't include blocks, the message's previous blocks will be
// retained". A text of more than 4,000 characters is refused, where a new message would be cut at
// 40,000 [changelog/2018-04-truncating-really-long-messages].
func (ws *chatAPI) updateMessage(a webapi.Args) (webapi.Reply, error) {
	c, m, err := ws.ownMessage(a, "cant_update_message")
	if err != nil {
		return nil, err
	}
	in, err := ws.readContent(a, c)
	if err != nil {
		return nil, err
	}
	switch {
	case utf8.RuneCountInString(in.Text) > 4000:
		return nil, webapi.Refuse("msg_too_long")
	case blockkit.Characters(in.Blocks) > blockkit.CharacterLimit:
		return nil, webapi.Refuse("msg_blocks_too_long")
	}
	ws.st.Edit(c, m, in)
	return webapi.Reply{"channel": c.ID, "ts": m.TS, "text": m.Text, "message": ws.st.MessageObject(m)}, nil
}

// deleteMessage is chat.delete; a bot token deletes the bot's own messages alone.
func (ws *chatAPI) deleteMessage(a webapi.Args) (webapi.Reply, error) {
	c, m, err := ws.ownMessage(a, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	ws.st.Remove(c, m)
	return webapi.Reply{"channel": c.ID, "ts": m.TS}, nil
}

// ownMessage finds a message that the bot may change. Ephemeral messages are beyond chat.update and
// chat.delete.
//
// That one is beyond chat.update is what the bot's response URLs are for.
func (ws *chatAPI) ownMessage(a webapi.Args, otherwise string) (*state.Conversation, *state.Message, error) {
	c, ok := ws.st.Channels.ByID[a.Str("channel")] // neither names nor user ids, unlike chat.postMessage
	if !ok || !ws.st.SeenByBot(c) {
		return nil, nil, webapi.Refuse("channel_not_found")
	}
	m := c.ByTS[a.Str("ts")]
	switch {
	case c.Archived:
		return nil, nil, webapi.Refuse("is_archived")
	case m == nil || m.Deleted || m.EphemeralTo != "":
		return nil, nil, webapi.Refuse("message_not_found")
	case m.User != ws.st.Bot().ID:
		return nil, nil, webapi.Refuse(otherwise)
	}
	return c, m, nil
}

// permalink is chat.getPermalink. The link of a reply names its thread, or Slack's client would
// open the channel at nothing.
func (ws *chatAPI) permalink(a webapi.Args) (webapi.Reply, error) {
	c, ok := ws.st.Channels.ByID[a.Str("channel")]
	if !ok || !ws.st.SeenByBot(c) {
		return nil, webapi.Refuse("channel_not_found")
	}
	m := c.ByTS[a.Str("message_ts")]
	if m == nil || m.Deleted || m.EphemeralTo != "" {
		return nil, webapi.Refuse("message_not_found")
	}
	link := fmt.Sprintf("https://%s.slack.com/archives/%s/p%s", ws.st.Opts.TeamDomain, c.ID, strings.ReplaceAll(m.TS, ".", ""))
	if m.IsReply() {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + c.ID
	}
	return webapi.Reply{"channel": c.ID, "permalink": link}, nil
}

// addReaction is reactions.add. Only the bot's own reactions are kept, so the same one again is
// already_reacted.
func (ws *chatAPI) addReaction(a webapi.Args) (webapi.Reply, error) {
	c, ok := ws.st.Channels.ByID[a.Str("channel")]
	if !ok || !ws.st.SeenByBot(c) {
		return nil, webapi.Refuse("channel_not_found")
	}
	m := c.ByTS[a.Str("timestamp")]
	name := strings.Trim(a.Str("name"), ":")
	switch {
	case m == nil || m.Deleted || m.EphemeralTo != "":
		return nil, webapi.Refuse("message_not_found")
	case !regexp.MustCompile(`^[a-z0-9_+'-]+(::skin-tone-[2-6])?$`).MatchString(name):
		return nil, webapi.Refuse("invalid_name")
	case slices.Contains(m.Reactions, name):
		return nil, webapi.Refuse("already_reacted")
	}
	m.Reactions = append(slices.Clone(m.Reactions), name)
	ws.st.Tell(c, m, "message_changed")
	ws.st.Bump()
	return nil, nil
}

// conversation finds where a message is to go: a channel's id or name, or a user's id, which opens
// a direct message.
//
// A private channel that the bot is not in answers like one that does not exist.
func (ws *chatAPI) conversation(name string) (*state.Conversation, error) {
	if u, ok := ws.st.Users.ByID[name]; ok {
		switch {
		case u.IsBot: // docs.slack.dev/reference/methods/conversations.open, whose rules opening by chat.postMessage has, too
			return nil, webapi.Refuse("cannot_dm_bot")
		case u.Deleted:
			return nil, webapi.Refuse("user_disabled")
		}
		return ws.st.DmOf(u, ws.st.Bot()), nil
	}
	c, ok := ws.st.Channels.Find(name)
	if !ok || !ws.st.SeenByBot(c) {
		return nil, webapi.Refuse("channel_not_found")
	}
	return c, nil
}

// mayPost says what keeps the bot from writing there. In public channels chat:write.public takes
// the place of a membership.
func (ws *chatAPI) mayPost(c *state.Conversation) error {
	switch {
	case c.Dm != nil && !ws.st.App.MessagesTab: // slackapi/python-slack-sdk#1015: "Sending messages to this app has been turned off"
		return webapi.Refuse("messages_tab_disabled")
	case c.Archived:
		return webapi.Refuse("is_archived")
	case !c.Has(ws.st.Bot()) && !ws.st.HasScope("chat:write.public"):
		return webapi.Refuse("not_in_channel")
	}
	return nil
}

// readContent reads and judges what a message is to hold.
//
// The order of the refusals is blocks, text, metadata, thread: the first that is wrong is the one
// that the app is told.
func (ws *chatAPI) readContent(a webapi.Args, c *state.Conversation) (state.Content, error) {
	in := state.Content{Text: a.Str("text"), ThreadTS: a.Str("thread_ts"), Metadata: a.JSON("metadata")}
	if in.Text == "" {
		in.Text = a.Str("markdown_text")
	}
	if err := ReadBlocks(a, &in); err != nil {
		return in, err
	}
	if in.Text == "" && len(blockkit.ParseBlocks(in.Blocks)) == 0 && len(blockkit.ParseBlocks(in.Attachments)) == 0 {
		return in, webapi.Refuse("no_text")
	}
	if in.Metadata != nil && (wire.Text(wire.ParseObject(in.Metadata)["event_type"]) == "" || wire.Object(wire.ParseObject(in.Metadata)["event_payload"]) == nil) {
		return in, webapi.Refuse("invalid_metadata_format")
	}
	return in, CheckThread(&in, c)
}

// readAttachments takes secondary attachments, a hundred at most, whose blocks are judged like those of
// a message.
func readAttachments(raw json.RawMessage, in *state.Content) error {
	var list []map[string]any
	if wire.Decode(raw, &list) != nil || len(list) > 100 {
		return webapi.Refuse("invalid_attachments")
	}
	for _, attachment := range list {
		if blocks, ok := attachment["blocks"]; ok {
			if problems := blockkit.ValidateMessage(wire.Encode(blocks)); problems != nil {
				return webapi.RefuseBlocks("invalid_attachments", problems)
			}
		}
	}
	in.Attachments = raw
	return nil
}

var tsPattern = regexp.MustCompile(`^\d{1,12}\.\d{6}$`)

// CheckThread sees to it that a reply has a parent, and that a reply to a reply goes into the same
// thread. Slack keeps threads flat.
func CheckThread(in *state.Content, c *state.Conversation) error {
	if in.ThreadTS == "" {
		return nil
	}
	if !tsPattern.MatchString(in.ThreadTS) {
		return webapi.Refuse("invalid_thread_ts")
	}
	parent := c.ByTS[in.ThreadTS]
	switch {
	case parent == nil:
		return webapi.Refuse("thread_not_found")
	case parent.EphemeralTo != "":
		return webapi.Refuse("cannot_reply_to_message")
	case parent.IsReply():
		in.ThreadTS = parent.ThreadTS
	}
	return nil
}

// truncated cuts texts over 40,000 characters, as Slack does without a word [changelog/2018-04-truncating-really-long-messages].
func (ws *chatAPI) truncated(s string) string {
	runes := []rune(s)
	if len(runes) <= 40000 {
		return s
	}
	ws.st.Violate("chat.postMessage: a text of %d characters was cut to 40,000", len(runes))
	return string(runes[:40000])
}

// ReadBlocks reads blocks and attachments. What is not an array of objects is invalid_blocks_format; a block that breaks a
// rule is invalid_blocks, with the reasons.
func ReadBlocks(a webapi.Args, in *state.Content) error {
	if raw := a.JSON("blocks"); raw != nil {
		var list []map[string]any
		if wire.Decode(raw, &list) != nil {
			return webapi.Refuse("invalid_blocks_format")
		}
		if problems := blockkit.ValidateMessage(raw); problems != nil {
			return webapi.RefuseBlocks("invalid_blocks", problems)
		}
		in.Blocks = raw
	}
	if raw := a.JSON("attachments"); raw != nil {
		return readAttachments(raw, in)
	}
	return nil
}
