package world

import (
	"cmp"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// AddAlert adds an alert of a custom rule and returns its id.
func (w *findingTools) AddAlert(s AlertSpec) string {
	defer w.Lock()()
	return wire.Text(w.newAlert(s), "alertInfo.alertId")
}

// The parts are those of recorded alerts. An alert keeps the endpoint twice: agentDetectionInfo as
// it was, agentRealtimeInfo as it is.
func (w *alerts) newAlert(s AlertSpec) wire.Object {
	agent := w.anyAgent(s.Agent)
	created := wire.OrTime(s.CreatedAt, w.Now())
	id := cmp.Or(s.ID, w.NewID(created))
	s.Storyline = cmp.Or(s.Storyline, strings.ToUpper(w.Hex(16)))
	s.Process = cmp.Or(s.Process, "powershell.exe")
	o := wire.Object{
		"alertInfo":         w.alertInfo(id, s, created),
		"ruleInfo":          ruleInfo(s, w.NewID(w.DaysAgo(60))),
		"sourceProcessInfo": w.process(s, created), "sourceParentProcessInfo": w.process(AlertSpec{Process: cmp.Or(s.Parent, "explorer.exe"),
			User: s.User, Storyline: s.Storyline}, created.Add(-time.Minute)),
		"targetProcessInfo": targetProcess(),
		"containerInfo":     wire.Object{"id": nil, "image": nil, "labels": nil, "name": nil},
		"kubernetesInfo": wire.Object{"cluster": nil, "controllerKind": nil, "controllerLabels": nil, "controllerName": nil, "namespace": nil,
			"namespaceLabels": nil, "node": nil, "pod": nil, "podLabels": nil},
		"agentDetectionInfo": wire.Object{"accountId": agent["accountId"], "machineType": agent["machineType"], "name": agent["computerName"],
			"osFamily": agent["osType"], "osName": agent["osName"], "osRevision": agent["osRevision"], "siteId": agent["siteId"],
			"uuid": agent["uuid"], "version": agent["agentVersion"]},
		"agentRealtimeInfo": wire.Object{"id": agent["id"], "infected": agent["infected"], "isActive": agent["isActive"],
			"isDecommissioned": agent["isDecommissioned"], "machineType": agent["machineType"], "name": agent["computerName"],
			"os": agent["osType"], "uuid": agent["uuid"]},
	}
	if s.Edit != nil {
		s.Edit(o)
	}
	return w.insertAlert(o, created)
}

// insertAlert puts an alert in and tells of it; a recorded one goes this way as well.
func (w *alerts) insertAlert(o wire.Object, at time.Time) wire.Object {
	w.AlertRows.Put(wire.Text(o, "alertInfo.alertId"), o)
	w.noteAlert(newAlert, o, at, false, "Alert created for "+wire.Text(o, "ruleInfo.name")+" on "+wire.Text(o, "agentDetectionInfo.name")+".")
	return o
}

// alertInfo has every field that recorded alerts have, null where the kind of event does not fill
// it. It is reported a little after it was made, so that nobody takes the two times for one.
func (w *alerts) alertInfo(id string, s AlertSpec, created time.Time) wire.Object {
	reported := wire.OrTime(s.ReportedAt, created.Add(125*time.Millisecond))
	o := wire.Object{"alertId": id, "analystVerdict": cmp.Or(s.Verdict, "Undefined"), "incidentStatus": cmp.Or(s.Incident, "Unresolved"),
		"createdAt": wire.Stamp(created), "reportedAt": wire.Stamp(reported), "updatedAt": wire.Stamp(reported), "dvEventId": strings.ToUpper(w.Hex(26)),
		"eventType": cmp.Or(s.Event, "PROCESSCREATION"), "hitType": "Events", "isEdr": true, "source": "STAR"}
	for n := range strings.FieldsSeq("dnsRequest dnsResponse dstIp dstPort indicatorCategory indicatorDescription indicatorName " +
		"loginAccountDomain loginAccountSid loginIsAdministratorEquivalent loginIsSuccessful loginType loginsUserName modulePath " +
		"moduleSha1 netEventDirection registryKeyPath registryOldValue registryOldValueType registryPath registryValue srcIp " +
		"srcMachineIp srcPort tiIndicatorComparisonMethod tiIndicatorSource tiIndicatorType tiIndicatorValue") {
		o[n] = nil
	}
	for n, value := range s.Seen {
		o[n] = value
	}
	return o
}

// ruleInfo is the rule as it was when the alert was made. Its id is new each time: alerts of one
// rule share a name here, not an id.
func ruleInfo(s AlertSpec, id string) wire.Object {
	return wire.Object{"id": id, "name": cmp.Or(s.Rule, "Suspicious script host"), "description": wire.OrNil(s.Description), "queryLang": "1.0",
		"queryType": "events", "s1ql": cmp.Or(s.Query, `SrcProcName = "powershell.exe"`), "scopeLevel": "account",
		"severity": cmp.Or(s.Severity, "High"), "treatAsThreat": cmp.Or(s.Treat, "UNDEFINED")}
}

// process is a process of an alert with everything that a recorded one has. Its pid is text, as on
// the wire.
func (w *alerts) process(s AlertSpec, started time.Time) wire.Object {
	return wire.Object{"name": s.Process, "commandline": cmp.Or(s.Command, s.Process), "filePath": cmp.Or(s.Path, `C:\Windows\System32\`+s.Process),
		"user": cmp.Or(s.User, "CORP\\jdoe"), "effectiveUser": nil, "loginUser": nil, "realUser": nil, "fileHashMd5": w.Hex(32),
		"fileHashSha1": cmp.Or(s.SHA1, w.Hex(40)), "fileHashSha256": w.Hex(64), "fileSignerIdentity": "MICROSOFT WINDOWS", "integrityLevel": "medium",
		"pid": wire.Itoa(int64(1000 + w.rng.IntN(8000))), "pidStarttime": wire.Stamp(started), "storyline": s.Storyline, "subsystem": "sys_win32",
		"uniqueId": strings.ToUpper(w.Hex(16))}
}

// targetProcess is empty as the service sends it: its absent times are the first of January 1970.
func targetProcess() wire.Object {
	const never = "1970-01-01T00:00:00Z"
	o := wire.Object{"tgtFileCreatedAt": never, "tgtFileModifiedAt": never, "tgtProcessStartTime": never, "tgtFileIsSigned": "unsigned",
		"tgtProcSignedStatus": "unsigned"}
	for n := range strings.FieldsSeq("tgtFileHashSha1 tgtFileHashSha256 tgtFileId tgtFileOldPath tgtFilePath tgtProcCmdLine " +
		"tgtProcImagePath tgtProcIntegrityLevel tgtProcName tgtProcPid tgtProcStorylineId tgtProcUid") {
		o[n] = nil
	}
	return o
}
