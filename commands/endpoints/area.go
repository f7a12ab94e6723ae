// Package endpoints has the commands that list endpoints and act on them: isolate and reconnect, scan, restart, shut down, move, message.
// In the console they are Endpoints (Sentinels); the calls are those below /agents and /agents/actions of the API.
//
// The rule one must not break: the console's yes is not the endpoint's. An endpoint that is offline does nothing yet, so each action
// has an Effect by which the bot finds out what became of it, and leaves out beforehand what can't do it at all. Isolation,
// reconnection and scan wait in the console for an endpoint that is away (see action); shutdown and restart are lost on it (shutdown.go).
package endpoints

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(agentCommands(), endpointActionCommands(), powerCommands(), moveCommands(), applicationCommands())
}
