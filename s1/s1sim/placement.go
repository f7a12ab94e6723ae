package s1sim

import (
	"net/url"
	"slices"
	"strings"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// A reach is one scope: the tenant, an account, a site or a group.
type reach struct{ level, id string }

// levels are the scopes from the top, with the key that names each in bodies and queries.
var levels = []struct{ level, Key string }{{"account", "accountIds"}, {"site", "siteIds"}, {"group", "groupIds"}}

var global = reach{"global", ""}

// placesOf reads the filter of a body that makes something: one or several scopes, or tenant: true. An empty one is refused, for a
// token could not mean more than its own scope by it; that the refusal is a 403 is inferred.
func (c *Console) placesOf(body wire.Object) ([]reach, error) {
	v, ok := body["filter"]
	if !ok {
		return nil, wire.Invalid("filter: Missing data for required field.")
	}
	f, ok := v.(wire.Object)
	if !ok {
		return nil, wire.Invalid("filter: Invalid input type.")
	}
	legal := []keys.Member{keys.May("tenant", keys.Boolean)}
	for _, l := range levels {
		m := keys.May(l.Key, keys.Ident).Several()
		m.Min, m.Max = 1, 500
		legal = append(legal, m)
	}
	if err := keys.Check(f, "filter", legal); err != nil {
		return nil, err
	}
	var places []reach
	for _, l := range levels {
		for _, id := range wire.At(f, l.Key) {
			p := reach{l.level, wire.Plain(id)}
			if c.named(p) == "" {
				return nil, outOfScope()
			}
			places = append(places, p)
		}
	}
	switch {
	case wire.Flag(f, "tenant"):
		return []reach{global}, nil
	case len(places) == 0:
		return nil, outOfScope()
	}
	return places, nil
}

// outOfScope is what live consoles say of scopes that a token does not have.
func outOfScope() error {
	return &wire.Error{Status: 403, Title: "Insufficient permissions", Detail: "Filter args is not compatible with user scope"}
}

// named is the name of a scope, "" if there is none.
func (c *Console) named(p reach) string {
	switch p.level {
	case "global":
		return "Global"
	case "account":
		return wire.Text(c.accounts.Get(p.id), "name")
	case "site":
		return wire.Text(c.sites.Get(p.id), "name")
	}
	return wire.Text(c.groups.Get(p.id), "name")
}

// above is the scope that a scope is in.
func (c *Console) above(p reach) reach {
	switch p.level {
	case "group":
		return reach{"site", wire.Text(c.groups.Get(p.id), "siteId")}
	case "site":
		return reach{"account", wire.Text(c.sites.Get(p.id), "accountId")}
	}
	return global
}

// within tells whether a scope is another one or lies below it.
func (c *Console) within(p, in reach) bool {
	for p != in && p != global {
		p = c.above(p)
	}
	return p == in
}

// scopeObject is how answers tell a scope: {"siteIds": ["…"]}, or {"tenant": true}.
func (p reach) scopeObject() wire.Object {
	for _, l := range levels {
		if l.level == p.level {
			return wire.Object{l.Key: wire.List(p.id)}
		}
	}
	return wire.Object{"tenant": true}
}

// placeOfItem reads what scopeObject wrote.
func placeOfItem(o wire.Object) reach {
	for _, l := range levels {
		if id := wire.Text(o, "scope."+l.Key); id != "" {
			return reach{l.level, id}
		}
	}
	return global
}

// scopePath is the names from the top: Global\Example Corp\Paris.
func (c *Console) scopePath(p reach) string {
	var names []string
	for ; p != global; p = c.above(p) {
		names = append(names, c.named(p))
	}
	names = append(names, "Global")
	slices.Reverse(names)
	return strings.Join(names, `\`)
}

// inScope returns the items of the scopes that a query names: of these very scopes, of those above with includeParents, of
// those below with includeChildren. None named is the token's own scope, which is the tenant here.
func (c *Console) inScope(l *store.Collection, q url.Values) *store.Collection {
	var wanted []reach
	for _, level := range levels {
		for id := range strings.SplitSeq(q.Get(level.Key), ",") {
			if id != "" {
				wanted = append(wanted, reach{level.level, id})
			}
		}
	}
	if len(wanted) == 0 {
		wanted = []reach{global}
	}
	parents, children := q.Get("includeParents") == "true", q.Get("includeChildren") == "true"
	return &store.Collection{Rows: l.Where(func(o wire.Object) bool {
		at := placeOfItem(o)
		return slices.ContainsFunc(wanted, func(w reach) bool {
			return at == w || parents && c.within(w, at) || children && c.within(at, w)
		})
	})}
}

// placeKeys are the query parameters of inScope, which looks at them itself.
func placeKeys() []keys.Key {
	out := slices.Concat(keys.Legal("tenant", keys.Boolean), keys.Legal("includeParents", keys.Boolean), keys.Legal("includeChildren", keys.Boolean), keys.Legal("unified", keys.Boolean))
	for _, l := range levels {
		out = append(out, keys.Key{Name: l.Key, Kind: keys.Ident, List: true, Min: 1, Max: 500})
	}
	return out
}
