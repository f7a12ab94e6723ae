package slacksim

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/websocket"

	"s1bot/bot/slacksim/roster"
	"s1bot/bot/slacksim/state"
	"s1bot/bot/slacksim/webapi"
	"s1bot/bot/slacksim/wire"
)

// maxSockets is "up to 10 WebSocket connections" [docs.slack.dev/apis/events-api/using-socket-mode].
const maxSockets = 10

// deadAfter is how long a client may be silent, pongs included.
const deadAfter = 30 * time.Second

// A socket is one Socket Mode connection.
//
// out is written under the lock and never blocks; pump alone writes to the connection.
type socket struct {
	number int
	conn   *websocket.Conn
	out    chan []byte   // frames to write, in order
	gone   chan struct{} // closed when the connection is given up
}

// connections are the app's Socket Mode connections, from the ticket to the goodbye.
//
// Played: one use of a ticket, hello with the number of connections, pings, disconnect frames with
// what follows them, the eleventh socket turned away. While a socket is being closed it gets no new
// envelopes, but frames that were queued before still go out: a client that hangs up at the first
// warning loses them, as measured with real SDKs.
type connections struct {
	st          *state.State
	sockets     map[*socket]bool                   // all of them; true = gets envelopes, false = is being closed
	tickets     map[string]bool                    // handed out and not used yet
	acknowledge func(frame []byte, came time.Time) // takes what the app writes
}

// openConnection is apps.connections.open: a ticket for one WebSocket.
//
// It is good for one connection.
func (ws *connections) openConnection(webapi.Args) (webapi.Reply, error) {
	ws.st.Serial["ticket"]++
	ticket := fmt.Sprintf("%08x-%016x", ws.st.Serial["ticket"], ws.st.Rng.Uint64())
	ws.tickets[ticket] = true
	return webapi.Reply{"url": "ws" + ws.st.Base[len("http"):] + "/link/?ticket=" + ticket + "&app_id=" + roster.AppID}, nil
}

// takeTicket uses a ticket up, and has Close wait for the socket.
func (ws *connections) takeTicket(ticket string) bool {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	ok := ws.tickets[ticket] && !ws.st.Closed
	delete(ws.tickets, ticket)
	if ok {
		ws.st.Work.Add(1)
	}
	return ok
}

// serveLink is the WebSocket's life, from the ticket to the end.
func (ws *connections) serveLink(w http.ResponseWriter, r *http.Request) {
	if !ws.takeTicket(r.URL.Query().Get("ticket")) {
		http.Error(w, "invalid ticket", http.StatusForbidden)
		return
	}
	defer ws.st.Work.Done()
	upgrader := websocket.Upgrader{ReadBufferSize: 32 << 10, WriteBufferSize: 32 << 10, CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := &socket{conn: conn, out: make(chan []byte, 1024), gone: make(chan struct{})}
	if !ws.admit(s, r.URL.Query().Get("debug_reconnects") == "true") {
		refuseSocket(conn)
		return
	}
	ws.read(s)
	ws.st.Mu.Lock()
	ws.dropLocked(s)
	ws.st.Mu.Unlock()
}

// admit says hello and makes the socket one of those that get envelopes; the eleventh is turned
// away.
//
// hello says how many connections there are, this one included, and for how many seconds it will
// live (approximate_connection_time). A connection with a lifetime gets its warning ten seconds
// before the end.
func (ws *connections) admit(s *socket, short bool) bool {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if len(ws.openSockets()) >= maxSockets || ws.st.Closed {
		return false
	}
	ws.st.Serial["socket"]++
	s.number = ws.st.Serial["socket"]
	ws.sockets[s] = true
	lifetime := ws.st.Opts.SocketLifetime
	if short { // using-socket-mode: "debug_reconnects=true … 360 seconds"
		lifetime = 360 * time.Second
	}
	s.write(wire.Encode(map[string]any{
		"type": "hello", "num_connections": len(ws.openSockets()), "connection_info": map[string]any{"app_id": roster.AppID},
		"debug_info": map[string]any{"host": "applink-1", "build_number": 1, "started": "2026-11-22 00:00:00.000",
			"approximate_connection_time": int(cmp.Or(lifetime, 5*time.Hour) / time.Second)},
	}))
	ws.st.Go(func() { ws.pump(s) })
	if lifetime > 0 {
		ws.st.After(max(lifetime-10*time.Second, 0), func() { ws.ask(s, "warning") })
		ws.st.After(lifetime, func() { ws.ask(s, "refresh_requested"); ws.closeSocket(s) })
	}
	ws.st.Bump()
	return true
}

// refuseSocket: slackapi/node-slack-sdk#1654. The client gets a disconnect in place of hello: one
// that reconnects without a pause comes back at once, again and again.
func refuseSocket(conn *websocket.Conn) {
	_ = conn.WriteMessage(websocket.TextMessage, disconnectFrame("too_many_websockets"))
	_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second))
	_ = conn.Close()
}

// disconnectFrame is the frame by which Slack announces the end of a connection.
func disconnectFrame(reason string) []byte {
	return wire.Encode(map[string]any{"type": "disconnect", "reason": reason, "debug_info": map[string]any{"host": "applink-1"}})
}

// read takes acks until the connection ends.
//
// The time at which a frame came is taken here, before the lock: the workspace's own work is not
// the app's latency.
func (ws *connections) read(s *socket) {
	alive := func(string) error { return s.conn.SetReadDeadline(time.Now().Add(deadAfter)) }
	s.conn.SetPongHandler(alive)
	for alive("") == nil {
		_, frame, err := s.conn.ReadMessage()
		if err != nil {
			return
		}
		ws.acknowledge(frame, time.Now())
	}
}

// pump writes frames and pings. Slack pings every few seconds; clients take 30 seconds of silence for death.
func (ws *connections) pump(s *socket) {
	ping := time.NewTicker(ws.st.Opts.PingInterval)
	defer ping.Stop()
	for {
		var err error
		select {
		case frame := <-s.out:
			err = s.writeNow(frame)
		case <-ping.C:
			err = s.conn.WriteControl(websocket.PingMessage, []byte("Ping from applink-1"), time.Now().Add(5*time.Second))
		case <-s.gone:
			return
		}
		if err != nil {
			_ = s.conn.Close() // the reader ends, and with it the socket
			return
		}
	}
}

// writeNow writes a frame. nil is goodbye: the client answers it and closes; what it wrote before is still read.
func (s *socket) writeNow(frame []byte) error {
	if frame == nil {
		goodbye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		err := s.conn.WriteControl(websocket.CloseMessage, goodbye, time.Now().Add(time.Second))
		return errors.Join(err, s.conn.SetReadDeadline(time.Now().Add(time.Second)))
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(5 * time.Second)); err != nil {
		return err
	}
	return s.conn.WriteMessage(websocket.TextMessage, frame)
}

// write queues a frame. A client that leaves a thousand unread loses its connection.
func (s *socket) write(frame []byte) {
	select {
	case s.out <- frame:
	default:
		_ = s.conn.Close()
	}
}

// dropLocked forgets a socket and closes it, under the lock.
func (ws *connections) dropLocked(s *socket) {
	if _, known := ws.sockets[s]; known {
		delete(ws.sockets, s)
		close(s.gone)
		ws.st.Bump()
	}
	_ = s.conn.Close()
}

// closeSocket ends the connection in the orderly way, after the frames that wait before it.
func (ws *connections) closeSocket(s *socket) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if ws.sockets[s] {
		ws.sockets[s] = false
		s.write(nil)
		ws.st.Bump()
	}
}

// ask sends a disconnect frame to a socket that is still open.
func (ws *connections) ask(s *socket, reason string) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	if ws.sockets[s] {
		s.write(disconnectFrame(reason))
	}
}

// openSockets are the sockets in the order of their opening, so that the seeded choice is the same in every run.
func (ws *connections) openSockets() []*socket {
	all := slices.SortedFunc(maps.Keys(ws.sockets), func(a, b *socket) int { return a.number - b.number })
	return slices.DeleteFunc(all, func(s *socket) bool { return !ws.sockets[s] })
}

// Sockets is the number of open Socket Mode connections.
func (ws *connections) Sockets() int {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	return len(ws.openSockets())
}

// Disconnect sends every socket a disconnect frame (warning, refresh_requested or link_disabled) and closes it after a
// while. Until then the socket gets envelopes as before: whoever closes it at once loses them. A negative pause leaves
// the closing to the app.
func (ws *connections) Disconnect(reason string, closeAfter time.Duration) {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	for _, s := range ws.openSockets() {
		s.write(disconnectFrame(reason))
		if closeAfter >= 0 {
			ws.st.After(closeAfter, func() { ws.closeSocket(s) })
		}
	}
}

// DropSockets resets every connection without a word.
//
// With a linger of zero the client gets a reset and no goodbye, as from a firewall.
func (ws *connections) DropSockets() {
	ws.st.Mu.Lock()
	defer ws.st.Mu.Unlock()
	for _, s := range ws.openSockets() {
		if tcp, ok := s.conn.UnderlyingConn().(*net.TCPConn); ok {
			_ = tcp.SetLinger(0)
		}
		ws.dropLocked(s)
	}
}
