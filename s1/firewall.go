package s1

import (
	"context"
	"net/http"
	"slices"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A FirewallRule is a rule of the console's firewall control.
type FirewallRule struct {
	Row
	ID          string       `json:"id"`
	Name        string       `json:"name"`
	Action      string       `json:"action"`
	Status      string       `json:"status"`
	Direction   string       `json:"direction"`
	OSTypes     []OSType     `json:"osTypes"`
	RemoteHosts []RemoteHost `json:"remoteHosts"`
	Scope       string       `json:"scope"`
	ScopeID     string       `json:"scopeId"`
	Order       int          `json:"order"`
	CreatedAt   Time         `json:"createdAt"`
}

// A RemoteHost is what a firewall rule is about.
type RemoteHost struct {
	Type   RemoteHostType `json:"type"`
	Values []string       `json:"values"`
}

// RemoteHostType says what the values of a RemoteHost are. The wire also has "any", which blocks all traffic and is left out.
type RemoteHostType string

// The types.
const (
	HostAddresses RemoteHostType = "addresses"
	HostCIDR      RemoteHostType = "cidr"
	HostRange     RemoteHostType = "range"
	HostFQDN      RemoteHostType = "fqdn"
)

// Choices lists the types.
func (RemoteHostType) Choices() []Choice {
	return []Choice{{Value: "addresses", Label: "Addresses"}, {Value: "cidr", Label: "CIDR"}, {Value: "range", Label: "Range"}, {Value: "fqdn", Label: "FQDN"}}
}

// Label is the type as people read it.
func (t RemoteHostType) Label() string { return wire.Label(t) }

// UnmarshalText understands every spelling of the console's and keeps unknown ones.
func (t *RemoteHostType) UnmarshalText(text []byte) error { return wire.Lenient(t, text) }

// FirewallStatus says whether a firewall rule works.
type FirewallStatus string

// Choices lists the statuses.
func (FirewallStatus) Choices() []Choice { return wire.Same("Enabled", "Disabled") }

// Label is the status as people read it.
func (s FirewallStatus) Label() string { return wire.Label(s) }

// BlockSettings are what makes a firewall rule that blocks remote hosts. remoteHost, osType and
// tag, which older documents have, are deprecated for these.
type BlockSettings struct {
	Name        string         `json:"name"`
	Status      FirewallStatus `json:"status"`
	Action      string         `json:"action"` // set by BlockRemoteHosts
	OSTypes     []OSType       `json:"osTypes"`
	RemoteHosts []RemoteHost   `json:"remoteHosts"`
	Description string         `json:"description,omitempty"`
}

// BlockRemoteHosts makes a firewall rule. One that names no host would block all traffic of all
// endpoints and is refused. The answer is one object even where the scope names several places.
func (c *Client) BlockRemoteHosts(ctx context.Context, in Scope, settings BlockSettings) (FirewallRule, error) {
	call := transport.Call{Operation: "block remote hosts", Method: http.MethodPost, Route: "firewall-control", Permission: "Firewall Control.manageRulesAndTags"}
	if err := in.check(); err != nil {
		return FirewallRule{}, transport.Refusal(call.Operation, err)
	}
	vague := func(h RemoteHost) bool {
		return len(h.Values) == 0 || !wire.ValidChoice(h.Type) || slices.Contains(h.Values, "")
	}
	if len(settings.RemoteHosts) == 0 || slices.ContainsFunc(settings.RemoteHosts, vague) {
		return FirewallRule{}, transport.Invalid(call.Operation, "a block rule must name the hosts that it blocks")
	}
	settings.Action = "Block"
	call.Body = map[string]any{"data": settings, "filter": in}
	rules, err := pages.Made[FirewallRule](ctx, c.t, call)
	if err == nil && len(rules) == 0 {
		err = namesNothing(call)
	}
	if err != nil {
		return FirewallRule{}, err
	}
	return rules[0], nil
}

func (c *Client) firewallRules() pages.List[FirewallRule] {
	return pages.List[FirewallRule]{Client: c.t, Call: transport.Call{Operation: "list firewall rules", Method: http.MethodGet, Route: "firewall-control", Permission: "Firewall Control.view"}}
}

// FirewallRulesPage returns one page of the rules that match q. The console wants at least one of actions, statuses, osTypes, name and a place
// (API document); where q has none, rules of either status are asked for, which are all.
func (c *Client) FirewallRulesPage(ctx context.Context, q Query) (Page[FirewallRule], error) {
	if !slices.ContainsFunc([]string{"actions", "statuses", "osTypes", "name", "accountIds", "siteIds", "groupIds", "tenant"}, func(key string) bool { return q.Get(key) != "" }) {
		q = q.With("statuses", "Enabled", "Disabled")
	}
	return c.firewallRules().Page(ctx, q)
}

// FirewallRulesByID returns the rules with the given ids that the console shows in the scope in which they were made; ids that it does not
// show are missing from the result.
func (c *Client) FirewallRulesByID(ctx context.Context, in Scope, ids []string) ([]FirewallRule, error) {
	list := c.firewallRules()
	wanted, err := wire.Selection(ids)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return nil, transport.Refusal(list.Operation, err)
	}
	return pages.RowsByID(ctx, list, "ids", wanted, in.query(), func(r FirewallRule) string { return r.ID })
}
