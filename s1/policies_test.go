package s1_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
	"s1bot/s1/consoletest"
)

const madeUpPolicy = `{"data":{"mitigationMode":"protect","mitigationModeSuspicious":"detect","engines":{"reputation":"on","pup":"off"},
	"agentUi":{"agentUiOn":true},"autoDecommissionDays":21,"inheritedFrom":null,"updatedAt":"2026-05-01T10:00:00.000000Z",
	"newInVersion25":{"x":[1,2]}}}`

func TestAPolicyKeepsFieldsThatWeDoNotKnow(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(madeUpPolicy))
	policy, err := console.AccountPolicy(t.Context(), consoletest.AccountA)
	require.NoError(t, err)
	require.Equal(t, "/web/api/v2.1/accounts/433241117337583618/policy", console.Asked()[0].Path)
	require.Equal(t, s1.ModeProtect, policy.MitigationMode)
	require.Equal(t, s1.OnOff("off"), policy.Engines["pup"])
	require.Equal(t, 21, policy.AutoDecommissionDays)
	require.Contains(t, string(policy.Raw), `"newInVersion25":{"x":[1,2]}`)
	require.Empty(t, policy.InheritedFrom)
}

func TestAPolicyTellsWhatAChangeWouldChange(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(madeUpPolicy))
	policy, err := console.GlobalPolicy(t.Context())
	require.NoError(t, err)
	require.Equal(t, "/web/api/v2.1/tenant/policy", console.Asked()[0].Path)
	fields, err := policy.Changes([]byte(`{"data":{"mitigationMode":"detect","engines":{"reputation":"on","pup":"on"},
		"autoDecommissionDays":21, "agentUi":{"agentUiOn":false}, "unheardOf":{"y": [1, 3]}, "updatedAt":"now"}}`))
	require.NoError(t, err)
	require.Equal(t, []s1.PolicyField{
		{Path: "agentUi.agentUiOn", Old: "true", New: "false"},
		{Path: "engines.pup", Old: "off", New: "on"},
		{Path: "mitigationMode", Old: "protect", New: "detect"},
		{Path: "unheardOf.y", Old: "", New: "[1,3]"},
	}, fields)
}

func TestAPolicyIsPutInOneEnvelope(t *testing.T) {
	t.Parallel()
	for _, given := range []string{
		`{"mitigationMode":"detect","inheritedFrom":"site","createdAt":"x","userId":"1"}`,
		`{"data":{"mitigationMode":"detect"}}`,
	} {
		console := consoletest.Start(t, consoletest.OK(madeUpPolicy))
		after, err := console.UpdateAccountPolicy(t.Context(), consoletest.AccountA, json.RawMessage(given))
		require.NoError(t, err)
		require.Equal(t, s1.ModeProtect, after.MitigationMode, "what the console says counts, not what was asked")
		call := console.Asked()[0]
		require.Equal(t, "PUT", call.Method)
		require.JSONEq(t, `{"data":{"mitigationMode":"detect"}}`, call.Body)
	}
}

func TestAPolicyThatSetsNothingIsRefused(t *testing.T) {
	t.Parallel()
	console := consoletest.Start(t, consoletest.OK(madeUpPolicy))
	for _, given := range []string{``, `{}`, `null`, `[]`, `"x"`, `{"data":{}}`, `{"data":null}`, `{"data":"x"}`, `{"updatedAt":"x","inheritedFrom":null}`, `{"uninstallToken":"•••"}`} {
		_, err := console.UpdateGlobalPolicy(t.Context(), json.RawMessage(given))
		require.ErrorIs(t, err, s1.ErrInvalidValue, given)
		require.Equal(t, "update global policy", consoletest.AsError(t, err).Operation)
	}
	_, err := console.UpdateAccountPolicy(t.Context(), "me/../../tenant", json.RawMessage(`{"a":1}`))
	require.ErrorIs(t, err, s1.ErrInvalidID)
	_, err = console.AccountPolicy(t.Context(), "")
	require.ErrorIs(t, err, s1.ErrInvalidID)
	require.Empty(t, console.Asked())
}
