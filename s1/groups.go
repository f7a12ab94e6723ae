package s1

import (
	"context"
	"iter"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A Group is a part of a site. Its registration token, which lets machines join, is never kept. A
// dynamic group's members follow from its filter, so nothing can be moved into it.
type Group struct {
	Row
	ID          GroupID `json:"id"`
	Name        string  `json:"name"`
	Description string  `json:"description"`
	SiteID      SiteID  `json:"siteId"`
	Type        string  `json:"type"` // static, dynamic or pinned
	IsDefault   bool    `json:"isDefault"`
	Inherits    bool    `json:"inherits"`
	Rank        int     `json:"rank"`
	FilterID    string  `json:"filterId"`
	FilterName  string  `json:"filterName"`
	TotalAgents int     `json:"totalAgents"`
	Creator     string  `json:"creator"`
	CreatedAt   Time    `json:"createdAt"`
	UpdatedAt   Time    `json:"updatedAt"`
}

// RowKey is what the row is known again by, whatever else it says.
func (g Group) RowKey() string { return string(g.ID) }

func (c *Client) groups() pages.List[Group] {
	return pages.List[Group]{Client: c.t, Call: transport.Call{Operation: "list groups", Method: http.MethodGet, Route: "groups", Permission: "Groups.view"}}
}

// GroupsPage returns one page of the groups that match q. The filter by id is groupIds.
func (c *Client) GroupsPage(ctx context.Context, q Query) (Page[Group], error) {
	return c.groups().Page(ctx, q)
}

// Groups goes through all groups that match q, page by page.
func (c *Client) Groups(ctx context.Context, q Query) iter.Seq2[Group, error] {
	return c.groups().All(ctx, q)
}
