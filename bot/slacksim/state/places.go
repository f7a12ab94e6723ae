package state

import (
	"fmt"
	"slices"

	"s1bot/bot/slacksim/blockkit"
	"s1bot/bot/slacksim/roster"
)

// A Place is where an element stands: in a message or in a view.
//
// Either a message with its channel or a view; the other is nil.
type Place struct {
	Channel *Conversation
	Message *Message
	View    *View
}

// Key names the place among drafts.
func (p Place) Key(u *roster.User) string {
	if p.View != nil {
		return PlaceOfView(p.View)
	}
	return placeOfMessage(u.ID, p.Message)
}

// RawBlocks are the blocks that stand there now.
func (p Place) RawBlocks() []byte {
	if p.View != nil {
		return p.View.Blocks
	}
	return p.Message.Blocks
}

// Drawn are the blocks that somebody may have before them: those that stand there now, and earlier
// ones of an App Home. A person who reads a confirmation clicks on what was drawn when they opened
// it, and the app publishes the tab anew meanwhile.
func (p Place) Drawn() [][]byte {
	all := [][]byte{p.RawBlocks()}
	if p.View != nil {
		for _, blocks := range slices.Backward(p.View.earlier) {
			all = append(all, blocks)
		}
	}
	return all
}

// AddTo puts container, channel, message or view into a payload. Ephemeral messages do not come
// along, only their container.
func (p Place) AddTo(st *State, payload map[string]any) {
	if p.View != nil {
		payload["container"] = map[string]any{"type": "view", "view_id": p.View.ID}
		payload["view"] = st.ViewObject(p.View)
		return
	}
	container := map[string]any{"type": "message", "message_ts": p.Message.TS, "channel_id": p.Channel.ID, "is_ephemeral": p.Message.EphemeralTo != ""}
	if p.Message.ThreadTS != "" {
		container["thread_ts"] = p.Message.ThreadTS
	}
	payload["container"] = container
	payload["channel"] = map[string]any{"id": p.Channel.ID, "name": p.Channel.WireName()}
	if p.Message.EphemeralTo == "" {
		payload["message"] = st.MessageObject(p.Message)
	}
}

// A Surface is where a person finds buttons and menus: a Message or a View. What counts is what the
// person saw, which may be older than what is there now.
type Surface interface {
	Locate(st *State, u *roster.User) (Place, []map[string]any, error)
}

// Locate finds the message as it is now, if the user sees it.
func (m Message) Locate(st *State, u *roster.User) (Place, []map[string]any, error) {
	c, ok := st.Channels.ByID[m.Channel]
	if !ok || !c.Has(u) {
		return Place{}, nil, fmt.Errorf("%s does not see the channel %s", u.Name, m.Channel)
	}
	now := c.ByTS[m.TS]
	if now == nil || !now.VisibleTo(u.ID) {
		return Place{}, nil, fmt.Errorf("%s does not see the message %s: it is gone or for another user", u.Name, m.TS)
	}
	return Place{Channel: c, Message: now}, blockkit.ParseBlocks(m.Blocks), nil
}

// Locate finds the view, if it is open and the user's.
func (v View) Locate(st *State, u *roster.User) (Place, []map[string]any, error) {
	now := st.Views[v.ID]
	if now == nil || now.User != u.ID {
		return Place{}, nil, fmt.Errorf("%s has no open view %s (%q)", u.Name, v.ID, v.Title)
	}
	return Place{View: now}, blockkit.ParseBlocks(v.Blocks), nil
}

// drafts are what people put into inputs and have not sent, by "user place".
type drafts map[string]blockkit.Values

// Remember keeps what a person put into an element.
func (d drafts) Remember(place, block, action string, value map[string]any) {
	if d[place] == nil {
		d[place] = blockkit.Values{}
	}
	d[place].Set(block, action, value)
}
