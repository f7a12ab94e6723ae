package enums_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/enums"
	"s1bot/s1/wire"
)

// reads checks that an enumeration shows and reads each of its choices, and keeps what it does not know.
func reads[T wire.Enum](label func(T) string, read func(*T, []byte) error) func(t *testing.T) {
	return func(t *testing.T) {
		t.Parallel()
		var none T
		require.NotEmpty(t, none.Choices())
		for _, c := range none.Choices() {
			require.Equal(t, c.Label, label(T(c.Value)))
			for _, spelled := range []string{c.Value, c.Label, strings.ToUpper(c.Value), strings.ReplaceAll(strings.ToLower(c.Label), " ", "_")} {
				var v T
				require.NoError(t, read(&v, []byte(spelled)))
				require.Equal(t, T(c.Value), v, spelled)
			}
		}
		v := T(none.Choices()[0].Value)
		require.NoError(t, read(&v, []byte("of next year")))
		require.Equal(t, T("of next year"), v)
		require.Equal(t, "of next year", label(v))
	}
}

func TestEnumerationsReadEverySpellingAndKeepWhatTheyDoNotKnow(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]func(*testing.T){
		"Verdict": reads(enums.Verdict.Label, (*enums.Verdict).UnmarshalText), "IncidentStatus": reads(enums.IncidentStatus.Label, (*enums.IncidentStatus).UnmarshalText),
		"MitigationStatus": reads(enums.MitigationStatus.Label, (*enums.MitigationStatus).UnmarshalText), "Confidence": reads(enums.Confidence.Label, (*enums.Confidence).UnmarshalText),
		"AlertSeverity": reads(enums.AlertSeverity.Label, (*enums.AlertSeverity).UnmarshalText), "NetworkStatus": reads(enums.NetworkStatus.Label, (*enums.NetworkStatus).UnmarshalText),
		"OSType": reads(enums.OSType.Label, (*enums.OSType).UnmarshalText), "RuleStatus": reads(enums.RuleStatus.Label, (*enums.RuleStatus).UnmarshalText),
		"RuleQuery": reads(enums.RuleQuery.Label, (*enums.RuleQuery).UnmarshalText), "ExpirationMode": reads(enums.ExpirationMode.Label, (*enums.ExpirationMode).UnmarshalText),
		"TreatAsThreat": reads(enums.TreatAsThreat.Label, (*enums.TreatAsThreat).UnmarshalText), "ScriptType": reads(enums.ScriptType.Label, (*enums.ScriptType).UnmarshalText),
		"ScriptOS": reads(enums.ScriptOS.Label, (*enums.ScriptOS).UnmarshalText), "Destination": reads(enums.Destination.Label, (*enums.Destination).UnmarshalText),
		"TaskStatus": reads(enums.TaskStatus.Label, (*enums.TaskStatus).UnmarshalText),
	} {
		t.Run(name, test)
	}
}

func TestPolicySwitchesAreShownInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Protect", enums.ModeProtect.Label())
	require.Equal(t, "Off", enums.OnOff("off").Label())
	require.Equal(t, "Expired", enums.State("expired").Label())
	require.Equal(t, "Rollback", enums.MitigateRollback.Label())
	require.Len(t, enums.MitigateKill.Choices(), 6)
}

// What decides on a value takes an unknown one for neither: such a task goes on, such a rule is where it says, such an endpoint is not known
// to be cut off.
func TestAnUnknownValueIsNoYes(t *testing.T) {
	t.Parallel()
	require.True(t, enums.TaskPartly.Ended())
	require.False(t, enums.TaskStatus("in_progress").Ended())
	require.False(t, enums.TaskStatus("of next year").Ended())
	require.True(t, enums.NetworkDisconnecting.Isolated())
	require.False(t, enums.NetworkConnecting.Isolated())
	require.False(t, enums.NetworkStatus("of next year").Isolated())
	require.Equal(t, enums.RuleActive, enums.RuleActivating.Settled())
	require.Equal(t, enums.RuleDisabled, enums.RuleDisabling.Settled())
	require.Equal(t, enums.RuleDeleted, enums.RuleDeleting.Settled())
	require.Equal(t, enums.RuleStatus("of next year"), enums.RuleStatus("of next year").Settled())
	require.True(t, enums.ScriptOS("windows").Runs("windows_legacy"))
	require.False(t, enums.ScriptOS("linux").Runs("macos"))
	require.Equal(t, "TRUE_POSITIVE", enums.VerdictTruePositive.Upper())
	require.Equal(t, "IN_PROGRESS", enums.StatusInProgress.Upper())
}
