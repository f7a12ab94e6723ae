package endpoints

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

func agentCommands() []*catalog.Command {
	return []*catalog.Command{listAgents(), getAgentInfo(), disconnectAgents(), connectAgents()}
}

// agentRows is how lists of endpoints look. licenseKey is left out of every view: it is a secret.
func agentRows(call *catalog.Call) listing.Listing[s1.Agent] {
	return listing.Listing[s1.Agent]{
		Noun: "Agents", Things: "agents", Page: call.Console.AgentsPage, Raw: agentJSON, Stray: lookup.Strays(lookup.AgentMatcher, agentJSON),
		Table: func(agents []s1.Agent) render.Table { return cards.AgentTable(agents, call.Console) },
		Cells: func(agents []s1.Agent) render.Table { return cards.AgentSheet(agents, call.Console) },
		Name:  func(a s1.Agent) (id, name string) { return string(a.ID), a.ComputerName },
		More: []listing.Column[s1.Agent]{
			{Title: "Id", Value: func(a s1.Agent) string { return string(a.ID) }},
			{Title: "UUID", Value: func(a s1.Agent) string { return a.UUID }},
			{Title: "Domain", Value: func(a s1.Agent) string { return a.Domain }},
			{Title: "Machine type", Value: func(a s1.Agent) string { return a.MachineType }},
			{Title: "Agent version", Value: func(a s1.Agent) string { return a.AgentVersion }},
			{Title: "External address", Value: func(a s1.Agent) string { return a.ExternalIP }},
			{Title: "Addresses", Value: func(a s1.Agent) string { return text.JoinNonEmpty(" ", a.IPs()...) }},
			{Title: "Account", Value: func(a s1.Agent) string { return a.AccountName }},
		},
		Empty: "Any part of a name matches. Try a shorter part, or query= with a user, an IP address or an operating system. Decommissioned endpoints aren't listed.",
	}
}

func agentJSON(a s1.Agent) json.RawMessage { return a.Raw }

// ListAgentsParams are what endpoints are listed by. The name is a search of the console's, for
// parts of names; what acts on endpoints never goes by it, but by lookup.AgentTargets, which wants
// whole names.
type ListAgentsParams struct {
	ComputerName string         `json:"computer-name,omitzero" help:"The name, or part of it."`
	Query        string         `json:"query,omitzero" help:"Searches agent version, domain, IP addresses, last user, machine type, UUID and operating system."`
	Limit        *listing.Limit `json:"limit,omitzero" help:"Maximum number of endpoints to list; 1000 if empty."`
}

// Check keeps to what the console searches for: two characters at least, and a comma parts names.
func (p *ListAgentsParams) Check() error {
	if p.ComputerName == "" {
		return nil
	}
	parts := strings.Split(p.ComputerName, ",") // several names in one: the console finds what has any of them
	for i, part := range parts {
		if parts[i] = strings.TrimSpace(part); len([]rune(parts[i])) < 2 {
			return catalog.Wrong("computer-name", "the console needs at least two characters to search")
		}
	}
	if len(parts) > catalog.MaxNames {
		return catalog.Wrong("computer-name", "the console can search for at most %d names at once, not %d", catalog.MaxNames, len(parts))
	}
	p.ComputerName = strings.Join(parts, ",")
	return nil
}

// listAgents is the list of endpoints, which also stands behind every search box for one. GET
// /agents, 25 calls a second. Decommissioned endpoints are left out unless isDecommissioned asks
// for them.
func listAgents() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "list-agents", Title: "List Agents", Area: "agents", Aliases: []string{"agents", "endpoints", "hosts"}, Main: "computer-name",
		Everyday:      3,
		Wording:       listWording(),
		OnObservables: agentsOnObservables(),
		Risk:          catalog.Read, Needs: "Endpoints › View", Repeatable: true,
		Doc:      "Lists endpoints with their state, user, site and threats.",
		Examples: []string{"list-agents computer-name=DESKTOP limit=10", "agents query=10.0.0"},
	}, func(ctx context.Context, call *catalog.Call, p ListAgentsParams) (render.Card, error) {
		q := s1.Query{}
		if p.ComputerName != "" {
			q = q.With("computerName__contains", p.ComputerName)
		}
		if p.Query != "" {
			q = q.With("query", p.Query)
		}
		return agentRows(call).Show(ctx, call, q, p.Limit)
	})
}

// agentInfoParams name the endpoints that are shown.
type agentInfoParams struct {
	Agents []s1.AgentID `json:"agent-ids" help:"The endpoints to show, by name or id."`
}

// getAgentInfo shows one endpoint as a card and several as a table. An id that the console does not
// know is said to be unknown: a shorter answer would read as if nothing were wrong. The ids are
// asked for with a limit, since the console's default page is ten.
func getAgentInfo() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-agent-info", Title: "Get Agent Info", Area: "agents", Aliases: []string{"agent", "endpoint", "host"}, Main: "agent-ids",
		Everyday: 11,
		Wording:  infoWording(),
		OnCards:  infoOnCards(), OnObservables: infoOnObservables(),
		Risk: catalog.Read, Needs: "Endpoints › View", Repeatable: true,
		Doc:      "Shows what the console knows about endpoints.",
		Examples: []string{"get-agent-info agent-ids=DESKTOP-1", "agent DESKTOP-1 SRV-DC-1"},
	}, func(ctx context.Context, call *catalog.Call, p agentInfoParams) (render.Card, error) {
		rows := agentRows(call)
		rows.About = "asked for"
		rows.One = func(a s1.Agent) render.Card { return cards.Agent(a, call.Console, call.CardActions()) }
		var unknown []string
		rows.Page = listing.Once(func(ctx context.Context) (agents []s1.Agent, err error) {
			agents, unknown, err = lookup.AgentsKnown(ctx, call, p.Agents)
			return agents, err
		})
		rows.Gap = func() string {
			if len(unknown) == 0 {
				return ""
			}
			return "The console has no endpoint with the id " + catalog.FirstOf(unknown) + "."
		}
		return rows.Show(ctx, call, nil, nil)
	})
}

// disconnectParams name what is isolated, by name, id or filter; after the plan they are ids.
type disconnectParams struct{ lookup.AgentTargets }

// Plan pins the endpoints to their ids: what an approver was shown is what runs.
func (p *disconnectParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return isolation.plan(ctx, call, &p.AgentTargets)
}

// disconnectAgents isolates. The console keeps the order for endpoints that are offline, so it is
// repeatable, and the effect is watched until each endpoint says that it is cut off. Its card
// offers the way back, a request of its own. POST /agents/actions/disconnect takes ids, groupIds or
// filterId; a filter by computerName, which the specification's example has, is a 400.
func disconnectAgents() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "disconnect-agent-from-network", Title: "Disconnect Agent From Network", Short: "Isolate endpoints", Area: "agents",
		Everyday: 4,
		Wording:  isolationWording(),
		OnCards:  disconnectOnCards(), OnObservables: disconnectOnObservables(),
		Aliases: []string{"isolate", "disconnect", "contain"}, Main: "agent-ids",
		Effect: change.Isolation(),
		Risk:   catalog.Destructive, Guarded: true, Needs: "Endpoints › View + Disconnect From Network", Repeatable: true, Undo: "connect-agent-to-network", Timed: true,
		Doc: "Isolates endpoints from the network: they can reach the console and nothing else. Offline endpoints are isolated when they come back online.",
		Examples: []string{`isolate DESKTOP-1 reason="beaconing to 203.0.113.9" ticket=INC-1042`, `isolate DESKTOP-1 for=4h reason="until the owner is reached"`,
			`disconnect-agent-from-network filter={"computerName__contains":["LAB"]} reason=drill`},
	}, func(ctx context.Context, call *catalog.Call, p disconnectParams) (render.Card, error) {
		c, err := isolation.run(ctx, call, p.Agents)
		if err != nil {
			return render.Card{}, err
		}
		if c.Result.Affected > 0 {
			c.Actions = slices.Concat([]render.Action{render.Button{Label: "Reconnect", Do: Reconnect(p.Agents)}}, c.Actions)
		}
		return c.Card(call), nil
	})
}

// Reconnect is what ends the isolation of endpoints.
func Reconnect(agents []s1.AgentID) catalog.Invocation {
	return catalog.Invocation{Command: "connect-agent-to-network", Args: catalog.Marshal(map[string]any{"agent-ids": agents})}
}

// connectParams name what is reconnected, as with disconnectParams.
type connectParams struct{ lookup.AgentTargets }

// Plan pins the endpoints to their ids.
func (p *connectParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	return reconnection.plan(ctx, call, &p.AgentTargets)
}

// connectAgents ends isolations. POST /agents/actions/connect takes an empty filter for every
// isolated endpoint. The console answers 200 where nothing needs to be done, too, which is why the
// plan says who is not isolated.
func connectAgents() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "connect-agent-to-network", Title: "Connect Agent To Network", Area: "agents",
		Everyday: 5,
		Wording:  reconnectionWording(),
		OnCards:  reconnectOnCards(),
		Aliases:  []string{"reconnect", "connect", "unisolate", "release"}, Main: "agent-ids",
		Effect: change.Reconnection(),
		Risk:   catalog.Destructive, Needs: "Endpoints › View + Reconnect To Network", Repeatable: true, Undo: "disconnect-agent-from-network",
		Doc:      "Ends the isolation of endpoints: they can reach the network again.",
		Examples: []string{`reconnect DESKTOP-1 reason="cleaned, INC-1042"`},
	}, func(ctx context.Context, call *catalog.Call, p connectParams) (render.Card, error) {
		c, err := reconnection.run(ctx, call, p.Agents)
		if err != nil {
			return render.Card{}, err
		}
		return c.Card(call), nil
	})
}
