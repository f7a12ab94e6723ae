package s1sim

import (
	"strings"
	"time"
)

// AddThreat adds a threat and returns its id. The endpoint's number of active threats follows.
func (c *Console) AddThreat(s ThreatSpec) string {
	defer c.lock()()
	return text(c.newThreat(s), "id")
}

func (c *Console) newThreat(s ThreatSpec) object {
	s = c.plausible(s)
	agent := c.anyAgent(s.Agent)
	id := or(s.ID, c.newID(s.CreatedAt))
	o := object{
		"id": id, "threatInfo": c.threatInfo(id, s), "agentRealtimeInfo": liveInfo(agent), "agentDetectionInfo": detectionInfo(agent),
		"indicators": indicators(s.Indicators), "mitigationStatus": []any{}, "whiteningOptions": words("hash", "path"),
		"containerInfo": object{"id": nil, "image": nil, "isContainerQuarantine": nil, "labels": nil, "name": nil},
		"ecsInfo": object{"clusterName": nil, "serviceArn": nil, "serviceName": nil, "taskArn": nil, "taskAvailabilityZone": nil,
			"taskDefinitionArn": nil, "taskDefinitionFamily": nil, "taskDefinitionRevision": nil, "type": nil, "version": nil},
		"kubernetesInfo": object{"cluster": nil, "controllerKind": nil, "controllerLabels": nil, "controllerName": nil,
			"isContainerQuarantine": nil, "namespace": nil, "namespaceLabels": nil, "node": nil, "nodeLabels": nil, "pod": nil, "podLabels": nil},
	}
	if s.Mitigation == "mitigated" {
		for _, step := range mitigationActions()["quarantine"].steps {
			o["mitigationStatus"] = append(o["mitigationStatus"].([]any), c.doneReport(step.action, s.UpdatedAt))
		}
	}
	if s.Edit != nil {
		s.Edit(o)
	}
	c.insertThreat(o, s.CreatedAt)
	c.recount(agent, s.CreatedAt)
	return o
}

// insertThreat puts a threat in and tells of it.
func (c *Console) insertThreat(o object, at time.Time) {
	id := text(o, "id")
	again := c.threats.get(id) != nil
	c.threats.put(id, o)
	if again {
		c.reindex()
	} else {
		c.index(c.threats.byID[id])
	}
	c.noteThreat(newThreat, o, at, false, "Threat with confidence level "+text(o, "threatInfo.confidenceLevel")+" detected: "+
		text(o, "threatInfo.threatName")+".", value(o, "threatInfo.sha1"))
}

// plausible fills what a spec leaves empty.
func (c *Console) plausible(s ThreatSpec) ThreatSpec {
	s.CreatedAt = orTime(s.CreatedAt, c.now())
	s.UpdatedAt = orTime(s.UpdatedAt, s.CreatedAt)
	s.Name = or(s.Name, "invoice-viewer.exe")
	s.Classification, s.Confidence, s.Engine = or(s.Classification, "Malware"), or(s.Confidence, "malicious"), or(s.Engine, "pre_execution")
	s.User = or(s.User, "CORP\\jdoe")
	s.Path = or(s.Path, `\Device\HarddiskVolume3\Users\jdoe\Downloads\`+s.Name)
	s.SHA1, s.Process = or(s.SHA1, c.hex(40)), or(s.Process, "explorer.exe")
	s.Storyline = or(s.Storyline, strings.ToUpper(c.hex(16)))
	s.Verdict, s.Incident, s.Mitigation = or(s.Verdict, "undefined"), or(s.Incident, "unresolved"), or(s.Mitigation, "not_mitigated")
	return s
}

func (c *Console) threatInfo(id string, s ThreatSpec) object {
	extension := s.Name[strings.LastIndex(s.Name, ".")+1:]
	return object{
		"threatId": id, "threatName": s.Name, "classification": s.Classification, "classificationSource": "Engine",
		"confidenceLevel": s.Confidence, "analystVerdict": s.Verdict, "analystVerdictDescription": sentence(s.Verdict),
		"incidentStatus": s.Incident, "incidentStatusDescription": sentence(s.Incident), "mitigationStatus": s.Mitigation,
		"mitigationStatusDescription": sentence(s.Mitigation), "automaticallyResolved": false, "browserType": nil,
		"certificateId": "", "cloudFilesHashVerdict": "black", "collectionId": c.contentID(s),
		"createdAt": stamp(s.CreatedAt), "identifiedAt": stamp(s.CreatedAt.Add(-1200 * time.Millisecond)), "updatedAt": stamp(s.UpdatedAt),
		"detectionEngines": []any{object{"key": s.Engine, "title": engineTitle(s.Engine)}}, "engines": words(engineTitle(s.Engine)),
		"detectionType": "static", "externalTicketExists": false, "externalTicketId": nil, "failedActions": false,
		"fileExtension": strings.ToUpper(extension), "fileExtensionType": "Executable", "filePath": s.Path,
		"fileSize":             281600 + c.rng.IntN(4<<20),
		"fileVerificationType": "NotSigned", "initiatedBy": "agent_policy", "initiatedByDescription": "Agent Policy",
		"initiatingUserId": nil, "initiatingUsername": nil, "isFileless": false, "isValidCertificate": false, "macroModules": nil,
		"maliciousProcessArguments": orNil(s.Arguments), "md5": orNil(s.MD5), "mitigatedPreemptively": false,
		"originatorProcess": s.Process, "pendingActions": false, "processUser": s.User, "publisherName": s.Publisher,
		"reachedEventsLimit": false, "rebootRequired": false, "rootProcessUpn": nil, "sha1": s.SHA1, "sha256": orNil(s.SHA256),
		"storyline": s.Storyline,
	}
}

// contentID is the id that all threats of the same content share.
func (c *Console) contentID(s ThreatSpec) string {
	if c.contents[s.SHA1] == "" {
		c.contents[s.SHA1] = c.newID(s.CreatedAt)
	}
	return c.contents[s.SHA1]
}

// doneReport is a mitigation step that was done before anybody looked.
func (c *Console) doneReport(action string, at time.Time) object {
	id := c.newID(at)
	return object{"action": action, "status": "success", "reportId": id, "latestReport": "/threats/mitigation-report/" + id,
		"agentSupportsReport": true, "groupNotFound": false, "lastUpdate": stamp(at), "mitigationStartedAt": stamp(at),
		"mitigationEndedAt": stamp(at), "actionsCounters": object{"total": 1, "success": 1, "failed": 0, "pendingReboot": 0, "notFound": 0}}
}

// liveInfo is the part of a threat that shows the endpoint as it is now.
func liveInfo(a object) object {
	o := object{"agentId": a["id"], "agentUuid": a["uuid"], "agentDomain": a["domain"], "agentMachineType": a["machineType"],
		"agentMitigationMode": a["mitigationMode"], "agentOsName": a["osName"], "agentOsRevision": a["osRevision"],
		"agentOsType": a["osType"], "agentVersion": a["agentVersion"], "accountId": a["accountId"], "accountName": a["accountName"],
		"siteId": a["siteId"], "siteName": a["siteName"], "groupId": a["groupId"], "groupName": a["groupName"],
		"networkInterfaces": clone(a["networkInterfaces"]), "operationalState": a["operationalState"], "rebootRequired": false,
		"scanAbortedAt": a["scanAbortedAt"], "scanFinishedAt": a["scanFinishedAt"], "scanStartedAt": a["scanStartedAt"],
		"storageName": nil, "storageType": nil, "userActionsNeeded": []any{}}
	for from, to := range liveThreatFields() {
		o[to] = a[from]
	}
	return o
}

// detectionInfo is the part of a threat that keeps the endpoint as it was. It has no computer name.
func detectionInfo(a object) object {
	return object{"accountId": a["accountId"], "accountName": a["accountName"], "agentDetectionState": nil, "agentDomain": a["domain"],
		"agentIpV4": a["lastIpToMgmt"], "agentIpV6": "", "agentLastLoggedInUpn": nil, "agentLastLoggedInUserMail": nil,
		"agentLastLoggedInUserName": a["lastLoggedInUserName"], "agentMitigationMode": a["mitigationMode"], "agentOsName": a["osName"],
		"agentOsRevision": a["osRevision"], "agentRegisteredAt": a["registeredAt"], "agentUuid": a["uuid"],
		"agentVersion": a["agentVersion"], "assetVersion": "", "cloudProviders": object{}, "externalIp": a["externalIp"],
		"groupId": a["groupId"], "groupName": a["groupName"], "siteId": a["siteId"], "siteName": a["siteName"]}
}

func indicators(list []Indicator) []any {
	out := []any{}
	for i, in := range list {
		tactics := []any{}
		for _, t := range in.Tactics {
			techniques := []any{}
			for _, name := range t.Techniques {
				techniques = append(techniques, object{"name": name, "link": "https://attack.mitre.org/techniques/" +
					strings.ReplaceAll(name, ".", "/") + "/"})
			}
			tactics = append(tactics, object{"name": t.Name, "source": "MITRE", "techniques": techniques})
		}
		out = append(out, object{"category": in.Category, "description": in.Description, "ids": []any{i + 11}, "tactics": tactics})
	}
	return out
}
