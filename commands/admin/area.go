// Package admin has the commands about the console itself: accounts, sites, groups, policies, activities, and its state.
//
// The rule one must not break: a policy update shows each field that changes, old and new, and what it weakens; a policy that ends an
// inheritance says so.
package admin

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(activityCommands(), siteCommands(), groupCommands(), groupChangeCommands(), accountCommands(), policyCommands(), systemCommands())
}
