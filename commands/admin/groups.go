package admin

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"sync"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
)

func groupCommands() []*catalog.Command { return []*catalog.Command{getGroups()} }

// Sites are required: a large tenant has thousands of groups.
type getGroupsParams struct {
	Sites []s1.SiteID       `json:"site-ids" help:"The sites whose groups to list."`
	Input lookup.GroupQuery `json:"custom-input,omitzero" help:"Filter by the console's own query parameters."`
}

// GET /groups. Names of sites are looked up once, when the first row is drawn, and only if one is.
func getGroups() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-groups", Title: "Get Groups", Area: "groups", Aliases: []string{"groups"}, Main: "site-ids",
		Wording: groupsWording(),
		Risk:    catalog.Read, Needs: "Groups › View", Repeatable: true,
		Doc:      "Lists the groups of sites.",
		Examples: []string{"groups Paris", `get-groups site-ids=1392053568582758390 custom-input={"type":"static","isDefault":false}`},
	}, func(ctx context.Context, call *catalog.Call, p getGroupsParams) (render.Card, error) {
		q, err := lookup.GroupParams(catalog.Marshal(p.Input))
		if err != nil {
			return render.Card{}, catalog.Wrong("custom-input", "%s", err)
		}
		limit := new(listing.Limit) // all of them
		if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
			*limit = listing.Limit(min(n, listing.MaxPage))
		}
		sites := sync.OnceValue(func() map[s1.SiteID]string { return sitesByID(ctx, call, catalog.Convert[string](p.Sites)) })
		rows := listing.Listing[s1.Group]{
			Noun: "Groups", Things: "groups", Page: call.Console.GroupsPage,
			Table: func(groups []s1.Group) render.Table { return groupTable(call, groups, sites) },
			Raw:   func(g s1.Group) json.RawMessage { return g.Raw },
			More: []listing.Column[s1.Group]{
				{Title: "Site id", Value: func(g s1.Group) string { return string(g.SiteID) }},
				{Title: "Description", Value: func(g s1.Group) string { return g.Description }},
				{Title: "Created by", Value: func(g s1.Group) string { return g.Creator }},
			},
			Empty: "Remove a condition from custom-input. Groups that the console's pages call Manual have the type static.",
		}
		return rows.Show(ctx, call, q.With("siteIds", catalog.Convert[string](p.Sites)...), limit)
	})
}

// groupTable lists groups with a link to each and the names of their sites, which a group knows by
// id only.
func groupTable(call *catalog.Call, groups []s1.Group, sites func() map[s1.SiteID]string) render.Table {
	t := cards.GroupTable(groups)
	for i, g := range groups {
		t.Rows[i][0] = render.Line{render.Link(cmp.Or(g.Name, string(g.ID)), call.Console.GroupURL(g.ID))}
		t.Rows[i][len(t.Columns)-1] = render.Line{render.Text(cmp.Or(sites()[g.SiteID], string(g.SiteID)))}
	}
	return t
}
