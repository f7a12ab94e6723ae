package slacksim

import (
	"cmp"

	"s1bot/bot/slacksim/state"
)

// AddChannel adds a channel, or replaces the settings of the one with the same name, and returns
// its id.
//
// Members that are nil make a channel that everybody may join and counts every full member in, as
// #general does; an empty list makes one with nobody but the bot.
// The bot is a member unless NoBot says otherwise, because most stories begin after somebody has
// invited it; what happens before is a story of its own.
func (ws *members) AddChannel(c state.Channel) string {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ch, known := ws.st.Channels.Find(c.Name)
	if !known {
		ch = &state.Conversation{ByTS: map[string]*state.Message{}}
		ch.ID = cmp.Or(c.ID, ws.st.Channels.Fresh("C", c.Name))
	}
	c.ID = ch.ID
	ch.Channel, ch.Open, ch.Members = c, c.Members == nil, map[string]bool{}
	for _, name := range c.Members {
		if u, ok := ws.st.Users.Find(name); ok {
			ch.Members[u.ID] = true
		}
	}
	if !c.NoBot {
		ch.Members[ws.st.Bot().ID] = true
	}
	ws.st.Channels.Add(c.ID, c.Name, ch)
	ws.st.Bump()
	return c.ID
}

// Archive archives a channel.
//
// Posting and editing answer is_archived from then on, and the history stays readable.
func (ws *members) Archive(nameOrID string) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if ch, ok := ws.st.Channels.Find(nameOrID); ok {
		ch.Archived = true
	}
}

// ChannelID is the id of the channel with this name, with or without #; "" where there is none.
func (ws *members) ChannelID(name string) string {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if ch, ok := ws.st.Channels.Find(name); ok {
		return ch.ID
	}
	return ""
}
