package alerts

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/s1"
)

// A triage is what analysts set on alerts.
type triage = change.Setting[s1.Alert, s1.AlertID]

var triaged = change.Things[s1.Alert, s1.AlertID]{Noun: "alert", Identity: s1.Alert.Identity, Target: lookup.AlertTarget, After: after}

// verdictOf sets the analyst verdict.
func verdictOf(verdict s1.Verdict) triage {
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Analyst verdict", Value: verdict.Label()}}, Same: "this verdict",
		Try: "set the verdict of", Done: "verdict set to " + verdict.Label(),
		State: func(a s1.Alert) change.Reached { return change.ReachedBy("verdict", a.Info.AnalystVerdict, verdict) },
		Send: func(ctx context.Context, console *s1.Client, ids []s1.AlertID) (s1.ActionResult, error) {
			return console.SetAlertVerdict(ctx, ids, verdict)
		},
	}
}

// statusOf sets the incident status.
func statusOf(status s1.IncidentStatus) triage {
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Status", Value: status.Label()}}, Same: "this status",
		Try: "set the status of", Done: "status set to " + status.Label(),
		State: func(a s1.Alert) change.Reached { return change.ReachedBy("status", a.Info.IncidentStatus, status) },
		Send: func(ctx context.Context, console *s1.Client, ids []s1.AlertID) (s1.ActionResult, error) {
			return console.SetAlertIncident(ctx, ids, status)
		},
	}
}

// after looks at alerts that were to be changed. The console says how many it changed and not which.
func after(ctx context.Context, call *catalog.Call, ids []s1.AlertID, result s1.ActionResult, done string) (change.Outcome, []s1.Alert) {
	found, err := call.Console.AlertsByID(ctx, ids[:min(len(ids), change.MaxShown)])
	c := change.Outcome{
		Noun: "alert", Done: done, Result: result, Targets: change.Known(call, "alert", ids, found, lookup.AlertTarget),
		Why: "The alerts are gone, or the bot's token may not change them.",
	}
	if err != nil {
		c.Notes = append(c.Notes, "The names of the alerts could not be read.")
	}
	c.Actions = change.Opens(c.Targets)
	return c, found
}
