package hunts

import "strings"

// The data lake reads S1QL 2.0, Deep Visibility read 1.0. sameFields are the fields whose meaning
// is the same in both: those on which the public rule-conversion maps agree or which a live row
// carries, and (from TgtProcName on) those that one such map has alone.
const sameFields = `
EndpointOS endpoint.os
EventType event.type
ObjectType event.category
AgentName endpoint.name
AgentUUID agent.uuid
SiteID site.id
SrcProcName src.process.name
SrcProcCmdLine src.process.cmdline
SrcProcPID src.process.pid
SrcProcUser src.process.user
SrcProcParentName src.process.parent.name
SrcProcParentCmdline src.process.parent.cmdline
SrcProcImagePath src.process.image.path
TgtProcCmdLine tgt.process.cmdline
TgtProcPID tgt.process.pid
TgtProcUser tgt.process.user
TgtProcDisplayName tgt.process.displayName
TgtProcPublisher tgt.process.publisher
TgtProcIntegrityLevel tgt.process.integrityLevel
TgtProcMd5 tgt.process.image.md5
TgtProcSha1 tgt.process.image.sha1
TgtProcSha256 tgt.process.image.sha256
TgtProcImagePath tgt.process.image.path
TgtFilePath tgt.file.path
TgtFileOldPath tgt.file.oldPath
ModulePath module.path
ModuleSha1 module.sha1
ModuleMd5 module.md5
NamedPipeName namedPipe.name
RegistryKeyPath registry.keyPath
RegistryValue registry.value

TgtProcName tgt.process.name
TgtFileSha1 tgt.file.sha1
TgtFileSha256 tgt.file.sha256
SrcProcStorylineId src.process.storyline.id
DnsRequest event.dns.request
DnsResponse event.dns.response
DstIP dst.ip.address
SrcIP src.ip.address
DstPort dst.port.number
SrcPort src.port.number
NetworkUrl url.address
`

// splitFields are older names that the data lake has two fields for, or none: which one is meant
// only the person knows. A guess at one of two would answer another question than the one that was
// asked.
const splitFields = `
processName src.process.name (who did it) tgt.process.name (who it was done to, or what was started)
processImagePath src.process.image.path (who did it) tgt.process.image.path (who it was done to, or what was started)
processCmd src.process.cmdline (who did it) tgt.process.cmdline (who it was done to, or what was started)
pid src.process.pid (who did it) tgt.process.pid (who it was done to, or what was started)
user src.process.user (who did it) tgt.process.user (who it was done to)
userName src.process.user (who did it) tgt.process.user (who it was done to)
sha1 tgt.file.sha1 tgt.process.image.sha1 module.sha1
sha256 tgt.file.sha256 tgt.process.image.sha256
md5 tgt.process.image.md5 module.md5
fileFullName tgt.file.path
filePath tgt.file.path
parentProcessName src.process.parent.name
agentOs endpoint.os
endpointName endpoint.name
storyline src.process.storyline.id
trueContext src.process.storyline.id
url url.address
dns event.dns.request
`

// plainFields are the fields of the data lake that have no dot in their name.
var plainFields = []string{"severity", "message", "timestamp", "logfile", "serverHost"}

// fieldTable reads one of the tables: what stands behind each first word, which is known in any case.
func fieldTable(table string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(table) {
		if name, rest, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			fields[strings.ToLower(name)] = rest
		}
	}
	return fields
}

// oldNames are the first words of a table as they are written.
func oldNames(table string) (names []string) {
	for line := range strings.Lines(table) {
		if name, _, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			names = append(names, name)
		}
	}
	return names
}
