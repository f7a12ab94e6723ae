package filterkeys

import (
	"slices"
	"strconv"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// Agents are the legal keys of an agent filter, 199 of them, from the API document. Keys about
// clouds, clusters and directories look at places that the made-up agents leave empty, so they
// match nothing, as they would in such a tenant. Fields are ANDed and the values of one field ORed.
// __contains is a substring of at least two characters, ten values at most, and so means more
// endpoints than a name does: computerName alone is exact, and takes one value.
func Agents(facts Facts) keys.Table {
	return keys.Of(
		agentPlaceKeys(), agentNameKeys(), agentStateKeys(), agentSystemKeys(), agentThreatKeys(facts), agentTimeKeys(),
		agentCloudKeys(),
	)
}

// agentPlaceKeys select by where an endpoint is. ids with groupIds is an intersection, not a union.
func agentPlaceKeys() []keys.Key {
	return slices.Concat(
		keys.Scope("siteIds", "siteId"), keys.Scope("accountIds", "accountId"),
		keys.IDs("groupIds", "groupId"), keys.IDs("filteredGroupIds", "groupId"), keys.IDs("filteredSiteIds", "siteId"),
		keys.IDs("ids", "id"), keys.Renamed("idsNin", keys.NoneOf, keys.IDs("idsNin", "id")),
		keys.Just("filterId", "filterId"), keys.Just("csvFilterId", "csvFilterId"), // no saved filters here: nothing matches one
		keys.OneOf("locationIds", "locations.id"), keys.Renamed("locationIdsNin", keys.NoneOf, keys.OneOf("locationIdsNin", "locations.id")),
		keys.Tags("tagsData", "tags.sentinelone"), keys.YesDerived("hasTags", func(o wire.Object) bool { return len(wire.At(o, "tags.sentinelone")) > 0 }),
	)
}

// agentNameKeys select by what names an endpoint: the computer, its addresses, its user, its entry
// in the directory.
func agentNameKeys() []keys.Key {
	return slices.Concat(
		keys.Just("computerName", "computerName"),
		keys.Renamed("computerName__like", keys.Within, keys.Just("", "computerName")),
		keys.Contains(10, "computerName", "computerName"),
		keys.Contains(255, "computerNameOrUuid", "computerName", "uuid"),
		keys.Just("uuid", "uuid"), keys.OneOf("uuids", "uuid"), keys.Contains(10, "uuid", "uuid"),
		keys.Contains(10, "externalIp", "externalIp"),
		keys.Contains(10, "networkInterfaceInet", "networkInterfaces.inet"),
		keys.Contains(10, "networkInterfacePhysical", "networkInterfaces.physical"),
		keys.Contains(10, "networkInterfaceGatewayMacAddress", "networkInterfaces.gatewayMacAddress"),
		keys.Just("gatewayIp", "networkInterfaces.gatewayIp"),
		keys.Contains(10, "lastLoggedInUserName", "lastLoggedInUserName"),
		keys.Contains(255, "externalId", "externalId"), keys.Contains(255, "serialNumber", "serialNumber"),
		keys.OneOfOrNot("domains", "domain"),
		keys.Just("adQuery", "activeDirectory.computerDistinguishedName"),
		keys.Contains(10, "adQuery", "activeDirectory.computerDistinguishedName"),
		keys.Contains(10, "adUserName", "activeDirectory.lastUserDistinguishedName"),
		keys.Contains(10, "adUserMember", "activeDirectory.lastUserMemberOf"),
		keys.Contains(10, "adUserQuery", "activeDirectory.lastUserDistinguishedName", "activeDirectory.lastUserMemberOf"),
		keys.Contains(10, "adComputerName", "activeDirectory.computerDistinguishedName"),
		keys.Contains(10, "adComputerMember", "activeDirectory.computerMemberOf"),
		keys.Contains(10, "adComputerQuery", "activeDirectory.computerDistinguishedName", "activeDirectory.computerMemberOf"),
		agentSearch(),
	)
}

// agentSearch is free text: a substring anywhere, except that hardware addresses match from their beginning only.
func agentSearch() []keys.Key {
	k := keys.Search("query", "computerName", "uuid", "externalIp", "lastIpToMgmt", "networkInterfaces.inet", "lastLoggedInUserName",
		"osName", "osRevision", "domain", "siteName", "groupName", "agentVersion", "externalId", "serialNumber")[0]
	anywhere := k.Test
	k.Test = func(o wire.Object, want string) bool {
		return anywhere(o, want) || slices.ContainsFunc(wire.At(o, "networkInterfaces.physical"), func(v any) bool {
			return keys.PrefixFold(wire.Plain(v), want)
		})
	}
	return []keys.Key{k}
}

// agentStateKeys select by what an endpoint says of itself. Where both a plural and a singular key
// exist, both are the document's.
func agentStateKeys() []keys.Key {
	return slices.Concat(
		keys.YesList("isActive", "isActive"), keys.YesList("isPendingUninstall", "isPendingUninstall"), keys.YesList("isUpToDate", "isUpToDate"),
		keys.YesList("isDecommissioned", "isDecommissioned"), keys.YesList("isUninstalled", "isUninstalled"),
		keys.YesList("encryptedApplications", "encryptedApplications"), keys.YesList("threatRebootRequired", "threatRebootRequired"),
		keys.YesList("networkQuarantineEnabled", "networkQuarantineEnabled"), keys.YesList("firewallEnabled", "firewallEnabled"),
		keys.YesList("locationEnabled", "locationEnabled"), keys.YesList("isAdConnector", "isAdConnector"),
		keys.YesList("isHyperAutomate", "isHyperAutomate"), keys.YesList("hasContainerizedWorkload", "hasContainerizedWorkload"),
		keys.Yes("infected", "infected"), keys.Yes("hasLocalConfiguration", "hasLocalConfiguration"),
		keys.Yes("remoteOpsForensicsSupported", "remoteOpsForensicsSupported"),
		keys.OneOfOrNot("networkStatuses", "networkStatus", networkStates...),
		keys.OneOfOrNot("scanStatuses", "scanStatus", scanStates...), keys.Just("scanStatus", "scanStatus", scanStates...),
		keys.OneOfOrNot("userActionsNeeded", "userActionsNeeded", userActions...),
		keys.OneOfOrNot("missingPermissions", "missingPermissions", missingPermissions...),
		keys.OneOfOrNot("consoleMigrationStatuses", "consoleMigrationStatus", migrations...),
		keys.Just("migrationStatus", "consoleMigrationStatus", migrations...),
		keys.OneOfOrNot("appsVulnerabilityStatuses", "appsVulnerabilityStatus", vulnerabilities...),
		keys.OneOfOrNot("operationalStates", "operationalState"), keys.OneOfOrNot("remoteProfilingStates", "remoteProfilingState"),
		keys.OneOfOrNot("rangerStatuses", "rangerStatus", rangerStates...), keys.Just("rangerStatus", "rangerStatus", rangerStates...),
		keys.OneOfOrNot("rangerVersions", "rangerVersion"),
		keys.Just("mitigationMode", "mitigationMode", MitigationModes...),
		keys.Just("mitigationModeSuspicious", "mitigationModeSuspicious", MitigationModes...),
		keys.OneOf("activeProtection", "activeProtection", "edr", "idr"),
		keys.OneOf("pacFileUsage", "proxyStates.pacFile"), keys.OneOfOrNot("proxyMethod", "proxyStates.method"),
		keys.OneOf("console", "proxyStates.console"), keys.OneOf("deepVisibility", "proxyStates.deepVisibility"),
		keys.Just("rsoLevel", "rsoLevel", "none", "pro", "ars"), keys.OneOf("rsoLevels", "rsoLevel"),
		keys.Legal("containerizedWorkloadCounts", keys.Free),
	)
}

// agentSystemKeys select by hardware, operating system and version of the agent. Versions compare
// number by number.
func agentSystemKeys() []keys.Key {
	gigabytes := func(o wire.Object) []any {
		mb, err := strconv.Atoi(wire.Text(o, "totalMemory"))
		if err != nil {
			return nil
		}
		return []any{mb / 1024}
	}
	return slices.Concat(
		keys.OneOfOrNot("agentVersions", "agentVersion"), keys.Span(keys.Version, "agentVersion", "agentVersion", "lt lte gt gte between"),
		keys.Just("osArch", "osArch", osArchs...), keys.OneOfOrNot("osArches", "osArch", osArchs...),
		keys.OneOfOrNot("osTypes", "osType", OsTypes...), keys.Contains(10, "osVersion", "osName", "osRevision"),
		keys.Span(keys.Integer, "windowsOsRevision", "osRevision", "gte lte"),
		keys.OneOfOrNot("machineTypes", "machineType", machineTypes...),
		keys.OneOfOrNot("installerTypes", "installerType", installerTypes...),
		keys.OneOfOrNot("storageTypes", "storageType"), keys.Contains(255, "cpuId", "cpuId"),
		keys.Span(keys.Integer, "coreCount", "coreCount", "lt lte gt gte between"),
		keys.Span(keys.Integer, "cpuCount", "cpuCount", "lt lte gt gte between"),
		keys.Span(keys.Integer, "totalMemory", "totalMemory", "lt lte gt gte"), // in MB, but __between is in GB
		keys.Derived(keys.Span(keys.Integer, "totalMemory", "", "between")[0], gigabytes),
		keys.Contains(255, "liveUpdateId", "liveUpdateId"),
	)
}

// agentThreatKeys select agents by the threats they have.
func agentThreatKeys(facts Facts) []keys.Key {
	of := func(path string) func(wire.Object) []any {
		return func(agent wire.Object) []any {
			var out []any
			for _, threat := range facts.ThreatsOn(wire.Text(agent, "id")) {
				out = append(out, wire.At(threat, path)...)
			}
			return out
		}
	}
	resolved := func(agent wire.Object) []any {
		for _, threat := range facts.ThreatsOn(wire.Text(agent, "id")) {
			if wire.Text(threat, "threatInfo.incidentStatus") == "resolved" {
				return []any{true}
			}
		}
		return []any{false}
	}
	var created []keys.Key
	for _, k := range keys.Span(keys.Moment, "threatCreatedAt", "", "lt lte gt gte between") {
		created = append(created, keys.Derived(k, of("threatInfo.createdAt"))...)
	}
	return slices.Concat(
		created,
		keys.Derived(keys.Just("threatContentHash", "")[0], of("threatInfo.sha1")),
		keys.Derived(keys.Yes("threatResolved", "")[0], resolved),
		keys.Yes("threatHidden", "threatHidden"),
		keys.Derived(keys.Just("threatMitigationStatus", "", agentThreatStates...)[0], of("threatInfo.mitigationStatus")),
		[]keys.Key{{Name: "activeThreats", Kind: keys.Integer, Op: keys.AnyOf, Values: keys.Path("activeThreats")}},
		keys.Span(keys.Integer, "activeThreats", "activeThreats", "gt"),
	)
}

// agentTimeKeys select by times; __between takes milliseconds since 1970 with a dash between the
// two.
func agentTimeKeys() []keys.Key {
	return slices.Concat(
		keys.Span(keys.Moment, "createdAt", "createdAt", "lt lte gt gte between"),
		keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt lte gt gte between"),
		keys.Span(keys.Moment, "registeredAt", "registeredAt", "lt lte gt gte between"),
		keys.Span(keys.Moment, "lastActiveDate", "lastActiveDate", "lt lte gt gte between"),
		keys.Span(keys.Moment, "lastSuccessfulScanDate", "lastSuccessfulScanDate", "lt lte gt gte between"),
		keys.Span(keys.Moment, "decommissionedAt", "decommissionedAt", "lt lte gt gte between"),
	)
}

// agentCloudKeys select by what a cloud or a cluster says of an endpoint. Nothing here runs in one,
// so they match nothing unless a test writes the fields; what matters is that they are legal.
func agentCloudKeys() []keys.Key {
	rows := keys.OneOfOrNot("cloudProvider", "cloudProviders.name")
	for _, name := range []string{"awsRole", "awsSecurityGroups", "awsSubnetIds", "azureResourceGroup", "cloudAccount",
		"cloudImage", "cloudInstanceId", "cloudInstanceSize", "cloudLocation", "cloudNetwork", "cloudTags", "gcpServiceAccount"} {
		rows = append(rows, keys.Contains(255, name, "cloudProviders."+name)...)
	}
	for _, name := range []string{"agentNamespace", "agentPodName", "clusterName", "k8sNodeLabels", "k8sNodeName", "k8sType",
		"k8sVersion", "ecsType", "ecsVersion", "ecsClusterName", "ecsTaskArn", "ecsTaskAvailabilityZone", "ecsServiceName",
		"ecsServiceArn", "ecsTaskDefinitionFamily", "ecsTaskDefinitionRevision", "ecsTaskDefinitionArn"} {
		rows = append(rows, keys.Contains(255, name, "containerizedWorkload."+name)...)
	}
	return rows
}
