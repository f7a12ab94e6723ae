package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestAnAccountInheritsUntilItIsChanged(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	path := "/accounts/" + r.AccountID("Example Corp") + "/policy"
	require.Equal(t, "global", r.Get(path).At("data.inheritedFrom"))
	require.Nil(t, r.Get("/tenant/policy").At("data.inheritedFrom"))

	r.Call("PUT", "/tenant/policy", `{"data":{"mitigationModeSuspicious":"protect","autoDecommissionDays":30}}`)
	require.Equal(t, "protect", r.Get(path).At("data.mitigationModeSuspicious"), "it follows the tenant")

	a := r.Call("PUT", path, `{"data":{"mitigationMode":"detect","engines":{"pup":"on"},"createdAt":"x","inheritedFrom":"site"}}`)
	require.Equal(t, "detect", a.At("data.mitigationMode"))
	require.Equal(t, "on", a.At("data.engines.pup"))
	require.Equal(t, "on", a.At("data.engines.exploits"), "merged, not reset")
	require.Nil(t, a.At("data.inheritedFrom"))
	require.NotEqual(t, "x", a.At("data.createdAt"), "an echo is taken and changes nothing")
	require.Equal(t, "2026-11-20T14:00:00.123456Z", a.At("data.updatedAt"))
	require.EqualValues(t, 30, a.At("data.autoDecommissionDays"))

	r.Call("PUT", "/tenant/policy", `{"data":{"mitigationModeSuspicious":"detect"}}`)
	require.Equal(t, "protect", r.Get(path).At("data.mitigationModeSuspicious"), "on its own now")
	require.Equal(t, "protect", r.Policy("")["mitigationMode"])
	require.Equal(t, "off", r.Policy("")["engines"].(simtest.M)["pup"])
}

func TestWhatAPolicyRefuses(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
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
		r.Call("PUT", "/tenant/policy", body).Refused(400, detail)
	}
	require.Equal(t, before, r.Policy(""), "a refused change changes nothing")
	r.Get("/accounts/225494730938493804/policy").Refused(404, "The account with ID 225494730938493804 is not found.")
	require.Equal(t, 404, r.Call("PUT", "/accounts/225494730938493804/policy", `{"data":{}}`).Status)
	require.Equal(t, 200, r.Call("PUT", "/tenant/policy", `{"data":{}}`).Status)
}
