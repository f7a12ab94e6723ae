package s1

import (
	"context"
	"net/http"
)

// A Scope is where something holds: accounts, sites or groups by id, or the whole tenant. It is a part of the bodies that make
// something, and of what the console tells of exclusions.
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
		if _, err := selection(ids); err != nil {
			return err
		}
	}
	return nil
}

func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}

// Everywhere returns a copy of q that asks for exclusions and blocklist items of scopes above and below, too. Without it the
// console tells those of the very scope that q names, or of the token's own.
func (q Query) Everywhere() Query {
	return q.With("includeChildren", "true").With("includeParents", "true")
}

// made sends a change that is answered with what it made or changed: a list, or the thing alone.
func made[T any](ctx context.Context, c *Client, call call) ([]T, error) {
	body, err := c.do(ctx, call)
	if err != nil {
		return nil, err
	}
	page, err := readPage[T](body, "")
	if err == nil {
		c.noteSaid(ctx, call, page.said)
		c.noteLost(ctx, call, page.lost)
		return page.Items, nil
	}
	e, err := open(body)
	var item T
	if err == nil {
		err = readItem(e.Data, &item)
	}
	if err != nil {
		return nil, c.nonsense(call, body, err)
	}
	c.noteSaid(ctx, call, e.remark)
	return []T{item}, nil
}

// namesNothing is the error of a change whose answer should have named what it made.
func namesNothing(call call) *Error {
	return &Error{Operation: call.operation, Status: http.StatusOK, unknown: true, Message: "The console accepted the call, but its answer names nothing that it created."}
}

// dataIDs is the body of deletions that take no filter: {"data":{"ids":[…],"type":…}}.
type dataIDs struct {
	IDs  []string `json:"ids"`
	Type string   `json:"type,omitempty"`
}

// deleteByID deletes what the ids name, which must be of one type if the console is told one.
func deleteByID[T ~string](ctx context.Context, c *Client, call call, ids []T, kind string) (ActionResult, error) {
	selected, err := selection(ids)
	if err != nil {
		return ActionResult{}, refusal(call.operation, err)
	}
	call.method, call.body = http.MethodDelete, map[string]dataIDs{"data": {selected, kind}}
	return affect(ctx, c, call)
}
