package s1sim

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// A habit is something that endpoints of a system do every day.
type habit struct {
	os string // "" is any
	step
}

// habits are what is recorded where nothing bad happens: the hay in which hunters look.
func habits() []habit {
	const system = `\Device\HarddiskVolume3\Windows\System32\`
	return []habit{
		{"windows", step{"process", "Process Creation", "svchost.exe", "services.exe", "k1", "k0", wire.Object{"pid": "1234", "processCmd": "svchost.exe -k netsvcs", "processImagePath": system + "svchost.exe"}}},
		{"windows", step{"process", "Process Creation", "powershell.exe", "explorer.exe", "k2", "k1", wire.Object{"pid": "5120", "processCmd": "powershell.exe -File inventory.ps1", "processImagePath": system + `WindowsPowerShell\v1.0\powershell.exe`}}},
		{"windows", step{"file", "File Creation", "chrome.exe", "explorer.exe", "k3", "k2", wire.Object{"pid": "3320", "fileFullName": `\Device\HarddiskVolume3\Users\Public\report.pdf`, "fileSha1": "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d"}}},
		{"windows", step{"registry", "Registry Value Modified", "svchost.exe", "services.exe", "k1", "k0", wire.Object{"pid": "1234", "registryPath": `MACHINE\SYSTEM\CurrentControlSet\Services\W32Time`}}},
		{"windows", step{"scheduled_task", "Task Start", "taskhostw.exe", "svchost.exe", "k4", "k1", wire.Object{"pid": "4012", "taskName": `\Microsoft\Windows\Defrag\ScheduledDefrag`}}},
		{"linux", step{"process", "Process Creation", "cron", "systemd", "k1", "k0", wire.Object{"pid": "812", "processCmd": "/usr/sbin/cron -f", "processImagePath": "/usr/sbin/cron"}}},
		{"macos", step{"process", "Process Creation", "mdworker", "launchd", "k1", "k0", wire.Object{"pid": "377", "processCmd": "mdworker -s mdworker", "processImagePath": "/System/Library/mdworker"}}},
		{"", step{"dns", "DNS Resolved", "chrome.exe", "explorer.exe", "k3", "k2", wire.Object{"pid": "3320", "dnsRequest": "updates.example.com", "dnsResponse": "198.51.100.20"}}},
		{"", step{"ip", "IP Connect", "chrome.exe", "explorer.exe", "k3", "k2", wire.Object{"pid": "3320", "srcPort": "51544", "dstIp": "198.51.100.20", "dstPort": "443", "direction": "OUTGOING"}}},
		{"", step{"url", "GET", "chrome.exe", "explorer.exe", "k3", "k2", wire.Object{"pid": "3320", "networkUrl": "https://updates.example.com/v1", "networkMethod": "GET"}}},
		{"", step{"logins", "Login", "winlogon.exe", "", "k5", "", wire.Object{"pid": "700", "loginsBaseType": "LOGIN"}}},
	}
}

// recorded is what endpoints did between two times, oldest first: their habits, and what threats did.
func (c *Console) recorded(from, to, now time.Time) []wire.Object {
	var events []wire.Object
	add := func(e wire.Object, at time.Time) {
		if !at.Before(from) && at.Before(to) {
			e["createdAt"] = at.UTC().Format("2006-01-02T15:04:05.000Z")
			e["eventTime"] = e["createdAt"]
			events = append(events, e)
		}
	}
	for i, r := range c.agents.Rows {
		for j, h := range habits() {
			if h.os == "" || strings.HasPrefix(wire.Text(r.Obj, "osType"), h.os) {
				add(eventOn(r.Obj, h.step), now.Add(-time.Duration(j+1)*2*time.Hour+time.Duration(i)*time.Second).Truncate(time.Second))
			}
		}
	}
	for _, r := range c.threats.Rows {
		for _, e := range c.eventsOf(r.Obj).Rows {
			at, _ := time.Parse(time.RFC3339Nano, wire.Text(e.Obj, "createdAt"))
			o := maps.Clone(e.Obj)
			o["accountId"] = wire.Value(r.Obj, "agentRealtimeInfo.accountId")
			add(o, at)
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
func eventOn(a wire.Object, s step) wire.Object {
	e := wire.Object{
		"objectType": s.object, "eventType": s.event, "processName": s.process, "parentProcessName": wire.OrNil(s.parent),
		"processUniqueKey": s.key, "parentProcessUniqueKey": wire.OrNil(s.parentKey), "user": wire.Value(a, "lastLoggedInUserName"),
		"storyline": strings.ToUpper(wire.Text(a, "uuid")[:12] + s.key), "relatedToThreat": "False", "processCmd": nil, "pid": nil,
		"agentId": a["id"], "agentName": a["computerName"], "agentOs": a["osType"], "agentUuid": a["uuid"], "agentIp": a["externalIp"],
		"agentVersion": a["agentVersion"], "agentMachineType": a["machineType"], "agentDomain": a["domain"],
		"agentNetworkStatus": a["networkStatus"], "agentIsActive": a["isActive"], "agentIsDecommissioned": a["isDecommissioned"],
		"agentInfected": a["infected"], "agentGroupId": a["groupId"], "siteId": a["siteId"], "siteName": a["siteName"], "accountId": a["accountId"],
	}
	maps.Copy(e, s.more)
	return e
}
