package transport

import (
	"context"
	"sync"
	"time"
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

// enter waits for the turn of a read; leave ends it. The wait counts as part of the time that the
// read may take, and ends while there is some of it left.
func (c *Client) enter(ctx context.Context, call *Call) (leave func(), err error) {
	line := c.lines.of(call.Route)
	leave = func() { <-line }
	select {
	case line <- struct{}{}:
		return leave, nil
	default:
	}
	began, budget := time.Now(), c.budget(*call)
	ctx, cancel := context.WithTimeout(ctx, budget-budget/10)
	defer cancel()
	select {
	case line <- struct{}{}:
		call.waited = time.Since(began)
		return leave, nil
	case <-ctx.Done():
		return nil, &Error{Operation: call.Operation, Err: ctx.Err(), Message: "Earlier calls of this kind are still waiting for the console's answer."}
	}
}

// budget is the time that a call may go without an answer.
func (c *Client) budget(call Call) time.Duration {
	if call.most > 0 {
		return call.most
	}
	budget, _ := c.bounds(call)
	return budget
}
