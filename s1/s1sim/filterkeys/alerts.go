package filterkeys

import (
	"slices"
	"strings"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// Alerts are the legal keys of an alert filter, 44 of them, from the API document. Their enums are in upper case, while
// the answers say "True positive" and "In progress".
func Alerts(facts Facts) keys.Table {
	return keys.Of(alertPlaceKeys(facts), alertTextKeys())
}

// The keys are singular, analystVerdict and incidentStatus, where those of threats are plural: a
// filter made for the one is a 400 with the other.
func alertPlaceKeys(facts Facts) []keys.Key {
	return slices.Concat(
		keys.Scope("accountIds", "agentDetectionInfo.accountId"), keys.Scope("siteIds", "agentDetectionInfo.siteId"),
		keys.Derived(keys.Scope("groupIds", "")[0], func(o wire.Object) []any {
			return wire.At(facts.Endpoint(wire.Text(o, "agentRealtimeInfo.id")), "groupId")
		}),
		keys.Legal("tenant", keys.Boolean), keys.Legal("limit", keys.Integer), keys.IDs("ids", "alertInfo.alertId"),
		spelled("analystVerdict", "alertInfo.analystVerdict", Verdicts),
		spelled("incidentStatus", "alertInfo.incidentStatus", Incidents),
		keys.OneOf("severity", "ruleInfo.severity", Severities...), keys.OneOf("scopes", "ruleInfo.scopeLevel", scopeLevels...),
		keys.OneOf("osType", "agentDetectionInfo.osFamily", OsTypes...), keys.OneOf("machineType", "agentDetectionInfo.machineType"),
		keys.Span(keys.Moment, "createdAt", "alertInfo.createdAt", "lt lte gt gte"),
		keys.Span(keys.Moment, "reportedAt", "alertInfo.reportedAt", "lt lte gt gte"),
	)
}

// spelled is a key in upper case over values in sentence case.
func spelled(name, path string, enum []string) []keys.Key {
	return keys.Derived(keys.OneOf(name, "", wire.Upper(enum)...)[0], func(o wire.Object) []any {
		return wire.List(strings.ToUpper(strings.ReplaceAll(wire.Text(o, path), " ", "_")))
	})
}

// alertTextKeys search what the alert tells of the endpoint when it happened and of the process;
// most are __contains alone.
func alertTextKeys() []keys.Key {
	rows := slices.Concat(
		keys.Search("query", "ruleInfo.name", "ruleInfo.description", "sourceProcessInfo.name", "sourceProcessInfo.commandline",
			"sourceProcessInfo.filePath", "sourceProcessInfo.storyline", "sourceProcessInfo.fileHashSha1",
			"agentDetectionInfo.name", "agentDetectionInfo.uuid", "alertInfo.eventType", "alertInfo.alertId"),
		keys.Contains(10, "origAgentVersion", "agentDetectionInfo.version"),
		keys.Contains(10, "origAgentOsRevision", "agentDetectionInfo.osRevision"),
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
		rows = append(rows, keys.Contains(keys.Most, pair[0], pair[1])...)
	}
	return rows
}
