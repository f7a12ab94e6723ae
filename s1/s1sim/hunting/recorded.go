package hunting

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// A habit is something that endpoints of a system do every day.
type habit struct {
	os string // "" is any
	world.Step
}

// habits are what is recorded where nothing bad happens: the hay in which hunters look.
func habits() []habit {
	const system = `\Device\HarddiskVolume3\Windows\System32\`
	return []habit{
		{"windows", world.Step{Object: "process", Event: "Process Creation", Process: "svchost.exe", Parent: "services.exe", Key: "k1", ParentKey: "k0", More: wire.Object{"pid": "1234", "processCmd": "svchost.exe -k netsvcs", "processImagePath": system + "svchost.exe"}}},
		{"windows", world.Step{Object: "process", Event: "Process Creation", Process: "powershell.exe", Parent: "explorer.exe", Key: "k2", ParentKey: "k1", More: wire.Object{"pid": "5120", "processCmd": "powershell.exe -File inventory.ps1", "processImagePath": system + `WindowsPowerShell\v1.0\powershell.exe`}}},
		{"windows", world.Step{Object: "file", Event: "File Creation", Process: "chrome.exe", Parent: "explorer.exe", Key: "k3", ParentKey: "k2", More: wire.Object{"pid": "3320", "fileFullName": `\Device\HarddiskVolume3\Users\Public\report.pdf`, "fileSha1": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"}}},
		{"windows", world.Step{Object: "registry", Event: "Registry Value Modified", Process: "svchost.exe", Parent: "services.exe", Key: "k1", ParentKey: "k0", More: wire.Object{"pid": "1234", "registryPath": `MACHINE\SYSTEM\CurrentControlSet\Services\W32Time`}}},
		{"windows", world.Step{Object: "scheduled_task", Event: "Task Start", Process: "taskhostw.exe", Parent: "svchost.exe", Key: "k4", ParentKey: "k1", More: wire.Object{"pid": "4012", "taskName": `\Microsoft\Windows\Defrag\ScheduledDefrag`}}},
		{"linux", world.Step{Object: "process", Event: "Process Creation", Process: "cron", Parent: "systemd", Key: "k1", ParentKey: "k0", More: wire.Object{"pid": "812", "processCmd": "/usr/sbin/cron -f", "processImagePath": "/usr/sbin/cron"}}},
		{"macos", world.Step{Object: "process", Event: "Process Creation", Process: "mdworker", Parent: "launchd", Key: "k1", ParentKey: "k0", More: wire.Object{"pid": "377", "processCmd": "mdworker -s mdworker", "processImagePath": "/System/Library/mdworker"}}},
		{"", world.Step{Object: "dns", Event: "DNS Resolved", Process: "chrome.exe", Parent: "explorer.exe", Key: "k3", ParentKey: "k2", More: wire.Object{"pid": "3320", "dnsRequest": "updates.example.com", "dnsResponse": "198.51.100.20"}}},
		{"", world.Step{Object: "ip", Event: "IP Connect", Process: "chrome.exe", Parent: "explorer.exe", Key: "k3", ParentKey: "k2", More: wire.Object{"pid": "3320", "srcPort": "51544", "dstIp": "198.51.100.20", "dstPort": "443", "direction": "OUTGOING"}}},
		{"", world.Step{Object: "url", Event: "GET", Process: "chrome.exe", Parent: "explorer.exe", Key: "k3", ParentKey: "k2", More: wire.Object{"pid": "3320", "networkUrl": "https://updates.example.com/v1", "networkMethod": "GET"}}},
		{"", world.Step{Object: "logins", Event: "Login", Process: "winlogon.exe", Parent: "", Key: "k5", ParentKey: "", More: wire.Object{"pid": "700", "loginsBaseType": "LOGIN"}}},
	}
}

// eventsOfAlert are what the rule of an alert hit: its process begins, and does what the rule looks
// for. Storyline, hash, host and time are the alert's own, so whoever hunts for them finds it.
func (c *Chronicle) eventsOfAlert(alert wire.Object) []wire.Object {
	agent := c.world.AgentRows.Get(wire.Text(alert, "agentRealtimeInfo.id"))
	if agent == nil {
		return nil
	}
	of := func(field string) any { return wire.Value(alert, "sourceProcessInfo."+field) }
	process := world.Step{
		Object: "process", Event: "Process Creation", Process: wire.Text(alert, "sourceProcessInfo.name"), Parent: wire.Text(alert, "sourceParentProcessInfo.name"),
		Key: wire.Text(alert, "sourceProcessInfo.uniqueId"), ParentKey: wire.Text(alert, "sourceParentProcessInfo.uniqueId"),
	}
	common := wire.Object{"pid": of("pid"), "processCmd": of("commandline"), "processImagePath": of("filePath"), "user": of("user"), "storyline": of("storyline")}
	maps.Copy(common, imageHashes(of("fileHashSha1"), of("fileHashSha256"), of("fileHashMd5")))
	hit := func(object, event string, more wire.Object) wire.Object {
		s := process
		s.Object, s.Event, s.More = object, event, maps.Clone(common)
		maps.Copy(s.More, more)
		return eventOn(agent, s)
	}
	events := []wire.Object{hit(process.Object, process.Event, nil)}
	switch wire.Text(alert, "alertInfo.eventType") {
	case "IPCONNECT":
		events = append(events, hit("ip", "IP Connect", wire.Object{"srcPort": "51820", "dstIp": "203.0.113.66", "dstPort": "443", "direction": "OUTGOING"}))
	case "TASKREGISTER":
		events = append(events, hit("scheduled_task", "Task Register", wire.Object{"taskName": `\Updater`}))
	}
	return events
}

// imageHashes are those of a process's file, under the names that queries and rows have for them.
func imageHashes(sha1, sha256, md5 any) wire.Object {
	return wire.Object{"processImageSha1Hash": sha1, "processSha1": sha1, "processSha256": sha256, "processMd5": md5}
}

// eventsOfThreat are what the console lists of a threat, with the hashes that hunters look for. One
// that was found before it ran did nothing; its file was written all the same.
func (c *Chronicle) eventsOfThreat(threat wire.Object) []wire.Object {
	of := func(field string) any { return wire.Value(threat, "threatInfo."+field) }
	rows := c.world.EventsOf(threat).Rows
	agent := c.world.AgentRows.Get(wire.Text(threat, "agentRealtimeInfo.agentId"))
	if len(rows) == 0 && agent != nil {
		return []wire.Object{eventOn(agent, world.Step{Object: "file", Event: "File Creation", Process: cmp.Or(wire.Text(threat, "threatInfo.originatorProcess"), "explorer.exe"), Key: "w1", More: wire.Object{
			"createdAt": of("identifiedAt"), "fileFullName": of("filePath"), "fileSha1": of("sha1"), "fileSha256": of("sha256"), "storyline": of("storyline"), "user": of("processUser"),
		}})}
	}
	var events []wire.Object
	for _, e := range rows {
		o := maps.Clone(e.Obj)
		o["accountId"] = wire.Value(threat, "agentRealtimeInfo.accountId")
		if wire.Text(o, "processName") == wire.Text(threat, "threatInfo.threatName") {
			maps.Copy(o, imageHashes(of("sha1"), of("sha256"), of("md5")))
		}
		events = append(events, o)
	}
	return events
}

// recorded is what endpoints did between two times, oldest first: their habits, what threats did,
// and what the rules of alerts hit. Habits stand two hours apart within the last day, so a range of a day finds all of them and
// one of an hour none. Ids are given in the end, by time: they hold for one query and mean nothing
// in the next.
func (c *Chronicle) recorded(from, to, now time.Time) []wire.Object {
	var events []wire.Object
	add := func(e wire.Object, at time.Time) {
		if !at.Before(from) && at.Before(to) {
			e["createdAt"] = at.UTC().Format("2006-01-02T15:04:05.000Z")
			e["eventTime"] = e["createdAt"]
			events = append(events, e)
		}
	}
	for i, r := range c.world.AgentRows.Rows {
		for j, h := range habits() {
			if h.os == "" || strings.HasPrefix(wire.Text(r.Obj, "osType"), h.os) {
				add(eventOn(r.Obj, h.Step), now.Add(-time.Duration(j+1)*2*time.Hour+time.Duration(i)*time.Second).Truncate(time.Second))
			}
		}
	}
	for _, r := range c.world.ThreatRows.Rows {
		for _, e := range c.eventsOfThreat(r.Obj) {
			at, _ := time.Parse(time.RFC3339Nano, wire.Text(e, "createdAt"))
			add(e, at)
		}
	}
	for _, r := range c.world.AlertRows.Rows {
		at, err := time.Parse(time.RFC3339Nano, wire.Text(r.Obj, "alertInfo.createdAt"))
		if err != nil {
			continue
		}
		for _, e := range c.eventsOfAlert(r.Obj) {
			add(e, at)
		}
	}
	slices.SortStableFunc(events, func(a, b wire.Object) int {
		return strings.Compare(wire.Text(a, "createdAt"), wire.Text(b, "createdAt"))
	})
	for i, e := range events {
		e["id"] = strconv.Itoa(i + 1)
		e["endpointName"], e["trueContext"] = e["agentName"], e["storyline"]
	}
	return events
}

// eventOn is a step on an endpoint. Numbers are texts and much is null, as in recordings.
func eventOn(a wire.Object, s world.Step) wire.Object {
	e := wire.Object{
		"objectType": s.Object, "eventType": s.Event, "processName": s.Process, "parentProcessName": wire.OrNil(s.Parent),
		"processUniqueKey": s.Key, "parentProcessUniqueKey": wire.OrNil(s.ParentKey), "user": wire.Value(a, "lastLoggedInUserName"),
		"storyline": strings.ToUpper(wire.Text(a, "uuid")[:12] + s.Key), "relatedToThreat": "False", "processCmd": nil, "pid": nil,
		"agentId": a["id"], "agentName": a["computerName"], "agentOs": a["osType"], "agentUuid": a["uuid"], "agentIp": a["externalIp"],
		"agentVersion": a["agentVersion"], "agentMachineType": a["machineType"], "agentDomain": a["domain"],
		"agentNetworkStatus": a["networkStatus"], "agentIsActive": a["isActive"], "agentIsDecommissioned": a["isDecommissioned"],
		"agentInfected": a["infected"], "agentGroupId": a["groupId"], "siteId": a["siteId"], "siteName": a["siteName"], "accountId": a["accountId"],
	}
	maps.Copy(e, s.More)
	return e
}
