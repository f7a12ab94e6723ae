package s1

import (
	"context"
	"encoding/json"
	"iter"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// An Activity is an entry of the console's log of what people, agents and the console did. The
// top-level strings are null in many rows; ids inside Data can be JSON numbers, unlike everywhere
// else.
type Activity struct {
	Row
	ID                   ActivityID      `json:"id"`
	UUID                 string          `json:"activityUuid"`
	Type                 int             `json:"activityType"`
	PrimaryDescription   string          `json:"primaryDescription"`
	SecondaryDescription string          `json:"secondaryDescription"`
	Description          string          `json:"description"`
	Comments             string          `json:"comments"`
	Hash                 string          `json:"hash"`
	OSFamily             string          `json:"osFamily"`
	AgentID              AgentID         `json:"agentId"`
	ThreatID             ThreatID        `json:"threatId"`
	UserID               string          `json:"userId"`
	AccountID            AccountID       `json:"accountId"`
	AccountName          string          `json:"accountName"`
	SiteID               SiteID          `json:"siteId"`
	SiteName             string          `json:"siteName"`
	GroupID              GroupID         `json:"groupId"`
	GroupName            string          `json:"groupName"`
	Data                 json.RawMessage `json:"data"` // depends on Type; without its secrets, as Raw
	CreatedAt            Time            `json:"createdAt"`
	UpdatedAt            Time            `json:"updatedAt"`
}

// Keep takes the secrets out of Data as well, which holds download addresses.
func (a *Activity) Keep(raw json.RawMessage) {
	a.Row.Keep(raw)
	a.Data = wire.Redact(a.Data)
}

func (c *Client) activities() pages.List[Activity] {
	return pages.List[Activity]{Client: c.t, Call: transport.Call{Operation: "list activities", Method: http.MethodGet, Route: "activities", Permission: "Activity Page.view"}}
}

// ActivitiesPage returns one page of the activities that match q.
func (c *Client) ActivitiesPage(ctx context.Context, q Query) (Page[Activity], error) {
	return c.activities().Page(ctx, q)
}

// Activities goes through all activities that match q, page by page. Without a filter that is the whole log: use Take.
func (c *Client) Activities(ctx context.Context, q Query) iter.Seq2[Activity, error] {
	return c.activities().All(ctx, q)
}
