package commands

import (
	"context"
	"encoding/json"
	"fmt"

	"s1bot/render"
	"s1bot/s1"
)

func alertChangeCommands() []*Command { return []*Command{setAlertStatus(), updateAlertVerdict()} }

type alertStatusParams struct {
	Alerts []s1.AlertID      `json:"alert-ids" help:"The alerts."`
	Status s1.IncidentStatus `json:"status" help:"How far the work on them is."`
}

func (p *alertStatusParams) plan(ctx context.Context, call *Call) (Plan, error) {
	alerts, err := alertsWith(ctx, call, "alert-ids", p.Alerts)
	if err != nil {
		return Plan{}, err
	}
	same := 0
	for _, a := range alerts {
		if a.Info.IncidentStatus == p.Status {
			same++
		}
	}
	return Plan{
		Targets: targetsOf(call, alerts, alertTarget), Facts: []Fact{{"Status", p.Status.Label()}},
		Notes: sameNote(same, "alert", "this status"),
	}, nil
}

func setAlertStatus() *Command {
	return define(Command{
		Name: "update-alert-incident-status", Title: "Update Alert Incident Status", Area: "alerts", Aliases: []string{"alert-status"}, Main: "alert-ids",
		Risk: Change, Needs: "STAR Rule Alerts › View + Update Incident Status", Repeatable: true,
		Doc:      "Sets how far the work on alerts is.",
		Examples: []string{`alert-status 1985998272619999973 status="In Progress"`, `update-alert-incident-status alert-ids=["1985998272619999973"] status=Resolved`},
	}, func(ctx context.Context, call *Call, p alertStatusParams) (render.Card, error) {
		result, err := call.Console.SetAlertIncident(ctx, p.Alerts, p.Status)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the status of %d alerts: %w", len(p.Alerts), err)
		}
		return alertChange(ctx, call, p.Alerts, result, "status set to "+p.Status.Label(), alertStatus(p.Status)).card(call), nil
	})
}

// An alertSelection names alerts that are to be changed. It is never empty: the console would take that for all alerts.
type alertSelection struct{ s1.Filter }

func (q alertSelection) IsZero() bool { return len(q.Keys()) == 0 }

func (alertSelection) kind() kind {
	k := selecting(filterKind(s1.AlertFilter, `JSON with the console's filter keys, names of their rules, or ids: {"ruleName__contains": ["Test"], "incidentStatus": ["UNRESOLVED"]}`, orNames))
	k.selects = "alerts"
	return k
}

// alerts returns what the filter selects now, at least one.
func (q alertSelection) alerts(ctx context.Context, call *Call, param string) ([]s1.Alert, error) {
	if onlyIDs(json.RawMessage(q.String())) {
		return alertsWith(ctx, call, param, ids[s1.AlertID](q.Filter))
	}
	query, err := q.ToQuery(s1.AlertFilter)
	if err != nil {
		return nil, wrong(param, "%s", err)
	}
	return selected(param, "alert", q.Filter, heeded(call.Console.Alerts(ctx, query), query, alertSieve, func(a s1.Alert) json.RawMessage { return a.Raw }))
}

type updateAlertVerdictParams struct {
	Filter  alertSelection `json:"filter" help:"The alerts."`
	Verdict s1.Verdict     `json:"analyst-verdict" help:"What you think of them."`
}

func (p *updateAlertVerdictParams) plan(ctx context.Context, call *Call) (Plan, error) {
	alerts, err := p.Filter.alerts(ctx, call, "filter")
	if err != nil {
		return Plan{}, err
	}
	pinned := alertVerdictParams{Verdict: p.Verdict}
	for _, a := range alerts {
		pinned.Alerts = append(pinned.Alerts, a.Identity())
	}
	p.Filter.Filter = idsOnly(pinned.Alerts)
	return pinned.planOf(call, alerts), nil
}

func updateAlertVerdict() *Command {
	return define(Command{
		Name: "update-alert-verdict", Title: "Update Alert Verdict", Area: "alerts", Aliases: []string{"alert-verdicts"}, Main: "filter",
		Risk: Change, Needs: "STAR Rule Alerts › View + Update Analyst Verdict", Repeatable: true,
		Doc: "Sets what analysts think of all alerts that a filter selects.",
		Examples: []string{`update-alert-verdict filter={"ids":["1385998272619999353"]} analyst-verdict="False Positive"`,
			`update-alert-verdict filter={"ruleName__contains":["Scheduled task"],"incidentStatus":["UNRESOLVED"]} analyst-verdict=Suspicious`},
	}, func(ctx context.Context, call *Call, p updateAlertVerdictParams) (render.Card, error) {
		alerts := ids[s1.AlertID](p.Filter.Filter)
		result, err := call.Console.SetAlertVerdict(ctx, alerts, p.Verdict)
		if err != nil {
			return render.Card{}, fmt.Errorf("set the verdict of %d alerts: %w", len(alerts), err)
		}
		return alertChange(ctx, call, alerts, result, "verdict set to "+p.Verdict.Label(), alertVerdict(p.Verdict)).card(call), nil
	})
}
