package s1sim

import (
	"slices"
	"strings"
	"time"
)

func alertRoutes() []route {
	return []route{
		{method: "GET", path: "/cloud-detection/alerts", handle: alertList().handle},
		{method: "POST", path: "/cloud-detection/alerts/analyst-verdict", handle: setAlert("analystVerdict", verdicts, alertVerdict)},
		{method: "POST", path: "/cloud-detection/alerts/incident", handle: setAlert("incidentStatus", incidents, alertIncident)},
	}
}

func alertList() listing {
	return listing{
		rows:  func(c *Console, _ *request) *collection { return &c.alerts },
		keys:  func() keys { return listedAlertKeys() },
		sorts: alertSorts(),
		order: "alertInfo.createdAt", desc: true,
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
func setAlert(name string, legal []string, kind int) func(*Console, *request) (any, error) {
	both := slices.Concat(legal, upper(legal))
	return func(c *Console, q *request) (any, error) {
		body, err := q.body()
		if err != nil {
			return nil, err
		}
		word, err := field(body, name, both)
		if err != nil {
			return nil, err
		}
		rows, err := alertList().chosen(c, body)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c.changeAlert(r.obj, name, sentence(word), kind, q.now)
		}
		return affected(len(rows)), nil
	}
}

func (c *Console) changeAlert(a object, name, to string, kind int, now time.Time) {
	if text(a, "alertInfo."+name) == to {
		return
	}
	put(a, "alertInfo."+name, to)
	put(a, "alertInfo.updatedAt", stamp(now))
	c.noteAlert(kind, a, now, true, "The management user "+apiUser+" changed an alert of "+text(a, "ruleInfo.name")+" to "+to+".")
}

func (c *Console) noteAlert(kind int, a object, now time.Time, byUser bool, about string) {
	c.note(event{kind: kind, at: now, agent: c.agents.get(text(a, "agentRealtimeInfo.id")), byUser: byUser, about: about,
		data: object{"alertId": value(a, "alertInfo.alertId"), "ruleId": value(a, "ruleInfo.id"), "ruleName": value(a, "ruleInfo.name"),
			"severity": value(a, "ruleInfo.severity")}})
}
