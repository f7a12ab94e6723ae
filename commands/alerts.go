package commands

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

func alertCommands() []*Command {
	return []*Command{getAlerts(), setAlertVerdict()}
}

// alertRows is how lists of alerts look.
func alertRows(call *Call) listing[s1.Alert] {
	return listing[s1.Alert]{
		noun: "Alerts", things: "alerts", page: call.Console.AlertsPage, raw: func(a s1.Alert) json.RawMessage { return a.Raw },
		table: func(alerts []s1.Alert) render.Table { return render.AlertTable(alerts, call.Console) },
		name: func(a s1.Alert) (id, name string) {
			return string(a.Identity()), joinNonEmpty(labelBreak, a.Name(), a.Host())
		},
		one: func(a s1.Alert) render.Card { return render.AlertCard(a, call.Console, render.Thread{}) },
		more: []column[s1.Alert]{
			{"Id", func(a s1.Alert) string { return string(a.Identity()) }},
			{"User", func(a s1.Alert) string { return a.User() }},
			{"Process path", func(a s1.Alert) string { return a.Source.FilePath }},
			{"Command line", func(a s1.Alert) string { return a.Source.CommandLine }},
			{"SHA-1", func(a s1.Alert) string { return a.Source.FileHashSHA1 }},
			{"Parent", func(a s1.Alert) string { return a.Parent.Name }},
			{"Target path", func(a s1.Alert) string { return a.Target.FilePath }},
			{"Source address", func(a s1.Alert) string { return a.Info.SrcIP }},
			{"Destination address", func(a s1.Alert) string { return a.Info.DstIP }},
			{"Storyline", func(a s1.Alert) string { return a.Storyline() }},
			{"Agent id", func(a s1.Alert) string { return string(a.AgentID()) }},
			{"Rule id", func(a s1.Alert) string { return string(a.Rule.ID) }},
		},
		empty: "Look at a wider stretch of time, or leave a condition out. Alerts of scheduled rules are in the console's unified list only.",
	}
}

type getAlertsParams struct {
	After     time.Time           `json:"created-after,omitzero" help:"Alerts made at this time or later."`
	Before    time.Time           `json:"created-before,omitzero" help:"Alerts made at this time or earlier."`
	Statuses  []s1.IncidentStatus `json:"incident-statuses,omitzero" help:"How far the work on them is."`
	Verdicts  []s1.Verdict        `json:"analyst-verdicts,omitzero" help:"What analysts think of them."`
	Sites     []s1.SiteID         `json:"site-ids,omitzero" help:"Sites of the endpoints."`
	Rules     []string            `json:"rule-names,omitzero" help:"Parts of the names of rules."`
	Endpoints []string            `json:"endpoint-names,omitzero" help:"Parts of the names of endpoints."`
	Severity  s1.AlertSeverity    `json:"severity,omitzero" help:"How bad."`
	Query     []string            `json:"query,omitzero" help:"Full text: hashes, processes, addresses, storylines."`
	Limit     *Limit              `json:"limit,omitzero" help:"How many alerts at most; 1000 when empty."`
}

func (p *getAlertsParams) Check() error {
	for _, list := range []struct {
		name   string
		values []string
	}{{"rule-names", p.Rules}, {"endpoint-names", p.Endpoints}} {
		if len(list.values) > maxNames {
			return wrong(list.name, "the console searches for at most %d values, not %d", maxNames, len(list.values))
		}
		for _, value := range list.values {
			if !searchable(value) {
				return wrong(list.name, "%s cannot be searched for: the console wants two characters or more, and no comma", quote(value))
			}
		}
	}
	if !p.After.IsZero() && !p.Before.IsZero() && p.Before.Before(p.After) {
		return wrong("created-before", "it is before created-after, so nothing can match")
	}
	return nil
}

// query is the request without the full text, newest first.
func (p getAlertsParams) query() s1.Query {
	q := s1.Query{}.SortedBy("alertInfoCreatedAt", s1.Descending)
	set := func(key string, values []string) {
		if len(values) > 0 {
			q = q.With(key, values...)
		}
	}
	if !p.After.IsZero() {
		q = q.With("createdAt__gte", s1.FormatTime(p.After))
	}
	if !p.Before.IsZero() {
		q = q.With("createdAt__lte", s1.FormatTime(p.Before))
	}
	set("incidentStatus", upper(p.Statuses))
	set("analystVerdict", upper(p.Verdicts))
	set("siteIds", convert[string](p.Sites))
	set("ruleName__contains", p.Rules)
	set("origAgentName__contains", p.Endpoints)
	if p.Severity != "" {
		q = q.With("severity", string(p.Severity))
	}
	return q
}

// upper spells values as alert filters want them.
func upper[T ~string](values []T) []string {
	var spelled []string
	for _, v := range values {
		spelled = append(spelled, strings.ToUpper(string(v)))
	}
	return spelled
}

func getAlerts() *Command {
	return define(Command{
		Name: "get-alerts", Title: "Get Alerts", Area: "alerts", Aliases: []string{"alerts"}, Main: "query",
		Plain: map[string]string{"open": "incident-statuses=unresolved,in_progress", "unresolved": "incident-statuses=unresolved", "resolved": "incident-statuses=resolved", "closed": "incident-statuses=resolved"},
		Risk:  Read, Needs: "STAR Rule Alerts › View", Repeatable: true,
		Doc:      "Lists alerts of detection rules, the newest first. A single one is shown with all its facts.",
		Examples: []string{"alerts severity=High created-after=-24h", `get-alerts incident-statuses=UNRESOLVED,IN_PROGRESS rule-names="Test rule" limit=0`},
	}, func(ctx context.Context, call *Call, p getAlertsParams) (render.Card, error) {
		rows := alertRows(call)
		if len(p.Query) == 1 {
			return rows.show(ctx, call, s1.Query{"query": p.Query}.And(p.query()), p.Limit)
		}
		if len(p.Query) > 1 {
			rows.page = merged(call, p.Query, p.most(call.How))
		}
		return rows.show(ctx, call, p.query(), p.Limit)
	})
}

// most is how many alerts are wanted, 0 for all of them.
func (p getAlertsParams) most(how render.How) int {
	switch {
	case p.Limit != nil:
		return int(*p.Limit)
	case how == render.CSV || how == render.JSON:
		return 0
	}
	return maxPage
}

// merged asks once for each text, because the console takes one only, and joins what is found: each alert once, newest first. Of
// most wanted no more than that many are read of each.
func merged(call *Call, texts []string, most int) func(context.Context, s1.Query) (s1.Page[s1.Alert], error) {
	return func(ctx context.Context, q s1.Query) (s1.Page[s1.Alert], error) {
		var all []s1.Alert
		seen := map[s1.AlertID]bool{}
		for _, text := range texts {
			found := call.Console.Alerts(ctx, q.And(s1.Query{"query": {text}}))
			if most > 0 {
				found = s1.Take(found, most)
			}
			for a, err := range found {
				if err != nil {
					return s1.Page[s1.Alert]{}, fmt.Errorf("search alerts for %s: %w", quote(text), err)
				}
				if !seen[a.Identity()] {
					seen[a.Identity()] = true
					all = append(all, a)
				}
			}
		}
		slices.SortStableFunc(all, func(a, b s1.Alert) int { return b.Info.CreatedAt.Compare(a.Info.CreatedAt.Time) })
		return s1.Page[s1.Alert]{Items: all, Total: len(all)}, nil
	}
}

type alertVerdictParams struct {
	Alerts  []s1.AlertID `json:"alert-ids" help:"The alerts."`
	Verdict s1.Verdict   `json:"analyst-verdict" help:"What you think of them."`
}

func (p *alertVerdictParams) plan(ctx context.Context, call *Call) (Plan, error) {
	alerts, err := alertsWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return Plan{}, err
	}
	return p.planOf(call, alerts), nil
}

func (p *alertVerdictParams) planOf(call *Call, alerts []s1.Alert) Plan {
	same := 0
	for _, a := range alerts {
		if a.Info.AnalystVerdict == p.Verdict {
			same++
		}
	}
	return Plan{
		Targets: targetsOf(call, alerts, alertTarget), Facts: []Fact{{"Analyst verdict", p.Verdict.Label()}},
		Notes: sameNote(same, "alert", "this verdict"),
	}
}

func setAlertVerdict() *Command {
	return define(Command{
		Name: "update-alert-analyst-verdict", Title: "Update Alert Analyst Verdict", Area: "alerts", Aliases: []string{"alert-verdict"}, Main: "alert-ids",
		Risk: Change, Needs: "STAR Rule Alerts › View + Update Analyst Verdict", Repeatable: true,
		Doc:      "Sets what analysts think of alerts.",
		Examples: []string{`alert-verdict 1985998272619999973 verdict="False Positive"`},
	}, func(ctx context.Context, call *Call, p alertVerdictParams) (render.Card, error) {
		result, err := call.Console.SetAlertVerdict(ctx, p.Alerts, p.Verdict)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the verdict of %d alerts: %w", len(p.Alerts), err)
		}
		return alertChange(ctx, call, p.Alerts, result, "verdict set to "+p.Verdict.Label(), alertVerdict(p.Verdict)).card(call), nil
	})
}

// alertVerdict says what became of an alert's verdict.
func alertVerdict(wanted s1.Verdict) func(s1.Alert) reached {
	return func(a s1.Alert) reached { return reachedBy("verdict", a.Info.AnalystVerdict, wanted) }
}

// alertStatus says what became of an alert's status.
func alertStatus(wanted s1.IncidentStatus) func(s1.Alert) reached {
	return func(a s1.Alert) reached { return reachedBy("status", a.Info.IncidentStatus, wanted) }
}

// reached is whether a thing is as it was wanted, and in words what it is. Nothing is said of what the console does not tell.
type reached struct {
	words string
	yes   bool
}

func reachedBy[T interface {
	comparable
	Label() string
}](what string, is, wanted T) reached {
	var unsaid T
	switch is {
	case wanted:
		return reached{what + " " + is.Label(), true}
	case unsaid:
		return reached{}
	}
	return reached{what + " still " + is.Label(), false}
}

// states says of each thing what it is now. Where the console says that it changed all of them, one that does not show it yet is no
// exception.
func states[T any, ID ~string](found []T, all bool, identity func(T) ID, state func(T) reached) map[string]string {
	words := map[string]string{}
	for _, thing := range found {
		if is := state(thing); is.yes || !all {
			words[string(identity(thing))] = is.words
		}
	}
	return words
}

// alertChange does for alerts what threatChange does for threats. The console says how many it changed and not which: state tells
// of each what it is now.
func alertChange(ctx context.Context, call *Call, ids []s1.AlertID, result s1.ActionResult, done string, state func(s1.Alert) reached) change {
	found, err := call.Console.AlertsByID(ctx, ids[:min(len(ids), maxShown)])
	c := change{
		noun: "alert", done: done, result: result, targets: known(call, "alert", ids, found, alertTarget),
		states: states(found, result.Affected >= len(ids), s1.Alert.Identity, state),
		why:    "The alerts are gone, or outside what the bot's token may change.",
	}
	if err != nil {
		c.notes = append(c.notes, "The names of the alerts could not be read.")
	}
	c.actions = opens(c.targets)
	return c
}
