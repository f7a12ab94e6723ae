// Package rules has the commands about custom detection (STAR) rules: list, create, change, switch on and off, delete.
//
// The rule one must not break: a rule is changed only if it still is what was shown; what changed in between is told, not overwritten.
package rules

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(ruleCommands())
}
