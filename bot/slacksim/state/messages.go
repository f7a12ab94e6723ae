package state

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
)

// A Message is one message as it stood when it was looked at.
//
// It is a copy of what the workspace has: a test may keep it and compare. Blocks are as Slack gives
// them back, with ids where the app set none.
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the thread it is in; the message's own TS where it began one
	Broadcast   bool   // a reply that stands in the channel as well
	User        string
	Text        string
	Blocks      json.RawMessage // with the ids that Slack makes where the app gave none; see SetBlocks
	shown       *string         // by the blocks; nil: there are none
	Attachments json.RawMessage
	Metadata    json.RawMessage
	EphemeralTo string // the only user who sees it
	Edited      int    // how many times
	editedTS    string // when last
	Deleted     bool
	Files       []File
	Reactions   []string
	Replies     int // in its thread
	Time        time.Time
	FromBot     bool

	Typed []any // of what a person typed: the elements of the rich_text block that Slack makes of it
}

// PlainText is all that a reader sees, in reading order: the blocks if it has any, else the text.
func (m Message) PlainText() string {
	text := m.Text
	if m.shown != nil {
		text = *m.shown
	}
	for _, f := range m.Files {
		text = strings.TrimPrefix(text+"\n", "\n") + f.Name
	}
	return text
}

// SetBlocks also keeps what they show: whoever waits for a message reads all that there are, again and again.
func (m *Message) SetBlocks(blocks json.RawMessage) {
	m.Blocks, m.shown = blocks, nil
	if read := blockkit.ParseBlocks(blocks); len(read) > 0 {
		text := blockkit.PlainText(read)
		m.shown = &text
	}
}

// Buttons are the labels of the buttons, in reading order.
func (m Message) Buttons() []string {
	return blockkit.ButtonLabels(blockkit.ParseBlocks(m.Blocks))
}

// IsReply tells replies from the messages that begin threads.
func (m *Message) IsReply() bool {
	return m.ThreadTS != "" && m.ThreadTS != m.TS
}

// InChannel tells what stands in the channel from what stands in a thread alone.
func (m *Message) InChannel() bool {
	return !m.IsReply() || m.Broadcast
}

// VisibleTo tells whether a member of the channel sees the message.
func (m *Message) VisibleTo(user string) bool {
	return !m.Deleted && (m.EphemeralTo == "" || m.EphemeralTo == user)
}

// Content is what an app or a person puts into a message.
type Content struct {
	Text        string
	Blocks      json.RawMessage
	Attachments json.RawMessage
	Metadata    json.RawMessage
	ThreadTS    string
	Broadcast   bool
	EphemeralTo string
	Files       []File
	Typed       []any
}

// Post adds a message. The caller has checked whether the author may.
//
// A reply makes a thread of its parent, whose count of replies everybody sees; an ephemeral one
// counts for nobody.
func (ws *conversations) Post(c *Conversation, author *roster.User, in Content) *Message {
	m := &Message{
		Channel: c.ID, TS: ws.NextTS(), ThreadTS: in.ThreadTS, Broadcast: in.Broadcast, User: author.ID, Text: in.Text,
		Attachments: in.Attachments, Metadata: in.Metadata, EphemeralTo: in.EphemeralTo, Files: in.Files, Typed: in.Typed,
		Time: ws.Opts.Now(), FromBot: author.IsBot,
	}
	m.SetBlocks(blockkit.WithIDs(in.Blocks, ws.NextID))
	c.Messages = append(c.Messages, m)
	c.ByTS[m.TS] = m
	if parent := c.ByTS[m.ThreadTS]; parent != nil && m.EphemeralTo == "" {
		parent.ThreadTS = parent.TS
		parent.Replies++
		ws.Tell(c, parent, "message_changed")
	}
	ws.Tell(c, m, "message")
	ws.countUnread(c, m)
	ws.Bump()
	return m
}

// Edit changes a message; nil blocks stay as they were.
func (ws *conversations) Edit(c *Conversation, m *Message, in Content) {
	m.Text = in.Text
	if in.Blocks != nil {
		m.SetBlocks(blockkit.WithIDs(in.Blocks, ws.NextID))
	}
	if in.Attachments != nil {
		m.Attachments = in.Attachments
	}
	if in.Metadata != nil {
		m.Metadata = in.Metadata
	}
	m.Edited++
	m.editedTS = ws.NextTS()
	ws.Tell(c, m, "message_changed")
	ws.Bump()
}

// Remove deletes a message; its place in the thread is counted no more.
func (ws *conversations) Remove(c *Conversation, m *Message) {
	m.Deleted = true
	if parent := c.ByTS[m.ThreadTS]; parent != nil && parent != m {
		parent.Replies--
		ws.Tell(c, parent, "message_changed")
	}
	ws.tellAll(c, m, map[string]any{"type": "message_deleted", "channel": c.ID, "ts": m.TS})
	ws.Bump()
}

// Slackbot shows a user what Slack shows when an app failed, and writes it down.
//
// Real clients show it under the composer or beside the button. An ephemeral message of Slackbot's
// lets tests find it.
func (ws *conversations) Slackbot(c *Conversation, user *roster.User, text string) {
	slackbot, _ := ws.Users.Find(roster.SlackbotID)
	if c != nil {
		ws.Post(c, slackbot, Content{Text: text, EphemeralTo: user.ID})
	}
	ws.Notify(user.ID, map[string]any{"type": "notice", "text": text})
}

// countUnread counts what the members have not read. Replies do not make a channel bold unless it
// shows them, too.
func (ws *conversations) countUnread(c *Conversation, m *Message) {
	if !m.InChannel() || m.EphemeralTo != "" {
		return
	}
	for _, u := range ws.MembersOf(c) {
		if u.ID == m.User || u.IsBot {
			continue
		}
		n := ws.UnreadOf(u.ID, c.ID)
		n.Unread++
		if c.Dm != nil || ws.mentions(m, u) {
			n.Mentions++
		}
		ws.SetUnread(u.ID, c.ID, n)
	}
}

// UnreadOf is what a person has not read in a channel.
func (ws *conversations) UnreadOf(user, channel string) Count {
	return ws.unread[user][channel]
}

// SetUnread sets it, and tells the person's pages.
func (ws *conversations) SetUnread(user, channel string, n Count) {
	if ws.unread[user] == nil {
		ws.unread[user] = map[string]Count{}
	}
	ws.unread[user][channel] = n
	ws.Notify(user, map[string]any{"type": "unread", "channel": channel, "unread": n.Unread, "mentions": n.Mentions})
}

// mentions tells whether the message calls the user by name, by group or with everybody.
func (ws *conversations) mentions(m *Message, u *roster.User) bool {
	calls := []string{"<@" + u.ID, "<!channel", "<!here", "<!everyone"}
	for _, g := range ws.Groups.All() {
		if slices.Contains(g.Members, u.ID) {
			calls = append(calls, "<!subteam^"+g.ID)
		}
	}
	marked := m.Text
	for _, b := range blockkit.ParseBlocks(m.Blocks) {
		marked += "\n" + blockkit.Markup(b)
	}
	return slices.ContainsFunc(calls, func(call string) bool { return strings.Contains(marked, call) })
}

// MessageObject is the message as conversations.history and payloads show it
// [docs.slack.dev/reference/events/message].
func (ws *conversations) MessageObject(m *Message) map[string]any {
	o := map[string]any{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": ws.Opts.TeamID}
	if m.FromBot && m.User == ws.Bot().ID {
		o["bot_id"], o["app_id"] = roster.BotID, roster.AppID
		o["bot_profile"] = map[string]any{"id": roster.BotID, "app_id": roster.AppID, "name": ws.Opts.BotName, "deleted": false, "team_id": ws.Opts.TeamID}
	}
	for name, raw := range map[string]json.RawMessage{"blocks": m.Blocks, "attachments": m.Attachments, "metadata": m.Metadata} {
		if len(raw) > 0 {
			o[name] = raw
		}
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	if m.Broadcast { // docs.slack.dev/reference/events/message/thread_broadcast
		o["subtype"] = "thread_broadcast"
		if c := ws.Channels.ByID[m.Channel]; c != nil && c.ByTS[m.ThreadTS] != nil {
			o["root"] = ws.MessageObject(c.ByTS[m.ThreadTS])
		}
	}
	if m.Replies > 0 {
		o["reply_count"], o["is_locked"], o["subscribed"] = m.Replies, false, true
	}
	if m.Edited > 0 {
		// The time of the edit, not the message's:
		// docs.slack.dev/reference/events/message/message_changed.
		o["edited"] = map[string]any{"user": m.User, "ts": m.editedTS}
	}
	if len(m.Files) > 0 {
		o["files"] = ws.FileObjects(m.Files)
	}
	return o
}

// Describe is a message in one line, for errors.
func (m *Message) Describe() string {
	text := strings.Join(strings.Fields(m.PlainText()), " ")
	if r := []rune(text); len(r) > 160 {
		text = string(r[:160]) + "…"
	}
	note := ""
	if m.EphemeralTo != "" {
		note = " (only for " + m.EphemeralTo + ")"
	}
	return fmt.Sprintf("%s %s%s: %s %q", m.TS, m.User, note, text, m.Buttons())
}
