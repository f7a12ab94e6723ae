package commands

import (
	"context"
	"encoding/json"
	"strconv"

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
		rows := listing[s1.Group]{
			noun: "Groups", things: "groups", page: call.Console.GroupsPage, table: render.GroupTable,
			raw: func(g s1.Group) json.RawMessage { return g.Raw },
			more: []column[s1.Group]{
				{"Description", func(g s1.Group) string { return g.Description }},
				{"Created by", func(g s1.Group) string { return g.Creator }},
			},
			empty: "Leave a condition of custom-input out. What the console calls Manual in its pages is the type static.",
		}
		return rows.show(ctx, call, q.With("siteIds", convert[string](p.Sites)...), limit)
	})
}
