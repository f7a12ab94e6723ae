package slacksim

import (
	"errors"
	"net/http"
	"slices"

	"s1bot/bot/slacksim/methods"
	"s1bot/bot/slacksim/page"
	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
)

// A demoPage is what the demo's page shows.
//
// It draws what a person sees of the same workspace that the app talks to; nothing on it is of its
// own making.
type demoPage struct{ *client }

// routes is what the page talks to. It has no sign-in: whoever reaches it is whoever they say they are, so it is for
// demonstrations on loopback alone.
func (ws *demoPage) routes(mux *http.ServeMux) {
	deeds := demoDeeds{ws.client}
	page.Assets(mux)
	mux.HandleFunc("GET /demo/state", ws.serveState)
	mux.HandleFunc("GET /demo/events", ws.serveEvents)
	mux.HandleFunc("GET /demo/file/{id}", ws.serveFile)
	mux.HandleFunc("POST /demo/home", deeds.serve(deeds.doHome))
	mux.HandleFunc("POST /demo/shortcut", deeds.serve(deeds.doShortcut))
	mux.HandleFunc("POST /demo/message", deeds.serve(deeds.doMessage))
	mux.HandleFunc("POST /demo/read", deeds.serve(deeds.doRead))
	mux.HandleFunc("POST /demo/action", deeds.serve(deeds.doAction))
	mux.HandleFunc("POST /demo/suggest", deeds.serve(deeds.doSuggest))
	mux.HandleFunc("POST /demo/view/submit", deeds.serve(deeds.doSubmit))
	mux.HandleFunc("POST /demo/view/close", deeds.serve(deeds.doClose))
}

// pageUser is the person the page is used as: by id or name, else the first one that may be switched to.
func pageUser(st *state.State, idOrName string) (*roster.User, bool) {
	if idOrName != "" {
		u, ok := st.Users.Find(idOrName)
		return u, ok && !u.IsBot
	}
	for _, u := range st.Users.All() {
		if u.Switchable {
			return u, true
		}
	}
	return nil, false
}

// serveState is all that a person sees.
func (ws *demoPage) serveState(w http.ResponseWriter, r *http.Request) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	me, ok := pageUser(ws.st, r.URL.Query().Get("user"))
	if !ok {
		webapi.WriteJSON(w, http.StatusOK, refusal(cannot("user_not_found", "Nobody here has that name.")))
		return
	}
	channels, messages := []any{}, map[string]any{}
	for _, c := range ws.channels(me) {
		channels = append(channels, ws.channel(me, c))
		messages[c.ID] = ws.messages(me, c)
	}
	views := []any{}
	for _, v := range ws.st.Stacks[me.ID] {
		views = append(views, ws.st.ViewObject(v))
	}
	webapi.WriteJSON(w, http.StatusOK, map[string]any{
		"ok": true, "team": map[string]any{"id": ws.st.Opts.TeamID, "name": ws.st.Opts.TeamName}, "me": me.ID,
		"users": ws.users(), "groups": ws.groups(), "channels": channels, "commands": ws.commands(), "messages": messages,
		"views": views, "home": ws.home(me), "has_home": ws.st.App.HomeTab, "shortcuts": ws.shortcuts(),
	})
}

// users are those that the page can show; switchable ones are those as whom it can be used.
func (ws *demoPage) users() []any {
	users := []any{}
	for _, u := range ws.st.Users.All() {
		users = append(users, map[string]any{"id": u.ID, "name": u.Name, "real_name": u.RealName, "title": u.Title, "color": u.Color,
			"is_bot": u.IsBot, "is_app": u.IsApp, "switchable": u.Switchable && !u.Deleted, "tz": u.TZ})
	}
	return users
}

// groups are the user groups, for mentions.
func (ws *demoPage) groups() []any {
	groups := []any{}
	for _, g := range ws.st.Groups.All() {
		groups = append(groups, map[string]any{"id": g.ID, "handle": g.Handle, "name": g.Name, "users": g.Members})
	}
	return groups
}

// commands are the app's slash commands, for the list that opens behind a slash.
func (ws *demoPage) commands() []any {
	commands := []any{}
	for _, c := range ws.st.Opts.Commands {
		commands = append(commands, map[string]any{"command": c.Name, "description": c.Description, "usage_hint": c.UsageHint})
	}
	return commands
}

// channels are the conversations in a person's sidebar, the app's direct message always among them.
func (ws *demoPage) channels(u *roster.User) []*state.Conversation {
	ws.st.DmOf(u, ws.st.Bot())
	return slices.DeleteFunc(ws.st.Channels.All(), func(c *state.Conversation) bool { return !c.Has(u) || c.Archived })
}

// channel is a line of the sidebar, with what the person has not read in it.
func (ws *demoPage) channel(u *roster.User, c *state.Conversation) map[string]any {
	n := ws.st.UnreadOf(u.ID, c.ID)
	o := map[string]any{"id": c.ID, "name": c.Name, "kind": "channel", "topic": c.Topic, "unread": n.Unread, "mentions": n.Mentions}
	switch {
	case c.Dm != nil:
		other := ws.st.Users.ByID[c.Other(u.ID)]
		o["kind"], o["name"], o["with"] = "dm", other.Name, other.ID
		if other.IsApp {
			o["kind"] = "app"
		}
	case c.Private:
		o["kind"] = "private"
	}
	return o
}

// messages are all that the person sees of a conversation, ephemeral ones of their own included.
func (ws *demoPage) messages(u *roster.User, c *state.Conversation) []any {
	list := []any{}
	for _, m := range c.Messages {
		if m.VisibleTo(u.ID) {
			list = append(list, ws.st.PageMessage(m))
		}
	}
	return list
}

// serveFile hands out a file to the page, which has no token; the workspace listens on loopback
// alone.
func (ws *demoPage) serveFile(w http.ResponseWriter, r *http.Request) {
	ws.st.Mu.Lock()
	f := ws.st.Files[r.PathValue("id")]
	ws.st.Mu.Unlock()
	if f == nil || !f.Shared {
		http.NotFound(w, r)
		return
	}
	methods.SendFile(w, f)
}

// refusal is {"ok":false,…} with words that a person can read.
func refusal(err error) map[string]any {
	var e *deedError
	if errors.As(err, &e) {
		return map[string]any{"ok": false, "error": e.code, "message": e.words}
	}
	return map[string]any{"ok": false, "error": "failed", "message": err.Error()}
}
