package unified_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
	"s1bot/s1/s1sim/simtest"
)

const path = "/unifiedalerts/graphql"

// asks sends a document, which is answered with 200 whatever becomes of it, and returns the answer.
func asks(t *testing.T, r *simtest.Rig, document string, variables simtest.M) *simtest.Answer {
	t.Helper()
	a := r.Post(path, simtest.M{"query": document, "variables": variables})
	require.Equal(t, 200, a.Status, a.Raw)
	return a
}

// message is what an answer says went wrong; "" for nothing.
func message(a *simtest.Answer) string {
	if a.Body["errors"] == nil {
		return ""
	}
	return a.At("errors.0.message").(string)
}

const list = `query L($filters: [FilterInput!], $first: Int, $after: String, $sorts: [SortInput!]) { alerts(filters: $filters, first: $first, after: $after, sorts: $sorts) {
	totalCount pageInfo { hasNextPage endCursor } edges { node { id name severity externalId detectionSource { product } } } } }`

// Threats and rule alerts are rows of the list as well, under ids of its own and with theirs as the external ones.
func TestAThreatIsARowOfTheListToo(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	threat := r.AddThreat(s1sim.ThreatSpec{Agent: "DESKTOP-1", Name: "evil.exe"})
	alert := r.AddAlert(s1sim.AlertSpec{})
	other := r.AddUnifiedAlert(s1sim.UnifiedSpec{Name: "Impossible travel"})
	a := asks(t, r, list, simtest.M{"sorts": []simtest.M{{"by": "detectionProduct", "order": "ASC"}}})
	require.EqualValues(t, 3, a.At("data.alerts.totalCount"), a.Raw)
	require.Equal(t, threat, a.At("data.alerts.edges.0.node.externalId"))
	require.Equal(t, "EDR", a.At("data.alerts.edges.0.node.detectionSource.product"))
	require.Equal(t, other, a.At("data.alerts.edges.1.node.id"))
	require.Equal(t, alert, a.At("data.alerts.edges.2.node.externalId"))
	require.NotEqual(t, threat, a.At("data.alerts.edges.0.node.id"), "the list has ids of its own")
	require.Nil(t, a.At("data.alerts.edges.0.node").(simtest.M)["status"], "what was not selected is not sent")
}

func TestFiltersOfTheList(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, Agents: -1})
	now := r.Clock.Now()
	for i, name := range []string{"Alpha", "Beta", "Alphabet"} {
		r.AddUnifiedAlert(s1sim.UnifiedSpec{Name: name, Severity: []string{"LOW", "HIGH", "HIGH"}[i], Site: "Paris", CreatedAt: now.Add(time.Duration(i) * time.Second)})
	}
	second := now.Add(time.Second).UnixMilli()
	for _, row := range []struct {
		filter simtest.M
		names  string
	}{
		{simtest.M{"fieldId": "alertName", "stringEqual": simtest.M{"value": "Alpha"}}, "Alpha"},
		{simtest.M{"fieldId": "alertName", "match": simtest.M{"values": []string{"alpha"}}}, "Alpha Alphabet"},
		{simtest.M{"fieldId": "alertName", "match": simtest.M{"values": []string{"bet"}, "operator": "endsWith"}}, "Alphabet"},
		{simtest.M{"fieldId": "severity", "isNegated": true, "stringIn": simtest.M{"values": []string{"LOW"}}}, "Beta Alphabet"},
		{simtest.M{"fieldId": "createdAt", "dateTimeRange": simtest.M{"start": second, "end": nil}}, "Beta Alphabet"},
		{simtest.M{"fieldId": "createdAt", "dateTimeRange": simtest.M{"start": second, "end": nil, "startInclusive": false}}, "Alphabet"},
		{simtest.M{"fieldId": "createdAt", "dateTimeRange": simtest.M{"start": nil, "end": second, "endInclusive": false}}, "Alpha"},
		{simtest.M{"fieldId": "status", "stringEqual": simtest.M{"value": "OPEN"}}, ""}, // a wrong value finds nothing, without an error
	} {
		a := asks(t, r, list, simtest.M{"filters": []simtest.M{row.filter}, "sorts": []simtest.M{{"by": "createdAt", "order": "ASC"}}})
		require.Empty(t, message(a), a.Raw)
		var names []string
		for _, edge := range a.At("data.alerts.edges").([]any) {
			names = append(names, edge.(simtest.M)["node"].(simtest.M)["name"].(string))
		}
		require.Equal(t, row.names, strings.Join(names, " "), "%v", row.filter)
	}
}

// A field that the schema, or this console's release, does not have fails the whole document.
func TestWhatTheListRefuses(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	id := r.AddUnifiedAlert(s1sim.UnifiedSpec{})
	r.UnifiedLacks("assignee")
	for document, words := range map[string]string{
		`{ alerts { edges { node { id nonsense } } } }`:                                                               "FieldUndefined",
		`{ alerts { edges { node { id assignee { email } } } } }`:                                                     "Field 'assignee' in type 'Alert' is undefined",
		`{ alerts(filters: [{fieldId: "name", stringEqual: {value: "x"}}]) { totalCount } }`:                          "not supported for FILTER API call",
		`{ alerts(first: 201) { totalCount } }`:                                                                       "first must be between",
		`{ alerts(sorts: [{by: "shoeSize", order: ASC}]) { totalCount } }`:                                            "is not sortable",
		`{ alerts(after: "!") { totalCount } }`:                                                                       "Invalid cursor",
		`{ alert(id: "none") { id } }`:                                                                                "Required value was null",
		`query { alerts { totalCount`:                                                                                 "Invalid Syntax",
		`query Q($id: ID!) { alerts(filters: [{fieldId: "id", stringEqual: {value: $id}}]) { totalCount } }`:          "VariableTypeMismatch",
		`mutation { addAlertNote(alertId: "none", text: "x") { data { id } } }`:                                       "Required value was null",
		`{ alerts(filters: [{fieldId: "id", stringEqual: {value: "a"}, stringIn: {values: ["a"]}}]) { totalCount } }`: "Exactly one comparator",
	} {
		a := asks(t, r, document, simtest.M{"id": id})
		require.Contains(t, message(a), words, document)
		require.Nil(t, a.Body["data"], document)
	}
}

const act = `mutation A($actions: [TriggerActionInput!]!, $filter: OrFilterSelectionInput) { alertTriggerActions(actions: $actions, filter: $filter) { __typename
	... on ActionsTriggered { actions { actionId success { id } skip { id skipType } failure { id errorType errorMessage } } }
	... on TriggerActionsError { errors { errorMessage } } } }`

func action(id, field string, value any) []simtest.M {
	return []simtest.M{{"id": id, "payload": simtest.M{field: simtest.M{"value": value}}}}
}

func only(id string) simtest.M {
	return simtest.M{"or": []simtest.M{{"and": []simtest.M{{"fieldId": "id", "stringEqual": simtest.M{"value": id}}}}}}
}

// ActionsTriggered is no success: what became of an alert stands in success, skip or failure.
func TestAnActionTellsWhatBecameOfEachAlert(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	one, two := r.AddUnifiedAlert(s1sim.UnifiedSpec{}), r.AddUnifiedAlert(s1sim.UnifiedSpec{})
	for _, row := range []struct {
		actions []simtest.M
		in, as  string
	}{
		{action("S1/alert/statusUpdate", "status", "RESOLVED"), "success", ""},
		{action("S1/alert/statusUpdate", "status", "RESOLVED"), "skip", "NO_CHANGE"},
		{action("S1/alert/statusUpdate", "status", "OPEN"), "failure", "ILLEGAL_ARGUMENTS"},
		{action("S1/alert/analystVerdictUpdate", "analystVerdict", "TRUE_POSITIVE"), "failure", "ILLEGAL_ARGUMENTS"}, // there is no bare one
		{action("S1/alert/analystVerdictUpdate", "analystVerdict", "FALSE_POSITIVE_BENIGN"), "success", ""},
		{action("S1/alert/nonsense", "status", "NEW"), "failure", "SERVICE_ERROR"},
	} {
		a := asks(t, r, act, simtest.M{"actions": row.actions, "filter": only(one)})
		require.Equal(t, "ActionsTriggered", a.At("data.alertTriggerActions.__typename"), a.Raw)
		entry := a.At("data.alertTriggerActions.actions.0." + row.in + ".0").(simtest.M)
		require.Equal(t, one, entry["id"])
		if row.as != "" {
			require.Contains(t, entry, map[string]string{"skip": "skipType", "failure": "errorType"}[row.in])
			require.Contains(t, a.Raw, row.as)
		}
	}
	require.Equal(t, "RESOLVED", r.UnifiedAlert(one)["status"])
	require.Equal(t, "NEW", r.UnifiedAlert(two)["status"])
	asks(t, r, act, simtest.M{"actions": action("S1/alert/statusUpdate", "status", "IN_PROGRESS"), "filter": nil})
	require.Equal(t, "IN_PROGRESS", r.UnifiedAlert(two)["status"], "without a filter it is every alert")

	r.UnifiedRights(true, false)
	a := asks(t, r, act, simtest.M{"actions": action("S1/alert/statusUpdate", "status", "NEW"), "filter": only(one)})
	require.Equal(t, "MISSING_PERMISSION", a.At("data.alertTriggerActions.actions.0.failure.0.errorType"), "roles from before may read and not write")
	r.UnifiedRights(false, false)
	require.Equal(t, "Missing UAM view permissions", message(asks(t, r, list, nil)))
}

// One thing, whatever way it is changed.
func TestAVerdictOnTheRowIsOneOnTheThreat(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	threat, alert := r.AddThreat(s1sim.ThreatSpec{}), r.AddAlert(s1sim.AlertSpec{})
	asks(t, r, act, simtest.M{"actions": action("S1/alert/analystVerdictUpdate", "analystVerdict", "TRUE_POSITIVE_RANSOMWARE"), "filter": nil})
	require.Equal(t, "true_positive", r.Threat(threat)["threatInfo"].(simtest.M)["analystVerdict"])
	require.Equal(t, "True positive", r.Alert(alert)["alertInfo"].(simtest.M)["analystVerdict"], "alerts spell it as a sentence")
	r.Post("/threats/incident", simtest.M{"filter": simtest.M{"ids": []string{threat}}, "data": simtest.M{"incidentStatus": "resolved"}})
	require.Equal(t, "RESOLVED", r.UnifiedAlert(threat)["status"])
	require.Equal(t, "TRUE_POSITIVE_RANSOMWARE", r.UnifiedAlert(threat)["analystVerdict"], "the finer verdict stays while the plain one is the same")
}

// What was changed shows late, and a threat is in the list late.
func TestTheListIsLateWhereItIsToldToBe(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true})
	r.UnifiedDelays(time.Minute, 3*time.Second)
	id := r.AddUnifiedAlert(s1sim.UnifiedSpec{})
	threat := r.AddThreat(s1sim.ThreatSpec{})
	require.Nil(t, r.UnifiedAlert(threat))
	r.Clock.Pass(time.Minute)
	require.NotNil(t, r.UnifiedAlert(threat))
	asks(t, r, act, simtest.M{"actions": action("S1/alert/statusUpdate", "status", "RESOLVED"), "filter": only(id)})
	require.Equal(t, "NEW", r.UnifiedAlert(id)["status"])
	r.Clock.Pass(3 * time.Second)
	require.Equal(t, "RESOLVED", r.UnifiedAlert(id)["status"])
}

// A cursor is a position, so what comes between two pages repeats a row.
func TestPagesAndNotes(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, Agents: -1})
	for range 3 {
		r.AddUnifiedAlert(s1sim.UnifiedSpec{CreatedAt: r.Clock.Now()})
		r.Clock.Pass(time.Second)
	}
	newest := simtest.M{"first": 2, "sorts": []simtest.M{{"by": "createdAt", "order": "DESC"}}}
	a := asks(t, r, list, newest)
	require.Equal(t, true, a.At("data.alerts.pageInfo.hasNextPage"))
	last := a.At("data.alerts.edges.1.node.id")
	r.AddUnifiedAlert(s1sim.UnifiedSpec{CreatedAt: r.Clock.Now()})
	newest["after"] = a.At("data.alerts.pageInfo.endCursor")
	require.Equal(t, last, asks(t, r, list, newest).At("data.alerts.edges.0.node.id"), "it comes again")

	note := asks(t, r, `mutation N($id: ID!, $text: String!) { addAlertNote(alertId: $id, text: $text) { data { id text } } }`, simtest.M{"id": last, "text": "seen"})
	require.Equal(t, "seen", note.At("data.addAlertNote.data.0.text"), note.Raw)
	notes := asks(t, r, `query N($id: ID!) { alertNotes(alertId: $id) { data { text author { fullName } } } }`, simtest.M{"id": last})
	require.Equal(t, "seen", notes.At("data.alertNotes.data.0.text"), notes.Raw)
	require.Equal(t, true, r.UnifiedAlert(last.(string))["noteExists"])
	require.Len(t, r.UnifiedNotes(last.(string)), 1)
}

func TestARawAlertAndAProblemBesideTheData(t *testing.T) {
	t.Parallel()
	r := simtest.New(t, s1sim.Options{Empty: true, Agents: -1})
	raw, err := json.Marshal(simtest.M{"id": "raw-1", "name": "as written", "severity": "WEIRD"})
	require.NoError(t, err)
	id, err := r.AddRawUnifiedAlert(raw)
	require.NoError(t, err)
	r.UnifiedProblem("Something broke", true)
	a := asks(t, r, `query O($id: ID!) { alert(id: $id) { name severity } }`, simtest.M{"id": id})
	require.Equal(t, "WEIRD", a.At("data.alert.severity"), a.Raw)
	require.Equal(t, "Something broke", message(a))
	r.UnifiedProblem("Something broke", false)
	require.Nil(t, asks(t, r, list, nil).Body["data"])
	require.True(t, r.SetUnifiedAlert(id, func(o map[string]any) { o["status"] = "RESOLVED" }))
	require.False(t, r.SetUnifiedAlert("none", func(map[string]any) {}))
	require.Len(t, r.UnifiedAlerts(), 1)
}
