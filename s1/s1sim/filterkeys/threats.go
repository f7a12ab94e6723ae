package filterkeys

import (
	"slices"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// Threats are the legal keys of a threat filter, 99 of them, from the API document.
func Threats(facts Facts) keys.Table {
	return keys.Of(threatPlaceKeys(), threatStateKeys(facts), threatTextKeys(), threatCloudKeys())
}

// limit is legal in the filter of an action and caps how many threats it means; it is taken and not
// heeded here.
func threatPlaceKeys() []keys.Key {
	return slices.Concat(
		keys.Scope("accountIds", "agentRealtimeInfo.accountId"), keys.Scope("siteIds", "agentRealtimeInfo.siteId"),
		keys.Scope("groupIds", "agentRealtimeInfo.groupId"), keys.Legal("tenant", keys.Boolean), keys.Legal("limit", keys.Integer),
		keys.IDs("ids", "id"), keys.IDs("agentIds", "agentRealtimeInfo.agentId"),
		keys.OneOf("storylines", "threatInfo.storyline"), keys.OneOf("collectionIds", "threatInfo.collectionId"),
		keys.OneOf("contentHashes", "threatInfo.sha1"),
		keys.Span(keys.Moment, "createdAt", "threatInfo.createdAt", "lt gt lte gte"),
		keys.Span(keys.Moment, "updatedAt", "threatInfo.updatedAt", "lt gt lte gte"),
		keys.Tags("agentTagsData", "agentRealtimeInfo.tags.sentinelone"),
		keys.YesDerived("hasAgentTags", func(o wire.Object) bool { return len(wire.At(o, "agentRealtimeInfo.tags.sentinelone")) > 0 }),
		keys.OneOfOrNot("agentVersions", "agentRealtimeInfo.agentVersion"),
		keys.OneOfOrNot("agentMachineTypes", "agentRealtimeInfo.agentMachineType", machineTypes...),
		keys.OneOfOrNot("osTypes", "agentRealtimeInfo.agentOsType", OsTypes...),
		keys.OneOf("osArchs", "agentRealtimeInfo.agentOsArch", osArchs...),
		keys.Capped(10, keys.OneOfOrNot("osNames", "agentRealtimeInfo.agentOsName")),
		keys.Yes("agentIsActive", "agentRealtimeInfo.agentIsActive"),
	)
}

// engines and detectionEngines are two names of one thing in the document. "resolved" is a
// shorthand for the incident status.
func threatStateKeys(facts Facts) []keys.Key {
	return slices.Concat(
		keys.OneOfOrNot("mitigationStatuses", "threatInfo.mitigationStatus", mitigations...),
		keys.OneOfOrNot("analystVerdicts", "threatInfo.analystVerdict", Verdicts...),
		keys.OneOfOrNot("incidentStatuses", "threatInfo.incidentStatus", Incidents...),
		keys.OneOfOrNot("confidenceLevels", "threatInfo.confidenceLevel", confidences...),
		keys.OneOfOrNot("classifications", "threatInfo.classification"),
		keys.OneOfOrNot("classificationSources", "threatInfo.classificationSource", threatSources...),
		keys.OneOfOrNot("engines", "threatInfo.detectionEngines.key", engines...),
		keys.OneOfOrNot("detectionEngines", "threatInfo.detectionEngines.key", engines...),
		keys.OneOfOrNot("initiatedBy", "threatInfo.initiatedBy", initiators...),
		keys.YesDerived("resolved", func(o wire.Object) bool { return wire.Text(o, "threatInfo.incidentStatus") == "resolved" }),
		keys.Derived(keys.Yes("noteExists", "")[0], func(o wire.Object) []any {
			return []any{facts.HasNotes(wire.Text(o, "id"))}
		}),
		keys.Yes("failedActions", "threatInfo.failedActions"), keys.Yes("pendingActions", "threatInfo.pendingActions"),
		keys.Yes("rebootRequired", "threatInfo.rebootRequired"), keys.Yes("mitigatedPreemptively", "threatInfo.mitigatedPreemptively"),
		keys.Yes("externalTicketExists", "threatInfo.externalTicketExists"), keys.OneOf("externalTicketIds", "threatInfo.externalTicketId"),
		keys.Legal("countsFor", keys.Textual),
	)
}

// threatTextKeys search what was found. displayName is exact, contentHash__contains takes any of
// the three hashes.
func threatTextKeys() []keys.Key {
	return slices.Concat(
		keys.Just("displayName", "threatInfo.threatName"),
		keys.Search("query", "threatInfo.threatName", "threatInfo.sha1", "threatInfo.sha256", "threatInfo.md5", "threatInfo.filePath",
			"threatInfo.storyline", "threatInfo.originatorProcess", "threatInfo.processUser", "threatInfo.maliciousProcessArguments",
			"threatInfo.classification", "agentRealtimeInfo.agentComputerName", "agentRealtimeInfo.siteName", "id"),
		keys.Contains(10, "contentHash", "threatInfo.sha1", "threatInfo.sha256", "threatInfo.md5"),
		keys.Contains(10, "threatDetails", "threatInfo.threatName", "threatInfo.filePath"),
		keys.Contains(10, "filePath", "threatInfo.filePath"),
		keys.Contains(10, "computerName", "agentRealtimeInfo.agentComputerName"),
		keys.Contains(10, "uuid", "agentRealtimeInfo.agentUuid"),
		keys.Contains(10, "detectionAgentVersion", "agentDetectionInfo.agentVersion"),
		keys.Contains(10, "realtimeAgentVersion", "agentRealtimeInfo.agentVersion"),
		keys.Contains(10, "detectionAgentDomain", "agentDetectionInfo.agentDomain"),
		keys.Contains(10, "commandLineArguments", "threatInfo.maliciousProcessArguments"),
		keys.Contains(10, "initiatedByUsername", "threatInfo.initiatingUsername"),
		keys.Contains(10, "storyline", "threatInfo.storyline"),
		keys.Contains(10, "originatedProcess", "threatInfo.originatorProcess"),
		keys.Contains(10, "publisherName", "threatInfo.publisherName"),
		keys.Contains(10, "signerIdentity", "threatInfo.publisherName"),
		keys.Contains(10, "externalTicketId", "threatInfo.externalTicketId"),
	)
}

// threatCloudKeys are legal and match nothing unless a test writes the fields; see agentCloudKeys.
func threatCloudKeys() []keys.Key {
	rows := slices.Concat(
		keys.Contains(10, "containerName", "containerInfo.name"), keys.Contains(10, "containerImageName", "containerInfo.image"),
		keys.Contains(10, "containerLabels", "containerInfo.labels"),
		keys.Contains(10, "k8sClusterName", "kubernetesInfo.cluster"), keys.Contains(10, "k8sNodeName", "kubernetesInfo.node"),
		keys.Contains(10, "k8sNodeLabels", "kubernetesInfo.nodeLabels"),
		keys.Contains(10, "k8sNamespaceName", "kubernetesInfo.namespace"),
		keys.Contains(10, "k8sNamespaceLabels", "kubernetesInfo.namespaceLabels"),
		keys.Contains(10, "k8sControllerName", "kubernetesInfo.controllerName"),
		keys.Contains(10, "k8sControllerLabels", "kubernetesInfo.controllerLabels"),
		keys.Contains(10, "k8sPodName", "kubernetesInfo.pod"), keys.Contains(10, "k8sPodLabels", "kubernetesInfo.podLabels"),
		keys.OneOfOrNot("cloudProvider", "agentDetectionInfo.cloudProviders.name"),
	)
	for _, name := range []string{"awsRole", "awsSecurityGroups", "awsSubnetIds", "azureResourceGroup", "cloudAccount",
		"cloudImage", "cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork", "gcpServiceAccount"} {
		rows = append(rows, keys.Contains(255, name, "agentDetectionInfo.cloudProviders."+name)...)
	}
	return rows
}
