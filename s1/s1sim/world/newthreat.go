package world

import (
	"cmp"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// AddThreat adds a threat and returns its id. The endpoint's number of active threats follows.
func (w *findingTools) AddThreat(s ThreatSpec) string {
	defer w.Lock()()
	return wire.Text(w.newThreat(s), "id")
}

// A threat that comes mitigated brings the reports of the steps that did it, for a console never
// shows the one without the other. AddThreat counts the endpoint's threats anew; a raw one does
// not.
func (w *threats) newThreat(s ThreatSpec) wire.Object {
	s = w.plausible(s)
	agent := w.anyAgent(s.Agent)
	id := cmp.Or(s.ID, w.NewID(s.CreatedAt))
	o := wire.Object{
		"id": id, "threatInfo": w.threatInfo(id, s), "agentRealtimeInfo": liveInfo(agent), "agentDetectionInfo": detectionInfo(agent),
		"indicators": indicators(s.Indicators), "mitigationStatus": []any{}, "whiteningOptions": wire.List("hash", "path"),
		"containerInfo": wire.Object{"id": nil, "image": nil, "isContainerQuarantine": nil, "labels": nil, "name": nil},
		"ecsInfo": wire.Object{"clusterName": nil, "serviceArn": nil, "serviceName": nil, "taskArn": nil, "taskAvailabilityZone": nil,
			"taskDefinitionArn": nil, "taskDefinitionFamily": nil, "taskDefinitionRevision": nil, "type": nil, "version": nil},
		"kubernetesInfo": wire.Object{"cluster": nil, "controllerKind": nil, "controllerLabels": nil, "controllerName": nil,
			"isContainerQuarantine": nil, "namespace": nil, "namespaceLabels": nil, "node": nil, "nodeLabels": nil, "pod": nil, "podLabels": nil},
	}
	if s.Mitigation == "mitigated" {
		for _, step := range mitigationActions()["quarantine"].steps {
			o["mitigationStatus"] = append(o["mitigationStatus"].([]any), w.doneReport(step.action, s.UpdatedAt))
		}
	}
	if s.Edit != nil {
		s.Edit(o)
	}
	w.insertThreat(o, s.CreatedAt)
	w.recount(agent, s.CreatedAt)
	return o
}

// insertThreat puts a threat in and tells of it. An id that was there already is replaced, which is
// how a test changes a recorded threat.
func (w *threats) insertThreat(o wire.Object, at time.Time) {
	id := wire.Text(o, "id")
	again := w.ThreatRows.Get(id) != nil
	w.ThreatRows.Put(id, o)
	if again {
		w.reindex()
	} else {
		w.index(w.ThreatRows.ByID[id])
	}
	w.NoteThreat(newThreat, o, at, false, "Threat with confidence level "+wire.Text(o, "threatInfo.confidenceLevel")+" detected: "+
		wire.Text(o, "threatInfo.threatName")+".", wire.Value(o, "threatInfo.sha1"))
}

// plausible fills what a spec leaves empty.
func (w *threats) plausible(s ThreatSpec) ThreatSpec {
	s.CreatedAt = wire.OrTime(s.CreatedAt, w.Now())
	s.UpdatedAt = wire.OrTime(s.UpdatedAt, s.CreatedAt)
	s.Name = cmp.Or(s.Name, "invoice-viewer.exe")
	s.Classification, s.Confidence, s.Engine = cmp.Or(s.Classification, "Malware"), cmp.Or(s.Confidence, "malicious"), cmp.Or(s.Engine, "pre_execution")
	s.User = cmp.Or(s.User, "CORP\\jdoe")
	s.Path = cmp.Or(s.Path, `\Device\HarddiskVolume3\Users\jdoe\Downloads\`+s.Name)
	s.SHA1, s.Process = cmp.Or(s.SHA1, w.Hex(40)), cmp.Or(s.Process, "explorer.exe")
	s.Storyline = cmp.Or(s.Storyline, strings.ToUpper(w.Hex(16)))
	s.Verdict, s.Incident, s.Mitigation = cmp.Or(s.Verdict, "undefined"), cmp.Or(s.Incident, "unresolved"), cmp.Or(s.Mitigation, "not_mitigated")
	return s
}

// threatInfo has the fields of recorded threats. analystVerdict, incidentStatus and
// mitigationStatus each have a twin for people beside them, which setThreat keeps in step. It was
// identified a little before the console learnt of it.
func (w *threats) threatInfo(id string, s ThreatSpec) wire.Object {
	extension := s.Name[strings.LastIndex(s.Name, ".")+1:]
	return wire.Object{
		"threatId": id, "threatName": s.Name, "classification": s.Classification, "classificationSource": "Engine",
		"confidenceLevel": s.Confidence, "analystVerdict": s.Verdict, "analystVerdictDescription": wire.Sentence(s.Verdict),
		"incidentStatus": s.Incident, "incidentStatusDescription": wire.Sentence(s.Incident), "mitigationStatus": s.Mitigation,
		"mitigationStatusDescription": wire.Sentence(s.Mitigation), "automaticallyResolved": false, "browserType": nil,
		"certificateId": "", "cloudFilesHashVerdict": "black", "collectionId": w.contentID(s),
		"createdAt": wire.Stamp(s.CreatedAt), "identifiedAt": wire.Stamp(s.CreatedAt.Add(-1200 * time.Millisecond)), "updatedAt": wire.Stamp(s.UpdatedAt),
		"detectionEngines": []any{wire.Object{"key": s.Engine, "title": engineTitle(s.Engine)}}, "engines": wire.List(engineTitle(s.Engine)),
		"detectionType": "static", "externalTicketExists": false, "externalTicketId": nil, "failedActions": false,
		"fileExtension": strings.ToUpper(extension), "fileExtensionType": "Executable", "filePath": s.Path,
		"fileSize":             281600 + w.rng.IntN(4<<20),
		"fileVerificationType": "NotSigned", "initiatedBy": "agent_policy", "initiatedByDescription": "Agent Policy",
		"initiatingUserId": nil, "initiatingUsername": nil, "isFileless": false, "isValidCertificate": false, "macroModules": nil,
		"maliciousProcessArguments": wire.OrNil(s.Arguments), "md5": wire.OrNil(s.MD5), "mitigatedPreemptively": false,
		"originatorProcess": s.Process, "pendingActions": false, "processUser": s.User, "publisherName": s.Publisher,
		"reachedEventsLimit": false, "rebootRequired": false, "rootProcessUpn": nil, "sha1": s.SHA1, "sha256": wire.OrNil(s.SHA256),
		"storyline": s.Storyline,
	}
}

// contentID is the id that all threats of the same content share. Blocking by threat goes by it in
// some clients, and one id then means several threats.
func (w *threats) contentID(s ThreatSpec) string {
	if w.contents[s.SHA1] == "" {
		w.contents[s.SHA1] = w.NewID(s.CreatedAt)
	}
	return w.contents[s.SHA1]
}

// doneReport is a mitigation step that was done before anybody looked.
func (w *threats) doneReport(action string, at time.Time) wire.Object {
	id := w.NewID(at)
	return wire.Object{"action": action, "status": "success", "reportId": id, "latestReport": "/threats/mitigation-report/" + id,
		"agentSupportsReport": true, "groupNotFound": false, "lastUpdate": wire.Stamp(at), "mitigationStartedAt": wire.Stamp(at),
		"mitigationEndedAt": wire.Stamp(at), "actionsCounters": wire.Object{"total": 1, "success": 1, "failed": 0, "pendingReboot": 0, "notFound": 0}}
}

// liveInfo is the part of a threat that shows the endpoint as it is now. rebootRequired and the
// times of the scan are here though the endpoint has them: the console shows a threat without
// asking for its endpoint.
func liveInfo(a wire.Object) wire.Object {
	o := wire.Object{"agentId": a["id"], "agentUuid": a["uuid"], "agentDomain": a["domain"], "agentMachineType": a["machineType"],
		"agentMitigationMode": a["mitigationMode"], "agentOsName": a["osName"], "agentOsRevision": a["osRevision"],
		"agentOsType": a["osType"], "agentVersion": a["agentVersion"], "accountId": a["accountId"], "accountName": a["accountName"],
		"siteId": a["siteId"], "siteName": a["siteName"], "groupId": a["groupId"], "groupName": a["groupName"],
		"networkInterfaces": interfacesOf(a), "operationalState": a["operationalState"], "rebootRequired": false,
		"scanAbortedAt": a["scanAbortedAt"], "scanFinishedAt": a["scanFinishedAt"], "scanStartedAt": a["scanStartedAt"],
		"storageName": nil, "storageType": nil, "userActionsNeeded": []any{}}
	for from, to := range liveThreatFields() {
		o[to] = a[from]
	}
	return o
}

// detectionInfo is the part of a threat that keeps the endpoint as it was. It has no computer name.
func detectionInfo(a wire.Object) wire.Object {
	return wire.Object{"accountId": a["accountId"], "accountName": a["accountName"], "agentDetectionState": nil, "agentDomain": a["domain"],
		"agentIpV4": a["lastIpToMgmt"], "agentIpV6": "", "agentLastLoggedInUpn": nil, "agentLastLoggedInUserMail": nil,
		"agentLastLoggedInUserName": a["lastLoggedInUserName"], "agentMitigationMode": a["mitigationMode"], "agentOsName": a["osName"],
		"agentOsRevision": a["osRevision"], "agentRegisteredAt": a["registeredAt"], "agentUuid": a["uuid"],
		"agentVersion": a["agentVersion"], "assetVersion": "", "cloudProviders": wire.Object{}, "externalIp": a["externalIp"],
		"groupId": a["groupId"], "groupName": a["groupName"], "siteId": a["siteId"], "siteName": a["siteName"]}
}

// indicators are the reasons as the console has them: a category, a sentence, and the tactics of
// MITRE ATT&CK with a link each. Their ids are made up.
func indicators(list []Indicator) []any {
	out := []any{}
	for i, in := range list {
		tactics := []any{}
		for _, t := range in.Tactics {
			techniques := []any{}
			for _, name := range t.Techniques {
				techniques = append(techniques, wire.Object{"name": name, "link": "https://attack.mitre.org/techniques/" +
					strings.ReplaceAll(name, ".", "/") + "/"})
			}
			tactics = append(tactics, wire.Object{"name": t.Name, "source": "MITRE", "techniques": techniques})
		}
		out = append(out, wire.Object{"category": in.Category, "description": in.Description, "ids": []any{i + 11}, "tactics": tactics})
	}
	return out
}

// interfacesOf are an endpoint's interfaces as threats have them: without the gateways.
func interfacesOf(agent wire.Object) []any {
	interfaces, _ := wire.Clone(agent["networkInterfaces"]).([]any)
	for _, one := range interfaces {
		if o, ok := one.(wire.Object); ok {
			delete(o, "gatewayIp")
			delete(o, "gatewayMacAddress")
		}
	}
	return interfaces
}

// engineTitle is how an answer names an engine, as far as the made-up threats need it. A threat has
// its engines twice, as keys under detectionEngines and as titles under engines; filters take keys.
func engineTitle(key string) string {
	switch key {
	case "pre_execution":
		return "On-Write Static AI"
	case "pre_execution_suspicious":
		return "On-Write Static AI - Suspicious"
	case "executables":
		return "Behavioral AI"
	case "exploits":
		return "Anti Exploitation / Fileless"
	case "lateral_movement":
		return "Lateral Movement"
	case "reputation":
		return "Reputation"
	case "pup":
		return "Potentially unwanted applications"
	}
	return wire.Sentence(key)
}
