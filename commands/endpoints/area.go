// Package endpoints has the commands that list endpoints and act on them: isolate and reconnect,
// scan, restart, shut down, move, message. In the console they are Endpoints (Sentinels); the calls
// are those below /agents and /agents/actions of the API.
//
// They differ in what happens to an endpoint that is away, and in what the answer says:
//
//	isolate, reconnect, scan   kept for it; the state follows when it is back     Effect
//	shutdown, restart          lost on it                                         Effect, and it has failed for who was away
//	broadcast                  lost on it, and Linux agents cannot show it        left out beforehand
//	move, customer id          done in the console itself                         the answer is the end
//
// affected counts commands that the console queued. It says neither which endpoints those are nor
// that anything has happened, so each outcome looks at the endpoints once more and says what they
// are.
//
// The paths disagree on what an empty filter means: disconnect, shutdown and restart-machine refuse
// it, the others take it for every endpoint. Nothing here depends on that: after the plan there are
// ids, and package s1 refuses a call without any.
//
// The rule one must not break: the console's yes is not the endpoint's. An endpoint that is offline
// does nothing yet, so each action has an Effect by which the bot finds out what became of it, and
// leaves out beforehand what can't do it at all. Isolation, reconnection and scan wait in the
// console for an endpoint that is away (see action); shutdown and restart are lost on it
// (shutdown.go).
package endpoints

import (
	"slices"

	"s1bot/commands/catalog"
)

// Commands are the commands of this area, in the order in which people see them.
func Commands() []*catalog.Command {
	return slices.Concat(agentCommands(), endpointActionCommands(), powerCommands(), moveCommands(), applicationCommands())
}
