package notifier

import (
	"context"
	"fmt"
	"slices"

	"s1bot/s1"
)

// Endpoints is a Console that knows endpoints. An alert names its endpoint, but not where that belongs: without this, alerts match no
// route by account, site or group.
type Endpoints interface {
	AgentsPage(ctx context.Context, q s1.Query) (s1.Page[s1.Agent], error)
}

// A place is where an endpoint belongs, by name.
type place struct{ account, site, group string }

// places looks endpoints up.
func places(ctx context.Context, endpoints Endpoints, ids []string) (map[string]place, error) {
	found := map[string]place{}
	for some := range slices.Chunk(ids, idsPerCall) {
		page, err := endpoints.AgentsPage(ctx, s1.Query{}.With("ids", some...).WithLimit(pageSize))
		if err != nil {
			return found, fmt.Errorf("look up where %d endpoints belong: %w", len(ids), err)
		}
		for _, a := range page.Items {
			found[string(a.ID)] = place{a.AccountName, a.SiteName, a.GroupName}
		}
	}
	return found, nil
}

// locate tells items whose rows do not say it where their endpoints belong. On an error some are left as they were.
func (k kind) locate(ctx context.Context, items []item) error {
	endpoints, ok := k.console.(Endpoints)
	if !ok {
		return nil
	}
	var ids []string
	for _, it := range items {
		if it.placed != nil && !slices.Contains(ids, it.agent) {
			ids = append(ids, it.agent)
		}
	}
	found, err := places(ctx, endpoints, ids)
	for i, it := range items {
		if at, known := found[it.agent]; known && it.placed != nil {
			items[i] = it.placed(at)
		}
	}
	return err
}

// news are the items that the journal does not have as they are.
func news(items []item, versions map[string]string) []item {
	return slices.DeleteFunc(slices.Clone(items), func(it item) bool {
		version, seen := versions[it.id]
		return seen && (version == "" || version == it.version)
	})
}
