package s1sim

import (
	"slices"
	"strings"
	"time"
)

// The words of detection rules, from the API document of 2026: processes, which older ones had, is gone.
var (
	ruleStates  = []string{"Draft", "Activating", "Active", "Disabling", "Disabled", "Deleting", "Deleted"}
	ruleQueries = []string{"events", "correlation", "uebafirstseen", "scheduled"}
	expirations = []string{"Permanent", "Temporary"}
	treatments  = []string{"UNDEFINED", "Suspicious", "Malicious"}
)

func ruleRoutes() []route {
	return []route{
		{method: "GET", path: "/cloud-detection/rules", handle: (*Console).listRules},
		{method: "POST", path: "/cloud-detection/rules", handle: createRule},
		{method: "DELETE", path: "/cloud-detection/rules", handle: deleteRules},
		{method: "PUT", path: "/cloud-detection/rules/enable", handle: turnRules("Activating", "Active")},
		{method: "PUT", path: "/cloud-detection/rules/disable", handle: turnRules("Disabling", "Disabled")},
		{method: "PUT", path: "/cloud-detection/rules/{rule}", handle: replaceRule},
	}
}

func ruleList() listing {
	return listing{
		rows: func(c *Console, _ *request) *collection { return &c.rules },
		keys: func() keys { return ruleKeys(slices.Concat(legal("isLegacy", boolean), yes("expired", "expired"))) },
		sorts: sortsBy("id name status expirationMode expired queryType reachedLimit statusReason severity expiration createdAt updatedAt " +
			"generatedAlerts description scopeHierarchy scope activeResponse lastAlertTime queryLang"),
		order: "id", implied: legacyRules,
	}
}

// legacyRules leaves out what older consoles did not have unless the caller says isLegacy=false, and does not say so: live tests saw
// 14 of 58 rules.
func legacyRules(f filter) func(object) bool {
	return func(o object) bool {
		return slices.Contains(f.given["isLegacy"], "false") || text(o, "queryType") == "events"
	}
}

// ruleKeys are what rules are filtered by. isLegacy is a query's alone.
func ruleKeys(more []key) keys {
	return table(slices.Concat(
		scope("accountIds", "accountId"), scope("siteIds", "siteId"), scope("groupIds", "groupId"), oneOf("scopes", "scope", "global", "account", "site", "group"),
		ids("ids", "id"), contains(10, "creator", "creator"), contains(10, "name", "name"), contains(10, "s1ql", "s1ql"),
		[]key{{name: "query", kind: textual, op: within, list: true, max: 10, values: path("s1ql", "name", "description")}},
		oneOf("status", "status", ruleStates...), oneOf("queryType", "queryType", ruleQueries...), oneOf("severities", "severity", severities...),
		just("expirationMode", "expirationMode", expirations...), legal("disablePagination", boolean), ruleFilterKeys(), more,
	))
}

func (c *Console) listRules(q *request) (any, error) {
	c.settleRules(q.now)
	return ruleList().handle(c, q)
}

// A ruleTurn is a rule on its way to a state.
type ruleTurn struct {
	due   time.Time
	state string
}

// settleRules lets rules arrive where they were going.
func (c *Console) settleRules(now time.Time) {
	for id, t := range c.ruleTurns {
		if t.due.After(now) {
			continue
		}
		delete(c.ruleTurns, id)
		if o := c.rules.get(id); o != nil {
			c.setRule(o, t.state, t.due)
		}
	}
}

func (c *Console) setRule(o object, state string, at time.Time) {
	o["status"], o["statusReason"], o["updatedAt"] = state, "Rule is "+strings.ToLower(state), stamp(at)
}

// sendRule starts a rule's way to a state.
func (c *Console) sendRule(o object, going, gone string, now time.Time) {
	if state := text(o, "status"); state == going || state == gone {
		return
	}
	c.setRule(o, going, now)
	c.ruleTurns[text(o, "id")] = ruleTurn{now.Add(c.opt.EffectDelay), gone}
	c.settleRules(now)
}

// chosenRules reads the filter of an action. Ids that are not there are an error, of which live consoles say 404 or 400.
func (c *Console) chosenRules(q *request) ([]*row, error) {
	c.settleRules(q.now)
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	f, err := ruleKeys(yes("expired", "expired")).fromBody(c, body)
	if err != nil {
		return nil, err
	}
	for _, id := range f.given["ids"] {
		if c.rules.get(id) == nil {
			return nil, notFound("Not found", "Could not find rule with id: {'id__in': ['"+strings.Join(f.given["ids"], "', '")+"']}")
		}
	}
	return c.rules.where(f.keep), nil
}

func turnRules(going, gone string) func(*Console, *request) (any, error) {
	return func(c *Console, q *request) (any, error) {
		rows, err := c.chosenRules(q)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c.sendRule(r.obj, going, gone, q.now)
		}
		return affected(len(rows)), nil
	}
}

func deleteRules(c *Console, q *request) (any, error) {
	rows, err := c.chosenRules(q)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c.rules.remove(r.id)
	}
	return affected(len(rows)), nil
}

// ruleMembers are what makes a rule. activeResponse, which answers have, is unknown here: confirmed live.
func ruleMembers() []member {
	return []member{
		need("name", textual), need("queryType", textual, ruleQueries...), need("severity", textual, severities...), need("status", textual, ruleStates...),
		need("expirationMode", textual, expirations...), may("s1ql", textual), may("queryLang", textual, "1.0", "2.0"), may("expiration", moment),
		may("networkQuarantine", boolean), may("treatAsThreat", textual, treatments...), may("description", textual).upTo(2000),
		may("scheduledParams", free), may("correlationParams", free), may("coolOffSettings", free),
	}
}

func readRule(q *request) (data, body object, err error) {
	if body, err = q.body(); err != nil {
		return nil, nil, err
	}
	if data, err = dataOf(body); err != nil {
		return nil, nil, err
	}
	if err = checkMembers(data, "data", append(ruleMembers(), may("id", ident), may("templateRuleId", ident))); err != nil {
		return nil, nil, err
	}
	switch kind := text(data, "queryType"); {
	case text(data, "expirationMode") == "Temporary" && data["expiration"] == nil:
		return nil, nil, invalid("expiration: Missing data for required field.")
	case kind == "events" && text(data, "s1ql") == "":
		return nil, nil, invalid("s1ql: Missing data for required field.")
	case kind == "scheduled" && (flag(data, "networkQuarantine") || text(data, "treatAsThreat") != "" && text(data, "treatAsThreat") != "UNDEFINED"):
		return nil, nil, invalid("can't apply mitigation actions on a scheduled rule")
	}
	return data, body, nil
}

// createRule makes a rule in each scope that is named, and answers the first. It is a draft whatever was asked for: seen live.
func createRule(c *Console, q *request) (any, error) {
	d, body, err := readRule(q)
	if err != nil {
		return nil, err
	}
	places, err := c.placesOf(body)
	if err != nil {
		return nil, err
	}
	o := c.newRule(d, places[0], apiUser, q.now)
	o["status"], o["statusReason"] = "Draft", ""
	return data(o), nil
}

func (c *Console) newRule(d object, at reach, creator string, now time.Time) object {
	id := c.newID(now)
	o := object{
		"id": id, "creator": creator, "creatorId": apiUserID, "editable": true, "reachedLimit": false, "generatedAlerts": 0, "lastAlertTime": nil,
		"statusReason": "", "createdAt": stamp(now),
	}
	c.placeRule(o, at)
	fillRule(o, d, now)
	c.rules.put(id, o)
	return o
}

// placeRule writes the scope of a rule the way answers have it.
func (c *Console) placeRule(o object, at reach) {
	o["scope"], o["scopeId"] = at.level, words(at.id)
	o["accountId"], o["accountName"], o["siteId"], o["siteName"], o["groupId"] = nil, nil, nil, nil, nil
	for p := at; p != global; p = c.above(p) {
		o[p.level+"Id"] = p.id
		if p.level != "group" {
			o[p.level+"Name"] = c.named(p)
		}
	}
}

// fillRule sets what a body says; what it does not say is lost.
func fillRule(o, d object, now time.Time) {
	for _, m := range ruleMembers() {
		o[m.name] = d[m.name]
	}
	if text(d, "treatAsThreat") == "UNDEFINED" {
		o["treatAsThreat"] = nil
	}
	o["queryLang"] = or(text(d, "queryLang"), "1.0")
	o["networkQuarantine"] = flag(d, "networkQuarantine")
	o["activeResponse"] = flag(d, "networkQuarantine") || o["treatAsThreat"] != nil
	o["expired"] = false
	if end, err := time.Parse(time.RFC3339Nano, text(d, "expiration")); err == nil {
		o["expired"] = end.Before(now)
	}
	o["updatedAt"], o["updaterId"] = stamp(now), apiUserID
}

// replaceRule is PUT, not PATCH. A rule that is to be active starts anew.
func replaceRule(c *Console, q *request) (any, error) {
	c.settleRules(q.now)
	d, body, err := readRule(q)
	if err != nil {
		return nil, err
	}
	o := c.rules.get(q.params["rule"])
	if o == nil {
		return nil, notFound("Requested resource was not found", "")
	}
	if _, ok := body["filter"]; ok {
		places, err := c.placesOf(body)
		if err != nil {
			return nil, err
		}
		c.placeRule(o, places[0])
	}
	fillRule(o, d, q.now)
	delete(c.ruleTurns, text(o, "id"))
	switch text(o, "status") {
	case "Active":
		o["status"] = "Draft"
		c.sendRule(o, "Activating", "Active", q.now)
	case "Disabled":
		c.setRule(o, "Disabled", q.now)
	}
	return data(o), nil
}
