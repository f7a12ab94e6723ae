package slacksim

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
type Message struct {
	Channel     string
	TS          string
	ThreadTS    string // of the thread it is in; the message's own TS where it began one
	Broadcast   bool   // a reply that stands in the channel as well
	User        string
	Text        string
	Blocks      json.RawMessage // with the ids that Slack makes where the app gave none
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

	typed []any // of what a person typed: the elements of the rich_text block that Slack makes of it
}

// PlainText is all that a reader sees, in reading order: the blocks if it has any, else the text.
func (m Message) PlainText() string {
	text := m.Text
	if blocks := blockkit.ParseBlocks(m.Blocks); len(blocks) > 0 {
		text = blockkit.PlainText(blocks)
	}
	for _, f := range m.Files {
		text = strings.TrimPrefix(text+"\n", "\n") + f.Name
	}
	return text
}

// Buttons are the labels of the buttons, in reading order.
func (m Message) Buttons() []string {
	return blockkit.ButtonLabels(blockkit.ParseBlocks(m.Blocks))
}

// isReply tells replies from the messages that begin threads.
func (m *Message) isReply() bool {
	return m.ThreadTS != "" && m.ThreadTS != m.TS
}

// inChannel tells what stands in the channel from what stands in a thread alone.
func (m *Message) inChannel() bool {
	return !m.isReply() || m.Broadcast
}

// visibleTo tells whether a member of the channel sees the message.
func (m *Message) visibleTo(user string) bool {
	return !m.Deleted && (m.EphemeralTo == "" || m.EphemeralTo == user)
}

// content is what an app or a person puts into a message.
type content struct {
	text        string
	blocks      json.RawMessage
	attachments json.RawMessage
	metadata    json.RawMessage
	threadTS    string
	broadcast   bool
	ephemeralTo string
	files       []File
	typed       []any
}

// post adds a message. The caller has checked whether the author may.
func (ws *conversations) post(c *channel, author *roster.User, in content) *Message {
	m := &Message{
		Channel: c.ID, TS: ws.newTS(), ThreadTS: in.threadTS, Broadcast: in.broadcast, User: author.ID, Text: in.text, Blocks: blockkit.WithIDs(in.blocks, ws.newID),
		Attachments: in.attachments, Metadata: in.metadata, EphemeralTo: in.ephemeralTo, Files: in.files, typed: in.typed,
		Time: ws.opts.Now(), FromBot: author.IsBot,
	}
	c.messages = append(c.messages, m)
	c.byTS[m.TS] = m
	if parent := c.byTS[m.ThreadTS]; parent != nil && m.EphemeralTo == "" {
		parent.ThreadTS = parent.TS
		parent.Replies++
		ws.tell(c, parent, "message_changed")
	}
	ws.tell(c, m, "message")
	ws.countUnread(c, m)
	ws.bump()
	return m
}

// edit changes a message; nil blocks stay as they were.
func (ws *conversations) edit(c *channel, m *Message, in content) {
	m.Text = in.text
	if in.blocks != nil {
		m.Blocks = blockkit.WithIDs(in.blocks, ws.newID)
	}
	if in.attachments != nil {
		m.Attachments = in.attachments
	}
	if in.metadata != nil {
		m.Metadata = in.metadata
	}
	m.Edited++
	m.editedTS = ws.newTS()
	ws.tell(c, m, "message_changed")
	ws.bump()
}

func (ws *conversations) remove(c *channel, m *Message) {
	m.Deleted = true
	if parent := c.byTS[m.ThreadTS]; parent != nil && parent != m {
		parent.Replies--
		ws.tell(c, parent, "message_changed")
	}
	ws.tellAll(c, m, map[string]any{"type": "message_deleted", "channel": c.ID, "ts": m.TS})
	ws.bump()
}

// slackbot shows a user what Slack shows when an app failed, and writes it down.
func (ws *conversations) slackbot(c *channel, user *roster.User, text string) {
	slackbot, _ := ws.users.Find(roster.SlackbotID)
	if c != nil {
		ws.post(c, slackbot, content{text: text, ephemeralTo: user.ID})
	}
	ws.notify(user.ID, map[string]any{"type": "notice", "text": text})
}

// countUnread counts what the members have not read. Replies do not make a channel bold unless it shows them, too.
func (ws *conversations) countUnread(c *channel, m *Message) {
	if !m.inChannel() || m.EphemeralTo != "" {
		return
	}
	for _, u := range ws.membersOf(c) {
		if u.ID == m.User || u.IsBot {
			continue
		}
		n := ws.unreadOf(u.ID, c.ID)
		n.unread++
		if c.dm != nil || ws.mentions(m, u) {
			n.mentions++
		}
		ws.setUnread(u.ID, c.ID, n)
	}
}

func (ws *conversations) unreadOf(user, channel string) count {
	return ws.unread[user][channel]
}

func (ws *conversations) setUnread(user, channel string, n count) {
	if ws.unread[user] == nil {
		ws.unread[user] = map[string]count{}
	}
	ws.unread[user][channel] = n
	ws.notify(user, map[string]any{"type": "unread", "channel": channel, "unread": n.unread, "mentions": n.mentions})
}

// mentions tells whether the message calls the user by name, by group or with everybody.
func (ws *conversations) mentions(m *Message, u *roster.User) bool {
	calls := []string{"<@" + u.ID, "<!channel", "<!here", "<!everyone"}
	for _, g := range ws.groups.All() {
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

// object is the message as conversations.history and payloads show it [docs.slack.dev/reference/events/message].
func (ws *conversations) messageObject(m *Message) map[string]any {
	o := map[string]any{"type": "message", "user": m.User, "text": m.Text, "ts": m.TS, "team": ws.opts.TeamID}
	if m.FromBot && m.User == ws.bot().ID {
		o["bot_id"], o["app_id"] = roster.BotID, roster.AppID
		o["bot_profile"] = map[string]any{"id": roster.BotID, "app_id": roster.AppID, "name": ws.opts.BotName, "deleted": false, "team_id": ws.opts.TeamID}
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
		if c := ws.channels.ByID[m.Channel]; c != nil && c.byTS[m.ThreadTS] != nil {
			o["root"] = ws.messageObject(c.byTS[m.ThreadTS])
		}
	}
	if m.Replies > 0 {
		o["reply_count"], o["is_locked"], o["subscribed"] = m.Replies, false, true
	}
	if m.Edited > 0 {
		// The time of the edit, not the message's: docs.slack.dev/reference/events/message/message_changed.
		o["edited"] = map[string]any{"user": m.User, "ts": m.editedTS}
	}
	if len(m.Files) > 0 {
		o["files"] = ws.fileObjects(m.Files)
	}
	return o
}

// describe is a message in one line, for errors.
func (m *Message) describe() string {
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
