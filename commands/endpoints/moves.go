package endpoints

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// moveCommands are the two ways to move an endpoint. They are two commands because another site
// means other licenses and another policy from its root: that needs an approval, while a move
// between groups runs at once.
func moveCommands() []*catalog.Command { return []*catalog.Command{moveAgents(), moveBetweenSites()} }

const hostsParam = "host-names-or-internal-ips"

// moveParams say what moves to which group.
type moveParams struct {
	Hosts []lookup.HostRef `json:"host-names-or-internal-ips" help:"The endpoints to move, by name or internal IP address."`
	Group s1.GroupID       `json:"group-id" help:"The group to move them to, in their own site."`
}

// Plan refuses what the console would take and not do: a dynamic group takes nobody who does not
// fit its filter, and a group takes endpoints of its own site alone. What is moved falls under the
// group's policy, so the group is a thing that the policy's rules are asked about, too (Also).
func (p *moveParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := lookup.HostsNamed(ctx, call, hostsParam, p.Hosts)
	if err != nil {
		return catalog.Plan{}, err
	}
	group, err := p.group(ctx, call, agents)
	if err != nil {
		return catalog.Plan{}, err
	}
	if group.Type == "dynamic" {
		e := catalog.Wrong("group-id", "%s is a dynamic group: only its filter decides which endpoints are in it", text.Quote(group.Name))
		e.Hint = "choose a static or a pinned group"
		return catalog.Plan{}, e
	}
	movable, leftOut, notes := movableTo(group, agents)
	if len(movable) == 0 {
		e := catalog.Wrong("group-id", "no endpoint of %s is in the site of the group %s", hostsParam, text.Quote(group.Name))
		e.Hint = "they must be in the group's site: run move-agents-between-sites first"
		return catalog.Plan{}, e
	}
	if !slices.ContainsFunc(movable, func(a s1.Agent) bool { return a.GroupID != group.ID }) {
		return catalog.Plan{}, catalog.AllSo(len(movable), "endpoint", "in the group "+text.Quote(group.Name))
	}
	p.Hosts, p.Group = catalog.Convert[lookup.HostRef](lookup.AgentIDs(movable)), group.ID
	notes = append(notes, "The group's policy applies to "+text.Agree(len(movable), "it", "them")+" from then on.")
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, movable, lookup.AgentTarget), Facts: []catalog.Fact{{Label: "To the group", Value: groupWords(group, movable[0].SiteName)}},
		Also:    []catalog.Target{{Kind: "group", ID: string(group.ID), Name: group.Name, Account: movable[0].AccountName, Site: movable[0].SiteName}},
		LeftOut: leftOut, Notes: notes, Undo: "Move " + text.Agree(len(movable), "it", "them") + " back",
	}, nil
}

// group resolves the group. A name that every site has means the one in the endpoints' sites: no
// other could take them. Every site has a Default Group, and most have a Servers.
func (p *moveParams) group(ctx context.Context, call *catalog.Call, agents []s1.Agent) (s1.Group, error) {
	if !catalog.IsName(string(p.Group)) {
		return call.Console.Group(ctx, p.Group)
	}
	d := lookup.GroupDirectory()
	d.Search = lookup.Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Group, error) {
		return s1.Collect(call.Console.Groups(ctx, s1.Query{"query": {name}}.With("siteIds", siteIDs(agents)...)))
	})
	found, err := d.All(ctx, call, "group-id", []string{string(p.Group)})
	if err != nil {
		return s1.Group{}, err
	}
	return found[0], nil
}

// siteIDs are the sites that endpoints are in, each once.
func siteIDs(agents []s1.Agent) []string {
	var sites []string
	for _, a := range agents {
		sites = catalog.AppendNew(sites, string(a.SiteID))
	}
	return sites
}

// movableTo leaves out endpoints that the console would leave where they are without saying so:
// those of other sites, and those that are gone. Where the console does not say in which site an
// endpoint is, it is left to decide.
func movableTo(group s1.Group, agents []s1.Agent) (movable []s1.Agent, leftOut, notes []string) {
	movable, leftOut = lookup.WithoutDecommissioned(agents)
	var elsewhere []string
	there := 0
	movable = slices.DeleteFunc(movable, func(a s1.Agent) bool {
		if a.SiteID == "" || group.SiteID == "" || a.SiteID == group.SiteID {
			return false
		}
		elsewhere = append(elsewhere, a.ComputerName)
		return true
	})
	for _, a := range movable {
		if a.GroupID == group.ID {
			there++
		}
	}
	if n := len(elsewhere); n > 0 {
		leftOut = append(leftOut, text.Are(n, "endpoint")+" left out because the group belongs to another site: "+text.Shorten(strings.Join(elsewhere, ", "), 200)+".")
	}
	if there > 0 {
		notes = append(notes, text.Are(there, "endpoint")+" in this group already.")
	}
	return movable, leftOut, notes
}

// groupWords tell groups of the same name apart. The type is shown because only static and pinned
// groups take endpoints.
func groupWords(g s1.Group, site string) string {
	return text.JoinNonEmpty(" · ", cmp.Or(g.Name, string(g.ID)), site, g.Type)
}

// moveAgents moves endpoints within their site. The console answers once it is done, so there is
// nothing to watch afterwards. PUT /groups/{id}/move-agents. Its document has a 204, others saw a
// 200 with agentsMoved: both are read, and s1.Unsaid is the number of the first. Only endpoints of
// the group's site move, and the rest is not counted.
func moveAgents() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "move-agents", Title: "Move Agents", Area: "agents", Aliases: []string{"move", "move-to-group"}, Main: hostsParam,
		Wording: moveWording(),
		Settled: "the answer comes once they are moved",
		Risk:    catalog.Change, Needs: "Groups › View + Edit", Route: "groups/{id}", Repeatable: true, Undo: "move-agents",
		Doc:      "Moves endpoints to another group of their site. The group's policy applies to them from then on.",
		Examples: []string{"move DESKTOP-1 group-id=Laptops", "move-agents host-names-or-internal-ips=192.168.1.20,lab3-pc1 group-id=475482421375116388"},
	}, func(ctx context.Context, call *catalog.Call, p moveParams) (render.Card, error) {
		agents := catalog.Convert[s1.AgentID](p.Hosts)
		n, err := call.Console.MoveAgentsToGroup(ctx, agents, p.Group)
		if err != nil {
			return render.Card{}, fmt.Errorf("move %d endpoints: %w", len(agents), err)
		}
		return moved(ctx, call, agents, n, func(a s1.Agent) bool { return a.GroupID == p.Group }), nil
	})
}

// moved tells where the endpoints are now. Where the console did not say how many it moved, those
// that are there count.
func moved(ctx context.Context, call *catalog.Call, agents []s1.AgentID, n int, there func(s1.Agent) bool) render.Card {
	arrived := 0
	c := lookup.AgentOutcome(ctx, call, agents, n, "moved", "", func(a s1.Agent) string {
		if there(a) {
			arrived++
			return "moved"
		}
		return "not moved"
	})
	switch {
	case n == s1.Unsaid:
		c.Result.Affected = arrived
	case arrived < len(c.Targets):
		c.Done = "move accepted"
	}
	c.Why = "The endpoints are gone, in a different site than the group, or the bot's token isn't allowed to change them."
	c = c.Await("moved", func(t catalog.Target) (catalog.Progress, string) {
		if c.States[t.ID] == "moved" {
			return catalog.Applied, ""
		}
		return catalog.Waiting, ""
	})
	return c.Card(call)
}

// moveSiteParams say what moves to which site.
type moveSiteParams struct {
	Hosts []lookup.HostRef `json:"host-names-or-internal-ips" help:"The endpoints to move, by name or internal IP address."`
	Site  s1.SiteID        `json:"site-id" help:"The site to move them to."`
}

// Plan leaves out what is there already, and names the way back before anybody approves: it takes
// two steps, for moving back to the site does not put an endpoint into the group that it was in.
func (p *moveSiteParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	agents, err := lookup.HostsNamed(ctx, call, hostsParam, p.Hosts)
	if err != nil {
		return catalog.Plan{}, err
	}
	site, err := lookup.SiteNamed(ctx, call, "site-id", p.Site)
	if err != nil {
		return catalog.Plan{}, err
	}
	movable, leftOut := lookup.WithoutDecommissioned(agents)
	var notes []string
	there := len(movable)
	movable = slices.DeleteFunc(movable, func(a s1.Agent) bool { return a.SiteID == site.ID })
	if there -= len(movable); there > 0 {
		notes = append(notes, text.Are(there, "endpoint")+" left out: in that site already.")
	}
	if len(movable) == 0 {
		return catalog.Plan{}, catalog.Wrong(hostsParam, "no endpoint is left to move: each is in that site already, or decommissioned")
	}
	p.Hosts, p.Site = catalog.Convert[lookup.HostRef](lookup.AgentIDs(movable)), site.ID
	notes = append(notes, "The site's policy and licenses apply to "+text.Agree(len(movable), "it. It goes", "them. They go")+" to the dynamic group that fits best, or to the default group.")
	return catalog.Plan{
		Targets: catalog.TargetsOf(call, movable, lookup.AgentTarget), Facts: []catalog.Fact{{Label: "To the site", Value: text.JoinNonEmpty(" · ", site.Name, site.AccountName)}},
		Also:    []catalog.Target{{Kind: "site", ID: string(site.ID), Name: site.Name, Account: site.AccountName}},
		LeftOut: leftOut, Notes: notes, Undo: "Move " + text.Agree(len(movable), "it back, then into its group", "them back, then into their groups") + " with move-agents",
	}, nil
}

// moveBetweenSites moves endpoints to another site. POST /agents/actions/move-to-site takes an
// empty filter for the whole fleet. The token's scope must be an account or global.
func moveBetweenSites() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "move-agents-between-sites", Title: "Move Agents Between Sites", Short: "Move to another site", Area: "agents", Aliases: []string{"move-to-site"}, Main: hostsParam,
		Wording: moveSiteWording(),
		Settled: "the answer comes once they are moved",
		Risk:    catalog.Destructive, Needs: "Endpoints › View + Move To Another Site", Repeatable: true, Undo: "move-agents-between-sites",
		Doc:      "Moves endpoints to another site. The site's policy and licenses apply to them from then on.",
		Examples: []string{`move-to-site DESKTOP-1 site-id=Lyon reason="moved to the Lyon office"`},
	}, func(ctx context.Context, call *catalog.Call, p moveSiteParams) (render.Card, error) {
		agents := catalog.Convert[s1.AgentID](p.Hosts)
		n, err := call.Console.MoveAgentsToSite(ctx, agents, p.Site)
		if err != nil {
			return render.Card{}, fmt.Errorf("move %d endpoints to another site: %w", len(agents), err)
		}
		return moved(ctx, call, agents, n, func(a s1.Agent) bool { return a.SiteID == p.Site }), nil
	})
}
