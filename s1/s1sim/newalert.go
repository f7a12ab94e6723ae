package s1sim

import (
	"strings"
	"time"
)

// AddAlert adds an alert of a custom rule and returns its id.
func (c *Console) AddAlert(s AlertSpec) string {
	defer c.lock()()
	return text(c.newAlert(s), "alertInfo.alertId")
}

func (c *Console) newAlert(s AlertSpec) object {
	agent := c.anyAgent(s.Agent)
	created := orTime(s.CreatedAt, c.now())
	id := or(s.ID, c.newID(created))
	s.Storyline = or(s.Storyline, strings.ToUpper(c.hex(16)))
	s.Process = or(s.Process, "powershell.exe")
	o := object{
		"alertInfo":         c.alertInfo(id, s, created),
		"ruleInfo":          ruleInfo(s, c.newID(c.daysAgo(60))),
		"sourceProcessInfo": c.process(s, created), "sourceParentProcessInfo": c.process(AlertSpec{Process: or(s.Parent, "explorer.exe"),
			User: s.User, Storyline: s.Storyline}, created.Add(-time.Minute)),
		"targetProcessInfo": targetProcess(),
		"containerInfo":     object{"id": nil, "image": nil, "labels": nil, "name": nil},
		"kubernetesInfo": object{"cluster": nil, "controllerKind": nil, "controllerLabels": nil, "controllerName": nil, "namespace": nil,
			"namespaceLabels": nil, "node": nil, "pod": nil, "podLabels": nil},
		"agentDetectionInfo": object{"accountId": agent["accountId"], "machineType": agent["machineType"], "name": agent["computerName"],
			"osFamily": agent["osType"], "osName": agent["osName"], "osRevision": agent["osRevision"], "siteId": agent["siteId"],
			"uuid": agent["uuid"], "version": agent["agentVersion"]},
		"agentRealtimeInfo": object{"id": agent["id"], "infected": agent["infected"], "isActive": agent["isActive"],
			"isDecommissioned": agent["isDecommissioned"], "machineType": agent["machineType"], "name": agent["computerName"],
			"os": agent["osType"], "uuid": agent["uuid"]},
	}
	if s.Edit != nil {
		s.Edit(o)
	}
	return c.insertAlert(o, created)
}

func (c *Console) insertAlert(o object, at time.Time) object {
	c.alerts.put(text(o, "alertInfo.alertId"), o)
	c.noteAlert(newAlert, o, at, false, "Alert created for "+text(o, "ruleInfo.name")+" on "+text(o, "agentDetectionInfo.name")+".")
	return o
}

func (c *Console) alertInfo(id string, s AlertSpec, created time.Time) object {
	reported := orTime(s.ReportedAt, created.Add(125*time.Millisecond))
	o := object{"alertId": id, "analystVerdict": or(s.Verdict, "Undefined"), "incidentStatus": or(s.Incident, "Unresolved"),
		"createdAt": stamp(created), "reportedAt": stamp(reported), "updatedAt": stamp(reported), "dvEventId": strings.ToUpper(c.hex(26)),
		"eventType": or(s.Event, "PROCESSCREATION"), "hitType": "Events", "isEdr": true, "source": "STAR"}
	for n := range strings.FieldsSeq("dnsRequest dnsResponse dstIp dstPort indicatorCategory indicatorDescription indicatorName " +
		"loginAccountDomain loginAccountSid loginIsAdministratorEquivalent loginIsSuccessful loginType loginsUserName modulePath " +
		"moduleSha1 netEventDirection registryKeyPath registryOldValue registryOldValueType registryPath registryValue srcIp " +
		"srcMachineIp srcPort tiIndicatorComparisonMethod tiIndicatorSource tiIndicatorType tiIndicatorValue") {
		o[n] = nil
	}
	return o
}

func ruleInfo(s AlertSpec, id string) object {
	return object{"id": id, "name": or(s.Rule, "Suspicious script host"), "description": orNil(s.Description), "queryLang": "1.0",
		"queryType": "events", "s1ql": or(s.Query, `SrcProcName = "powershell.exe"`), "scopeLevel": "account",
		"severity": or(s.Severity, "High"), "treatAsThreat": or(s.Treat, "UNDEFINED")}
}

func (c *Console) process(s AlertSpec, started time.Time) object {
	return object{"name": s.Process, "commandline": or(s.Command, s.Process), "filePath": or(s.Path, `C:\Windows\System32\`+s.Process),
		"user": or(s.User, "CORP\\jdoe"), "effectiveUser": nil, "loginUser": nil, "realUser": nil, "fileHashMd5": c.hex(32),
		"fileHashSha1": or(s.SHA1, c.hex(40)), "fileHashSha256": c.hex(64), "fileSignerIdentity": "MICROSOFT WINDOWS", "integrityLevel": "medium",
		"pid": itoa(int64(1000 + c.rng.IntN(8000))), "pidStarttime": stamp(started), "storyline": s.Storyline, "subsystem": "sys_win32",
		"uniqueId": strings.ToUpper(c.hex(16))}
}

// targetProcess is empty as the service sends it: its absent times are the first of January 1970.
func targetProcess() object {
	const never = "1970-01-01T00:00:00Z"
	o := object{"tgtFileCreatedAt": never, "tgtFileModifiedAt": never, "tgtProcessStartTime": never, "tgtFileIsSigned": "unsigned",
		"tgtProcSignedStatus": "unsigned"}
	for n := range strings.FieldsSeq("tgtFileHashSha1 tgtFileHashSha256 tgtFileId tgtFileOldPath tgtFilePath tgtProcCmdLine " +
		"tgtProcImagePath tgtProcIntegrityLevel tgtProcName tgtProcPid tgtProcStorylineId tgtProcUid") {
		o[n] = nil
	}
	return o
}
