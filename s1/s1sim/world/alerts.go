package world

import (
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// The vendor's document still has these paths and does not call them deprecated, though unified
// alerts show the same things.
func alertRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/cloud-detection/alerts", Handle: alertList(w).Handle},
		{Method: "POST", Path: "/cloud-detection/alerts/analyst-verdict", Handle: wire.On(w, setAlert("analystVerdict", filterkeys.Verdicts, alertVerdict))},
		{Method: "POST", Path: "/cloud-detection/alerts/incident", Handle: wire.On(w, setAlert("incidentStatus", filterkeys.Incidents, alertIncident))},
	}
}

// Alerts of scheduled rules are in the unified list alone out there; here no rule makes alerts by
// itself, so it does not arise.
func alertList(w *World) store.Listing {
	return store.Listing{
		Rows:  func(*wire.Request) *store.Collection { return &w.AlertRows },
		Keys:  func() keys.Table { return listedAlertKeys(w) },
		Sorts: alertSorts(),
		Order: "alertInfo.createdAt", Desc: true,
	}
}

// alertSorts are the names that sort alerts: part and field in one word. createdAt is none of them, and nothing sorts by the
// time of the last update.
func alertSorts() map[string]string {
	sorts := map[string]string{"id": "alertInfo.alertId", "machineType": "agentDetectionInfo.machineType",
		"osName": "agentDetectionInfo.osName", "incidentStatus": "alertInfo.incidentStatus",
		"analystVerdict": "alertInfo.analystVerdict", "severity": "ruleInfo.severity"}
	process := "commandline fileHashMd5 fileHashSha1 fileHashSha256 filePath fileSignerIdentity name pid pidStarttime storyline " +
		"integrityLevel subsystem user"
	for part, fields := range map[string]string{
		"alertInfo":               "alertId analystVerdict createdAt dvEventId eventType hitType incidentStatus reportedAt source",
		"agentDetectionInfo":      "machineType name osFamily osName osRevision siteId uuid version",
		"ruleInfo":                "description id name scopeLevel severity treatAsThreat",
		"containerInfo":           "id image labels name",
		"kubernetesInfo":          "cluster controllerKind controllerLabels controllerName namespace namespaceLabels node pod podLabels",
		"sourceProcessInfo":       process,
		"sourceParentProcessInfo": process,
	} {
		for f := range strings.FieldsSeq(fields) {
			sorts[part+strings.ToUpper(f[:1])+f[1:]] = part + "." + f
		}
	}
	return sorts
}

// setAlert changes one word of alerts. The body takes it in lower or upper case, the alert shows it as a sentence, and the
// answer is a bare count: 0 for an unknown id.
func setAlert(name string, legal []string, kind int) func(*World, *wire.Request) (any, error) {
	both := slices.Concat(legal, wire.Upper(legal))
	return func(w *World, q *wire.Request) (any, error) {
		body, err := q.Body()
		if err != nil {
			return nil, err
		}
		word, err := Field(body, name, both)
		if err != nil {
			return nil, err
		}
		rows, err := alertList(w).Chosen(body)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			w.changeAlert(r.Obj, name, wire.Sentence(word), kind, q.Now)
		}
		return wire.Affected(len(rows)), nil
	}
}

// changeAlert leaves an alert that says so already as it is, without an activity; the answer counts
// it all the same, for it is a count of what the filter meant.
func (w *alerts) changeAlert(a wire.Object, name, to string, kind int, now time.Time) {
	if wire.Text(a, "alertInfo."+name) == to {
		return
	}
	wire.Put(a, "alertInfo."+name, to)
	wire.Put(a, "alertInfo.updatedAt", wire.Stamp(now))
	w.noteAlert(kind, a, now, true, "The management user "+ApiUser+" changed an alert of "+wire.Text(a, "ruleInfo.name")+" to "+to+".")
}

// noteAlert writes an activity about an alert. It is tied to the endpoint of now; the alert keeps
// that of then.
func (w *alerts) noteAlert(kind int, a wire.Object, now time.Time, byUser bool, about string) {
	w.Note(Event{Kind: kind, At: now, Agent: w.AgentRows.Get(wire.Text(a, "agentRealtimeInfo.id")), ByUser: byUser, About: about,
		Data: wire.Object{"alertId": wire.Value(a, "alertInfo.alertId"), "ruleId": wire.Value(a, "ruleInfo.id"), "ruleName": wire.Value(a, "ruleInfo.name"),
			"severity": wire.Value(a, "ruleInfo.severity")}})
}
