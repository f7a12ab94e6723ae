// Package threats has the commands about threats: find them, judge them, annotate them, and mitigate them.
//
// The rule one must not break: a filter or a name becomes the ids of the threats that it means now, and those alone are shown, approved
// and changed. To the console an empty filter means every threat.
package threats

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(threatCommands(), incidentCommands(), threatDetailCommands())
}
