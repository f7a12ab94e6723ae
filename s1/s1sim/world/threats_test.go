package world_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

func info(t map[string]any, name string) any { return t["threatInfo"].(simtest.M)[name] }

func TestAVerdictTellsWhatBecameOfEachThreat(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	one := r.AddThreat(s1sim.ThreatSpec{})
	two := r.AddThreat(s1sim.ThreatSpec{Verdict: "true_positive"})
	r.Clock.Pass(time.Minute)
	a := r.Post("/threats/analyst-verdict", simtest.M{"filter": simtest.M{"ids": []string{one, two}}, "data": simtest.M{"analystVerdict": "true_positive"}})
	require.EqualValues(t, 1, a.At("data.affected"))
	require.Equal(t, simtest.M{"threatId": one, "result": "updated"}, a.At("data.details.0"))
	require.Equal(t, simtest.M{"threatId": two, "result": "already_set"}, a.At("data.details.1"))
	require.Equal(t, "True positive", info(r.Threat(one), "analystVerdictDescription"))
	require.Equal(t, "2026-11-20T14:01:00.123456Z", info(r.Threat(one), "updatedAt"))
	require.Equal(t, "2026-11-20T14:00:00.123456Z", info(r.Threat(two), "updatedAt"), "nothing changed there")
	require.Equal(t, []string{"2030"}, r.Get("/activities", "threatIds", one, "activityTypes", "2030").Values("activityType"))
}

func TestAVerdictIsSpelledInLowerCase(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{})
	for _, verdict := range []any{"TRUE_POSITIVE", "True positive", 1, nil} {
		r.Post("/threats/analyst-verdict", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"analystVerdict": verdict}}).
			Refused(400, "data: analystVerdict: Must be one of: undefined, true_positive, false_positive, suspicious.")
	}
	r.Post("/threats/analyst-verdict", simtest.ByIDs(id)).Refused(400, "data: analystVerdict: Missing data for required field.")
	r.Post("/threats/analyst-verdict", simtest.M{"data": simtest.M{"analystVerdict": "suspicious"}}).Refused(400, "filter: Missing data for required field.")
	require.Equal(t, "undefined", info(r.Threat(id), "analystVerdict"))
}

func TestAnIncidentCallSetsStatusAndVerdict(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1"})
	require.EqualValues(t, 1, r.Agent("MAC-1")["activeThreats"])
	a := r.Post("/threats/incident", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"incidentStatus": "resolved", "analystVerdict": "undefined"}})
	require.Equal(t, simtest.M{"threatId": id, "result": "updated", "analystVerdict": "already_set"}, a.At("data.details.0"))
	require.Equal(t, "Resolved", info(r.Threat(id), "incidentStatusDescription"))
	require.EqualValues(t, 0, r.Agent("MAC-1")["activeThreats"])
	require.Equal(t, false, r.Agent("MAC-1")["infected"])
	a = r.Post("/threats/incident", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"incidentStatus": "resolved"}})
	require.EqualValues(t, 0, a.At("data.affected"))
}

func TestALimitInTheFilterCapsAnAction(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for range 3 {
		r.AddThreat(s1sim.ThreatSpec{})
	}
	a := r.Post("/threats/notes", simtest.M{"filter": simtest.M{"limit": 2}, "data": simtest.M{"text": "two of three"}})
	require.EqualValues(t, 2, a.At("data.affected"))
	r.Post("/threats/notes", simtest.M{"filter": simtest.M{"limit": 0}, "data": simtest.M{"text": "two of three"}}).Refused(400, "filter: limit: Must be between 1 and 1000.")
}

func TestAMitigationIsPendingFirst(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	a := r.Post("/threats/mitigate/quarantine", simtest.ByIDs(id))
	require.EqualValues(t, 1, a.At("data.affected"))
	require.Equal(t, "kill", a.At("data.details.0.reports.0.action"), "a quarantine kills first")
	require.Equal(t, "pending", a.At("data.details.0.reports.1.status"))
	require.Empty(t, a.At("data.details.0.skipped"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
	require.Equal(t, true, info(r.Threat(id), "pendingActions"))
	r.Clock.Pass(delay)
	got := r.Get("/threats", "ids", id)
	require.Equal(t, "mitigated", got.At("data.0.threatInfo.mitigationStatus"))
	require.Equal(t, "Mitigated", got.At("data.0.threatInfo.mitigationStatusDescription"))
	require.Equal(t, false, got.At("data.0.threatInfo.pendingActions"))
	require.Equal(t, "quarantine", got.At("data.0.mitigationStatus.1.action"))
	require.Equal(t, "success", got.At("data.0.mitigationStatus.1.status"))
	require.Contains(t, got.At("data.0.mitigationStatus.1.latestReport"), "/threats/mitigation-report/")
	require.EqualValues(t, 0, r.Agent("DESKTOP-1")["activeThreats"])
	require.Equal(t, []string{"2001"}, r.Get("/activities", "threatIds", id, "activityTypes", "2001").Values("activityType"))
}

func TestAMitigationWaitsForAnOfflineHost(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "LAPTOP-7"})
	require.EqualValues(t, 1, r.Post("/threats/mitigate/kill", simtest.ByIDs(id)).At("data.affected"))
	r.Clock.Pass(time.Hour)
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
	r.SetOnline("LAPTOP-7", true)
	r.Clock.Pass(delay)
	require.Equal(t, "mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestWhatCannotBeDoneIsSkippedWithAReason(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	linux := r.AddThreat(s1sim.ThreatSpec{Agent: "LNX-WEB-1"})
	for action, reason := range map[string]string{"rollback-remediation": "not_supported", "remediate": "not_supported", "un-quarantine": "precondition"} {
		a := r.Post("/threats/mitigate/"+action, simtest.ByIDs(linux))
		require.EqualValues(t, 0, a.At("data.affected"))
		require.Equal(t, reason, a.At("data.details.0.skipped.0.reason"))
	}
	r.Post("/threats/mitigate/explode", simtest.ByIDs(linux)).Refused(400, `action: "explode" is not a valid choice.`)
	r.Post("/threats/mitigate/kill", simtest.M{}).Refused(400, "filter: Missing data for required field.")
}

func TestAnUnquarantineUndoesAQuarantine(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.Post("/threats/mitigate/rollback-remediation", simtest.ByIDs(id))
	require.Equal(t, "rollback", r.Get("/threats", "ids", id).At("data.0.mitigationStatus.3.action"), "answers spell it otherwise than the path")
	require.EqualValues(t, 1, r.Post("/threats/mitigate/un-quarantine", simtest.ByIDs(id)).At("data.affected"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestANetworkQuarantineIsolatesTheHost(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.Post("/threats/mitigate/network-quarantine", simtest.ByIDs(id))
	require.Equal(t, "disconnected", r.NetworkStatus("DESKTOP-1"))
	require.Equal(t, "not_mitigated", info(r.Threat(id), "mitigationStatus"))
}

func TestADeletedThreatIsNotMitigatedLater(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{EffectDelay: delay, Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1"})
	r.Post("/threats/mitigate/kill", simtest.ByIDs(id))
	require.True(t, r.DeleteThreat(id))
	r.Clock.Pass(delay)
	require.Empty(t, r.Get("/threats").Rows())
}

func TestNotesAreAddedAndRead(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{})
	r.Clock.Pass(time.Minute)
	require.EqualValues(t, 1, r.Post("/threats/notes", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"text": "seen <@U1> & co"}}).At("data.affected"))
	r.Clock.Pass(time.Minute)
	r.Post("/threats/notes", simtest.M{"filter": simtest.M{"ids": []string{id}}, "data": simtest.M{"text": "second"}})
	require.Equal(t, []string{"seen <@U1> & co", "second"}, r.Get("/threats/"+id+"/notes").Values("text"))
	require.Contains(t, r.Get("/threats/"+id+"/notes").Raw, "seen <@U1> & co", "the service does not escape it")
	require.Equal(t, []string{"second"}, r.Get("/threats/"+id+"/notes", "sortBy", "createdAt", "sortOrder", "desc", "limit", "1").Values("text"))
	require.Equal(t, []string{id}, r.Get("/threats", "noteExists", "true").Values("id"))
	require.Equal(t, "2026-11-20T14:02:00.123456Z", info(r.Threat(id), "updatedAt"))
	r.Get("/threats/225494730938493804/notes").Refused(404, "Threat ID 225494730938493804 was not found.")
	for _, text := range []string{"x", strings.Repeat("x", 10001)} {
		r.Post("/threats/notes", simtest.M{"filter": simtest.M{}, "data": simtest.M{"text": text}}).Refused(400, "data: text: Length must be between 2 and 10000.")
	}
	r.Post("/threats/notes", simtest.M{"filter": simtest.M{}, "data": simtest.M{}}).Refused(400, "data: text: Missing data for required field.")
}

func TestAThreatHasTheFieldsOfARealOne(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Indicators: []s1sim.Indicator{{Category: "Evasion", Description: "It hides.",
		Tactics: []s1sim.Tactic{{Name: "Defense Evasion", Techniques: []string{"T1036.007"}}}}}})
	a := r.Get("/threats", "ids", id)
	require.Equal(t, "https://attack.mitre.org/techniques/T1036/007/", a.At("data.0.indicators.0.tactics.0.techniques.0.link"))
	require.Equal(t, "DESKTOP-1", a.At("data.0.agentRealtimeInfo.agentComputerName"))
	require.NotContains(t, a.At("data.0.agentDetectionInfo"), "agentComputerName", "only the live part has the name")
	for _, sample := range samples(t, "threat__*.json") {
		var real simtest.M
		require.NoError(t, json.Unmarshal(sample, &real))
		for _, part := range []string{"threatInfo", "agentRealtimeInfo", "agentDetectionInfo", "containerInfo", "kubernetesInfo"} {
			for k := range real[part].(simtest.M) {
				if k != "agentLastLoggedIntestuserMail" && k != "cloudProviders" { // the first is a slip of the sanitiser
					require.Contains(t, a.At("data.0."+part), k, part)
				}
			}
		}
	}
}

func TestSomebodyInTheConsoleChangesAThreat(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddThreat(s1sim.ThreatSpec{Agent: "MAC-1"})
	since := r.Clock.Now().Format(time.RFC3339Nano)
	r.Clock.Pass(time.Second)
	require.True(t, r.SetThreat(id, func(t map[string]any) { t["threatInfo"].(simtest.M)["mitigationStatus"] = "mitigated" }))
	require.Equal(t, []string{id}, r.Get("/threats", "updatedAt__gt", since).Values("id"))
	require.EqualValues(t, 0, r.Agent("MAC-1")["activeThreats"])
	require.False(t, r.SetThreat("1", nil))
	r.Threat(id)["threatInfo"].(simtest.M)["threatName"] = "a copy"
	require.NotEqual(t, "a copy", info(r.Threat(id), "threatName"))
}
