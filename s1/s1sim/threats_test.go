package s1sim_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

func info(t map[string]any, name string) any { return t["threatInfo"].(m)[name] }

func TestAVerdictTellsWhatBecameOfEachThreat(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	one := r.AddThreat(s1sim.ThreatSpec{})
	two := r.AddThreat(s1sim.ThreatSpec{Verdict: "true_positive"})
	r.clock.pass(time.Minute)
	a := r.post("/threats/analyst-verdict", m{"filter": m{"ids": []string{one, two}}, "data": m{"analystVerdict": "true_positive"}})
	require.EqualValues(t, 1, a.at("data.affected"))
	require.Equal(t, m{"threatId": one, "result": "updated"}, a.at("data.details.0"))
	require.Equal(t, m{"threatId": two, "result": "already_set"}, a.at("data.details.1"))
	require.Equal(t, "True positive", info(r.Threat(one), "analystVerdictDescription"))
	require.Equal(t, "2026-11-20T14:01:00.123456Z", info(r.Threat(one), "updatedAt"))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", info(r.Threat(two), "updatedAt"), "nothing changed there")
	require.Equal(t, []string{"2030"}, r.get("/activities", "threatIds", one, "activityTypes", "2030").values("activityType"))
}

func TestAVerdictIsSpelledInLowerCase(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{})
	for _, verdict := range []any{"TRUE_POSITIVE", "True positive", 1, nil} {
		r.post("/threats/analyst-verdict", m{"filter": m{"ids": []string{id}}, "data": m{"analystVerdict": verdict}}).
			refused(400, "data: analystVerdict: Must be one of: undefined, true_positive, false_positive, suspicious.")
	}
	r.post("/threats/analyst-verdict", byIDs(id)).refused(400, "data: analystVerdict: Missing data for required field.")
	r.post("/threats/analyst-verdict", m{"data": m{"analystVerdict": "suspicious"}}).refused(400, "filter: Missing data for required field.")
	require.Equal(t, "undefined", info(r.Threat(id), "analystVerdict"))
}

func TestAnIncidentCallSetsStatusAndVerdict(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1"})
	require.EqualValues(t, 1, r.Agent("MAC-1")["activeThreats"])
	a := r.post("/threats/incident", m{"filter": m{"ids": []string{id}}, "data": m{"incidentStatus": "resolved", "analystVerdict": "undefined"}})
	require.Equal(t, m{"threatId": id, "result": "updated", "analystVerdict": "already_set"}, a.at("data.details.0"))
	require.Equal(t, "Resolved", info(r.Threat(id), "incidentStatusDescription"))
	require.EqualValues(t, 0, r.Agent("MAC-1")["activeThreats"])
	require.Equal(t, false, r.Agent("MAC-1")["infected"])
	a = r.post("/threats/incident", m{"filter": m{"ids": []string{id}}, "data": m{"incidentStatus": "resolved"}})
	require.EqualValues(t, 0, a.at("data.affected"))
}

func TestALimitInTheFilterCapsAnAction(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	for range 3 {
		r.AddThreat(s1sim.ThreatSpec{})
	}
	a := r.post("/threats/notes", m{"filter": m{"limit": 2}, "data": m{"text": "two of three"}})
	require.EqualValues(t, 2, a.at("data.affected"))
	r.post("/threats/notes", m{"filter": m{"limit": 0}, "data": m{"text": "two of three"}}).refused(400, "filter: limit: Must be between 1 and 1000.")
}

func TestAMitigationIsPendingFirst(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	a := r.post("/threats/mitigate/quarantine", byIDs(id))
	require.EqualValues(t, 1, a.at("data.affected"))
	require.Equal(t, "kill", a.at("data.details.0.reports.0.action"), "a quarantine kills first")
	require.Equal(t, "pending", a.at("data.details.0.reports.1.status"))
	require.Empty(t, a.at("data.details.0.skipped"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
	require.Equal(t, true, info(r.Threat(id), "pendingActions"))
	r.clock.pass(delay)
	got := r.get("/threats", "ids", id)
	require.Equal(t, "mitigated", got.at("data.0.threatInfo.mitigationStatus"))
	require.Equal(t, "Mitigated", got.at("data.0.threatInfo.mitigationStatusDescription"))
	require.Equal(t, false, got.at("data.0.threatInfo.pendingActions"))
	require.Equal(t, "quarantine", got.at("data.0.mitigationStatus.1.action"))
	require.Equal(t, "success", got.at("data.0.mitigationStatus.1.status"))
	require.Contains(t, got.at("data.0.mitigationStatus.1.latestReport"), "/threats/mitigation-report/")
	require.EqualValues(t, 0, r.Agent("DESKTOP-1")["activeThreats"])
	require.Equal(t, []string{"2001"}, r.get("/activities", "threatIds", id, "activityTypes", "2001").values("activityType"))
}

func TestAMitigationWaitsForAnOfflineHost(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "LAPTOP-7"})
	require.EqualValues(t, 1, r.post("/threats/mitigate/kill", byIDs(id)).at("data.affected"))
	r.clock.pass(time.Hour)
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
	r.SetOnline("LAPTOP-7", true)
	r.clock.pass(delay)
	require.Equal(t, "mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestWhatCannotBeDoneIsSkippedWithAReason(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	linux := r.AddThreat(s1sim.ThreatSpec{Agent: "LNX-WEB-1"})
	for action, reason := range map[string]string{"rollback-remediation": "not_supported", "remediate": "not_supported", "un-quarantine": "precondition"} {
		a := r.post("/threats/mitigate/"+action, byIDs(linux))
		require.EqualValues(t, 0, a.at("data.affected"))
		require.Equal(t, reason, a.at("data.details.0.skipped.0.reason"))
	}
	r.post("/threats/mitigate/explode", byIDs(linux)).refused(400, `action: "explode" is not a valid choice.`)
	r.post("/threats/mitigate/kill", m{}).refused(400, "filter: Missing data for required field.")
}

func TestAnUnquarantineUndoesAQuarantine(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.post("/threats/mitigate/rollback-remediation", byIDs(id))
	require.Equal(t, "rollback", r.get("/threats", "ids", id).at("data.0.mitigationStatus.3.action"), "answers spell it otherwise than the path")
	require.EqualValues(t, 1, r.post("/threats/mitigate/un-quarantine", byIDs(id)).at("data.affected"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestANetworkQuarantineIsolatesTheHost(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.post("/threats/mitigate/network-quarantine", byIDs(id))
	require.Equal(t, "disconnected", r.NetworkStatus("DESKTOP-1"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestADeletedThreatIsNotMitigatedLater(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.post("/threats/mitigate/kill", byIDs(id))
	require.True(t, r.DeleteThreat(id))
	r.clock.pass(delay)
	require.Empty(t, r.get("/threats").rows())
}

func TestNotesAreAddedAndRead(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{})
	r.clock.pass(time.Minute)
	require.EqualValues(t, 1, r.post("/threats/notes", m{"filter": m{"ids": []string{id}}, "data": m{"text": "seen <@U1> & co"}}).at("data.affected"))
	r.clock.pass(time.Minute)
	r.post("/threats/notes", m{"filter": m{"ids": []string{id}}, "data": m{"text": "second"}})
	require.Equal(t, []string{"seen <@U1> & co", "second"}, r.get("/threats/"+id+"/notes").values("text"))
	require.Contains(t, r.get("/threats/"+id+"/notes").raw, "seen <@U1> & co", "the service does not escape it")
	require.Equal(t, []string{"second"}, r.get("/threats/"+id+"/notes", "sortBy", "createdAt", "sortOrder", "desc", "limit", "1").values("text"))
	require.Equal(t, []string{id}, r.get("/threats", "noteExists", "true").values("id"))
	require.Equal(t, "2026-11-20T14:02:00.123456Z", info(r.Threat(id), "updatedAt"))
	r.get("/threats/225494730938493804/notes").refused(404, "Threat ID 225494730938493804 was not found.")
	for _, text := range []string{"x", strings.Repeat("x", 10001)} {
		r.post("/threats/notes", m{"filter": m{}, "data": m{"text": text}}).refused(400, "data: text: Length must be between 2 and 10000.")
	}
	r.post("/threats/notes", m{"filter": m{}, "data": m{}}).refused(400, "data: text: Missing data for required field.")
}

func TestAThreatHasTheFieldsOfARealOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Indicators: []s1sim.Indicator{{Category: "Evasion", Description: "It hides.",
		Tactics: []s1sim.Tactic{{Name: "Defense Evasion", Techniques: []string{"T1036.007"}}}}}})
	a := r.get("/threats", "ids", id)
	require.Equal(t, "https://attack.mitre.org/techniques/T1036/007/", a.at("data.0.indicators.0.tactics.0.techniques.0.link"))
	require.Equal(t, "DESKTOP-1", a.at("data.0.agentRealtimeInfo.agentComputerName"))
	require.NotContains(t, a.at("data.0.agentDetectionInfo"), "agentComputerName", "only the live part has the name")
	for _, sample := range samples(t, "threat__*.json") {
		var real m
		require.NoError(t, json.Unmarshal(sample, &real))
		for _, part := range []string{"threatInfo", "agentRealtimeInfo", "agentDetectionInfo", "containerInfo", "kubernetesInfo"} {
			for k := range real[part].(m) {
				if k != "agentLastLoggedIntestuserMail" && k != "cloudProviders" { // the first is a slip of the sanitiser
					require.Contains(t, a.at("data.0."+part), k, part)
				}
			}
		}
	}
}

func TestSomebodyInTheConsoleChangesAThreat(t *testing.T) {
	t.Parallel()
	r := newRig(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1"})
	since := r.clock.now().Format(time.RFC3339Nano)
	r.clock.pass(time.Second)
	require.True(t, r.SetThreat(id, func(t map[string]any) { t["threatInfo"].(m)["mitigationStatus"] = "mitigated" }))
	require.Equal(t, []string{id}, r.get("/threats", "updatedAt__gt", since).values("id"))
	require.EqualValues(t, 0, r.Agent("MAC-1")["activeThreats"])
	require.False(t, r.SetThreat("1", nil))
	r.Threat(id)["threatInfo"].(m)["threatName"] = "a copy"
	require.NotEqual(t, "a copy", info(r.Threat(id), "threatName"))
}
