package rules

import (
	"cmp"
	"encoding/json"
	"strconv"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// ruleRows is how lists of detection rules look.
func ruleRows(call *catalog.Call) listing.Listing[s1.Rule] {
	return listing.Listing[s1.Rule]{
		Noun: "Rules", Things: "rules", Page: call.Console.RulesPage, Raw: ruleJSON, Stray: lookup.Strays(lookup.RuleMatcher, ruleJSON),
		Table: func(rules []s1.Rule) render.Table { return ruleTable(call, rules) },
		One:   func(r s1.Rule) render.Card { return ruleCard(call, r) },
		More: []listing.Column[s1.Rule]{
			{Title: "Id", Value: func(r s1.Rule) string { return string(r.ID) }},
			{Title: "Query", Value: func(r s1.Rule) string { return r.S1QL }},
			{Title: "Description", Value: func(r s1.Rule) string { return r.Description }},
			{Title: "Expires", Value: func(r s1.Rule) string { return lookup.ExpiryOf(call, r) }},
			{Title: "Created by", Value: func(r s1.Rule) string { return r.Creator }},
			{Title: "Why", Value: func(r s1.Rule) string { return r.StatusReason }},
		},
		Empty: "Any part of a name matches. The console lists rules of the bot token's highest scope; name a site or group to see its own rules.",
	}
}

// "Hits become" is the column that tells an alert from an isolation.
func ruleTable(call *catalog.Call, rules []s1.Rule) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Rule"}, {Title: "Status"}, {Title: "Severity"}, {Title: "Type"}, {Title: "Hits become"},
		{Title: "Scope"}, {Title: "Alerts", Right: true}, {Title: "Last alert"}}}
	for _, r := range rules {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(cmp.Or(r.Name, string(r.ID)), call.Console.RulesURL(r.ID))}, {render.Text(lookup.RuleState(r))}, {render.Text(r.Severity.Label())},
			{render.Text(r.QueryType.Label())}, {render.Text(lookup.Response(r))}, {render.Text(lookup.RulePlace(r))},
			{render.Text(strconv.Itoa(r.GeneratedAlerts))}, {render.At(r.LastAlertTime.Time)},
		})
	}
	return t
}

// ruleCard shows one rule: whether it works, what its hits lead to, what it looks for.
func ruleCard(call *catalog.Call, r s1.Rule) render.Card {
	var f listing.Sheet
	f.Text("Status", text.JoinNonEmpty(" · ", lookup.RuleState(r), r.StatusReason))
	f.Text("Severity", r.Severity.Label())
	f.Text("Hits become", lookup.Response(r))
	f.Text("Scope", lookup.RulePlace(r))
	f.Text("Alerts", strconv.Itoa(r.GeneratedAlerts))
	f.At("Last alert", r.LastAlertTime, render.At(r.LastAlertTime.Time))
	f.Text("Type", r.QueryType.Label())
	f.Text("Expires", lookup.ExpiryOf(call, r))
	f.Text("Description", r.Description)
	f.Mono("Id", string(r.ID))
	card := render.Card{Tone: render.Info, Title: "Rule · " + r.Name, Parts: []render.Part{f.Part(), render.Code{Text: r.S1QL}}}
	if !r.UpdatedAt.IsZero() {
		card.Parts = append(card.Parts, render.Note{render.Text("Created by " + cmp.Or(r.Creator, "somebody") + ", changed "), render.At(r.UpdatedAt.Time)})
	}
	card.Actions = ruleActions(call, r)
	return card
}

// ruleActions are what can be done about a rule: the state it is not in, its alerts, its page.
func ruleActions(call *catalog.Call, r s1.Rule) []render.Action {
	ids := catalog.Marshal(map[string]any{"rule-ids": []s1.RuleID{r.ID}})
	turn := render.Button{Label: "Activate", Do: catalog.Invocation{Command: "activate-star-custom-rules", Args: ids}}
	if r.Status.Settled() == s1.RuleActive {
		turn = render.Button{Label: "Disable", Do: catalog.Invocation{Command: "disable-star-custom-rules", Args: ids}}
	}
	actions := []render.Action{turn, render.Button{Label: "Change", Do: catalog.Invocation{Command: "update-star-custom-rule", Args: ruleArgs(r), How: render.Open}}}
	if catalog.Searchable(r.Name) {
		actions = append(actions, render.Button{Label: "Alerts", Do: catalog.Invocation{Command: "get-alerts", Args: catalog.Marshal(map[string]any{"rule-names": []string{r.Name}})}})
	}
	actions = append(actions, change.Opens([]catalog.Target{lookup.RuleTarget(call, r)})...)
	return append(actions, render.Button{Label: "Delete", Do: catalog.Invocation{Command: "delete-star-custom-rules", Args: ids}})
}

// ruleArgs fill the form that changes a rule with what the rule is. Settled, because a rule on its
// way counts as there, and the form has no other states.
func ruleArgs(r s1.Rule) json.RawMessage {
	args := map[string]any{
		"rule-id": r.ID, "name": r.Name, "query-type": r.QueryType, "s1ql": r.S1QL, "severity": r.Severity, "expiration-mode": r.ExpirationMode,
		"status": r.Status.Settled(), "treat-as-threat": r.Treat(), "network-quarantine": switchOf(r.NetworkQuarantine),
	}
	if r.Description != "" {
		args["description"] = r.Description
	}
	if r.ExpirationMode == s1.ExpiresOnce && !r.Expiration.IsZero() {
		args["expiration-date"] = r.Expiration.Time
	}
	return catalog.Marshal(args)
}

func ruleJSON(r s1.Rule) json.RawMessage { return r.Raw }
