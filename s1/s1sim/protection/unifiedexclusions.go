package protection

import (
	"maps"
	"strings"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// Unified exclusions are the newer shape of the same things: ids are shared (inferred), a mode is a
// kind of mode with what it needs, and a reason and a name are required. The rows are those of
// samples/unified_exclusions_response__demisto-content.

var exclusionReasons = []string{
	"performance_issue", "false_positive_detection", "internal_testing", "approved_software", "allow_internal_tool_or_process_to_run", "other",
	"interoperability_issue_with_OS", "interoperability_issue_with_a_third_party_application", "interoperability_issue_with_a_different_security_application",
}

// The blocklist has no newer shape: restrictions serve both ages.
func unifiedExclusionRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/unified-exclusions", Handle: wire.On(c, listUnifiedExclusions)},
		{Method: "POST", Path: "/unified-exclusions", Handle: wire.On(c, createUnifiedExclusion)},
		{Method: "PUT", Path: "/unified-exclusions", Handle: wire.On(c, replaceUnifiedExclusion)},
		{Method: "DELETE", Path: "/unified-exclusions", Handle: wire.On(c, deleteUnifiedExclusions)},
	}
}

// unifiedKeys are those of the newer list. It has no type, value, query or mode: conditions stand
// for the type.
func unifiedKeys() keys.Table {
	known := keys.Of(
		world.PlaceKeys(), keys.IDs("ids", "id"), keys.Renamed("idsNin", keys.NoneOf, keys.IDs("idsNin", "id")), keys.OneOf("osTypes", "osType", filterkeys.OsTypes...), keys.Contains(10, "value", "value"),
		keys.Contains(10, "description", "description"), keys.Contains(10, "user", "userName"), keys.IDs("userIds", "userId"), keys.OneOf("source", "source", sources...),
		keys.OneOf("pathExclusionTypes", "pathExclusionType", pathTypes...), keys.Yes("imported", "imported"), keys.OneOf("warnings", "warnings"),
		keys.Span(keys.Moment, "createdAt", "createdAt", "lt gt lte gte between"), keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte between"), exclusionFilterKeys(),
		keys.OneOf("modeType", "modeType", "suppression", "agent_interoperability", "binary_vault"), // a single word of the older list
	)
	for name := range strings.FieldsSeq("tags tagsByGroup countsFor") {
		maps.Copy(known, keys.Of(keys.Legal(name, keys.Textual)))
	}
	maps.Copy(known, keys.Of(keys.Legal("hasTags", keys.Boolean), keys.Legal("hasTagsByGroup", keys.Boolean), keys.IDs("tagIds", "tags.id")))
	for name := range strings.FieldsSeq("podName containerName namespace sha256Image fullImageName labelsKey labelsValue cmdlineValue pathValue") {
		maps.Copy(known, keys.Of(keys.Contains(10, name, name)))
	}
	return known
}

// unifiedList filters and pages the same rows as the older list, by its own keys.
func unifiedList(c *Controls) store.Listing {
	list := exclusionList(c)
	list.Keys = unifiedKeys
	list.Sorts = store.SortsBy("id createdAt updatedAt source description osType scope userName scopePath notRecommended interactionLevel childProcess reason user threatType engines exclusionName modeType inAppInventory")
	return list
}

// listUnifiedExclusions dresses the rows last, so that keys go by the older fields.
func listUnifiedExclusions(c *Controls, q *wire.Request) (any, error) {
	rows, pagination, err := unifiedList(c).List(q)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		rows[i] = unifiedRow(row.(wire.Object))
	}
	return wire.Object{"data": rows, "pagination": pagination}, nil
}

// unifiedRow is an exclusion as the newer list has it.
func unifiedRow(o wire.Object) wire.Object {
	row := wire.Object{"threatType": "EDR", "reason": "other", "exclusionName": wire.Text(o, "value"), "modeType": nil, "engines": nil, "interactionLevel": nil, "childProcess": nil}
	for _, name := range []string{"id", "type", "value", "osType", "description", "pathExclusionType", "source", "scopeName", "scopePath", "createdAt", "updatedAt", "userName", "sha256Value"} {
		row[name] = o[name]
	}
	for _, name := range []string{"exclusionName", "reason"} {
		if wire.Text(o, name) != "" {
			row[name] = o[name]
		}
	}
	switch mode := wire.Text(o, "mode"); {
	case strings.HasPrefix(mode, "suppress"):
		row["modeType"], row["engines"] = "suppression", mode
	case mode != "":
		level, deep := strings.CutSuffix(mode, "_deep")
		row["modeType"], row["interactionLevel"], row["childProcess"] = "agent_interoperability", level, deep
	}
	return row
}

// unifiedExclusionMembers are those for EDR. IDR exclusions have conditions in place of a type and
// are left out; binary_vault is legal and checked no further.
func unifiedExclusionMembers() []keys.Member {
	return []keys.Member{
		keys.Need("exclusionName", keys.Textual), keys.Need("modeType", keys.Textual, "suppression", "agent_interoperability", "binary_vault"), keys.Need("osType", keys.Textual, filterkeys.OsTypes...),
		keys.Need("reason", keys.Textual, exclusionReasons...), keys.Need("threatType", keys.Textual, "EDR", "IDR"),
		keys.Need("type", keys.Textual, append([]string{"commandline", "container_native"}, exclusionTypes...)...), keys.May("value", keys.Textual),
		keys.May("engines", keys.Textual, "suppress", "suppress_app_control", "suppress_drift_detection", "suppress_dfi_only", "suppress_dynamic_only"),
		keys.May("interactionLevel", keys.Textual, "disable_in_process_monitor", "disable_all_monitors", "identity_only"), keys.May("childProcess", keys.Boolean),
		keys.May("pathExclusionType", keys.Textual, pathTypes...), keys.May("description", keys.Textual), keys.May("source", keys.Textual, "user", "action_from_threat", "catalog"),
	}
}

// createUnifiedExclusion makes an exclusion in one place. Engines and an interaction level together
// are refused, as the document has it. The scope is one, by its level and id; the document types
// the id as an integer, live calls send text.
func createUnifiedExclusion(c *Controls, q *wire.Request) (any, error) {
	d, body, err := readUnified(q, unifiedExclusionMembers())
	if err != nil {
		return nil, err
	}
	where, _ := body["filter"].(map[string]any)
	scope := map[string]string{"site": "siteIds", "account": "accountIds", "group": "groupIds", "tenant": "tenant"}[wire.Text(where, "scopeLevel")]
	if scope == "" {
		return nil, wire.Invalid("filter: scopeLevel: Must be one of: group, site, account, tenant.")
	}
	old := wire.Object{"filter": map[string]any{scope: []any{where["scopeLevelId"]}}}
	if scope == "tenant" {
		old["filter"] = map[string]any{"tenant": true}
	}
	made, err := c.createItems(&c.ExclusionRows, oldSettings(d), old, "value: "+wire.Text(d, "value")+" already exists", q.Now)
	return answered(made, unifiedRow), err
}

// readUnified reads a body that makes or changes one. A mode needs what belongs to it: suppression
// the engines, interoperability the level.
func readUnified(q *wire.Request, members []keys.Member) (d, body wire.Object, err error) {
	if body, err = q.Body(); err != nil {
		return nil, nil, err
	}
	if d, err = keys.DataOf(body); err != nil {
		return nil, nil, err
	}
	if err = keys.Check(d, "data", members); err != nil {
		return nil, nil, err
	}
	engines, level := wire.Text(d, "engines"), wire.Text(d, "interactionLevel")
	switch {
	case engines != "" && level != "":
		err = wire.Invalid("data: engines: Cannot be given together with interactionLevel.")
	case wire.Text(d, "modeType") == "suppression" && engines == "":
		err = wire.Invalid("data: engines: Missing data for required field.")
	case wire.Text(d, "modeType") == "agent_interoperability" && level == "":
		err = wire.Invalid("data: interactionLevel: Missing data for required field.")
	}
	return d, body, err
}

// replaceUnifiedExclusion changes one by its id; that its body is that of a new one is inferred.
func replaceUnifiedExclusion(c *Controls, q *wire.Request) (any, error) {
	d, _, err := readUnified(q, append(unifiedExclusionMembers(), keys.Need("id", keys.Ident)))
	if err != nil {
		return nil, err
	}
	o := c.ExclusionRows.Get(wire.Text(d, "id"))
	if o == nil {
		return nil, wire.NotFound("Requested resource was not found", "")
	}
	now := oldSettings(d)
	for _, name := range []string{"value", "mode", "pathExclusionType", "description", "exclusionName", "reason"} {
		o[name] = now[name]
	}
	o["updatedAt"], o["userName"], o["userId"] = wire.Stamp(q.Now), world.ApiUser, world.ApiUserID
	return wire.Data([]any{unifiedRow(o)}), nil
}

// oldSettings are those of an exclusion as it is kept. It is the other way round of unifiedRow:
// "_deep" and childProcess are one fact in two spellings (inferred).
func oldSettings(d wire.Object) wire.Object {
	engines, level := wire.Text(d, "engines"), wire.Text(d, "interactionLevel")
	o := wire.Object{}
	for name, v := range d {
		o[name] = v
	}
	delete(o, "childProcess")
	if o["mode"] = engines; engines == "" {
		o["mode"] = level
		if d["childProcess"] == true {
			o["mode"] = level + "_deep"
		}
	}
	return o
}

// deleteUnifiedExclusions wants the type of each beside its id. deleteUnifiedExclusions counts like
// the older call: what is not there is passed over.
func deleteUnifiedExclusions(c *Controls, q *wire.Request) (any, error) {
	d, err := keys.Data(q)
	if err != nil {
		return nil, err
	}
	listed, _ := d["exclusions"].([]any)
	if len(listed) == 0 {
		return nil, wire.Invalid("data: exclusions: Missing data for required field.")
	}
	n := 0
	for _, one := range listed {
		o, _ := one.(map[string]any)
		if wire.Text(o, "id") == "" || wire.Text(o, "type") == "" {
			return nil, wire.Invalid("data: exclusions: id and type are required.")
		}
		n += removeItems(&c.ExclusionRows, []string{wire.Text(o, "id")}, wire.Text(o, "type"))
	}
	return wire.Affected(n), nil
}
