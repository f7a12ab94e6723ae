package world_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func TestAnAlertIsSpelledInThreeWays(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{})
	for _, verdict := range []string{"TRUE_POSITIVE", "false_positive"} {
		r.Clock.Pass(time.Minute)
		a := r.Post("/cloud-detection/alerts/analyst-verdict", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"analystVerdict": verdict}})
		require.Equal(t, simtest.M{"affected": 1.0}, a.At("data"), "a bare count")
	}
	require.Equal(t, "False positive", r.Alert(id)["alertInfo"].(simtest.M)["analystVerdict"])
	require.Equal(t, "2026-11-20T14:02:00.123456Z", r.Alert(id)["alertInfo"].(simtest.M)["updatedAt"])
	r.Post("/cloud-detection/alerts/incident", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"incidentStatus": "IN_PROGRESS"}})
	require.Equal(t, []string{"In progress"}, r.Get("/cloud-detection/alerts", "incidentStatus", "IN_PROGRESS").Values("alertInfo.incidentStatus"))
	r.Post("/cloud-detection/alerts/incident", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"incidentStatus": "In progress"}}).
		Refused(400, "data: incidentStatus: Must be one of: unresolved, in_progress, resolved, UNRESOLVED, IN_PROGRESS, RESOLVED.")
	require.EqualValues(t, 0, r.Post("/cloud-detection/alerts/incident",
		simtest.M{"filter": simtest.M{"ids": []string{"225494730938493804"}}, "data": simtest.M{"incidentStatus": "RESOLVED"}}).At("data.affected"))
}

func TestAnAlertHasTheFieldsOfARealOne(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{})
	for _, sample := range samples(t, "alert__*.json") {
		var real simtest.M
		require.NoError(t, json.Unmarshal(sample, &real))
		for part, fields := range real {
			for k := range fields.(simtest.M) {
				require.Contains(t, r.Alert(id)[part], k, part)
			}
		}
	}
	require.True(t, r.SetAlert(id, func(a map[string]any) { a["ruleInfo"].(simtest.M)["severity"] = "Critical" }))
	require.Len(t, r.Get("/cloud-detection/alerts", "severity", "Critical").Rows(), 1)
	require.True(t, r.DeleteAlert(id))
	require.False(t, r.DeleteAlert(id))
}

func TestAnAlertShowsItsHostAsItIsNow(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{Agent: "MAC-1"})
	since := r.Alert(id)["alertInfo"].(simtest.M)["updatedAt"]
	r.Clock.Pass(time.Minute)
	require.True(t, r.SetOnline("MAC-1", false))
	require.Equal(t, []string{"false"}, r.Get("/cloud-detection/alerts", "ids", id).Values("agentRealtimeInfo.isActive"))
	require.Equal(t, since, r.Alert(id)["alertInfo"].(simtest.M)["updatedAt"], "the alert itself did not change")
}
