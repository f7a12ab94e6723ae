package alerts

import "s1bot/commands/catalog"

// How people ask for what this area does, beside names and aliases. See package plain.

func alertsWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{
			"<show> (latest|last|newest|most recent) {*} alert -> limit=1",
			"(does|did|has|have|do) {endpoint-names:host} [currently] (have|had|has|got|get) [any] {*} alerts {*}",
			"<show> {*} alert {*} (on|at|for) {endpoint-names:host}",
			"<show> {*} alerts {*}", "<show> {*} alerts [of] {endpoint-names:host}"},
		Clauses: []string{
			"(on|for|at|affecting|from|of|does|did) {endpoint-names:host} [have|has|had|get]", "(in|at|of|from) {site-ids}", "(from|by|of|for) rule {rule-names:title}",
			"(with|of) severity {+}", "(of|with) {+}",
		},
		Words: map[string]string{
			"nobody has resolved": "incident-statuses=UNRESOLVED,IN_PROGRESS", "nobody resolved": "incident-statuses=UNRESOLVED,IN_PROGRESS", "nobody looked at": "incident-statuses=UNRESOLVED",
			"nobody has touched": "incident-statuses=UNRESOLVED", "untouched": "incident-statuses=UNRESOLVED",
		},
	}
}

func verdictWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|flag|classify|label|treat|set|tag|put|change) (alert|alerts) {alert-ids} (as|to|in|into) {analyst-verdict}",
		"(alert|alerts) {alert-ids} [is|are|was|were|looks|looks like|seems|seems to be|:|=|-|,] {analyst-verdict}", "(mark|set) (alert|alerts) {alert-ids} {analyst-verdict}",
		"(set|change|update|give) verdict {analyst-verdict} (on|for|to) (alert|alerts) {alert-ids}",
		"(set|change|update) [analyst] verdict (of|on|for) (alert|alerts) {alert-ids} (to|as) {analyst-verdict}",
	}}
}

func statusWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(mark|set|move|change|put) (alert|alerts) {alert-ids} (as|to|in|into) {status}", "(mark|set|put|take) (alert|alerts) {alert-ids} {status}",
		"(i'm|i am|we're|we are) [now] (working on|looking at|looking into|investigating|handling|on|taking) (alert|alerts) {alert-ids} -> status=IN_PROGRESS",
		"(start|begin) (working on|investigating) (alert|alerts) {alert-ids} -> status=IN_PROGRESS",
		"(set|change|update) [incident] status (of|on|for) (alert|alerts) {alert-ids} (to|as) {status}",
		"(alert|alerts) {alert-ids} [is|are|:|=|-] [now|already] {status}", "(take|pick up|claim) (alert|alerts) {alert-ids} -> status=IN_PROGRESS",
		"(resolve|close) (alert|alerts) {alert-ids} [as resolved] -> status=RESOLVED", "(reopen|re-open) (alert|alerts) {alert-ids} -> status=UNRESOLVED",
	}}
}

func unifiedListWording() catalog.Wording {
	return catalog.Wording{
		Heads: []string{"<show> {*} unified alerts {*}", "<show> {+} unified alerts {+}"},
		Clauses: []string{
			"(on|for|about|affecting) {asset-names:host}", "(in|at) {site-ids}", "(from|by|of) [vendor|product] {vendors:title}",
		},
	}
}

func unifiedChangeWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(assign|hand|give|pass) [unified] (alert|alerts) {alert-ids} [over] to {assignee:title}", "(unassign|release) [unified] (alert|alerts) {alert-ids} -> assignee=nobody",
		"(mark|set|move|change|put) unified (alert|alerts) {alert-ids} (as|to|in|into) {status}", "(resolve|close) unified (alert|alerts) {alert-ids} -> status=RESOLVED",
	}}
}

func unifiedNoteWording() catalog.Wording {
	return catalog.Wording{Heads: []string{
		"(comment|note|annotate) [on] unified alert {alert-ids} (:|saying|that|with|with :) {note-text}", "(comment|note|annotate) [on] unified alert {alert-ids} with : {note-text}",
		"(add|leave|write|put|attach) (note|comment) (to|on|for) unified alert {alert-ids} (:|saying|that says|that|with text|with) {note-text}",
	}}
}
