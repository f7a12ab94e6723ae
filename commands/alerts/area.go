// Package alerts has the commands about the alerts of custom rules: find them, and set their verdict and status.
//
// The rule one must not break: what the console answers is compared with what was asked before anything is shown as matching.
package alerts

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(alertCommands(), alertChangeCommands())
}
