package lookup

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/s1"
)

// PlaceParams is where something holds, or is looked for. It is embedded by commands that create or
// list things with a scope. A create command refuses Levels() == 0 itself where the whole tenant is
// not meant to be reached by leaving something out.
type PlaceParams struct {
	Accounts []s1.AccountID `json:"account-ids,omitzero" help:"The accounts it applies to, by name or id."`
	Sites    []s1.SiteID    `json:"site-ids,omitzero" help:"The sites it applies to, by name or id."`
	Groups   []s1.GroupID   `json:"group-ids,omitzero" help:"The groups it applies to, by name or id."`
}

// Levels counts the kinds of place that are named.
func (p PlaceParams) Levels() int {
	n := 0
	for _, named := range []bool{len(p.Accounts) > 0, len(p.Sites) > 0, len(p.Groups) > 0} {
		if named {
			n++
		}
	}
	return n
}

// Scope is the places as the console's filter has them; none at all is the whole tenant, which each
// caller must have meant.
func (p PlaceParams) Scope() s1.Scope {
	return s1.Scope{Accounts: p.Accounts, Sites: p.Sites, Groups: p.Groups, Tenant: p.Levels() == 0}
}

// Query restricts a list to the places.
func (p PlaceParams) Query(q s1.Query) s1.Query {
	for key, ids := range map[string][]string{
		"accountIds": catalog.Convert[string](p.Accounts), "siteIds": catalog.Convert[string](p.Sites), "groupIds": catalog.Convert[string](p.Groups),
	} {
		if len(ids) > 0 {
			q = q.With(key, ids...)
		}
	}
	return q
}

// Pin replaces names by ids and returns the places by name; none is the whole tenant. What a place
// is called goes onto the approver's card and into the policy's matchers; each counts as Wide,
// because everything in it is reached.
func (p *PlaceParams) Pin(ctx context.Context, call *catalog.Call) ([]catalog.Target, error) {
	if p.Levels() == 0 {
		return []catalog.Target{catalog.Tenant()}, nil
	}
	accounts, err := pinAll(ctx, call, AccountDirectory(), "account-ids", &p.Accounts)
	if err != nil {
		return nil, err
	}
	sites, err := pinAll(ctx, call, SiteDirectory(), "site-ids", &p.Sites)
	if err != nil {
		return nil, err
	}
	groups, err := pinAll(ctx, call, GroupDirectory(), "group-ids", &p.Groups)
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

// pinAll replaces the names among ids, and returns the things by name. An id that the console does
// not list goes through with a warning: a token may use places that it may not list. Only the names
// are lost then: a rule that denies a site by name cannot match, so the warning stands on the card.
func pinAll[T any, ID ~string](ctx context.Context, call *catalog.Call, d directory[T], param string, ids *[]ID) ([]catalog.Target, error) {
	if len(*ids) == 0 {
		return nil, nil
	}
	found, err := d.find(ctx, call, param, catalog.Convert[string](*ids))
	if err != nil {
		return nil, err
	}
	*ids = catalog.Convert[ID](found)
	things, err := d.ByID(ctx, call, found)
	if err != nil && !Hidden(err) {
		return nil, err
	}
	targets := change.Known(call, d.noun, *ids, things, d.Target)
	for i, t := range targets {
		if !slices.ContainsFunc(things, func(thing T) bool { return d.Target(call, thing).ID == t.ID }) {
			targets[i].Warnings = append(t.Warnings, "⚠ the console doesn't list it")
		}
	}
	return targets, nil
}

// Hidden tells whether the console refuses to list something, rather than being out of order.
func Hidden(err error) bool {
	var refused *s1.Error
	if !errors.As(err, &refused) {
		return false
	}
	return slices.Contains([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}, refused.Status)
}

// Names lists targets by name.
func Names(targets []catalog.Target) string {
	c := change.Outcome{Targets: targets}
	return c.Names()
}
