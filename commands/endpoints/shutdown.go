package endpoints

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
)

// Neither is Repeatable: after a crash a second restart would meet people who have just begun to
// work again.
func powerCommands() []*catalog.Command {
	return []*catalog.Command{shutdownEndpoints(), restartEndpoints()}
}

// agentsOrGroups is what the commands take that switch endpoints off: endpoints, groups of them, or
// those that are both. groupIds alone are legal for these two paths, and would switch off whoever
// is in the group at that moment.
type agentsOrGroups struct {
	Agents []s1.AgentID `json:"agent-ids,omitzero" help:"The endpoints, by name or id."`
	Groups []s1.GroupID `json:"group-ids,omitzero" help:"Every endpoint in these groups. With agent-ids: only those endpoints that are in these groups."`
}

func (p *agentsOrGroups) OneOf() []string { return []string{"agent-ids", "group-ids"} }

func (p *agentsOrGroups) Check() error {
	if len(p.Agents) == 0 && len(p.Groups) == 0 {
		return catalog.Missing(p.OneOf()...)
	}
	return nil
}

// A group may have grown since it was shown.
func (p *agentsOrGroups) Resolved() bool { return len(p.Agents) > 0 && len(p.Groups) == 0 }

// Pin resolves the endpoints meant, and pins the parameters to their ids. The console does not do
// to offline ones what is asked.
func (p *agentsOrGroups) Pin(ctx context.Context, call *catalog.Call, consequence func(n int) string, offline string) (catalog.Plan, error) {
	agents, err := p.Resolve(ctx, call)
	if err != nil {
		return catalog.Plan{}, err
	}
	agents, left := lookup.WithoutDecommissioned(agents)
	if len(agents) == 0 {
		return catalog.Plan{}, catalog.Wrong("agent-ids", "every endpoint it names is decommissioned")
	}
	plan := catalog.Plan{Targets: catalog.TargetsOf(call, agents, lookup.AgentTarget)}
	plan.Leave(len(p.Agents) > 0, left)
	p.Agents, p.Groups = lookup.AgentIDs(agents), nil
	plan.Notes = append(append(plan.Notes, consequence(len(agents))), lookup.OfflineNote(agents, offline)...)
	return plan, nil
}

// Resolve returns the endpoints named, those in the groups, or those that are both.
func (p *agentsOrGroups) Resolve(ctx context.Context, call *catalog.Call) ([]s1.Agent, error) {
	var named []s1.Agent
	var err error
	if len(p.Agents) > 0 {
		if named, err = lookup.AgentsNamed(ctx, call, "agent-ids", p.Agents); err != nil || len(p.Groups) == 0 {
			return named, err
		}
	}
	groups, err := lookup.FindGroups(ctx, call, "group-ids", catalog.Convert[string](p.Groups))
	if err != nil {
		return nil, err
	}
	if len(p.Agents) > 0 {
		named = slices.DeleteFunc(named, func(a s1.Agent) bool { return !slices.Contains(groups, string(a.GroupID)) })
		if len(named) == 0 {
			return nil, catalog.NothingMatches("group-ids", "endpoint of agent-ids")
		}
		return named, nil
	}
	return agentsInGroups(ctx, call, groups)
}

// agentsInGroups returns the endpoints of groups, at least one.
func agentsInGroups(ctx context.Context, call *catalog.Call, groups []string) ([]s1.Agent, error) {
	q := s1.Query{}.With("groupIds", groups...)
	return lookup.Selected("group-ids", "endpoint", filters.Filter{}, lookup.PostFiltered(call.Console.Agents(ctx, q), q, lookup.AgentMatcher, func(a s1.Agent) json.RawMessage { return a.Raw }))
}

// A powerState is endpoints as they were just before they were switched off: afterwards every one
// of them is offline.
type powerState struct {
	agents []s1.AgentID
	found  []s1.Agent
	err    error // nothing could be read; what was approved is done all the same
}

// namesBefore reads endpoints as they are now, as many as an outcome shows.
func namesBefore(ctx context.Context, call *catalog.Call, agents []s1.AgentID) powerState {
	found, err := call.Console.AgentsByID(ctx, agents[:min(len(agents), change.MaxShown)])
	return powerState{agents, found, err}
}

// outcome tells what became of each endpoint. The console counts those that it reached and does not
// say which: where the offline ones make up the difference, they are the others. Where they do not
// make it up, each endpoint's state is "the console doesn't say": a guess would send somebody to
// the wrong desk.
func (s powerState) outcome(call *catalog.Call, n int, done, offline string) change.Outcome {
	c := change.Outcome{
		Noun: "endpoint", Done: done, Result: s1.ActionResult{Affected: n}, States: map[string]string{},
		Targets: change.Known(call, "agent", s.agents, s.found, lookup.AgentTarget), Notes: lookup.OfflineNote(s.found, offline),
		Why: "The endpoints are offline, gone, decommissioned, or the bot's token isn't allowed to change them.",
	}
	c.Actions = change.Opens(c.Targets)
	if s.err != nil {
		c.Notes = append(c.Notes, "I couldn't read the names of the endpoints.")
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
			c.States[string(a.ID)] = "not done: it is offline"
		case n == 0:
			c.States[string(a.ID)] = "not done"
		case n == reached && len(s.found) == len(s.agents):
			c.States[string(a.ID)] = "accepted"
		default:
			c.States[string(a.ID)] = "the console doesn't say"
		}
	}
	return c.Await(call.Command.Effect.Done, func(t catalog.Target) (catalog.Progress, string) {
		if t.State == text.Online(false) || n == 0 {
			return catalog.Failed, ""
		}
		return catalog.Waiting, ""
	})
}

type shutdownParams struct{ agentsOrGroups }

func (p *shutdownParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.Pin(ctx, call, func(n int) string { return text.Agree(n, "It", "They") + " can't be powered on from here." }, "a shutdown only reaches endpoints that are online")
}

// POST /agents/actions/shutdown. The vendor's own advice for infected hosts is isolation, which the
// documentation of the command repeats.
func shutdownEndpoints() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "shutdown-endpoints", Title: "Shutdown Endpoints", Area: "agents", Aliases: []string{"shutdown", "poweroff"}, Main: "agent-ids",
		Wording: shutdownWording(),
		Effect:  change.PowerOff(),
		Risk:    catalog.Destructive, Guarded: true, Needs: "Endpoints › View + Shut Down",
		Doc:      "Shuts endpoints down. They can't be powered on from here; to contain an infected host, isolate it instead.",
		Examples: []string{`shutdown KIOSK-3 reason="stolen"`, `shutdown-endpoints group-ids=Lab reason="maintenance tonight"`},
	}, func(ctx context.Context, call *catalog.Call, p shutdownParams) (render.Card, error) {
		before := namesBefore(ctx, call, p.Agents)
		n, err := call.Console.ShutdownAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("shut down %d endpoints: %w", len(p.Agents), err)
		}
		return before.outcome(call, n, "shutdown accepted", "a shutdown only reaches endpoints that are online").Card(call), nil
	})
}

type restartParams struct{ agentsOrGroups }

func (p *restartParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return p.Pin(ctx, call, func(int) string { return "Unsaved work is lost; warn users with broadcast-message first." }, "a restart only reaches endpoints that are online")
}

// POST /agents/actions/restart-machine; there is no path reboot.
func restartEndpoints() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "restart-endpoints", Title: "Restart Endpoints", Area: "agents", Aliases: []string{"restart", "reboot"}, Main: "agent-ids",
		Wording: restartWording(),
		OnCards: restartOnCards(),
		Effect:  change.Reboot(),
		Risk:    catalog.Destructive, Needs: "Endpoints › View + Reboot",
		Doc:      "Restarts endpoints. Unsaved work is lost; warn users with broadcast-message first.",
		Examples: []string{`restart DESKTOP-1 reason="finish the rollback"`, `restart-endpoints group-ids=Lab reason="patches"`},
	}, func(ctx context.Context, call *catalog.Call, p restartParams) (render.Card, error) {
		before := namesBefore(ctx, call, p.Agents)
		n, err := call.Console.RestartAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("restart %d endpoints: %w", len(p.Agents), err)
		}
		return before.outcome(call, n, "restart accepted", "a restart only reaches endpoints that are online").Card(call), nil
	})
}
