package lookup

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// UnifiedBox is the search box of unified alerts.
const UnifiedBox = "unified-alerts"

// unifiedKind reads a unified alert's id or address, the id that the detecting product gave it, or
// its name. externalId is 18 or 19 digits like every id of v2.1, so digits are looked up instead of
// being taken for an id. The unified id itself is a UUID and valid nowhere else.
func unifiedKind() catalog.Kind {
	k := catalog.IdKind("unified alert", UnifiedBox, "The alert's name, its address in the console, its own id, or the id of the threat or rule alert.", findUnified)
	return catalog.Foreign(catalog.OrForm(catalog.Early(k), unified.LooksLikeID, func(word string) bool { return unified.ID(word).Valid() }))
}

// alertKind reads the id of a rule alert or of a unified one, or the name of a rule.
func alertKind() catalog.Kind {
	k := catalog.Early(catalog.IdKind("alert", "alerts", "The id, the alert's address in the console, or the name of its rule.", findAlerts))
	return catalog.OrForm(k, unified.LooksLikeID, unified.LooksLikeID)
}

// OnlyAlertIDs tells whether a filter names alerts by ids of either form, and by nothing else.
func OnlyAlertIDs(filter json.RawMessage) bool { return alertKind().OnlyIDs(filter) }

// searchAlerts offers rule alerts; on a console that has unified alerts alone, those. Which of the
// two a console has is not known before it is asked.
func searchAlerts(ctx context.Context, call *catalog.Call, typed string) ([]render.Option, error) {
	options, err := searchBox((*s1.Client).AlertsPage, freeQuery("ids", "alertInfoCreatedAt"), alertOption)(ctx, call, typed)
	if s1.IsRetired(err) {
		return searchUnified(ctx, call, typed)
	}
	return options, err
}

func searchUnified(ctx context.Context, call *catalog.Call, typed string) ([]render.Option, error) {
	return searchBox(func(c *s1.Client, ctx context.Context, q s1.Query) (s1.Page[unified.Alert], error) {
		return unified.Of(c).Page(ctx, q)
	},
		unifiedQuery, unifiedOption)(ctx, call, typed)
}

// unifiedQuery is what was typed, newest first.
func unifiedQuery(typed string) s1.Query {
	q := s1.Query{}.SortedBy("createdAt", s1.Descending)
	if typed != "" {
		q = q.With(unified.Search, typed)
	}
	return q
}

func unifiedOption(a unified.Alert) render.Option {
	return render.Option{Label: text.JoinNonEmpty(" · ", a.Name, cmp.Or(a.Host(), a.User()), a.Severity.Label(), a.Status.Label()), Value: string(a.ID)}
}

func findUnified(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return unifiedDirectory().find(ctx, call, param, words)
}

// unifiedDirectory finds unified alerts by name, and by the id that the product that raised them
// gave them. That the external id is the threat's id is said by no public source, so it counts as a
// name and the row decides.
func unifiedDirectory() directory[unified.Alert] {
	return directory[unified.Alert]{
		noun: "unified alert",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]unified.Alert, error) {
			return namesakesOf("unified alert", name, unified.Of(call.Console).All(ctx, unifiedQuery(name)))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := unified.Of(call.Console).Page(ctx, unifiedQuery(""))
			return NamesIn(page.Items, func(a unified.Alert) string { return a.Name }), err
		},
		fits: func(a unified.Alert, name string) bool {
			return strings.EqualFold(a.Name, name) || a.ExternalID == name || string(a.ID) == name
		},
		Target: UnifiedTarget,
		isName: func(word string) bool { return !unified.LooksLikeID(word) },
	}
}

// UnifiedTarget is a unified alert as a plan names it. Policies know it as an alert. There is no
// agent id in these alerts, only a UUID, so a plan counts each of them as an endpoint of its own
// (Homeless).
func UnifiedTarget(call *catalog.Call, a unified.Alert) catalog.Target {
	asset := a.Asset()
	target := catalog.Target{
		Kind: "alert", ID: string(a.ID), Name: cmp.Or(a.Name, string(a.ID)), Host: a.Host(), Account: a.Account(), Site: a.Site(), Group: a.Group(), OS: asset.OSVersion,
		User: a.User(), State: strings.ToLower(a.Status.Label()), Server: asset.Category == "Server", URL: call.Console.UnifiedURL(string(a.ID)),
	}
	if at := cmp.Or(a.DetectedAt, a.CreatedAt); !at.IsZero() {
		target.Seen = "raised " + catalog.Readable(at.Time, call.Caller)
	}
	return target
}

// UnifiedRows is how lists of unified alerts look.
func UnifiedRows(call *catalog.Call) listing.Listing[unified.Alert] {
	return listing.Listing[unified.Alert]{
		Noun: "Unified alerts", Things: "unified alerts", Page: unified.Of(call.Console).Page, Raw: func(a unified.Alert) json.RawMessage { return a.Raw },
		Table: func(alerts []unified.Alert) render.Table { return cards.UnifiedTable(alerts, call.Console) },
		Name: func(a unified.Alert) (id, name string) {
			return string(a.ID), text.JoinNonEmpty(catalog.LabelBreak, a.Name, cmp.Or(a.Host(), a.User()))
		},
		One: func(a unified.Alert) render.Card {
			return cards.UnifiedDetails(a, nil, call.Console, call.CardActions())
		},
		More: []listing.Column[unified.Alert]{
			{Title: "Id", Value: func(a unified.Alert) string { return string(a.ID) }},
			{Title: "External id", Value: func(a unified.Alert) string { return a.ExternalID }},
			{Title: "Classification", Value: func(a unified.Alert) string { return a.Classification }},
			{Title: "Confidence", Value: func(a unified.Alert) string { return a.Confidence.Label() }},
			{Title: "Result", Value: func(a unified.Alert) string { return a.Result.Label() }},
			{Title: "Account", Value: func(a unified.Alert) string { return a.Account() }},
			{Title: "Site", Value: func(a unified.Alert) string { return a.Site() }},
			{Title: "Group", Value: func(a unified.Alert) string { return a.Group() }},
			{Title: "Process", Value: func(a unified.Alert) string { return a.Process.File.Name }},
			{Title: "Process path", Value: func(a unified.Alert) string { return a.Process.File.Path }},
			{Title: "Command line", Value: func(a unified.Alert) string { return a.Process.CommandLine }},
			{Title: "SHA-1", Value: func(a unified.Alert) string { return a.Process.File.SHA1 }},
			{Title: "Storyline", Value: func(a unified.Alert) string { return a.Storyline }},
			{Title: "Agent UUID", Value: func(a unified.Alert) string { return a.Asset().AgentUUID }},
		},
		Empty: "Try a wider time range, or remove a condition.",
	}
}

// UnifiedWith returns the unified alerts with these ids, in their order; one that the console does
// not know is an error.
func UnifiedWith(ctx context.Context, call *catalog.Call, param string, ids []unified.ID) ([]unified.Alert, error) {
	found, err := unified.Of(call.Console).ByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	return InOrder(param, "unified alert", ids, found, func(a unified.Alert) unified.ID { return a.ID })
}
