package alerts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/refusal"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// unifiedCommands are the bot's own: the specification is older than the list that they are about.
func unifiedCommands() []*catalog.Command {
	return []*catalog.Command{listUnified(), getUnified(), updateUnified(), noteUnified()}
}

// A unifiedStatus is a status that a list is narrowed down to: open is two of them.
type unifiedStatus string

func (unifiedStatus) Kind() catalog.Kind {
	open := []string{string(unified.StatusNew), string(unified.StatusInProgress)}
	return catalog.Grouped(catalog.ChoiceKind(unified.StatusNew.Choices()), map[string][]string{
		"open": open, "unresolved": open, "closed": {string(unified.StatusResolved)},
	})
}

// Values are checked by their types, because a wrong one finds nothing without an error.
type listUnifiedParams struct {
	Query      string             `json:"query,omitzero" help:"Part of the alert's or asset's name, or a complete id, SHA-1 or storyline."`
	Statuses   []unifiedStatus    `json:"statuses,omitzero" help:"Only alerts with these statuses; \"open\" means New and In Progress."`
	Severities []unified.Severity `json:"severities,omitzero" help:"Only alerts of these severities."`
	Verdicts   []unified.Verdict  `json:"analyst-verdicts,omitzero" help:"Only alerts with these analyst verdicts."`
	Products   []string           `json:"products,omitzero" help:"Only alerts of these products, such as EDR, STAR or Identity."`
	Vendors    []string           `json:"vendors,omitzero" help:"Only alerts of these vendors, such as SentinelOne or Okta."`
	Assets     []string           `json:"asset-names,omitzero" help:"Only alerts about assets whose name contains one of these."`
	Sites      []s1.SiteID        `json:"site-ids,omitzero" help:"Only alerts of these sites."`
	Accounts   []s1.AccountID     `json:"account-ids,omitzero" help:"Only alerts of these accounts."`
	After      time.Time          `json:"created-after,omitzero" help:"Only alerts created at this time or later."`
	Before     time.Time          `json:"created-before,omitzero" help:"Only alerts created at this time or earlier."`
	Limit      *listing.Limit     `json:"limit,omitzero" help:"Maximum number of alerts to list; 1000 if empty."`
}

// Sites and accounts become the scope of the query, of which there is one.
func (p *listUnifiedParams) Check() error {
	if len(p.Sites) > 0 && len(p.Accounts) > 0 {
		return catalog.Wrong("account-ids", "the console can filter by sites or by accounts, but not by both")
	}
	if !p.After.IsZero() && !p.Before.IsZero() && p.Before.Before(p.After) {
		return catalog.Wrong("created-before", "this is earlier than created-after, so nothing can match")
	}
	return nil
}

// Wire is the request, newest first.
func (p listUnifiedParams) Wire() s1.Query {
	q := s1.Query{}.SortedBy("createdAt", s1.Descending)
	set := func(key string, values []string) {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	if typed := strings.TrimSpace(p.Query); typed != "" {
		q = q.With(unified.Search, typed)
	}
	set("status", catalog.Convert[string](p.Statuses))
	set("severity", catalog.Convert[string](p.Severities))
	set("analystVerdict", catalog.Convert[string](p.Verdicts))
	set("detectionProduct", p.Products)
	set("detectionVendor", p.Vendors)
	set("assetName__contains", p.Assets)
	set("siteIds", catalog.Convert[string](p.Sites))
	set("accountIds", catalog.Convert[string](p.Accounts))
	if !p.After.IsZero() {
		q = q.With("createdAt__gte", s1.FormatTime(p.After))
	}
	if !p.Before.IsZero() {
		q = q.With("createdAt__lte", s1.FormatTime(p.Before))
	}
	return q
}

// One GraphQL query with a small set of fields: an unknown field fails the whole, and consoles
// differ by release.
func listUnified() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "list-unified-alerts", Title: "List Unified Alerts", Area: "alerts", Aliases: []string{"unified-alerts"}, Main: "query", Own: true,
		OnCards: unifiedListOnCards(), Wording: unifiedListWording(),
		Plain: map[string]string{"open": "statuses=open", "unresolved": "statuses=open", "new": "statuses=new", "resolved": "statuses=resolved", "closed": "statuses=resolved"},
		Risk:  catalog.Read, Needs: "Unified Alerts › View", Route: "unifiedalerts/graphql", Repeatable: true,
		Doc:      "Lists the console's unified alerts, newest first: from endpoints and rules, and from identity, cloud, network, e-mail and other vendors' products. A single alert is shown with all its details.",
		Examples: []string{"unified-alerts open severities=critical,high", `list-unified-alerts "Impossible travel" vendors=Okta created-after=-24h`},
	}, func(ctx context.Context, call *catalog.Call, p listUnifiedParams) (render.Card, error) {
		return lookup.UnifiedRows(call).Show(ctx, call, p.Wire(), p.Limit)
	})
}

type getUnifiedParams struct {
	Alert unified.ID `json:"alert-id" help:"The alert, by name, by its own id, or by the id of the threat or rule alert."`
}

// Indicators, and MITRE's techniques with them, are in the detail alone.
func getUnified() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "get-unified-alert", Title: "Get Unified Alert", Area: "alerts", Aliases: []string{"unified-alert"}, Main: "alert-id", Own: true,
		OnCards: unifiedDetailsOnCards(), Wording: catalog.Wording{Heads: []string{
			"open unified alert {alert-id}", "<show> [info|everything|all|full info] [of|on|for|about] unified alert {alert-id}", "(what is|what's|what do we know about|tell me about|explain|open|pull up|read) unified alert {alert-id} [about]",
		}},
		Risk: catalog.Read, Needs: "Unified Alerts › View", Route: "unifiedalerts/graphql", Repeatable: true,
		Doc:      "Shows a unified alert with its indicators and the notes on it.",
		Examples: []string{"unified-alert 01911119-abcd-7454-8234-6abcdef67893", `get-unified-alert "Impossible travel"`},
	}, func(ctx context.Context, call *catalog.Call, p getUnifiedParams) (render.Card, error) {
		return showUnified(ctx, call, p.Alert)
	})
}

// showUnified is everything about an alert. Notes that cannot be read are said to be missing. Notes
// are asked for only where the alert says that it has some: each call is one more on a path whose
// rate nobody published.
func showUnified(ctx context.Context, call *catalog.Call, id unified.ID) (render.Card, error) {
	c := unified.Of(call.Console)
	alert, err := c.Get(ctx, id)
	if err != nil {
		return render.Card{}, fmt.Errorf("get unified alert %s: %w", id, err)
	}
	var notes []unified.Note
	if alert.HasNotes {
		notes, err = c.Notes(ctx, id)
	}
	card := cards.UnifiedDetails(alert, notes, call.Console, call.CardActions())
	if err != nil {
		card = catalog.Incomplete(card, "I couldn't read the notes: "+refusal.Reason(err))
	}
	return listing.Single(call, "unified alert", alert.Raw, card)
}
