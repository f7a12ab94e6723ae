package world

import (
	"cmp"
	"maps"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Both private paths are the console's own, in no document; public clients use them with an API
// token all the same. They can change or vanish without notice.
func threatDetailRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/private/threats/{threat}/analysis", Handle: wire.On(w, getAnalysis)},
		{Method: "GET", Path: "/threats/{threat}/explore/events", Handle: wire.On(w, getThreatEvents(threatEventKeys))},
		{Method: "GET", Path: "/private/threats/{threat}/explore/all-events", Handle: wire.On(w, getThreatEvents(allEventKeys))},
	}
}

// getAnalysis answers the objects of a threat and the rules that took part. The path is the console's own, undocumented.
func getAnalysis(w *World, q *wire.Request) (any, error) {
	t := w.ThreatRows.Get(q.Params["threat"])
	if t == nil {
		return nil, wire.NotFound("Requested resource was not found", "Threat ID "+q.Params["threat"]+" was not found.")
	}
	parts := wire.Clone(t).(wire.Object)
	delete(parts, "id")
	parts["customDetectionRules"] = []any{}
	return wire.Data(parts), nil
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
func threatEventKeys() keys.Table {
	return keys.Of(eventKeys(), []keys.Key{
		{Name: "eventSubTypes", Kind: keys.Textual, List: true, Max: keys.Most, Enum: subTypes, Test: func(o wire.Object, want string) bool {
			return strings.ToUpper(strings.ReplaceAll(wire.Text(o, "eventType"), " ", "")) == want
		}},
		{Name: "processName__like", Kind: keys.Textual, Op: keys.Within, Values: keys.Path("processName")},
	})
}

// allEventKeys filter the private one, which knows neither kinds of events within a type nor names of processes.
func allEventKeys() keys.Table { return keys.Of(eventKeys()) }

// eventKeys filter both. The id of an event is the key of its process, and means its children, too.
func eventKeys() []keys.Key {
	return []keys.Key{
		{Name: "eventTypes", Kind: keys.Textual, List: true, Max: keys.Most, Enum: eventTypes, Test: func(o wire.Object, want string) bool {
			return want == "events" || wire.Text(o, "objectType") == want
		}},
		{Name: "eventId", Kind: keys.Textual, Op: keys.AnyOf, Values: keys.Path("processUniqueKey", "parentProcessUniqueKey")},
	}
}

// The public and the private list differ in their filters alone here; out there the private one has
// more fields per row.
func getThreatEvents(of func() keys.Table) func(*World, *wire.Request) (any, error) {
	return func(w *World, q *wire.Request) (any, error) {
		t := w.ThreatRows.Get(q.Params["threat"])
		if t == nil {
			return nil, wire.NotFound("Requested resource was not found", "Threat ID "+q.Params["threat"]+" not found.")
		}
		events := store.Listing{
			Rows:  func(*wire.Request) *store.Collection { return w.EventsOf(t) },
			Keys:  of,
			Sorts: store.SortsBy("id createdAt eventType fileSize fileType registryPath registryId registryClassification pid processName"),
			Order: "createdAt",
		}
		return events.Handle(q)
	}
}

// A Step is one thing that a threat did.
type Step struct {
	Object, Event, Process, Parent, Key, ParentKey string
	More                                           wire.Object
}

// EventsOf is what a threat did. One that was found before it ran did nothing, which is how the service has it.
func (w *threats) EventsOf(t wire.Object) *store.Collection {
	events := &store.Collection{}
	if strings.HasPrefix(wire.Text(t, "threatInfo.detectionEngines.key"), "pre_execution") {
		return events
	}
	found, err := time.Parse(time.RFC3339Nano, wire.Text(t, "threatInfo.identifiedAt"))
	if err != nil {
		return events
	}
	for i, s := range stepsOf(t) {
		id := strconv.Itoa(i + 1)
		o := w.threatEvent(t, s, found.Add(time.Duration(i-10)*time.Second))
		o["id"] = id
		events.Add(id, o)
	}
	return events
}

// stepsOf is the story of any threat: it comes from its parent, writes a file, runs, makes itself
// stay, calls home, starts a child, and is noticed. Keys of processes tie it together: storyline,
// dash, number.
func stepsOf(t wire.Object) []Step {
	name, parent, path := wire.Text(t, "threatInfo.threatName"), cmp.Or(wire.Text(t, "threatInfo.originatorProcess"), "explorer.exe"), wire.Text(t, "threatInfo.filePath")
	key := cmp.Or(wire.Text(t, "threatInfo.storyline"), wire.Text(t, "id"))
	own, child := key+"-1", key+"-2"
	return []Step{
		{"process", "Process Creation", parent, "userinit.exe", key + "-0", "", wire.Object{"pid": "1204"}},
		{"file", "File Creation", parent, "userinit.exe", key + "-0", "", wire.Object{"fileFullName": path, "fileSha1": wire.Value(t, "threatInfo.sha1"), "fileSize": "281600"}},
		{"process", "Process Creation", name, parent, own, key + "-0", wire.Object{"pid": "4711", "processCmd": wire.Value(t, "threatInfo.maliciousProcessArguments"), "processImagePath": path}},
		{"registry", "Reg Value Create", name, parent, own, key + "-0", wire.Object{"registryPath": `MACHINE\SOFTWARE\Microsoft\Windows\CurrentVersion\Run\Updater`}},
		{"dns", "DNS", name, parent, own, key + "-0", wire.Object{"dnsRequest": "c2.bad.example", "dnsResponse": "203.0.113.66"}},
		{"ip", "TCPv4", name, parent, own, key + "-0", wire.Object{"srcIp": wire.Value(t, "agentDetectionInfo.agentIpV4"), "srcPort": "49822", "dstIp": "203.0.113.66", "dstPort": "443", "direction": "OUTGOING"}},
		{"process", "Process Creation", "conhost.exe", name, child, own, wire.Object{"pid": "4712", "processCmd": "conhost.exe 0x4"}},
		{"file", "File Deletion", "conhost.exe", name, child, own, wire.Object{"fileFullName": path + ":Zone.Identifier"}},
		{"indicators", "Behavioral Indicators", name, parent, own, key + "-0", wire.Object{"indicatorName": wire.Value(t, "indicators.category"), "indicatorDescription": wire.Value(t, "indicators.description")}},
	}
}

// threatEvent is one step with what the row of a threat's events says of the endpoint.
// relatedToThreat is a boolean on this path (document) and the text "False" in the events of a hunt
// (recorded).
func (w *threats) threatEvent(t wire.Object, s Step, at time.Time) wire.Object {
	o := wire.Object{
		"objectType": s.Object, "eventType": s.Event, "createdAt": at.UTC().Format("2006-01-02T15:04:05.000Z"), "processName": s.Process,
		"parentProcessName": s.Parent, "processUniqueKey": s.Key, "parentProcessUniqueKey": wire.OrNil(s.ParentKey),
		"user": wire.Value(t, "threatInfo.processUser"), "storyline": wire.Value(t, "threatInfo.storyline"), "relatedToThreat": true, "processCmd": nil,
		"agentInfected": wire.Value(t, "agentRealtimeInfo.agentInfected"), "agentIsDecommissioned": wire.Value(t, "agentRealtimeInfo.agentIsDecommissioned"),
		"pid": nil, "agentId": wire.Value(t, "agentRealtimeInfo.agentId"), "agentName": wire.Value(t, "agentRealtimeInfo.agentComputerName"),
		"agentOs": wire.Value(t, "agentRealtimeInfo.agentOsType"), "agentUuid": wire.Value(t, "agentRealtimeInfo.agentUuid"),
		"agentIp": wire.Value(t, "agentDetectionInfo.externalIp"), "agentVersion": wire.Value(t, "agentRealtimeInfo.agentVersion"),
		"agentMachineType": wire.Value(t, "agentRealtimeInfo.agentMachineType"), "agentDomain": wire.Value(t, "agentRealtimeInfo.agentDomain"),
		"agentNetworkStatus": wire.Value(t, "agentRealtimeInfo.agentNetworkStatus"), "agentIsActive": wire.Value(t, "agentRealtimeInfo.agentIsActive"),
		"agentGroupId": wire.Value(t, "agentRealtimeInfo.groupId"), "siteId": wire.Value(t, "agentRealtimeInfo.siteId"),
		"siteName": wire.Value(t, "agentRealtimeInfo.siteName"),
	}
	maps.Copy(o, s.More)
	for _, port := range []string{"srcPort", "dstPort"} { // numbers on this path, text in the events of a hunt
		if n, err := strconv.Atoi(wire.Text(o, port)); err == nil {
			o[port] = n
		}
	}
	return o
}
