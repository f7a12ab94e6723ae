package s1

import (
	"context"
	"net/http"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A User is somebody with an account at the console. An alert can be assigned to them by their id, which has digits alone.
type User struct {
	Row
	ID       string `json:"id"`
	FullName string `json:"fullName"`
	Email    string `json:"email"`
}

// RowKey is what the row is known again by, whatever else it says.
func (u User) RowKey() string { return u.ID }

// UsersPage returns one page of the console's users that match q; "email" is an exact address, "query" a part of a name.
func (c *Client) UsersPage(ctx context.Context, q Query) (Page[User], error) {
	l := pages.List[User]{Client: c.t, Call: transport.Call{Operation: "list users", Method: http.MethodGet, Route: "users", Permission: "Users.view"}}
	return l.Page(ctx, q)
}
