package s1sim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func TestAnAlertIsSpelledInThreeWays(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{})
	for _, verdict := range []string{"TRUE_POSITIVE", "false_positive"} {
		r.clock.pass(time.Minute)
		a := r.post("/cloud-detection/alerts/analyst-verdict", m{"filter": m{"ids": []string{id}}, "data": m{"analystVerdict": verdict}})
		require.Equal(t, m{"affected": 1.0}, a.at("data"), "a bare count")
	}
	require.Equal(t, "False positive", r.Alert(id)["alertInfo"].(m)["analystVerdict"])
	require.Equal(t, "2026-11-20T14:02:00.123456Z", r.Alert(id)["alertInfo"].(m)["updatedAt"])
	r.post("/cloud-detection/alerts/incident", m{"filter": m{"ids": []string{id}}, "data": m{"incidentStatus": "IN_PROGRESS"}})
	require.Equal(t, []string{"In progress"}, r.get("/cloud-detection/alerts", "incidentStatus", "IN_PROGRESS").values("alertInfo.incidentStatus"))
	r.post("/cloud-detection/alerts/incident", m{"filter": m{"ids": []string{id}}, "data": m{"incidentStatus": "In progress"}}).
		refused(400, "data: incidentStatus: Must be one of: unresolved, in_progress, resolved, UNRESOLVED, IN_PROGRESS, RESOLVED.")
	require.EqualValues(t, 0, r.post("/cloud-detection/alerts/incident",
		m{"filter": m{"ids": []string{"225494730938493804"}}, "data": m{"incidentStatus": "RESOLVED"}}).at("data.affected"))
}

func TestAnAlertHasTheFieldsOfARealOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{})
	for _, sample := range samples(t, "alert__*.json") {
		var real m
		require.NoError(t, json.Unmarshal(sample, &real))
		for part, fields := range real {
			for k := range fields.(m) {
				require.Contains(t, r.Alert(id)[part], k, part)
			}
		}
	}
	require.True(t, r.SetAlert(id, func(a map[string]any) { a["ruleInfo"].(m)["severity"] = "Critical" }))
	require.Len(t, r.get("/cloud-detection/alerts", "severity", "Critical").rows(), 1)
	require.True(t, r.DeleteAlert(id))
	require.False(t, r.DeleteAlert(id))
}

func TestAnAlertShowsItsHostAsItIsNow(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddAlert(s1sim.AlertSpec{Agent: "MAC-1"})
	since := r.Alert(id)["alertInfo"].(m)["updatedAt"]
	r.clock.pass(time.Minute)
	require.True(t, r.SetOnline("MAC-1", false))
	require.Equal(t, []string{"false"}, r.get("/cloud-detection/alerts", "ids", id).values("agentRealtimeInfo.isActive"))
	require.Equal(t, since, r.Alert(id)["alertInfo"].(m)["updatedAt"], "the alert itself did not change")
}
