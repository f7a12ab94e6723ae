package s1sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestAnAccountInheritsUntilItIsChanged(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	path := "/accounts/" + r.AccountID("Example Corp") + "/policy"
	require.Equal(t, "global", r.get(path).at("data.inheritedFrom"))
	require.Nil(t, r.get("/tenant/policy").at("data.inheritedFrom"))

	r.call("PUT", "/tenant/policy", `{"data":{"mitigationModeSuspicious":"protect","autoDecommissionDays":30}}`)
	require.Equal(t, "protect", r.get(path).at("data.mitigationModeSuspicious"), "it follows the tenant")

	a := r.call("PUT", path, `{"data":{"mitigationMode":"detect","engines":{"pup":"on"},"createdAt":"x","inheritedFrom":"site"}}`)
	require.Equal(t, "detect", a.at("data.mitigationMode"))
	require.Equal(t, "on", a.at("data.engines.pup"))
	require.Equal(t, "on", a.at("data.engines.exploits"), "merged, not reset")
	require.Nil(t, a.at("data.inheritedFrom"))
	require.NotEqual(t, "x", a.at("data.createdAt"), "an echo is taken and changes nothing")
	require.Equal(t, "2026-11-20T14:00:00.123456Z", a.at("data.updatedAt"))
	require.EqualValues(t, 30, a.at("data.autoDecommissionDays"))

	r.call("PUT", "/tenant/policy", `{"data":{"mitigationModeSuspicious":"detect"}}`)
	require.Equal(t, "protect", r.get(path).at("data.mitigationModeSuspicious"), "on its own now")
	require.Equal(t, "protect", r.Policy("")["mitigationMode"])
	require.Equal(t, "off", r.Policy("")["engines"].(m)["pup"])
}

func TestWhatAPolicyRefuses(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{})
	before := r.Policy("")
	for body, detail := range map[string]string{
		`{}`:                                                   "data: Missing data for required field.",
		`{"data":[]}`:                                          "data: Invalid input type.",
		`{"data":{"xxx":1}}`:                                   "data: xxx: Unknown field.",
		`{"data":{"engines":"off"}}`:                           "data: engines: Invalid input type.",
		`{"data":{"engines":{"pup":"detect"}}}`:                "data: engines: pup: Must be one of the valid choices.",
		`{"data":{"mitigationMode":"off"}}`:                    "data: mitigationMode: Must be one of the valid choices.",
		`{"data":{"antiTamperingOn":"yes"}}`:                   "data: antiTamperingOn: Not a valid boolean.",
		`{"data":{"autoDecommissionDays":"x"}}`:                "data: autoDecommissionDays: Not a valid integer.",
		`{"data":{"mitigationMode":"detect","snapshotsOn":1}}`: "data: snapshotsOn: Not a valid boolean.",
	} {
		r.call("PUT", "/tenant/policy", body).refused(400, detail)
	}
	require.Equal(t, before, r.Policy(""), "a refused change changes nothing")
	r.get("/accounts/225494730938493804/policy").refused(404, "The account with ID 225494730938493804 is not found.")
	require.Equal(t, 404, r.call("PUT", "/accounts/225494730938493804/policy", `{"data":{}}`).status)
	require.Equal(t, 200, r.call("PUT", "/tenant/policy", `{"data":{}}`).status)
}
