package world

import (
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
			return keys.Of(keys.IDs("ids", "id"), keys.Just("email", "email"), keys.Just("fullName", "fullName"), keys.Search("query", "fullName", "email"))
		},
		Sorts: store.SortsBy("id fullName email"), Order: "fullName",
	}
}
