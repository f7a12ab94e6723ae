package hunts

import (
	"cmp"
	"encoding/json"

	"s1bot/commands/catalog"
	"s1bot/commands/listing"
	"s1bot/commands/lookup"
	"s1bot/commands/text"
	"s1bot/render"
)

// A MappedField is a row of the specification's field mapping: what it calls a fact of an event,
// and where the console has it. Names and order are the specification's, since people match them
// against other tools.
type MappedField struct{ Name, Path string }

// ThreatMapping is the specification's table "Default Event Source", row by row.
var ThreatMapping = []MappedField{
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

// AlertMapping is its table "Event Source for Alert".
var AlertMapping = []MappedField{
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

// mappingOf is the table that holds for a source. The two tables have different fields for the same
// names.
func mappingOf(source eventSource) []MappedField {
	if source == fromAlerts {
		return AlertMapping
	}
	return ThreatMapping
}

// elsewhere is where consoles have what the specification looks for in a place that they leave
// empty (vendor's API document, 2.1, and recorded answers). Where both places have something, the
// specification's wins.
var elsewhere = map[string]string{
	".storyline": ".sourceProcessInfo.storyline", ".agentRealtimeInfo.agentIpV4": ".agentDetectionInfo.agentIpV4",
}

// mapped returns the values of an event in the order of the mapping. A field that the event does
// not have is empty, which is how the specification wants it.
func mapped(mapping []MappedField, raw json.RawMessage) []string {
	values := make([]string, len(mapping))
	for i, f := range mapping {
		if values[i] = lookup.ValueAt(raw, f.Path); values[i] == "" {
			values[i] = lookup.ValueAt(raw, elsewhere[f.Path])
		}
	}
	return values
}

// mappedSheet is events as a file has them: a column for every row of the mapping. A file has every
// row of the mapping as a column, empty or not, so that files of different events fit together.
func mappedSheet(mapping []MappedField, events []json.RawMessage) render.Table {
	var t render.Table
	for _, f := range mapping {
		t.Columns = append(t.Columns, render.Column{Title: f.Name})
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

// mappedTable is one event with every row of the mapping: the name, the value, and where the
// console has it.
func mappedTable(mapping []MappedField, event json.RawMessage) render.Table {
	t := render.Table{Columns: []render.Column{{Title: "Field Name"}, {Title: "Value"}, {Title: "Source Field"}}}
	for i, value := range Fitting(mapped(mapping, event)) {
		t.Rows = append(t.Rows, []render.Line{{render.Text(mapping[i].Name)}, {render.Text(value)}, {render.Mono(mapping[i].Path)}})
	}
	return t
}

// Slack takes 10,000 characters in a table: names and paths need a third of them, and no row may be
// missing for a long command line.
const (
	maxMapped = 6000 // characters of all values
	longValue = 300  // of one
	manyValue = 100  // of one, where many are long
)

// Fitting cuts values so that a table has room for all of them. A file has them whole. Two steps,
// because most events have few long values: then they keep three hundred characters each.
func Fitting(values []string) []string {
	most, total := longValue, 0
	for _, value := range values {
		total += min(len([]rune(value)), longValue)
	}
	if total > maxMapped {
		most = manyValue
	}
	short := make([]string, len(values))
	for i, value := range values {
		short[i] = text.Shorten(value, most)
	}
	return short
}

// mappedRows shows events under the names of the mapping: the fields that matter first as a table,
// all of them in files, and in a table of their own for a single event. A menu leads to one event's
// whole table: eight columns fit a card, fifty do not.
func mappedRows[T any](call *catalog.Call, p fetchEventParams, rows listing.Listing[T], of func(*catalog.Call, T) event) listing.Listing[T] {
	mapping, one := mappingOf(p.Source), rows.One
	rows.Sheets = func(found []T) render.Table {
		raws := make([]json.RawMessage, len(found))
		for i, row := range found {
			raws[i] = rows.Raw(row)
		}
		return mappedSheet(mapping, raws)
	}
	rows.One = func(row T) render.Card {
		card := one(row)
		card.Parts = append(card.Parts, render.Line{render.Bold("Field mapping")}, mappedTable(mapping, rows.Raw(row)))
		card.Actions = append(card.Actions, render.Button{Label: "CSV file", Do: call.Variant(render.CSV)}, render.Button{Label: "JSON file", Do: call.Variant(render.JSON)})
		return card
	}
	rows.Deeds = func(found []T) []render.Action {
		menu := render.Menu{Label: "All fields of", Do: call.Variant(render.Run), Param: "search-condition"}
		for _, row := range found {
			e := of(call, row)
			menu.Options = append(menu.Options, render.Option{Label: text.JoinNonEmpty(" · ", cmp.Or(e.name, e.id), e.host), Value: "ids=" + e.id})
		}
		return []render.Action{menu}
	}
	return rows
}
