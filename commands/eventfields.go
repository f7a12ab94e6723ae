package commands

import (
	"encoding/json"
	"strings"

	"s1bot/render"
)

// A mappedField is a row of the specification's field mapping: what it calls a fact of an event, and where the console has it.
type mappedField struct{ name, path string }

// threatMapping is the specification's table "Default Event Source", row by row.
var threatMapping = []mappedField{
	{"Document ID", ".id"}, {"AccountID", ".agentDetectionInfo.accountId"}, {"AccountName", ".agentDetectionInfo.accountName"},
	{"SiteID", ".agentDetectionInfo.siteId"}, {"SiteName", ".agentDetectionInfo.siteName"},
	{"InitiatingUserId", ".threatInfo.initiatingUserId"}, {"Event Type", ".threatInfo.classification"},
	{"Description", ".threatInfo.analystVerdictDescription"}, {"Start Time", ".threatInfo.createdAt"},
	{"Filepath", ".threatInfo.filePath"}, {"File Hash MD5", ".threatInfo.md5"}, {"File Hash SHA256", ".threatInfo.sha256"},
	{"Threat name", ".threatInfo.threatName"}, {"Techniques", ".indicators[*].tactics[*].techniques[*].name"},
	{"Indicator Category", ".indicators[*].category"}, {"Indicator Description", ".indicators[*].description"},
	{"Host Is Infected", ".agentRealtimeInfo.agentInfected"}, {"Host Is Active", ".agentRealtimeInfo.agentIsActive"},
	{"Hostname", ".agentRealtimeInfo.agentComputerName"}, {"Device IP address", ".agentRealtimeInfo.agentIpV4"},
	{"Operating System", ".agentDetectionInfo.agentOsName"}, {"Agent ID", ".agentRealtimeInfo.agentId"},
	{"Status", ".threatInfo.incidentStatus"}, {"Analyst Verdict", ".threatInfo.analystVerdict"},
	{"Source", ".threatInfo.initiatedBy"}, {"Mitigation Status", ".threatInfo.mitigationStatus"},
	{"Confidence Level", ".threatInfo.confidenceLevel"}, {"Storyline", ".threatInfo.storyline"},
	{"Process Name", ".threatInfo.originatorProcess"}, {"Event name", ".threatInfo.threatName"},
	{"Process User", ".threatInfo.processUser"}, {"External Ticket ID", ".threatInfo.externalTicketId"},
	{"Malicious Process Arguments", ".threatInfo.maliciousProcessArguments"},
}

// alertMapping is its table "Event Source for Alert".
var alertMapping = []mappedField{
	{"Document ID", ".alertInfo.alertId"}, {"AccountID", ".agentDetectionInfo.accountId"},
	{"SiteID", ".agentDetectionInfo.siteId"}, {"Hostname", ".agentDetectionInfo.name"}, {"Event Type", ".alertInfo.eventType"},
	{"Description", ".alertInfo.indicatorDescription"}, {"Start Time", ".alertInfo.createdAt"},
	{"Operating System", ".agentDetectionInfo.osName"}, {"Agent ID", ".agentRealtimeInfo.id"},
	{"Status", ".alertInfo.incidentStatus"}, {"Analyst Verdict", ".alertInfo.analystVerdict"}, {"Source", ".alertInfo.source"},
	{"Rule name", ".ruleInfo.name"}, {"Severity", ".ruleInfo.severity"}, {"Storyline", ".storyline"},
	{"Process Name", ".sourceProcessInfo.name"}, {"Process ID", ".sourceProcessInfo.pid"},
	{"Process file path", ".sourceProcessInfo.filePath"}, {"Process hashes MD5", ".sourceProcessInfo.fileHashMd5"},
	{"Process hashes SHA1", ".sourceProcessInfo.fileHashSha1"}, {"Process hashes SHA256", ".sourceProcessInfo.fileHashSha256"},
	{"Parent process name", ".sourceParentProcessInfo.name"}, {"Parent process ID", ".sourceParentProcessInfo.pid"},
	{"Parent process image path", ".sourceParentProcessInfo.filePath"},
	{"Parent Process Hash MD5", ".sourceParentProcessInfo.fileHashMd5"},
	{"Parent Process Hash SHA1", ".sourceParentProcessInfo.fileHashSha1"},
	{"Parent Process Hash SHA256", ".sourceParentProcessInfo.fileHashSha256"},
	{"Target process name", ".targetProcessInfo.tgtProcName"}, {"Target process ID", ".targetProcessInfo.tgtProcPid"},
	{"Target Process File Path", ".targetProcessInfo.tgtFilePath"},
	{"Target Process Hash SHA1", ".targetProcessInfo.tgtFileHashSha1"},
	{"Target Process Hash SHA256", ".targetProcessInfo.tgtFileHashSha256"},
	{"Target image", ".targetProcessInfo.tgtProcImagePath"}, {"Process command line", ".sourceProcessInfo.commandline"},
	{"Parent process commandline", ".sourceParentProcessInfo.commandline"},
	{"Target Process Commandline", ".targetProcessInfo.tgtProcCmdLine"}, {"Source IP address", ".alertInfo.srcIp"},
	{"Source port", ".alertInfo.srcPort"}, {"Destination IP address", ".alertInfo.dstIp"},
	{"Destination port", ".alertInfo.dstPort"}, {"Module image path", ".alertInfo.modulePath"},
	{"Module Hash SHA1", ".alertInfo.moduleSha1"}, {"Login User Name", ".alertInfo.loginsUserName"},
	{"Login Account Domain", ".alertInfo.loginAccountDomain"}, {"DV Event ID", ".alertInfo.dvEventId"},
	{"Indicator Category", ".alertInfo.indicatorCategory"}, {"Indicator Name", ".alertInfo.indicatorName"},
	{"Host Is Infected", ".agentRealtimeInfo.infected"}, {"Host Is Active", ".agentRealtimeInfo.isActive"},
}

// mappingOf is the table that holds for a source.
func mappingOf(source eventSource) []mappedField {
	if source == fromAlerts {
		return alertMapping
	}
	return threatMapping
}

// elsewhere is where consoles have what the specification looks for in a place that they leave empty (vendor's API document, 2.1,
// and recorded answers).
var elsewhere = map[string]string{
	".storyline": ".sourceProcessInfo.storyline", ".agentRealtimeInfo.agentIpV4": ".agentDetectionInfo.agentIpV4",
}

// mapped returns the values of an event in the order of the mapping. A field that the event does not have is empty, which is how
// the specification wants it.
func mapped(mapping []mappedField, raw json.RawMessage) []string {
	values := make([]string, len(mapping))
	for i, f := range mapping {
		if values[i] = valueAt(raw, f.path); values[i] == "" {
			values[i] = valueAt(raw, elsewhere[f.path])
		}
	}
	return values
}

func valueAt(raw json.RawMessage, path string) string {
	if path == "" {
		return ""
	}
	return strings.Join(valuesAt(raw, strings.Split(strings.TrimPrefix(path, "."), ".")), "; ")
}

// valuesAt returns what stands at a path, each value once: several where it goes through lists, such as
// indicators[*].tactics[*].techniques[*].name.
func valuesAt(raw json.RawMessage, path []string) []string {
	if len(path) == 0 {
		if isEmpty(raw) {
			return nil
		}
		return []string{word(raw)}
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return nil
	}
	name, list := strings.CutSuffix(path[0], "[*]")
	if !list {
		return valuesAt(fields[name], path[1:])
	}
	var elements []json.RawMessage
	if json.Unmarshal(fields[name], &elements) != nil {
		return nil
	}
	var values []string
	for _, element := range elements {
		for _, value := range valuesAt(element, path[1:]) {
			values = appendNew(values, value)
		}
	}
	return values
}

// mappedSheet is events as a file has them: a column for every row of the mapping.
func mappedSheet(mapping []mappedField, events []json.RawMessage) render.Table {
	var t render.Table
	for _, f := range mapping {
		t.Columns = append(t.Columns, render.Column{Title: f.name})
	}
	for _, raw := range events {
		var cells []render.Line
		for _, value := range mapped(mapping, raw) {
			cells = append(cells, render.Line{render.Text(value)})
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// mappedTable is one event with every row of the mapping: the name, the value, and where the console has it.
func mappedTable(mapping []mappedField, event json.RawMessage) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Field Name"}, {Title: "Value"}, {Title: "Source Field"}}}
	for i, value := range fitting(mapped(mapping, event)) {
		t.Rows = append(t.Rows, []render.Line{{render.Text(mapping[i].name)}, {render.Text(value)}, {render.Mono(mapping[i].path)}})
	}
	return t
}

// Slack takes 10,000 characters in a table: names and paths need a third of them, and no row may be missing for a long command line.
const (
	maxMapped = 6000 // characters of all values
	longValue = 300  // of one
	manyValue = 100  // of one, where many are long
)

// fitting cuts values so that a table has room for all of them. A file has them whole.
func fitting(values []string) []string {
	most, total := longValue, 0
	for _, value := range values {
		total += min(len([]rune(value)), longValue)
	}
	if total > maxMapped {
		most = manyValue
	}
	short := make([]string, len(values))
	for i, value := range values {
		short[i] = shorten(value, most)
	}
	return short
}

// mappedRows shows events under the names of the mapping: the fields that matter first as a table, all of them in files, and in a
// table of their own for a single event.
func mappedRows[T any](call *Call, p fetchEventParams, rows listing[T], of func(*Call, T) event) listing[T] {
	mapping, one := mappingOf(p.Source), rows.one
	rows.sheets = func(found []T) render.Table {
		raws := make([]json.RawMessage, len(found))
		for i, row := range found {
			raws[i] = rows.raw(row)
		}
		return mappedSheet(mapping, raws)
	}
	rows.one = func(row T) render.Card {
		card := one(row)
		card.Parts = append(card.Parts, render.Line{render.Bold("Field mapping")}, mappedTable(mapping, rows.raw(row)))
		card.Actions = append(card.Actions, render.Button{Label: "CSV file", Do: call.how(render.CSV)}, render.Button{Label: "JSON file", Do: call.how(render.JSON)})
		return card
	}
	rows.deeds = func(found []T) []render.Action {
		menu := render.Menu{Label: "All fields of", Do: call.how(render.Run), Param: "search-condition"}
		for _, row := range found {
			e := of(call, row)
			menu.Options = append(menu.Options, render.Option{Label: joinNonEmpty(" · ", firstNonEmpty(e.name, e.id), e.host), Value: "ids=" + e.id})
		}
		return []render.Action{menu}
	}
	return rows
}
