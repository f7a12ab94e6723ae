// Package threats has the commands that look at threats and deal with them: facts, notes, verdict,
// status, mitigation. In the console they are Incidents › Threats; the calls are those below
// /threats, and one below /private/threats for the analysis.
//
// What people do about a threat is of three kinds, and each has its own way of being told:
//
//	triage      verdict, status, notes     the console's rows change with the answer      Setting (package change)
//	mitigation  kill … rollback            agents act when they are online, and report    Effect, watched by the workflow
//	marking     mark-as-threat, blocklist  agents of a whole site act on the file         the site stands in the plan (Also)
//
// The console's filter may be left empty on every one of these paths, and then means all threats
// that the token sees. It matches parts of words, so that lab3-pc1 finds lab3-pc10 as well. Both
// are why no filter of a person's ever reaches a changing call: it is read with GET /threats first,
// compared row by row, and what is left goes by id.
//
// The rule one must not break: what is acted on are the ids that an approver saw, not the filter
// that found them; a threat found later is not mitigated by an approval given earlier. What a
// system can't do is left out before it is asked for, and said (see supports).
package threats

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(threatCommands(), incidentCommands(), threatDetailCommands())
}
