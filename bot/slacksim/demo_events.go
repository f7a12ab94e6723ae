package slacksim

import (
	"net/http"

	"s1bot/bot/slacksim/page"
)

// demoEvents streams what a person would see happen.
func (ws *Workspace) demoEvents(w http.ResponseWriter, r *http.Request) {
	l := ws.listen(r.URL.Query().Get("user"))
	if l == nil {
		http.Error(w, "nobody has that name", http.StatusNotFound)
		return
	}
	defer ws.work.Done()
	defer ws.unlisten(l)
	l.Serve(w, r, ws.quit)
}

func (ws *Workspace) listen(user string) *page.Listener {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if user != page.Everybody {
		u, ok := ws.demoUser(user)
		if !ok {
			return nil
		}
		user = u.ID
	}
	if ws.closed {
		return nil
	}
	ws.work.Add(1)
	ws.bump()
	return ws.pages.Open(user)
}

// personIDs are the people as whom a page can be used.
func (ws *Workspace) personIDs() (ids []string) {
	for _, u := range ws.users.All() {
		if u.Switchable {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

func (ws *Workspace) unlisten(l *page.Listener) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.pages.Close(l)
}

// notify sends an event to the pages of one user.
func (ws *Workspace) notify(user string, event map[string]any) { ws.pages.Notify(user, event) }

// tell sends a message to the pages of all who see it.
func (ws *Workspace) tell(c *channel, m *Message, kind string) {
	if len(ws.pages) > 0 {
		ws.tellAll(c, m, map[string]any{"type": kind, "message": ws.demoMessageObject(m)})
	}
}

func (ws *Workspace) tellAll(c *channel, m *Message, event map[string]any) {
	for _, id := range ws.pages.Users(ws.personIDs()) {
		if u := ws.users.ByID[id]; c.has(u) && (m.EphemeralTo == "" || m.EphemeralTo == u.ID) {
			ws.notify(u.ID, event)
		}
	}
}
