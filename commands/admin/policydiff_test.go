package admin

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1"
)

// What lowers the protection is marked, what raises it or has nothing to do with it is not.
func TestWeakerPoliciesAreMarked(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		path, old, new string
		weaker         bool
	}{
		{"mitigationMode", "protect", "detect", true}, {"mitigationMode", "detect", "protect", false}, {"mitigationModeSuspicious", "protect", "null", true},
		{"engines.reputation", "on", "off", true}, {"engines.reputation", "off", "on", false}, {"engines.reputation", "on", "disabled", true},
		{"antiTamperingOn", "true", "false", true}, {"antiTamperingOn", "false", "true", false}, {"snapshotsOn", "true", "null", true},
		{"allowRemoteShell", "false", "true", true}, {"allowRemoteShell", "true", "false", false},
		{"autoMitigationAction", "mitigation.quarantineThreat", "mitigation.none", true}, {"autoMitigationAction", "mitigation.none", "mitigation.killThreat", false},
		{"identityEndpointReporting", "aggressive", "disabled", true}, {"agentUi.agentUiOn", "true", "false", false}, {"autoDecommissionDays", "21", "5", false},
		{"autoDecommissionOn", "true", "false", false},
	} {
		require.Equal(t, row.weaker, weakens(s1.PolicyField{Path: row.path, Old: row.old, New: row.new}), row)
	}
}

func TestAPolicyTakesOnlyWhatFits(t *testing.T) {
	t.Parallel()
	current := s1.Policy{}
	current.Raw = json.RawMessage(`{"mitigationMode":"protect","engines":{"pup":"off"},"ioc":true,"autoDecommissionDays":21,"agentUi":null}`)
	for wanted, complaint := range map[string]string{
		`{"mitigationMod":"x"}`:         "the policy has no field mitigationMod",
		`{"engines":{"pupp":"on"}}`:     "the policy has no field engines.pupp",
		`{"engines":"off"}`:             "engines takes an object, not text",
		`{"ioc":"true"}`:                "ioc takes true or false, not text",
		`{"autoDecommissionDays":"21"}`: "autoDecommissionDays takes a number, not text",
		`{"mitigationMode":"off"}`:      "one of Detect, Protect",
		`{"engines":{"pup":"protect"}}`: "one of On, Off",
	} {
		_, err := policyPlan(current, policyObject{RawMessage: json.RawMessage(wanted)}, true)
		require.ErrorContains(t, err, complaint, wanted)
	}
	plan, err := policyPlan(current, policyObject{RawMessage: json.RawMessage(`{"agentUi":{},"ioc":false}`)}, true)
	require.NoError(t, err)
	require.NotEmpty(t, plan.Changes)
	plan, err = policyPlan(current, policyObject{RawMessage: json.RawMessage(`{"snapshotsOn":true}`)}, true)
	require.NoError(t, err, "the console leaves out what was never set")
	require.Len(t, plan.Changes, 1)
	plan, err = policyPlan(current, policyObject{RawMessage: json.RawMessage(`{"mitigationMode":"protect"}`)}, true)
	require.NoError(t, err)
	require.Len(t, plan.Notes, 1)
	require.Contains(t, plan.Notes[0], "only ends the inheritance")
	require.True(t, plan.Policy)
	_, err = policyPlan(current, policyObject{RawMessage: json.RawMessage(`{"mitigationMode":"protect"}`)}, false)
	require.ErrorContains(t, err, "already like that", "nobody is asked for what changes nothing")
}

// Two states of a policy are told apart by what can be set in it, not by who looked at it when.
func TestAFingerprintIsOfWhatCanBeSet(t *testing.T) {
	t.Parallel()
	print := func(raw string) string {
		p := s1.Policy{}
		p.Raw = json.RawMessage(raw)
		return fingerprint(p)
	}
	base := print(`{"mitigationMode":"protect","engines":{"pup":"on"},"updatedAt":"a"}`)
	require.Equal(t, base, print(`{"engines": {"pup": "on"}, "mitigationMode":"protect","updatedAt":"b"}`))
	require.NotEqual(t, base, print(`{"mitigationMode":"protect","engines":{"pup":"off"},"updatedAt":"a"}`))
}
