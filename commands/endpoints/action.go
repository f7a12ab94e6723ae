package endpoints

import (
	"context"
	"fmt"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/s1"
)

// An action is what endpoints are told to do by their ids, and do when they hear of it: an offline
// endpoint does it when it is back, which is why each names what it is then. Shutdown and restart
// are none of these: the console does not keep them for who is away. They are values and not
// methods, because they differ in words and in one call.
type action struct {
	verb    string                // "isolate", as an error says what was tried
	done    string                // "isolation accepted"
	already func(s1.Agent) bool   // what is so before, and worth saying; nil where nothing is
	words   string                // what already holds: "being scanned already."
	after   func(n int) string    // what an approver has to know of it, of n endpoints
	offline string                // "isolated as soon as it is back"
	undo    string                // in words, where something takes it back
	state   func(s1.Agent) string // how far an endpoint is; its place on the network when nil
	send    func(*s1.Client, context.Context, []s1.AgentID) (int, error)
}

var (
	// An endpoint that is isolated already is no mistake: it stays among the targets, and its
	// warning says so.
	isolation = action{
		verb: "isolate", done: "isolation accepted", after: func(n int) string {
			return "After this " + text.Agree(n, "it reaches", "they reach") + " the console and nothing else."
		},
		offline: "isolated as soon as it's back online", undo: "Reconnect", send: (*s1.Client).DisconnectAgents,
	}
	reconnection = action{
		verb: "reconnect", done: "reconnection accepted", after: func(n int) string {
			return "After this " + text.Agree(n, "it reaches", "they reach") + " the whole network again."
		},
		already: func(a s1.Agent) bool { return !a.Isolated() }, words: "not isolated now.",
		offline: "reconnected as soon as it's back online", undo: "Disconnect", send: (*s1.Client).ConnectAgents,
	}
	diskScan = action{
		verb: "scan", done: "scan accepted", after: func(n int) string {
			return "A full disk scan takes hours and slows the " + text.Agree(n, "endpoint down. Findings are handled by its policy.", "endpoints down. Findings are handled by their policies.")
		},
		already: func(a s1.Agent) bool { return a.ScanStatus == "started" }, words: "being scanned already.",
		offline: "scanned as soon as it's back online", state: scanState, send: (*s1.Client).ScanAgents,
	}
)

// plan pins the targets to ids and says what will happen to them.
func (a action) plan(ctx context.Context, call *catalog.Call, targets *lookup.AgentTargets) (catalog.Plan, error) {
	agents, plan, err := targets.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	already := 0
	for _, agent := range agents {
		if a.already != nil && a.already(agent) {
			already++
		}
	}
	if already > 0 {
		plan.Notes = append(plan.Notes, text.Are(already, "endpoint")+" "+a.words)
	}
	plan.Notes = append(plan.Notes, a.after(len(agents)))
	plan.Notes = append(plan.Notes, lookup.OfflineNote(agents, a.offline)...)
	plan.Undo = a.undo
	return plan, nil
}

// run tells the endpoints, and says of each how far it is right after the console's yes. The words
// for who is away are those of a card that stays: "was offline then".
func (a action) run(ctx context.Context, call *catalog.Call, ids []s1.AgentID) (change.Outcome, error) {
	const away = "this takes effect once back online"
	n, err := a.send(call.Console, ctx, ids)
	if err != nil {
		return change.Outcome{}, fmt.Errorf("%s %d endpoints: %w", a.verb, len(ids), err)
	}
	if a.state == nil {
		return lookup.AgentChange(ctx, call, ids, n, a.done, away), nil
	}
	return lookup.AgentOutcome(ctx, call, ids, n, a.done, away, a.state), nil
}
