// Package admin has the commands about the console itself: accounts, sites, groups, policies, the activity log and the system's state. The
// calls are those below /accounts, /sites, /groups, /tenant/policy, /activities and /system.
//
// The rule one must not break: a policy is set as it was shown. Fields that an approver did not see are not sent, a policy that has changed
// since is left alone (see fingerprint), and every change that lowers the protection is marked (see weakens).
package admin

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(activityCommands(), siteCommands(), groupCommands(), groupChangeCommands(), accountCommands(), policyCommands(), systemCommands())
}
