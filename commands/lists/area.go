// Package lists has the commands about lists that decide what endpoints let through: exclusions, the blocklist, IOCs, and firewall rules
// that block hosts.
//
// The rule one must not break: an entry reaches every endpoint of its scope, so each plan says which places it reaches as a whole.
package lists

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(exclusionCommands(), blocklistCommands(), iocCommands(), firewallCommands())
}
