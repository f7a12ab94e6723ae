package enums

import "s1bot/s1/wire"

// RuleStatus is how far a rule is on its way to work, Title case on the wire.
type RuleStatus string

// The statuses. A rule is Activating and Disabling for up to an hour.
const (
	RuleDraft      RuleStatus = "Draft"
	RuleActivating RuleStatus = "Activating"
	RuleActive     RuleStatus = "Active"
	RuleDisabling  RuleStatus = "Disabling"
	RuleDisabled   RuleStatus = "Disabled"
	RuleDeleting   RuleStatus = "Deleting"
	RuleDeleted    RuleStatus = "Deleted"
)

// Choices lists the statuses.
func (RuleStatus) Choices() []wire.Choice {
	return wire.Same("Draft", "Activating", "Active", "Disabling", "Disabled", "Deleting", "Deleted")
}

// Label is the status as people read it.
func (s RuleStatus) Label() string { return wire.Label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *RuleStatus) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }

// Settled is where a rule will be when the console is done with it: Activating becomes Active. What
// people ask for is where a rule is going.
func (s RuleStatus) Settled() RuleStatus {
	switch s {
	case RuleActivating:
		return RuleActive
	case RuleDisabling:
		return RuleDisabled
	case RuleDeleting:
		return RuleDeleted
	}
	return s
}

// RuleQuery is what a rule's query looks at. The console's document of 2026 has no processes any
// more; older consoles do.
type RuleQuery string

// The query types that a query alone makes; the others need parameters of their own.
const (
	RuleEvents    RuleQuery = "events"
	RuleProcesses RuleQuery = "processes"
)

// Choices lists the query types.
func (RuleQuery) Choices() []wire.Choice {
	return []wire.Choice{{Value: "events", Label: "Events"}, {Value: "processes", Label: "Processes"}, {Value: "correlation", Label: "Correlation"}, {Value: "scheduled", Label: "Scheduled"}, {Value: "uebafirstseen", Label: "UEBA First Seen"}}
}

// Label is the type as people read it.
func (q RuleQuery) Label() string { return wire.Label(q) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (q *RuleQuery) UnmarshalText(text []byte) error { return wire.Lenient(q, text) }

// ExpirationMode says whether a rule ends by itself.
type ExpirationMode string

// The modes.
const (
	ExpiresNever ExpirationMode = "Permanent"
	ExpiresOnce  ExpirationMode = "Temporary"
)

// Choices lists the modes.
func (ExpirationMode) Choices() []wire.Choice { return wire.Same("Permanent", "Temporary") }

// Label is the mode as people read it.
func (m ExpirationMode) Label() string { return wire.Label(m) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (m *ExpirationMode) UnmarshalText(text []byte) error { return wire.Lenient(m, text) }

// TreatAsThreat is what a rule's hits become beside alerts. The endpoint's policy deals with them
// as with any threat.
type TreatAsThreat string

// What hits can become.
const (
	TreatUndefined  TreatAsThreat = "UNDEFINED"
	TreatSuspicious TreatAsThreat = "Suspicious"
	TreatMalicious  TreatAsThreat = "Malicious"
)

// Choices lists what hits can become, mildest first.
func (TreatAsThreat) Choices() []wire.Choice {
	return []wire.Choice{{Value: "UNDEFINED", Label: "Undefined"}, {Value: "Suspicious", Label: "Suspicious"}, {Value: "Malicious", Label: "Malicious"}}
}

// Label is the value as people read it.
func (t TreatAsThreat) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *TreatAsThreat) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }
