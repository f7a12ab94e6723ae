package socketmode

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"s1bot/render/streak"
)

// Bounds of a Socket Mode connection.
const (
	pingTimeout   = 30 * time.Second // Slack pings every few seconds; official SDKs call 30 s of silence dead
	dialTimeout   = 15 * time.Second
	writeTimeout  = 2 * time.Second // an ack is worth nothing after 3 s
	ackLimit      = 3 * time.Second // after which Slack tells the person that the app did not answer
	drainTimeout  = 30 * time.Second
	frameSize     = 32 << 10 // Slack drops fragmented frames, so an ack must fit the write buffer
	maxFrame      = 4 << 20
	stableAfter   = 30 * time.Second
	errLinkClosed = "link_disabled"
)

// A Pool keeps n Socket Mode connections and hands every envelope to receive, which must not block.
// slack-go's socketmode package is not used: on any disconnect frame it closes the old socket at
// once and loses what still arrives there, and it reconnects without a pause when told to go away.
//
// Two connections or more are held so that one which fails is not noticed: Slack spreads deliveries
// over all that are open ("Using Socket Mode") and takes up to ten of one app.
type Pool struct {
	open    func(context.Context) (string, error) // apps.connections.open: a fresh wss:// address
	receive func(Envelope)
	log     *slog.Logger
	n       int

	mu    sync.Mutex
	conns map[*conn]bool // that are open
}

// New makes a pool of n connections that has none yet: Run opens them. Open asks Slack for the
// address of one; receive is called by the reader of a connection, so it must not block.
func New(n int, open func(context.Context) (string, error), receive func(Envelope), log *slog.Logger) *Pool {
	return &Pool{open: open, receive: receive, log: log, n: n, conns: map[*conn]bool{}}
}

// Run keeps the connections until ctx ends; it returns early only when Slack refuses the tokens for
// good.
//
// A refusal for one connection is one for all of them, since they have the same token.
func (s *Pool) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wg sync.WaitGroup
	for i := range s.n {
		wg.Go(func() {
			if err := s.keep(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// keep holds one place: a connection, and its successor as soon as Slack announces that it will
// close it.
//
// It does not wait for the old connection: its reader goes on beside the successor, and is waited
// for only when keep returns.
func (s *Pool) keep(ctx context.Context, place int) error {
	var wg sync.WaitGroup
	defer wg.Wait()
	pause, backoff := time.Duration(0), NewBackoff()
	var outage streak.Streak
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
		began := time.Now()
		c, err := s.dial(ctx)
		switch {
		case ctx.Err() != nil:
			if c != nil {
				c.close(ctx.Err())
			}
			return nil
		case Refused(err):
			return fmt.Errorf("open a Socket Mode connection: %w", err)
		case err != nil:
			pause = backoff.After(err)
			outage.Failed(s.log, began, "no Socket Mode connection, retrying", err, "place", place)
			continue
		}
		outage.Over(s.log, time.Now(), "a Socket Mode connection is back", "place", place)
		replace := make(chan struct{})
		wg.Go(func() { c.read(ctx, replace) })
		<-replace // closed, or announced to be
		if time.Since(began) > stableAfter {
			backoff.Reset()
		}
		// A connection that ended soon after it began is no success, whatever it delivered: the pause
		// goes on growing, so that two that are closed at once by Slack do not use up its one call a
		// minute.
		pause = backoff.After(nil)
		if c.announced.Load() && time.Since(began) > stableAfter {
			pause = 0 // a planned refresh: the successor comes before the old one goes
		}
	}
}

// dial opens one connection and waits for its hello.
func (s *Pool) dial(ctx context.Context) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	url, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	dialer := websocket.Dialer{HandshakeTimeout: dialTimeout, ReadBufferSize: frameSize, WriteBufferSize: frameSize, Proxy: websocket.DefaultDialer.Proxy}
	ws, resp, err := dialer.DialContext(ctx, url, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("connect to Slack's socket: %w", stripURL(err))
	}
	ws.SetReadLimit(maxFrame)
	c := &conn{ws: ws, hub: s}
	if err := c.hello(); err != nil {
		_ = ws.Close()
		return nil, err
	}
	s.mu.Lock()
	s.conns[c] = true
	open := len(s.conns)
	s.mu.Unlock()
	s.log.Info("connected to Slack", "connections", open)
	return c, nil
}

// Up is how many connections are open.
func (s *Pool) Up() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// others are the open connections beside one.
func (s *Pool) others(than *conn) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*conn
	for c := range s.conns {
		if c != than {
			found = append(found, c)
		}
	}
	return found
}

// A conn is one open WebSocket. One goroutine reads; writes are serialised by a lock.
type conn struct {
	ws        *websocket.Conn
	hub       *Pool
	write     sync.Mutex
	stopping  atomic.Bool    // the program ends
	announced atomic.Bool    // Slack said that it will close this connection
	owed      sync.WaitGroup // acknowledgements that this connection still has to carry
}

// hello waits for the first frame, from which on Slack counts the connection as open: what it
// delivers before nobody would have asked for. The handlers are set first, because a ping may come
// as early as that.
func (c *conn) hello() error {
	c.extend()
	c.ws.SetPingHandler(func(data string) error {
		c.extend()
		return c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout))
	})
	// Slack's close is answered when everything owed went out, see read; gorilla would answer it at
	// once and then send no more.
	c.ws.SetCloseHandler(func(int, string) error { return nil })
	var first Envelope
	if err := c.ws.ReadJSON(&first); err != nil {
		return fmt.Errorf("wait for Slack's hello: %w", err)
	}
	if first.Type != "hello" {
		return fmt.Errorf("slack answered the connection with %q (%s) instead of hello", first.Type, first.Reason)
	}
	return nil
}

// extend gives the connection another 30 s to show a sign of life. Slack's pings are that sign; a
// connection that died without a close, behind a firewall say, shows none. Where the program ends at the
// same moment the read ends, too: read sets stopping first.
func (c *conn) extend() {
	_ = c.ws.SetReadDeadline(time.Now().Add(pingTimeout))
	if c.stopping.Load() {
		_ = c.ws.SetReadDeadline(time.Now())
	}
}

// close ends the connection, after what it owes went out if Slack still listens.
//
// Where nobody listens any more (the network is gone) nothing is waited for; what is owed goes out
// on other connections.
func (c *conn) close(err error) {
	var told *websocket.CloseError
	if errors.As(err, &told) || c.stopping.Load() {
		c.settle()
	}
	c.hub.mu.Lock()
	delete(c.hub.conns, c)
	c.hub.mu.Unlock()
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTimeout))
	_ = c.ws.Close()
}

// read hands over envelopes until the connection ends. It closes replace once, as soon as a
// successor is wanted, and goes on reading after that: Slack may still deliver on a connection it
// has announced to close.
func (c *conn) read(ctx context.Context, replace chan struct{}) {
	var once sync.Once
	want := func() { once.Do(func() { close(replace) }) }
	// The end of the program interrupts the read and nothing else: what was read is written down and
	// acknowledged yet (see settle).
	stop := context.AfterFunc(ctx, func() { c.stopping.Store(true); _ = c.ws.SetReadDeadline(time.Now()) })
	defer stop()
	var frame bytes.Buffer
	for {
		kind, err := c.next(&frame)
		if err != nil {
			if ctx.Err() == nil && !c.announced.Load() {
				c.hub.log.Warn("Socket Mode connection lost", "err", err)
			}
			want()
			c.close(err)
			return
		}
		if kind != websocket.TextMessage {
			continue
		}
		var env Envelope
		if err := json.Unmarshal(frame.Bytes(), &env); err != nil {
			c.hub.log.Error("Slack sent a frame that isn't JSON", "bytes", frame.Len(), "err", err)
			continue
		}
		switch {
		case env.Type == "disconnect":
			c.hub.log.Info("Slack will close this connection", "reason", env.Reason)
			c.announced.Store(env.Reason != errLinkClosed)
			want()
			// Slack closes the connection within seconds of saying so. Should it forget, it does not stay
			// open for ever.
			time.AfterFunc(drainTimeout, func() { _ = c.ws.Close() })
		// A frame with an id is a delivery and wants an acknowledgement, whatever its type: kinds that
		// Slack may add are no reason to leave it without one.
		case env.ID != "":
			c.owed.Add(1)
			c.hub.receive(env.AnsweredBy(c.acker(env.ID)))
		}
	}
}

// next reads one frame into a buffer that the next one uses again; only one that was far larger
// than usual is given up.
func (c *conn) next(frame *bytes.Buffer) (kind int, err error) {
	if frame.Reset(); frame.Cap() > frameSize {
		*frame = bytes.Buffer{}
	}
	kind, r, err := c.ws.NextReader()
	if err == nil {
		_, err = frame.ReadFrom(r)
	}
	return kind, err
}

// settle lets the acknowledgements of what was read go out.
//
// ackLimit is the longest that any acknowledgement is worth, so it is the longest wait.
func (c *conn) settle() {
	paid := make(chan struct{})
	go func() { c.owed.Wait(); close(paid) }()
	select {
	case <-paid:
	case <-time.After(ackLimit):
	}
}

// An answer is the frame that acknowledges an envelope.
type answer struct {
	Envelope string `json:"envelope_id"`
	Payload  any    `json:"payload,omitempty"`
}

// frame is the answer as it is sent. A payload that is JSON already is not gone through once more: the
// options of a search box are as long as Slack takes.
func (a answer) frame() ([]byte, error) {
	body, encoded := a.Payload.(json.RawMessage)
	if !encoded {
		return json.Marshal(a)
	}
	head, err := json.Marshal(answer{Envelope: a.Envelope})
	if err != nil {
		return nil, err
	}
	return slices.Concat(head[:len(head)-1], []byte(`,"payload":`), body, []byte{'}'}), nil
}

// acker answers on the connection that brought the envelope, and if that is gone on another one:
// whether Slack takes it there is undocumented, but nothing is lost by trying.
func (c *conn) acker(id string) func(context.Context, any) error {
	// The debt is paid once, however often an envelope is answered: a second answer would take the
	// count below zero and panic.
	paid := sync.OnceFunc(c.owed.Done)
	return func(_ context.Context, payload any) error {
		defer paid()
		frame, err := answer{id, payload}.frame()
		if err != nil {
			return err
		}
		if err = c.send(frame); err == nil {
			return nil
		}
		for _, other := range c.hub.others(c) {
			if err = other.send(frame); err == nil {
				return nil
			}
		}
		return err
	}
}

// send writes one frame.
//
// gorilla allows one writer at a time; control frames (pong, close) are exempt from that and have a
// deadline of their own.
func (c *conn) send(frame []byte) error {
	c.write.Lock()
	defer c.write.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	return c.ws.WriteMessage(websocket.TextMessage, frame)
}

// stripURL drops the address from a dial error: it carries the connection's ticket.
func stripURL(err error) error {
	var wrapped interface{ Unwrap() error }
	if errors.As(err, &wrapped) && wrapped.Unwrap() != nil {
		return wrapped.Unwrap()
	}
	return err
}
