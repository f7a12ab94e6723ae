package protection

import (
	"slices"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Rules of the firewall can be made and listed; nothing changes or deletes one here, as no command
// does.
func firewallRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/firewall-control", Handle: wire.On(c, listFirewallRules)},
		{Method: "POST", Path: "/firewall-control", Handle: wire.On(c, createFirewallRule)},
	}
}

// listFirewallRules wants to be asked for something: one of these has to be there, by the API
// document (the words are made up).
func listFirewallRules(c *Controls, q *wire.Request) (any, error) {
	for _, key := range []string{"actions", "statuses", "osTypes", "name", "accountIds", "siteIds", "groupIds", "tenant"} {
		if q.Query.Get(key) != "" {
			return firewallList(c).Handle(q)
		}
	}
	return nil, wire.Invalid("At least one of actions, statuses, osTypes, name or a scope must be supplied.")
}

// firewallList has the keys of the API document.
func firewallList(c *Controls) store.Listing {
	in := func(level string) func(wire.Object) []any {
		return func(o wire.Object) []any {
			if wire.Text(o, "scope") != level {
				return nil
			}
			return wire.At(o, "scopeId")
		}
	}
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &c.firewall },
		Keys: func() keys.Table {
			return keys.Of(slices.Concat(
				keys.Derived(keys.Scope("accountIds", "")[0], in("account")), keys.Derived(keys.Scope("siteIds", "")[0], in("site")),
				keys.Derived(keys.Scope("groupIds", "")[0], in("group")), keys.Legal("tenant", keys.Boolean), keys.IDs("ids", "id"),
				keys.Just("name", "name"), keys.Contains(10, "name", "name"), keys.OneOf("scopes", "scope", "global", "account", "site", "group"),
				keys.OneOf("actions", "action", "Allow", "Block"), keys.OneOf("statuses", "status", "Enabled", "Disabled"),
				keys.OneOf("directions", "direction", "any", "inbound", "outbound"), keys.OneOf("osTypes", "osTypes", filterkeys.OsTypes...), keys.Search("query", "name", "tag", "application", "protocol"),
				keys.OneOf("protocols", "protocol"), keys.Contains(keys.Most, "protocol", "protocol"), keys.Span(keys.Moment, "createdAt", "createdAt", "lt lte gt gte between"),
				keys.IDs("tagIds", "tagIds"), keys.Legal("locationIds", keys.Ident), keys.Legal("applications", keys.Textual), keys.Legal("application__contains", keys.Textual),
				keys.Legal("service__contains", keys.Textual), keys.Legal("tagName__contains", keys.Textual), keys.Legal("disablePagination", keys.Boolean),
			))
		},
		Sorts: store.SortsBy("id name action status order"), Order: "order",
	}
}

// createFirewallRule makes a rule; the answer is an object. Several scopes in one filter would make
// one rule in each (inferred); the answer stays a single object, and here the first scope alone
// gets it. remoteHost, osType and tag are deprecated and legal.
func createFirewallRule(c *Controls, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, err := keys.DataOf(body)
	if err != nil {
		return nil, err
	}
	hosts := keys.Need("remoteHosts", keys.Free)
	hosts.Required = false
	if err := keys.Check(d, "data", []keys.Member{
		keys.Need("name", keys.Textual).UpTo(200), keys.Need("action", keys.Textual, "Allow", "Block"), keys.Need("status", keys.Textual, "Enabled", "Disabled"),
		keys.May("osTypes", keys.Textual, filterkeys.OsTypes...).Several(), hosts, keys.May("description", keys.Textual), keys.May("direction", keys.Textual, "any", "inbound", "outbound"),
		keys.May("localHost", keys.Free), keys.May("localPort", keys.Free), keys.May("remotePort", keys.Free), keys.May("protocol", keys.Textual), keys.May("application", keys.Free), keys.May("location", keys.Free), keys.May("tagIds", keys.Ident).Several(),
		keys.May("osType", keys.Textual, "macos", "windows", "windows_legacy", "linux"), keys.May("remoteHost", keys.Free), keys.May("tag", keys.Textual),
	}); err != nil {
		return nil, err
	}
	if err := checkHosts(d); err != nil {
		return nil, err
	}
	places, err := c.world.PlacesOf(body)
	if err != nil {
		return nil, err
	}
	id := c.world.NewID(q.Now)
	o := wire.Object{
		"id": id, "direction": "any", "osTypes": wire.List("windows"), "remoteHosts": []any{}, "description": nil, "scope": places[0].Level,
		"scopeId": wire.OrNil(places[0].Id), "order": len(c.firewall.Rows) + 1, "editable": true, "ruleCategory": "firewall", "creator": world.ApiUser,
		"createdAt": wire.Stamp(q.Now), "updatedAt": wire.Stamp(q.Now),
	}
	for k, v := range d {
		o[k] = v
	}
	c.firewall.Put(id, o)
	return wire.Data(o), nil
}

// checkHosts refuses hosts of an unknown form. "any", and no host at all, are legal with Block, and
// then stop all traffic: it is for the caller to send neither.
func checkHosts(d wire.Object) error {
	list, ok := d["remoteHosts"].([]any)
	if !ok && d["remoteHosts"] != nil {
		return wire.Invalid("data: remoteHosts: Not a valid list.")
	}
	for _, v := range list {
		host, _ := v.(wire.Object)
		if err := keys.Check(host, "data: remoteHosts: 0", []keys.Member{keys.Need("type", keys.Textual, "any", "cidr", "range", "addresses", "fqdn"), keys.May("values", keys.Textual).Several()}); err != nil {
			return err
		}
	}
	return nil
}
