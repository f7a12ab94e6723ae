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
	defer ws.st.Work.Done()
	defer ws.unlisten(l)
	l.Serve(w, r, ws.st.Quit)
}

// listen opens a person's stream, or one of everybody's for a page that shows several; nil where
// nobody has that name. Close waits for it.
func (ws *demoPage) listen(user string) *page.Listener {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if user != page.Everybody {
		u, ok := pageUser(ws.st, user)
		if !ok {
			return nil
		}
		user = u.ID
	}
	if ws.st.Closed {
		return nil
	}
	ws.st.Work.Add(1)
	ws.st.Bump()
	return ws.st.Pages.Open(user)
}

// unlisten forgets a stream whose page went away.
func (ws *demoPage) unlisten(l *page.Listener) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ws.st.Pages.Close(l)
}
