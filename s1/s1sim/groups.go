package s1sim

import "slices"

func groupRoutes() []route {
	return []route{{method: "GET", path: "/groups", handle: groupList().handle}}
}

func groupList() listing {
	return listing{
		rows:  func(c *Console, _ *request) *collection { return &c.groups },
		keys:  groupKeys,
		sorts: sortsBy("id name type rank siteId createdAt updatedAt description"),
		order: "id",
	}
}

func groupKeys() keys {
	accountOf := func(c *Console, o object) []any { return at(c.sites.get(text(o, "siteId")), "accountId") }
	return table(slices.Concat(
		scope("siteIds", "siteId"), derived(scope("accountIds", "")[0], accountOf), scope("groupIds", "id"),
		[]key{{name: "id", kind: ident, op: anyOf, values: path("id")}},
		just("type", "type", groupTypes...), oneOf("types", "type", groupTypes...),
		search("query", "name", "description"), just("name", "name"), just("description", "description"), count("rank"),
		yes("isDefault", "isDefault"), span(moment, "updatedAt", "updatedAt", "lt gt lte gte"),
		just("registrationToken", "registrationToken"),
	))
}

func (c *Console) newGroup(site object, name, kind string) object {
	created := c.daysAgo(700)
	id := c.newID(created)
	o := object{
		"id": id, "name": name, "siteId": site["id"], "type": kind, "isDefault": name == defaultGroup, "inherits": true,
		"rank": nil, "filterId": nil, "filterName": nil, "totalAgents": 0, "creator": admin, "creatorId": adminID,
		"description": nil, "registrationToken": registrationToken(id), "createdAt": stamp(created), "updatedAt": stamp(created),
	}
	c.groups.put(id, o)
	return o
}
