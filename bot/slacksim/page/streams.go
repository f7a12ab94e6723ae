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

// Everybody is the person of a stream that tells what all people's pages hear: a browser has one
// for all its tabs, which may be different people, for it opens six connections to a server at
// most.
const Everybody = "*"

// Open adds a page that is used as this person.
func (s Streams) Open(user string) *Listener {
	l := &Listener{user: user, events: make(chan []byte, backlog), lost: make(chan struct{})}
	s[l] = true
	return l
}

// Close forgets a page.
func (s Streams) Close(l *Listener) { delete(s, l) }

// Users are those of all people as whom pages may be open, each once.
func (s Streams) Users(all []string) []string {
	users := map[string]bool{}
	for l := range s {
		if l.user == Everybody {
			return all
		}
		users[l.user] = true
	}
	return slices.Sorted(maps.Keys(users))
}

// Notify sends an event to the pages of one person. It never waits: a page that is too far behind
// is given up.
func (s Streams) Notify(user string, event map[string]any) {
	var own, addressed []byte // for the person's own streams, and for those of everybody
	for l := range s {
		switch {
		case l.slow:
		case l.user == user:
			if own == nil {
				own = wire.Encode(event)
			}
			l.queue(own)
		case l.user == Everybody:
			if addressed == nil {
				addressed = wire.Encode(map[string]any{"user": user, "event": event})
			}
			l.queue(addressed)
		}
	}
}

// queue puts a frame behind those that wait, or gives the page up.
func (l *Listener) queue(frame []byte) {
	select {
	case l.events <- frame:
	default:
		l.slow = true
		close(l.lost)
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
