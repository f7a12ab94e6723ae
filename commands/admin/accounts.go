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

func accountCommands() []*catalog.Command { return []*catalog.Command{listAccounts()} }

// accountSort is the column by which accounts are sorted. The values are the console's own, from
// its document; another one is a 400.
type accountSort string

func (accountSort) Choices() []s1.Choice {
	return []s1.Choice{
		{Value: "createdAt", Label: "Creation Time"}, {Value: "updatedAt", Label: "Update Time"}, {Value: "id", Label: "Account ID"},
		{Value: "name", Label: "Name"}, {Value: "state", Label: "State"}, {Value: "usageType", Label: "Usage Type"},
	}
}

type listAccountsParams struct {
	Accounts  []s1.AccountID  `json:"account-ids,omitzero" help:"Only these accounts."`
	Name      string          `json:"name,omitzero" help:"The name, or part of it."`
	States    []s1.State      `json:"state,omitzero" help:"Only accounts in these states."`
	Limit     *listing.Count  `json:"limit,omitzero" help:"Maximum number of accounts to list; 1000 if empty."`
	Offset    *listing.Offset `json:"offset,omitzero" help:"The number of rows to skip."`
	SortBy    accountSort     `json:"sort-by,omitzero" help:"The column to sort by."`
	Direction s1.SortOrder    `json:"direction,omitzero" help:"Sort direction; ascending if empty."`
	NextPage  string          `json:"next-page,omitzero" help:"The cursor from an earlier list. The More rows button fills it in."`
}

// name__contains goes to the console as it is.
func (p *listAccountsParams) Check() error {
	if p.Name != "" && !catalog.Searchable(p.Name) {
		return catalog.Wrong("name", "the console needs at least two characters to search, and can't search for a comma")
	}
	return nil
}

func (p listAccountsParams) Query() s1.Query {
	q := s1.Query{}
	if len(p.Accounts) > 0 {
		q = q.With("accountIds", catalog.Convert[string](p.Accounts)...)
	}
	if p.Name != "" {
		q = q.With("name__contains", p.Name)
	}
	if len(p.States) > 0 {
		q = q.With("states", catalog.Convert[string](p.States)...)
	}
	return listing.Ordered(q, string(p.SortBy), p.Direction, p.Offset, p.NextPage)
}

// GET /accounts. A token whose scope is a site gets 403 here, whatever its role.
func listAccounts() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "list-accounts", Title: "List Accounts", Area: "accounts", Aliases: []string{"accounts"}, Main: "name",
		Wording: accountsWording(),
		Risk:    catalog.Read, Needs: "Account › View", Repeatable: true,
		Doc:      "Lists accounts with their state, endpoints and licenses.",
		Examples: []string{"accounts", `list-accounts name="D3 Security" state=Active sort-by="Creation Time" direction=Ascending limit=100`},
	}, func(ctx context.Context, call *catalog.Call, p listAccountsParams) (render.Card, error) {
		rows := listing.Listing[s1.Account]{
			Noun: "Accounts", Things: "accounts", Page: call.Console.AccountsPage, Table: cards.AccountTable,
			Raw: func(a s1.Account) json.RawMessage { return a.Raw },
			More: []listing.Column[s1.Account]{
				{Title: "Usage type", Value: func(a s1.Account) string { return a.UsageType }},
				{Title: "Billing mode", Value: func(a s1.Account) string { return a.BillingMode }},
				{Title: "Created by", Value: func(a s1.Account) string { return a.Creator }},
			},
			Empty: "Try part of the name, or leave the state out. A token with site scope sees no accounts.",
		}
		return rows.Show(ctx, call, p.Query(), listing.LimitOf(p.Limit, filters.Filter{}))
	})
}
