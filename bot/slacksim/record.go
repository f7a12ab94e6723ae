package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// A Call is one request to the Web API, to a response_url ("response_url") or to an upload address ("upload").
type Call struct {
	Method   string
	Args     map[string]string // JSON values as JSON text; without the token
	Time     time.Time
	Duration time.Duration
	Status   int    // of the HTTP answer; 0 where none was given
	Error    string // Slack's error string; "" where the call was ok
}

// An Ack is an envelope's acknowledgement.
type Ack struct {
	EnvelopeID string
	Kind       string // block_actions, slash_commands, app_mention, …
	Latency    time.Duration
	Payload    json.RawMessage
}

// record is what happened, oldest first; of calls and acks the newest ones are kept.
type record struct {
	keep       int
	calls      []Call
	acks       []Ack
	sent       []Sent
	violations []string
}

// recording is what happened, for tests, and what is to go wrong.
type recording struct{ st *state }

// Calls are the calls of a method, or all of them for "", oldest first.
func (ws *recording) Calls(method string) []Call {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(ws.st.record.calls), func(c Call) bool { return method != "" && c.Method != method })
}

// Acks are all acknowledgements, oldest first.
func (ws *recording) Acks() []Ack {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	return slices.Clone(ws.st.record.acks)
}

// Violations are the things that the app did and that a person would have suffered from: blocks that Slack refuses, acks that
// came too late or not at all, answers that Slack drops. At the end of a story there should be none.
func (ws *recording) Violations() []string {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	return slices.Clone(ws.st.record.violations)
}

// ForgetViolations is for stories that provoke one and have looked at it.
func (ws *recording) ForgetViolations() {
	ws.st.mu.Lock()
	defer ws.st.mu.Unlock()
	ws.st.record.violations = nil
}

func (ws *core) violate(format string, args ...any) {
	ws.bump()
	ws.record.violations = kept(append(ws.record.violations, fmt.Sprintf(format, args...)), ws.record.keep)
}

func (r *record) addCall(c Call) { r.calls = kept(append(r.calls, c), r.keep) }
func (r *record) addAck(a Ack)   { r.acks = kept(append(r.acks, a), r.keep) }

// kept drops the oldest items, a quarter of them at once so that it is seldom done.
func kept[T any](items []T, most int) []T {
	if len(items) <= most {
		return items
	}
	return slices.Clone(items[len(items)-most*3/4:])
}
