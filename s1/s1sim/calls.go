package s1sim

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/s1/s1sim/unified"
	"s1bot/s1/s1sim/wire"
)

// A Call is one call that the console was sent, as it came. The token is not part of it.
type Call struct {
	Time   time.Time
	Method string
	Path   string
	Query  url.Values
	Body   string
	Status int // what was answered; 0 when the connection was broken or left hanging
}

// A Match selects calls. Empty fields match everything; PathPrefix may leave out /web/api/v2.1. A
// method alone does not match a POST that changes nothing, which a program sends whenever it likes;
// see isQuestion.
type Match struct {
	Method     string
	PathPrefix string
}

func (m Match) fits(method, path, body string) bool {
	if m.Method != "" && (m.Method != method || m.PathPrefix == "" && isQuestion(path, body)) {
		return false
	}
	return strings.HasPrefix(path, m.PathPrefix) || strings.HasPrefix(strings.TrimPrefix(path, wire.Prefix), m.PathPrefix)
}

// callLog is every call in the order in which they had their effect.
type callLog struct {
	mu      sync.Mutex
	calls   []Call
	now     func() time.Time
	changed chan struct{} // closed and replaced when a call is added
}

// The body is kept as bytes that came, so that a test compares what was sent and not what was
// understood.
func (l *callLog) Add(q *wire.Request, status int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, Call{l.now(), q.Method, q.Path, q.Query, string(q.Raw), status})
	close(l.changed)
	l.changed = make(chan struct{})
}

// The channel is taken under the same lock as the calls, or a call between the two would be waited
// for in vain.
func (l *callLog) matching(m Match) (calls []Call, changed <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if m.fits(c.Method, c.Path, c.Body) {
			calls = append(calls, c)
		}
	}
	return calls, l.changed
}

// Calls returns every call so far, oldest first. A call is listed when its effect is done and
// before its answer leaves.
func (c *Console) Calls() []Call {
	calls, _ := c.log.matching(Match{})
	return calls
}

// Changes returns the calls that were not GET: those that were meant to change something.
func (c *Console) Changes() []Call {
	return slices.DeleteFunc(c.Calls(), func(call Call) bool { return call.Method == "GET" || isQuestion(call.Path, call.Body) })
}

// isQuestion tells a POST that changes nothing: what asks about the token, and of GraphQL all but
// mutations.
func isQuestion(path, body string) bool {
	return asksAboutToken(path) || strings.HasSuffix(path, unified.Path) && !strings.Contains(body, `"query":"mutation `)
}

// WaitCalls waits until n calls match and returns them. It is how a test waits for a program that
// works by itself, without sleeping: the call is listed once its effect is done, so what it changed
// can be read at once.
func (c *Console) WaitCalls(ctx context.Context, n int, m Match) ([]Call, error) {
	for {
		calls, changed := c.log.matching(m)
		if len(calls) >= n {
			return calls, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return calls, fmt.Errorf("wait for %d calls of %s %s, %d came: %w", n, m.Method, m.PathPrefix, len(calls), ctx.Err())
		}
	}
}

// Reset forgets the calls so far and takes all faults back. What the console holds stays.
func (c *Console) Reset() {
	c.Heal()
	c.log.mu.Lock()
	defer c.log.mu.Unlock()
	c.log.calls = nil
}
