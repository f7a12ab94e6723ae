package world

import (
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// A remedy is one step of a mitigation: its name in answers and in the words of an activity.
type remedy struct {
	action string
	did    int
	past   string
}

// A mitigation is one action of threats/mitigate/{action}. The path and the answers spell some of them differently.
type mitigation struct {
	steps []remedy
	on    []string // operating systems that can; all when empty
	needs string   // a step that must have succeeded before
	after string   // what the threat's mitigation status is when all is done
}

// Each action brings the steps before it: remediate kills and quarantines first,
// rollback-remediation all three, as the document says. Rollback is Windows alone, remediate
// Windows and macOS. network-quarantine is in the document's prose and missing in the list of its
// path; it is taken here, with the isolation that its name promises (inferred).
func mitigationActions() map[string]mitigation {
	kill := remedy{"kill", didKill, "killed"}
	quarantine := remedy{"quarantine", didQuarantine, "quarantined"}
	remediate := remedy{"remediate", didMitigate, "remediated"}
	windowsAndMac := []string{"windows", "windows_legacy", "macos"}
	windows := []string{"windows", "windows_legacy"}
	return map[string]mitigation{
		"kill":       {steps: []remedy{kill}, after: "mitigated"},
		"quarantine": {steps: []remedy{kill, quarantine}, after: "mitigated"},
		"remediate":  {steps: []remedy{kill, quarantine, remediate}, on: windowsAndMac, after: "mitigated"},
		"rollback-remediation": {steps: []remedy{kill, quarantine, remediate, {"rollback", didMitigate, "rolled back"}}, on: windows,
			after: "mitigated"},
		"un-quarantine":      {steps: []remedy{{"unquarantine", didMitigate, "unquarantined"}}, needs: "quarantine", after: "not_mitigated"},
		"network-quarantine": {steps: []remedy{{"network_quarantine", didMitigate, "isolated the host of"}}},
		"remove_macros":      {steps: []remedy{{"remove_macros", didMitigate, "removed macros of"}}, on: windows},
		"restore_macros":     {steps: []remedy{{"restore_macros", didMitigate, "restored macros of"}}, on: windows, needs: "remove_macros"},
	}
}

// mitigate queues the steps on the endpoint of each threat. A step is "pending" until the endpoint has done it, and stays so
// while it is offline. What cannot be done is skipped with a reason, in a 200.
func mitigate(w *World, q *wire.Request) (any, error) {
	name := q.Params["action"]
	m, ok := mitigationActions()[name]
	if !ok {
		return nil, wire.Invalid("action: %q is not a valid choice.", name)
	}
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	rows, err := ThreatList(w).Chosen(body)
	if err != nil {
		return nil, err
	}
	return w.triage(rows, func(t wire.Object) (bool, wire.Object) {
		if why := w.skips(m, t); why != "" {
			return false, wire.Object{"threatId": t["id"], "reports": []any{}, "skipped": []any{wire.Object{
				"action": m.steps[len(m.steps)-1].action, "reason": why, "description": skipReasons[why]}}}
		}
		w.NoteThreat(saidMitigate, t, q.Now, true, "The management user "+ApiUser+" issued a "+name+" command to threat "+
			wire.Text(t, "threatInfo.threatName")+" on agent "+wire.Text(t, "agentRealtimeInfo.agentComputerName")+".",
			wire.Value(t, "threatInfo.filePath"))
		return true, wire.Object{"threatId": t["id"], "reports": w.treat(m, t, q.Now), "skipped": []any{}}
	}), nil
}

var skipReasons = map[string]string{
	"not_supported": "The action is not supported on this operating system.",
	"precondition":  "The threat is not in a state in which the action applies.",
}

// skips says why a threat cannot have this action, "" where it can. Being offline is no reason: the
// order waits.
func (w *threats) skips(m mitigation, t wire.Object) string {
	os := wire.Text(t, "agentRealtimeInfo.agentOsType")
	switch {
	case len(m.on) > 0 && !slices.Contains(m.on, os):
		return "not_supported"
	case wire.Flag(t, "agentRealtimeInfo.agentIsDecommissioned"),
		m.needs != "" && wire.Text(report(t, m.needs), "status") != "success":
		return "precondition"
	}
	return ""
}

// report returns the entry of an action among the threat's mitigation status, nil when there is none.
func report(t wire.Object, action string) wire.Object {
	list, _ := t["mitigationStatus"].([]any)
	for _, e := range list {
		if o, ok := e.(wire.Object); ok && o["action"] == action {
			return o
		}
	}
	return nil
}

// treat enters the steps as pending, plans their outcome and returns the entries as they stand now.
func (w *threats) treat(m mitigation, t wire.Object, now time.Time) []any {
	var answer []any
	for _, s := range m.steps {
		r := report(t, s.action)
		if r == nil {
			r = wire.Object{"action": s.action, "agentSupportsReport": true, "groupNotFound": false}
			list, _ := t["mitigationStatus"].([]any)
			t["mitigationStatus"] = append(list, r)
		}
		r["status"], r["lastUpdate"], r["reportId"], r["latestReport"] = "pending", wire.Stamp(now), w.NewID(now), nil
		r["mitigationStartedAt"], r["mitigationEndedAt"], r["actionsCounters"] = nil, nil, nil
		answer = append(answer, wire.Clone(r))
	}
	wire.Put(t, "threatInfo.pendingActions", true)
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(now))
	id, last := wire.Text(t, "id"), m.steps[len(m.steps)-1].action
	w.Later(wire.Text(t, "agentRealtimeInfo.agentId"), "mitigate "+id+" "+last, now, func(agent wire.Object, at time.Time) {
		w.treated(m, w.ThreatRows.Get(id), agent, at)
	})
	return answer
}

// treated is the endpoint's report of success.
func (w *threats) treated(m mitigation, t, agent wire.Object, at time.Time) {
	if t == nil {
		return // it was deleted meanwhile
	}
	for _, s := range m.steps {
		w.succeed(s, t, at)
	}
	wire.Put(t, "threatInfo.pendingActions", anyPending(t))
	if m.after != "" {
		wire.Put(t, "threatInfo.mitigationStatus", m.after)
		wire.Put(t, "threatInfo.mitigationStatusDescription", wire.Sentence(m.after))
	}
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(at))
	if m.steps[0].action == "network_quarantine" {
		w.disconnect(agent, at)
	}
	w.recount(agent, at)
}

// succeed is one step's success. There is one file to a threat here, so the counters say one of
// one; see SetReport for others.
func (w *threats) succeed(s remedy, t wire.Object, at time.Time) {
	r := report(t, s.action)
	if r == nil {
		return
	}
	r["status"], r["lastUpdate"], r["mitigationStartedAt"], r["mitigationEndedAt"] = "success", wire.Stamp(at), wire.Stamp(at), wire.Stamp(at)
	r["latestReport"] = "/threats/mitigation-report/" + wire.Text(r, "reportId")
	r["actionsCounters"] = wire.Object{"total": 1, "success": 1, "failed": 0, "pendingReboot": 0, "notFound": 0}
	w.NoteThreat(s.did, t, at, false, "The agent "+wire.Text(t, "agentRealtimeInfo.agentComputerName")+" successfully "+s.past+
		" the threat: "+wire.Text(t, "threatInfo.threatName")+".", wire.Value(t, "threatInfo.filePath"))
}

// anyPending goes by the beginning of the word, since "pending-reboot" is a way of being pending.
func anyPending(t wire.Object) bool {
	return slices.ContainsFunc(wire.At(t, "mitigationStatus.status"), func(v any) bool { return strings.HasPrefix(wire.Plain(v), "pending") })
}
