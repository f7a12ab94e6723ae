package s1sim

import (
	"maps"
	"slices"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// Keys of the vendor's document (API 2.1) that nothing here depends on, or few do: a console takes them, so a program is right to send
// them. What restricts a list restricts it here; what cannot be told from the objects at hand is taken and restricts nothing.

// ruleFilterKeys are those of detection rules, for the list and for what is done to a selection.
func ruleFilterKeys() []keys.Key {
	return slices.Concat(
		keys.Yes("activeResponse", "activeResponse"), keys.OneOf("attackSurfaces", "attackSurfaces"), keys.OneOf("mitreTactics", "mitreTactics"),
		keys.Search("descriptionSubstring", "description"), keys.Contains(10, "description", "description"),
		keys.Search("nameSubstring", "name"), keys.Search("s1qlSubstring", "s1ql"),
		[]keys.Key{{Name: "excludeIds", Kind: keys.Ident, Op: keys.NoneOf, List: true, Max: keys.Most, Values: keys.Path("id")}},
		[]keys.Key{{Name: "filterBy", Kind: keys.Textual, Enum: []string{"Template", "Platform"}}}, keys.IDs("platformRuleIds", "platformRuleId"),
		keys.Yes("reachedLimit", "reachedLimit"), []keys.Key{{Name: "scopeId", Kind: keys.Ident, Op: keys.AnyOf, Values: keys.Path("scopeId")}},
		keys.Just("scopeLevel", "scope", "global", "account", "site", "group"), keys.OneOf("sources", "source"),
		keys.OneOf("statuses", "status", "Activating", "Active", "Disabling", "Disabled"),
	)
}

// iocFilterKeys are those of indicators.
func iocFilterKeys() []keys.Key {
	severity := keys.OneOf("severity", "severity")
	severity[0].Kind = keys.Integer
	return slices.Concat(
		keys.Just("batchId", "batchId"), keys.Just("externalId", "externalId"), severity,
		keys.OneOf("campaignNames__in", "campaignNames"), keys.OneOf("labels__in", "labels"), keys.OneOf("malwareNames__in", "malwareNames"),
		keys.OneOf("threatActorTypes__in", "threatActorTypes"), keys.OneOf("threatActors__in", "threatActors"),
	)
}

// listedAlertKeys are those of a list of alerts; what is done to a selection takes alertKeys alone.
func listedAlertKeys(c *Console) keys.Table {
	known := alertKeys(c)
	maps.Copy(known, keys.Of(keys.Legal("disablePagination", keys.Boolean)))
	return known
}

// eventTitles are the names of single events, which the path of events takes beside the short names of kinds.
var eventTitles = []string{
	"Process Creation", "File Creation", "File Modification", "File Delete", "File Rename", "IP Connect", "IP Listen", "DNS Resolved", "DNS Unresolved",
	"Login", "Logout", "Registry Value Create", "Registry Value Modified", "Registry Key Create", "Registry Key Delete", "Task Register", "Task Start", "GET", "POST",
}

// exclusionFilterKeys are those that exclusions share with unified exclusions.
func exclusionFilterKeys() []keys.Key {
	return slices.Concat(
		keys.Contains(10, "applicationName", "applicationName"), keys.Yes("childProcess", "childProcess"),
		keys.OneOf("conditions", "type", "white_hash", "path", "certificate", "file_type", "browser", "commandline", "container_native", "user", "host", "process"),
		keys.OneOf("engines", "engines", "suppress", "suppress_dfi_only", "suppress_dynamic_only", "suppress_app_control", "suppress_drift_detection", "ad_secure_ep"),
		keys.Contains(10, "exclusionName", "exclusionName"), keys.Yes("inAppInventory", "inAppInventory"),
		keys.OneOf("interactionLevel", "interactionLevel", "disable_all_monitors", "disable_in_process_monitor", "identity_only"),
		[]keys.Key{{Name: "modeType", Kind: keys.Textual, Enum: []string{"all", "suppression", "agent_interoperability", "binary_vault"}}},
		keys.OneOf("notRecommended", "notRecommended"), keys.Contains(10, "scopePath", "scopePath"),
		keys.OneOf("threatType", "threatType", "EDR", "IDR"),
	)
}

// documentedPolicy are the keys of a policy that recordings do not show, with a value of the kind that the document gives them. A key
// whose value is an object takes any object; null is legal where it says so.
func documentedPolicy() wire.Object {
	return wire.Object{
		"agentUiOn": true, "allowUnprotectByApprovedProcess": false, "autoFileUpload": wire.Object{}, "driftDetectionDelayTime": 0, "driverBlocking": false,
		"dvAttributesPerEventType": wire.Object{}, "identityConfigurationSettings": wire.Object{}, "identityReportInterval": 0, "identityThrottlingInterval": 0,
		"identityUpdateInterval": 0, "informationalAlertsOn": false, "iocSupported": true, "isDvPolicyPerEventType": false, "logCollectorEnabled": false,
		"networkProtectionInfra": false, "remoteOpsForensics": wire.Object{}, "remoteScriptOrchestration": wire.Object{}, "removeMacrosMl": false,
		"signedDriverBlockingOn": false, "unsignedDriverBlockingOn": false,
	}
}

// documentedKinds are keys whose kind in the document is another than in recordings: text for cloudValidationOn, an object or null for
// forensicsAutoTriggering. Both are taken.
func documentedKind(key string, v any) bool {
	switch v.(type) {
	case string:
		return key == "cloudValidationOn"
	case wire.Object, nil:
		return key == "forensicsAutoTriggering"
	}
	return false
}
