package s1sim

import (
	"slices"
	"strings"
	"time"
)

func threatRoutes() []route {
	return []route{
		{method: "GET", path: "/threats", handle: threatList().handle},
		{method: "POST", path: "/threats/analyst-verdict", handle: setThreatVerdict},
		{method: "POST", path: "/threats/incident", handle: setThreatIncident},
		{method: "POST", path: "/threats/mitigate/{action}", handle: mitigate},
	}
}

func threatList() listing {
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.threats },
		keys: threatKeys,
		sorts: map[string]string{
			"id": "id", "createdAt": "threatInfo.createdAt", "createdDate": "threatInfo.createdAt",
			"updatedAt": "threatInfo.updatedAt", "mitigationStatus": "threatInfo.mitigationStatus",
			"fileDisplayName": "threatInfo.threatName", "agentVersion": "agentRealtimeInfo.agentVersion",
			"agentMachineType": "agentRealtimeInfo.agentMachineType", "siteId": "agentRealtimeInfo.siteId",
			"siteName": "agentRealtimeInfo.siteName", "agentComputerName": "agentRealtimeInfo.agentComputerName",
			"filePath": "threatInfo.filePath", "contentHash": "threatInfo.sha1", "collectionId": "threatInfo.collectionId",
			"classification": "threatInfo.classification", "cloudAccount": "cloudAccount", "cloudImage": "cloudImage",
			"cloudInstanceId": "cloudInstanceId", "cloudInstanceSize": "cloudInstanceSize", "cloudLocation": "cloudLocation",
			"cloudNetwork": "cloudNetwork",
		},
		order: "threatInfo.createdAt", desc: true,
	}
}

// chosen reads the filter of an action on threats or alerts and returns what it means, no more than filter.limit of it.
func (l listing) chosen(c *Console, body object) ([]*row, error) {
	f, err := l.keys().fromBody(c, body)
	if err != nil {
		return nil, err
	}
	rows := l.choose(l.rows(c, nil), f)
	if f.limit > 0 && len(rows) > f.limit {
		rows = rows[:f.limit]
	}
	return rows, nil
}

// field reads a required word of an action's data.
func field(body object, name string, legal []string) (string, error) {
	d, _ := body["data"].(object)
	v, ok := d[name]
	if !ok {
		return "", invalid("data: %s: Missing data for required field.", name)
	}
	s, _ := v.(string)
	if !slices.Contains(legal, s) {
		return "", invalid("data: %s: Must be one of: %s.", name, strings.Join(legal, ", "))
	}
	return s, nil
}

func setThreatVerdict(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	verdict, err := field(body, "analystVerdict", verdicts)
	if err != nil {
		return nil, err
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	return c.triage(rows, func(t object) (bool, object) {
		result := c.setThreat(t, "analystVerdict", verdict, changedVerdict, q.now)
		return result == "updated", object{"threatId": t["id"], "result": result}
	}), nil
}

// setThreatIncident sets the status and, in the same call, the verdict when there is one: details[].analystVerdict is then
// the result of that change, not the verdict.
func setThreatIncident(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	status, err := field(body, "incidentStatus", incidents)
	if err != nil {
		return nil, err
	}
	verdict := ""
	if len(at(body, "data.analystVerdict")) > 0 {
		if verdict, err = field(body, "analystVerdict", verdicts); err != nil {
			return nil, err
		}
	}
	rows, err := threatList().chosen(c, body)
	if err != nil {
		return nil, err
	}
	return c.triage(rows, func(t object) (bool, object) {
		detail := object{"threatId": t["id"], "result": c.setThreat(t, "incidentStatus", status, changedIncident, q.now)}
		if verdict != "" {
			detail["analystVerdict"] = c.setThreat(t, "analystVerdict", verdict, changedVerdict, q.now)
		}
		return detail["result"] == "updated" || detail["analystVerdict"] == "updated", detail
	}), nil
}

// triage applies a change to each threat and answers what became of each: affected counts those that changed.
func (c *Console) triage(rows []*row, change func(object) (bool, object)) object {
	n, details := 0, []any{}
	for _, r := range rows {
		changed, detail := change(r.obj)
		if changed {
			n++
		}
		details = append(details, detail)
	}
	return data(object{"affected": n, "details": details})
}

// setThreat changes one word of a threat and its twin for people, and says "updated" or "already_set".
func (c *Console) setThreat(t object, name, to string, kind int, now time.Time) string {
	from := text(t, "threatInfo."+name)
	if from == to {
		return "already_set"
	}
	put(t, "threatInfo."+name, to)
	put(t, "threatInfo."+name+"Description", sentence(to))
	put(t, "threatInfo.updatedAt", stamp(now))
	agent := c.agents.get(text(t, "agentRealtimeInfo.agentId"))
	c.recount(agent, now)
	title := map[int]string{changedVerdict: "analyst verdict", changedIncident: "incident status"}[kind]
	c.noteThreat(kind, t, now, true, "The management user "+apiUser+" changed the "+title+" for "+
		text(t, "threatInfo.threatName")+" from "+sentence(from)+" to "+sentence(to)+".", nil)
	return "updated"
}

// noteThreat writes an activity about a threat.
func (c *Console) noteThreat(kind int, t object, now time.Time, byUser bool, about string, detail any) {
	agent := object{}
	for to, from := range map[string]string{"id": "agentId", "computerName": "agentComputerName", "accountId": "accountId",
		"accountName": "accountName", "siteId": "siteId", "siteName": "siteName", "groupId": "groupId", "groupName": "groupName"} {
		agent[to] = value(t, "agentRealtimeInfo."+from)
	}
	agent["externalIp"] = value(t, "agentDetectionInfo.externalIp")
	c.note(event{kind: kind, at: now, agent: agent, threat: t, byUser: byUser, about: about, detail: detail, data: object{
		"fileDisplayName": value(t, "threatInfo.threatName"), "filePath": value(t, "threatInfo.filePath"),
		"fileContentHash": value(t, "threatInfo.sha1"), "confidenceLevel": value(t, "threatInfo.confidenceLevel"),
		"threatClassification":       value(t, "threatInfo.classification"),
		"threatClassificationSource": value(t, "threatInfo.classificationSource"),
	}})
}
