package enums

import "s1bot/s1/wire"

// ScriptType is what a script is for.
type ScriptType string

// The types of scripts.
const (
	ScriptAction     ScriptType = "action"
	ScriptArtifacts  ScriptType = "artifactCollection"
	ScriptCollection ScriptType = "dataCollection"
)

// Choices lists the types.
func (ScriptType) Choices() []wire.Choice {
	return []wire.Choice{{Value: "action", Label: "Action"}, {Value: "artifactCollection", Label: "Artifact Collection"}, {Value: "dataCollection", Label: "Data Collection"}}
}

// Label is the type as people read it.
func (t ScriptType) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *ScriptType) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }

// ScriptOS is a family of systems that scripts are for; unlike OSType it knows no old Windows.
type ScriptOS string

// Choices lists the families.
func (ScriptOS) Choices() []wire.Choice {
	return []wire.Choice{{Value: "windows", Label: "Windows"}, {Value: "macos", Label: "macOS"}, {Value: "linux", Label: "Linux"}}
}

// Label is the family as people read it.
func (o ScriptOS) Label() string { return wire.Label(o) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (o *ScriptOS) UnmarshalText(text []byte) error { return wire.Lenient(o, text) }

// Runs tells whether a script for this family runs on a system.
func (o ScriptOS) Runs(on OSType) bool {
	return string(o) == string(on) || o == "windows" && on == "windows_legacy"
}

// Destination is where a script's output goes.
type Destination string

// The destinations, spelled as the wire wants them.
const (
	ToCloud Destination = "SentinelCloud"
	ToLocal Destination = "Local" // a directory on the endpoint
	ToNone  Destination = "None"
	ToXDR   Destination = "SingularityXDR"
)

// Choices lists the destinations.
func (Destination) Choices() []wire.Choice {
	return []wire.Choice{{Value: "SentinelCloud", Label: "SentinelCloud"}, {Value: "Local", Label: "Local"}, {Value: "None", Label: "None"}, {Value: "SingularityXDR", Label: "SingularityXDR"}}
}

// Label is the destination as people read it.
func (d Destination) Label() string { return wire.Label(d) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (d *Destination) UnmarshalText(text []byte) error { return wire.Lenient(d, text) }

// TaskStatus is how far a script is on one endpoint.
type TaskStatus string

// The statuses.
const (
	TaskCompleted TaskStatus = "completed"
	TaskFailed    TaskStatus = "failed"
	TaskCanceled  TaskStatus = "canceled"
	TaskExpired   TaskStatus = "expired"
	TaskPartly    TaskStatus = "partially_completed"
)

// Choices lists the statuses.
func (TaskStatus) Choices() []wire.Choice {
	return []wire.Choice{
		{Value: "created", Label: "Created"}, {Value: "scheduled", Label: "Scheduled"}, {Value: "pending", Label: "Pending"}, {Value: "pending_user_action", Label: "Pending User Action"},
		{Value: "in_progress", Label: "In Progress"}, {Value: "completed", Label: "Completed"}, {Value: "partially_completed", Label: "Partially Completed"}, {Value: "failed", Label: "Failed"},
		{Value: "canceled", Label: "Canceled"}, {Value: "expired", Label: "Expired"},
	}
}

// Label is the status as people read it.
func (s TaskStatus) Label() string { return wire.Label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *TaskStatus) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }

// Ended tells whether nothing more will happen. An unknown status counts as not ended; who waits
// has a deadline.
func (s TaskStatus) Ended() bool {
	switch s {
	case TaskCompleted, TaskFailed, TaskCanceled, TaskExpired, TaskPartly:
		return true
	}
	return false
}
