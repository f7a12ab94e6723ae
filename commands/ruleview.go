package commands

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"s1bot/render"
	"s1bot/s1"
)

// ruleRows is how lists of detection rules look.
func ruleRows(call *Call) listing[s1.Rule] {
	return listing[s1.Rule]{
		noun: "Rules", things: "rules", page: call.Console.RulesPage, raw: func(r s1.Rule) json.RawMessage { return r.Raw },
		table: func(rules []s1.Rule) render.Table { return ruleTable(call, rules) },
		one:   func(r s1.Rule) render.Card { return ruleCard(call, r) },
		more: []column[s1.Rule]{
			{"Id", func(r s1.Rule) string { return string(r.ID) }},
			{"Query", func(r s1.Rule) string { return r.S1QL }},
			{"Description", func(r s1.Rule) string { return r.Description }},
			{"Expires", func(r s1.Rule) string { return expiryOf(call, r) }},
			{"Created by", func(r s1.Rule) string { return r.Creator }},
			{"Why", func(r s1.Rule) string { return r.StatusReason }},
		},
		empty: "Names match by any part of them. The console shows rules of the highest scope that the bot's token has; name a site or a group for its own.",
	}
}

func ruleTable(call *Call, rules []s1.Rule) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Rule"}, {Title: "Status"}, {Title: "Severity"}, {Title: "Type"}, {Title: "Hits become"},
		{Title: "Scope"}, {Title: "Alerts", Right: true}, {Title: "Last alert"}}}
	for _, r := range rules {
		t.Rows = append(t.Rows, []render.Line{
			{render.Link(firstNonEmpty(r.Name, string(r.ID)), call.Console.RulesURL(r.ID))}, {render.Text(ruleState(r))}, {render.Text(r.Severity.Label())},
			{render.Text(r.QueryType.Label())}, {render.Text(response(r))}, {render.Text(rulePlace(r))},
			{render.Text(strconv.Itoa(r.GeneratedAlerts))}, {render.At(r.LastAlertTime.Time)},
		})
	}
	return t
}

// ruleState is the status with what makes it worth less than it says.
func ruleState(r s1.Rule) string {
	state := r.Status.Label()
	if r.Expired {
		state += ", expired"
	}
	if r.ReachedLimit {
		state += ", alert limit reached"
	}
	return state
}

// response says what hits of a rule lead to.
func response(r s1.Rule) string {
	became := "alerts"
	if r.Treat() != s1.TreatUndefined {
		became = strings.ToLower(r.Treat().Label()) + " threats"
	}
	if r.NetworkQuarantine {
		became += ", host isolated"
	}
	return became
}

func rulePlace(r s1.Rule) string {
	return joinNonEmpty(" ", r.Scope, firstNonEmpty(r.SiteName, r.AccountName))
}

func expiryOf(call *Call, r s1.Rule) string {
	if r.ExpirationMode != s1.ExpiresOnce {
		return "never"
	}
	return dayOf(call, r.Expiration)
}

// dayOf writes a moment as the caller's clock shows it, where a text is wanted.
func dayOf(call *Call, t s1.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(call.Caller.zone()).Format("2006-01-02 15:04 MST")
}

// ruleCard shows one rule: whether it works, what its hits lead to, what it looks for.
func ruleCard(call *Call, r s1.Rule) render.Card {
	var f sheet
	f.text("Status", joinNonEmpty(" · ", ruleState(r), r.StatusReason))
	f.text("Severity", r.Severity.Label())
	f.text("Hits become", response(r))
	f.text("Scope", rulePlace(r))
	f.text("Alerts", strconv.Itoa(r.GeneratedAlerts))
	f.at("Last alert", r.LastAlertTime, render.At(r.LastAlertTime.Time))
	f.text("Type", r.QueryType.Label())
	f.text("Expires", expiryOf(call, r))
	f.text("Description", r.Description)
	f.mono("Id", string(r.ID))
	card := render.Card{Tone: render.Info, Title: "Rule · " + r.Name, Parts: []render.Part{f.part(), render.Code{Text: r.S1QL}}}
	if !r.UpdatedAt.IsZero() {
		card.Parts = append(card.Parts, render.Note{render.Text("Made by " + firstNonEmpty(r.Creator, "somebody") + ", changed "), render.At(r.UpdatedAt.Time)})
	}
	card.Actions = ruleActions(call, r)
	return card
}

func ruleActions(call *Call, r s1.Rule) []render.Action {
	ids := marshal(map[string]any{"rule-ids": []s1.RuleID{r.ID}})
	turn := render.Button{Label: "Activate", Do: Invocation{Command: "activate-star-custom-rules", Args: ids}}
	if r.Status.Settled() == s1.RuleActive {
		turn = render.Button{Label: "Disable", Do: Invocation{Command: "disable-star-custom-rules", Args: ids}}
	}
	actions := []render.Action{turn, render.Button{Label: "Change", Do: Invocation{Command: "update-star-custom-rule", Args: ruleArgs(r), How: render.Open}}}
	if searchable(r.Name) {
		actions = append(actions, render.Button{Label: "Alerts", Do: Invocation{Command: "get-alerts", Args: marshal(map[string]any{"rule-names": []string{r.Name}})}})
	}
	actions = append(actions, opens([]Target{ruleTarget(call, r)})...)
	return append(actions, render.Button{Label: "Delete", Do: Invocation{Command: "delete-star-custom-rules", Args: ids}})
}

// ruleArgs fill the form that changes a rule with what the rule is.
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
	return marshal(args)
}

func ruleTarget(call *Call, r s1.Rule) Target {
	t := Target{Kind: "rule", ID: string(r.ID), Name: firstNonEmpty(r.Name, string(r.ID)), Site: firstNonEmpty(r.SiteName, r.AccountName, r.Scope),
		State: ruleState(r), URL: call.Console.RulesURL(r.ID)}
	if r.NetworkQuarantine || r.Treat() != s1.TreatUndefined {
		t.Warnings = append(t.Warnings, "hits become "+response(r))
	}
	return t
}

func ruleDirectory() directory[s1.Rule] {
	return directory[s1.Rule]{
		noun: "rule",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Rule, error) {
			if !searchable(name) {
				return s1.Collect(call.Console.Rules(ctx, nil))
			}
			return s1.Collect(call.Console.Rules(ctx, s1.Query{}.With("name__contains", name)))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.RulesPage(ctx, s1.Query{}.WithLimit(maxPage))
			return namesIn(page.Items, func(r s1.Rule) string { return r.Name }), err
		},
		fits:   func(r s1.Rule, name string) bool { return strings.EqualFold(r.Name, name) },
		target: ruleTarget,
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Rule, error) {
			return call.Console.RulesByID(ctx, convert[s1.RuleID](ids))
		},
	}
}

func findRules(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return ruleDirectory().find(ctx, call, param, words)
}

func searchRules() search {
	return searchBox((*s1.Client).RulesPage, namedQuery("ids", "name__contains"), func(r s1.Rule) render.Option {
		return render.Option{Label: joinNonEmpty(" · ", r.Name, r.Status.Label(), r.Severity.Label(), rulePlace(r)), Value: string(r.ID)}
	})
}
