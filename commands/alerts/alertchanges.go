package alerts

import (
	"context"
	"encoding/json"

	"s1bot/commands/catalog"
	"s1bot/commands/lookup"
	"s1bot/render"
	"s1bot/s1"
	"s1bot/s1/filters"
	"s1bot/s1/unified"
)

func alertChangeCommands() []*catalog.Command {
	return []*catalog.Command{setAlertStatus(), updateAlertVerdict()}
}

// Ids of both kinds go together in one list; see subject.
type alertStatusParams struct {
	Alerts []s1.AlertID      `json:"alert-ids" help:"The alerts, by name or id."`
	Status s1.IncidentStatus `json:"status" help:"The new incident status."`
}

func (p *alertStatusParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	alerts, err := subjectsWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return catalog.Plan{}, err
	}
	p.Alerts = identities(alerts)
	return statusOf(p.Status).Plan(call, alerts), nil
}

// POST /cloud-detection/alerts/incident, whose answer is affected alone. The bodies of both alert
// calls take lower and upper case, their filters upper case only, and their answers have a third
// spelling ("In progress"): package s1 reads them all.
func setAlertStatus() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-alert-incident-status", Title: "Update Alert Incident Status", Short: "Set alert status", Area: "alerts", Aliases: []string{"alert-status"}, Main: "alert-ids",
		Wording: statusWording(),
		OnCards: statusOnCards(),
		Risk:    catalog.Change, Needs: "STAR Rule Alerts › View + Update Incident Status", Repeatable: true,
		Doc:      "Sets the incident status of alerts.",
		Examples: []string{`alert-status 1985998272619999973 status="In Progress"`, `update-alert-incident-status alert-ids=["1985998272619999973"] status=Resolved`},
	}, func(ctx context.Context, call *catalog.Call, p alertStatusParams) (render.Card, error) {
		return statusOf(p.Status).Run(ctx, call, p.Alerts)
	})
}

type alertVerdictParams struct {
	Alerts  []s1.AlertID `json:"alert-ids" help:"The alerts, by name or id."`
	Verdict s1.Verdict   `json:"analyst-verdict" help:"The new analyst verdict."`
}

// Plan pins the alerts that there are now. A verdict that the unified list has no equal of (see
// unified.VerdictFor) is refused here, before anybody approves, and not after half of the alerts
// were set.
func (p *alertVerdictParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	alerts, err := subjectsWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return catalog.Plan{}, err
	}
	if err := suspicious("analyst-verdict", alerts, p.Verdict); err != nil {
		return catalog.Plan{}, err
	}
	p.Alerts = identities(alerts)
	return verdictOf(p.Verdict).Plan(call, alerts), nil
}

// POST /cloud-detection/alerts/analyst-verdict.
func setAlertVerdict() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-alert-analyst-verdict", Title: "Update Alert Analyst Verdict", Short: "Set alert verdict", Area: "alerts", Aliases: []string{"alert-verdict"}, Main: "alert-ids",
		Wording: verdictWording(),
		OnCards: verdictOnCards(),
		Risk:    catalog.Change, Needs: "STAR Rule Alerts › View + Update Analyst Verdict", Repeatable: true,
		Doc:      "Sets the analyst verdict on alerts.",
		Examples: []string{`alert-verdict 1985998272619999973 verdict="False Positive"`},
	}, func(ctx context.Context, call *catalog.Call, p alertVerdictParams) (render.Card, error) {
		return verdictOf(p.Verdict).Run(ctx, call, p.Alerts)
	})
}

// An alertSelection names alerts that are to be changed. It is never empty: the console would take
// that for all alerts. Keys are those of the alert filter, in the singular (incidentStatus) where
// threats have plurals.
type alertSelection struct{ filters.Filter }

func (q alertSelection) IsZero() bool { return len(q.Keys()) == 0 }

func (alertSelection) Kind() catalog.Kind {
	k := lookup.Selecting(lookup.FilterKind(filters.Alerts, `JSON with the console's filter keys, or rule names or alert ids: {"ruleName__contains": ["Test"], "incidentStatus": ["UNRESOLVED"]}`, lookup.OrNames))
	k.Selects = "alerts"
	return k
}

// alerts returns what the filter selects now, at least one. Ids alone need no list; anything else
// is read and pinned.
func (q alertSelection) alerts(ctx context.Context, call *catalog.Call, param string) ([]subject, error) {
	if lookup.OnlyAlertIDs(json.RawMessage(q.String())) {
		return subjectsWith(ctx, call, param, lookup.Ids[s1.AlertID](q.Filter))
	}
	query, err := q.ToQuery(filters.Alerts)
	if err != nil {
		return nil, catalog.Wrong(param, "%s", err)
	}
	found, err := lookup.Selected(param, "alert", q.Filter, lookup.PostFiltered(call.Console.Alerts(ctx, query), query, lookup.AlertMatcher, func(a s1.Alert) json.RawMessage { return a.Raw }))
	if s1.IsRetired(err) {
		return q.fromUnified(ctx, call, param, query)
	}
	var subjects []subject
	for _, a := range found {
		subjects = append(subjects, subject{rule: a})
	}
	return subjects, err
}

// fromUnified is what the filter selects of the unified list, on a console that has no other. Rows
// are not compared once more there: GraphQL refuses a field that it does not know, instead of
// ignoring it.
func (q alertSelection) fromUnified(ctx context.Context, call *catalog.Call, param string, query s1.Query) ([]subject, error) {
	same, err := inUnified(query)
	if err != nil {
		return nil, catalog.Wrong(param, "%s", err)
	}
	found, err := lookup.Selected(param, "alert", q.Filter, unified.Of(call.Console).All(ctx, same))
	var subjects []subject
	for _, a := range found {
		subjects = append(subjects, subject{unified: a})
	}
	return subjects, err
}

type updateAlertVerdictParams struct {
	Filter  alertSelection `json:"filter" help:"The alerts, by name or by a filter with the console's keys."`
	Verdict s1.Verdict     `json:"analyst-verdict" help:"The new analyst verdict."`
}

// Suspicious is refused here, before anybody is asked, where one of the alerts is a unified one.
func (p *updateAlertVerdictParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	alerts, err := p.Filter.alerts(ctx, call, "filter")
	if err != nil {
		return catalog.Plan{}, err
	}
	if err := suspicious("analyst-verdict", alerts, p.Verdict); err != nil {
		return catalog.Plan{}, err
	}
	p.Filter.Filter = lookup.IdsOnly(identities(alerts))
	return verdictOf(p.Verdict).Plan(call, alerts), nil
}

// It is the same call as update-alert-analyst-verdict with another way to say which alerts; an
// empty filter would be every alert.
func updateAlertVerdict() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-alert-verdict", Title: "Update Alert Verdict", Area: "alerts", Aliases: []string{"alert-verdicts"}, Main: "filter",
		Risk: catalog.Change, Needs: "STAR Rule Alerts › View + Update Analyst Verdict", Repeatable: true,
		Doc: "Sets the analyst verdict on all alerts that match a filter.",
		Examples: []string{`update-alert-verdict filter={"ids":["1385998272619999353"]} analyst-verdict="False Positive"`,
			`update-alert-verdict filter={"ruleName__contains":["Scheduled task"],"incidentStatus":["UNRESOLVED"]} analyst-verdict=Suspicious`},
	}, func(ctx context.Context, call *catalog.Call, p updateAlertVerdictParams) (render.Card, error) {
		return verdictOf(p.Verdict).Run(ctx, call, lookup.Ids[s1.AlertID](p.Filter.Filter))
	})
}
