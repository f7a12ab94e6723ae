package enums

import "s1bot/s1/wire"

// NetworkStatus is an endpoint's connection: an isolated one is disconnected, and reaches nothing
// but the console.
type NetworkStatus string

// The network statuses.
const (
	NetworkConnected     NetworkStatus = "connected"
	NetworkDisconnected  NetworkStatus = "disconnected"
	NetworkConnecting    NetworkStatus = "connecting"
	NetworkDisconnecting NetworkStatus = "disconnecting"
)

// Isolated tells whether an endpoint is cut off from the network, or about to be. One that is about
// to be counts, because who reads of it has nothing more to do about it.
func (n NetworkStatus) Isolated() bool { return n == NetworkDisconnected || n == NetworkDisconnecting }

// Choices lists the network statuses.
func (NetworkStatus) Choices() []wire.Choice {
	return []wire.Choice{{Value: "connected", Label: "Connected"}, {Value: "disconnected", Label: "Disconnected"}, {Value: "connecting", Label: "Connecting"}, {Value: "disconnecting", Label: "Disconnecting"}}
}

// Label is the status as people read it.
func (s NetworkStatus) Label() string { return wire.Label(s) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (s *NetworkStatus) UnmarshalText(text []byte) error { return wire.Lenient(s, text) }

// OSType is a family of operating systems.
type OSType string

// Choices lists the families.
func (OSType) Choices() []wire.Choice {
	return []wire.Choice{{Value: "windows", Label: "Windows"}, {Value: "windows_legacy", Label: "Windows Legacy"}, {Value: "macos", Label: "macOS"}, {Value: "linux", Label: "Linux"}}
}

// Label is the family as people read it.
func (o OSType) Label() string { return wire.Label(o) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (o *OSType) UnmarshalText(text []byte) error { return wire.Lenient(o, text) }

// State is the state of an account's or a site's license.
type State string

// Choices lists the states.
func (State) Choices() []wire.Choice {
	return []wire.Choice{{Value: "active", Label: "Active"}, {Value: "expired", Label: "Expired"}, {Value: "deleted", Label: "Deleted"}}
}

// Label is the state as people read it.
func (s State) Label() string { return wire.Label(s) }

// MitigationMode is what a policy does by itself about what it finds.
type MitigationMode string

// The modes: detect reports, protect acts.
const (
	ModeDetect  MitigationMode = "detect"
	ModeProtect MitigationMode = "protect"
)

// Choices lists the modes.
func (MitigationMode) Choices() []wire.Choice {
	return []wire.Choice{{Value: "detect", Label: "Detect"}, {Value: "protect", Label: "Protect"}}
}

// Label is the mode as people read it.
func (m MitigationMode) Label() string { return wire.Label(m) }

// OnOff is the switch of a policy's engine: a string on the wire, not a boolean.
type OnOff string

// Choices lists on and off.
func (OnOff) Choices() []wire.Choice {
	return []wire.Choice{{Value: "on", Label: "On"}, {Value: "off", Label: "Off"}}
}

// Label is the switch as people read it.
func (o OnOff) Label() string { return wire.Label(o) }
