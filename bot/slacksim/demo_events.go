package slacksim

import (
	"fmt"
	"net/http"
	"time"

	"s1bot/bot/slacksim/wire"
)

// A listener is an open event stream of the page.
type listener struct {
	user   string
	events chan []byte
	lost   chan struct{} // closed when it did not read fast enough: the page connects again and loads the state
	slow   bool
}

// demoEvents streams what a person would see happen.
func (ws *Workspace) demoEvents(w http.ResponseWriter, r *http.Request) {
	l := ws.listen(r.URL.Query().Get("user"))
	if l == nil {
		http.Error(w, "nobody has that name", http.StatusNotFound)
		return
	}
	defer ws.work.Done()
	defer ws.unlisten(l)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	stream := http.NewResponseController(w)
	alive := time.NewTicker(15 * time.Second)
	defer alive.Stop()
	_, err := fmt.Fprint(w, ": hello\n\n")
	for err == nil && stream.Flush() == nil {
		select {
		case event := <-l.events:
			_, err = fmt.Fprintf(w, "data: %s\n\n", event)
		case <-alive.C:
			_, err = fmt.Fprint(w, ": still here\n\n")
		case <-l.lost:
			return
		case <-ws.quit:
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (ws *Workspace) listen(user string) *listener {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	u, ok := ws.demoUser(user)
	if !ok || ws.closed {
		return nil
	}
	l := &listener{user: u.ID, events: make(chan []byte, 1024), lost: make(chan struct{})}
	ws.listeners[l] = true
	ws.work.Add(1)
	ws.bump()
	return l
}

func (ws *Workspace) unlisten(l *listener) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.listeners, l)
}

// notify sends an event to the pages of one user.
func (ws *Workspace) notify(user string, event map[string]any) {
	var frame []byte
	for l := range ws.listeners {
		if l.user != user || l.slow {
			continue
		}
		if frame == nil {
			frame = wire.Encode(event)
		}
		select {
		case l.events <- frame:
		default:
			l.slow = true
			close(l.lost)
		}
	}
}

// tell sends a message to the pages of all who see it.
func (ws *Workspace) tell(c *channel, m *Message, kind string) {
	if len(ws.listeners) > 0 {
		ws.tellAll(c, m, map[string]any{"type": kind, "message": ws.demoMessageObject(m)})
	}
}

func (ws *Workspace) tellAll(c *channel, m *Message, event map[string]any) {
	told := map[string]bool{}
	for l := range ws.listeners {
		u := ws.users.ByID[l.user]
		if !told[u.ID] && c.has(u) && (m.EphemeralTo == "" || m.EphemeralTo == u.ID) {
			told[u.ID] = true
			ws.notify(u.ID, event)
		}
	}
}
