package state

import (
	"slices"

	"s1bot/bot/slacksim/roster"
)

// A Channel is a public or private channel. Direct messages make themselves: see Person.Types.
type Channel struct {
	ID       string // default: made from the name
	Name     string // without #
	Topic    string
	Private  bool
	Archived bool
	Members  []string // names or ids; nil = every full member, also those who come later
	NoBot    bool     // the app's bot is not in it
}

// Conversation is what the workspace knows of a conversation.
//
// Messages are never taken out: a deleted one is marked, since others refer to it by its ts.
type Conversation struct {
	Channel
	Dm       []string        // the two of a direct message
	Open     bool            // whoever is a full member is in it
	Members  map[string]bool // by user id
	Messages []*Message      // oldest first, ephemeral ones and replies among them
	ByTS     map[string]*Message
}

// A Count is what somebody has not read in a conversation, and how much of it calls them.
type Count struct{ Unread, Mentions int }

// Has tells whether the user is in the conversation.
func (c *Conversation) Has(u *roster.User) bool {
	if c.Dm != nil {
		return slices.Contains(c.Dm, u.ID)
	}
	return c.Members[u.ID] || c.Open && u.FullMember()
}

// MembersOf are the people in a conversation.
func (ws *directory) MembersOf(c *Conversation) []*roster.User {
	members := []*roster.User{}
	for _, u := range ws.Users.All() {
		if c.Has(u) {
			members = append(members, u)
		}
	}
	return members
}

// DmOf is the direct message between two people; it is made when there is none.
func (ws *directory) DmOf(a, b *roster.User) *Conversation {
	pair := []string{a.ID, b.ID}
	slices.Sort(pair)
	key := "dm " + pair[0] + " " + pair[1]
	if c, ok := ws.Channels.Find(key); ok {
		return c
	}
	c := &Conversation{Dm: pair, ByTS: map[string]*Message{}}
	c.ID = ws.NextID("D")
	ws.Channels.Add(c.ID, key, c)
	return c
}

// Other is the partner of u in a direct message.
func (c *Conversation) Other(u string) string {
	for _, id := range c.Dm {
		if id != u {
			return id
		}
	}
	return u
}

// WireName is the channel_name of a payload
// [docs.slack.dev/interactivity/implementing-slash-commands].
func (c *Conversation) WireName() string {
	switch {
	case c.Dm != nil:
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// Label is how a person would call the conversation.
func (c *Conversation) Label() string {
	if c.Dm != nil {
		return "direct message " + c.ID
	}
	return "#" + c.Name
}

// Kind is the conversation's type as conversations.list names it.
func (c *Conversation) Kind() string {
	switch {
	case c.Dm != nil:
		return "im"
	case c.Private:
		return "private_channel"
	}
	return "public_channel"
}

// ChannelObject is the conversation as conversations.info shows it
// [docs.slack.dev/reference/objects/conversation-object].
func (ws *directory) ChannelObject(c *Conversation) map[string]any {
	bot := ws.Bot()
	o := map[string]any{
		"id": c.ID, "created": 1, "is_archived": c.Archived, "is_channel": c.Dm == nil && !c.Private, "is_group": c.Dm == nil && c.Private,
		"is_im": c.Dm != nil, "is_mpim": false, "is_private": c.Dm != nil || c.Private, "is_general": c.Name == "general",
		"is_shared": false, "is_ext_shared": false, "is_org_shared": false, "context_team_id": ws.Opts.TeamID, "updated": 1,
	}
	if c.Dm != nil {
		o["user"], o["is_open"] = c.Other(bot.ID), true
		return o
	}
	o["name"], o["name_normalized"], o["is_member"], o["creator"] = c.Name, c.Name, c.Has(bot), roster.SlackbotID
	o["num_members"] = len(ws.MembersOf(c))
	o["topic"] = map[string]any{"value": c.Topic, "creator": "", "last_set": 0}
	o["purpose"] = map[string]any{"value": "", "creator": "", "last_set": 0}
	return o
}

// SeenByBot tells what exists for the bot: private conversations do not exist for those who are not
// in them.
func (ws *directory) SeenByBot(c *Conversation) bool {
	return c.Kind() == "public_channel" || c.Has(ws.Bot())
}
