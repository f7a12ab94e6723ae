package transport

import (
	"context"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// readsAtOnce is how many reads of one path are under way at once; the next ones wait for them. It
// is far above what the vendor's rates let through where a path answers.
const readsAtOnce = 16

// lines bound the reads that are under way on each path.
//
// The bound is not one for the whole console, such as http.Transport has for its connections: four
// people whose commands hang on one path would use that up, and somebody's approval, which asks
// another path, would wait for their time-outs. Who waits here holds nothing that another path
// needs.
//
// Changes pass by, as they do at the breakers.
type lines struct {
	mu     sync.Mutex
	routes map[string]chan struct{}
}

func newLines() *lines { return &lines{routes: map[string]chan struct{}{}} }

// of is the line of a route; there are as many as routes in this package.
func (l *lines) of(route string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	line := l.routes[route]
	if line == nil {
		line = make(chan struct{}, readsAtOnce)
		l.routes[route] = line
	}
	return line
}

// A turn is the place of a read among those of its path that are under way, for all its tries.
type turn struct{ in chan struct{} }

// leave gives it to the next one, if it was taken.
func (t *turn) leave() {
	if t.in != nil {
		<-t.in
	}
}

// enter waits for the turn of a read that the rate lets through. Who waits for the rate holds no place in
// the line, for the console is not late with their answer.
//
// The wait counts as part of the time that the read may take, and ends while there is some of it left.
// Where the path turned out not to answer meanwhile, the read is not sent any more; where it did, the
// turn that it had of the rate is long past, and it takes another.
func (c *Client) enter(ctx context.Context, r *readRetry) error {
	if r.call.turn.in != nil {
		return nil
	}
	line := c.lines.of(r.call.Route)
	select {
	case line <- struct{}{}:
		r.call.turn.in = line
		return nil
	default:
	}
	began := time.Now()
	short, cancel := context.WithTimeout(ctx, r.left-c.budget(r.call)/10)
	defer cancel()
	select {
	case line <- struct{}{}:
		r.call.turn.in = line
	case <-short.Done():
		return &Error{Operation: r.call.Operation, Err: short.Err(), Message: "Earlier calls of this kind are still waiting for the console's answer.", unsent: true}
	}
	r.left -= time.Since(began)
	return c.again(ctx, r.call)
}

// again lets a read through that has waited for others of its path.
func (c *Client) again(ctx context.Context, call Call) error {
	if path := c.breakers.of(call.Route); path.State() == gobreaker.StateOpen {
		refused := refusal(call, path.rests())
		refused.unsent = true
		return refused
	}
	if waited, err := c.Admit(ctx, call); err != nil {
		return NotAdmitted(call, waited, err)
	}
	return nil
}

// budget is the time that a call may go without an answer.
func (c *Client) budget(call Call) time.Duration {
	if call.most > 0 {
		return call.most
	}
	budget, _ := c.bounds(call)
	return budget
}
