package s1

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAChoiceIsUnderstoodInAnySpelling(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{"True Positive", "true_positive", "TRUE_POSITIVE", "True positive", "truepositive", " true-positive "} {
		verdict, err := ParseChoice[Verdict](spelling)
		require.NoError(t, err, spelling)
		require.Equal(t, VerdictTruePositive, verdict)
	}
	for spelling, want := range map[string]MitigateAction{
		"Rollback": MitigateRollback, "rollback-remediation": MitigateRollback, "Unquarantine": MitigateUnquarantine,
		"un-quarantine": MitigateUnquarantine, "Network Quarantine": MitigateNetworkQuarantine, "KILL": MitigateKill,
	} {
		action, err := ParseChoice[MitigateAction](spelling)
		require.NoError(t, err, spelling)
		require.Equal(t, want, action)
	}
	for _, spelling := range []string{"", "  ", "maybe", "true"} {
		_, err := ParseChoice[Verdict](spelling)
		require.ErrorContains(t, err, "Undefined, True Positive, False Positive, Suspicious", spelling)
	}
}

func TestAlertsAreSpelledTheirOwnWay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "TRUE_POSITIVE", VerdictTruePositive.Upper())
	require.Equal(t, "IN_PROGRESS", StatusInProgress.Upper())

	var info AlertInfo
	require.NoError(t, json.Unmarshal([]byte(`{"analystVerdict":"True positive","incidentStatus":"In progress"}`), &info))
	require.Equal(t, VerdictTruePositive, info.AnalystVerdict)
	require.Equal(t, StatusInProgress, info.IncidentStatus)
	require.Equal(t, "In Progress", info.IncidentStatus.Label())
}

func TestAValueThatOnlyTheConsoleKnowsIsKept(t *testing.T) {
	t.Parallel()
	var info ThreatInfo
	require.NoError(t, json.Unmarshal([]byte(`{"analystVerdict":"escalated","confidenceLevel":"n/a"}`), &info))
	require.Equal(t, Verdict("escalated"), info.AnalystVerdict)
	require.Equal(t, "escalated", info.AnalystVerdict.Label())
	require.False(t, ValidChoice(info.AnalystVerdict))
	require.Equal(t, ConfidenceNone, info.ConfidenceLevel)
}

// choicesOf checks that every value of a type reads back from its label and has one.
func choicesOf[T Enum](t *testing.T) {
	t.Helper()
	var zero T
	require.NotEmpty(t, zero.Choices())
	for _, c := range zero.Choices() {
		byLabel, err := ParseChoice[T](c.Label)
		require.NoError(t, err)
		require.Equal(t, T(c.Value), byLabel)
		require.True(t, ValidChoice(byLabel))
		require.Equal(t, c.Label, label(byLabel))
	}
}

func TestEveryChoiceReadsBackFromItsLabel(t *testing.T) {
	t.Parallel()
	choicesOf[Verdict](t)
	choicesOf[IncidentStatus](t)
	choicesOf[MitigateAction](t)
	choicesOf[MitigationStatus](t)
	choicesOf[Confidence](t)
	choicesOf[AlertSeverity](t)
	choicesOf[NetworkStatus](t)
	choicesOf[OSType](t)
	choicesOf[State](t)
	choicesOf[MitigationMode](t)
	choicesOf[OnOff](t)
	choicesOf[SortOrder](t)
}
