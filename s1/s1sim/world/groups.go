package world

import (
	"slices"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// groupRoutes is the list; one group, and what changes it, are in groupchanges.go.
func groupRoutes(w *World) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/groups", Handle: groupList(w).Handle}}
}

func groupList(w *World) store.Listing {
	return store.Listing{
		Rows:  func(*wire.Request) *store.Collection { return &w.GroupRows },
		Keys:  func() keys.Table { return groupKeys(w) },
		Sorts: store.SortsBy("id name type rank siteId createdAt updatedAt description"),
		Order: "id",
	}
}

// Groups carry no account of their own: accountIds goes by the group's site. The console's own
// pages call a static group "Manual".
func groupKeys(w *World) keys.Table {
	accountOf := func(o wire.Object) []any { return wire.At(w.SiteRows.Get(wire.Text(o, "siteId")), "accountId") }
	return keys.Of(slices.Concat(
		keys.Scope("siteIds", "siteId"), keys.Derived(keys.Scope("accountIds", "")[0], accountOf), keys.Scope("groupIds", "id"),
		[]keys.Key{{Name: "id", Kind: keys.Ident, Op: keys.AnyOf, Values: keys.Path("id")}},
		keys.Just("type", "type", filterkeys.GroupTypes...), keys.OneOf("types", "type", filterkeys.GroupTypes...),
		keys.Search("query", "name", "description"), keys.Just("name", "name"), keys.Just("description", "description"), keys.Count("rank"),
		keys.Yes("isDefault", "isDefault"), keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte"),
		keys.Just("registrationToken", "registrationToken"),
	))
}

// newGroup makes a group that inherits its policy. The one that bears the default's name is the
// default: each site has one, and agents go there that belong nowhere else.
func (w *places) newGroup(site wire.Object, name, kind string) wire.Object {
	created := w.DaysAgo(700)
	id := w.NewID(created)
	o := wire.Object{
		"id": id, "name": name, "siteId": site["id"], "type": kind, "isDefault": name == defaultGroup, "inherits": true,
		"rank": nil, "filterId": nil, "filterName": nil, "totalAgents": 0, "creator": Admin, "creatorId": AdminID,
		"description": nil, "registrationToken": registrationToken(id), "createdAt": wire.Stamp(created), "updatedAt": wire.Stamp(created),
	}
	w.GroupRows.Put(id, o)
	return o
}
