package world

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// The kinds of activities that the simulator writes. Codes with a template of the vendor's are from recordings; the others
// are this simulator's own.
const (
	saidDisconnect  = 61
	saidConnect     = 62
	saidScan        = 71
	saidShutdown    = 55
	saidRestart     = 56
	saidMessage     = 57
	Uploaded        = 80
	SaidFetch       = 81
	SaidFetchThreat = 85
	UploadedThreat  = 86
	didDisconnect   = 1001
	didConnect      = 1002
	didKill         = 2001
	didQuarantine   = 2004
	didMitigate     = 2010
	saidMitigate    = 2014
	changedIncident = 2028
	changedVerdict  = 2030
	newAlert        = 3608
	alertVerdict    = 3609
	alertIncident   = 3610
	newThreat       = 4003
	addedNote       = 4100
	changedPolicy   = 5120
)

// An activityType is a row of GET /activities/types.
type activityType struct {
	id       int
	action   string
	template string
}

// activityTypes are the rows of activities/types: the code, the action, and the sentence as a
// template. See placeActivityTypes for codes that are the simulator's own.
func activityTypes() []activityType {
	const (
		user    = "The management user {{ username }} "
		machine = " to the machine {{ computer_name }}."
		agent   = "The agent {{ computer_name }} "
		file    = "{{ file_display_name }}."
	)
	return append(placeActivityTypes(), []activityType{
		{saidShutdown, "User Issued Shutdown", user + "issued a shutdown command" + machine},
		{saidRestart, "User Issued Restart", user + "issued a restart command" + machine},
		{Uploaded, "Agent Uploaded Fetched Files", agent + "({{ external_ip }}) successfully uploaded {{ filename }}."},
		{SaidFetch, "User Requested Fetch Files", user + "initiated a fetch file command to the agent {{ computer_name }} ({{ external_ip }})."},
		{SaidFetchThreat, "User Requested Fetch Threat File", user + "issued a fetch threat file command for " + file},
		{UploadedThreat, "Agent Uploaded Threat File", agent + "({{ external_ip }}) successfully uploaded a threat file."},
		{saidMessage, "User Sent Message", user + "sent a message" + machine},
		{saidDisconnect, "User Issued Disconnect", user + "issued a disconnect from network command" + machine},
		{saidConnect, "User Issued Reconnect", user + "issued a reconnect to network command" + machine},
		{saidScan, "Scan Initiated", user + "initiated a full disk scan to the agent: {{ computer_name }}."},
		{didDisconnect, "Agent Disconnected From Network", "Agent {{ computer_name }} was disconnected from network."},
		{didConnect, "Agent Connected To Network", "Agent {{ computer_name }} was connected to network."},
		{didKill, "Threat Mitigation Report Kill Success", agent + "successfully killed the threat: " + file},
		{didQuarantine, "Threat Mitigation Report Quarantine Success", agent + "successfully quarantined the threat: " + file},
		{didMitigate, "Threat Mitigation Report Success", agent + "mitigated the threat: " + file},
		{saidMitigate, "User Issued Mitigation", user + "issued a mitigation command to threat " + file},
		{changedIncident, "Incident Status Changed", user + "changed the incident status for " + file},
		{changedVerdict, "Analyst Verdict Changed", user + "changed the analyst verdict for " + file},
		{newAlert, "New Alert", "Alert created for {{ rule_name }} on {{ computer_name }}."},
		{alertVerdict, "Alert Analyst Verdict Changed", user + "changed the analyst verdict of an alert of {{ rule_name }}."},
		{alertIncident, "Alert Incident Status Changed", user + "changed the incident status of an alert of {{ rule_name }}."},
		{newThreat, "New Threat", "Threat with confidence level {{ confidence_level }} detected: " + file},
		{addedNote, "Note Added", user + "added a note to threat " + file},
		{changedPolicy, "Policy Changed", user + "changed the policy of {{ scope_name }}."},
	}...)
}

// Activities are the console's diary. The client reads them to find the archives that endpoints
// uploaded, since nothing else says where those are, and the notifier reads them to tell who did
// what.
func activityRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/activities", Handle: activityList(w).Handle},
		{Method: "GET", Path: "/activities/types", Handle: wire.On(w, getActivityTypes)},
	}
}

// getActivityTypes is the list of the kinds that this console can write. The real one knows many
// more.
func getActivityTypes(*World, *wire.Request) (any, error) {
	rows := []any{}
	for _, t := range activityTypes() {
		rows = append(rows, wire.Object{"id": t.id, "action": t.action, "descriptionTemplate": t.template})
	}
	return wire.Data(rows), nil
}

// Newest first is the service's order. The document warns that the list is huge, so that callers
// page with a bound.
func activityList(w *World) store.Listing {
	return store.Listing{
		Rows:  func(*wire.Request) *store.Collection { return &w.ActivityRows },
		Keys:  activityKeys,
		Sorts: store.SortsBy("id activityType createdAt"),
		Order: "createdAt", Desc: true,
	}
}

// There is no key for commandBatchUuid: the service has none, and whoever waits for a batch
// compares data.commandBatchUuid itself.
func activityKeys() keys.Table {
	return keys.Of(slices.Concat(
		keys.Scope("accountIds", "accountId"), keys.Scope("siteIds", "siteId"), keys.Scope("groupIds", "groupId"),
		keys.IDs("ids", "id"), keys.IDs("agentIds", "agentId"), keys.IDs("threatIds", "threatId"), keys.IDs("userIds", "userId"),
		keys.IDs("ruleIds", "data.ruleId"), keys.IDs("alertIds", "data.alertId"), keys.OneOf("relatedIds", "threatId"),
		keys.OneOf("activityTypes", "activityType"), keys.OneOf("activityUuids", "activityUuid"), keys.OneOf("userEmails", "data.email"),
		keys.Legal("includeHidden", keys.Boolean), keys.Span(keys.Moment, "createdAt", "createdAt", "lt gt lte gte between"),
	))
}

// An Event is what an activity tells of.
type Event struct {
	Kind   int
	At     time.Time
	About  string // the primary description
	detail any    // the secondary one
	Agent  wire.Object
	Threat wire.Object
	ByUser bool
	Data   wire.Object
}

// Note writes an activity. Its data holds ids as numbers, as the service does.
func (w *chronicle) Note(e Event) {
	id := w.NewID(e.At)
	var account any
	if n, err := strconv.ParseInt(wire.Text(e.Agent, "accountId"), 10, 64); err == nil {
		account = n
	}
	d := wire.Object{
		"accountId": account, "accountName": wire.Value(e.Agent, "accountName"), "siteName": wire.Value(e.Agent, "siteName"),
		"groupName": wire.Value(e.Agent, "groupName"), "computerName": wire.Value(e.Agent, "computerName"),
		"externalIp": wire.Value(e.Agent, "externalIp"), "username": nil,
	}
	o := wire.Object{
		"id": id, "activityUuid": w.UUID(), "activityType": e.Kind, "agentId": wire.Value(e.Agent, "id"),
		"threatId": wire.Value(e.Threat, "id"), "accountId": wire.Value(e.Agent, "accountId"), "accountName": wire.Value(e.Agent, "accountName"),
		"siteId": wire.Value(e.Agent, "siteId"), "siteName": wire.Value(e.Agent, "siteName"), "groupId": wire.Value(e.Agent, "groupId"),
		"groupName": wire.Value(e.Agent, "groupName"), "userId": nil, "hash": nil, "osFamily": nil, "comments": nil,
		"description": nil, "primaryDescription": e.About, "secondaryDescription": e.detail, "agentUpdatedVersion": nil,
		"data": d, "createdAt": wire.Stamp(e.At), "updatedAt": wire.Stamp(e.At),
	}
	if e.ByUser {
		o["userId"], d["username"] = ApiUserID, ApiUser
	}
	maps.Copy(d, e.Data)
	w.ActivityRows.Put(id, o)
}
