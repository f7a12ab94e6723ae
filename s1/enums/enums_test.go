package enums

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
		"Verdict": reads(Verdict.Label, (*Verdict).UnmarshalText), "IncidentStatus": reads(IncidentStatus.Label, (*IncidentStatus).UnmarshalText),
		"MitigationStatus": reads(MitigationStatus.Label, (*MitigationStatus).UnmarshalText), "Confidence": reads(Confidence.Label, (*Confidence).UnmarshalText),
		"AlertSeverity": reads(AlertSeverity.Label, (*AlertSeverity).UnmarshalText), "NetworkStatus": reads(NetworkStatus.Label, (*NetworkStatus).UnmarshalText),
		"OSType": reads(OSType.Label, (*OSType).UnmarshalText), "RuleStatus": reads(RuleStatus.Label, (*RuleStatus).UnmarshalText),
		"RuleQuery": reads(RuleQuery.Label, (*RuleQuery).UnmarshalText), "ExpirationMode": reads(ExpirationMode.Label, (*ExpirationMode).UnmarshalText),
		"TreatAsThreat": reads(TreatAsThreat.Label, (*TreatAsThreat).UnmarshalText), "ScriptType": reads(ScriptType.Label, (*ScriptType).UnmarshalText),
		"ScriptOS": reads(ScriptOS.Label, (*ScriptOS).UnmarshalText), "Destination": reads(Destination.Label, (*Destination).UnmarshalText),
		"TaskStatus": reads(TaskStatus.Label, (*TaskStatus).UnmarshalText),
	} {
		t.Run(name, test)
	}
}

func TestPolicySwitchesAreShownInWords(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Protect", ModeProtect.Label())
	require.Equal(t, "Off", OnOff("off").Label())
	require.Equal(t, "Expired", State("expired").Label())
	require.Equal(t, "Rollback", MitigateRollback.Label())
	require.Len(t, MitigateKill.Choices(), 6)
}

// What decides on a value takes an unknown one for neither: such a task goes on, such a rule is where it says, such an endpoint is not known
// to be cut off.
func TestAnUnknownValueIsNoYes(t *testing.T) {
	t.Parallel()
	require.True(t, TaskPartly.Ended())
	require.False(t, TaskStatus("in_progress").Ended())
	require.False(t, TaskStatus("of next year").Ended())
	require.True(t, NetworkDisconnecting.Isolated())
	require.False(t, NetworkConnecting.Isolated())
	require.False(t, NetworkStatus("of next year").Isolated())
	require.Equal(t, RuleActive, RuleActivating.Settled())
	require.Equal(t, RuleDisabled, RuleDisabling.Settled())
	require.Equal(t, RuleDeleted, RuleDeleting.Settled())
	require.Equal(t, RuleStatus("of next year"), RuleStatus("of next year").Settled())
	require.True(t, ScriptOS("windows").Runs("windows_legacy"))
	require.False(t, ScriptOS("linux").Runs("macos"))
	require.Equal(t, "TRUE_POSITIVE", VerdictTruePositive.Upper())
	require.Equal(t, "IN_PROGRESS", StatusInProgress.Upper())
}
