package s1sim

import (
	"slices"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

func groupRoutes(c *Console) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/groups", Handle: groupList(c).Handle}}
}

func groupList(c *Console) store.Listing {
	return store.Listing{
		Rows:  func(*wire.Request) *store.Collection { return &c.groups },
		Keys:  func() keys.Table { return groupKeys(c) },
		Sorts: store.SortsBy("id name type rank siteId createdAt updatedAt description"),
		Order: "id",
	}
}

func groupKeys(c *Console) keys.Table {
	accountOf := func(o wire.Object) []any { return wire.At(c.sites.Get(wire.Text(o, "siteId")), "accountId") }
	return keys.Of(slices.Concat(
		keys.Scope("siteIds", "siteId"), keys.Derived(keys.Scope("accountIds", "")[0], accountOf), keys.Scope("groupIds", "id"),
		[]keys.Key{{Name: "id", Kind: keys.Ident, Op: keys.AnyOf, Values: keys.Path("id")}},
		keys.Just("type", "type", groupTypes...), keys.OneOf("types", "type", groupTypes...),
		keys.Search("query", "name", "description"), keys.Just("name", "name"), keys.Just("description", "description"), keys.Count("rank"),
		keys.Yes("isDefault", "isDefault"), keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte"),
		keys.Just("registrationToken", "registrationToken"),
	))
}

func (c *Console) newGroup(site wire.Object, name, kind string) wire.Object {
	created := c.daysAgo(700)
	id := c.newID(created)
	o := wire.Object{
		"id": id, "name": name, "siteId": site["id"], "type": kind, "isDefault": name == defaultGroup, "inherits": true,
		"rank": nil, "filterId": nil, "filterName": nil, "totalAgents": 0, "creator": admin, "creatorId": adminID,
		"description": nil, "registrationToken": registrationToken(id), "createdAt": wire.Stamp(created), "updatedAt": wire.Stamp(created),
	}
	c.groups.Put(id, o)
	return o
}
