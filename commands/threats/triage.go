package threats

import (
	"context"

	"s1bot/commands/catalog"
	"s1bot/commands/change"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
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
		Warn: func(found []s1.Threat) change.Warning { return unmitigated(status, found) },
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
		Warn: is.Warn,
	}
}

// resolvedOn sets the status Resolved by the console's own call for that, which wants the endpoint
// that the threats are on.
func resolvedOn(agent s1.AgentID) triage {
	resolved := statusOf(s1.StatusResolved)
	resolved.Try, resolved.Done = "resolve", "resolved"
	resolved.Send = func(ctx context.Context, console *s1.Client, ids []s1.ThreatID) (s1.ActionResult, error) {
		return console.ResolveThreats(ctx, ids, agent)
	}
	return resolved
}

type threatVerdictParams struct {
	Threats []s1.ThreatID `json:"threat-ids" help:"The threats, by name or id."`
	Verdict s1.Verdict    `json:"analyst-verdict" help:"The new analyst verdict."`
}

func (p *threatVerdictParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := lookup.ThreatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return catalog.Plan{}, err
	}
	return verdictOf(p.Verdict).Plan(call, threats), nil
}

// POST /threats/analyst-verdict, in lower snake case only; the same words in capitals belong to
// alerts.
func setThreatVerdict() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-threat-analyst-verdict", Title: "Update Threat Analyst Verdict", Short: "Set threat verdict", Area: "threats", Aliases: []string{"verdict", "threat-verdict"}, Main: "threat-ids",
		Wording: verdictWording(),
		Settled: "the verdict is set with the answer",
		OnCards: verdictOnCards(),
		Risk:    catalog.Change, Needs: "Endpoint Threats › View + Update Analyst Verdict", Repeatable: true,
		Doc:      "Sets the analyst verdict on threats.",
		Examples: []string{`verdict 1112953674841025235 verdict="True Positive"`, `update-threat-analyst-verdict threat-ids=["1112953674841025235"] analyst-verdict=false_positive`},
	}, func(ctx context.Context, call *catalog.Call, p threatVerdictParams) (render.Card, error) {
		return verdictOf(p.Verdict).Run(ctx, call, p.Threats)
	})
}

type incidentStatusParams struct {
	Threats []s1.ThreatID     `json:"threat-ids" help:"The threats, by name or id."`
	Status  s1.IncidentStatus `json:"status" help:"The new incident status."`
}

func (p *incidentStatusParams) Plan(ctx context.Context, call *catalog.Call) (catalog.Plan, error) {
	threats, err := lookup.ThreatsWith(ctx, call, "threat-ids", p.Threats)
	if err != nil {
		return catalog.Plan{}, err
	}
	plan := statusOf(p.Status).Plan(call, threats)
	plan.Notes = append(plan.Notes, unmitigatedNote(p.Status, threats)...)
	return plan, nil
}

// POST /threats/incident. The console lets a threat be resolved that nothing was done about, so the
// plan warns of those (unmitigatedNote). The verdict has a path and a permission of its own.
func setIncidentStatus() *catalog.Command {
	return catalog.Define(catalog.Command{
		Name: "update-incident-status", Title: "Update Incident Status", Area: "threats", Aliases: []string{"status", "incident-status"}, Main: "threat-ids",
		Wording: statusWording(),
		Settled: "the status is set with the answer",
		OnCards: statusOnCards(),
		Risk:    catalog.Change, Needs: "Endpoint Threats › View + Update Incident Status", Repeatable: true,
		Doc:      "Sets the incident status of threats.",
		Examples: []string{"update-incident-status threat-ids=1112953674841025235 status=Resolved", `status 1112953674841025235 status="In Progress"`},
	}, func(ctx context.Context, call *catalog.Call, p incidentStatusParams) (render.Card, error) {
		return statusOf(p.Status).Run(ctx, call, p.Threats)
	})
}
