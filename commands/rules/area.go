// Package rules has the commands for custom detection rules (STAR): list, create, change, activate, disable, delete. The calls are those
// below /cloud-detection/rules.
//
// The rule one must not break: a rule acts on endpoints by itself once it is active. What a change would weaken, and what hits would do
// from then on, stands in the plan, and a rule that has changed since an approver saw it stays as it is.
package rules

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(ruleCommands())
}
