package s1sim

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"s1bot/s1/s1sim/wire"
)

// A FaultKind is one way in which an answer goes wrong.
type FaultKind int

// The ways in which an answer goes wrong.
const (
	TooMany     FaultKind = iota + 1 // 429 with the proxy's HTML, and Retry-After when the fault has one
	ServerError                      // Status (500 when zero), in the vendor's JSON or the proxy's HTML
	Forbidden                        // 403 in the vendor's JSON: the token's role lacks the permission, or what Detail says
	Refused                          // Status with Title and Detail in the vendor's JSON
	Blocked                          // Status (403 when zero) with the page of a proxy or firewall on the way
	Hang                             // no answer until the caller gives up or Heal is called
	Reset                            // the connection is reset
	Cut                              // the answer ends in its middle
	NotJSON                          // 200 with a page in HTML, or with Body
	WrongTypes                       // 200 with every value of another type than it should have
	Endless                          // 200 with the true rows and a cursor that was never seen before, page after page
)

// A Fault breaks answers. Cut, WrongTypes and Endless break a true answer and so always come after
// the effect. Endless is what issue 9 found: a console whose cursors never ended was followed for
// 1,575 requests.
type Fault struct {
	Kind        FaultKind
	Times       int           // how many calls; once when zero, until Heal when negative
	AfterEffect bool          // do what was asked, then break the answer
	Status      int           // of a ServerError: 500, 502, 503 or 504
	HTML        bool          // a ServerError comes from the proxy
	RetryAfter  time.Duration // of TooMany and ServerError, in whole seconds
	Body        string        // of NotJSON, ServerError and Blocked, instead of the usual one
	Title       string        // of Refused
	Detail      string        // of Refused and Forbidden; "" is null
}

type pendingFault struct {
	match Match
	fault Fault
	left  int
}

// ledger is the faults that are still to happen.
type ledger struct {
	mu     sync.Mutex
	list   []*pendingFault
	healed chan struct{} // closed by Heal
}

// Fail breaks the next calls that match. Faults for the same calls happen one after the other.
func (c *Console) Fail(m Match, f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.faults.list = append(c.faults.list, &pendingFault{m, f, f.Times})
}

// Heal takes all faults back and drops the calls that hang.
func (c *Console) Heal() {
	c.faults.mu.Lock()
	defer c.faults.mu.Unlock()
	c.faults.list = nil
	close(c.faults.healed)
	c.faults.healed = make(chan struct{})
}

// take is the first fault that matches and has calls left, and counts it as used.
func (l *ledger) take(q *wire.Request) (Fault, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.list {
		if p.left == 0 || !p.match.fits(q.Method, q.Path, string(q.Raw)) {
			continue
		}
		p.left-- // a negative one never gets to zero
		f := p.fault
		f.AfterEffect = f.AfterEffect || f.Kind == Cut || f.Kind == WrongTypes || f.Kind == Endless
		return f, true
	}
	return Fault{}, false
}

// wait holds a call until Heal or until the caller goes.
func (l *ledger) wait(r *http.Request) {
	l.mu.Lock()
	healed := l.healed
	l.mu.Unlock()
	select {
	case <-healed:
	case <-r.Context().Done():
	}
}

// breakAnswer sends what the fault makes of the true answer, which is empty where there was no
// effect.
func (c *Console) breakAnswer(w http.ResponseWriter, r *http.Request, q *wire.Request, f Fault, truth wire.Answer) {
	switch f.Kind {
	case TooMany:
		c.reply(w, q, wire.TooMany(f.RetryAfter))
	case ServerError:
		c.reply(w, q, f.serverError())
	case Forbidden:
		c.reply(w, q, wire.Failure(f.forbidden()))
	case Refused:
		c.reply(w, q, wire.Failure(f.refused()))
	case Blocked:
		c.reply(w, q, f.blocked())
	case NotJSON:
		a := wire.ErrorPage(http.StatusOK, "Sign in")
		if f.Body != "" {
			a.Body = []byte(f.Body)
		}
		c.reply(w, q, a)
	case WrongTypes:
		truth.Body = twist(truth.Body)
		c.reply(w, q, truth)
	case Endless:
		truth.Body = ledOn(truth.Body)
		c.reply(w, q, truth)
	case Hang:
		c.log.Add(q, 0)
		c.faults.wait(r)
		panic(http.ErrAbortHandler)
	case Cut:
		c.log.Add(q, truth.Status)
		cutShort(w, truth)
	default:
		c.log.Add(q, 0)
		resetConnection(w)
	}
}

// serverError is a 5xx, of the console in JSON or of the proxy in HTML. Neither says whether the
// change was made: see AfterEffect.
func (f Fault) serverError() wire.Answer {
	status := f.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	a := wire.Failure(&wire.Error{Status: status, Title: "Internal server error", Detail: "Server could not process the request."})
	if f.HTML {
		a = wire.ErrorPage(status, strconv.Itoa(status)+" "+http.StatusText(status))
	}
	if f.Body != "" {
		a.Body = []byte(f.Body)
	}
	if f.RetryAfter > 0 {
		a.Header = map[string]string{"Retry-After": strconv.Itoa(int(f.RetryAfter.Seconds()))}
	}
	return a
}

// ledOn gives a list a next page that it does not have.
func ledOn(body []byte) []byte {
	v, err := wire.Decode(body)
	o, ok := v.(wire.Object)
	if err != nil || !ok {
		return body
	}
	pagination, ok := o["pagination"].(wire.Object)
	if !ok {
		pagination = wire.Object{}
		o["pagination"] = pagination
	}
	pagination["nextCursor"] = "on-" + rand.Text()
	b, err := json.Marshal(o)
	if err != nil {
		return body
	}
	return b
}

// cutShort promises the whole answer, sends half of it and breaks the connection.
func cutShort(w http.ResponseWriter, a wire.Answer) {
	w.Header().Set("Content-Type", a.Kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body[:len(a.Body)/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// resetConnection makes the caller see a reset rather than an end.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// twist gives every value below data another type: lists become objects, numbers texts, texts
// numbers.
func twist(body []byte) []byte {
	v, err := wire.Decode(body)
	o, ok := v.(wire.Object)
	if err != nil || !ok {
		return body
	}
	switch d := o["data"].(type) {
	case []any:
		for i := range d {
			d[i] = twisted(d[i], true)
		}
	default:
		o["data"] = twisted(d, true)
	}
	b, err := json.Marshal(o)
	if err != nil {
		return body
	}
	return b
}

// twisted is a value of another kind; keep spares the object itself and twists what is in it, so
// that a row stays a row.
func twisted(v any, keep bool) any {
	switch v := v.(type) {
	case wire.Object:
		if !keep {
			return wire.List("an", "object", "once")
		}
		for k := range v {
			v[k] = twisted(v[k], false)
		}
		return v
	case []any:
		return wire.Object{"a": "list once"}
	case string:
		return len(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return v.String()
	}
	return wire.Object{}
}
