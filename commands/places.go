package commands

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"s1bot/s1"
)

// placeParams is where something holds, or is looked for.
type placeParams struct {
	Accounts []s1.AccountID `json:"account-ids,omitzero" help:"Accounts."`
	Sites    []s1.SiteID    `json:"site-ids,omitzero" help:"Sites."`
	Groups   []s1.GroupID   `json:"group-ids,omitzero" help:"Groups."`
}

// levels counts the kinds of place that are named.
func (p placeParams) levels() int {
	n := 0
	for _, named := range []bool{len(p.Accounts) > 0, len(p.Sites) > 0, len(p.Groups) > 0} {
		if named {
			n++
		}
	}
	return n
}

func (p placeParams) scope() s1.Scope {
	return s1.Scope{Accounts: p.Accounts, Sites: p.Sites, Groups: p.Groups, Tenant: p.levels() == 0}
}

// query restricts a list to the places.
func (p placeParams) query(q s1.Query) s1.Query {
	for key, ids := range map[string][]string{
		"accountIds": convert[string](p.Accounts), "siteIds": convert[string](p.Sites), "groupIds": convert[string](p.Groups),
	} {
		if len(ids) > 0 {
			q = q.With(key, ids...)
		}
	}
	return q
}

// tenant is the place that all others are in.
func tenant() Target {
	return Target{Kind: "tenant", ID: "tenant", Name: "The whole tenant", Wide: true, Warnings: []string{"⚠ every endpoint of every account"}}
}

// pin replaces names by ids and returns the places by name; none is the whole tenant.
func (p *placeParams) pin(ctx context.Context, call *Call) ([]Target, error) {
	if p.levels() == 0 {
		return []Target{tenant()}, nil
	}
	accounts, err := pinAll(ctx, call, accountDirectory(), "account-ids", &p.Accounts)
	if err != nil {
		return nil, err
	}
	sites, err := pinAll(ctx, call, siteDirectory(), "site-ids", &p.Sites)
	if err != nil {
		return nil, err
	}
	groups, err := pinAll(ctx, call, groupDirectory(), "group-ids", &p.Groups)
	if err != nil {
		return nil, err
	}
	for i := range sites {
		sites[i].Site = sites[i].Name // rules of who may do what go by the site, which a site is itself
	}
	places := slices.Concat(accounts, sites, groups)
	for i := range places {
		places[i].Wide = true
	}
	return places, nil
}

// pinAll replaces the names among ids, and returns the things by name. An id that the console does not list goes through with a
// warning: a token may use places that it may not list.
func pinAll[T any, ID ~string](ctx context.Context, call *Call, d directory[T], param string, ids *[]ID) ([]Target, error) {
	if len(*ids) == 0 {
		return nil, nil
	}
	found, err := d.find(ctx, call, param, convert[string](*ids))
	if err != nil {
		return nil, err
	}
	*ids = convert[ID](found)
	things, err := d.byID(ctx, call, found)
	if err != nil && !hidden(err) {
		return nil, err
	}
	targets := known(call, d.noun, *ids, things, d.target)
	for i, t := range targets {
		if !slices.ContainsFunc(things, func(thing T) bool { return d.target(call, thing).ID == t.ID }) {
			targets[i].Warnings = append(t.Warnings, "⚠ the console does not list it")
		}
	}
	return targets, nil
}

// hidden tells whether the console refuses to list something, rather than being out of order.
func hidden(err error) bool {
	var refused *s1.Error
	if !errors.As(err, &refused) {
		return false
	}
	return slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, refused.Status)
}

// names lists targets by name.
func names(targets []Target) string {
	c := change{targets: targets}
	return c.names()
}
