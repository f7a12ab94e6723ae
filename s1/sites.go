package s1

import (
	"context"
	"iter"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A Site is a part of an account. Its registration token, which lets machines join, is never kept.
type Site struct {
	Row
	ID                  SiteID    `json:"id"`
	Name                string    `json:"name"`
	Description         string    `json:"description"`
	AccountID           AccountID `json:"accountId"`
	AccountName         string    `json:"accountName"`
	State               State     `json:"state"`
	SiteType            string    `json:"siteType"`
	SKU                 string    `json:"sku"`
	Suite               string    `json:"suite"`
	ActiveLicenses      int       `json:"activeLicenses"`
	TotalLicenses       int       `json:"totalLicenses"`
	UnlimitedLicenses   bool      `json:"unlimitedLicenses"`
	UnlimitedExpiration bool      `json:"unlimitedExpiration"`
	IsDefault           bool      `json:"isDefault"`
	HealthStatus        bool      `json:"healthStatus"`
	UsageType           string    `json:"usageType"`
	ExternalID          string    `json:"externalId"`
	Creator             string    `json:"creator"`
	Expiration          Time      `json:"expiration"`
	CreatedAt           Time      `json:"createdAt"`
	UpdatedAt           Time      `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (s Site) RowKey() string { return string(s.ID) }

// sites differs from all other lists: data is an object, and its field sites has the rows.
func (c *Client) sites() pages.List[Site] {
	return pages.List[Site]{Client: c.t, Nested: "sites", Call: transport.Call{Operation: "list sites", Method: http.MethodGet, Route: "sites", Permission: "Sites.view"}}
}

// SitesPage returns one page of the sites that match q. The filter by id is siteIds.
func (c *Client) SitesPage(ctx context.Context, q Query) (Page[Site], error) {
	return c.sites().Page(ctx, q)
}

// Sites goes through all sites that match q, page by page.
func (c *Client) Sites(ctx context.Context, q Query) iter.Seq2[Site, error] {
	return c.sites().All(ctx, q)
}
