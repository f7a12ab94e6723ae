// Package alerts has the commands for the alerts of detection rules: list, verdict, status. In the console they are Incidents › Alerts;
// the calls are those below /cloud-detection/alerts.
//
// The rule one must not break: a filter that restricts nothing means every alert to the console, so an empty one never leaves the bot.
// What the console answers is compared with what was asked before anything is shown as matching.
package alerts

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(alertCommands(), alertChangeCommands())
}
