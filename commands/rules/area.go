// Package rules has the commands for custom detection rules (STAR): list, create, change, activate,
// disable, delete. The calls are those below /cloud-detection/rules, of which all together take 30
// a minute.
//
// A rule is in one of three states that last, and in one of four on its way there:
//
//	Draft ──enable──▶ Activating ──up to an hour──▶ Active ──disable──▶ Disabling ──▶ Disabled ──delete──▶ Deleting ──▶ Deleted
//
// RuleStatus.Settled makes one of the two of each pair, because what a person asked for is where
// the rule is going. The console has a will of its own in this: a new rule lands as Draft whatever
// was asked, and every PUT puts a rule back to Activating. So no card says "active" because a call
// said yes; it shows the state that the console shows.
//
// The filter of the three bulk calls must have a key, and one with a scope alone means every rule
// in it. It is read first, and only ids are sent: ids of rules are unique across scopes.
//
// The rule one must not break: a rule acts on endpoints by itself once it is active. What a change
// would weaken, and what hits would do from then on, stands in the plan, and a rule that has
// changed since an approver saw it stays as it is.
package rules

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(ruleCommands())
}
