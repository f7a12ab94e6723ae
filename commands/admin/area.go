// Package admin has the commands about the console itself: accounts, sites, groups, policies, the
// activity log and the system's state. The calls are those below /accounts, /sites, /groups,
// /tenant/policy, /activities and /system.
//
// The lists are plain. What needs care are policies: some fifty fields, nested. An endpoint has the
// policy of the lowest scope that has one of its own. A change goes through these steps:
//
//	fields to set ──▶ do they exist, with values of this kind? ──▶ compared with the policy as it is now ──▶ approver sees old and new
//	                                                                   │ fingerprint of the whole goes into the request
//	before the run: read again ──▶ another fingerprint? nothing is set
//	after it: which fields have the new value? the answer says, or the policy read once more
//
// PUT merges: fields that are not sent stay. That is inferred from the vendor's schema and from
// what other integrations do, so the whole policy is compared before, and each field after. Setting
// any field at a scope that inherits ends the inheritance, which the plan says.
//
// The rule one must not break: a policy is set as it was shown. Fields that an approver did not see
// are not sent, a policy that has changed since is left alone (see fingerprint), and every change
// that lowers the protection is marked (see weakens).
package admin

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(activityCommands(), siteCommands(), groupCommands(), groupChangeCommands(), accountCommands(), policyCommands(), systemCommands())
}
