package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

func moveCommands() []*Command { return []*Command{moveAgents(), moveBetweenSites()} }

const hostsParam = "host-names-or-internal-ips"

type moveParams struct {
	Hosts []hostRef  `json:"host-names-or-internal-ips" help:"The endpoints to move."`
	Group s1.GroupID `json:"group-id" help:"The group they go to, of their own site."`
}

func (p *moveParams) plan(ctx context.Context, call *Call) (Plan, error) {
	agents, err := hostsNamed(ctx, call, hostsParam, p.Hosts)
	if err != nil {
		return Plan{}, err
	}
	group, err := p.group(ctx, call, agents)
	if err != nil {
		return Plan{}, err
	}
	if group.Type == "dynamic" {
		e := wrong("group-id", "%s is a dynamic group: its filter alone decides who is in it", quote(group.Name))
		e.Hint = "choose a static or a pinned group"
		return Plan{}, e
	}
	movable, left, notes := movableTo(group, agents)
	if len(movable) == 0 {
		e := wrong("group-id", "no endpoint of %s is in the site of the group %s", hostsParam, quote(group.Name))
		e.Hint = "endpoints must be in the group's site: move-agents-between-sites comes first"
		return Plan{}, e
	}
	if !slices.ContainsFunc(movable, func(a s1.Agent) bool { return a.GroupID != group.ID }) {
		return Plan{}, allSo(len(movable), "endpoint", "in the group "+quote(group.Name))
	}
	p.Hosts, p.Group = convert[hostRef](agentIDs(movable)), group.ID
	notes = append(notes, "From then on they obey the policy of the group.")
	return Plan{
		Targets: targetsOf(call, movable, agentTarget), Facts: []Fact{{"To the group", groupWords(group, movable[0].SiteName)}},
		Also:    []Target{{Kind: "group", ID: string(group.ID), Name: group.Name, Account: movable[0].AccountName, Site: movable[0].SiteName}},
		LeftOut: left, Notes: notes, Undo: "Move them back",
	}, nil
}

// group resolves the group. A name that every site has means the one in the endpoints' sites: no other could take them.
func (p *moveParams) group(ctx context.Context, call *Call, agents []s1.Agent) (s1.Group, error) {
	if !isName(string(p.Group)) {
		return call.Console.Group(ctx, p.Group)
	}
	d := groupDirectory()
	d.search = each(func(ctx context.Context, call *Call, name string) ([]s1.Group, error) {
		return s1.Collect(call.Console.Groups(ctx, s1.Query{"query": {name}}.With("siteIds", siteIDs(agents)...)))
	})
	found, err := d.all(ctx, call, "group-id", []string{string(p.Group)})
	if err != nil {
		return s1.Group{}, err
	}
	return found[0], nil
}

// siteIDs are the sites that endpoints are in, each once.
func siteIDs(agents []s1.Agent) []string {
	var sites []string
	for _, a := range agents {
		sites = appendNew(sites, string(a.SiteID))
	}
	return sites
}

// movableTo leaves out endpoints that the console would leave where they are without saying so: those of other sites, and those
// that are gone. Where the console does not say in which site an endpoint is, it is left to decide.
func movableTo(group s1.Group, agents []s1.Agent) (movable []s1.Agent, left, notes []string) {
	movable, left = withoutDecommissioned(agents)
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
		left = append(left, are(n, "endpoint")+" left out, for the group belongs to another site: "+shorten(strings.Join(elsewhere, ", "), 200)+".")
	}
	if there > 0 {
		notes = append(notes, are(there, "endpoint")+" in this group already.")
	}
	return movable, left, notes
}

func groupWords(g s1.Group, site string) string {
	return joinNonEmpty(" · ", firstNonEmpty(g.Name, string(g.ID)), site, g.Type)
}

func moveAgents() *Command {
	return define(Command{
		Name: "move-agents", Title: "Move Agents", Area: "agents", Aliases: []string{"move", "move-to-group"}, Main: hostsParam,
		Risk: Change, Needs: "Groups › View + Edit", Repeatable: true, Undo: "move-agents",
		Doc:      "Moves endpoints to another group of their site, and so under its policy.",
		Examples: []string{"move DESKTOP-1 group-id=Laptops", "move-agents host-names-or-internal-ips=192.168.1.20,lab3-pc1 group-id=475482421375116388"},
	}, func(ctx context.Context, call *Call, p moveParams) (render.Card, error) {
		agents := convert[s1.AgentID](p.Hosts)
		n, err := call.Console.MoveAgentsToGroup(ctx, agents, p.Group)
		if err != nil {
			return render.Card{}, fmt.Errorf("move %d endpoints: %w", len(agents), err)
		}
		return moved(ctx, call, agents, n, func(a s1.Agent) bool { return a.GroupID == p.Group }), nil
	})
}

// moved tells where the endpoints are now. Where the console did not say how many it moved, those that are there count.
func moved(ctx context.Context, call *Call, agents []s1.AgentID, n int, there func(s1.Agent) bool) render.Card {
	arrived := 0
	c := agentOutcome(ctx, call, agents, n, "moved", "", func(a s1.Agent) string {
		if there(a) {
			arrived++
			return "moved"
		}
		return "not moved"
	})
	if n == s1.Unsaid {
		c.result.Affected = arrived
	}
	c.why = "The endpoints are gone, in another site than the group, or outside what the bot's token may change."
	c = c.await("moved", func(t Target) (Progress, string) {
		if c.states[t.ID] == "moved" {
			return Applied, ""
		}
		return Waiting, ""
	})
	return c.card(call)
}

type moveSiteParams struct {
	Hosts []hostRef `json:"host-names-or-internal-ips" help:"The endpoints to move."`
	Site  s1.SiteID `json:"site-id" help:"The site they go to."`
}

func (p *moveSiteParams) plan(ctx context.Context, call *Call) (Plan, error) {
	agents, err := hostsNamed(ctx, call, hostsParam, p.Hosts)
	if err != nil {
		return Plan{}, err
	}
	site, err := siteNamed(ctx, call, "site-id", p.Site)
	if err != nil {
		return Plan{}, err
	}
	movable, left := withoutDecommissioned(agents)
	var notes []string
	there := len(movable)
	movable = slices.DeleteFunc(movable, func(a s1.Agent) bool { return a.SiteID == site.ID })
	if there -= len(movable); there > 0 {
		notes = append(notes, are(there, "endpoint")+" left out: in that site already.")
	}
	if len(movable) == 0 {
		return Plan{}, wrong(hostsParam, "no endpoint is left to move: they are in that site already, or decommissioned")
	}
	p.Hosts, p.Site = convert[hostRef](agentIDs(movable)), site.ID
	notes = append(notes, "They come under the policy and the licenses of that site, into the dynamic group that fits best or the default group.")
	return Plan{
		Targets: targetsOf(call, movable, agentTarget), Facts: []Fact{{"To the site", joinNonEmpty(" · ", site.Name, site.AccountName)}},
		Also:    []Target{{Kind: "site", ID: string(site.ID), Name: site.Name, Account: site.AccountName}},
		LeftOut: left, Notes: notes, Undo: "Move them back, into their groups by move-agents",
	}, nil
}

// siteNamed returns the site that an id or a name means. One that is given by id need not be in the list: a token may act on a
// site that it may not list.
func siteNamed(ctx context.Context, call *Call, param string, ref s1.SiteID) (s1.Site, error) {
	found, err := siteDirectory().all(ctx, call, param, []string{string(ref)})
	var refused *s1.Error
	if s1.LooksLikeID(string(ref)) && errors.As(err, &refused) {
		return s1.Site{ID: ref, Name: string(ref)}, nil
	}
	if err != nil {
		return s1.Site{}, err
	}
	return found[0], nil
}

func moveBetweenSites() *Command {
	return define(Command{
		Name: "move-agents-between-sites", Title: "Move Agents Between Sites", Area: "agents", Aliases: []string{"move-to-site"}, Main: hostsParam,
		Risk: Destructive, Needs: "Endpoints › View + Move To Another Site", Repeatable: true, Undo: "move-agents-between-sites",
		Doc:      "Moves endpoints to another site, and so under its policy and its licenses.",
		Examples: []string{`move-to-site DESKTOP-1 site-id=Lyon reason="moved to the Lyon office"`},
	}, func(ctx context.Context, call *Call, p moveSiteParams) (render.Card, error) {
		agents := convert[s1.AgentID](p.Hosts)
		n, err := call.Console.MoveAgentsToSite(ctx, agents, p.Site)
		if err != nil {
			return render.Card{}, fmt.Errorf("move %d endpoints to another site: %w", len(agents), err)
		}
		return moved(ctx, call, agents, n, func(a s1.Agent) bool { return a.SiteID == p.Site }), nil
	})
}
