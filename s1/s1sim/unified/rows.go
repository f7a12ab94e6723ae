package unified

import (
	"cmp"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// row is an alert about which nothing is known but when it was made.
func (l *List) row(id string, at time.Time) wire.Object {
	when := stamp(at)
	return wire.Object{
		"id": id, "externalId": "", "name": "", "description": nil, "severity": "UNKNOWN", "status": "NEW", "analystVerdict": "UNDEFINED", "confidenceLevel": nil,
		"result": nil, "classification": "UNKNOWN", "detectedAt": when, "createdAt": when, "updatedAt": when, "firstSeenAt": when, "lastSeenAt": when,
		"storylineId": nil, "ticketId": nil, "noteExists": false, "attackSurfaces": wire.List("ENDPOINT"), "dataSources": []any{},
		"detectionSource": wire.Object{"product": "EDR", "vendor": "SentinelOne"}, "analytics": wire.Object{"category": nil, "name": nil, "typeValue": nil, "uid": nil},
		"assignee": nil, "assets": []any{}, "process": nil, "detectionTime": wire.Object{"scope": wire.Object{}, "attacker": nil, "targetUser": nil},
		"realTime": wire.Object{"scope": wire.Object{}}, "indicators": []any{}, "observables": []any{},
	}
}

// place says where an alert's asset is, by the fields of an endpoint.
func place(o, agent wire.Object) {
	scope, now := wire.Object{}, wire.Object{}
	for _, level := range []string{"account", "site", "group"} {
		scope[level+"Id"], scope[level+"Name"] = agent[level+"Id"], agent[level+"Name"]
		now[level] = wire.Object{"id": agent[level+"Id"], "name": agent[level+"Name"]}
	}
	wire.Put(o, "detectionTime.scope", scope)
	wire.Put(o, "realTime.scope", now)
}

// asset is an endpoint as this list has it.
func asset(agent wire.Object) wire.Object {
	connectivity, status := "OFFLINE", "INACTIVE"
	if agent["isActive"] == true {
		connectivity, status = "ONLINE", "ACTIVE"
	}
	category := "Workstation"
	if agent["machineType"] == "server" {
		category = "Server"
	}
	return wire.Object{
		"id": agent["id"], "name": agent["computerName"], "agentUuid": agent["uuid"], "agentVersion": agent["agentVersion"], "osType": strings.ToUpper(wire.Text(agent, "osType")),
		"osVersion": agent["osName"], "category": category, "subcategory": "Desktop", "role": "TARGET", "policy": "Default", "connectivityToConsole": connectivity,
		"lastLoggedInUser": agent["lastLoggedInUserName"], "pendingReboot": false, "decommissioned": agent["isDecommissioned"], "status": status,
	}
}

// sync brings the rows up to date with the threats and rule alerts that they are as well, and shows
// the changes that are due. Threats and rule alerts come into the list when somebody looks and
// UnifiedDelays has passed. A change of this list that is due is made last, so it wins over what
// was changed on the thing meanwhile. A row stays when its threat is deleted.
func (l *List) sync() {
	now := l.world.Now()
	for _, r := range l.world.ThreatRows.Rows {
		if o := l.rows.Get(l.mirror[r.Id]); o != nil {
			l.follow(o, r.Obj, "threatInfo.")
		} else if l.appears(wire.Text(r.Obj, "threatInfo.createdAt"), now) {
			l.addThreat(r.Obj)
		}
	}
	for _, r := range l.world.AlertRows.Rows {
		if o := l.rows.Get(l.mirror[r.Id]); o != nil {
			l.follow(o, r.Obj, "alertInfo.")
		} else if l.appears(wire.Text(r.Obj, "alertInfo.createdAt"), now) {
			l.addRuleAlert(r.Obj)
		}
	}
	for id, at := range l.dueAt {
		if now.Before(at) {
			continue
		}
		for _, change := range l.pending[id] {
			change(l.rows.Get(id))
		}
		delete(l.pending, id)
		delete(l.dueAt, id)
	}
}

// appears tells whether something that was made then is in the list by now.
func (l *List) appears(created string, now time.Time) bool {
	at, err := time.Parse(time.RFC3339Nano, created)
	return err == nil && !now.Before(at.Add(l.delay))
}

// addThreat makes the row of a threat: product EDR, the threat's id as the external one.
func (l *List) addThreat(t wire.Object) {
	id, at := l.adopt(wire.Text(t, "id"), wire.Text(t, "threatInfo.createdAt"))
	o := l.row(id, at)
	for name, path := range map[string]string{"externalId": "id", "storylineId": "threatInfo.storyline"} {
		o[name] = wire.Value(t, path)
	}
	o["name"] = wire.Text(t, "threatInfo.threatName") + " detected as " + wire.Text(t, "threatInfo.classification")
	o["severity"], o["classification"] = "HIGH", strings.ToUpper(wire.Text(t, "threatInfo.classification"))
	o["confidenceLevel"] = strings.ToUpper(wire.Text(t, "threatInfo.confidenceLevel"))
	o["process"] = wire.Object{"cmdLine": wire.Value(t, "threatInfo.maliciousProcessArguments"), "parentName": wire.Value(t, "threatInfo.originatorProcess"),
		"file": wire.Object{"name": wire.Value(t, "threatInfo.threatName"), "path": wire.Value(t, "threatInfo.filePath"), "sha1": wire.Value(t, "threatInfo.sha1"),
			"sha256": wire.Value(t, "threatInfo.sha256"), "md5": wire.Value(t, "threatInfo.md5")}}
	l.onEndpoint(o, wire.Text(t, "agentRealtimeInfo.agentId"))
	l.rows.Put(id, o)
	l.follow(o, t, "threatInfo.")
}

// addRuleAlert makes the row of a custom rule's alert: product STAR, and neither confidence nor
// result, as recorded.
func (l *List) addRuleAlert(a wire.Object) {
	id, at := l.adopt(wire.Text(a, "alertInfo.alertId"), wire.Text(a, "alertInfo.createdAt"))
	o := l.row(id, at)
	o["externalId"], o["name"], o["storylineId"] = wire.Value(a, "alertInfo.alertId"), wire.Value(a, "ruleInfo.name"), wire.Value(a, "sourceProcessInfo.storyline")
	o["severity"] = strings.ToUpper(wire.Text(a, "ruleInfo.severity"))
	o["detectionSource"] = wire.Object{"product": "STAR", "vendor": "SentinelOne"}
	o["analytics"] = wire.Object{"category": "Custom Rule", "name": nil, "typeValue": "RULE", "uid": wire.Value(a, "ruleInfo.id")}
	o["process"] = wire.Object{"cmdLine": wire.Value(a, "sourceProcessInfo.commandline"), "parentName": wire.Value(a, "sourceParentProcessInfo.name"),
		"file": wire.Object{"name": wire.Value(a, "sourceProcessInfo.name"), "path": wire.Value(a, "sourceProcessInfo.filePath"), "sha1": wire.Value(a, "sourceProcessInfo.fileHashSha1")}}
	l.onEndpoint(o, wire.Text(a, "agentRealtimeInfo.id"))
	l.rows.Put(id, o)
	l.follow(o, a, "alertInfo.")
}

// adopt gives a threat or a rule alert its id in this list. The id is drawn by the count of those
// before, so it does not depend on what else was drawn.
func (l *List) adopt(restID, created string) (id string, at time.Time) {
	at, _ = time.Parse(time.RFC3339Nano, created)
	l.world.Repeatably(len(l.mirror), func() { id = l.newID(at) })
	l.mirror[restID] = id
	return id, at
}

// onEndpoint names the endpoint that it is about, as it is when the row is made.
func (l *List) onEndpoint(o wire.Object, agentID string) {
	if agent := l.world.AgentRows.Get(agentID); agent != nil {
		place(o, agent)
		o["assets"] = []any{asset(agent)}
	}
}

// follow shows in a row what was changed on the threat or the rule alert that it is. A row with a
// change under way is left alone until it shows, or it would show the old value for a moment. The
// finer verdict of this list survives as long as the coarser one of the thing agrees with it.
func (l *List) follow(o, thing wire.Object, part string) {
	if l.dueAt[wire.Text(o, "id")] != (time.Time{}) {
		return
	}
	status, verdict := spelled(wire.Text(thing, part+"incidentStatus")), spelled(wire.Text(thing, part+"analystVerdict"))
	o["status"] = map[string]string{"UNRESOLVED": "NEW"}[status]
	if o["status"] == "" {
		o["status"] = status
	}
	if has := wire.Text(o, "analystVerdict"); verdict == "UNDEFINED" || verdict == "SUSPICIOUS" || !strings.HasPrefix(has, verdict) {
		o["analystVerdict"] = map[string]string{"UNDEFINED": "UNDEFINED", "SUSPICIOUS": "TRUE_POSITIVE_BENIGN_BUT_SUSPICIOUS"}[verdict]
		if o["analystVerdict"] == "" {
			o["analystVerdict"] = verdict + "_UNDEFINED"
		}
	}
	if at, err := time.Parse(time.RFC3339Nano, wire.Text(thing, part+"updatedAt")); err == nil {
		if had, _ := time.Parse(time.RFC3339Nano, wire.Text(o, "updatedAt")); at.After(had) {
			o["updatedAt"] = stamp(at)
		}
	}
	if part == "threatInfo." {
		o["result"] = map[string]any{"mitigated": "MITIGATED", "not_mitigated": "UNMITIGATED", "marked_as_benign": "BENIGN"}[wire.Text(thing, "threatInfo.mitigationStatus")]
	}
}

// spelled is a REST value as enumerations have it: "In progress" is IN_PROGRESS.
func spelled(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "_")) }

// counterpart is the threat or rule alert that a row is as well, and where it keeps its values.
func (l *List) counterpart(o wire.Object) (thing wire.Object, part string) {
	id := wire.Text(o, "externalId")
	if l.mirror[id] != wire.Text(o, "id") {
		return nil, ""
	}
	if t := l.world.ThreatRows.Get(id); t != nil {
		return t, "threatInfo."
	}
	return l.world.AlertRows.Get(id), "alertInfo."
}

// tell changes the threat or the rule alert that a row is as well. The kinds of true and false
// positives are lost on the way: REST knows the bare two.
func (l *List) tell(o wire.Object) {
	thing, part := l.counterpart(o)
	if thing == nil {
		return
	}
	status, verdict := wire.Text(o, "status"), wire.Text(o, "analystVerdict")
	status = cmp.Or(map[string]string{"NEW": "UNRESOLVED"}[status], status)
	for _, plain := range []string{"TRUE_POSITIVE", "FALSE_POSITIVE"} {
		if strings.HasPrefix(verdict, plain) {
			verdict = plain
		}
	}
	write := strings.ToLower
	if part == "alertInfo." {
		write = wire.Sentence
	}
	wire.Put(thing, part+"incidentStatus", write(status))
	wire.Put(thing, part+"analystVerdict", write(verdict))
	wire.Put(thing, part+"updatedAt", wire.Stamp(l.world.Now()))
}
