package s1sim_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

// Each legal key of the vendor's document that the console once refused, by where it stands.
const (
	ruleKeys = `activeResponse=true attackSurfaces=endpoint descriptionSubstring=x description__contains=xy excludeIds=1523159856757822715 filterBy=Template mitreTactics=x
		nameSubstring=x platformRuleIds=1523159856757822715 reachedLimit=false s1qlSubstring=x scopeId=1523159856757822715 scopeLevel=site sources=x statuses=Active`
	iocKeys        = `batchId=x campaignNames__in=x externalId=x labels__in=x malwareNames__in=x severity=1 threatActorTypes__in=x threatActors__in=x`
	exclusionPairs = `applicationName__contains=xy childProcess=true conditions=process engines=ad_secure_ep exclusionName__contains=xy inAppInventory=true
		interactionLevel=identity_only modeType=all notRecommended=x scopePath__contains=xy threatType=EDR,IDR`
	policyKeys = `agentUiOn=b allowUnprotectByApprovedProcess=b autoFileUpload=o driftDetectionDelayTime=i driverBlocking=b dvAttributesPerEventType=o
		identityConfigurationSettings=o identityReportInterval=i identityThrottlingInterval=i identityUpdateInterval=i informationalAlertsOn=b iocSupported=b
		isDvPolicyPerEventType=b logCollectorEnabled=b networkProtectionInfra=b remoteOpsForensics=o remoteScriptOrchestration=o removeMacrosMl=b
		signedDriverBlockingOn=b unsignedDriverBlockingOn=b cloudValidationOn=t forensicsAutoTriggering=n`
)

func TestLegalKeysOfListsAreTaken(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for path, keys := range map[string]string{
		"/cloud-detection/rules": ruleKeys + " expired=true", "/threat-intelligence/iocs": iocKeys, "/exclusions": exclusionPairs,
		"/cloud-detection/alerts": "disablePagination=true",
	} {
		for pair := range strings.FieldsSeq(keys) {
			key, value, _ := strings.Cut(pair, "=")
			a := r.Get(path, key, value)
			require.Equal(t, 200, a.Status, "%s %s: %s", path, key, a.Raw)
		}
		require.Equal(t, 400, r.Get(path, "surprise", "1").Status)
	}
	require.Equal(t, 400, r.Get("/exclusions", "modeType", "x").Status)
}

// listKeys are all keys that the document of 2026 gives a list, beside those of pages.
var listKeys = map[string]string{
	"/activities": `siteIds accountIds groupIds createdAt__lt createdAt__gt createdAt__lte createdAt__gte createdAt__between activityTypes includeHidden threatIds agentIds ids
		activityUuids userIds userEmails ruleIds alertIds relatedIds`,
	"/sites": `siteIds accountIds query name isDefault healthStatus siteType expiration totalLicenses activeLicenses externalId description createdAt updatedAt state states
		statesNin suite features sku module accountId adminOnly availableMoveSites registrationToken accountName__contains name__contains description__contains`,
	"/groups": `siteIds accountIds groupIds type types query id name description rank isDefault updatedAt__lt updatedAt__gt updatedAt__lte updatedAt__gte registrationToken`,
	"/accounts": `ids accountIds query name isDefault accountType expiration totalLicenses activeLicenses sku module createdAt updatedAt state states statesNin features usageType
		billingMode name__contains`,
	"/exclusions":   itemKeys + exclusionKeys + ` pathExclusionTypes`,
	"/restrictions": itemKeys,
	"/unified-exclusions": itemTimes + exclusionKeys + ` accountIds siteIds groupIds tenant ids idsNin osTypes source userIds warnings pathExclusionTypes includeParents includeChildren
		imported value__contains podName__contains containerName__contains namespace__contains sha256Image__contains fullImageName__contains labelsKey__contains
		labelsValue__contains cmdlineValue__contains pathValue__contains description__contains user__contains tags hasTags tagIds countsFor tagsByGroup hasTagsByGroup`,
	"/cloud-detection/rules": `statuses name__contains description__contains expirationMode query severities groupIds descriptionSubstring scopeLevel scopeId sources isLegacy expired
		s1qlSubstring accountIds excludeIds s1ql__contains mitreTactics creator__contains filterBy activeResponse ids attackSurfaces disablePagination reachedLimit scopes queryType
		siteIds status platformRuleIds nameSubstring`,
	"/threat-intelligence/iocs": `creator__contains creationTime__lt creationTime__lte creationTime__gt creationTime__gte severity uploadTime__lt uploadTime__lte uploadTime__gt
		uploadTime__gte uuids accountIds siteIds tenant name__contains updatedAt__lt updatedAt__lte updatedAt__gt updatedAt__gte malwareNames__in threatActorTypes__in labels__in type
		threatActors__in batchId campaignNames__in source description__contains category__in externalId value`,
	"/remote-scripts/status?parentTaskId=1": `accountIds siteIds groupIds tenant ids createdAt__lt createdAt__gt createdAt__lte createdAt__gte updatedAt__lt updatedAt__gt updatedAt__lte
		updatedAt__gte query status types type computerName__contains uuid__contains initiatedBy__contains detailedStatus__contains description__contains parentTaskId__in
		parentTaskId`,
	"/threats/{threat}/notes":          `creator__like creatorId`,
	"/threats/{threat}/explore/events": `eventTypes eventSubTypes eventId processName__like`,
	"/users": `siteIds accountIds source sources email email__contains emailReadOnly fullName fullName__contains fullNameReadOnly firstLogin lastLogin dateJoined groupsReadOnly
		twoFaEnabled primaryTwoFaMethod emailVerified query ids roleIds twoFaStatus twoFaStatuses canGenerateApiToken hasValidApiToken lastActivation__lt lastActivation__lte
		lastActivation__gt lastActivation__gte lastActivation__between apiTokenExpiresAt__lt apiTokenExpiresAt__lte apiTokenExpiresAt__gt apiTokenExpiresAt__gte
		apiTokenExpiresAt__between createdAt__lt createdAt__lte createdAt__gt createdAt__gte createdAt__between`,
	"/firewall-control?tenant=true": `accountIds siteIds groupIds tenant query scopes applications name protocols osTypes directions actions statuses createdAt__lt createdAt__lte
		createdAt__gt createdAt__gte createdAt__between ids locationIds tagIds name__contains tagName__contains application__contains protocol__contains service__contains
		disablePagination`,
	"/remote-scripts": `accountIds groupIds siteIds isAvailableForArs query scriptType ids osTypes`,
}

// listSorts are what the document has a list sorted by.
var listSorts = map[string]string{
	"/activities":         `id activityType createdAt`,
	"/sites":              `id name totalLicenses expiration siteType state suite createdAt updatedAt activeLicenses accountName sku description usageType`,
	"/groups":             `id name type rank siteId createdAt updatedAt description`,
	"/accounts":           `id name totalLicenses expiration accountType state createdAt updatedAt activeLicenses activeAgents numberOfSites usageType billingMode`,
	"/exclusions":         `id createdAt updatedAt mode source description pathExclusionType osType scope subfolders type userName scopePath value actions imported applicationName inAppInventory`,
	"/restrictions":       `id createdAt updatedAt osType description scope value userName source scopePath imported`,
	"/unified-exclusions": `id createdAt updatedAt source description osType scope userName scopePath notRecommended interactionLevel childProcess reason user threatType engines exclusionName modeType inAppInventory`,
	"/cloud-detection/rules": `id name status expirationMode expired queryType reachedLimit statusReason severity expiration createdAt updatedAt generatedAlerts description scopeHierarchy
		scope activeResponse lastAlertTime queryLang`,
	"/threat-intelligence/iocs": `id creationTime uploadTime updatedAt source type`,
	"/remote-scripts": `id createdAt mgmtId scopeId scriptName name osTypes createdByUserId inputInstructions inputExample type scriptType version scopeLevel scopePath subscription
		isAvailableForArs`,
	"/remote-scripts/status?parentTaskId=1": `id initiatedBy createdAt updatedAt status detailedStatus agentComputerName parentTaskId accountName siteName groupName description`,
	"/threats/{threat}/notes":               `createdAt updatedAt`,
	"/threats/{threat}/explore/events":      `id createdAt eventType fileSize fileType registryPath registryId registryClassification pid processName`,
	"/firewall-control?tenant=true":         `id name action status order`,
	"/users": `id createdAt fullName firstLogin lastLogin source email emailVerified dateJoined twoFaEnabled twoFaStatus apiTokenCreatedAt apiTokenExpiresAt
		canGenerateApiToken`,
}

const (
	itemTimes = ` createdAt__lt createdAt__lte createdAt__gt createdAt__gte createdAt__between updatedAt__lt updatedAt__lte updatedAt__gt updatedAt__gte updatedAt__between`
	itemKeys  = itemTimes + ` accountIds siteIds groupIds tenant ids unified value query type osTypes source userIds recommendations value__contains description__contains user__contains
		types includeParents includeChildren imported modes`
	exclusionKeys = ` applicationName__contains inAppInventory modeType childProcess threatType engines interactionLevel conditions exclusionName__contains notRecommended
		scopePath__contains`
)

// words are all that stand in a table.
func words(table map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, own := range table {
		for word := range strings.FieldsSeq(own) {
			all[word] = true
		}
	}
	return all
}

// A key that belongs to another list is unknown, as on a live console; one of its own is known, whatever its value. The same holds of what
// lists are sorted by.
func TestAListTakesTheKeysOfTheDocumentAndNoOthers(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Agents: 1})
	threat := r.Threats()[0]["id"].(string)
	ask := func(list, key, value string) string {
		path, query, _ := strings.Cut(strings.Replace(list, "{threat}", threat, 1), "?")
		args := []string{key, value}
		if name, value, more := strings.Cut(query, "="); more && name != key {
			args = append(args, name, value)
		}
		return r.Get(path, args...).Raw
	}
	for key := range words(listKeys) {
		for list, own := range listKeys {
			said := ask(list, key, "x")
			require.Equal(t, !slices.Contains(strings.Fields(own), key), strings.Contains(said, "Unknown field"), "%s %s: %s", list, key, said)
		}
	}
	for sort := range words(listSorts) {
		for list, own := range listSorts {
			said := ask(list, "sortBy", sort)
			assert.Equal(t, slices.Contains(strings.Fields(own), sort), strings.Contains(said, `"data"`), "%s sortBy=%s: %s", list, sort, said)
		}
	}
	require.Equal(t, 400, r.Get("/firewall-control").Status, "it wants to be asked for something")
	require.Equal(t, 200, r.Get("/firewall-control", "statuses", "Enabled,Disabled").Status)
}

// Deep Visibility's calls have few keys, and its list of events counts nothing. What single events are called is the document's.
func TestDeepVisibilityTakesTheKeysOfTheDocumentAndNoOthers(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Agents: 1})
	now := time.Now()
	started := r.Post("/dv/init-query", simtest.M{"query": `EventType = "Process Creation"`, "fromDate": now.Add(-time.Hour).Format(time.RFC3339), "toDate": now.Format(time.RFC3339)})
	id := started.At("data.queryId").(string)
	unknown := func(path string, args ...string) bool {
		return strings.Contains(r.Get(path, append([]string{"queryId", id}, args...)...).Raw, "Unknown field")
	}
	for path, own := range map[string]string{
		"/dv/events": "skip limit cursor subQuery sortBy sortOrder", "/dv/events/process": "skip limit cursor subQuery sortBy sortOrder", "/dv/query-status": "", "/dv/events/pq-ping": "",
	} {
		for key := range strings.FieldsSeq("skip limit cursor subQuery sortBy sortOrder countOnly skipCount siteIds") {
			require.Equal(t, !slices.Contains(strings.Fields(own), key), unknown(path, key, "1"), "%s %s", path, key)
		}
	}
	for _, event := range []string{"Registry Value Delete", "Module Load", "File Deletion", "dns"} {
		require.Equal(t, 200, r.Get("/dv/events/"+url.PathEscape(event), "queryId", id).Status, event)
	}
	require.Equal(t, 400, r.Get("/dv/events/"+url.PathEscape("File Delete"), "queryId", id).Status)
}

// bodyValue is the value of a pair as a body has it.
func bodyValue(key, value string) any {
	switch {
	case value == "true" || value == "false":
		return value == "true"
	case key == "filterBy", key == "scopeId", key == "scopeLevel", key == "batchId", key == "externalId", strings.HasSuffix(key, "Substring"):
		return value
	case key == "severity":
		return []int{1}
	}
	return strings.Split(value, ",")
}

func TestLegalKeysOfSelectionsAreTaken(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for call, keys := range map[string]string{
		"DELETE /cloud-detection/rules": ruleKeys, "PUT /cloud-detection/rules/enable": ruleKeys, "PUT /cloud-detection/rules/disable": ruleKeys,
		"DELETE /threat-intelligence/iocs": iocKeys,
	} {
		method, path, _ := strings.Cut(call, " ")
		for pair := range strings.FieldsSeq(keys) {
			key, value, _ := strings.Cut(pair, "=")
			body, err := json.Marshal(simtest.M{"filter": simtest.M{"accountIds": []string{r.AccountID("Example Corp")}, key: bodyValue(key, value)}})
			require.NoError(t, err)
			a := r.Call(method, path, string(body))
			require.NotContains(t, a.Raw, "Unknown field", "%s %s", call, key)
			require.Equal(t, 200, a.Status, "%s %s: %s", call, key, a.Raw)
		}
	}
}

func TestLegalKeysOfDataAreTaken(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	for call, keys := range map[string]string{
		"POST /cloud-detection/rules": "id templateRuleId", "PUT /cloud-detection/rules/1": "id templateRuleId", "POST /firewall-control": "osType remoteHost tag",
		"POST /groups": "source", "POST /remote-scripts/execute": "apiKey destinationProfileId destinationProfileKeyword outputFilePaths singularityxdrKeyword singularityxdrUrl",
	} {
		method, path, _ := strings.Cut(call, " ")
		for key := range strings.FieldsSeq(keys) {
			for name, unknown := range map[string]bool{key: false, key + "X": true} {
				body, err := json.Marshal(simtest.M{"data": simtest.M{name: "1"}, "filter": simtest.M{"tenant": true}})
				require.NoError(t, err)
				require.Equal(t, unknown, strings.Contains(r.Call(method, path, string(body)).Raw, "Unknown field"), "%s %s", call, name)
			}
		}
	}
	values := map[string]any{"b": true, "o": simtest.M{"any": 1}, "i": 5, "t": "text", "n": nil}
	for _, path := range []string{"/tenant/policy", "/accounts/" + url.PathEscape(r.AccountID("Example Corp")) + "/policy"} {
		for pair := range strings.FieldsSeq(policyKeys) {
			key, kind, _ := strings.Cut(pair, "=")
			body, err := json.Marshal(simtest.M{"data": simtest.M{key: values[kind]}})
			require.NoError(t, err)
			a := r.Call("PUT", path, string(body))
			require.Equal(t, 200, a.Status, "%s %s: %s", path, key, a.Raw)
		}
		require.Equal(t, 400, r.Call("PUT", path, `{"data":{"agentUiOn":"yes"}}`).Status)
	}
}

// Answers have the keys and types of the vendor's document, where no recorded answer of a live console says otherwise.
func TestAnswersHaveTheKeysOfTheDocument(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	row := func(path string) simtest.M {
		var a struct{ Data []simtest.M }
		require.NoError(t, json.Unmarshal([]byte(r.Get(path).Raw), &a), path)
		require.NotEmpty(t, a.Data, path)
		return a.Data[0]
	}
	require.NotContains(t, row("/accounts"), "activeLicenses")
	threat := row("/threats")
	nic := threat["agentRealtimeInfo"].(map[string]any)["networkInterfaces"].([]any)[0]
	require.NotContains(t, nic, "gatewayIp")
	require.NotContains(t, nic, "gatewayMacAddress")
	require.Contains(t, row("/agents")["networkInterfaces"].([]any)[0], "gatewayIp", "endpoints have it")

	var events struct{ Data []simtest.M }
	require.NoError(t, json.Unmarshal([]byte(r.Get("/threats/"+threat["id"].(string)+"/explore/events").Raw), &events))
	ports := 0
	for _, e := range events.Data {
		require.IsType(t, true, e["relatedToThreat"])
		require.IsType(t, true, e["agentInfected"])
		require.IsType(t, true, e["agentIsDecommissioned"])
		if e["dstPort"] != nil {
			ports++
			require.IsType(t, 1.0, e["dstPort"])
			require.IsType(t, 1.0, e["srcPort"])
		}
	}
	require.NotZero(t, ports)

	var policy struct{ Data simtest.M }
	require.NoError(t, json.Unmarshal([]byte(r.Get("/tenant/policy").Raw), &policy))
	require.NotContains(t, policy.Data, "signedDriverBlockingMode")
	require.NotContains(t, policy.Data, "remoteScriptOrchestrationOn")
	require.Contains(t, policy.Data, "signedDriverBlockingOn")
	require.IsType(t, map[string]any{}, policy.Data["remoteScriptOrchestration"])
	require.Nil(t, policy.Data["forensicsAutoTriggering"])
	require.NotContains(t, policy.Data["agentUi"], "contactSupport")
	require.NotContains(t, policy.Data["iocAttributes"], "processCreation")
}

// A blocked hash has what the document and recorded rows have, and nothing that only exclusions have.
func TestABlockedHashHasNoKeysOfExclusions(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{})
	for _, item := range r.Blocklist() {
		for _, key := range []string{"actions", "applicationName", "inject", "mode", "pathExclusionType"} {
			require.NotContains(t, item, key)
		}
		require.Equal(t, "black_hash", item["type"])
	}
}

// What the document does not have in the answer, the list or the data of these calls.
func TestRowsOfProtectionAreTheDocuments(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	data := func(a *simtest.Answer) (rows []simtest.M) {
		var answer struct{ Data json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(a.Raw), &answer), a.Raw)
		if json.Unmarshal(answer.Data, &rows) != nil {
			var row simtest.M
			require.NoError(t, json.Unmarshal(answer.Data, &row), a.Raw)
			rows = []simtest.M{row}
		}
		require.NotEmpty(t, rows, a.Raw)
		return rows
	}
	site := r.SiteID("Paris")
	exclusion := `{"data":{"type":"path","osType":"windows","value":"D:\\x\\","pathExclusionType":"folder"},"filter":{"siteIds":["` + site + `"]}}`
	answered := data(r.Call("POST", "/exclusions", exclusion))[0]
	for _, key := range []string{"applicationName", "imported", "includeChildren", "includeParents", "scopePath", "sha256Value"} {
		require.NotContains(t, answered, key)
	}
	listed := data(r.Get("/exclusions", "siteIds", site))
	require.NotContains(t, listed[0], "sha256Value")
	require.Contains(t, listed[0], "scopePath")

	group := data(r.Get("/groups", "siteIds", site))[0]["id"].(string)
	rule := `{"data":{"name":"n","queryType":"events","severity":"Low","status":"Draft","expirationMode":"Permanent","s1ql":"a = \"b\""},"filter":{"groupIds":["` + group + `"]}}`
	made := data(r.Call("POST", "/cloud-detection/rules", rule))[0]
	require.NotContains(t, made, "groupId")
	require.Equal(t, []any{group}, made["scopeId"])
	require.Equal(t, made["id"], data(r.Get("/cloud-detection/rules", "groupIds", group))[0]["id"], "it is filtered by its group all the same")

	firewall := `{"data":{"name":"n","action":"Block","status":"Enabled","remoteHosts":[{"type":"addresses","values":["203.0.113.9"]}]},"filter":{"siteIds":["` + site + `"]}}`
	blocks := data(r.Call("POST", "/firewall-control", firewall))[0]
	require.Equal(t, blocks["id"], data(r.Get("/firewall-control", "ids", blocks["id"].(string), "siteIds", site))[0]["id"])
	require.Contains(t, r.Get("/firewall-control", "siteIds", r.SiteID("Lyon")).Raw, `"totalItems":0`)

	require.Contains(t, r.Call("POST", "/remote-scripts/fetch-files", `{"data":{"taskIds":["1"]}}`).Raw, `{"data":{"data":{"downloadLinks":[]`)
}
