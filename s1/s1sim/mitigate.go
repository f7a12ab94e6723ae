package s1sim

import (
	"slices"
	"strings"
	"time"
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
func mitigate(c *Console, q *request) (any, error) {
	name := q.params["action"]
	m, ok := mitigationActions()[name]
	if !ok {
		return nil, invalid("action: %q is not a valid choice.", name)
	}
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	return c.triage(rows, func(t object) (bool, object) {
		if why := c.skips(m, t); why != "" {
			return false, object{"threatId": t["id"], "reports": []any{}, "skipped": []any{object{
				"action": m.steps[len(m.steps)-1].action, "reason": why, "description": skipReasons[why]}}}
		}
		c.noteThreat(saidMitigate, t, q.now, true, "The management user "+apiUser+" issued a "+name+" command to threat "+
			text(t, "threatInfo.threatName")+" on agent "+text(t, "agentRealtimeInfo.agentComputerName")+".",
			value(t, "threatInfo.filePath"))
		return true, object{"threatId": t["id"], "reports": c.treat(m, t, q.now), "skipped": []any{}}
	}), nil
}

var skipReasons = map[string]string{
	"not_supported": "The action is not supported on this operating system.",
	"precondition":  "The threat is not in a state in which the action applies.",
}

func (c *Console) skips(m mitigation, t object) string {
	os := text(t, "agentRealtimeInfo.agentOsType")
	switch {
	case len(m.on) > 0 && !slices.Contains(m.on, os):
		return "not_supported"
	case flag(t, "agentRealtimeInfo.agentIsDecommissioned"),
		m.needs != "" && text(report(t, m.needs), "status") != "success":
		return "precondition"
	}
	return ""
}

// report returns the entry of an action among the threat's mitigation status, nil when there is none.
func report(t object, action string) object {
	list, _ := t["mitigationStatus"].([]any)
	for _, e := range list {
		if o, ok := e.(object); ok && o["action"] == action {
			return o
		}
	}
	return nil
}

// treat enters the steps as pending, plans their outcome and returns the entries as they stand now.
func (c *Console) treat(m mitigation, t object, now time.Time) []any {
	var answer []any
	for _, s := range m.steps {
		r := report(t, s.action)
		if r == nil {
			r = object{"action": s.action, "agentSupportsReport": true, "groupNotFound": false}
			list, _ := t["mitigationStatus"].([]any)
			t["mitigationStatus"] = append(list, r)
		}
		r["status"], r["lastUpdate"], r["reportId"], r["latestReport"] = "pending", stamp(now), c.newID(now), nil
		r["mitigationStartedAt"], r["mitigationEndedAt"], r["actionsCounters"] = nil, nil, nil
		answer = append(answer, clone(r))
	}
	put(t, "threatInfo.pendingActions", true)
	put(t, "threatInfo.updatedAt", stamp(now))
	id, last := text(t, "id"), m.steps[len(m.steps)-1].action
	c.later(text(t, "agentRealtimeInfo.agentId"), "mitigate "+id+" "+last, now, func(agent object, at time.Time) {
		c.treated(m, c.threats.get(id), agent, at)
	})
	return answer
}

// treated is the endpoint's report of success.
func (c *Console) treated(m mitigation, t, agent object, at time.Time) {
	if t == nil {
		return // it was deleted meanwhile
	}
	for _, s := range m.steps {
		c.succeed(s, t, at)
	}
	put(t, "threatInfo.pendingActions", anyPending(t))
	if m.after != "" {
		put(t, "threatInfo.mitigationStatus", m.after)
		put(t, "threatInfo.mitigationStatusDescription", sentence(m.after))
	}
	put(t, "threatInfo.updatedAt", stamp(at))
	if m.steps[0].action == "network_quarantine" {
		c.disconnect(agent, at)
	}
	c.recount(agent, at)
}

func (c *Console) succeed(s remedy, t object, at time.Time) {
	r := report(t, s.action)
	if r == nil {
		return
	}
	r["status"], r["lastUpdate"], r["mitigationStartedAt"], r["mitigationEndedAt"] = "success", stamp(at), stamp(at), stamp(at)
	r["latestReport"] = "/threats/mitigation-report/" + text(r, "reportId")
	r["actionsCounters"] = object{"total": 1, "success": 1, "failed": 0, "pendingReboot": 0, "notFound": 0}
	c.noteThreat(s.did, t, at, false, "The agent "+text(t, "agentRealtimeInfo.agentComputerName")+" successfully "+s.past+
		" the threat: "+text(t, "threatInfo.threatName")+".", value(t, "threatInfo.filePath"))
}

func anyPending(t object) bool {
	return slices.ContainsFunc(at(t, "mitigationStatus.status"), func(v any) bool { return strings.HasPrefix(plain(v), "pending") })
}
