package protection

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// The words of detection rules, from the API document of 2026: processes, which older ones had, is
// gone.
var (
	ruleStates  = []string{"Draft", "Activating", "Active", "Disabling", "Disabled", "Deleting", "Deleted"}
	ruleQueries = []string{"events", "correlation", "uebafirstseen", "scheduled"}
	expirations = []string{"Permanent", "Temporary"}
	treatments  = []string{"UNDEFINED", "Suspicious", "Malicious"}
)

// There is no GET of one rule: whoever wants it lists by its id.
func ruleRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/cloud-detection/rules", Handle: wire.On(c, listRules)},
		{Method: "POST", Path: "/cloud-detection/rules", Handle: wire.On(c, createRule)},
		{Method: "DELETE", Path: "/cloud-detection/rules", Handle: wire.On(c, deleteRules)},
		{Method: "PUT", Path: "/cloud-detection/rules/enable", Handle: wire.On(c, turnRules("Activating", "Active"))},
		{Method: "PUT", Path: "/cloud-detection/rules/disable", Handle: wire.On(c, turnRules("Disabling", "Disabled"))},
		{Method: "PUT", Path: "/cloud-detection/rules/{rule}", Handle: wire.On(c, replaceRule)},
	}
}

// Sorting is by the document's names. A list shows what the token's highest scope has and nothing
// below; here the token is the tenant's and every scope is filtered by its ids.
func ruleList(c *Controls) store.Listing {
	return store.Listing{
		Rows: func(*wire.Request) *store.Collection { return &c.RuleRows },
		Keys: func() keys.Table {
			return ruleKeys(slices.Concat(keys.Legal("isLegacy", keys.Boolean), keys.Yes("expired", "expired")))
		},
		Sorts: store.SortsBy("id name status expirationMode expired queryType reachedLimit statusReason severity expiration createdAt updatedAt " +
			"generatedAlerts description scopeHierarchy scope activeResponse lastAlertTime queryLang"),
		Order: "id", Implied: legacyRules,
	}
}

// legacyRules leaves out what older consoles did not have unless the caller says isLegacy=false,
// and does not say so: live tests saw 14 of 58 rules.
func legacyRules(f keys.Filter) func(wire.Object) bool {
	return func(o wire.Object) bool {
		return slices.Contains(f.Given["isLegacy"], "false") || wire.Text(o, "queryType") == "events"
	}
}

// ruleKeys are what rules are filtered by. isLegacy is a query's alone. "query" looks into the
// text, the name and the description of a rule, and takes ten words.
func ruleKeys(more []keys.Key) keys.Table {
	return keys.Of(slices.Concat(
		keys.Scope("accountIds", "accountId"), keys.Scope("siteIds", "siteId"), keys.Derived(keys.Scope("groupIds", "")[0], groupOfRule), keys.OneOf("scopes", "scope", "global", "account", "site", "group"),
		keys.IDs("ids", "id"), keys.Contains(10, "creator", "creator"), keys.Contains(10, "name", "name"), keys.Contains(10, "s1ql", "s1ql"),
		[]keys.Key{{Name: "query", Kind: keys.Textual, Op: keys.Within, List: true, Max: 10, Values: keys.Path("s1ql", "name", "description")}},
		keys.OneOf("status", "status", ruleStates...), keys.OneOf("queryType", "queryType", ruleQueries...), keys.OneOf("severities", "severity", filterkeys.Severities...),
		keys.Just("expirationMode", "expirationMode", expirations...), keys.Legal("disablePagination", keys.Boolean), ruleFilterKeys(), more,
	))
}

// groupOfRule is the group that a rule belongs to. Rows have no groupId: the scope and its id say it.
func groupOfRule(o wire.Object) []any {
	if wire.Text(o, "scope") != "group" {
		return nil
	}
	return wire.At(o, "scopeId")
}

// listRules lets rules arrive first: their turns are kept here and not among the world's effects,
// because no endpoint has to be online for them.
func listRules(c *Controls, q *wire.Request) (any, error) {
	c.settleRules(q.Now)
	return ruleList(c).Handle(q)
}

// A ruleTurn is a rule on its way to a state.
type ruleTurn struct {
	due   time.Time
	state string
}

// settleRules lets rules arrive where they were going.
func (c *Controls) settleRules(now time.Time) {
	for id, t := range c.ruleTurns {
		if t.due.After(now) {
			continue
		}
		delete(c.ruleTurns, id)
		if o := c.RuleRows.Get(id); o != nil {
			c.setRule(o, t.state, t.due)
		}
	}
}

// setRule writes a state with its reason, as answers show both.
func (c *Controls) setRule(o wire.Object, state string, at time.Time) {
	o["status"], o["statusReason"], o["updatedAt"] = state, "Rule is "+strings.ToLower(state), wire.Stamp(at)
}

// sendRule starts a rule's way to a state. A rule that is there, or on its way there, is left
// alone. Without a delay it arrives in the same call.
func (c *Controls) sendRule(o wire.Object, going, gone string, now time.Time) {
	if state := wire.Text(o, "status"); state == going || state == gone {
		return
	}
	c.setRule(o, going, now)
	c.ruleTurns[wire.Text(o, "id")] = ruleTurn{now.Add(c.world.Opt.EffectDelay), gone}
	c.settleRules(now)
}

// chosenRules reads the filter of an action. Ids that are not there are an error, of which live
// consoles say 404 or 400.
func (c *Controls) chosenRules(q *wire.Request) ([]*store.Row, error) {
	c.settleRules(q.Now)
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	f, err := ruleKeys(keys.Yes("expired", "expired")).FromBody(body)
	if err != nil {
		return nil, err
	}
	for _, id := range f.Given["ids"] {
		if c.RuleRows.Get(id) == nil {
			return nil, wire.NotFound("Not found", "Could not find rule with id: {'id__in': ['"+strings.Join(f.Given["ids"], "', '")+"']}")
		}
	}
	return c.RuleRows.Where(f.Keep), nil
}

// A filter that means several rules turns all of them; a scope alone is such a filter.
func turnRules(going, gone string) func(*Controls, *wire.Request) (any, error) {
	return func(c *Controls, q *wire.Request) (any, error) {
		rows, err := c.chosenRules(q)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			c.sendRule(r.Obj, going, gone, q.Now)
		}
		return wire.Affected(len(rows)), nil
	}
}

// A second delete of the same id is an error, not 0 affected (seen live).
func deleteRules(c *Controls, q *wire.Request) (any, error) {
	rows, err := c.chosenRules(q)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c.RuleRows.Remove(r.Id)
	}
	return wire.Affected(len(rows)), nil
}

// ruleMembers are what makes a rule. activeResponse, which answers have, is unknown here: confirmed
// live.
func ruleMembers() []keys.Member {
	return []keys.Member{
		keys.Need("name", keys.Textual), keys.Need("queryType", keys.Textual, ruleQueries...), keys.Need("severity", keys.Textual, filterkeys.Severities...), keys.Need("status", keys.Textual, ruleStates...),
		keys.Need("expirationMode", keys.Textual, expirations...), keys.May("s1ql", keys.Textual), keys.May("queryLang", keys.Textual, "1.0", "2.0"), keys.May("expiration", keys.Moment),
		keys.May("networkQuarantine", keys.Boolean), keys.May("treatAsThreat", keys.Textual, treatments...), keys.May("description", keys.Textual).UpTo(2000),
		keys.May("scheduledParams", keys.Free), keys.May("correlationParams", keys.Free), keys.May("coolOffSettings", keys.Free),
	}
}

// What a rule needs beyond its members depends on its type and on how it ends. A scheduled rule
// cannot respond to what it finds.
func readRule(q *wire.Request) (data, body wire.Object, err error) {
	if body, err = q.Body(); err != nil {
		return nil, nil, err
	}
	if data, err = keys.DataOf(body); err != nil {
		return nil, nil, err
	}
	if err = keys.Check(data, "data", append(ruleMembers(), keys.May("id", keys.Ident), keys.May("templateRuleId", keys.Ident))); err != nil {
		return nil, nil, err
	}
	switch kind := wire.Text(data, "queryType"); {
	case wire.Text(data, "expirationMode") == "Temporary" && data["expiration"] == nil:
		return nil, nil, wire.Invalid("expiration: Missing data for required field.")
	case kind == "events" && wire.Text(data, "s1ql") == "":
		return nil, nil, wire.Invalid("s1ql: Missing data for required field.")
	case kind == "scheduled" && (wire.Flag(data, "networkQuarantine") || wire.Text(data, "treatAsThreat") != "" && wire.Text(data, "treatAsThreat") != "UNDEFINED"):
		return nil, nil, wire.Invalid("can't apply mitigation actions on a scheduled rule")
	}
	return data, body, nil
}

// createRule makes a rule in the first scope that is named and answers it. It is a draft whatever
// was asked for: seen live.
func createRule(c *Controls, q *wire.Request) (any, error) {
	d, body, err := readRule(q)
	if err != nil {
		return nil, err
	}
	places, err := c.world.PlacesOf(body)
	if err != nil {
		return nil, err
	}
	o := c.newRule(d, places[0], world.ApiUser, q.Now)
	o["status"], o["statusReason"] = "Draft", ""
	return wire.Data(o), nil
}

// newRule makes a rule that has found nothing yet. Whoever made it, creatorId is the token's user,
// since nothing here reads it.
func (c *Controls) newRule(d wire.Object, at world.Reach, creator string, now time.Time) wire.Object {
	id := c.world.NewID(now)
	o := wire.Object{
		"id": id, "creator": creator, "creatorId": world.ApiUserID, "editable": true, "reachedLimit": false, "generatedAlerts": 0, "lastAlertTime": nil,
		"statusReason": "", "createdAt": wire.Stamp(now),
	}
	c.placeRule(o, at)
	fillRule(o, d, now)
	c.RuleRows.Put(id, o)
	return o
}

// placeRule writes the scope of a rule the way answers have it: the document has no groupId.
func (c *Controls) placeRule(o wire.Object, at world.Reach) {
	o["scope"], o["scopeId"] = at.Level, wire.List(at.Id)
	o["accountId"], o["accountName"], o["siteId"], o["siteName"] = nil, nil, nil, nil
	for p := at; p != world.Global; p = c.world.Above(p) {
		if p.Level != "group" {
			o[p.Level+"Id"], o[p.Level+"Name"] = p.Id, c.world.Named(p)
		}
	}
}

// fillRule sets what a body says; what it does not say is lost. UNDEFINED is kept as null, as
// answers have it.
func fillRule(o, d wire.Object, now time.Time) {
	for _, m := range ruleMembers() {
		o[m.Name] = d[m.Name]
	}
	if wire.Text(d, "treatAsThreat") == "UNDEFINED" {
		o["treatAsThreat"] = nil
	}
	o["queryLang"] = cmp.Or(wire.Text(d, "queryLang"), "1.0")
	o["networkQuarantine"] = wire.Flag(d, "networkQuarantine")
	o["activeResponse"] = wire.Flag(d, "networkQuarantine") || o["treatAsThreat"] != nil
	o["expired"] = false
	if end, err := time.Parse(time.RFC3339Nano, wire.Text(d, "expiration")); err == nil {
		o["expired"] = end.Before(now)
	}
	o["updatedAt"], o["updaterId"] = wire.Stamp(now), world.ApiUserID
}

// replaceRule is PUT, not PATCH. A rule that is to be active starts anew. Out there every PUT puts
// an active rule back on its way (Activating). The draft in between is not shown to anybody: the
// lock is held.
func replaceRule(c *Controls, q *wire.Request) (any, error) {
	c.settleRules(q.Now)
	d, body, err := readRule(q)
	if err != nil {
		return nil, err
	}
	o := c.RuleRows.Get(q.Params["rule"])
	if o == nil {
		return nil, wire.NotFound("Requested resource was not found", "")
	}
	if _, ok := body["filter"]; ok {
		places, err := c.world.PlacesOf(body)
		if err != nil {
			return nil, err
		}
		c.placeRule(o, places[0])
	}
	fillRule(o, d, q.Now)
	delete(c.ruleTurns, wire.Text(o, "id"))
	switch wire.Text(o, "status") {
	case "Active":
		o["status"] = "Draft"
		c.sendRule(o, "Activating", "Active", q.Now)
	case "Disabled":
		c.setRule(o, "Disabled", q.Now)
	}
	return wire.Data(o), nil
}
