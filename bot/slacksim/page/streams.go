package page

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"s1bot/bot/slacksim/wire"
)

// A Listener is the event stream of one open page.
type Listener struct {
	user   string
	events chan []byte
	lost   chan struct{} // closed when it did not read fast enough: the page connects again and loads the state
	slow   bool
}

// Streams are the open pages. The workspace's lock guards them.
type Streams map[*Listener]bool

// backlog is how many events a page may be behind.
const backlog = 1024

// Open adds a page that is used as this person.
func (s Streams) Open(user string) *Listener {
	l := &Listener{user: user, events: make(chan []byte, backlog), lost: make(chan struct{})}
	s[l] = true
	return l
}

// Close forgets a page.
func (s Streams) Close(l *Listener) { delete(s, l) }

// Users are the people as whom pages are open, each once.
func (s Streams) Users() []string {
	users := map[string]bool{}
	for l := range s {
		users[l.user] = true
	}
	return slices.Sorted(maps.Keys(users))
}

// Notify sends an event to the pages of one person. It never waits: a page that is too far behind is given up.
func (s Streams) Notify(user string, event map[string]any) {
	var frame []byte
	for l := range s {
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

// Serve writes the events until the page goes, falls behind, or the workspace ends.
func (l *Listener) Serve(w http.ResponseWriter, r *http.Request, quit <-chan struct{}) {
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
		case <-quit:
			return
		case <-r.Context().Done():
			return
		}
	}
}
