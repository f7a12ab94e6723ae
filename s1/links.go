package s1

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
)

// The pages of the console's web interface, as public integrations link to them. They stand here alone, should they change.

// ConsoleHost returns the console's host name, with a port if it has one: the only host that cards link to.
func (c *Client) ConsoleHost() string { return c.t.Host() }

// ConsoleURL returns the console's start page.
func (c *Client) ConsoleURL() string { return c.t.Address() + "/" }

// ThreatURL returns the page of a threat; "" for an id that is none.
func (c *Client) ThreatURL(id ThreatID) string {
	if !id.Valid() {
		return ""
	}
	return c.t.Address() + "/incidents/threats/" + string(id) + "/overview"
}

// AgentURL returns the list of endpoints, narrowed down to one; "" for an id that is none. There is no page of its own.
func (c *Client) AgentURL(id AgentID) string {
	if !id.Valid() {
		return ""
	}
	return c.t.Address() + "/sentinels/devices?page=1&filter=" + url.QueryEscape(`{"ids":"`+string(id)+`"}`)
}

// AgentAt returns the endpoint that an address made by AgentURL leads to; "" for any other address.
func (c *Client) AgentAt(address string) AgentID {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	var filter struct {
		IDs string `json:"ids"`
	}
	if json.Unmarshal([]byte(u.Query().Get("filter")), &filter) != nil || !strings.EqualFold(c.AgentURL(AgentID(filter.IDs)), address) {
		return "" // also where the id is none
	}
	return AgentID(filter.IDs)
}

// AlertURL returns the page of an alert; "" for an id that is none.
func (c *Client) AlertURL(id AlertID) string {
	if !id.Valid() {
		return ""
	}
	return c.t.Address() + "/incidents/unified-alerts?alertId=" + string(id)
}

// unifiedForm is what the id of a unified alert can be in an address.
var unifiedForm = regexp.MustCompile(`^[0-9A-Za-z._:-]{1,100}$`)

// UnifiedURL returns the page of a unified alert; "" for an id that is none.
func (c *Client) UnifiedURL(id string) string {
	if !unifiedForm.MatchString(id) {
		return ""
	}
	return c.t.Address() + "/incidents/unified-alerts?alertId=" + url.QueryEscape(id)
}

// RulesURL returns the page of the custom detection rules, narrowed down to one. There is no page of its own; this one and the
// two below are built like that of the endpoints.
func (c *Client) RulesURL(id RuleID) string {
	return c.narrowed("/sentinels/star-custom-rules", string(id))
}

// ExclusionsURL returns the page of the exclusions, narrowed down to one.
func (c *Client) ExclusionsURL(id ExclusionID) string {
	return c.narrowed("/sentinels/exclusions", string(id))
}

// BlocklistURL returns the page of the blocklist, narrowed down to one item.
func (c *Client) BlocklistURL(id BlocklistID) string {
	return c.narrowed("/sentinels/blocklist", string(id))
}

func (c *Client) narrowed(page, id string) string {
	if !ValidID(id) {
		return ""
	}
	return c.t.Address() + page + "?page=1&filter=" + url.QueryEscape(`{"ids":"`+id+`"}`)
}
