package unified

import (
	"strings"

	"s1bot/s1"
)

// The enumerations of unified alerts, in upper case on the wire. What the console sends is kept as
// it came, known or not, and an unknown value is its own label. A wrong one in a filter finds
// nothing and says so to nobody: so people choose from these.

// Status is how far the work on an alert is.
type Status string

// The statuses.
const (
	StatusNew        Status = "NEW"
	StatusInProgress Status = "IN_PROGRESS"
	StatusResolved   Status = "RESOLVED"
)

// Choices lists the statuses.
func (Status) Choices() []s1.Choice {
	return []s1.Choice{{Value: "NEW", Label: "New"}, {Value: "IN_PROGRESS", Label: "In Progress"}, {Value: "RESOLVED", Label: "Resolved"}}
}

// Label is the status as people read it.
func (s Status) Label() string { return label(s) }

// Severity is how bad it is.
type Severity string

// The severities, worst first.
const (
	SeverityCritical Severity = "CRITICAL"
	SeverityHigh     Severity = "HIGH"
	SeverityMedium   Severity = "MEDIUM"
	SeverityLow      Severity = "LOW"
	SeverityInfo     Severity = "INFO"
)

// Choices lists the severities.
func (Severity) Choices() []s1.Choice {
	return []s1.Choice{{Value: "CRITICAL", Label: "Critical"}, {Value: "HIGH", Label: "High"}, {Value: "MEDIUM", Label: "Medium"}, {Value: "LOW", Label: "Low"},
		{Value: "INFO", Label: "Info"}, {Value: "UNKNOWN", Label: "Unknown"}}
}

// Label is the severity as people read it.
func (s Severity) Label() string { return label(s) }

// Verdict is what an analyst thinks of an alert. There is no plain "true positive": each says of
// what kind.
type Verdict string

// The verdicts that the three of threats and rule alerts become.
const (
	VerdictUndefined     Verdict = "UNDEFINED"
	VerdictTruePositive  Verdict = "TRUE_POSITIVE_UNDEFINED"
	VerdictFalsePositive Verdict = "FALSE_POSITIVE_UNDEFINED"
	VerdictSuspicious    Verdict = "TRUE_POSITIVE_BENIGN_BUT_SUSPICIOUS" // the nearest to one that unified alerts do not have
)

// What kinds of true and false positives there are.
var (
	truly = []s1.Choice{{Value: "UNDEFINED", Label: ""}, {Value: "MALWARE", Label: "Malware"}, {Value: "RANSOMWARE", Label: "Ransomware"}, {Value: "UNAUTHORIZED_ACCESS", Label: "Unauthorized Access"},
		{Value: "DATA_EXFILTRATION", Label: "Data Exfiltration"}, {Value: "PHISHING_ATTACK", Label: "Phishing Attack"}, {Value: "INSIDER_THREAT", Label: "Insider Threat"},
		{Value: "ADVANCED_PERSISTENT_THREAT", Label: "Advanced Persistent Threat"}, {Value: "DENIAL_OF_SERVICE", Label: "Denial of Service"},
		{Value: "EXPLOITATION_TOOLS", Label: "Exploitation Tools"}, {Value: "PUA_ADWARE", Label: "PUA or Adware"}, {Value: "POLICY_VIOLATION", Label: "Policy Violation"},
		{Value: "BENIGN_BUT_SUSPICIOUS", Label: "Benign but Suspicious"}, {Value: "BENIGN", Label: "Benign"}}
	falsely = []s1.Choice{{Value: "UNDEFINED", Label: ""}, {Value: "BENIGN", Label: "Benign"}, {Value: "BENIGN_BUT_SUSPICIOUS", Label: "Benign but Suspicious"},
		{Value: "SYSTEM_ERROR", Label: "System Error"}, {Value: "USER_ERROR", Label: "User Error"}}
)

// Choices lists the verdicts.
func (Verdict) Choices() []s1.Choice {
	choices := []s1.Choice{{Value: "UNDEFINED", Label: "Undefined"}}
	for _, kind := range []struct {
		prefix, label string
		of            []s1.Choice
	}{{"TRUE_POSITIVE_", "True Positive", truly}, {"FALSE_POSITIVE_", "False Positive", falsely}} {
		for _, c := range kind.of {
			choices = append(choices, s1.Choice{Value: kind.prefix + c.Value, Label: strings.TrimSuffix(kind.label+": "+c.Label, ": ")})
		}
	}
	return choices
}

// Label is the verdict as people read it.
func (v Verdict) Label() string { return label(v) }

// False tells whether it says that there was nothing.
func (v Verdict) False() bool { return strings.HasPrefix(string(v), "FALSE_POSITIVE") }

// VerdictFor is the verdict of unified alerts that means the same as one of threats and rule
// alerts; false for one that has no equal.
func VerdictFor(v s1.Verdict) (Verdict, bool) {
	same, ok := map[s1.Verdict]Verdict{
		s1.VerdictUndefined: VerdictUndefined, s1.VerdictTruePositive: VerdictTruePositive, s1.VerdictFalsePositive: VerdictFalsePositive,
	}[v]
	return same, ok
}

// StatusFor is the status of unified alerts that means the same as one of threats and rule alerts.
func StatusFor(s s1.IncidentStatus) Status {
	if s == s1.StatusUnresolved {
		return StatusNew
	}
	return Status(s.Upper())
}

// Confidence is how sure the product is.
type Confidence string

// Choices lists the levels.
func (Confidence) Choices() []s1.Choice {
	return []s1.Choice{{Value: "MALICIOUS", Label: "Malicious"}, {Value: "SUSPICIOUS", Label: "Suspicious"}, {Value: "INFORMATIONAL", Label: "Informational"}}
}

// Label is the level as people read it.
func (c Confidence) Label() string { return label(c) }

// Result is what became of it by itself.
type Result string

// Choices lists the results.
func (Result) Choices() []s1.Choice {
	return []s1.Choice{{Value: "MITIGATED", Label: "Mitigated"}, {Value: "UNMITIGATED", Label: "Not mitigated"}, {Value: "BENIGN", Label: "Benign"}}
}

// Label is the result as people read it.
func (r Result) Label() string { return label(r) }

// label is the label of a choice; of what is none, the value as it came.
func label[T s1.Enum](v T) string {
	for _, c := range v.Choices() {
		if c.Value == string(v) {
			return c.Label
		}
	}
	return string(v)
}
