// Package alerts has the commands for alerts: those of detection rules, by the calls below
// /cloud-detection/alerts, and the unified ones of all products, in GraphQL. Commands of the
// specification take ids of both: digits are a rule alert, a UUID is a unified one, and each is
// changed by the API that knows it. Where the console no longer has the first, its alerts are found
// in the unified list by their old ids.
//
// The rule one must not break: a filter that restricts nothing means every alert to the console, so
// an empty one never leaves the bot. What the console answers is compared with what was asked
// before anything is shown as matching.
package alerts

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(alertCommands(), alertChangeCommands(), unifiedCommands())
}
