package s1sim

import (
	"maps"
	"slices"
)

// Keys of the vendor's document (API 2.1) that nothing here depends on, or few do: a console takes them, so a program is right to send
// them. What restricts a list restricts it here; what cannot be told from the objects at hand is taken and restricts nothing.

// ruleFilterKeys are those of detection rules, for the list and for what is done to a selection.
func ruleFilterKeys() []key {
	return slices.Concat(
		yes("activeResponse", "activeResponse"), oneOf("attackSurfaces", "attackSurfaces"), oneOf("mitreTactics", "mitreTactics"),
		search("descriptionSubstring", "description"), contains(10, "description", "description"),
		search("nameSubstring", "name"), search("s1qlSubstring", "s1ql"),
		[]key{{name: "excludeIds", kind: ident, op: noneOf, list: true, max: most, values: path("id")}},
		[]key{{name: "filterBy", kind: textual, enum: []string{"Template", "Platform"}}}, ids("platformRuleIds", "platformRuleId"),
		yes("reachedLimit", "reachedLimit"), []key{{name: "scopeId", kind: ident, op: anyOf, values: path("scopeId")}},
		just("scopeLevel", "scope", "global", "account", "site", "group"), oneOf("sources", "source"),
		oneOf("statuses", "status", "Activating", "Active", "Disabling", "Disabled"),
	)
}

// iocFilterKeys are those of indicators.
func iocFilterKeys() []key {
	severity := oneOf("severity", "severity")
	severity[0].kind = integer
	return slices.Concat(
		just("batchId", "batchId"), just("externalId", "externalId"), severity,
		oneOf("campaignNames__in", "campaignNames"), oneOf("labels__in", "labels"), oneOf("malwareNames__in", "malwareNames"),
		oneOf("threatActorTypes__in", "threatActorTypes"), oneOf("threatActors__in", "threatActors"),
	)
}

// listedAlertKeys are those of a list of alerts; what is done to a selection takes alertKeys alone.
func listedAlertKeys() keys {
	known := alertKeys()
	maps.Copy(known, table(legal("disablePagination", boolean)))
	return known
}

// eventTitles are the names of single events, which the path of events takes beside the short names of kinds.
var eventTitles = []string{
	"Process Creation", "File Creation", "File Modification", "File Delete", "File Rename", "IP Connect", "IP Listen", "DNS Resolved", "DNS Unresolved",
	"Login", "Logout", "Registry Value Create", "Registry Value Modified", "Registry Key Create", "Registry Key Delete", "Task Register", "Task Start", "GET", "POST",
}

// exclusionFilterKeys are those that exclusions share with unified exclusions.
func exclusionFilterKeys() []key {
	return slices.Concat(
		contains(10, "applicationName", "applicationName"), yes("childProcess", "childProcess"),
		oneOf("conditions", "type", "white_hash", "path", "certificate", "file_type", "browser", "commandline", "container_native", "user", "host", "process"),
		oneOf("engines", "engines", "suppress", "suppress_dfi_only", "suppress_dynamic_only", "suppress_app_control", "suppress_drift_detection", "ad_secure_ep"),
		contains(10, "exclusionName", "exclusionName"), yes("inAppInventory", "inAppInventory"),
		oneOf("interactionLevel", "interactionLevel", "disable_all_monitors", "disable_in_process_monitor", "identity_only"),
		[]key{{name: "modeType", kind: textual, enum: []string{"all", "suppression", "agent_interoperability", "binary_vault"}}},
		oneOf("notRecommended", "notRecommended"), contains(10, "scopePath", "scopePath"),
		oneOf("threatType", "threatType", "EDR", "IDR"),
	)
}

// documentedPolicy are the keys of a policy that recordings do not show, with a value of the kind that the document gives them. A key
// whose value is an object takes any object; null is legal where it says so.
func documentedPolicy() object {
	return object{
		"agentUiOn": true, "allowUnprotectByApprovedProcess": false, "autoFileUpload": object{}, "driftDetectionDelayTime": 0, "driverBlocking": false,
		"dvAttributesPerEventType": object{}, "identityConfigurationSettings": object{}, "identityReportInterval": 0, "identityThrottlingInterval": 0,
		"identityUpdateInterval": 0, "informationalAlertsOn": false, "iocSupported": true, "isDvPolicyPerEventType": false, "logCollectorEnabled": false,
		"networkProtectionInfra": false, "remoteOpsForensics": object{}, "remoteScriptOrchestration": object{}, "removeMacrosMl": false,
		"signedDriverBlockingOn": false, "unsignedDriverBlockingOn": false,
	}
}

// documentedKinds are keys whose kind in the document is another than in recordings: text for cloudValidationOn, an object or null for
// forensicsAutoTriggering. Both are taken.
func documentedKind(key string, v any) bool {
	switch v.(type) {
	case string:
		return key == "cloudValidationOn"
	case object, nil:
		return key == "forensicsAutoTriggering"
	}
	return false
}
