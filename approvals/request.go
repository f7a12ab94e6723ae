// Package approvals keeps dangerous commands waiting for a second person and makes them run once.
//
// The rule that must not break: state changes by compare-and-swap on a row, together with its audit entry, or not at all.
// Nothing here knows Slack, the console or SQL.
package approvals

import (
	"encoding/json"
	"time"
)

// State is where a request stands.
type State string

// The states. Pending may become approved, denied, expired or withdrawn; approved becomes running; running becomes done, failed or
// interrupted. The last six but running are final, interrupted only until a person decides.
const (
	Pending     State = "pending"
	Approved    State = "approved"
	Running     State = "running"
	Done        State = "done"
	Failed      State = "failed"
	Denied      State = "denied"
	Expired     State = "expired"
	Withdrawn   State = "withdrawn"
	Interrupted State = "interrupted" // the process died between the console's call and its answer
)

// A Request is one mutating invocation: who asks for what, what it touches, what was decided and what became of it.
// It is a row; the cards that tell of it are pure functions of it.
type Request struct {
	ID      string // unique, for machines
	Ref     string // short, for people: "A-7F3A"
	Key     string // of the click or command that made it; the same key never makes two requests
	Version int64  // compare-and-swap

	Command    string
	Title      string          // of the command
	Risk       string          // change or destructive
	Repeatable bool            // may run again by itself after a crash
	Args       json.RawMessage // pinned: ids, no filters, no names
	Plan       json.RawMessage // what will be touched, as it was shown
	Targets    int             // how many

	Requester     string // Slack user id
	RequesterName string
	Channel       string // where it was asked; empty = a direct answer only
	Thread        string
	Reason        string
	Ticket        string

	State     State
	Quorum    int
	By        []string   // roles whose members may approve
	Rule      string     // which rule decided that
	Approvals []Decision // in order, one per person
	Closed    *Decision  // who denied or withdrew it, and why

	Created, Expires  time.Time
	Started, Finished time.Time // zero until then

	Owner      string // of the lease while running
	LeaseUntil time.Time
	Fence      int64 // grows with each claim

	Outcome string          // Successful, Partially successful, Failed
	Result  json.RawMessage // the card of the outcome
	Cards   []CardRef       // messages that show it
}

// A Decision is one person's word on a request.
type Decision struct {
	User   string    `json:"user"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
}

// A CardRef is a Slack message that shows a request and is edited with it.
type CardRef struct {
	Channel string `json:"channel"`
	TS      string `json:"ts"`
}
