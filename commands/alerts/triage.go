package alerts

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// A triage is what analysts set on alerts.
type triage = change.Setting[subject, s1.AlertID]

// Late: unified alerts show a change some seconds after the yes, rule alerts at once.
var triaged = change.Things[subject, s1.AlertID]{Noun: "alert", Identity: subject.identity, Target: subjectTarget, Late: subject.isUnified, After: after}

// verdictOf sets the analyst verdict.
func verdictOf(verdict s1.Verdict) triage {
	same, _ := unified.VerdictFor(verdict) // one without an equal is refused when the request is made
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Analyst verdict", Value: verdict.Label()}}, Same: "this verdict",
		Try: "set the verdict of", Done: "verdict set to " + verdict.Label(),
		State: func(s subject) change.Reached {
			if s.isUnified() {
				return change.ReachedBy("verdict", s.unified.Verdict, same)
			}
			return change.ReachedBy("verdict", s.rule.Info.AnalystVerdict, verdict)
		},
		Send: func(ctx context.Context, console *s1.Client, ids []s1.AlertID) (s1.ActionResult, error) {
			return setOn(ctx, console, ids, func(rule []s1.AlertID) (s1.ActionResult, error) {
				return console.SetAlertVerdict(ctx, rule, verdict)
			}, unified.Change{Verdict: &same})
		},
	}
}

// statusOf sets the incident status.
func statusOf(status s1.IncidentStatus) triage {
	same := unified.StatusFor(status)
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Status", Value: status.Label()}}, Same: "this status",
		Try: "set the status of", Done: "status set to " + status.Label(),
		State: func(s subject) change.Reached {
			if s.isUnified() {
				return change.ReachedBy("status", s.unified.Status, same)
			}
			return change.ReachedBy("status", s.rule.Info.IncidentStatus, status)
		},
		Send: func(ctx context.Context, console *s1.Client, ids []s1.AlertID) (s1.ActionResult, error) {
			return setOn(ctx, console, ids, func(rule []s1.AlertID) (s1.ActionResult, error) {
				return console.SetAlertIncident(ctx, rule, status)
			}, unified.Change{Status: &same})
		},
	}
}

// after looks at alerts that were to be changed. The console says how many it changed and, of rule
// alerts, not which. Alerts that cannot be read keep their ids for names.
func after(ctx context.Context, call *catalog.Call, ids []s1.AlertID, result s1.ActionResult, done string) (change.Outcome, []subject) {
	found, err := lookUp(ctx, call, ids[:min(len(ids), change.MaxShown)])
	subjects := make([]subject, len(found))
	for i, n := range found {
		subjects[i] = n.subject
	}
	c := change.Outcome{Noun: "alert", Done: done, Result: result, Why: "The alerts are gone, or the bot's token isn't allowed to change them."}
	return change.Named(c, call, ids, subjects, err, subjectTarget), subjects
}
