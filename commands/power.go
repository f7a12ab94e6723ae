package commands

import (
	"context"
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

func (p *agentsOrGroups) Check() error {
	if len(p.Agents) == 0 && len(p.Groups) == 0 {
		return missing("agent-ids")
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
	agents, notes := withoutDecommissioned(agents)
	if len(agents) == 0 {
		return Plan{}, wrong("agent-ids", "every endpoint that it names is decommissioned")
	}
	p.Agents, p.Groups = agentIDs(agents), nil
	notes = append(notes, consequence)
	notes = append(notes, offlineNote(agents, offline)...)
	return Plan{Targets: targetsOf(call, agents, agentTarget), Notes: notes}, nil
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
	return selected("group-ids", "endpoint", s1.Filter{}, call.Console.Agents(ctx, s1.Query{}.With("groupIds", groups...)))
}

type shutdownParams struct{ agentsOrGroups }

func (p *shutdownParams) plan(ctx context.Context, call *Call) (Plan, error) {
	return p.pin(ctx, call, "Nobody can power them on from here.", "a shutdown does not reach it")
}

func shutdownEndpoints() *Command {
	return define(Command{
		Name: "shutdown-endpoints", Title: "Shutdown Endpoints", Area: "agents", Aliases: []string{"shutdown", "poweroff"}, Main: "agent-ids",
		Risk: Destructive, Guarded: true, Needs: "Endpoints › Shut Down",
		Doc:      "Powers endpoints off. Nobody can power them on from here; to contain an infected host, isolate it instead.",
		Examples: []string{`shutdown KIOSK-3 reason="stolen"`, `shutdown-endpoints group-ids=Lab reason="maintenance tonight"`},
	}, func(ctx context.Context, call *Call, p shutdownParams) (render.Card, error) {
		n, err := call.Console.ShutdownAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("shut down %d endpoints: %w", len(p.Agents), err)
		}
		return agentOutcome(ctx, call, p.Agents, n, "shutdown accepted", "a shutdown does not reach it", nil).card(call), nil
	})
}

type restartParams struct{ agentsOrGroups }

func (p *restartParams) plan(ctx context.Context, call *Call) (Plan, error) {
	return p.pin(ctx, call, "Work that is not saved is lost; broadcast-message warns whoever sits there.", "a restart does not reach it")
}

func restartEndpoints() *Command {
	return define(Command{
		Name: "restart-endpoints", Title: "Restart Endpoints", Area: "agents", Aliases: []string{"restart", "reboot"}, Main: "agent-ids",
		Risk: Destructive, Needs: "Endpoints › Reboot",
		Doc:      "Restarts endpoints. Work that is not saved is lost; warn the users with broadcast-message first.",
		Examples: []string{`restart DESKTOP-1 reason="finish the rollback"`, `restart-endpoints group-ids=Lab reason="patches"`},
	}, func(ctx context.Context, call *Call, p restartParams) (render.Card, error) {
		n, err := call.Console.RestartAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("restart %d endpoints: %w", len(p.Agents), err)
		}
		return agentOutcome(ctx, call, p.Agents, n, "restart accepted", "a restart does not reach it", nil).card(call), nil
	})
}
