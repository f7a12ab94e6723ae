package s1

import (
	"fmt"
	"strings"
	"unicode"
)

// A Choice is one value of an enumeration: what goes over the wire and what people read.
type Choice struct{ Value, Label string }

// An Enum is a string type with a fixed list of values.
type Enum interface {
	~string
	// Choices lists the values in the order in which people expect them.
	Choices() []Choice
}

// Verdict is what an analyst thinks of a threat or an alert, spelled as the threat paths want it. Use Upper for alerts.
type Verdict string

// The verdicts.
const (
	VerdictUndefined     Verdict = "undefined"
	VerdictTruePositive  Verdict = "true_positive"
	VerdictFalsePositive Verdict = "false_positive"
	VerdictSuspicious    Verdict = "suspicious"
)

// Choices lists the verdicts.
func (Verdict) Choices() []Choice {
	return []Choice{{"undefined", "Undefined"}, {"true_positive", "True Positive"}, {"false_positive", "False Positive"}, {"suspicious", "Suspicious"}}
}

// Label is the verdict as people read it.
func (v Verdict) Label() string { return label(v) }

// Upper is the verdict as alert paths and alert filters spell it.
func (v Verdict) Upper() string { return strings.ToUpper(string(v)) }

// UnmarshalText understands every spelling of the console's ("True positive", "TRUE_POSITIVE") and keeps unknown ones.
func (v *Verdict) UnmarshalText(text []byte) error { return lenient(v, text) }

// IncidentStatus is how far the work on a threat or an alert is, spelled as the threat paths want it. Use Upper for alerts.
type IncidentStatus string

// The incident statuses.
const (
	StatusUnresolved IncidentStatus = "unresolved"
	StatusInProgress IncidentStatus = "in_progress"
	StatusResolved   IncidentStatus = "resolved"
)

// Choices lists the statuses.
func (IncidentStatus) Choices() []Choice {
	return []Choice{{"unresolved", "Unresolved"}, {"in_progress", "In Progress"}, {"resolved", "Resolved"}}
}

// Label is the status as people read it.
func (s IncidentStatus) Label() string { return label(s) }

// Upper is the status as alert paths and alert filters spell it.
func (s IncidentStatus) Upper() string { return strings.ToUpper(string(s)) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *IncidentStatus) UnmarshalText(text []byte) error { return lenient(s, text) }

// MitigateAction is what can be done about a threat, spelled as the path threats/mitigate/{action} wants it.
type MitigateAction string

// The mitigate actions. The path list of the vendor's document leaves network-quarantine out, its description names it.
const (
	MitigateKill              MitigateAction = "kill"
	MitigateQuarantine        MitigateAction = "quarantine"
	MitigateRemediate         MitigateAction = "remediate"
	MitigateRollback          MitigateAction = "rollback-remediation"
	MitigateUnquarantine      MitigateAction = "un-quarantine"
	MitigateNetworkQuarantine MitigateAction = "network-quarantine"
)

// Choices lists the actions.
func (MitigateAction) Choices() []Choice {
	return []Choice{{"kill", "Kill"}, {"quarantine", "Quarantine"}, {"remediate", "Remediate"}, {"rollback-remediation", "Rollback"},
		{"un-quarantine", "Unquarantine"}, {"network-quarantine", "Network Quarantine"}}
}

// Label is the action as people read it.
func (a MitigateAction) Label() string { return label(a) }

// MitigationStatus is what became of a threat.
type MitigationStatus string

// The mitigation statuses.
const (
	NotMitigated   MitigationStatus = "not_mitigated"
	Mitigated      MitigationStatus = "mitigated"
	MarkedAsBenign MitigationStatus = "marked_as_benign"
)

// Choices lists the mitigation statuses.
func (MitigationStatus) Choices() []Choice {
	return []Choice{{"not_mitigated", "Not mitigated"}, {"mitigated", "Mitigated"}, {"marked_as_benign", "Marked as benign"}}
}

// Label is the status as people read it.
func (s MitigationStatus) Label() string { return label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *MitigationStatus) UnmarshalText(text []byte) error { return lenient(s, text) }

// Confidence is how sure the console is of a threat.
type Confidence string

// The confidence levels.
const (
	ConfidenceMalicious  Confidence = "malicious"
	ConfidenceSuspicious Confidence = "suspicious"
	ConfidenceNone       Confidence = "n/a"
)

// Choices lists the confidence levels.
func (Confidence) Choices() []Choice {
	return []Choice{{"malicious", "Malicious"}, {"suspicious", "Suspicious"}, {"n/a", "N/A"}}
}

// Label is the level as people read it.
func (c Confidence) Label() string { return label(c) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (c *Confidence) UnmarshalText(text []byte) error { return lenient(c, text) }

// AlertSeverity is how bad a rule's author thinks its alerts are; Title case on the wire.
type AlertSeverity string

// The severities, worst first.
const (
	SeverityCritical AlertSeverity = "Critical"
	SeverityHigh     AlertSeverity = "High"
	SeverityMedium   AlertSeverity = "Medium"
	SeverityLow      AlertSeverity = "Low"
	SeverityInfo     AlertSeverity = "Info"
)

// Choices lists the severities, worst first.
func (AlertSeverity) Choices() []Choice { return same("Critical", "High", "Medium", "Low", "Info") }

// Label is the severity as people read it.
func (s AlertSeverity) Label() string { return label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *AlertSeverity) UnmarshalText(text []byte) error { return lenient(s, text) }

// NetworkStatus is an endpoint's connection: an isolated one is disconnected, and reaches nothing but the console.
type NetworkStatus string

// The network statuses.
const (
	NetworkConnected     NetworkStatus = "connected"
	NetworkDisconnected  NetworkStatus = "disconnected"
	NetworkConnecting    NetworkStatus = "connecting"
	NetworkDisconnecting NetworkStatus = "disconnecting"
)

// Choices lists the network statuses.
func (NetworkStatus) Choices() []Choice {
	return []Choice{{"connected", "Connected"}, {"disconnected", "Disconnected"}, {"connecting", "Connecting"}, {"disconnecting", "Disconnecting"}}
}

// Label is the status as people read it.
func (s NetworkStatus) Label() string { return label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *NetworkStatus) UnmarshalText(text []byte) error { return lenient(s, text) }

// OSType is a family of operating systems.
type OSType string

// Choices lists the families.
func (OSType) Choices() []Choice {
	return []Choice{{"windows", "Windows"}, {"windows_legacy", "Windows Legacy"}, {"macos", "macOS"}, {"linux", "Linux"}}
}

// Label is the family as people read it.
func (o OSType) Label() string { return label(o) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (o *OSType) UnmarshalText(text []byte) error { return lenient(o, text) }

// State is the state of an account's or a site's license.
type State string

// Choices lists the states.
func (State) Choices() []Choice {
	return []Choice{{"active", "Active"}, {"expired", "Expired"}, {"deleted", "Deleted"}}
}

// Label is the state as people read it.
func (s State) Label() string { return label(s) }

// MitigationMode is what a policy does by itself about what it finds.
type MitigationMode string

// The modes: detect reports, protect acts.
const (
	ModeDetect  MitigationMode = "detect"
	ModeProtect MitigationMode = "protect"
)

// Choices lists the modes.
func (MitigationMode) Choices() []Choice {
	return []Choice{{"detect", "Detect"}, {"protect", "Protect"}}
}

// Label is the mode as people read it.
func (m MitigationMode) Label() string { return label(m) }

// OnOff is the switch of a policy's engine: a string on the wire, not a boolean.
type OnOff string

// Choices lists on and off.
func (OnOff) Choices() []Choice { return []Choice{{"on", "On"}, {"off", "Off"}} }

// Label is the switch as people read it.
func (o OnOff) Label() string { return label(o) }

// SortOrder is a direction of sorting.
type SortOrder string

// The directions.
const (
	Ascending  SortOrder = "asc"
	Descending SortOrder = "desc"
)

// Choices lists the directions.
func (SortOrder) Choices() []Choice { return []Choice{{"asc", "Ascending"}, {"desc", "Descending"}} }

// Label is the direction as people read it.
func (o SortOrder) Label() string { return label(o) }

// ParseChoice finds the value that s names, by value or label, in any spelling: "True Positive", true_positive, TRUE_POSITIVE.
// The error lists the choices.
func ParseChoice[T Enum](s string) (T, error) {
	var zero T
	plain := squash(s)
	for _, c := range zero.Choices() {
		if plain != "" && (plain == squash(c.Value) || plain == squash(c.Label)) {
			return T(c.Value), nil
		}
	}
	return zero, fmt.Errorf("%q isn't one of %s", s, labels(zero.Choices()))
}

// ValidChoice tells whether v is one of its type's values, in its wire spelling.
func ValidChoice[T Enum](v T) bool {
	for _, c := range v.Choices() {
		if c.Value == string(v) {
			return true
		}
	}
	return false
}

// lenient sets v to the choice that text names, or to the text itself: the console may know values that we do not.
func lenient[T Enum](v *T, text []byte) error {
	choice, err := ParseChoice[T](string(text))
	if err != nil {
		choice = T(text)
	}
	*v = choice
	return nil
}

func label[T Enum](v T) string {
	for _, c := range v.Choices() {
		if c.Value == string(v) {
			return c.Label
		}
	}
	return string(v)
}

func labels(choices []Choice) string {
	var names []string
	for _, c := range choices {
		names = append(names, c.Label)
	}
	return strings.Join(names, ", ")
}

func same(values ...string) []Choice {
	var choices []Choice
	for _, v := range values {
		choices = append(choices, Choice{v, v})
	}
	return choices
}

// squash reduces a spelling to its letters and digits: "Un-Quarantine" and "unquarantine" become one.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
