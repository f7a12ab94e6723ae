package state

import (
	"encoding/json"
	"slices"
	"time"
)

// A Call is one request to the Web API, to a response_url ("response_url") or to an upload address
// ("upload").
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
//
// It grows with every call of a demo that runs for weeks, hence keep.
type record struct {
	keep       int
	Calls      []Call
	Acks       []Ack
	Sent       []Sent
	Violations []string
}

// AddCall writes a call down.
func (r *record) AddCall(c Call) { r.Calls = kept(append(r.Calls, c), r.keep) }

// AddAck writes an acknowledgement down.
func (r *record) AddAck(a Ack) { r.Acks = kept(append(r.Acks, a), r.keep) }

// kept drops the oldest items, a quarter of them at once so that it is seldom done.
func kept[T any](items []T, most int) []T {
	if len(items) <= most {
		return items
	}
	return slices.Clone(items[len(items)-most*3/4:])
}

// A Sent is an envelope as Slack sent it.
type Sent struct {
	Kind    string // slash_commands, interactive, events_api
	Label   string // "/s1", block_actions, app_mention, …
	User    string
	Payload json.RawMessage
}

// AddSent writes an envelope down.
func (r *record) AddSent(s Sent) { r.Sent = kept(append(r.Sent, s), r.keep) }
