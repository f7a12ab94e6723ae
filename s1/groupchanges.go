package s1

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// Group returns one group. It compares the id, for a path with an id that a proxy rewrites would
// otherwise move endpoints into another group.
func (c *Client) Group(ctx context.Context, id GroupID) (Group, error) {
	call := transport.Call{Operation: "get group", Method: http.MethodGet, Route: "groups/{id}", IDs: []string{string(id)}, Permission: "Groups.view"}
	if !id.Valid() {
		return Group{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	group, err := transport.Get[Group](ctx, c.t, call)
	if err == nil && group.ID != id {
		return Group{}, &Error{Operation: call.Operation, Status: http.StatusOK, Message: "The console returned a different group than the one requested."}
	}
	return group, err
}

// A NewGroup is a group to make. Policy is what it does differently from its site, and needed where it does not inherit.
type NewGroup struct {
	Name     string
	Site     SiteID
	Inherits bool
	Policy   json.RawMessage // see PolicyChange; not sent where the group inherits
}

// CreateGroup makes a group of endpoints in a site. Its name must not have < or > in it.
func (c *Client) CreateGroup(ctx context.Context, g NewGroup) (Group, error) {
	call := transport.Call{Operation: "create group", Method: http.MethodPost, Route: "groups", Permission: "Groups.create"}
	data, err := g.data()
	if err != nil {
		return Group{}, transport.Refusal(call.Operation, err)
	}
	call.Body = map[string]any{"data": data}
	return transport.Get[Group](ctx, c.t, call)
}

// siteId goes into data here, and not into a filter.
func (g NewGroup) data() (map[string]any, error) {
	switch {
	case !g.Site.Valid():
		return nil, ErrInvalidID
	case strings.TrimSpace(g.Name) == "" || strings.ContainsAny(g.Name, "<>"):
		return nil, transport.Invalid("create group", "a group name can't be empty or contain < or >")
	}
	data := map[string]any{"name": g.Name, "siteId": g.Site, "inherits": g.Inherits}
	if g.Inherits {
		return data, nil
	}
	policy, err := PolicyChange(g.Policy)
	data["policy"] = policy
	return data, err
}

// DeleteGroup deletes one group. Its endpoints go to dynamic groups that they fit in, or to the
// default group of their site. Some consoles answer with a body, some without.
func (c *Client) DeleteGroup(ctx context.Context, id GroupID) error {
	call := transport.Call{Operation: "delete group", Method: http.MethodDelete, Route: "groups/{id}", IDs: []string{string(id)}, Permission: "Groups.delete"}
	if !id.Valid() {
		return transport.Refusal(call.Operation, ErrInvalidID)
	}
	data, _, err := c.t.Acknowledge(ctx, call)
	if err != nil {
		return err
	}
	var answer struct {
		Success *bool `json:"success"`
	}
	if wire.Decode(data, &answer) == nil && answer.Success != nil && !*answer.Success {
		return &Error{Operation: call.Operation, Status: http.StatusOK, Message: "The console says that it didn't delete the group."}
	}
	return nil
}

// SitePolicy returns the policy that holds for a site and that its groups inherit.
func (c *Client) SitePolicy(ctx context.Context, id SiteID) (Policy, error) {
	call := policyCall(http.MethodGet, "site", "sites/{id}/policy")
	call.IDs = []string{string(id)}
	if !id.Valid() {
		return Policy{}, transport.Refusal(call.Operation, ErrInvalidID)
	}
	return transport.Get[Policy](ctx, c.t, call)
}

// GroupURL returns the list of endpoints, narrowed down to one group; "" for an id that is none.
func (c *Client) GroupURL(id GroupID) string {
	if !id.Valid() {
		return ""
	}
	return c.t.Address() + "/sentinels/devices?page=1&filter=" + url.QueryEscape(`{"groupIds":"`+string(id)+`"}`)
}
