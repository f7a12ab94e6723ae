package unified

// What is asked for of an alert. Consoles differ by their release, and one field that a console
// does not know fails the whole document: so the set is small, and there is a smaller one with the
// fields of older releases, where the assets are one.
const (
	coreFields = `id externalId name description severity status analystVerdict confidenceLevel result classification
	detectedAt createdAt updatedAt storylineId noteExists attackSurfaces detectionSource { product vendor } assignee { userId email fullName }
	realTime { scope { account { id name } site { id name } group { id name } } }`

	rowFields = coreFields + ` firstSeenAt lastSeenAt ticketId analytics { category name typeValue uid }
	assets { id name agentUuid agentVersion osType osVersion category subcategory connectivityToConsole lastLoggedInUser decommissioned }
	process { cmdLine parentName file { name path md5 sha1 sha256 } }
	detectionTime { scope { accountId accountName siteId siteName groupName } attacker { host ip } targetUser { name domain emailAddress } }`

	olderFields = coreFields + ` asset { id name agentUuid agentVersion osType osVersion category subcategory connectivityToConsole lastLoggedInUser }`

	detailFields = rowFields + ` indicators { type title message severity eventTime attacks { tactic { name uid } technique { name uid } } }
	observables { name type value }`

	noteFields = `data { id text type createdAt updatedAt author { userId email fullName } }`
)

func listText(fields string) string {
	return `query Alerts($first: Int, $after: String, $filters: [FilterInput!], $orFilter: OrFilterSelectionInput, $scope: ScopeSelectorInput, $sorts: [SortInput!]) {
	alerts(first: $first, after: $after, filters: $filters, orFilter: $orFilter, scope: $scope, sorts: $sorts) {
	edges { cursor node { ` + fields + ` } } pageInfo { hasNextPage endCursor } totalCount } }`
}

func alertText(fields string) string {
	return `query Alert($id: ID!) { alert(id: $id) { ` + fields + ` } }`
}

const (
	notesText = `query AlertNotes($alertId: ID!) { alertNotes(alertId: $alertId) { ` + noteFields + ` } }`

	addNoteText = `mutation AddAlertNote($alertId: ID!, $text: String!) { addAlertNote(alertId: $alertId, text: $text) { ` + noteFields + ` } }`

	triggerText = `mutation AlertTriggerActions($actions: [TriggerActionInput!]!, $filter: OrFilterSelectionInput) {
	alertTriggerActions(actions: $actions, filter: $filter) { __typename
	... on ActionsTriggered { actions { actionId success { id } skip { id skipType skipMessage } failure { id errorType errorMessage } } }
	... on TriggerActionsError { errors { errorMessage } } ... on TriggerActionsScheduled { executionId } } }`
)
