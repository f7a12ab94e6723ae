package lookup

import (
	"cmp"
	"context"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// RuleState is the status with what makes it worth less than it says.
func RuleState(r s1.Rule) string {
	state := r.Status.Label()
	if r.Expired {
		state += ", expired"
	}
	if r.ReachedLimit {
		state += ", alert limit reached"
	}
	return state
}

// Response says what hits of a rule lead to.
func Response(r s1.Rule) string {
	became := "alerts"
	if r.Treat() != s1.TreatUndefined {
		became = strings.ToLower(r.Treat().Label()) + " threats"
	}
	if r.NetworkQuarantine {
		became += ", host isolated"
	}
	return became
}

// RulePlace is where a rule holds: "site Paris".
func RulePlace(r s1.Rule) string {
	return text.JoinNonEmpty(" ", r.Scope, cmp.Or(r.SiteName, r.AccountName))
}

// ExpiryOf is when a rule ends, by the caller's clock. The mode decides, for a permanent rule can
// carry an old date.
func ExpiryOf(call *catalog.Call, r s1.Rule) string {
	if r.ExpirationMode != s1.ExpiresOnce {
		return "never"
	}
	return catalog.DayOf(call, r.Expiration)
}

// RuleTarget is a rule as a plan names it. It warns where a hit does more than raise an alert:
// enabling such a rule lets it isolate hosts.
func RuleTarget(call *catalog.Call, r s1.Rule) catalog.Target {
	t := catalog.Target{Kind: "rule", ID: string(r.ID), Name: cmp.Or(r.Name, string(r.ID)), Site: cmp.Or(r.SiteName, r.AccountName, r.Scope),
		State: RuleState(r), URL: call.Console.RulesURL(r.ID)}
	if r.NetworkQuarantine || r.Treat() != s1.TreatUndefined {
		t.Warnings = append(t.Warnings, "hits become "+Response(r))
	}
	return t
}

// The console lists the rules of the token's own highest scope only.
func RuleDirectory() directory[s1.Rule] {
	return directory[s1.Rule]{
		noun: "rule",
		Search: Each(func(ctx context.Context, call *catalog.Call, name string) ([]s1.Rule, error) {
			if !catalog.Searchable(name) {
				return s1.Collect(call.Console.Rules(ctx, nil))
			}
			return s1.Collect(call.Console.Rules(ctx, s1.Query{}.With("name__contains", name)))
		}),
		guess: func(ctx context.Context, call *catalog.Call, _ string) ([]string, error) {
			page, err := call.Console.RulesPage(ctx, s1.Query{}.WithLimit(listing.MaxPage))
			return NamesIn(page.Items, func(r s1.Rule) string { return r.Name }), err
		},
		fits:   func(r s1.Rule, name string) bool { return sameName(r.Name, name) },
		Target: RuleTarget,
		ByID: func(ctx context.Context, call *catalog.Call, ids []string) ([]s1.Rule, error) {
			return call.Console.RulesByID(ctx, catalog.Convert[s1.RuleID](ids))
		},
	}
}

func findRules(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return RuleDirectory().find(ctx, call, param, words)
}

func searchRules() search {
	return searchBox((*s1.Client).RulesPage, namedQuery("ids", "name__contains"), func(r s1.Rule) render.Option {
		return render.Option{Label: text.JoinNonEmpty(" · ", r.Name, r.Status.Label(), r.Severity.Label(), RulePlace(r)), Value: string(r.ID)}
	})
}
