package filters

import (
	"slices"
	"strings"
)

// A Kind says which things a filter is for; each kind has its own keys.
type Kind int

// The kinds of filter.
const (
	Threats Kind = iota + 1
	Agents
	Alerts
)

// String returns what the filter selects, in the plural.
func (k Kind) String() string {
	return map[Kind]string{Threats: "threats", Agents: "agents", Alerts: "alerts"}[k]
}

// Keys lists the legal keys of the kind in alphabetical order.
func (k Kind) Keys() []string {
	var names []string
	for name := range filterKeys[k] {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// valueKind is what a key takes. A key takes one of these. The difference between listValue and
// containsValue is one of danger: a part of a name can mean more things than its writer thinks, a
// list of whole values cannot.
type valueKind int

const (
	textValue valueKind = iota
	boolValue
	intValue
	timeValue
	objectValue
	listValue     // of texts
	boolListValue // of booleans
	containsValue // of parts of texts: 10 of 2 characters or more
)

// A keyRule is what the console takes for one key.
type keyRule struct {
	kind  valueKind
	max   int    // of values in a list, 0: no limit of its own
	among string // name of the list of values in keyValues, "" for any
}

// What the keys mean, from the vendor's API document, version 2.1. Any other key makes the console
// answer 400. A key may have the list that its values come from after a colon, and stands for its
// "Nin" twin ("not in") too where it ends in an asterisk.
var filterKeys = map[Kind]map[string]keyRule{
	Threats: keyRules(map[keyRule]string{
		{kind: listValue, max: 500}: `accountIds siteIds groupIds`,
		{kind: listValue, max: 5000}: `agentIds collectionIds contentHashes externalTicketIds ids storylines
			agentMachineTypes*:machine agentVersions* analystVerdicts*:verdict classificationSources*:source classifications*
			cloudProvider* confidenceLevels*:confidence detectionEngines*:engine engines*:engine incidentStatuses*:status
			initiatedBy*:initiator mitigationStatuses*:mitigation osArchs:arch osTypes*:os`,
		{kind: listValue, max: 10}: `osNames*`,
		{kind: boolValue}: `agentIsActive externalTicketExists failedActions hasAgentTags mitigatedPreemptively noteExists
			pendingActions rebootRequired resolved tenant`,
		{kind: textValue}: `agentTagsData countsFor displayName query`,
		{kind: intValue}:  `limit`,
		{kind: timeValue}: `createdAt__gt createdAt__gte createdAt__lt createdAt__lte
			updatedAt__gt updatedAt__gte updatedAt__lt updatedAt__lte`,
		{kind: containsValue}: `awsRole awsSecurityGroups awsSubnetIds azureResourceGroup cloudAccount cloudImage cloudInstanceId
			cloudInstanceSize cloudLocation cloudNetwork commandLineArguments computerName containerImageName containerLabels
			containerName contentHash detectionAgentDomain detectionAgentVersion externalTicketId filePath gcpServiceAccount
			initiatedByUsername k8sClusterName k8sControllerLabels k8sControllerName k8sNamespaceLabels k8sNamespaceName
			k8sNodeLabels k8sNodeName k8sPodLabels k8sPodName originatedProcess publisherName realtimeAgentVersion
			signerIdentity storyline threatDetails uuid`,
	}),
	Agents: keyRules(map[keyRule]string{
		{kind: listValue, max: 500}: `accountIds siteIds`,
		{kind: listValue, max: 5000}: `activeProtection:protection agentVersions* appsVulnerabilityStatuses*:vulnerability
			cloudProvider* console consoleMigrationStatuses*:migration deepVisibility domains* filteredGroupIds filteredSiteIds
			groupIds ids* installerTypes*:installer locationIds* machineTypes*:machine missingPermissions*:missing
			networkStatuses*:network operationalStates* osArches*:arch osTypes*:os pacFileUsage proxyMethod*
			rangerStatuses*:ranger rangerVersions* remoteProfilingStates* rsoLevels scanStatuses*:scan storageTypes*
			userActionsNeeded*:needed uuids`,
		{kind: boolListValue, max: 5000}: `encryptedApplications firewallEnabled hasContainerizedWorkload isActive isAdConnector
			isDecommissioned isHyperAutomate isPendingUninstall isUninstalled isUpToDate locationEnabled
			networkQuarantineEnabled threatRebootRequired`,
		{kind: boolValue}: `hasLocalConfiguration hasTags infected remoteOpsForensicsSupported threatHidden threatResolved`,
		{kind: textValue}: `adQuery agentVersion__between agentVersion__gt agentVersion__gte agentVersion__lt agentVersion__lte
			computerName computerName__like coreCount__between cpuCount__between createdAt__between csvFilterId
			decommissionedAt__between filterId gatewayIp lastActiveDate__between lastSuccessfulScanDate__between
			migrationStatus:migration mitigationMode:mode mitigationModeSuspicious:mode osArch:arch query rangerStatus:ranger
			registeredAt__between rsoLevel:rso scanStatus:scan tagsData threatContentHash threatCreatedAt__between
			threatMitigationStatus:active totalMemory__between updatedAt__between uuid`,
		{kind: intValue}: `activeThreats activeThreats__gt coreCount__gt coreCount__gte coreCount__lt coreCount__lte
			cpuCount__gt cpuCount__gte cpuCount__lt cpuCount__lte totalMemory__gt totalMemory__gte totalMemory__lt
			totalMemory__lte windowsOsRevision__gte windowsOsRevision__lte`,
		{kind: timeValue}: `createdAt__gt createdAt__gte createdAt__lt createdAt__lte
			decommissionedAt__gt decommissionedAt__gte decommissionedAt__lt decommissionedAt__lte
			lastActiveDate__gt lastActiveDate__gte lastActiveDate__lt lastActiveDate__lte
			lastSuccessfulScanDate__gt lastSuccessfulScanDate__gte lastSuccessfulScanDate__lt lastSuccessfulScanDate__lte
			registeredAt__gt registeredAt__gte registeredAt__lt registeredAt__lte
			threatCreatedAt__gt threatCreatedAt__gte threatCreatedAt__lt threatCreatedAt__lte
			updatedAt__gt updatedAt__gte updatedAt__lt updatedAt__lte`,
		{kind: objectValue}: `containerizedWorkloadCounts`,
		{kind: containsValue}: `adComputerMember adComputerName adComputerQuery adQuery adUserMember adUserName adUserQuery
			agentNamespace agentPodName awsRole awsSecurityGroups awsSubnetIds azureResourceGroup cloudAccount cloudImage
			cloudInstanceId cloudInstanceSize cloudLocation cloudNetwork cloudTags clusterName computerName
			computerNameOrUuid cpuId ecsClusterName ecsServiceArn ecsServiceName ecsTaskArn ecsTaskAvailabilityZone
			ecsTaskDefinitionArn ecsTaskDefinitionFamily ecsTaskDefinitionRevision ecsType ecsVersion externalId externalIp
			gcpServiceAccount k8sNodeLabels k8sNodeName k8sType k8sVersion lastLoggedInUserName liveUpdateId
			networkInterfaceGatewayMacAddress networkInterfaceInet networkInterfacePhysical osVersion serialNumber uuid`,
	}),
	Alerts: keyRules(map[keyRule]string{
		{kind: listValue, max: 500}: `accountIds groupIds siteIds`,
		{kind: listValue, max: 5000}: `analystVerdict:VERDICT ids incidentStatus:STATUS machineType osType:os scopes:scope
			severity:severity`,
		{kind: boolValue}: `tenant`,
		{kind: textValue}: `query`,
		{kind: intValue}:  `limit`,
		{kind: timeValue}: `createdAt__gt createdAt__gte createdAt__lt createdAt__lte
			reportedAt__gt reportedAt__gte reportedAt__lt reportedAt__lte`,
		{kind: containsValue}: `containerImageName containerLabels containerName k8sCluster k8sControllerLabels
			k8sControllerName k8sNamespaceLabels k8sNamespaceName k8sNode k8sPod k8sPodLabels origAgentName
			origAgentOsRevision origAgentUuid origAgentVersion ruleName sourceProcessCommandline sourceProcessFileHashMd5
			sourceProcessFileHashSha1 sourceProcessFileHashSha256 sourceProcessFilePath sourceProcessName
			sourceProcessStoryline`,
	}),
}

// keyValues are the lists of values that keys take.
var keyValues = map[string][]string{
	"verdict":    {"undefined", "true_positive", "false_positive", "suspicious"},
	"VERDICT":    {"UNDEFINED", "TRUE_POSITIVE", "FALSE_POSITIVE", "SUSPICIOUS"},
	"status":     {"unresolved", "in_progress", "resolved"},
	"STATUS":     {"UNRESOLVED", "IN_PROGRESS", "RESOLVED"},
	"mitigation": {"not_mitigated", "mitigated", "marked_as_benign"},
	"active":     {"mitigated", "blocked", "active", "suspicious", "pending", "suspicious_resolved"},
	"confidence": {"malicious", "suspicious", "n/a"},
	"severity":   {"Low", "Medium", "High", "Critical", "Info"},
	"source":     {"Cloud", "Behavioral", "Static", "Engine"},
	"scope":      {"global", "account", "site", "group"},
	"mode":       {"detect", "protect"},
	"os":         {"windows", "windows_legacy", "macos", "linux"},
	"arch":       {"32 bit", "64 bit", "ARM64"},
	"network":    {"connected", "disconnected", "connecting", "disconnecting"},
	"scan":       {"none", "started", "aborted", "finished"},
	"ranger":     {"NotApplicable", "Enabled", "Disabled"},
	"rso":        {"none", "pro", "ars"},
	"protection": {"edr", "idr"},
	"migration":  {"N/A", "Pending", "Migrated", "Failed"},
	"installer":  {".msi", ".exe", ".deb", ".rpm", ".bsx", ".pkg", ".img", "unknown", ".tar", ".zip", ".gz", ".xz"},
	"machine": {"unknown", "desktop", "laptop", "server", "kubernetes node", "storage", "kubernetes pod", "ecs task",
		"kubernetes helper"},
	"vulnerability": {"patch_required", "up_to_date", "not_applicable"},
	"initiator": {"agent_policy", "full_disk_scan", "sentinelctl", "dv_command", "console_api", "on_demand_scan", "star_active",
		"star_manual", "cloud_detection", "threat_intelligence", "watchtower_cloud_detection"},
	"engine": {"reputation", "sentinelone_cloud", "cloud_detection", "user_blacklist", "pre_execution",
		"pre_execution_suspicious", "executables", "data_files", "exploits", "penetration", "pup", "lateral_movement",
		"remote_shell", "manual", "application_control", "threat_intelligence", "watchtower_cloud_detection",
		"driver_blocking", "idr", "drift_detection", "network_protection"},
	"needed": {"none", "user_action_needed", "reboot_needed", "upgrade_needed", "incompatible_os", "unprotected",
		"rebootless_without_dynamic_detection", "extended_exclusions_partially_accepted", "reboot_required",
		"pending_deprecation", "ne_not_running", "ne_cf_not_active", "pending_performance_insights",
		"reboot_category", "missing_permissions_category", "agent_suppressed_category", "incompatible_os_category",
		"unprotected_category", "partial_functionality", "performance_insights"},
	"missing": {"user_action_needed_fda", "user_action_needed_rs_fda", "user_action_needed_fda_helper",
		"user_action_needed_fda_sentineld", "user_action_needed_bluetooth_per", "user_action_needed_network",
		"user_action_needed_notifications"},
}

// keyRules spells out a table of keys. The rule is the key of the table so that keys of one rule
// stand together and a new one is a word in a list.
func keyRules(table map[keyRule]string) map[string]keyRule {
	rules := map[string]keyRule{}
	for rule, keys := range table {
		for _, key := range strings.Fields(keys) {
			key, rule.among, _ = strings.Cut(key, ":")
			if rule.kind == containsValue {
				rule.max = 10
				key += "__contains"
			}
			if name, twin := strings.CutSuffix(key, "*"); twin {
				rules[name+"Nin"], key = rule, name
			}
			rules[key] = rule
		}
	}
	return rules
}
