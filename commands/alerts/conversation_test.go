package alerts_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestAlertsAreTriagedByIdAndByFilter(t *testing.T) {
	t.Parallel()
	console, s := office(t)
	first, second := console.AddAlert(s1sim.AlertSpec{Rule: "Encoded", Agent: "DESKTOP-1"}), console.AddAlert(s1sim.AlertSpec{Rule: "Other", Agent: "DESKTOP-1"})
	word := func(id, name string) any { return console.Alert(id)["alertInfo"].(map[string]any)[name] }
	s.Done(`alert-status ` + first + ` status="In Progress"`)
	require.Equal(t, []any{"In progress", "Unresolved"}, []any{word(first, "incidentStatus"), word(second, "incidentStatus")})
	s.Done(`update-alert-verdict filter={"ruleName__contains":["encod"]} analyst-verdict="True Positive"`)
	require.Equal(t, []any{"True positive", "Undefined"}, []any{word(first, "analystVerdict"), word(second, "analystVerdict")})
	s.Done(`update-alert-verdict ` + second + ` analyst-verdict=suspicious`)
	require.Equal(t, "Suspicious", word(second, "analystVerdict"))
	require.Contains(t, s.Plan(`alert-status `+first+` status="In Progress"`).Notes, "1 alert has this status already.")
	s.Refused(`update-alert-verdict filter={"limit":1} analyst-verdict=suspicious`, "it restricts nothing")
	s.Refused(`alert-status 1985998272619999973 status=resolved`, "the console has no alert with the id")
}
