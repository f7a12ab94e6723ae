package policyinput

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/s1"
)

// A change of a place reaches what lies in it: a tenant's policy every site, an account's exclusion
// every site of the account, and each the groups and endpoints in there. So a rule about one of
// these is asked about that one. What lies in a place is looked up when the policy asks for it, and
// where it cannot be read nobody can tell.

// A chart is what of the console's places was looked up for one question to the policy.
//
// It is made for each question and thrown away: between a request and its run a site may have
// moved, and that is what the second question is for.
type chart struct {
	console       Console
	sites         []s1.Site
	open          string // why the sites are not known
	groups, hosts bool   // whether a rule that may matter asks for them
	off           bool   // nothing depends on where anything lies
}

// The most that is looked through of what lies in a place.
const (
	mostSites  = 10_000
	mostGroups = 20_000
	mostHosts  = 30_000
)

// isPlace reports whether t is a place, and not a thing in one.
//
// "place" is one that the console described in a way that fits no kind: nobody can tell where it
// applies.
func isPlace(t catalog.Target) bool {
	return slices.Contains([]string{"tenant", "account", "site", "group", "place"}, t.Kind)
}

// chart looks the sites up, if any of targets is a place and it matters.
func (s Source) chart(ctx context.Context, console Console, input policy.Input, targets []catalog.Target) *chart {
	c := &chart{console: console, off: !s.Policy().ByTarget() || !slices.ContainsFunc(targets, isPlace)}
	if c.off {
		return c
	}
	c.groups, c.hosts = s.Policy().LooksInto(input)
	c.sites, c.open = upTo(mostSites, "sites", console.Sites(ctx, nil))
	return c
}

// upTo collects a list; open is why it is not known as a whole.
//
// A list that was cut off would leave out the one site that a rule protects, so more than can be
// looked through is as good as nothing.
func upTo[T any](most int, noun string, list iter.Seq2[T, error]) (all []T, open string) {
	all, err := s1.Collect(s1.Take(list, most+1))
	switch {
	case err != nil:
		return nil, "I can't list the " + noun + " that this touches (" + ConsoleReason(err) + ")"
	case len(all) > most:
		return nil, fmt.Sprintf("This touches more than %d %s, which is too many for me to check", most, noun)
	}
	return all, ""
}

// unknown is a place, or something in one, of which nothing is known.
//
// Every rule that asks anything about it becomes a question without an answer; rules that do not
// ask are not held up.
func unknown(why string) policy.Target {
	text := policy.Unknown[string](why)
	return policy.Target{Account: text, Site: text, Group: text, Host: text, Tags: policy.Unknown[[]string](why)}
}

// at is a place by its names; empty is not known, but for what need not be there.
//
// An account is a must, as everything lies in one. A change of a whole account is in no site, and
// that is known.
func at(account, site, group, of string) policy.Target {
	t := policy.Nothing()
	t.Account, t.Site, t.Group = stated(account, catalog.Target{Name: of}, "account"), policy.Known(site), policy.Known(group)
	return t
}

// base is a place itself as the policy sees it.
//
// The console's own list of sites comes first, since names in a request are what somebody typed; a
// name from the plan serves where the list has no such place.
func (c *chart) base(ctx context.Context, t catalog.Target) policy.Target {
	named := t.Name != "" && t.Name != t.ID
	switch t.Kind {
	case "tenant":
		return policy.Nothing()
	case "site":
		if s, ok := c.site(s1.SiteID(t.ID)); ok {
			return at(s.AccountName, s.Name, "", s.Name)
		} else if named {
			return at(t.Account, t.Name, "", t.Name)
		}
	case "account":
		if i := slices.IndexFunc(c.sites, func(s s1.Site) bool { return string(s.AccountID) == t.ID }); i >= 0 {
			return at(c.sites[i].AccountName, "", "", t.Name)
		} else if named {
			return at(t.Name, "", "", t.Name)
		}
	case "group":
		return c.group(ctx, t)
	}
	what := t.Kind + " " + cmp.Or(t.Name, t.ID)
	if t.Kind == "place" {
		return unknown("I can't tell where " + t.Name + " applies: the console doesn't say")
	}
	return unknown(cmp.Or(c.open, "I can't find the "+what+" in the console"))
}

// site is the site with an id, if it was read.
func (c *chart) site(id s1.SiteID) (s1.Site, bool) {
	i := slices.IndexFunc(c.sites, func(s s1.Site) bool { return s.ID == id && id != "" })
	if i < 0 {
		return s1.Site{}, false
	}
	return c.sites[i], true
}

// group is a group, which knows its site by id only.
func (c *chart) group(ctx context.Context, t catalog.Target) policy.Target {
	if c.off {
		return at(t.Account, t.Site, t.Name, t.Name)
	}
	found, open := upTo(mostGroups, "groups", c.console.Groups(ctx, s1.Query{}.With("groupIds", t.ID)))
	i := slices.IndexFunc(found, func(g s1.Group) bool { return string(g.ID) == t.ID })
	if i < 0 {
		return unknown(cmp.Or(open, "I can't find the group "+cmp.Or(t.Name, t.ID)+" in the console"))
	}
	s, ok := c.site(found[i].SiteID)
	if !ok {
		place := unknown(cmp.Or(c.open, "I can't find the site of the group "+found[i].Name+" in the console"))
		place.Group, place.Host, place.Tags = policy.Known(found[i].Name), policy.Known(""), policy.Known[[]string](nil)
		return place
	}
	return at(s.AccountName, s.Name, found[i].Name, found[i].Name)
}

// within is what lies in a place of which everything is reached, as far as a rule or role may ask
// for it.
//
// Only a plan that says it reaches all of a place (Wide) is asked about what lies in it: to rename
// a site touches none of its endpoints.
func (c *chart) within(ctx context.Context, t catalog.Target) []policy.Target {
	if c.off || !t.Wide || t.Kind == "place" {
		return nil
	}
	var all []policy.Target
	inside := s1.Query{}
	switch t.Kind {
	case "account":
		inside = inside.With("accountIds", t.ID)
	case "site":
		inside = inside.With("siteIds", t.ID)
	case "group":
		inside = inside.With("groupIds", t.ID)
	}
	if t.Kind == "tenant" || t.Kind == "account" {
		all = append(all, c.sitesOf(t)...)
	}
	if c.groups && t.Kind != "group" {
		all = append(all, c.groupsIn(ctx, inside)...)
	}
	if c.hosts {
		all = append(all, c.hostsIn(ctx, inside)...)
	}
	return all
}

// sitesOf are the sites in a tenant or an account. A site whose row names no account may lie in
// any.
func (c *chart) sitesOf(t catalog.Target) []policy.Target {
	if c.open != "" {
		return []policy.Target{unknown(c.open)}
	}
	var all []policy.Target
	for _, s := range c.sites {
		if t.Kind == "tenant" || string(s.AccountID) == t.ID || s.AccountID == "" {
			all = append(all, at(s.AccountName, s.Name, "", s.Name))
		}
	}
	return all
}

// groupsIn are the groups in a place. A group names its site by id alone, so one whose site was not
// listed has an unknown place.
func (c *chart) groupsIn(ctx context.Context, inside s1.Query) []policy.Target {
	found, open := upTo(mostGroups, "groups", c.console.Groups(ctx, inside))
	if open != "" {
		return []policy.Target{unknown(open)}
	}
	var all []policy.Target
	for _, g := range found {
		s, ok := c.site(g.SiteID)
		place := at(s.AccountName, s.Name, g.Name, g.Name)
		if !ok {
			place.Site = policy.Unknown[string]("I can't find the site of the group " + g.Name + " in the console")
		}
		all = append(all, place)
	}
	return all
}

// hostsIn are the endpoints in a place, with their tags: the dearest look-up of all, made only
// where a rule asks for hosts or tags.
func (c *chart) hostsIn(ctx context.Context, inside s1.Query) []policy.Target {
	found, open := upTo(mostHosts, "endpoints", c.console.Agents(ctx, inside))
	if open != "" {
		return []policy.Target{unknown(open)}
	}
	var all []policy.Target
	for _, a := range found {
		all = append(all, endpoint(catalog.Target{
			Kind: "agent", ID: string(a.ID), Name: a.ComputerName, Account: a.AccountName, Site: a.SiteName, Group: a.GroupName, Tags: a.TagNames()}))
	}
	return all
}
