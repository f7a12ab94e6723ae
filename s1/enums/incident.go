package enums

import (
	"strings"

	"s1bot/s1/wire"
)

// Verdict is what an analyst thinks of a threat or an alert, spelled as the threat paths want it.
// Use Upper for alerts. The console has no way back to "never judged": undefined is a verdict like
// any other.
type Verdict string

// The verdicts.
const (
	VerdictUndefined     Verdict = "undefined"
	VerdictTruePositive  Verdict = "true_positive"
	VerdictFalsePositive Verdict = "false_positive"
	VerdictSuspicious    Verdict = "suspicious"
)

// Choices lists the verdicts.
func (Verdict) Choices() []wire.Choice {
	return []wire.Choice{{Value: "undefined", Label: "Undefined"}, {Value: "true_positive", Label: "True Positive"}, {Value: "false_positive", Label: "False Positive"}, {Value: "suspicious", Label: "Suspicious"}}
}

// Label is the verdict as people read it.
func (v Verdict) Label() string { return wire.Label(v) }

// Upper is the verdict as alert paths and alert filters spell it.
func (v Verdict) Upper() string { return strings.ToUpper(string(v)) }

// UnmarshalText understands every spelling of the console's ("True positive", "TRUE_POSITIVE") and
// keeps unknown ones.
func (v *Verdict) UnmarshalText(text []byte) error { return wire.Lenient(v, text) }

// IncidentStatus is how far the work on a threat or an alert is, spelled as the threat paths want
// it. Use Upper for alerts.
type IncidentStatus string

// The incident statuses.
const (
	StatusUnresolved IncidentStatus = "unresolved"
	StatusInProgress IncidentStatus = "in_progress"
	StatusResolved   IncidentStatus = "resolved"
)

// Choices lists the statuses.
func (IncidentStatus) Choices() []wire.Choice {
	return []wire.Choice{{Value: "unresolved", Label: "Unresolved"}, {Value: "in_progress", Label: "In Progress"}, {Value: "resolved", Label: "Resolved"}}
}

// Label is the status as people read it.
func (s IncidentStatus) Label() string { return wire.Label(s) }

// Upper is the status as alert paths and alert filters spell it.
func (s IncidentStatus) Upper() string { return strings.ToUpper(string(s)) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *IncidentStatus) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }

// MitigateAction is what can be done about a threat, spelled as the path threats/mitigate/{action}
// wants it.
type MitigateAction string

// The mitigate actions. The path list of the vendor's document leaves network-quarantine out, its
// description names it.
const (
	MitigateKill              MitigateAction = "kill"
	MitigateQuarantine        MitigateAction = "quarantine"
	MitigateRemediate         MitigateAction = "remediate"
	MitigateRollback          MitigateAction = "rollback-remediation"
	MitigateUnquarantine      MitigateAction = "un-quarantine"
	MitigateNetworkQuarantine MitigateAction = "network-quarantine"
)

// Choices lists the actions.
func (MitigateAction) Choices() []wire.Choice {
	return []wire.Choice{{Value: "kill", Label: "Kill"}, {Value: "quarantine", Label: "Quarantine"}, {Value: "remediate", Label: "Remediate"}, {Value: "rollback-remediation", Label: "Rollback"},
		{Value: "un-quarantine", Label: "Unquarantine"}, {Value: "network-quarantine", Label: "Network Quarantine"}}
}

// Label is the action as people read it.
func (a MitigateAction) Label() string { return wire.Label(a) }

// MitigationStatus is what became of a threat.
type MitigationStatus string

// The mitigation statuses.
const (
	NotMitigated   MitigationStatus = "not_mitigated"
	Mitigated      MitigationStatus = "mitigated"
	MarkedAsBenign MitigationStatus = "marked_as_benign"
)

// Choices lists the mitigation statuses.
func (MitigationStatus) Choices() []wire.Choice {
	return []wire.Choice{{Value: "not_mitigated", Label: "Not mitigated"}, {Value: "mitigated", Label: "Mitigated"}, {Value: "marked_as_benign", Label: "Marked as benign"}}
}

// Label is the status as people read it.
func (s MitigationStatus) Label() string { return wire.Label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *MitigationStatus) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }

// Confidence is how sure the console is of a threat.
type Confidence string

// The confidence levels.
const (
	ConfidenceMalicious  Confidence = "malicious"
	ConfidenceSuspicious Confidence = "suspicious"
	ConfidenceNone       Confidence = "n/a"
)

// Choices lists the confidence levels.
func (Confidence) Choices() []wire.Choice {
	return []wire.Choice{{Value: "malicious", Label: "Malicious"}, {Value: "suspicious", Label: "Suspicious"}, {Value: "n/a", Label: "N/A"}}
}

// Label is the level as people read it.
func (c Confidence) Label() string { return wire.Label(c) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (c *Confidence) UnmarshalText(text []byte) error { return wire.Lenient(c, text) }

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
func (AlertSeverity) Choices() []wire.Choice {
	return wire.Same("Critical", "High", "Medium", "Low", "Info")
}

// Label is the severity as people read it.
func (s AlertSeverity) Label() string { return wire.Label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *AlertSeverity) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }
