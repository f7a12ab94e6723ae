package feed

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// Unified is what the feed of unified alerts asks of the console besides; nil where they are switched off.
type Unified interface {
	// UnifiedAlerts tells whether the console has them and the token may read them, as far as the settings leave that open.
	UnifiedAlerts(ctx context.Context) (bool, error)

	// UnifiedPage lists them; see unified.Client.Page.
	UnifiedPage(ctx context.Context, q s1.Query) (s1.Page[unified.Alert], error)
}

// unifiedAlerts are read like threats: by creation for what is new and by update for what changed.
func unifiedAlerts(console Console, list Unified) kind {
	return kind{
		source: journal.Unified, routed: journal.Alerts, console: console,
		passes: []pass{
			{"created", "createdAt__gte", "createdAt", item.createdAt, 10 * time.Minute, maxIndexDelay},
			{"updated", "updatedAt__gte", "updatedAt", item.touchedAt, 10 * time.Minute, time.Hour},
		},
		page: func(ctx context.Context, q s1.Query) (s1.Page[item], error) {
			if ids := q.Get("ids"); ids != "" {
				q = q.With("ids").With("id", ids)
			}
			return items(unifiedItem)(list.UnifiedPage(ctx, q))
		},
		endpointOf: func(json.RawMessage) endpoint { return endpoint{} },
		uses:       list.UnifiedAlerts,
	}
}

// unifiedItem groups alerts by storyline or, where there is none, by name, subject and day.
func unifiedItem(a unified.Alert) item {
	it := item{id: string(a.ID), group: a.Storyline, created: a.CreatedAt.Time, touched: a.UpdatedAt.Time, facts: unifiedFacts(a)}
	it.urgent = a.Severity == unified.SeverityCritical && a.Status != unified.StatusResolved
	if about := cmp.Or(a.Host(), a.User()); it.group == "" && about != "" && a.Name != "" {
		it.group = about + "/" + a.Name + "/" + it.created.UTC().Format(time.DateOnly)
	}
	if twin, ok := a.Counterpart(); ok {
		it.twin = &twinOf{id: twin, same: a.SameThing}
	}
	return withBody(a, it)
}

// unifiedFacts are a unified alert's: to routes and snoozes it is an alert like any other.
func unifiedFacts(a unified.Alert) routing.Facts {
	return routing.Facts{
		Source: journal.Alerts, ID: string(a.ID), Name: a.Name, Severity: a.Severity.Label(), Confidence: a.Confidence.Label(), Classification: a.Classification,
		Account: a.Account(), Site: a.Site(), Group: a.Group(), Host: a.Host(), Rule: a.Name, Storyline: a.Storyline,
		Hashes: []string{a.Process.File.SHA1, a.Process.File.SHA256, a.Process.File.MD5},
	}
}

// TryUnified reads a row of the unified alerts in each of the ways in which their feed does, for `s1bot check`.
func TryUnified(ctx context.Context, list Unified, now time.Time) error {
	k := unifiedAlerts(nil, list)
	for _, p := range k.passes {
		if _, err := k.page(ctx, p.query(now.Add(-p.overlap)).WithLimit(1)); err != nil {
			return fmt.Errorf("read unified alerts by %s: %w", p.sort, err)
		}
	}
	return nil
}
