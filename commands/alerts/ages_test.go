package alerts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/alerts"
	"s1bot/commands/commandtest"
	"s1bot/s1/s1sim"
)

// Every command of this area on every age of a console.
func TestAlertsOnEveryAge(t *testing.T) {
	t.Parallel()
	var names []string
	for _, cmd := range cat(t).Commands() {
		names = append(names, cmd.Name)
	}
	commandtest.Ages(t, "testdata/ages", alerts.Commands, func(c *s1sim.Console) commandtest.Names {
		alert := c.AddAlert(s1sim.AlertSpec{Rule: "Encoded PowerShell", Agent: "DESKTOP-1"})
		other := c.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Phishing mail", Vendor: "Proofpoint", Product: "TAP", Surface: "EMAIL", User: "jdoe@example.com"})
		return commandtest.Names{"alert": func() string { return alert }, "unified": func() string { return other }}
	}, names...)
}

// The console that has everything, the one that has unified alerts alone, and the one that has none yet: a rule alert is triaged by its
// old id on each of them, and what is true in the console afterwards is the same.
func TestARuleAlertIsTriagedOnConsolesOfEveryAge(t *testing.T) {
	t.Parallel()
	for name, age := range map[string]s1sim.Age{"today": s1sim.Today, "after Deep Visibility": s1sim.AfterDV, "unified alerts only": s1sim.UnifiedOnly, "before unified alerts": s1sim.BeforeSDL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console, s := commandtest.New(t, cat(t), s1sim.Options{Empty: true, Age: age})
			id := console.AddAlert(s1sim.AlertSpec{Rule: "Encoded", Agent: "DESKTOP-1"})
			other := console.AddAlert(s1sim.AlertSpec{Rule: "Other", Agent: "DESKTOP-1"})
			word := func(id, name string) any { return console.Alert(id)["alertInfo"].(map[string]any)[name] }
			s.Done(`alert-status ` + id + ` status="In Progress"`)
			s.Done(`alert-verdict ` + id + ` verdict="False Positive"`)
			s.Done(`update-alert-verdict filter={"ruleName__contains":["encod"]} analyst-verdict="True Positive"`)
			s.Done(`alert-status Other status=resolved`)
			require.Equal(t, []any{"In progress", "True positive"}, []any{word(id, "incidentStatus"), word(id, "analystVerdict")})
			require.Equal(t, []any{"Resolved", "Undefined"}, []any{word(other, "incidentStatus"), word(other, "analystVerdict")})
			require.Contains(t, s.Card(`alerts open`).Plain(), "Encoded")
			require.NotContains(t, s.Card(`alerts status=open`).Plain(), "Other")
		})
	}
}

func TestUnifiedAlertsAreTriaged(t *testing.T) {
	t.Parallel()
	for name, age := range map[string]s1sim.Age{"today": s1sim.Today, "unified alerts only": s1sim.UnifiedOnly} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			console, s := commandtest.New(t, cat(t), s1sim.Options{Empty: true, Age: age})
			console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Impossible travel", Vendor: "Okta", User: "jdoe@example.com"})
			id := console.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Phishing mail", Vendor: "Proofpoint", Product: "TAP", Surface: "EMAIL", User: "jdoe@example.com"})
			threat := console.AddThreat(s1sim.ThreatSpec{Name: "evil.exe", Agent: "DESKTOP-1"})
			require.Contains(t, s.Card(`unified-alerts open`).Plain(), "Proofpoint · TAP")
			s.Done(`triage-alert "Phishing mail" status=resolved verdict="True Positive: Phishing Attack" assignee="Alice Martin"`)
			s.Done(`note-unified-alert ` + id + ` note-text="mail was pulled"`)
			require.Contains(t, s.Card(`unified-alert `+id).Plain(), "mail was pulled")
			require.NotContains(t, s.Card(`unified-alerts open`).Plain(), "Proofpoint · TAP")
			row := console.UnifiedAlert(id)
			require.Equal(t, []any{"RESOLVED", "TRUE_POSITIVE_PHISHING_ATTACK"}, []any{row["status"], row["analystVerdict"]})

			s.Done(`triage-alert ` + threat + ` status="in progress"`)
			require.Equal(t, "in_progress", console.Threat(threat)["threatInfo"].(map[string]any)["incidentStatus"], "by its id as a threat, and it is the same thing")
			require.Contains(t, s.Plan(`triage-alert `+threat+` status="in progress"`).Notes, "1 alert has that already.")
			s.Refused(`triage-alert `+id, "give a status, a verdict or an assignee")
			s.Refused(`triage-alert `+id+` assignee=carol@example.com`, "the console has no user")
			s.Refused(`triage-alert nosuch status=resolved`, "nosuch")
			s.Refused(`alert-verdict `+id+` verdict=suspicious`, "unified alerts have no verdict Suspicious")
		})
	}
	_, s := commandtest.New(t, cat(t), s1sim.Options{Empty: true, Age: s1sim.BeforeSDL})
	s.Refused(`unified-alerts`, "This console doesn't have unifiedalerts/graphql")
}
