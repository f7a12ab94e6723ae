package s1

import (
	"net/http"

	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// A Scope is where something holds: accounts, sites or groups by id, or the whole tenant. It is a
// part of the bodies that make something, and of what the console tells of exclusions. tenant:true
// stands alone: with ids beside it, what the console does differs by path.
type Scope struct {
	Accounts []AccountID `json:"accountIds,omitempty"`
	Sites    []SiteID    `json:"siteIds,omitempty"`
	Groups   []GroupID   `json:"groupIds,omitempty"`
	Tenant   bool        `json:"tenant,omitempty"`
}

// IsZero tells whether the scope names no place. The console would take that for all that the token may change.
func (s Scope) IsZero() bool {
	return len(s.Accounts)+len(s.Sites)+len(s.Groups) == 0 && !s.Tenant
}

// check refuses a scope that names no place, or one by something that is no id.
func (s Scope) check() error {
	if s.IsZero() {
		return ErrNothingSelected
	}
	for _, ids := range [][]string{texts(s.Accounts), texts(s.Sites), texts(s.Groups)} {
		if len(ids) == 0 {
			continue
		}
		if _, err := wire.Selection(ids); err != nil {
			return err
		}
	}
	return nil
}

// query is the scope as lists take it.
func (s Scope) query() Query {
	q := Query{}.With("accountIds", texts(s.Accounts)...).With("siteIds", texts(s.Sites)...).With("groupIds", texts(s.Groups)...)
	if s.Tenant {
		q = q.With("tenant", "true")
	}
	return q
}

func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// namesNothing is the error of a change whose answer should have named what it made. Unclear, since
// the thing may exist.
func namesNothing(call transport.Call) *Error {
	return &Error{Operation: call.Operation, Status: http.StatusOK, Unclear: true, Message: "The console accepted the call, but its answer doesn't name anything it created."}
}
