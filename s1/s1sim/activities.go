package s1sim

import (
	"maps"
	"slices"
	"strconv"
	"time"
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
	uploaded        = 80
	saidFetch       = 81
	saidFetchThreat = 85
	uploadedThreat  = 86
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
		{uploaded, "Agent Uploaded Fetched Files", agent + "({{ external_ip }}) successfully uploaded {{ filename }}."},
		{saidFetch, "User Requested Fetch Files", user + "initiated a fetch file command to the agent {{ computer_name }} ({{ external_ip }})."},
		{saidFetchThreat, "User Requested Fetch Threat File", user + "issued a fetch threat file command for " + file},
		{uploadedThreat, "Agent Uploaded Threat File", agent + "({{ external_ip }}) successfully uploaded a threat file."},
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

func activityRoutes() []route {
	return []route{
		{method: "GET", path: "/activities", handle: activityList().handle},
		{method: "GET", path: "/activities/types", handle: getActivityTypes},
	}
}

func getActivityTypes(*Console, *request) (any, error) {
	rows := []any{}
	for _, t := range activityTypes() {
		rows = append(rows, object{"id": t.id, "action": t.action, "descriptionTemplate": t.template})
	}
	return data(rows), nil
}

func activityList() listing {
	return listing{
		rows:  func(c *Console, _ *request) *collection { return &c.activities },
		keys:  activityKeys,
		sorts: sortsBy("id activityType createdAt"),
		order: "createdAt", desc: true,
	}
}

func activityKeys() keys {
	return table(slices.Concat(
		scope("accountIds", "accountId"), scope("siteIds", "siteId"), scope("groupIds", "groupId"),
		ids("ids", "id"), ids("agentIds", "agentId"), ids("threatIds", "threatId"), ids("userIds", "userId"),
		ids("ruleIds", "data.ruleId"), ids("alertIds", "data.alertId"), oneOf("relatedIds", "threatId"),
		oneOf("activityTypes", "activityType"), oneOf("activityUuids", "activityUuid"), oneOf("userEmails", "data.email"),
		legal("includeHidden", boolean), span(moment, "createdAt", "createdAt", "lt gt lte gte between"),
	))
}

// An event is what an activity tells of.
type event struct {
	kind   int
	at     time.Time
	about  string // the primary description
	detail any    // the secondary one
	agent  object
	threat object
	byUser bool
	data   object
}

// note writes an activity. Its data holds ids as numbers, as the service does.
func (c *Console) note(e event) {
	id := c.newID(e.at)
	var account any
	if n, err := strconv.ParseInt(text(e.agent, "accountId"), 10, 64); err == nil {
		account = n
	}
	d := object{
		"accountId": account, "accountName": value(e.agent, "accountName"), "siteName": value(e.agent, "siteName"),
		"groupName": value(e.agent, "groupName"), "computerName": value(e.agent, "computerName"),
		"externalIp": value(e.agent, "externalIp"), "username": nil,
	}
	o := object{
		"id": id, "activityUuid": c.uuid(), "activityType": e.kind, "agentId": value(e.agent, "id"),
		"threatId": value(e.threat, "id"), "accountId": value(e.agent, "accountId"), "accountName": value(e.agent, "accountName"),
		"siteId": value(e.agent, "siteId"), "siteName": value(e.agent, "siteName"), "groupId": value(e.agent, "groupId"),
		"groupName": value(e.agent, "groupName"), "userId": nil, "hash": nil, "osFamily": nil, "comments": nil,
		"description": nil, "primaryDescription": e.about, "secondaryDescription": e.detail, "agentUpdatedVersion": nil,
		"data": d, "createdAt": stamp(e.at), "updatedAt": stamp(e.at),
	}
	if e.byUser {
		o["userId"], d["username"] = apiUserID, apiUser
	}
	maps.Copy(d, e.data)
	c.activities.put(id, o)
}

// value is the value under a path, nil where there is none.
func value(o object, path string) any {
	for _, v := range at(o, path) {
		return v
	}
	return nil
}
