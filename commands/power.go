package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"s1bot/render"
	"s1bot/s1"
)

func powerCommands() []*Command { return []*Command{shutdownEndpoints(), restartEndpoints()} }

// agentsOrGroups is what the commands take that switch endpoints off: endpoints, groups of them, or those that are both.
type agentsOrGroups struct {
	Agents []s1.AgentID `json:"agent-ids,omitzero" help:"The endpoints."`
	Groups []s1.GroupID `json:"group-ids,omitzero" help:"All endpoints of these groups; with agent-ids, only those of them that are in the groups."`
}

func (p *agentsOrGroups) oneOf() []string { return []string{"agent-ids", "group-ids"} }

func (p *agentsOrGroups) Check() error {
	if len(p.Agents) == 0 && len(p.Groups) == 0 {
		return missing(p.oneOf()...)
	}
	return nil
}

func (p *agentsOrGroups) pinned() bool { return len(p.Agents) > 0 && len(p.Groups) == 0 }

// pin resolves the endpoints meant, and pins the parameters to their ids. The console does not do to offline ones what is asked.
func (p *agentsOrGroups) pin(ctx context.Context, call *Call, consequence, offline string) (Plan, error) {
	agents, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	agents, left := withoutDecommissioned(agents)
	if len(agents) == 0 {
		return Plan{}, wrong("agent-ids", "every endpoint that it names is decommissioned")
	}
	plan := Plan{Targets: targetsOf(call, agents, agentTarget)}
	plan.leave(len(p.Agents) > 0, left)
	p.Agents, p.Groups = agentIDs(agents), nil
	plan.Notes = append(append(plan.Notes, consequence), offlineNote(agents, offline)...)
	return plan, nil
}

// resolve returns the endpoints named, those in the groups, or those that are both.
func (p *agentsOrGroups) resolve(ctx context.Context, call *Call) ([]s1.Agent, error) {
	var named []s1.Agent
	var err error
	if len(p.Agents) > 0 {
		if named, err = agentsNamed(ctx, call, "agent-ids", p.Agents); err != nil || len(p.Groups) == 0 {
			return named, err
		}
	}
	groups, err := findGroups(ctx, call, "group-ids", convert[string](p.Groups))
	if err != nil {
		return nil, err
	}
	if len(p.Agents) > 0 {
		named = slices.DeleteFunc(named, func(a s1.Agent) bool { return !slices.Contains(groups, string(a.GroupID)) })
		if len(named) == 0 {
			return nil, nothingMatches("group-ids", "endpoint of agent-ids")
		}
		return named, nil
	}
	return agentsInGroups(ctx, call, groups)
}

// agentsInGroups returns the endpoints of groups, at least one.
func agentsInGroups(ctx context.Context, call *Call, groups []string) ([]s1.Agent, error) {
	q := s1.Query{}.With("groupIds", groups...)
	return selected("group-ids", "endpoint", s1.Filter{}, heeded(call.Console.Agents(ctx, q), q, agentSieve, func(a s1.Agent) json.RawMessage { return a.Raw }))
}

// A powerState is endpoints as they were just before they were switched off: afterwards every one of them is offline.
type powerState struct {
	agents []s1.AgentID
	found  []s1.Agent
	err    error // nothing could be read; what was approved is done all the same
}

func namesBefore(ctx context.Context, call *Call, agents []s1.AgentID) powerState {
	found, err := call.Console.AgentsByID(ctx, agents[:min(len(agents), maxShown)])
	return powerState{agents, found, err}
}

// outcome tells what became of each endpoint. The console counts those that it reached and does not say which: where the offline
// ones make up the difference, they are the others.
func (s powerState) outcome(call *Call, n int, done, offline string) change {
	c := change{
		noun: "endpoint", done: done, result: s1.ActionResult{Affected: n}, states: map[string]string{},
		targets: known(call, "agent", s.agents, s.found, agentTarget), notes: offlineNote(s.found, offline),
		why: "The endpoints are offline, gone, decommissioned, or outside what the bot's token may change.",
	}
	c.actions = opens(c.targets)
	if s.err != nil {
		c.notes = append(c.notes, "The names of the endpoints could not be read.")
	}
	reached := 0
	for _, a := range s.found {
		if a.Online() {
			reached++
		}
	}
	for _, a := range s.found {
		switch {
		case n >= len(s.agents):
		case !a.Online():
			c.states[string(a.ID)] = "not done: it is offline"
		case n == 0:
			c.states[string(a.ID)] = "not done"
		case n == reached && len(s.found) == len(s.agents):
			c.states[string(a.ID)] = "accepted"
		default:
			c.states[string(a.ID)] = "the console does not say"
		}
	}
	return c.await(call.command.Effect.Done, func(t Target) (Progress, string) {
		if t.State == online(false) || n == 0 {
			return Failed, ""
		}
		return Waiting, ""
	})
}

type shutdownParams struct{ agentsOrGroups }

func (p *shutdownParams) plan(ctx context.Context, call *Call) (Plan, error) {
	return p.pin(ctx, call, "Nobody can power them on from here.", "a shutdown does not reach it")
}

func shutdownEndpoints() *Command {
	return define(Command{
		Name: "shutdown-endpoints", Title: "Shutdown Endpoints", Area: "agents", Aliases: []string{"shutdown", "poweroff"}, Main: "agent-ids",
		Effect: powerOff(),
		Risk:   Destructive, Guarded: true, Needs: "Endpoints › View + Shut Down",
		Doc:      "Powers endpoints off. Nobody can power them on from here; to contain an infected host, isolate it instead.",
		Examples: []string{`shutdown KIOSK-3 reason="stolen"`, `shutdown-endpoints group-ids=Lab reason="maintenance tonight"`},
	}, func(ctx context.Context, call *Call, p shutdownParams) (render.Card, error) {
		before := namesBefore(ctx, call, p.Agents)
		n, err := call.Console.ShutdownAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("shut down %d endpoints: %w", len(p.Agents), err)
		}
		return before.outcome(call, n, "shutdown accepted", "a shutdown does not reach it").card(call), nil
	})
}

type restartParams struct{ agentsOrGroups }

func (p *restartParams) plan(ctx context.Context, call *Call) (Plan, error) {
	return p.pin(ctx, call, "Work that is not saved is lost; broadcast-message warns whoever sits there.", "a restart does not reach it")
}

func restartEndpoints() *Command {
	return define(Command{
		Name: "restart-endpoints", Title: "Restart Endpoints", Area: "agents", Aliases: []string{"restart", "reboot"}, Main: "agent-ids",
		Effect: reboot(),
		Risk:   Destructive, Needs: "Endpoints › View + Reboot",
		Doc:      "Restarts endpoints. Work that is not saved is lost; warn the users with broadcast-message first.",
		Examples: []string{`restart DESKTOP-1 reason="finish the rollback"`, `restart-endpoints group-ids=Lab reason="patches"`},
	}, func(ctx context.Context, call *Call, p restartParams) (render.Card, error) {
		before := namesBefore(ctx, call, p.Agents)
		n, err := call.Console.RestartAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("restart %d endpoints: %w", len(p.Agents), err)
		}
		return before.outcome(call, n, "restart accepted", "a restart does not reach it").card(call), nil
	})
}
