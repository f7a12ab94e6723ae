package s1sim

import "slices"

// threatKeys are the legal keys of a threat filter, 99 of them, from the API document.
func threatKeys() keys {
	return table(threatPlaceKeys(), threatStateKeys(), threatTextKeys(), threatCloudKeys())
}

func threatPlaceKeys() []key {
	return slices.Concat(
		scope("accountIds", "agentRealtimeInfo.accountId"), scope("siteIds", "agentRealtimeInfo.siteId"),
		scope("groupIds", "agentRealtimeInfo.groupId"), legal("tenant", boolean), legal("limit", integer),
		ids("ids", "id"), ids("agentIds", "agentRealtimeInfo.agentId"),
		oneOf("storylines", "threatInfo.storyline"), oneOf("collectionIds", "threatInfo.collectionId"),
		oneOf("contentHashes", "threatInfo.sha1"),
		span(moment, "createdAt", "threatInfo.createdAt", "lt gt lte gte"),
		span(moment, "updatedAt", "threatInfo.updatedAt", "lt gt lte gte"),
		tags("agentTagsData", "agentRealtimeInfo.tags.sentinelone"),
		yesDerived("hasAgentTags", func(o object) bool { return len(at(o, "agentRealtimeInfo.tags.sentinelone")) > 0 }),
		oneOfOrNot("agentVersions", "agentRealtimeInfo.agentVersion"),
		oneOfOrNot("agentMachineTypes", "agentRealtimeInfo.agentMachineType", machineTypes...),
		oneOfOrNot("osTypes", "agentRealtimeInfo.agentOsType", osTypes...),
		oneOf("osArchs", "agentRealtimeInfo.agentOsArch", osArchs...),
		capped(10, oneOfOrNot("osNames", "agentRealtimeInfo.agentOsName")),
		yes("agentIsActive", "agentRealtimeInfo.agentIsActive"),
	)
}

func threatStateKeys() []key {
	return slices.Concat(
		oneOfOrNot("mitigationStatuses", "threatInfo.mitigationStatus", mitigations...),
		oneOfOrNot("analystVerdicts", "threatInfo.analystVerdict", verdicts...),
		oneOfOrNot("incidentStatuses", "threatInfo.incidentStatus", incidents...),
		oneOfOrNot("confidenceLevels", "threatInfo.confidenceLevel", confidences...),
		oneOfOrNot("classifications", "threatInfo.classification"),
		oneOfOrNot("classificationSources", "threatInfo.classificationSource", threatSources...),
		oneOfOrNot("engines", "threatInfo.detectionEngines.key", engines...),
		oneOfOrNot("detectionEngines", "threatInfo.detectionEngines.key", engines...),
		oneOfOrNot("initiatedBy", "threatInfo.initiatedBy", initiators...),
		yesDerived("resolved", func(o object) bool { return text(o, "threatInfo.incidentStatus") == "resolved" }),
		derived(yes("noteExists", "")[0], func(c *Console, o object) []any {
			n := c.notes[text(o, "id")]
			return []any{n != nil && len(n.rows) > 0}
		}),
		yes("failedActions", "threatInfo.failedActions"), yes("pendingActions", "threatInfo.pendingActions"),
		yes("rebootRequired", "threatInfo.rebootRequired"), yes("mitigatedPreemptively", "threatInfo.mitigatedPreemptively"),
		yes("externalTicketExists", "threatInfo.externalTicketExists"), oneOf("externalTicketIds", "threatInfo.externalTicketId"),
		legal("countsFor", textual),
	)
}

func threatTextKeys() []key {
	return slices.Concat(
		just("displayName", "threatInfo.threatName"),
		search("query", "threatInfo.threatName", "threatInfo.sha1", "threatInfo.sha256", "threatInfo.md5", "threatInfo.filePath",
			"threatInfo.storyline", "threatInfo.originatorProcess", "threatInfo.processUser", "threatInfo.maliciousProcessArguments",
			"threatInfo.classification", "agentRealtimeInfo.agentComputerName", "agentRealtimeInfo.siteName", "id"),
		contains(10, "contentHash", "threatInfo.sha1", "threatInfo.sha256", "threatInfo.md5"),
		contains(10, "threatDetails", "threatInfo.threatName", "threatInfo.filePath"),
		contains(10, "filePath", "threatInfo.filePath"),
		contains(10, "computerName", "agentRealtimeInfo.agentComputerName"),
		contains(10, "uuid", "agentRealtimeInfo.agentUuid"),
		contains(10, "detectionAgentVersion", "agentDetectionInfo.agentVersion"),
		contains(10, "realtimeAgentVersion", "agentRealtimeInfo.agentVersion"),
		contains(10, "detectionAgentDomain", "agentDetectionInfo.agentDomain"),
		contains(10, "commandLineArguments", "threatInfo.maliciousProcessArguments"),
		contains(10, "initiatedByUsername", "threatInfo.initiatingUsername"),
		contains(10, "storyline", "threatInfo.storyline"),
		contains(10, "originatedProcess", "threatInfo.originatorProcess"),
		contains(10, "publisherName", "threatInfo.publisherName"),
		contains(10, "signerIdentity", "threatInfo.publisherName"),
		contains(10, "externalTicketId", "threatInfo.externalTicketId"),
	)
}

func threatCloudKeys() []key {
	rows := slices.Concat(
		contains(10, "containerName", "containerInfo.name"), contains(10, "containerImageName", "containerInfo.image"),
		contains(10, "containerLabels", "containerInfo.labels"),
		contains(10, "k8sClusterName", "kubernetesInfo.cluster"), contains(10, "k8sNodeName", "kubernetesInfo.node"),
		contains(10, "k8sNodeLabels", "kubernetesInfo.nodeLabels"),
		contains(10, "k8sNamespaceName", "kubernetesInfo.namespace"),
		contains(10, "k8sNamespaceLabels", "kubernetesInfo.namespaceLabels"),
		contains(10, "k8sControllerName", "kubernetesInfo.controllerName"),
		contains(10, "k8sControllerLabels", "kubernetesInfo.controllerLabels"),
		contains(10, "k8sPodName", "kubernetesInfo.pod"), contains(10, "k8sPodLabels", "kubernetesInfo.podLabels"),
		oneOfOrNot("cloudProvider", "agentDetectionInfo.cloudProviders.name"),
	)
	for _, name := range []string{"awsRole", "awsSecurityGroups", "awsSubnetIds", "azureResourceGroup", "cloudAccount",
		"cloudImage", "cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork", "gcpServiceAccount"} {
		rows = append(rows, contains(255, name, "agentDetectionInfo.cloudProviders."+name)...)
	}
	return rows
}
