package s1sim

import (
	"slices"
	"strings"
)

// alertKeys are the legal keys of an alert filter, 44 of them, from the API document. Their enums are in upper case, while
// the answers say "True positive" and "In progress".
func alertKeys() keys {
	return table(alertPlaceKeys(), alertTextKeys())
}

func alertPlaceKeys() []key {
	return slices.Concat(
		scope("accountIds", "agentDetectionInfo.accountId"), scope("siteIds", "agentDetectionInfo.siteId"),
		derived(scope("groupIds", "")[0], func(c *Console, o object) []any {
			return at(c.agents.get(text(o, "agentRealtimeInfo.id")), "groupId")
		}),
		legal("tenant", boolean), legal("limit", integer), ids("ids", "alertInfo.alertId"),
		spelled("analystVerdict", "alertInfo.analystVerdict", verdicts),
		spelled("incidentStatus", "alertInfo.incidentStatus", incidents),
		oneOf("severity", "ruleInfo.severity", severities...), oneOf("scopes", "ruleInfo.scopeLevel", scopeLevels...),
		oneOf("osType", "agentDetectionInfo.osFamily", osTypes...), oneOf("machineType", "agentDetectionInfo.machineType"),
		span(moment, "createdAt", "alertInfo.createdAt", "lt lte gt gte"),
		span(moment, "reportedAt", "alertInfo.reportedAt", "lt lte gt gte"),
	)
}

// spelled is a key in upper case over values in sentence case.
func spelled(name, path string, enum []string) []key {
	return derived(oneOf(name, "", upper(enum)...)[0], func(_ *Console, o object) []any {
		return words(strings.ToUpper(strings.ReplaceAll(text(o, path), " ", "_")))
	})
}

func alertTextKeys() []key {
	rows := slices.Concat(
		search("query", "ruleInfo.name", "ruleInfo.description", "sourceProcessInfo.name", "sourceProcessInfo.commandline",
			"sourceProcessInfo.filePath", "sourceProcessInfo.storyline", "sourceProcessInfo.fileHashSha1",
			"agentDetectionInfo.name", "agentDetectionInfo.uuid", "alertInfo.eventType", "alertInfo.alertId"),
		contains(10, "origAgentVersion", "agentDetectionInfo.version"),
		contains(10, "origAgentOsRevision", "agentDetectionInfo.osRevision"),
	)
	for _, pair := range [][2]string{
		{"ruleName", "ruleInfo.name"}, {"origAgentName", "agentDetectionInfo.name"}, {"origAgentUuid", "agentDetectionInfo.uuid"},
		{"sourceProcessName", "sourceProcessInfo.name"}, {"sourceProcessCommandline", "sourceProcessInfo.commandline"},
		{"sourceProcessFilePath", "sourceProcessInfo.filePath"}, {"sourceProcessStoryline", "sourceProcessInfo.storyline"},
		{"sourceProcessFileHashMd5", "sourceProcessInfo.fileHashMd5"},
		{"sourceProcessFileHashSha1", "sourceProcessInfo.fileHashSha1"},
		{"sourceProcessFileHashSha256", "sourceProcessInfo.fileHashSha256"},
		{"containerName", "containerInfo.name"}, {"containerImageName", "containerInfo.image"},
		{"containerLabels", "containerInfo.labels"}, {"k8sCluster", "kubernetesInfo.cluster"},
		{"k8sNode", "kubernetesInfo.node"}, {"k8sPod", "kubernetesInfo.pod"}, {"k8sPodLabels", "kubernetesInfo.podLabels"},
		{"k8sNamespaceName", "kubernetesInfo.namespace"}, {"k8sNamespaceLabels", "kubernetesInfo.namespaceLabels"},
		{"k8sControllerName", "kubernetesInfo.controllerName"}, {"k8sControllerLabels", "kubernetesInfo.controllerLabels"},
	} {
		rows = append(rows, contains(most, pair[0], pair[1])...)
	}
	return rows
}
