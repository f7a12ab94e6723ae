package journal

import "time"

// A Snooze keeps some notices quiet for a while, because its owner knows about them.
//
// It is decided when an item is first seen, not when it is delivered, so its end brings nothing
// back that it kept quiet.
type Snooze struct {
	ID      string    `json:"id"`
	Console string    `json:"console,omitempty"` // that it is of, as sources have it; see Source.Of
	Kind    string    `json:"kind"`              // rule, hash, host, storyline
	Value   string    `json:"value"`
	File    string    `json:"file,omitempty"` // the name of the file that a hash or a storyline is of, where that is known
	Owner   string    `json:"owner"`          // Slack user id
	Reason  string    `json:"reason,omitempty"`
	Begins  time.Time `json:"begins"`
	Until   time.Time `json:"until"`
	Quiet   int       `json:"-"` // how many it has kept quiet
}

// What says in words what a snooze keeps quiet: "host DESKTOP-1", "file evil.exe".
func (s Snooze) What() string {
	kind := s.Kind
	if kind == "hash" {
		kind = "file"
	}
	if s.File == "" {
		return kind + " " + s.Value
	}
	if kind == "storyline" {
		return "the storyline of " + s.File
	}
	return kind + " " + s.File
}

// SnoozeKinds are what a snooze may go by.
func SnoozeKinds() []string { return []string{"rule", "hash", "host", "storyline"} }
