package admin

import (
	"context"
	"encoding/json"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/filters"
)

func siteCommands() []*catalog.Command { return []*catalog.Command{getSites()} }

// siteSort is the column by which sites are sorted.
type siteSort string

func (siteSort) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "activeLicenses", Label: "Active Licenses"}, {Value: "createdAt", Label: "Created At"}, {Value: "expiration", Label: "Expiration"},
		{Value: "siteType", Label: "Site Type"}, {Value: "sku", Label: "SKU"}, {Value: "id", Label: "ID"}, {Value: "state", Label: "State"},
		{Value: "suite", Label: "Suite"}, {Value: "totalLicenses", Label: "Total Licenses"}, {Value: "updatedAt", Label: "Updated At"},
		{Value: "name", Label: "Name"},
	}
}

func (siteSort) Kind() catalog.Kind { return listing.SortKind(siteSort("").Choices()) }

type getSitesParams struct {
	Sites     []s1.SiteID     `json:"site-ids,omitzero" help:"Only these sites."`
	Accounts  []s1.AccountID  `json:"account-ids,omitzero" help:"Only sites of these accounts."`
	Query     string          `json:"query,omitzero" help:"Searches name, account and description."`
	State     s1.State        `json:"state,omitzero" help:"Only sites in this state."`
	Limit     *listing.Count  `json:"limit,omitzero" help:"Maximum number of sites to list; 1000 if empty."`
	Offset    *listing.Offset `json:"offset,omitzero" help:"The number of rows to skip."`
	SortBy    siteSort        `json:"sort-by,omitzero" help:"The column to sort by."`
	Direction s1.SortOrder    `json:"direction,omitzero" help:"Sort direction; ascending if empty."`
	NextPage  string          `json:"next-page,omitzero" help:"The cursor from an earlier list. The More rows button fills it in."`
}

// An empty list of ids must not be sent: the console refuses it.
func (p getSitesParams) Wire() s1.Query {
	q := s1.Query{}
	if len(p.Sites) > 0 {
		q = q.With("siteIds", catalog.Convert[string](p.Sites)...)
	}
	if len(p.Accounts) > 0 {
		q = q.With("accountIds", catalog.Convert[string](p.Accounts)...)
	}
	for key, value := range map[string]string{"query": p.Query, "state": string(p.State)} {
		if value != "" {
			q = q.With(key, value)
		}
	}
	return listing.Ordered(q, string(p.SortBy), p.Direction, p.Offset, p.NextPage)
}

// GET /sites is the one list whose data is an object ({allSites, sites[]}). Rows carry
// registrationToken, which is never shown.
func getSites() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-sites", Title: "Get Sites", Area: "sites", Aliases: []string{"sites"}, Main: "query",
		Wording: sitesWording(),
		Risk:    catalog.Read, Needs: "Site › View", Repeatable: true,
		Doc:      "Lists sites with their account, state and licenses.",
		Examples: []string{"sites Paris", `get-sites state=Active sort-by="Created At" direction=Descending limit=100`},
	}, func(ctx context.Context, call *catalog.Call, p getSitesParams) (render.Card, error) {
		rows := listing.Listing[s1.Site]{
			Noun: "Sites", Things: "sites", Page: call.Console.SitesPage, Table: cards.SiteTable,
			Raw: func(s s1.Site) json.RawMessage { return s.Raw },
			More: []listing.Column[s1.Site]{
				{Title: "Account id", Value: func(s s1.Site) string { return string(s.AccountID) }},
				{Title: "Suite", Value: func(s s1.Site) string { return s.Suite }},
				{Title: "Description", Value: func(s s1.Site) string { return s.Description }},
			},
			Empty: "The search covers name, account and description; try a part of one, or leave the state out.",
		}
		return rows.Show(ctx, call, p.Wire(), listing.LimitOf(p.Limit, filters.Filter{}))
	})
}
