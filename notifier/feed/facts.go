package feed

import (
	"context"
	"fmt"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/notifier/journal"
	"s1bot/notifier/routing"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// FactsOf reads what routes look at of a threat or, if there is none with the id, of an alert; list is nil where the console has no unified
// ones. A path that the console closed has none to tell of where it has those.
func FactsOf(ctx context.Context, console Console, list Unified, id string) (routing.Facts, error) {
	q := s1.Query{}.With("ids", id).WithLimit(1)
	kinds := []kind{threats(console), alerts(console)}
	if unified.LooksLikeID(id) {
		kinds = nil
	}
	if list != nil {
		kinds = append(kinds, unifiedAlerts(console, list))
	}
	for _, k := range kinds {
		page, err := k.page(ctx, q)
		if err != nil && list != nil && s1.IsRetired(err) {
			continue
		}
		if err != nil {
			return routing.Facts{}, fmt.Errorf("read %s %s: %w", k.source, id, err)
		}
		if i := slices.IndexFunc(page.Items, func(it item) bool { return it.id == id }); i >= 0 {
			it := page.Items[i]
			if it.placed != nil {
				it = it.placed(lookUp(ctx, console, []endpoint{it.endpoint}).of(it.endpoint)) // as far as it can be looked up
			}
			return it.facts, nil
		}
	}
	return routing.Facts{}, &catalog.UsageError{Problem: fmt.Sprintf("there is no threat or alert %q in the console", id)}
}

// threatFacts are a threat's. A threat has no severity; its confidence level (suspicious, malicious) is what routes grade it by. It has no
// rule either, so a rule= pattern or snooze goes by its name.
func threatFacts(t s1.Threat) routing.Facts {
	return routing.Facts{
		Source: journal.Threats, ID: string(t.Identity()), Name: t.Name(), Confidence: t.Info.ConfidenceLevel.Label(), Classification: t.Info.Classification,
		Account: t.AccountName(), Site: t.SiteName(), Group: t.GroupName(), Host: t.Host(), Rule: t.Name(), Storyline: t.Info.Storyline,
		Hashes: []string{t.Info.SHA1, t.Info.SHA256, t.Info.MD5},
	}
}

// alertFacts are an alert's. What the API calls "treat as threat" stands for its classification: it is the only grade of that kind.
func alertFacts(a s1.Alert) routing.Facts {
	return routing.Facts{
		Source: journal.Alerts, ID: string(a.Identity()), Name: a.Name(), Severity: a.Rule.Severity.Label(), Classification: a.Rule.TreatAsThreat,
		Account: a.Detection.AccountName, Site: a.Detection.SiteName, Group: a.Detection.GroupName,
		Host: a.Host(), Rule: a.Rule.Name, Storyline: a.Storyline(), Hashes: []string{a.Source.FileHashSHA1, a.Source.FileHashSHA256, a.Source.FileHashMD5},
	}
}
