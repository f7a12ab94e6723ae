package s1sim

import (
	"encoding/base64"
	"slices"
)

func siteRoutes() []route {
	return []route{{method: "GET", path: "/sites", handle: getSites}}
}

// getSites is the one list whose data is an object: the rows are in data.sites, beside the licence totals of all sites.
func getSites(c *Console, q *request) (any, error) {
	rows, pagination, err := siteList().list(c, q)
	if err != nil {
		return nil, err
	}
	active, total := 0, 0
	for _, r := range c.sites.rows {
		active += whole(r.obj["activeLicenses"])
		total += whole(r.obj["totalLicenses"])
	}
	all := object{"activeLicenses": active, "totalLicenses": total}
	return object{"data": object{"sites": rows, "allSites": all}, "pagination": pagination}, nil
}

func whole(v any) int {
	n, _ := v.(int)
	return n
}

func siteList() listing {
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.sites },
		keys: siteKeys,
		sorts: sortsBy("id name totalLicenses expiration siteType state suite createdAt updatedAt activeLicenses accountName sku " +
			"description usageType"),
		order: "id",
	}
}

func siteKeys() keys {
	return table(slices.Concat(
		scope("siteIds", "id"), scope("accountIds", "accountId"), just("accountId", "accountId"),
		search("query", "name", "accountName", "description"), just("name", "name"), contains(10, "name", "name"),
		contains(10, "accountName", "accountName"), just("description", "description"), contains(10, "description", "description"),
		yes("isDefault", "isDefault"), yes("healthStatus", "healthStatus"), legal("adminOnly", boolean),
		legal("availableMoveSites", boolean), just("siteType", "siteType", "Trial", "Paid"), just("expiration", "expiration"),
		just("externalId", "externalId"), just("createdAt", "createdAt"), just("updatedAt", "updatedAt"),
		just("state", "state", scopeStates...), oneOfOrNot("states", "state", scopeStates...),
		just("suite", "suite", "Core", "Control", "Complete"), just("sku", "sku"), just("module", "licenses.modules.name"),
		oneOf("features", "features"), just("registrationToken", "registrationToken"),
		count("totalLicenses"), count("activeLicenses"),
	))
}

func (c *Console) newSite(account object, name string, isDefault bool) object {
	created := c.daysAgo(800)
	id := c.newID(created)
	o := object{
		"id": id, "name": name, "accountId": account["id"], "accountName": account["name"], "state": "active",
		"siteType": "Paid", "sku": "Complete", "suite": "Complete", "activeLicenses": 0, "totalLicenses": 150,
		"unlimitedLicenses": false, "expiration": nil, "unlimitedExpiration": true, "isDefault": isDefault,
		"healthStatus": true, "description": nil, "externalId": nil, "usageType": "customer", "inheritAccountExpiration": nil,
		"creator": admin, "creatorId": adminID, "createdAt": stamp(created), "updatedAt": stamp(created),
		"licenses": noLicenses(), "registrationToken": registrationToken(id),
	}
	account["numberOfSites"] = whole(account["numberOfSites"]) + 1
	c.sites.put(id, o)
	return o
}

// registrationToken looks like the real one, with which anybody can enrol an endpoint: it is here so that tests can prove
// that nobody shows it.
func registrationToken(id string) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"url": "https://console.example.net", "site_key": "g_` + id + `"}`))
}
