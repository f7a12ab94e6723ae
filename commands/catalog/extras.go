package catalog

import (
	"encoding/json"
	"time"
)

// The names under which a form asks for the extras.
const (
	// No parameter may have one of these names: Validate refuses it.
	ReasonParam = "reason"
	TicketParam = "ticket"
	ForParam    = "for"
	// ConsoleParam names the console that a command is for, where there are several; no form asks for it.
	ConsoleParam = "console"
)

// Extras are what a person says beside the parameters of a command that changes things. They go
// into the card and the audit trail, not to the console. They are apart from the arguments so that
// the same arguments mean the same invocation, whoever asks and why.
type Extras struct {
	Reason string        `json:"reason,omitempty"`
	Ticket string        `json:"ticket,omitempty"`
	For    time.Duration `json:"for,omitempty"` // until it is undone; 0 = until somebody does; see Command.Timed
}

// WithExtras is an invocation with what was said beside its parameters.
func WithExtras(inv Invocation, x Extras) Invocation {
	if x != (Extras{}) {
		inv.Said, _ = json.Marshal(x) // two strings and a number
	}
	return inv
}

// NeedsReason tells whether the command may be asked for only with a reason.
func (cmd *Command) NeedsReason() bool { return cmd.Risk == Destructive }
