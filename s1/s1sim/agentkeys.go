package s1sim

import (
	"slices"
	"strconv"
)

// agentKeys are the legal keys of an agent filter, 199 of them, from the API document. Keys about clouds, clusters and
// directories look at places that the made-up agents leave empty, so they match nothing, as they would in such a tenant.
func agentKeys() keys {
	return table(
		agentPlaceKeys(), agentNameKeys(), agentStateKeys(), agentSystemKeys(), agentThreatKeys(), agentTimeKeys(),
		agentCloudKeys(),
	)
}

func agentPlaceKeys() []key {
	return slices.Concat(
		scope("siteIds", "siteId"), scope("accountIds", "accountId"),
		ids("groupIds", "groupId"), ids("filteredGroupIds", "groupId"), ids("filteredSiteIds", "siteId"),
		ids("ids", "id"), renamed("idsNin", noneOf, ids("idsNin", "id")),
		just("filterId", "filterId"), just("csvFilterId", "csvFilterId"), // no saved filters here: nothing matches one
		oneOf("locationIds", "locations.id"), renamed("locationIdsNin", noneOf, oneOf("locationIdsNin", "locations.id")),
		tags("tagsData", "tags.sentinelone"), yesDerived("hasTags", func(o object) bool { return len(at(o, "tags.sentinelone")) > 0 }),
	)
}

func agentNameKeys() []key {
	return slices.Concat(
		just("computerName", "computerName"),
		renamed("computerName__like", within, just("", "computerName")),
		contains(10, "computerName", "computerName"),
		contains(255, "computerNameOrUuid", "computerName", "uuid"),
		just("uuid", "uuid"), oneOf("uuids", "uuid"), contains(10, "uuid", "uuid"),
		contains(10, "externalIp", "externalIp"),
		contains(10, "networkInterfaceInet", "networkInterfaces.inet"),
		contains(10, "networkInterfacePhysical", "networkInterfaces.physical"),
		contains(10, "networkInterfaceGatewayMacAddress", "networkInterfaces.gatewayMacAddress"),
		just("gatewayIp", "networkInterfaces.gatewayIp"),
		contains(10, "lastLoggedInUserName", "lastLoggedInUserName"),
		contains(255, "externalId", "externalId"), contains(255, "serialNumber", "serialNumber"),
		oneOfOrNot("domains", "domain"),
		just("adQuery", "activeDirectory.computerDistinguishedName"),
		contains(10, "adQuery", "activeDirectory.computerDistinguishedName"),
		contains(10, "adUserName", "activeDirectory.lastUserDistinguishedName"),
		contains(10, "adUserMember", "activeDirectory.lastUserMemberOf"),
		contains(10, "adUserQuery", "activeDirectory.lastUserDistinguishedName", "activeDirectory.lastUserMemberOf"),
		contains(10, "adComputerName", "activeDirectory.computerDistinguishedName"),
		contains(10, "adComputerMember", "activeDirectory.computerMemberOf"),
		contains(10, "adComputerQuery", "activeDirectory.computerDistinguishedName", "activeDirectory.computerMemberOf"),
		agentSearch(),
	)
}

// agentSearch is free text: a substring anywhere, except that hardware addresses match from their beginning only.
func agentSearch() []key {
	k := search("query", "computerName", "uuid", "externalIp", "lastIpToMgmt", "networkInterfaces.inet", "lastLoggedInUserName",
		"osName", "osRevision", "domain", "siteName", "groupName", "agentVersion", "externalId", "serialNumber")[0]
	anywhere := k.test
	k.test = func(o object, want string) bool {
		return anywhere(o, want) || slices.ContainsFunc(at(o, "networkInterfaces.physical"), func(v any) bool {
			return prefixFold(plain(v), want)
		})
	}
	return []key{k}
}

func agentStateKeys() []key {
	return slices.Concat(
		yesList("isActive", "isActive"), yesList("isPendingUninstall", "isPendingUninstall"), yesList("isUpToDate", "isUpToDate"),
		yesList("isDecommissioned", "isDecommissioned"), yesList("isUninstalled", "isUninstalled"),
		yesList("encryptedApplications", "encryptedApplications"), yesList("threatRebootRequired", "threatRebootRequired"),
		yesList("networkQuarantineEnabled", "networkQuarantineEnabled"), yesList("firewallEnabled", "firewallEnabled"),
		yesList("locationEnabled", "locationEnabled"), yesList("isAdConnector", "isAdConnector"),
		yesList("isHyperAutomate", "isHyperAutomate"), yesList("hasContainerizedWorkload", "hasContainerizedWorkload"),
		yes("infected", "infected"), yes("hasLocalConfiguration", "hasLocalConfiguration"),
		yes("remoteOpsForensicsSupported", "remoteOpsForensicsSupported"),
		oneOfOrNot("networkStatuses", "networkStatus", networkStates...),
		oneOfOrNot("scanStatuses", "scanStatus", scanStates...), just("scanStatus", "scanStatus", scanStates...),
		oneOfOrNot("userActionsNeeded", "userActionsNeeded", userActions...),
		oneOfOrNot("missingPermissions", "missingPermissions", missingPermissions...),
		oneOfOrNot("consoleMigrationStatuses", "consoleMigrationStatus", migrations...),
		just("migrationStatus", "consoleMigrationStatus", migrations...),
		oneOfOrNot("appsVulnerabilityStatuses", "appsVulnerabilityStatus", vulnerabilities...),
		oneOfOrNot("operationalStates", "operationalState"), oneOfOrNot("remoteProfilingStates", "remoteProfilingState"),
		oneOfOrNot("rangerStatuses", "rangerStatus", rangerStates...), just("rangerStatus", "rangerStatus", rangerStates...),
		oneOfOrNot("rangerVersions", "rangerVersion"),
		just("mitigationMode", "mitigationMode", mitigationModes...),
		just("mitigationModeSuspicious", "mitigationModeSuspicious", mitigationModes...),
		oneOf("activeProtection", "activeProtection", "edr", "idr"),
		oneOf("pacFileUsage", "proxyStates.pacFile"), oneOfOrNot("proxyMethod", "proxyStates.method"),
		oneOf("console", "proxyStates.console"), oneOf("deepVisibility", "proxyStates.deepVisibility"),
		just("rsoLevel", "rsoLevel", "none", "pro", "ars"), oneOf("rsoLevels", "rsoLevel"),
		legal("containerizedWorkloadCounts", free),
	)
}

func agentSystemKeys() []key {
	gigabytes := func(_ *Console, o object) []any {
		mb, err := strconv.Atoi(text(o, "totalMemory"))
		if err != nil {
			return nil
		}
		return []any{mb / 1024}
	}
	return slices.Concat(
		oneOfOrNot("agentVersions", "agentVersion"), span(version, "agentVersion", "agentVersion", "lt lte gt gte between"),
		just("osArch", "osArch", osArchs...), oneOfOrNot("osArches", "osArch", osArchs...),
		oneOfOrNot("osTypes", "osType", osTypes...), contains(10, "osVersion", "osName", "osRevision"),
		span(integer, "windowsOsRevision", "osRevision", "gte lte"),
		oneOfOrNot("machineTypes", "machineType", machineTypes...),
		oneOfOrNot("installerTypes", "installerType", installerTypes...),
		oneOfOrNot("storageTypes", "storageType"), contains(255, "cpuId", "cpuId"),
		span(integer, "coreCount", "coreCount", "lt lte gt gte between"),
		span(integer, "cpuCount", "cpuCount", "lt lte gt gte between"),
		span(integer, "totalMemory", "totalMemory", "lt lte gt gte"), // in MB, but __between is in GB
		derived(span(integer, "totalMemory", "", "between")[0], gigabytes),
		contains(255, "liveUpdateId", "liveUpdateId"),
	)
}

// agentThreatKeys select agents by the threats they have.
func agentThreatKeys() []key {
	of := func(path string) func(*Console, object) []any {
		return func(c *Console, agent object) []any {
			var out []any
			for _, r := range c.threatsOf(text(agent, "id")) {
				out = append(out, at(r.obj, path)...)
			}
			return out
		}
	}
	resolved := func(c *Console, agent object) []any {
		for _, r := range c.threatsOf(text(agent, "id")) {
			if text(r.obj, "threatInfo.incidentStatus") == "resolved" {
				return []any{true}
			}
		}
		return []any{false}
	}
	var created []key
	for _, k := range span(moment, "threatCreatedAt", "", "lt lte gt gte between") {
		created = append(created, derived(k, of("threatInfo.createdAt"))...)
	}
	return slices.Concat(
		created,
		derived(just("threatContentHash", "")[0], of("threatInfo.sha1")),
		derived(yes("threatResolved", "")[0], resolved),
		yes("threatHidden", "threatHidden"),
		derived(just("threatMitigationStatus", "", agentThreatStates...)[0], of("threatInfo.mitigationStatus")),
		[]key{{name: "activeThreats", kind: integer, op: anyOf, values: path("activeThreats")}},
		span(integer, "activeThreats", "activeThreats", "gt"),
	)
}

func agentTimeKeys() []key {
	return slices.Concat(
		span(moment, "createdAt", "createdAt", "lt lte gt gte between"),
		span(moment, "updatedAt", "updatedAt", "lt lte gt gte between"),
		span(moment, "registeredAt", "registeredAt", "lt lte gt gte between"),
		span(moment, "lastActiveDate", "lastActiveDate", "lt lte gt gte between"),
		span(moment, "lastSuccessfulScanDate", "lastSuccessfulScanDate", "lt lte gt gte between"),
		span(moment, "decommissionedAt", "decommissionedAt", "lt lte gt gte between"),
	)
}

func agentCloudKeys() []key {
	rows := oneOfOrNot("cloudProvider", "cloudProviders.name")
	for _, name := range []string{"awsRole", "awsSecurityGroups", "awsSubnetIds", "azureResourceGroup", "cloudAccount",
		"cloudImage", "cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork", "cloudTags", "gcpServiceAccount"} {
		rows = append(rows, contains(255, name, "cloudProviders."+name)...)
	}
	for _, name := range []string{"agentNamespace", "agentPodName", "clusterName", "k8sNodeLabels", "k8sNodeName", "k8sType",
		"k8sVersion", "ecsType", "ecsVersion", "ecsClusterName", "ecsTaskArn", "ecsTaskAvailabilityZone", "ecsServiceName",
		"ecsServiceArn", "ecsTaskDefinitionFamily", "ecsTaskDefinitionRevision", "ecsTaskDefinitionArn"} {
		rows = append(rows, contains(255, name, "containerizedWorkload."+name)...)
	}
	return rows
}

// renamed changes what the first key does with its values.
func renamed(name string, o op, rows []key) []key {
	rows[0].name, rows[0].op = name, o
	return rows
}

// yesDerived is a single boolean that is computed.
func yesDerived(name string, holds func(object) bool) []key {
	return derived(yes(name, "")[0], func(_ *Console, o object) []any { return []any{holds(o)} })
}
