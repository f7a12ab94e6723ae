package eventql

import (
	"encoding/json"
	"strings"
	"time"
)

// lakeNames are the fields of an event as the data lake calls them, and as Deep Visibility does.
// Several hundred more exist.
const lakeNames = `
event.id id
event.type eventType
event.category objectType
agent.id agentId
agent.uuid agentUuid
endpoint.name agentName
endpoint.os agentOs
site.id siteId
site.name siteName
account.id accountId
src.process.pid pid
src.process.user user
src.process.storyline.id storyline
tgt.file.path fileFullName
tgt.file.sha1 fileSha1
src.ip.address srcIp
src.port.number srcPort
dst.ip.address dstIp
dst.port.number dstPort
event.network.direction direction
event.dns.request dnsRequest
event.dns.response dnsResponse
url.address networkUrl
registry.keyPath registryPath
task.name taskName
event.login.type loginsBaseType
indicator.name indicatorName
`

// Flat is an event as the data lake has it. Who did something is its source; of a process that was
// created, that is the parent, and the new process is the target. The data source is that of EDR,
// by which queries restrict themselves to it.
func Flat(e map[string]any) map[string]any {
	flat := object{"dataSource.name": "SentinelOne", "dataSource.category": "security"}
	for line := range strings.Lines(strings.TrimSpace(lakeNames)) {
		to, from, _ := strings.Cut(strings.TrimSpace(line), " ")
		if v := e[from]; v != nil {
			flat[to] = v
		}
	}
	acting := [][2]string{{"name", "processName"}, {"cmdline", "processCmd"}, {"image.path", "processImagePath"}, {"parent.name", "parentProcessName"}}
	created := text(e, "eventType") == "Process Creation"
	for _, part := range acting {
		v := e[part[1]]
		switch {
		case v == nil:
		case created && part[0] == "parent.name":
			flat["src.process.name"] = v
		case created:
			flat["tgt.process."+part[0]] = v
		default:
			flat["src.process."+part[0]] = v
		}
	}
	if at := Moment(e); !at.IsZero() {
		flat["event.time"] = json.Number(itoa(at.UnixMilli()))
	}
	return flat
}

// Moment is when an event happened.
func Moment(e map[string]any) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, text(e, "createdAt"))
	return at
}
