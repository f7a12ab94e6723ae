// Package threats has the commands that look at threats and deal with them: facts, notes, verdict, status, mitigation. In the console
// they are Incidents › Threats; the calls are those below /threats, and one below /private/threats for the analysis.
//
// The rule one must not break: what is acted on are the ids that an approver saw, not the filter that found them; a threat found later is
// not mitigated by an approval given earlier. What a system can't do is left out before it is asked for, and said (see supports).
package threats

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(threatCommands(), incidentCommands(), threatDetailCommands())
}
