package alerts

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func alertsWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{"<show> {*} alerts {*}"},
		Clauses: []string{
			"(on|for|at|affecting|from) {endpoint-names:host}", "(in|at|of|from) {site-ids}", "(from|by|of|for) rule {rule-names:title}", "with severity {+}",
		},
	}
}

func verdictWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|flag|classify|label|treat|set|tag) (alert|alerts) {alert-ids} (as|to) {analyst-verdict}",
		"(set|change|update) [analyst] verdict (of|on|for) (alert|alerts) {alert-ids} (to|as) {analyst-verdict}",
	}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|set|move|change|put) (alert|alerts) {alert-ids} (as|to|in|into) {status}",
		"(set|change|update) [incident] status (of|on|for) (alert|alerts) {alert-ids} (to|as) {status}",
		"(resolve|close) (alert|alerts) {alert-ids} -> status=RESOLVED", "(reopen|re-open) (alert|alerts) {alert-ids} -> status=UNRESOLVED",
	}}
}
