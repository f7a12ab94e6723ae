package s1sim

import (
	"maps"
	"strconv"
	"strings"
	"time"
)

func threatDetailRoutes() []route {
	return []route{
		{method: "GET", path: "/private/threats/{threat}/analysis", handle: getAnalysis},
		{method: "GET", path: "/threats/{threat}/explore/events", handle: getThreatEvents(threatEventKeys)},
		{method: "GET", path: "/private/threats/{threat}/explore/all-events", handle: getThreatEvents(allEventKeys)},
	}
}

// getAnalysis answers the objects of a threat and the rules that took part. The path is the console's own, undocumented.
func getAnalysis(c *Console, q *request) (any, error) {
	t := c.threats.get(q.params["threat"])
	if t == nil {
		return nil, notFound("Requested resource was not found", "Threat ID "+q.params["threat"]+" was not found.")
	}
	parts := clone(t).(object)
	delete(parts, "id")
	parts["customDetectionRules"] = []any{}
	return data(parts), nil
}

// The words of events, from the API document.
var (
	eventTypes = strings.Fields("events file ip url dns process registry scheduled_task logins indicators module")
	subTypes   = strings.Fields(`PROCESSCREATION PROCESSTERMINATION PROCESSMODIFICATION TCPV4 TCPV6 TCPV4LISTEN TCPV6LISTEN
		FILEMODIFICATION FILESCAN FILECREATION FILEDELETION FILERENAME LOGIN LOGOUT HTTP DNS SCHEDTASKREGISTER SCHEDTASKSTART
		SCHEDTASKUPDATE SCHEDTASKTRIGGER SCHEDTASKDELETE REGKEYCREATE REGKEYRENAME REGKEYDELETE REGKEYEXPORT
		REGKEYSECURITYCHANGED REGKEYIMPORT REGVALUEMODIFIED REGVALUECREATE REGISTRYACTION BEHAVIORALINDICATORS MODULE`)
)

// threatEventKeys filter the public list.
func threatEventKeys() keys {
	return table(eventKeys(), []key{
		{name: "eventSubTypes", kind: textual, list: true, max: most, enum: subTypes, test: func(o object, want string) bool {
			return strings.ToUpper(strings.ReplaceAll(text(o, "eventType"), " ", "")) == want
		}},
		{name: "processName__like", kind: textual, op: within, values: path("processName")},
	})
}

// allEventKeys filter the private one, which knows neither kinds of events within a type nor names of processes.
func allEventKeys() keys { return table(eventKeys()) }

// eventKeys filter both. The id of an event is the key of its process, and means its children, too.
func eventKeys() []key {
	return []key{
		{name: "eventTypes", kind: textual, list: true, max: most, enum: eventTypes, test: func(o object, want string) bool {
			return want == "events" || text(o, "objectType") == want
		}},
		{name: "eventId", kind: textual, op: anyOf, values: path("processUniqueKey", "parentProcessUniqueKey")},
	}
}

func getThreatEvents(of func() keys) func(*Console, *request) (any, error) {
	return func(c *Console, q *request) (any, error) {
		t := c.threats.get(q.params["threat"])
		if t == nil {
			return nil, notFound("Requested resource was not found", "Threat ID "+q.params["threat"]+" not found.")
		}
		events := listing{
			rows:  func(*Console, *request) *collection { return c.eventsOf(t) },
			keys:  of,
			sorts: sortsBy("id createdAt eventType fileSize fileType registryPath registryId registryClassification pid processName"),
			order: "createdAt",
		}
		return events.handle(c, q)
	}
}

// A step is one thing that a threat did.
type step struct {
	object, event, process, parent, key, parentKey string
	more                                           object
}

// eventsOf is what a threat did. One that was found before it ran did nothing, which is how the service has it.
func (c *Console) eventsOf(t object) *collection {
	events := &collection{}
	if strings.HasPrefix(text(t, "threatInfo.detectionEngines.key"), "pre_execution") {
		return events
	}
	found, err := time.Parse(time.RFC3339Nano, text(t, "threatInfo.identifiedAt"))
	if err != nil {
		return events
	}
	for i, s := range stepsOf(t) {
		id := strconv.Itoa(i + 1)
		o := c.threatEvent(t, s, found.Add(time.Duration(i-10)*time.Second))
		o["id"] = id
		events.add(id, o)
	}
	return events
}

func stepsOf(t object) []step {
	name, parent, path := text(t, "threatInfo.threatName"), or(text(t, "threatInfo.originatorProcess"), "explorer.exe"), text(t, "threatInfo.filePath")
	key := or(text(t, "threatInfo.storyline"), text(t, "id"))
	own, child := key+"-1", key+"-2"
	return []step{
		{"process", "Process Creation", parent, "userinit.exe", key + "-0", "", object{"pid": "1204"}},
		{"file", "File Creation", parent, "userinit.exe", key + "-0", "", object{"fileFullName": path, "fileSha1": value(t, "threatInfo.sha1"), "fileSize": "281600"}},
		{"process", "Process Creation", name, parent, own, key + "-0", object{"pid": "4711", "processCmd": value(t, "threatInfo.maliciousProcessArguments"), "processImagePath": path}},
		{"registry", "Reg Value Create", name, parent, own, key + "-0", object{"registryPath": `MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Updater`}},
		{"dns", "DNS", name, parent, own, key + "-0", object{"dnsRequest": "c2.bad.example", "dnsResponse": "203.0.113.66"}},
		{"ip", "TCPv4", name, parent, own, key + "-0", object{"srcIp": value(t, "agentDetectionInfo.agentIpV4"), "srcPort": "49822", "dstIp": "203.0.113.66", "dstPort": "443", "direction": "OUTGOING"}},
		{"process", "Process Creation", "conhost.exe", name, child, own, object{"pid": "4712", "processCmd": "conhost.exe 0x4"}},
		{"file", "File Deletion", "conhost.exe", name, child, own, object{"fileFullName": path + ":Zone.Identifier"}},
		{"indicators", "Behavioral Indicators", name, parent, own, key + "-0", object{"indicatorName": value(t, "indicators.category"), "indicatorDescription": value(t, "indicators.description")}},
	}
}

func (c *Console) threatEvent(t object, s step, at time.Time) object {
	o := object{
		"objectType": s.object, "eventType": s.event, "createdAt": at.UTC().Format("2006-01-02T15:04:05.000Z"), "processName": s.process,
		"parentProcessName": s.parent, "processUniqueKey": s.key, "parentProcessUniqueKey": orNil(s.parentKey),
		"user": value(t, "threatInfo.processUser"), "storyline": value(t, "threatInfo.storyline"), "relatedToThreat": "True", "processCmd": nil,
		"pid": nil, "agentId": value(t, "agentRealtimeInfo.agentId"), "agentName": value(t, "agentRealtimeInfo.agentComputerName"),
		"agentOs": value(t, "agentRealtimeInfo.agentOsType"), "agentUuid": value(t, "agentRealtimeInfo.agentUuid"),
		"agentIp": value(t, "agentDetectionInfo.externalIp"), "agentVersion": value(t, "agentRealtimeInfo.agentVersion"),
		"agentMachineType": value(t, "agentRealtimeInfo.agentMachineType"), "agentDomain": value(t, "agentRealtimeInfo.agentDomain"),
		"agentNetworkStatus": value(t, "agentRealtimeInfo.agentNetworkStatus"), "agentIsActive": value(t, "agentRealtimeInfo.agentIsActive"),
		"agentGroupId": value(t, "agentRealtimeInfo.groupId"), "siteId": value(t, "agentRealtimeInfo.siteId"),
		"siteName": value(t, "agentRealtimeInfo.siteName"),
	}
	maps.Copy(o, s.more)
	return o
}
