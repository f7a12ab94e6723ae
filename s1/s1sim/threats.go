package s1sim

import (
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

func threatRoutes(c *Console) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/threats", Handle: threatList(c).Handle},
		{Method: "POST", Path: "/threats/analyst-verdict", Handle: wire.On(c, setThreatVerdict)},
		{Method: "POST", Path: "/threats/incident", Handle: wire.On(c, setThreatIncident)},
		{Method: "POST", Path: "/threats/mitigate/{action}", Handle: wire.On(c, mitigate)},
	}
}

func threatList(c *Console) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &c.threats },
		Keys: func() keys.Table { return threatKeys(c) },
		Sorts: map[string]string{
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
		Order: "threatInfo.createdAt", Desc: true,
	}
}

// field reads a required word of an action's data.
func field(body wire.Object, name string, legal []string) (string, error) {
	d, _ := body["data"].(wire.Object)
	v, ok := d[name]
	if !ok {
		return "", wire.Invalid("data: %s: Missing data for required field.", name)
	}
	s, _ := v.(string)
	if !slices.Contains(legal, s) {
		return "", wire.Invalid("data: %s: Must be one of: %s.", name, strings.Join(legal, ", "))
	}
	return s, nil
}

func setThreatVerdict(c *Console, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	verdict, err := field(body, "analystVerdict", verdicts)
	if err != nil {
		return nil, err
	}
	rows, err := threatList(c).Chosen(body)
	if err != nil {
		return nil, err
	}
	return c.triage(rows, func(t wire.Object) (bool, wire.Object) {
		result := c.setThreat(t, "analystVerdict", verdict, changedVerdict, q.Now)
		return result == "updated", wire.Object{"threatId": t["id"], "result": result}
	}), nil
}

// setThreatIncident sets the status and, in the same call, the verdict when there is one: details[].analystVerdict is then
// the result of that change, not the verdict.
func setThreatIncident(c *Console, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	status, err := field(body, "incidentStatus", incidents)
	if err != nil {
		return nil, err
	}
	verdict := ""
	if len(wire.At(body, "data.analystVerdict")) > 0 {
		if verdict, err = field(body, "analystVerdict", verdicts); err != nil {
			return nil, err
		}
	}
	rows, err := threatList(c).Chosen(body)
	if err != nil {
		return nil, err
	}
	return c.triage(rows, func(t wire.Object) (bool, wire.Object) {
		detail := wire.Object{"threatId": t["id"], "result": c.setThreat(t, "incidentStatus", status, changedIncident, q.Now)}
		if verdict != "" {
			detail["analystVerdict"] = c.setThreat(t, "analystVerdict", verdict, changedVerdict, q.Now)
		}
		return detail["result"] == "updated" || detail["analystVerdict"] == "updated", detail
	}), nil
}

// triage applies a change to each threat and answers what became of each: affected counts those that changed.
func (c *Console) triage(rows []*store.Row, change func(wire.Object) (bool, wire.Object)) wire.Object {
	n, details := 0, []any{}
	for _, r := range rows {
		changed, detail := change(r.Obj)
		if changed {
			n++
		}
		details = append(details, detail)
	}
	return wire.Data(wire.Object{"affected": n, "details": details})
}

// setThreat changes one word of a threat and its twin for people, and says "updated" or "already_set".
func (c *Console) setThreat(t wire.Object, name, to string, kind int, now time.Time) string {
	from := wire.Text(t, "threatInfo."+name)
	if from == to {
		return "already_set"
	}
	wire.Put(t, "threatInfo."+name, to)
	wire.Put(t, "threatInfo."+name+"Description", wire.Sentence(to))
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(now))
	agent := c.agents.Get(wire.Text(t, "agentRealtimeInfo.agentId"))
	c.recount(agent, now)
	title := map[int]string{changedVerdict: "analyst verdict", changedIncident: "incident status"}[kind]
	c.noteThreat(kind, t, now, true, "The management user "+apiUser+" changed the "+title+" for "+
		wire.Text(t, "threatInfo.threatName")+" from "+wire.Sentence(from)+" to "+wire.Sentence(to)+".", nil)
	return "updated"
}

// noteThreat writes an activity about a threat.
func (c *Console) noteThreat(kind int, t wire.Object, now time.Time, byUser bool, about string, detail any) {
	agent := wire.Object{}
	for to, from := range map[string]string{"id": "agentId", "computerName": "agentComputerName", "accountId": "accountId",
		"accountName": "accountName", "siteId": "siteId", "siteName": "siteName", "groupId": "groupId", "groupName": "groupName"} {
		agent[to] = wire.Value(t, "agentRealtimeInfo."+from)
	}
	agent["externalIp"] = wire.Value(t, "agentDetectionInfo.externalIp")
	c.note(event{kind: kind, at: now, agent: agent, threat: t, byUser: byUser, about: about, detail: detail, data: wire.Object{
		"fileDisplayName": wire.Value(t, "threatInfo.threatName"), "filePath": wire.Value(t, "threatInfo.filePath"),
		"fileContentHash": wire.Value(t, "threatInfo.sha1"), "confidenceLevel": wire.Value(t, "threatInfo.confidenceLevel"),
		"threatClassification":       wire.Value(t, "threatInfo.classification"),
		"threatClassificationSource": wire.Value(t, "threatInfo.classificationSource"),
	}})
}
