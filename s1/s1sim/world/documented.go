package world

import (
	"maps"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// Keys of the vendor's document (API 2.1) that nothing here depends on, or few do: a console takes them, so a program is right to send
// them. What restricts a list restricts it here; what cannot be told from the objects at hand is taken and restricts nothing.

// listedAlertKeys are those of a list of alerts; what is done to a selection takes alertKeys alone.
func listedAlertKeys(w *World) keys.Table {
	known := maps.Clone(alertKeys(w))
	maps.Copy(known, keys.Of(keys.Legal("disablePagination", keys.Boolean)))
	return known
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

// documentedKind tells whether a value is of the kind that the document gives a key and recordings
// do not: text for cloudValidationOn, an object or null for forensicsAutoTriggering. Both are
// taken, since no recording shows which one a console insists on.
func documentedKind(key string, v any) bool {
	switch v.(type) {
	case string:
		return key == "cloudValidationOn"
	case wire.Object, nil:
		return key == "forensicsAutoTriggering"
	}
	return false
}
