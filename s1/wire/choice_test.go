package wire_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/wire"
)

func TestAChoiceIsUnderstoodInAnySpelling(t *testing.T) {
	t.Parallel()
	for _, spelling := range []string{"True Positive", "true_positive", "TRUE_POSITIVE", "True positive", "truepositive", " true-positive "} {
		verdict, err := s1.ParseChoice[s1.Verdict](spelling)
		require.NoError(t, err, spelling)
		require.Equal(t, s1.VerdictTruePositive, verdict)
	}
	for spelling, want := range map[string]s1.MitigateAction{
		"Rollback": s1.MitigateRollback, "rollback-remediation": s1.MitigateRollback, "Unquarantine": s1.MitigateUnquarantine,
		"un-quarantine": s1.MitigateUnquarantine, "Network Quarantine": s1.MitigateNetworkQuarantine, "KILL": s1.MitigateKill,
	} {
		action, err := s1.ParseChoice[s1.MitigateAction](spelling)
		require.NoError(t, err, spelling)
		require.Equal(t, want, action)
	}
	for _, spelling := range []string{"", "  ", "maybe", "true"} {
		_, err := s1.ParseChoice[s1.Verdict](spelling)
		require.ErrorContains(t, err, "Undefined, True Positive, False Positive, Suspicious", spelling)
	}
}

func TestAlertsAreSpelledTheirOwnWay(t *testing.T) {
	t.Parallel()
	require.Equal(t, "TRUE_POSITIVE", s1.VerdictTruePositive.Upper())
	require.Equal(t, "IN_PROGRESS", s1.StatusInProgress.Upper())

	var info s1.AlertInfo
	require.NoError(t, json.Unmarshal([]byte(`{"analystVerdict":"True positive","incidentStatus":"In progress"}`), &info))
	require.Equal(t, s1.VerdictTruePositive, info.AnalystVerdict)
	require.Equal(t, s1.StatusInProgress, info.IncidentStatus)
	require.Equal(t, "In Progress", info.IncidentStatus.Label())
}

func TestAValueThatOnlyTheConsoleKnowsIsKept(t *testing.T) {
	t.Parallel()
	var info s1.ThreatInfo
	require.NoError(t, json.Unmarshal([]byte(`{"analystVerdict":"escalated","confidenceLevel":"n/a"}`), &info))
	require.Equal(t, s1.Verdict("escalated"), info.AnalystVerdict)
	require.Equal(t, "escalated", info.AnalystVerdict.Label())
	require.False(t, wire.ValidChoice(info.AnalystVerdict))
	require.Equal(t, s1.ConfidenceNone, info.ConfidenceLevel)
}

// choicesOf checks that every value of a type reads back from its label and has one.
func choicesOf[T s1.Enum](t *testing.T) {
	t.Helper()
	var zero T
	require.NotEmpty(t, zero.Choices())
	for _, c := range zero.Choices() {
		byLabel, err := s1.ParseChoice[T](c.Label)
		require.NoError(t, err)
		require.Equal(t, T(c.Value), byLabel)
		require.True(t, wire.ValidChoice(byLabel))
		require.Equal(t, c.Label, wire.Label(byLabel))
	}
}

func TestEveryChoiceReadsBackFromItsLabel(t *testing.T) {
	t.Parallel()
	choicesOf[s1.Verdict](t)
	choicesOf[s1.IncidentStatus](t)
	choicesOf[s1.MitigateAction](t)
	choicesOf[s1.MitigationStatus](t)
	choicesOf[s1.Confidence](t)
	choicesOf[s1.AlertSeverity](t)
	choicesOf[s1.NetworkStatus](t)
	choicesOf[s1.OSType](t)
	choicesOf[s1.State](t)
	choicesOf[s1.MitigationMode](t)
	choicesOf[s1.OnOff](t)
	choicesOf[s1.SortOrder](t)
}
