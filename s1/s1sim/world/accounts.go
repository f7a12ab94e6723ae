package world

import (
	"slices"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Accounts are read only here. A console answers 403 where the token's scope is a site; to play
// that, fail GET /accounts (see s1sim.Forbidden).
func accountRoutes(w *World) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/accounts", Handle: accountList(w).Handle}}
}

func accountList(w *World) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &w.AccountRows },
		Keys: accountKeys,
		Sorts: store.SortsBy("id name totalLicenses expiration accountType state createdAt updatedAt activeLicenses activeAgents " +
			"numberOfSites usageType billingMode"),
		Order: "id",
	}
}

// accountKeys are the filters of the API document. In the wild a token sees its own accounts alone;
// here it sees the tenant.
func accountKeys() keys.Table {
	return keys.Of(slices.Concat(
		keys.IDs("ids", "id"), keys.IDs("accountIds", "id"), keys.Search("query", "name"), keys.Just("name", "name"), keys.Contains(10, "name", "name"),
		keys.Yes("isDefault", "isDefault"), keys.Just("accountType", "accountType", "Trial", "Paid"), keys.Just("expiration", "expiration"),
		keys.Just("sku", "skus.type"), keys.Just("module", "licenses.modules.name"), keys.OneOf("features", "features"),
		keys.Just("createdAt", "createdAt"), keys.Just("updatedAt", "updatedAt"),
		keys.Just("state", "state", filterkeys.ScopeStates...), keys.OneOfOrNot("states", "state", filterkeys.ScopeStates...),
		keys.Just("usageType", "usageType", "customer", "mssp", "ir"),
		keys.Just("billingMode", "billingMode", "subscription", "consumption"),
		keys.Count("totalLicenses"), keys.Count("activeLicenses"),
	))
}

// newAccount makes an account of a kind that most tests do not look at: paid, without an end. The
// document has activeAgents and no activeLicenses, which sites have.
func (w *places) newAccount(name string) wire.Object {
	created := w.DaysAgo(900)
	o := wire.Object{
		"id": w.NewID(created), "name": name, "accountType": "Paid", "state": "active", "isDefault": false,
		"expiration": nil, "unlimitedExpiration": true, "activeAgents": 0, "totalLicenses": 500,
		"numberOfSites": 0, "usageType": "customer", "billingMode": "subscription", "externalId": nil, "salesforceId": nil,
		"creator": Admin, "creatorId": AdminID, "createdAt": wire.Stamp(created), "updatedAt": wire.Stamp(created),
		"skus":     []any{wire.Object{"type": "Complete", "totalLicenses": 500, "unlimited": false, "agentsInSku": 0}},
		"licenses": noLicenses(),
	}
	w.AccountRows.Put(wire.Text(o, "id"), o)
	return o
}

func noLicenses() wire.Object {
	return wire.Object{"bundles": []any{}, "modules": []any{}, "settings": []any{}}
}
