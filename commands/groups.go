package commands

import (
	"context"
	"encoding/json"
	"strconv"
	"sync"

	"s1bot/render"
	"s1bot/s1"
)

func groupCommands() []*Command { return []*Command{getGroups()} }

type getGroupsParams struct {
	Sites []s1.SiteID `json:"site-ids" help:"The sites whose groups are listed."`
	Input groupQuery  `json:"custom-input,omitzero" help:"Which groups, by the console's query parameters."`
}

func getGroups() *Command {
	return define(Command{
		Name: "get-groups", Title: "Get Groups", Area: "groups", Aliases: []string{"groups"}, Main: "site-ids",
		Risk: Read, Needs: "Groups › View", Repeatable: true,
		Doc:      "Lists the groups of sites.",
		Examples: []string{"groups Paris", `get-groups site-ids=1392053568582758390 custom-input={"type":"static","isDefault":false}`},
	}, func(ctx context.Context, call *Call, p getGroupsParams) (render.Card, error) {
		q, err := groupParams(marshal(p.Input))
		if err != nil {
			return render.Card{}, wrong("custom-input", "%s", err)
		}
		limit := new(Limit) // all of them
		if n, err := strconv.Atoi(q.Get("limit")); err == nil && n > 0 {
			*limit = Limit(min(n, maxPage))
		}
		sites := sync.OnceValue(func() map[s1.SiteID]string { return sitesByID(ctx, call, convert[string](p.Sites)) })
		rows := listing[s1.Group]{
			noun: "Groups", things: "groups", page: call.Console.GroupsPage,
			table: func(groups []s1.Group) render.Table { return groupTable(call, groups, sites) },
			raw:   func(g s1.Group) json.RawMessage { return g.Raw },
			more: []column[s1.Group]{
				{"Site id", func(g s1.Group) string { return string(g.SiteID) }},
				{"Description", func(g s1.Group) string { return g.Description }},
				{"Created by", func(g s1.Group) string { return g.Creator }},
			},
			empty: "Leave a condition of custom-input out. What the console calls Manual in its pages is the type static.",
		}
		return rows.show(ctx, call, q.With("siteIds", convert[string](p.Sites)...), limit)
	})
}

// groupTable lists groups with a link to each and the names of their sites, which a group knows by id only.
func groupTable(call *Call, groups []s1.Group, sites func() map[s1.SiteID]string) render.Table {
	t := render.GroupTable(groups)
	for i, g := range groups {
		t.Rows[i][0] = render.Line{render.Link(firstNonEmpty(g.Name, string(g.ID)), call.Console.GroupURL(g.ID))}
		t.Rows[i][len(t.Columns)-1] = render.Line{render.Text(firstNonEmpty(sites()[g.SiteID], string(g.SiteID)))}
	}
	return t
}
