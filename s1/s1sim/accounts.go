package s1sim

import "slices"

func accountRoutes() []route {
	return []route{{method: "GET", path: "/accounts", handle: accountList().handle}}
}

func accountList() listing {
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.accounts },
		keys: accountKeys,
		sorts: sortsBy("id name totalLicenses expiration accountType state createdAt updatedAt activeLicenses activeAgents " +
			"numberOfSites usageType billingMode"),
		order: "id",
	}
}

func accountKeys() keys {
	return table(slices.Concat(
		ids("ids", "id"), ids("accountIds", "id"), search("query", "name"), just("name", "name"), contains(10, "name", "name"),
		yes("isDefault", "isDefault"), just("accountType", "accountType", "Trial", "Paid"), just("expiration", "expiration"),
		just("sku", "skus.type"), just("module", "licenses.modules.name"), oneOf("features", "features"),
		just("createdAt", "createdAt"), just("updatedAt", "updatedAt"),
		just("state", "state", scopeStates...), oneOfOrNot("states", "state", scopeStates...),
		just("usageType", "usageType", "customer", "mssp", "ir"),
		just("billingMode", "billingMode", "subscription", "consumption"),
		count("totalLicenses"), count("activeLicenses"),
	))
}

// count is a single number that must be the object's.
func count(name string) []key {
	return []key{{name: name, kind: integer, op: anyOf, values: path(name)}}
}

func (c *Console) newAccount(name string) object {
	created := c.daysAgo(900)
	o := object{
		"id": c.newID(created), "name": name, "accountType": "Paid", "state": "active", "isDefault": false,
		"expiration": nil, "unlimitedExpiration": true, "activeAgents": 0, "activeLicenses": 0, "totalLicenses": 500,
		"numberOfSites": 0, "usageType": "customer", "billingMode": "subscription", "externalId": nil, "salesforceId": nil,
		"creator": admin, "creatorId": adminID, "createdAt": stamp(created), "updatedAt": stamp(created),
		"skus":     []any{object{"type": "Complete", "totalLicenses": 500, "unlimited": false, "agentsInSku": 0}},
		"licenses": noLicenses(),
	}
	c.accounts.put(text(o, "id"), o)
	return o
}

func noLicenses() object {
	return object{"bundles": []any{}, "modules": []any{}, "settings": []any{}}
}
