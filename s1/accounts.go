package s1

import (
	"context"
	"iter"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// An Account is a customer of the console, the level above sites. A token whose scope is a site may
// not list accounts (403).
type Account struct {
	Row
	ID                  AccountID `json:"id"`
	Name                string    `json:"name"`
	AccountType         string    `json:"accountType"`
	State               State     `json:"state"`
	IsDefault           bool      `json:"isDefault"`
	ActiveAgents        int       `json:"activeAgents"`
	TotalLicenses       int       `json:"totalLicenses"`
	NumberOfSites       int       `json:"numberOfSites"`
	UsageType           string    `json:"usageType"`
	BillingMode         string    `json:"billingMode"`
	ExternalID          string    `json:"externalId"`
	Creator             string    `json:"creator"`
	UnlimitedExpiration bool      `json:"unlimitedExpiration"`
	Expiration          Time      `json:"expiration"`
	CreatedAt           Time      `json:"createdAt"`
	UpdatedAt           Time      `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (a Account) RowKey() string { return string(a.ID) }

func (c *Client) accounts() pages.List[Account] {
	return pages.List[Account]{Client: c.t, Call: transport.Call{Operation: "list accounts", Method: http.MethodGet, Route: "accounts", Permission: "Accounts.view"}}
}

// AccountsPage returns one page of the accounts that match q. The filter by id is accountIds.
func (c *Client) AccountsPage(ctx context.Context, q Query) (Page[Account], error) {
	return c.accounts().Page(ctx, q)
}

// Accounts goes through all accounts that match q, page by page.
func (c *Client) Accounts(ctx context.Context, q Query) iter.Seq2[Account, error] {
	return c.accounts().All(ctx, q)
}
