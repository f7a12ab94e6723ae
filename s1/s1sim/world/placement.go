package world

import (
	"net/url"
	"slices"
	"strings"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// A Reach is one scope: the tenant, an account, a site or a group.
type Reach struct{ Level, Id string }

// levels are the scopes from the top, with the key that names each in bodies and queries.
var levels = []struct{ level, Key string }{{"account", "accountIds"}, {"site", "siteIds"}, {"group", "groupIds"}}

var Global = Reach{"global", ""}

// PlacesOf reads the filter of a body that makes something: one or several scopes, or tenant: true.
// An empty one is refused, for a token could not mean more than its own scope by it; that the
// refusal is a 403 is inferred. A scope that does not exist is refused like one out of reach. The
// document allows 500 ids at most, and no empty list.
func (w *places) PlacesOf(body wire.Object) ([]Reach, error) {
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
	var places []Reach
	for _, l := range levels {
		for _, id := range wire.At(f, l.Key) {
			p := Reach{l.level, wire.Plain(id)}
			if w.Named(p) == "" {
				return nil, outOfScope()
			}
			places = append(places, p)
		}
	}
	switch {
	case wire.Flag(f, "tenant"):
		return []Reach{Global}, nil
	case len(places) == 0:
		return nil, outOfScope()
	}
	return places, nil
}

// outOfScope is what live consoles say of scopes that a token does not have.
func outOfScope() error {
	return &wire.Error{Status: 403, Title: "Insufficient permissions", Detail: "Filter args is not compatible with user scope"}
}

// Named is the name of a scope, "" if there is none. An unknown scope is refused by whoever asks.
func (w *places) Named(p Reach) string {
	switch p.Level {
	case "global":
		return "Global"
	case "account":
		return wire.Text(w.AccountRows.Get(p.Id), "name")
	case "site":
		return wire.Text(w.SiteRows.Get(p.Id), "name")
	}
	return wire.Text(w.GroupRows.Get(p.Id), "name")
}

// Above is the scope that a scope is in.
func (w *places) Above(p Reach) Reach {
	switch p.Level {
	case "group":
		return Reach{"site", wire.Text(w.GroupRows.Get(p.Id), "siteId")}
	case "site":
		return Reach{"account", wire.Text(w.SiteRows.Get(p.Id), "accountId")}
	}
	return Global
}

// within tells whether a scope is another one or lies below it.
func (w *places) within(p, in Reach) bool {
	for p != in && p != Global {
		p = w.Above(p)
	}
	return p == in
}

// ScopeObject is how answers tell a scope: {"siteIds": ["…"]}, or {"tenant": true}.
func (p Reach) ScopeObject() wire.Object {
	for _, l := range levels {
		if l.level == p.Level {
			return wire.Object{l.Key: wire.List(p.Id)}
		}
	}
	return wire.Object{"tenant": true}
}

// PlaceOfItem reads what ScopeObject wrote.
func PlaceOfItem(o wire.Object) Reach {
	for _, l := range levels {
		if id := wire.Text(o, "scope."+l.Key); id != "" {
			return Reach{l.level, id}
		}
	}
	return Global
}

// ScopePath is the names from the top: Global\Example Corp\Paris.
func (w *places) ScopePath(p Reach) string {
	var names []string
	for ; p != Global; p = w.Above(p) {
		names = append(names, w.Named(p))
	}
	names = append(names, "Global")
	slices.Reverse(names)
	return strings.Join(names, `\`)
}

// InScope returns the items of the scopes that a query names: of these very scopes, of those above with includeParents, of
// those below with includeChildren. None named is the token's own scope, which is the tenant here.
func (w *places) InScope(l *store.Collection, q url.Values) *store.Collection {
	var wanted []Reach
	for _, level := range levels {
		for id := range strings.SplitSeq(q.Get(level.Key), ",") {
			if id != "" {
				wanted = append(wanted, Reach{level.level, id})
			}
		}
	}
	if len(wanted) == 0 {
		wanted = []Reach{Global}
	}
	parents, children := q.Get("includeParents") == "true", q.Get("includeChildren") == "true"
	return &store.Collection{Rows: l.Where(func(o wire.Object) bool {
		at := PlaceOfItem(o)
		return slices.ContainsFunc(wanted, func(named Reach) bool {
			return at == named || parents && w.within(named, at) || children && w.within(at, named)
		})
	})}
}

// PlaceKeys are the query parameters of InScope, which looks at them itself; here they are only
// made legal.
func PlaceKeys() []keys.Key {
	out := slices.Concat(keys.Legal("tenant", keys.Boolean), keys.Legal("includeParents", keys.Boolean), keys.Legal("includeChildren", keys.Boolean))
	for _, l := range levels {
		out = append(out, keys.Key{Name: l.Key, Kind: keys.Ident, List: true, Min: 1, Max: 500})
	}
	return out
}
