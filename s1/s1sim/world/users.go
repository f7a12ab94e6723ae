package world

import (
	"slices"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Users are the people with an account at the console, as alerts are assigned to.
func Users() []wire.Object {
	return []wire.Object{
		{"id": "225494730938490001", "fullName": "Alice Martin", "email": "alice@example.com", "scope": "account", "source": "mgmt", "twoFaEnabled": true},
		{"id": "225494730938490002", "fullName": "Bob Keller", "email": "bob@example.com", "scope": "account", "source": "mgmt", "twoFaEnabled": true},
	}
}

// userRoutes is the list of people, by which whoever assigns a unified alert finds a number for an
// address.
func userRoutes(*World) []wire.Route {
	return []wire.Route{{Method: "GET", Path: "/users", Handle: userList().Handle}}
}

// sources are where the API document says that users come from.
var sources = []string{"mgmt", "sso_saml", "active_directory", "global"}

// ofUsers are keys of the API document for what people here do not have.
func ofUsers() (all []keys.Key) {
	for _, ids := range []string{"siteIds", "accountIds", "roleIds"} {
		all = append(all, keys.Legal(ids, keys.Ident)...)
	}
	for _, yes := range []string{"emailReadOnly", "fullNameReadOnly", "groupsReadOnly", "emailVerified", "canGenerateApiToken", "hasValidApiToken"} {
		all = append(all, keys.Legal(yes, keys.Boolean)...)
	}
	for _, word := range []string{"primaryTwoFaMethod", "twoFaStatus", "twoFaStatuses", "firstLogin", "lastLogin", "dateJoined"} {
		all = append(all, keys.Legal(word, keys.Textual)...)
	}
	for _, time := range []string{"lastActivation", "apiTokenExpiresAt", "createdAt"} {
		all = slices.Concat(all, keys.Span(keys.Moment, time, time, "lt lte gt gte between"))
	}
	return all
}

// userList is read only and the same in every console. A service user is not in it: nobody can
// assign an alert to one (inferred).
func userList() store.Listing {
	rows := &store.Collection{}
	for _, u := range Users() {
		rows.Put(wire.Text(u, "id"), u)
	}
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return rows },
		Keys: func() keys.Table {
			return keys.Of(keys.IDs("ids", "id"), keys.Just("email", "email"), keys.Contains(keys.Most, "email", "email"), keys.Just("fullName", "fullName"),
				keys.Contains(keys.Most, "fullName", "fullName"), keys.Just("source", "source", sources...), keys.OneOf("sources", "source", sources...),
				keys.Yes("twoFaEnabled", "twoFaEnabled"), keys.Search("query", "fullName", "email"), ofUsers())
		},
		Sorts: store.SortsBy(`id createdAt fullName firstLogin lastLogin source email emailVerified dateJoined twoFaEnabled twoFaStatus apiTokenCreatedAt apiTokenExpiresAt
			canGenerateApiToken`), Order: "fullName",
	}
}
