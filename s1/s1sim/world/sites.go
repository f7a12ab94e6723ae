package world

import (
	"encoding/base64"
	"slices"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// siteRoutes is the list alone; nothing here makes or removes a site but the specs of tests.
func siteRoutes(w *World) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/sites", Handle: wire.On(w, getSites)}}
}

// getSites is the one list whose data is an object: the rows are in data.sites, beside the licence totals of all sites.
func getSites(w *World, q *wire.Request) (any, error) {
	rows, pagination, err := siteList(w).List(q)
	if err != nil {
		return nil, err
	}
	active, total := 0, 0
	for _, r := range w.SiteRows.Rows {
		active += whole(r.Obj["activeLicenses"])
		total += whole(r.Obj["totalLicenses"])
	}
	all := wire.Object{"activeLicenses": active, "totalLicenses": total}
	return wire.Object{"data": wire.Object{"sites": rows, "allSites": all}, "pagination": pagination}, nil
}

// whole is a count of a row that this package wrote: an int. One that came in as JSON, from a
// recording, counts as 0.
func whole(v any) int {
	n, _ := v.(int)
	return n
}

func siteList(w *World) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &w.SiteRows },
		Keys: siteKeys,
		Sorts: store.SortsBy("id name totalLicenses expiration siteType state suite createdAt updatedAt activeLicenses accountName sku " +
			"description usageType"),
		Order: "id",
	}
}

// availableMoveSites restricts nothing here: the token may move endpoints to any site.
func siteKeys() keys.Table {
	return keys.Of(slices.Concat(
		keys.Scope("siteIds", "id"), keys.Scope("accountIds", "accountId"), keys.Just("accountId", "accountId"),
		keys.Search("query", "name", "accountName", "description"), keys.Just("name", "name"), keys.Contains(10, "name", "name"),
		keys.Contains(10, "accountName", "accountName"), keys.Just("description", "description"), keys.Contains(10, "description", "description"),
		keys.Yes("isDefault", "isDefault"), keys.Yes("healthStatus", "healthStatus"), keys.Legal("adminOnly", keys.Boolean),
		keys.Legal("availableMoveSites", keys.Boolean), keys.Just("siteType", "siteType", "Trial", "Paid"), keys.Just("expiration", "expiration"),
		keys.Just("externalId", "externalId"), keys.Just("createdAt", "createdAt"), keys.Just("updatedAt", "updatedAt"),
		keys.Just("state", "state", filterkeys.ScopeStates...), keys.OneOfOrNot("states", "state", filterkeys.ScopeStates...),
		keys.Just("suite", "suite", "Core", "Control", "Complete"), keys.Just("sku", "sku"), keys.Just("module", "licenses.modules.name"),
		keys.OneOf("features", "features"), keys.Just("registrationToken", "registrationToken"),
		keys.Count("totalLicenses"), keys.Count("activeLicenses"),
	))
}

// newSite makes a site and counts it in its account.
func (w *places) newSite(account wire.Object, name string, isDefault bool) wire.Object {
	created := w.DaysAgo(800)
	id := w.NewID(created)
	o := wire.Object{
		"id": id, "name": name, "accountId": account["id"], "accountName": account["name"], "state": "active",
		"siteType": "Paid", "sku": "Complete", "suite": "Complete", "activeLicenses": 0, "totalLicenses": 150,
		"unlimitedLicenses": false, "expiration": nil, "unlimitedExpiration": true, "isDefault": isDefault,
		"healthStatus": true, "description": nil, "externalId": nil, "usageType": "customer", "inheritAccountExpiration": nil,
		"creator": Admin, "creatorId": AdminID, "createdAt": wire.Stamp(created), "updatedAt": wire.Stamp(created),
		"licenses": noLicenses(), "registrationToken": registrationToken(id),
	}
	account["numberOfSites"] = whole(account["numberOfSites"]) + 1
	w.SiteRows.Put(id, o)
	return o
}

// registrationToken looks like the real one, with which anybody can enrol an endpoint: it is here so that tests can prove
// that nobody shows it.
func registrationToken(id string) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"url": "https://console.example.net", "site_key": "g_` + id + `"}`))
}
