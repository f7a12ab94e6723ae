package world

import (
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Each change takes a filter, and an empty one is every threat: the document says so of mitigate,
// and it is inferred of the other two.
func threatRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/threats", Handle: ThreatList(w).Handle},
		{Method: "POST", Path: "/threats/analyst-verdict", Handle: wire.On(w, setThreatVerdict)},
		{Method: "POST", Path: "/threats/incident", Handle: wire.On(w, setThreatIncident)},
		{Method: "POST", Path: "/threats/mitigate/{action}", Handle: wire.On(w, mitigate)},
	}
}

// ThreatList is the list of threats, which actions select from, too.
func ThreatList(w *World) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &w.ThreatRows },
		Keys: func() keys.Table { return threatKeys(w) },
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

// Field reads a required word of an action's data.
func Field(body wire.Object, name string, legal []string) (string, error) {
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

// The words are lower case alone on this path, where the one of alerts takes both.
func setThreatVerdict(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	verdict, err := Field(body, "analystVerdict", filterkeys.Verdicts)
	if err != nil {
		return nil, err
	}
	rows, err := ThreatList(w).Chosen(body)
	if err != nil {
		return nil, err
	}
	return w.triage(rows, func(t wire.Object) (bool, wire.Object) {
		result := w.setThreat(t, "analystVerdict", verdict, changedVerdict, q.Now)
		return result == "updated", wire.Object{"threatId": t["id"], "result": result}
	}), nil
}

// setThreatIncident sets the status and, in the same call, the verdict when there is one: details[].analystVerdict is then
// the result of that change, not the verdict.
func setThreatIncident(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	status, err := Field(body, "incidentStatus", filterkeys.Incidents)
	if err != nil {
		return nil, err
	}
	verdict := ""
	if len(wire.At(body, "data.analystVerdict")) > 0 {
		if verdict, err = Field(body, "analystVerdict", filterkeys.Verdicts); err != nil {
			return nil, err
		}
	}
	rows, err := ThreatList(w).Chosen(body)
	if err != nil {
		return nil, err
	}
	return w.triage(rows, func(t wire.Object) (bool, wire.Object) {
		detail := wire.Object{"threatId": t["id"], "result": w.setThreat(t, "incidentStatus", status, changedIncident, q.Now)}
		if verdict != "" {
			detail["analystVerdict"] = w.setThreat(t, "analystVerdict", verdict, changedVerdict, q.Now)
		}
		return detail["result"] == "updated" || detail["analystVerdict"] == "updated", detail
	}), nil
}

// triage applies a change to each threat and answers what became of each: affected counts those
// that changed. Each id has its own result in a 200, and a caller that looks at the status alone
// takes "already_set" for a change. Ids that are not there are in no detail: the filter did not
// mean them.
func (w *threats) triage(rows []*store.Row, change func(wire.Object) (bool, wire.Object)) wire.Object {
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
func (w *threats) setThreat(t wire.Object, name, to string, kind int, now time.Time) string {
	from := wire.Text(t, "threatInfo."+name)
	if from == to {
		return "already_set"
	}
	wire.Put(t, "threatInfo."+name, to)
	wire.Put(t, "threatInfo."+name+"Description", wire.Sentence(to))
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(now))
	agent := w.AgentRows.Get(wire.Text(t, "agentRealtimeInfo.agentId"))
	w.recount(agent, now)
	title := map[int]string{changedVerdict: "analyst verdict", changedIncident: "incident status"}[kind]
	w.NoteThreat(kind, t, now, true, "The management user "+ApiUser+" changed the "+title+" for "+
		wire.Text(t, "threatInfo.threatName")+" from "+wire.Sentence(from)+" to "+wire.Sentence(to)+".", nil)
	return "updated"
}

// NoteThreat writes an activity about a threat.
func (w *threats) NoteThreat(kind int, t wire.Object, now time.Time, byUser bool, about string, detail any) {
	agent := wire.Object{}
	for to, from := range map[string]string{"id": "agentId", "computerName": "agentComputerName", "accountId": "accountId",
		"accountName": "accountName", "siteId": "siteId", "siteName": "siteName", "groupId": "groupId", "groupName": "groupName"} {
		agent[to] = wire.Value(t, "agentRealtimeInfo."+from)
	}
	agent["externalIp"] = wire.Value(t, "agentDetectionInfo.externalIp")
	w.Note(Event{Kind: kind, At: now, Agent: agent, Threat: t, ByUser: byUser, About: about, detail: detail, Data: wire.Object{
		"fileDisplayName": wire.Value(t, "threatInfo.threatName"), "filePath": wire.Value(t, "threatInfo.filePath"),
		"fileContentHash": wire.Value(t, "threatInfo.sha1"), "confidenceLevel": wire.Value(t, "threatInfo.confidenceLevel"),
		"threatClassification":       wire.Value(t, "threatInfo.classification"),
		"threatClassificationSource": wire.Value(t, "threatInfo.classificationSource"),
	}})
}
