package render

import "encoding/json"

// An Invocation is one thing a person asks for: what was typed, a form that was sent, a button that was clicked and a row
// that waits for approval all have this one form. Args is a JSON object keyed by parameter names ("agent-ids").
type Invocation struct {
	Command string          `json:"c"`
	Args    json.RawMessage `json:"a,omitempty"`
	How     How             `json:"h,omitempty"`
	Page    int             `json:"p,omitempty"` // of a list, from 1; 0 is the first
	Said    json.RawMessage `json:"x,omitempty"` // beside the parameters: why, say, so that a button need not ask again
}

// How says what to do with an invocation; the zero value runs it and answers with its card.
type How string

// What a button can ask for beside running a command.
const (
	Run   How = ""      // run it, or ask for its approval
	Open  How = "form"  // open its form, filled with Args
	View  How = "view"  // run it (a read) and show the card over the message, as a modal
	Share How = "share" // run it again (a read) and post the card to the channel
	Raw   How = "raw"   // the answer as JSON, as a file
	CSV   How = "csv"   // the whole result as a CSV file
	JSON  How = "json"  // the whole result as a JSON file
	Turn  How = "turn"  // another page of the list, in place of the message clicked on
)
