package protection

import (
	"slices"

	"s1bot/s1/s1sim/keys"
)

// ruleFilterKeys are those of detection rules, for the list and for what is done to a selection.
// Newer documents mark some of them as ignored by the server (the substrings, scopeId); here they
// restrict, as they say.
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
