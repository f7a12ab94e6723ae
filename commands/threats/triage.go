package threats

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A triage is what analysts set on threats. A verdict is an opinion and a status is how far the
// work is: the console keeps them apart, and so do the commands.
type triage = change.Setting[s1.Threat, s1.ThreatID]

// Late is not set: threats show at once what was set.
var triaged = change.Things[s1.Threat, s1.ThreatID]{Noun: "threat", Identity: s1.Threat.Identity, Target: lookup.ThreatTarget, After: lookup.ThreatsAfter}

// verdictOf sets the analyst verdict.
func verdictOf(verdict s1.Verdict) triage {
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Analyst verdict", Value: verdict.Label()}}, Same: "this verdict",
		Try: "set the verdict of", Done: "verdict set to " + verdict.Label(),
		State: func(t s1.Threat) change.Reached { return change.ReachedBy("verdict", t.Info.AnalystVerdict, verdict) },
		Send: func(ctx context.Context, console *s1.Client, ids []s1.ThreatID) (s1.ActionResult, error) {
			return console.SetThreatVerdict(ctx, ids, verdict)
		},
	}
}

// statusOf sets the incident status.
func statusOf(status s1.IncidentStatus) triage {
	return triage{
		Things: triaged, Facts: []catalog.Fact{{Label: "Status", Value: status.Label()}}, Same: "this status",
		Try: "set the status of", Done: "status set to " + status.Label(),
		State: func(t s1.Threat) change.Reached { return change.ReachedBy("status", t.Info.IncidentStatus, status) },
		Send: func(ctx context.Context, console *s1.Client, ids []s1.ThreatID) (s1.ActionResult, error) {
			return console.SetThreatIncident(ctx, ids, status)
		},
	}
}

// statusAndVerdictOf sets both in one request, so that no threat has one of them without the other.
// A threat has what was wanted only if both are so.
func statusAndVerdictOf(status s1.IncidentStatus, verdict s1.Verdict) triage {
	is, thinks := statusOf(status), verdictOf(verdict)
	return triage{
		Things: triaged, Facts: append(is.Facts, thinks.Facts...), Same: "this status and verdict",
		Try: "set status and verdict of", Done: is.Done + ", verdict to " + verdict.Label(),
		State: func(t s1.Threat) change.Reached {
			is, thinks := is.State(t), thinks.State(t)
			return change.Reached{Words: text.JoinNonEmpty(", ", is.Words, thinks.Words), Yes: is.Yes && thinks.Yes}
		},
		Send: func(ctx context.Context, console *s1.Client, ids []s1.ThreatID) (s1.ActionResult, error) {
			return console.SetThreatIncidentAndVerdict(ctx, ids, status, verdict)
		},
	}
}

// resolvedOn sets the status Resolved by the console's own call for that, which wants the endpoint that the threats are on.
func resolvedOn(agent s1.AgentID) triage {
	resolved := statusOf(s1.StatusResolved)
	resolved.Try, resolved.Done = "resolve", "resolved"
	resolved.Send = func(ctx context.Context, console *s1.Client, ids []s1.ThreatID) (s1.ActionResult, error) {
		return console.ResolveThreats(ctx, ids, agent)
	}
	return resolved
}
