package slacksim

import (
	"errors"
	"net/http"
	"slices"

	"s1bot/bot/slacksim/page"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/webapi"
)

// demoRoutes is what the page talks to. It has no sign-in: whoever reaches it is whoever they say they are, so it is for
// demonstrations on loopback alone.
func (ws *Workspace) demoRoutes(mux *http.ServeMux) {
	page.Assets(mux)
	mux.HandleFunc("GET /demo/state", ws.demoState)
	mux.HandleFunc("GET /demo/events", ws.demoEvents)
	mux.HandleFunc("GET /demo/file/{id}", ws.demoFile)
	mux.HandleFunc("POST /demo/home", ws.demoDeed((*Workspace).demoOpenHome))
	mux.HandleFunc("POST /demo/shortcut", ws.demoDeed((*Workspace).demoShortcut))
	mux.HandleFunc("POST /demo/message", ws.demoDeed((*Workspace).demoMessage))
	mux.HandleFunc("POST /demo/read", ws.demoDeed((*Workspace).demoRead))
	mux.HandleFunc("POST /demo/action", ws.demoDeed((*Workspace).demoAction))
	mux.HandleFunc("POST /demo/suggest", ws.demoDeed((*Workspace).demoSuggest))
	mux.HandleFunc("POST /demo/view/submit", ws.demoDeed((*Workspace).demoSubmit))
	mux.HandleFunc("POST /demo/view/close", ws.demoDeed((*Workspace).demoClose))
}

// demoUser is the person the page is used as: by id or name, else the first one that may be switched to.
func (ws *Workspace) demoUser(idOrName string) (*roster.User, bool) {
	if idOrName != "" {
		u, ok := ws.users.Find(idOrName)
		return u, ok && !u.IsBot
	}
	for _, u := range ws.users.All() {
		if u.Switchable {
			return u, true
		}
	}
	return nil, false
}

// demoState is all that a person sees.
func (ws *Workspace) demoState(w http.ResponseWriter, r *http.Request) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	me, ok := ws.demoUser(r.URL.Query().Get("user"))
	if !ok {
		webapi.WriteJSON(w, http.StatusOK, demoFailure(cannot("user_not_found", "Nobody here has that name.")))
		return
	}
	channels, messages := []any{}, map[string]any{}
	for _, c := range ws.demoChannels(me) {
		channels = append(channels, ws.demoChannel(me, c))
		messages[c.ID] = ws.demoMessages(me, c)
	}
	views := []any{}
	for _, v := range ws.stacks[me.ID] {
		views = append(views, ws.viewObject(v))
	}
	webapi.WriteJSON(w, http.StatusOK, map[string]any{
		"ok": true, "team": map[string]any{"id": ws.opts.TeamID, "name": ws.opts.TeamName}, "me": me.ID,
		"users": ws.demoUsers(), "groups": ws.demoGroups(), "channels": channels, "commands": ws.demoCommands(), "messages": messages,
		"views": views, "home": ws.demoHome(me), "has_home": ws.app.homeTab, "shortcuts": ws.demoShortcuts(),
	})
}

func (ws *Workspace) demoUsers() []any {
	users := []any{}
	for _, u := range ws.users.All() {
		users = append(users, map[string]any{"id": u.ID, "name": u.Name, "real_name": u.RealName, "title": u.Title, "color": u.Color,
			"is_bot": u.IsBot, "is_app": u.IsApp, "switchable": u.Switchable && !u.Deleted, "tz": u.TZ})
	}
	return users
}

func (ws *Workspace) demoGroups() []any {
	groups := []any{}
	for _, g := range ws.groups.All() {
		groups = append(groups, map[string]any{"id": g.ID, "handle": g.Handle, "name": g.Name, "users": g.Members})
	}
	return groups
}

func (ws *Workspace) demoCommands() []any {
	commands := []any{}
	for _, c := range ws.opts.Commands {
		commands = append(commands, map[string]any{"command": c.Name, "description": c.Description, "usage_hint": c.UsageHint})
	}
	return commands
}

// demoChannels are the conversations in a person's sidebar, the app's direct message always among them.
func (ws *Workspace) demoChannels(u *roster.User) []*channel {
	ws.dmOf(u, ws.bot())
	return slices.DeleteFunc(ws.channels.All(), func(c *channel) bool { return !c.has(u) || c.Archived })
}

func (ws *Workspace) demoChannel(u *roster.User, c *channel) map[string]any {
	n := ws.unreadOf(u.ID, c.ID)
	o := map[string]any{"id": c.ID, "name": c.Name, "kind": "channel", "topic": c.Topic, "unread": n.unread, "mentions": n.mentions}
	switch {
	case c.dm != nil:
		other := ws.users.ByID[c.other(u.ID)]
		o["kind"], o["name"], o["with"] = "dm", other.Name, other.ID
		if other.IsApp {
			o["kind"] = "app"
		}
	case c.Private:
		o["kind"] = "private"
	}
	return o
}

func (ws *Workspace) demoMessages(u *roster.User, c *channel) []any {
	list := []any{}
	for _, m := range c.messages {
		if m.visibleTo(u.ID) {
			list = append(list, ws.demoMessageObject(m))
		}
	}
	return list
}

func (ws *Workspace) demoMessageObject(m *Message) map[string]any {
	author := ws.users.ByID[m.User]
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

func (ws *Workspace) demoFile(w http.ResponseWriter, r *http.Request) {
	ws.mu.Lock()
	f := ws.files[r.PathValue("id")]
	ws.mu.Unlock()
	if f == nil || !f.shared {
		http.NotFound(w, r)
		return
	}
	sendFile(w, f)
}

// demoFailure is {"ok":false,…} with words that a person can read.
func demoFailure(err error) map[string]any {
	var e *deedError
	if errors.As(err, &e) {
		return map[string]any{"ok": false, "error": e.code, "message": e.words}
	}
	return map[string]any{"ok": false, "error": "failed", "message": err.Error()}
}
