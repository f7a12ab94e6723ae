package slacksim

import (
	"cmp"
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

// channel is what the workspace knows of a conversation.
type channel struct {
	Channel
	dm       []string        // the two of a direct message
	open     bool            // whoever is a full member is in it
	members  map[string]bool // by user id
	messages []*Message      // oldest first, ephemeral ones and replies among them
	byTS     map[string]*Message
}

type count struct{ unread, mentions int }

// AddChannel adds a channel, or replaces the settings of the one with the same name, and returns its id.
func (ws *members) AddChannel(c Channel) string {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ch, known := ws.st.channels.Find(c.Name)
	if !known {
		ch = &channel{byTS: map[string]*Message{}}
		ch.ID = cmp.Or(c.ID, ws.st.channels.Fresh("C", c.Name))
	}
	c.ID = ch.ID
	ch.Channel, ch.open, ch.members = c, c.Members == nil, map[string]bool{}
	for _, name := range c.Members {
		if u, ok := ws.st.users.Find(name); ok {
			ch.members[u.ID] = true
		}
	}
	if !c.NoBot {
		ch.members[ws.st.bot().ID] = true
	}
	ws.st.channels.Add(c.ID, c.Name, ch)
	ws.st.bump()
	return c.ID
}

// Archive archives a channel.
func (ws *members) Archive(nameOrID string) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	if ch, ok := ws.st.channels.Find(nameOrID); ok {
		ch.Archived = true
	}
}

// ChannelID is the id of the channel with this name, with or without #; "" where there is none.
func (ws *members) ChannelID(name string) string {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	if ch, ok := ws.st.channels.Find(name); ok {
		return ch.ID
	}
	return ""
}

// has tells whether the user is in the conversation.
func (c *channel) has(u *roster.User) bool {
	if c.dm != nil {
		return slices.Contains(c.dm, u.ID)
	}
	return c.members[u.ID] || c.open && u.FullMember()
}

func (ws *directory) membersOf(c *channel) []*roster.User {
	members := []*roster.User{}
	for _, u := range ws.users.All() {
		if c.has(u) {
			members = append(members, u)
		}
	}
	return members
}

// dmOf is the direct message between two people; it is made when there is none.
func (ws *directory) dmOf(a, b *roster.User) *channel {
	pair := []string{a.ID, b.ID}
	slices.Sort(pair)
	key := "dm " + pair[0] + " " + pair[1]
	if c, ok := ws.channels.Find(key); ok {
		return c
	}
	c := &channel{dm: pair, byTS: map[string]*Message{}}
	c.ID = ws.newID("D")
	ws.channels.Add(c.ID, key, c)
	return c
}

// other is the partner of u in a direct message.
func (c *channel) other(u string) string {
	for _, id := range c.dm {
		if id != u {
			return id
		}
	}
	return u
}

// wireName is the channel_name of a payload [docs.slack.dev/interactivity/implementing-slash-commands].
func (c *channel) wireName() string {
	switch {
	case c.dm != nil:
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// label is how a person would call the conversation.
func (c *channel) label() string {
	if c.dm != nil {
		return "direct message " + c.ID
	}
	return "#" + c.Name
}

func (c *channel) kind() string {
	switch {
	case c.dm != nil:
		return "im"
	case c.Private:
		return "private_channel"
	}
	return "public_channel"
}

// object is the conversation as conversations.info shows it [docs.slack.dev/reference/objects/conversation-object].
func (ws *directory) channelObject(c *channel) map[string]any {
	bot := ws.bot()
	o := map[string]any{
		"id": c.ID, "created": 1, "is_archived": c.Archived, "is_channel": c.dm == nil && !c.Private, "is_group": c.dm == nil && c.Private,
		"is_im": c.dm != nil, "is_mpim": false, "is_private": c.dm != nil || c.Private, "is_general": c.Name == "general",
		"is_shared": false, "is_ext_shared": false, "is_org_shared": false, "context_team_id": ws.opts.TeamID, "updated": 1,
	}
	if c.dm != nil {
		o["user"], o["is_open"] = c.other(bot.ID), true
		return o
	}
	o["name"], o["name_normalized"], o["is_member"], o["creator"] = c.Name, c.Name, c.has(bot), roster.SlackbotID
	o["num_members"] = len(ws.membersOf(c))
	o["topic"] = map[string]any{"value": c.Topic, "creator": "", "last_set": 0}
	o["purpose"] = map[string]any{"value": "", "creator": "", "last_set": 0}
	return o
}
