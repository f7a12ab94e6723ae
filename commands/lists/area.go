// Package lists has what the console keeps lists of: exclusions, the blocklist, IOCs, firewall
// rules and reputations of hashes. The calls are those below /exclusions, /restrictions,
// /threat-intelligence/iocs, /firewall-control and /hashes.
//
// An entry is one row, and its effect is as wide as its scope: a group, a site, an account, or the
// whole tenant. What makes or removes one therefore has two sides in its plan. Targets are the
// rows, or the places where a new one will stand; Also are all places that feel it, so that a rule
// of the policy for one site also holds for an exclusion of the account above it.
//
// The lists differ in ways that no name tells:
//
//	list        identified by   named in commands by     deleted by                       reads back
//	exclusions  id              value (a path, a hash)   ids (at most 5000)               at once
//	blocklist   id              hash: an item per OS     ids                              at once
//	IOCs        uuid            value                    accounts + uuids, no id exists   after seconds
//	firewall    id              –                        no command       –
//
// Every deletion reads the rows first: afterwards nobody can say what an id was called. And every
// one is told by what is left, since the console counts without saying which.
//
// The rule one must not break: an entry reaches everything in its scope. The scope is part of the
// plan, so that the policy can deny it, and nothing is ever deleted by a filter: an empty one would
// be the whole list.
package lists

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(exclusionCommands(), blocklistCommands(), iocCommands(), firewallCommands())
}
