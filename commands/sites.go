package commands

import (
	"context"
	"encoding/json"

	"s1bot/render"
	"s1bot/s1"
)

func siteCommands() []*Command { return []*Command{getSites()} }

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

func (siteSort) kind() kind { return sortKind(siteSort("").Choices()) }

// sortKind also takes the specification's slip, Create At.
func sortKind(choices []s1.Choice) kind {
	k := choiceKind(choices)
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		if squash(text) == "createat" {
			text = "createdAt"
		}
		return read(text, in)
	}
	return k
}

type getSitesParams struct {
	Sites     []s1.SiteID    `json:"site-ids,omitzero" help:"Only these sites."`
	Accounts  []s1.AccountID `json:"account-ids,omitzero" help:"Only sites of these accounts."`
	Query     string         `json:"query,omitzero" help:"Searches name, account and description."`
	State     s1.State       `json:"state,omitzero" help:"Only sites in this state."`
	Limit     *Count         `json:"limit,omitzero" help:"How many sites at most; 1000 when empty."`
	Offset    *Offset        `json:"offset,omitzero" help:"How many to skip."`
	SortBy    siteSort       `json:"sort-by,omitzero" help:"The column to sort by."`
	Direction s1.SortOrder   `json:"direction,omitzero" help:"Ascending when empty."`
	NextPage  string         `json:"next-page,omitzero" help:"Where an earlier list ended; its button Rows after these sets it."`
}

func (p getSitesParams) query() s1.Query {
	q := s1.Query{}
	if len(p.Sites) > 0 {
		q = q.With("siteIds", convert[string](p.Sites)...)
	}
	if len(p.Accounts) > 0 {
		q = q.With("accountIds", convert[string](p.Accounts)...)
	}
	for key, value := range map[string]string{"query": p.Query, "state": string(p.State)} {
		if value != "" {
			q = q.With(key, value)
		}
	}
	return ordered(q, string(p.SortBy), p.Direction, p.Offset, p.NextPage)
}

// ordered adds order and start of a list: both starts, if somebody gives both.
func ordered(q s1.Query, column string, order s1.SortOrder, offset *Offset, cursor string) s1.Query {
	if column != "" {
		q = q.With("sortBy", column)
	}
	if order != "" || column != "" {
		q = q.With("sortOrder", firstNonEmpty(string(order), string(s1.Ascending)))
	}
	if cursor != "" {
		q = q.With("cursor", cursor)
	}
	if offset != nil && *offset > 0 {
		q = q.With("skip", marshalText(*offset))
	}
	return q
}

func marshalText(v any) string { return string(marshal(v)) }

func getSites() *Command {
	return define(Command{
		Name: "get-sites", Title: "Get Sites", Area: "sites", Aliases: []string{"sites"}, Main: "query",
		Risk: Read, Needs: "Site › View", Repeatable: true,
		Doc:      "Lists sites with their account, state and licenses.",
		Examples: []string{"sites Paris", `get-sites state=Active sort-by="Created At" direction=Descending limit=100`},
	}, func(ctx context.Context, call *Call, p getSitesParams) (render.Card, error) {
		rows := listing[s1.Site]{
			noun: "Sites", things: "sites", page: call.Console.SitesPage, table: render.SiteTable,
			raw: func(s s1.Site) json.RawMessage { return s.Raw },
			more: []column[s1.Site]{
				{"Account id", func(s s1.Site) string { return string(s.AccountID) }},
				{"Suite", func(s s1.Site) string { return s.Suite }},
				{"Description", func(s s1.Site) string { return s.Description }},
			},
			empty: "The search covers name, account and description; try a part of one, or leave the state out.",
		}
		return rows.show(ctx, call, p.query(), limitOf(p.Limit, s1.Filter{}))
	})
}
