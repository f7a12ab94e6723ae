// Package lists has what the console keeps lists of: exclusions, the blocklist, IOCs, firewall rules and reputations of hashes. The calls
// are those below /exclusions, /restrictions, /threat-intelligence/iocs, /firewall-control and /hashes.
//
// The rule one must not break: an entry reaches everything in its scope. The scope is part of the plan, so that the policy can deny it, and
// nothing is ever deleted by a filter: an empty one would be the whole list.
package lists

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(exclusionCommands(), blocklistCommands(), iocCommands(), firewallCommands())
}
