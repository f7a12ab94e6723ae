package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func agentCommands() []*Command {
	return []*Command{listAgents(), getAgentInfo(), disconnectAgents(), connectAgents()}
}

// agentRows is how lists of endpoints look.
func agentRows(call *Call) listing[s1.Agent] {
	return listing[s1.Agent]{
		noun: "Agents", things: "agents", page: call.Console.AgentsPage, raw: func(a s1.Agent) json.RawMessage { return a.Raw },
		table: func(agents []s1.Agent) render.Table { return render.AgentTable(agents, call.Console) },
		name:  func(a s1.Agent) (id, name string) { return string(a.ID), a.ComputerName },
		more: []column[s1.Agent]{
			{"Id", func(a s1.Agent) string { return string(a.ID) }},
			{"UUID", func(a s1.Agent) string { return a.UUID }},
			{"Domain", func(a s1.Agent) string { return a.Domain }},
			{"Machine type", func(a s1.Agent) string { return a.MachineType }},
			{"Agent version", func(a s1.Agent) string { return a.AgentVersion }},
			{"External address", func(a s1.Agent) string { return a.ExternalIP }},
			{"Addresses", func(a s1.Agent) string { return joinNonEmpty(" ", a.IPs()...) }},
			{"Account", func(a s1.Agent) string { return a.AccountName }},
		},
		empty: "Names match by any part of them. Try a shorter part, or query= with a user, an address or a system. Decommissioned endpoints are left out.",
	}
}

type listAgentsParams struct {
	ComputerName string `json:"computer-name,omitzero" help:"Whole name or a part of it."`
	Query        string `json:"query,omitzero" help:"Searches version, domain, addresses, last user, machine type, UUID and operating system."`
	Limit        *Limit `json:"limit,omitzero" help:"How many agents at most; 1000 when empty."`
}

func (p *listAgentsParams) Check() error {
	if p.ComputerName == "" {
		return nil
	}
	parts := strings.Split(p.ComputerName, ",") // several names in one: the console finds what has any of them
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); len([]rune(parts[i])) < 2 {
			return wrong("computer-name", "the console searches for two characters or more")
		}
	}
	if len(parts) > maxNames {
		return wrong("computer-name", "the console searches for at most %d names, not %d", maxNames, len(parts))
	}
	p.ComputerName = strings.Join(parts, ",")
	return nil
}

func listAgents() *Command {
	return define(Command{
		Name: "list-agents", Title: "List Agents", Area: "agents", Aliases: []string{"agents", "endpoints", "hosts"}, Main: "computer-name",
		Risk: Read, Needs: "Endpoints › View", Repeatable: true,
		Doc:      "Lists endpoints with their state, user, site and threats.",
		Examples: []string{"list-agents computer-name=DESKTOP limit=10", "agents query=10.0.0"},
	}, func(ctx context.Context, call *Call, p listAgentsParams) (render.Card, error) {
		q := s1.Query{}
		if p.ComputerName != "" {
			q = q.With("computerName__contains", p.ComputerName)
		}
		if p.Query != "" {
			q = q.With("query", p.Query)
		}
		return agentRows(call).show(ctx, call, q, p.Limit)
	})
}

type agentInfoParams struct {
	Agents []s1.AgentID `json:"agent-ids" help:"The endpoints."`
}

func getAgentInfo() *Command {
	return define(Command{
		Name: "get-agent-info", Title: "Get Agent Info", Area: "agents", Aliases: []string{"agent", "endpoint", "host"}, Main: "agent-ids",
		Risk: Read, Needs: "Endpoints › View", Repeatable: true,
		Doc:      "Shows what the console knows about endpoints.",
		Examples: []string{"get-agent-info agent-ids=DESKTOP-1", "agent DESKTOP-1 SRV-DC-1"},
	}, func(ctx context.Context, call *Call, p agentInfoParams) (render.Card, error) {
		rows := agentRows(call)
		rows.about = "asked for"
		rows.one = func(a s1.Agent) render.Card { return render.AgentCard(a, call.Console) }
		var unknown []string
		rows.page = once(func(ctx context.Context) (agents []s1.Agent, err error) {
			agents, unknown, err = agentsKnown(ctx, call, p.Agents)
			return agents, err
		})
		rows.gap = func() string {
			if len(unknown) == 0 {
				return ""
			}
			return "The console knows no endpoint with the id " + firstOf(unknown) + "."
		}
		return rows.show(ctx, call, nil, nil)
	})
}

// agentsKnown returns the endpoints with these ids, in their order, and the ids that the console does not know; if it knows none,
// that is an error.
func agentsKnown(ctx context.Context, call *Call, ids []s1.AgentID) (agents []s1.Agent, unknown []string, err error) {
	found, err := call.Console.AgentsByID(ctx, ids)
	if err != nil {
		return nil, nil, err
	}
	for _, id := range ids {
		i := slices.IndexFunc(found, func(a s1.Agent) bool { return a.ID == id })
		if i < 0 {
			unknown = append(unknown, string(id))
			continue
		}
		agents = append(agents, found[i])
	}
	if len(agents) == 0 {
		_, err = inOrder("agent-ids", "endpoint", ids, found, func(a s1.Agent) s1.AgentID { return a.ID })
	}
	return agents, unknown, err
}

// agentTargets is what the commands that act on endpoints take: ids or names, and a filter. Where both are given, both hold.
type agentTargets struct {
	Agents []s1.AgentID   `json:"agent-ids,omitzero" help:"The endpoints."`
	Filter agentSelection `json:"filter,omitzero" help:"Endpoints by the console's filter keys."`
}

func (p *agentTargets) oneOf() []string { return []string{"agent-ids", "filter"} }

func (p *agentTargets) Check() error {
	if len(p.Agents) == 0 && p.Filter.IsZero() {
		return missing(p.oneOf()...)
	}
	return nil
}

// resolve returns the endpoints meant, and pins the parameters to their ids.
func (p *agentTargets) resolve(ctx context.Context, call *Call) ([]s1.Agent, Plan, error) {
	var agents []s1.Agent
	var err error
	if len(p.Agents) > 0 {
		agents, err = agentsNamed(ctx, call, "agent-ids", p.Agents)
	}
	if err == nil && !p.Filter.IsZero() {
		agents, err = p.filtered(ctx, call, agents)
	}
	if err != nil {
		return nil, Plan{}, err
	}
	named := len(p.Agents) > 0
	agents, left := withoutDecommissioned(agents)
	if len(agents) == 0 {
		return nil, Plan{}, wrong("agent-ids", "every endpoint that it names is decommissioned")
	}
	p.Agents, p.Filter = agentIDs(agents), agentSelection{}
	plan := Plan{Targets: targetsOf(call, agents, agentTarget)}
	plan.leave(named, left)
	return agents, plan, nil
}

// filtered returns what the filter selects, of named if there are any.
func (p *agentTargets) filtered(ctx context.Context, call *Call, named []s1.Agent) ([]s1.Agent, error) {
	found, err := p.Filter.agents(ctx, call, "filter")
	if err != nil || len(p.Agents) == 0 {
		return found, err
	}
	both := slices.DeleteFunc(named, func(a s1.Agent) bool { return !slices.Contains(agentIDs(found), a.ID) })
	if len(both) == 0 {
		return nil, nothingMatches("filter", "endpoint of agent-ids")
	}
	return both, nil
}

func agentIDs(agents []s1.Agent) []s1.AgentID {
	ids := make([]s1.AgentID, len(agents))
	for i, a := range agents {
		ids[i] = a.ID
	}
	return ids
}

func withoutDecommissioned(agents []s1.Agent) (kept []s1.Agent, left []string) {
	var gone []s1.Agent
	for _, a := range agents {
		if a.IsDecommissioned {
			gone = append(gone, a)
		} else {
			kept = append(kept, a)
		}
	}
	if n := len(gone); n > 0 {
		left = append(left, are(n, "decommissioned endpoint")+" left out"+byName(gone))
	}
	return kept, left
}

// byName ends a sentence about endpoints with their names.
func byName(agents []s1.Agent) string {
	var names []string
	for _, a := range agents {
		names = append(names, firstNonEmpty(a.ComputerName, string(a.ID)))
	}
	return " (" + shorten(strings.Join(names, ", "), 200) + ")."
}

// offlineNote says what happens to endpoints that do not talk to the console now.
func offlineNote(agents []s1.Agent, what string) []string {
	n := 0
	var notes []string
	for _, a := range agents {
		switch name := firstNonEmpty(a.ComputerName, string(a.ID)); {
		case Gone(a) != "":
			notes = append(notes, name+" is "+Gone(a)+": nothing that is asked of it happens any more.")
		case a.IsPendingUninstall:
			notes = append(notes, name+" "+Presence(a)+": once the agent is gone, nothing that is asked of it happens any more.")
		case !a.Online():
			n++
		}
	}
	if len(notes) > maxMatches {
		notes = append(notes[:maxMatches], fmt.Sprintf("… and %d more that are uninstalled or about to be.", len(notes)-maxMatches))
	}
	if n > 0 {
		notes = append(notes, are(n, "endpoint")+" offline: "+what+".")
	}
	return notes
}

type disconnectParams struct{ agentTargets }

func (p *disconnectParams) plan(ctx context.Context, call *Call) (Plan, error) {
	agents, plan, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	plan.Notes = append(plan.Notes, "After this they reach the console and nothing else.")
	plan.Notes = append(plan.Notes, offlineNote(agents, "isolated as soon as it is back")...)
	plan.Undo = "Reconnect"
	return plan, nil
}

func disconnectAgents() *Command {
	return define(Command{
		Name: "disconnect-agent-from-network", Title: "Disconnect Agent From Network", Area: "agents",
		Aliases: []string{"isolate", "disconnect", "contain"}, Main: "agent-ids",
		Effect: isolation(),
		Risk:   Destructive, Guarded: true, Needs: "Endpoints › View + Disconnect From Network", Repeatable: true, Undo: "connect-agent-to-network", Timed: true,
		Doc: "Isolates endpoints from the network: they reach the console and nothing else. Offline endpoints follow when they are back.",
		Examples: []string{`isolate DESKTOP-1 reason="beaconing to 203.0.113.9" ticket=INC-1042`, `isolate DESKTOP-1 for=4h reason="until the owner is reached"`,
			`disconnect-agent-from-network filter={"computerName__contains":["LAB"]} reason=drill`},
	}, func(ctx context.Context, call *Call, p disconnectParams) (render.Card, error) {
		n, err := call.Console.DisconnectAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("isolate %d endpoints: %w", len(p.Agents), err)
		}
		c := agentChange(ctx, call, p.Agents, n, "isolation accepted", "what was asked follows when it is back")
		if n > 0 {
			c.actions = slices.Concat([]render.Action{render.Button{Label: "Reconnect", Do: Reconnect(p.Agents)}}, c.actions)
		}
		return c.card(call), nil
	})
}

// Reconnect is what ends the isolation of endpoints.
func Reconnect(agents []s1.AgentID) Invocation {
	return Invocation{Command: "connect-agent-to-network", Args: marshal(map[string]any{"agent-ids": agents})}
}

// agentChange is agentOutcome of what changes an endpoint's place on the network.
func agentChange(ctx context.Context, call *Call, agents []s1.AgentID, affected int, done, offline string) change {
	return agentOutcome(ctx, call, agents, affected, done, offline, func(a s1.Agent) string { return networkWord(a.NetworkStatus) })
}

// networkWord says where on the network an endpoint is.
func networkWord(n s1.NetworkStatus) string {
	words := map[s1.NetworkStatus]string{
		s1.NetworkConnected: "on the network", s1.NetworkConnecting: "being reconnected", s1.NetworkDisconnected: "isolated", s1.NetworkDisconnecting: "being isolated",
	}
	return firstNonEmpty(words[n], "network "+strings.ToLower(n.Label()))
}

// agentOutcome looks at the endpoints after the console's yes, to tell them by name and, in the words of state, how far they
// are. What cannot be read then takes nothing from the outcome.
func agentOutcome(ctx context.Context, call *Call, agents []s1.AgentID, affected int, done, offline string, state func(s1.Agent) string) change {
	c := change{
		noun: "endpoint", done: done, result: s1.ActionResult{Affected: affected}, states: map[string]string{},
		why: "The endpoints are gone, decommissioned, in that state already, or outside what the bot's token may change.",
	}
	found, err := call.Console.AgentsByID(ctx, agents[:min(len(agents), maxShown)])
	if err != nil {
		c.notes = append(c.notes, "How far the endpoints are could not be read.")
	}
	if state != nil {
		for _, a := range found {
			c.states[string(a.ID)] = state(a)
		}
	}
	c.targets = known(call, "agent", agents, found, agentTarget)
	if offline != "" {
		c.notes = append(c.notes, offlineNote(found, offline)...)
	}
	c.actions = opens(c.targets)
	if e := call.command.Effect; e != nil && e.Agent != nil {
		return c.await(e.Done, agentProgress(found, func(a s1.Agent, t Target) (Progress, string) { return e.Agent(a, t, call.Now.Add(-ClockSkew)) }))
	}
	return c
}

// agentProgress says how far an endpoint is, and what of it is in the way.
func agentProgress(found []s1.Agent, at func(s1.Agent, Target) (Progress, string)) func(Target) (Progress, string) {
	return func(t Target) (Progress, string) {
		i := slices.IndexFunc(found, func(a s1.Agent) bool { return string(a.ID) == t.ID })
		if i < 0 {
			return Waiting, ""
		}
		is, why := at(found[i], t)
		return is, firstNonEmpty(why, Presence(found[i]))
	}
}

type connectParams struct{ agentTargets }

func (p *connectParams) plan(ctx context.Context, call *Call) (Plan, error) {
	agents, plan, err := p.resolve(ctx, call)
	if err != nil {
		return Plan{}, err
	}
	free := 0
	for _, a := range agents {
		if !a.Isolated() {
			free++
		}
	}
	if free > 0 {
		plan.Notes = append(plan.Notes, are(free, "endpoint")+" not isolated now.")
	}
	plan.Notes = append(plan.Notes, "After this they reach the whole network again.")
	plan.Notes = append(plan.Notes, offlineNote(agents, "reconnected as soon as it is back")...)
	plan.Undo = "Disconnect"
	return plan, nil
}

func connectAgents() *Command {
	return define(Command{
		Name: "connect-agent-to-network", Title: "Connect Agent To Network", Area: "agents",
		Aliases: []string{"reconnect", "connect", "unisolate", "release"}, Main: "agent-ids",
		Effect: reconnection(),
		Risk:   Destructive, Needs: "Endpoints › View + Reconnect To Network", Repeatable: true, Undo: "disconnect-agent-from-network",
		Doc:      "Ends the isolation of endpoints: they reach the network again.",
		Examples: []string{`reconnect DESKTOP-1 reason="cleaned, INC-1042"`},
	}, func(ctx context.Context, call *Call, p connectParams) (render.Card, error) {
		n, err := call.Console.ConnectAgents(ctx, p.Agents)
		if err != nil {
			return render.Card{}, fmt.Errorf("reconnect %d endpoints: %w", len(p.Agents), err)
		}
		return agentChange(ctx, call, p.Agents, n, "reconnection accepted", "what was asked follows when it is back").card(call), nil
	})
}
