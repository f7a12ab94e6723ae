package state

// PageMessage is a message as the demo's page draws it.
func (ws *conversations) PageMessage(m *Message) map[string]any {
	author := ws.Users.ByID[m.User]
	o := map[string]any{
		"channel": m.Channel, "ts": m.TS, "user": m.User, "name": author.RealName, "bot": m.FromBot, "text": m.Text, "blocks": []any{},
		"edited": m.Edited > 0, "ephemeral": m.EphemeralTo != "", "reply_count": m.Replies, "files": []any{}, "time": m.Time.Unix(),
		"reactions": m.Reactions, "broadcast": m.Broadcast,
	}
	if m.Blocks != nil {
		o["blocks"] = m.Blocks
	}
	if m.ThreadTS != "" {
		o["thread_ts"] = m.ThreadTS
	}
	files := []any{}
	for _, f := range m.Files {
		files = append(files, map[string]any{"id": f.ID, "name": f.Name, "title": f.Title, "size": f.Size, "mimetype": f.MIMEType,
			"url": "/demo/file/" + f.ID})
	}
	o["files"] = files
	return o
}

// personIDs are the people as whom a page can be used.
func (ws *conversations) personIDs() (ids []string) {
	for _, u := range ws.Users.All() {
		if u.Switchable {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

// Notify sends an event to the pages of one user.
func (ws *conversations) Notify(user string, event map[string]any) { ws.Pages.Notify(user, event) }

// Tell sends a message to the pages of all who see it.
func (ws *conversations) Tell(c *Conversation, m *Message, kind string) {
	if len(ws.Pages) > 0 {
		ws.tellAll(c, m, map[string]any{"type": kind, "message": ws.PageMessage(m)})
	}
}

// tellAll sends an event to the pages of all who see a message.
func (ws *conversations) tellAll(c *Conversation, m *Message, event map[string]any) {
	for _, id := range ws.Pages.Users(ws.personIDs()) {
		if u := ws.Users.ByID[id]; c.Has(u) && (m.EphemeralTo == "" || m.EphemeralTo == u.ID) {
			ws.Notify(u.ID, event)
		}
	}
}
