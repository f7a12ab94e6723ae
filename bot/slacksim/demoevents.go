package slacksim

import (
	"net/http"

	"s1bot/bot/slacksim/page"
)

// serveEvents streams what a person would see happen.
func (ws *demoPage) serveEvents(w http.ResponseWriter, r *http.Request) {
	l := ws.listen(r.URL.Query().Get("user"))
	if l == nil {
		http.Error(w, "nobody has that name", http.StatusNotFound)
		return
	}
	defer ws.st.work.Done()
	defer ws.unlisten(l)
	l.Serve(w, r, ws.st.quit)
}

func (ws *demoPage) listen(user string) *page.Listener {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	if user != page.Everybody {
		u, ok := pageUser(ws.st, user)
		if !ok {
			return nil
		}
		user = u.ID
	}
	if ws.st.closed {
		return nil
	}
	ws.st.work.Add(1)
	ws.st.bump()
	return ws.st.pages.Open(user)
}

// personIDs are the people as whom a page can be used.
func (ws *conversations) personIDs() (ids []string) {
	for _, u := range ws.users.All() {
		if u.Switchable {
			ids = append(ids, u.ID)
		}
	}
	return ids
}

func (ws *demoPage) unlisten(l *page.Listener) {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.pages.Close(l)
}

// notify sends an event to the pages of one user.
func (ws *conversations) notify(user string, event map[string]any) { ws.pages.Notify(user, event) }

// tell sends a message to the pages of all who see it.
func (ws *conversations) tell(c *channel, m *Message, kind string) {
	if len(ws.pages) > 0 {
		ws.tellAll(c, m, map[string]any{"type": kind, "message": ws.pageMessage(m)})
	}
}

func (ws *conversations) tellAll(c *channel, m *Message, event map[string]any) {
	for _, id := range ws.pages.Users(ws.personIDs()) {
		if u := ws.users.ByID[id]; c.has(u) && (m.EphemeralTo == "" || m.EphemeralTo == u.ID) {
			ws.notify(u.ID, event)
		}
	}
}
