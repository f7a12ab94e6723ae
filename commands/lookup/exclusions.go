package lookup

import (
	"cmp"
	"context"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// ScopeWords is where an exclusion or a blocklist item holds, as the console writes it: "Global \
// Example \ Default site".
func ScopeWords(path, name string) string {
	return cmp.Or(strings.Join(strings.FieldsFunc(path, func(r rune) bool { return r == '\\' }), " / "), name)
}

// ExclusionTarget is an exclusion as a plan names it.
func ExclusionTarget(call *catalog.Call, e s1.Exclusion) catalog.Target {
	site, group := placeOf(e.Scope, e.ScopePath, e.ScopeName)
	return catalog.Target{Kind: "exclusion", ID: string(e.ID), Name: cmp.Or(e.Value, string(e.ID)), Site: site, Group: group, OS: e.OSType.Label(),
		State: text.JoinNonEmpty(" · ", e.Type.Label(), e.Mode.Label()), URL: call.Console.ExclusionsURL(e.ID)}
}

// placeOf is where an exclusion or a blocklist item holds, as the rules of who may do what know it:
// by site and group. What is of an account, or of all, has the name of that for a site. Only the
// path has names; the scope has ids. Its last part is the group, the site or the account, depending
// on which of them the scope names.
func placeOf(scope s1.Scope, path, name string) (site, group string) {
	parts := strings.FieldsFunc(path, func(r rune) bool { return r == '\\' })
	switch n := len(parts); {
	case n == 0:
		return name, ""
	case len(scope.Groups) > 0 && n > 1:
		return parts[n-2], parts[n-1]
	default:
		return parts[n-1], ""
	}
}

// SystemFirst has the outcome name the system, for there is the same on several.
func SystemFirst[T any](target func(*catalog.Call, T) catalog.Target) func(*catalog.Call, T) catalog.Target {
	return func(call *catalog.Call, thing T) catalog.Target {
		t := target(call, thing)
		t.State = text.JoinNonEmpty(" · ", t.OS, t.State)
		return t
	}
}

// ExclusionDirectory finds exclusions by what they exclude. There is no guess: values are paths,
// and the nearest path is more often a trap than a help.
func ExclusionDirectory() directory[s1.Exclusion] {
	return directory[s1.Exclusion]{
		noun: "exclusion",
		Search: Each(func(ctx context.Context, call *catalog.Call, value string) ([]s1.Exclusion, error) {
			q := s1.Query{}.Everywhere()
			if catalog.Searchable(value) {
				q = q.With("value__contains", value)
			}
			return s1.Collect(call.Console.Exclusions(ctx, q))
		}),
		guess:  func(context.Context, *catalog.Call, string) ([]string, error) { return nil, nil },
		fits:   func(e s1.Exclusion, value string) bool { return strings.EqualFold(e.Value, value) },
		Target: ExclusionTarget,
		isName: catalog.ByNumber(catalog.Kind{}).IsName,
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Exclusion, error) {
			return call.Console.ExclusionsByID(ctx, catalog.Convert[s1.ExclusionID](ids))
		},
	}
}

func findExclusions(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return ExclusionDirectory().find(ctx, call, param, words)
}

func searchExclusions() search {
	return searchBox((*s1.Client).ExclusionsPage, valueQuery, func(e s1.Exclusion) render.Option {
		return render.Option{Label: text.JoinNonEmpty(" · ", e.Value, e.Type.Label(), e.OSType.Label(), ScopeWords(e.ScopePath, e.ScopeName)), Value: string(e.ID)}
	})
}

// valueQuery searches exclusions and the blocklist by what stands in them, newest first.
// Everywhere, because the console lists only what stands at the token's own scope unless it is
// asked for parents and children.
func valueQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("createdAt", s1.Descending).Everywhere()
	switch {
	case s1.LooksLikeID(typed):
		return q.With("ids", typed)
	case catalog.Searchable(typed):
		return q.With("value__contains", typed)
	}
	return q
}
