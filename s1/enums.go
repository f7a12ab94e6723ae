package s1

import "s1bot/s1/enums"

// The console's enumerations are the room enums'; like vocabulary.go, this gives them names here, so that a command imports one package.
type (
	// Verdict is what an analyst thinks of a threat or an alert.
	Verdict = enums.Verdict
	// IncidentStatus is how far the work on a threat or an alert is.
	IncidentStatus = enums.IncidentStatus
	// MitigateAction is what can be done about a threat.
	MitigateAction = enums.MitigateAction
	// MitigationStatus is what became of a threat.
	MitigationStatus = enums.MitigationStatus
	// Confidence is how sure the console is of a threat.
	Confidence = enums.Confidence
	// AlertSeverity is how bad a rule's author thinks its alerts are.
	AlertSeverity = enums.AlertSeverity
	// NetworkStatus is an endpoint's connection.
	NetworkStatus = enums.NetworkStatus
	// OSType is a family of operating systems.
	OSType = enums.OSType
	// State is the state of an account's or a site's license.
	State = enums.State
	// MitigationMode is what a policy does by itself about what it finds.
	MitigationMode = enums.MitigationMode
	// OnOff is the switch of a policy's engine.
	OnOff = enums.OnOff
	// RuleStatus is how far a rule is on its way to work.
	RuleStatus = enums.RuleStatus
	// RuleQuery is what a rule's query looks at.
	RuleQuery = enums.RuleQuery
	// ExpirationMode says whether a rule ends by itself.
	ExpirationMode = enums.ExpirationMode
	// TreatAsThreat is what a rule's hits become beside alerts.
	TreatAsThreat = enums.TreatAsThreat
	// ScriptType is what a script is for.
	ScriptType = enums.ScriptType
	// ScriptOS is a family of systems that scripts are for.
	ScriptOS = enums.ScriptOS
	// Destination is where a script's output goes.
	Destination = enums.Destination
	// TaskStatus is how far a script is on one endpoint.
	TaskStatus = enums.TaskStatus
)

// Their values, by type; what each means stands beside it in enums.
const (
	VerdictUndefined     = enums.VerdictUndefined
	VerdictTruePositive  = enums.VerdictTruePositive
	VerdictFalsePositive = enums.VerdictFalsePositive
	VerdictSuspicious    = enums.VerdictSuspicious

	StatusUnresolved = enums.StatusUnresolved
	StatusInProgress = enums.StatusInProgress
	StatusResolved   = enums.StatusResolved

	MitigateKill              = enums.MitigateKill
	MitigateQuarantine        = enums.MitigateQuarantine
	MitigateRemediate         = enums.MitigateRemediate
	MitigateRollback          = enums.MitigateRollback
	MitigateUnquarantine      = enums.MitigateUnquarantine
	MitigateNetworkQuarantine = enums.MitigateNetworkQuarantine

	NotMitigated   = enums.NotMitigated
	Mitigated      = enums.Mitigated
	MarkedAsBenign = enums.MarkedAsBenign

	ConfidenceMalicious  = enums.ConfidenceMalicious
	ConfidenceSuspicious = enums.ConfidenceSuspicious
	ConfidenceNone       = enums.ConfidenceNone

	SeverityCritical = enums.SeverityCritical
	SeverityHigh     = enums.SeverityHigh
	SeverityMedium   = enums.SeverityMedium
	SeverityLow      = enums.SeverityLow
	SeverityInfo     = enums.SeverityInfo

	NetworkConnected     = enums.NetworkConnected
	NetworkDisconnected  = enums.NetworkDisconnected
	NetworkConnecting    = enums.NetworkConnecting
	NetworkDisconnecting = enums.NetworkDisconnecting

	ModeDetect  = enums.ModeDetect
	ModeProtect = enums.ModeProtect

	RuleDraft      = enums.RuleDraft
	RuleActivating = enums.RuleActivating
	RuleActive     = enums.RuleActive
	RuleDisabling  = enums.RuleDisabling
	RuleDisabled   = enums.RuleDisabled
	RuleDeleting   = enums.RuleDeleting
	RuleDeleted    = enums.RuleDeleted

	RuleEvents    = enums.RuleEvents
	RuleProcesses = enums.RuleProcesses

	ExpiresNever = enums.ExpiresNever
	ExpiresOnce  = enums.ExpiresOnce

	TreatUndefined  = enums.TreatUndefined
	TreatSuspicious = enums.TreatSuspicious
	TreatMalicious  = enums.TreatMalicious

	ScriptAction     = enums.ScriptAction
	ScriptArtifacts  = enums.ScriptArtifacts
	ScriptCollection = enums.ScriptCollection

	ToCloud = enums.ToCloud
	ToLocal = enums.ToLocal
	ToNone  = enums.ToNone
	ToXDR   = enums.ToXDR

	TaskCompleted = enums.TaskCompleted
	TaskFailed    = enums.TaskFailed
	TaskCanceled  = enums.TaskCanceled
	TaskExpired   = enums.TaskExpired
	TaskPartly    = enums.TaskPartly
)
