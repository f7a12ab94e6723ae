package s1sim

import (
	"net/url"
	"slices"
	"strings"
)

// A reach is one scope: the tenant, an account, a site or a group.
type reach struct{ level, id string }

// levels are the scopes from the top, with the key that names each in bodies and queries.
var levels = []struct{ level, key string }{{"account", "accountIds"}, {"site", "siteIds"}, {"group", "groupIds"}}

var global = reach{"global", ""}

// placesOf reads the filter of a body that makes something: one or several scopes, or tenant: true. An empty one is refused, for a
// token could not mean more than its own scope by it; that the refusal is a 403 is inferred.
func (c *Console) placesOf(body object) ([]reach, error) {
	v, ok := body["filter"]
	if !ok {
		return nil, invalid("filter: Missing data for required field.")
	}
	f, ok := v.(object)
	if !ok {
		return nil, invalid("filter: Invalid input type.")
	}
	legal := []member{may("tenant", boolean)}
	for _, l := range levels {
		m := may(l.key, ident).several()
		m.min, m.max = 1, 500
		legal = append(legal, m)
	}
	if err := checkMembers(f, "filter", legal); err != nil {
		return nil, err
	}
	var places []reach
	for _, l := range levels {
		for _, id := range at(f, l.key) {
			p := reach{l.level, plain(id)}
			if c.named(p) == "" {
				return nil, outOfScope()
			}
			places = append(places, p)
		}
	}
	switch {
	case flag(f, "tenant"):
		return []reach{global}, nil
	case len(places) == 0:
		return nil, outOfScope()
	}
	return places, nil
}

// outOfScope is what live consoles say of scopes that a token does not have.
func outOfScope() error {
	return &apiError{403, "Insufficient permissions", "Filter args is not compatible with user scope"}
}

// named is the name of a scope, "" if there is none.
func (c *Console) named(p reach) string {
	switch p.level {
	case "global":
		return "Global"
	case "account":
		return text(c.accounts.get(p.id), "name")
	case "site":
		return text(c.sites.get(p.id), "name")
	}
	return text(c.groups.get(p.id), "name")
}

// above is the scope that a scope is in.
func (c *Console) above(p reach) reach {
	switch p.level {
	case "group":
		return reach{"site", text(c.groups.get(p.id), "siteId")}
	case "site":
		return reach{"account", text(c.sites.get(p.id), "accountId")}
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
func (p reach) scopeObject() object {
	for _, l := range levels {
		if l.level == p.level {
			return object{l.key: words(p.id)}
		}
	}
	return object{"tenant": true}
}

// placeOfItem reads what scopeObject wrote.
func placeOfItem(o object) reach {
	for _, l := range levels {
		if id := text(o, "scope."+l.key); id != "" {
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
func (c *Console) inScope(l *collection, q url.Values) *collection {
	var wanted []reach
	for _, level := range levels {
		for id := range strings.SplitSeq(q.Get(level.key), ",") {
			if id != "" {
				wanted = append(wanted, reach{level.level, id})
			}
		}
	}
	if len(wanted) == 0 {
		wanted = []reach{global}
	}
	parents, children := q.Get("includeParents") == "true", q.Get("includeChildren") == "true"
	return &collection{rows: l.where(func(o object) bool {
		at := placeOfItem(o)
		return slices.ContainsFunc(wanted, func(w reach) bool {
			return at == w || parents && c.within(w, at) || children && c.within(at, w)
		})
	})}
}

// placeKeys are the query parameters of inScope, which looks at them itself.
func placeKeys() []key {
	out := slices.Concat(legal("tenant", boolean), legal("includeParents", boolean), legal("includeChildren", boolean), legal("unified", boolean))
	for _, l := range levels {
		out = append(out, key{name: l.key, kind: ident, list: true, min: 1, max: 500})
	}
	return out
}
