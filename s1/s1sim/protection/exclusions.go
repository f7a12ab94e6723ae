package protection

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

// The words of exclusions, from the API document.
var (
	exclusionTypes = []string{"path", "certificate", "browser", "file_type", "white_hash"}
	exclusionModes = []string{"suppress", "suppress_dynamic_only", "suppress_dfi_only", "disable_in_process_monitor", "disable_in_process_monitor_deep",
		"disable_all_monitors", "disable_all_monitors_deep", "suppress_app_control", "suppress_drift_detection"}
	pathTypes = []string{"file", "folder", "subfolders"}
	sources   = []string{"user", "cloud", "action_from_threat", "catalog"}
)

const blocked = "black_hash"

// Exclusions and the blocklist are one kind of item in two lists: what is left alone and what is
// stopped. One word of a body, its type, tells them apart, which is the danger in both calls.
func exclusionRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/exclusions", Handle: exclusionList(c).Handle},
		{Method: "POST", Path: "/exclusions", Handle: wire.On(c, createExclusion)},
		{Method: "PUT", Path: "/exclusions", Handle: wire.On(c, replaceExclusion)},
		{Method: "DELETE", Path: "/exclusions", Handle: wire.On(c, deleteExclusions)},
		{Method: "GET", Path: "/restrictions", Handle: blocklist(c).Handle},
		{Method: "POST", Path: "/restrictions", Handle: wire.On(c, createRestriction)},
		{Method: "DELETE", Path: "/restrictions", Handle: wire.On(c, deleteRestrictions)},
	}
}

const itemSorts = "id createdAt updatedAt osType description scope value userName source scopePath imported"

// Without includeChildren or includeParents a list has the items of the named scope alone: 0 rows
// do not mean that nothing is excluded on an endpoint there.
func exclusionList(c *Controls) store.Listing {
	return store.Listing{
		Rows:  func(q *wire.Request) *store.Collection { return c.world.InScope(&c.ExclusionRows, q.Query) },
		Keys:  func() keys.Table { return exclusionKeys() },
		Sorts: store.SortsBy(itemSorts + " type mode pathExclusionType subfolders actions applicationName inAppInventory"), Order: "id",
	}
}

// blocklist is the list of blocked hashes, one item for each operating system and scope.
func blocklist(c *Controls) store.Listing {
	return store.Listing{
		Rows:  func(q *wire.Request) *store.Collection { return c.world.InScope(&c.BlockedRows, q.Query) },
		Keys:  func() keys.Table { return keys.Of(itemKeys(blocked)) },
		Sorts: store.SortsBy(itemSorts), Order: "id",
	}
}

func exclusionKeys() keys.Table {
	return keys.Of(itemKeys(append(exclusionTypes, "dv_exclusions")...), keys.OneOf("pathExclusionTypes", "pathExclusionType", pathTypes...), exclusionFilterKeys())
}

// itemKeys are what exclusions and the blocklist are filtered by. value is compared letter by letter.
func itemKeys(types ...string) []keys.Key {
	return slices.Concat(
		world.PlaceKeys(), keys.Legal("unified", keys.Boolean), keys.IDs("ids", "id"), keys.Just("type", "type", types...), keys.OneOf("types", "type", types...), keys.OneOf("osTypes", "osType", filterkeys.OsTypes...),
		keys.Just("value", "value"), keys.Contains(10, "value", "value"), keys.Search("query", "value", "description"), keys.Contains(10, "description", "description"),
		keys.Contains(10, "user", "userName"), keys.IDs("userIds", "userId"), keys.OneOf("source", "source", sources...), keys.OneOf("modes", "mode", exclusionModes...),
		keys.OneOf("recommendations", "notRecommended"), keys.YesList("imported", "imported"),
		keys.Span(keys.Moment, "createdAt", "createdAt", "lt gt lte gte between"), keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte between"),
	)
}

// itemMembers are what a body may have. The document requires type and osType; that value is needed
// is checked afterwards, because the same members serve both calls.
func itemMembers(types ...string) []keys.Member {
	return []keys.Member{
		keys.Need("type", keys.Textual, types...), keys.Need("osType", keys.Textual, filterkeys.OsTypes...), keys.May("value", keys.Textual), keys.May("mode", keys.Textual, exclusionModes...),
		keys.May("pathExclusionType", keys.Textual, pathTypes...), keys.May("description", keys.Textual), keys.May("source", keys.Textual, sources...), keys.May("actions", keys.Textual, "upload", "detect").Several(),
		keys.May("sha256Value", keys.Textual), keys.May("inject", keys.Boolean),
	}
}

var sha1Form = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)

// readItem reads a body that makes an exclusion or blocks a hash.
func readItem(q *wire.Request, types ...string) (data, body wire.Object, err error) {
	if body, err = q.Body(); err != nil {
		return nil, nil, err
	}
	if data, err = keys.DataOf(body); err != nil {
		return nil, nil, err
	}
	if err = keys.Check(data, "data", itemMembers(types...)); err != nil {
		return nil, nil, err
	}
	switch kind := wire.Text(data, "type"); {
	case wire.Text(data, "value") == "":
		return nil, nil, wire.Invalid("data: value: Missing data for required field.")
	case (kind == blocked || kind == "white_hash") && !sha1Form.MatchString(wire.Text(data, "value")):
		return nil, nil, wire.Invalid("value: Not a valid SHA1")
	}
	return data, body, nil
}

// createExclusion makes an exclusion in every scope that is named. value__contains is the only way
// to find it again whatever the case: see itemKeys.
func createExclusion(c *Controls, q *wire.Request) (any, error) {
	d, body, err := readItem(q, exclusionTypes...)
	if err != nil {
		return nil, err
	}
	made, err := c.createItems(&c.ExclusionRows, d, body, "value: "+wire.Text(d, "value")+" already exists", q.Now)
	return answered(made, asAnswered), err
}

// answered is what was made, in the shape that the answer has.
func answered(made []wire.Object, shape func(wire.Object) wire.Object) any {
	rows := make([]any, len(made))
	for i, o := range made {
		rows[i] = shape(o)
	}
	return wire.Data(rows)
}

// asAnswered is an exclusion as the answer to its making or changing has it in the document, which
// is less than a row of the list.
func asAnswered(o wire.Object) wire.Object {
	answer := maps.Clone(o)
	for _, name := range []string{"applicationName", "imported", "includeChildren", "includeParents", "scopePath"} {
		delete(answer, name)
	}
	return answer
}

// createRestriction blocks a hash. Another type than black_hash makes an exclusion, as the API
// document warns.
func createRestriction(c *Controls, q *wire.Request) (any, error) {
	d, body, err := readItem(q, append(exclusionTypes, blocked)...)
	if err != nil {
		return nil, err
	}
	l, shape := &c.BlockedRows, maps.Clone[wire.Object]
	if wire.Text(d, "type") != blocked {
		l, shape = &c.ExclusionRows, asAnswered
	}
	made, err := c.createItems(l, d, body, "Hash '"+wire.Text(d, "value")+"' already exists", q.Now)
	return answered(made, shape), err
}

// createItems makes one item for each scope that the body names. All scopes are looked at before
// the first item is made: either each gets one or none does.
func (c *Controls) createItems(l *store.Collection, d, body wire.Object, twice string, now time.Time) (made []wire.Object, err error) {
	places, err := c.world.PlacesOf(body)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		if c.hasItem(l, d, p) {
			return nil, wire.Invalid("%s", twice)
		}
	}
	for _, p := range places {
		made = append(made, c.newItem(l, d, p, now))
	}
	return made, nil
}

// hasItem tells whether a scope has the value already. Items are of one operating system: the same
// hash for another is another item, and not a second one.
func (c *Controls) hasItem(l *store.Collection, d wire.Object, p world.Reach) bool {
	return len(l.Where(func(o wire.Object) bool {
		return world.PlaceOfItem(o) == p && wire.Text(o, "type") == wire.Text(d, "type") && wire.Text(o, "osType") == wire.Text(d, "osType") && strings.EqualFold(wire.Text(o, "value"), wire.Text(d, "value"))
	})) > 0
}

// newItem makes an item in one scope. The fields that exclusions alone have are taken out of
// blocked hashes at the end, since recorded ones have none of them.
func (c *Controls) newItem(l *store.Collection, d wire.Object, p world.Reach, now time.Time) wire.Object {
	id := c.world.NewID(now)
	o := wire.Object{
		"id": id, "source": "user", "scope": p.ScopeObject(), "scopeName": p.Level, "scopePath": c.world.ScopePath(p), "notRecommended": "NONE", "actions": []any{},
		"imported": false, "includeChildren": false, "includeParents": false, "inject": nil, "applicationName": nil,
		"mode": nil, "pathExclusionType": nil, "description": nil, "userId": world.ApiUserID, "userName": world.ApiUser, "createdAt": wire.Stamp(now), "updatedAt": wire.Stamp(now),
	}
	if wire.Text(d, "type") == "path" {
		o["mode"] = "suppress"
	}
	for k, v := range d {
		o[k] = v
	}
	if l == &c.BlockedRows { // the document and the recorded row (samples/restrictions_response__rapid7) have none of these
		for _, name := range []string{"actions", "applicationName", "inject", "mode", "pathExclusionType"} {
			delete(o, name)
		}
	}
	l.Put(id, o)
	return o
}

// replaceExclusion is PUT on the collection with the id in the body. That type and system cannot
// change is inferred.
func replaceExclusion(c *Controls, q *wire.Request) (any, error) {
	d, err := keys.Data(q)
	if err != nil {
		return nil, err
	}
	if err := keys.Check(d, "data", append(itemMembers(exclusionTypes...), keys.Need("id", keys.Ident))); err != nil {
		return nil, err
	}
	o := c.ExclusionRows.Get(wire.Text(d, "id"))
	if o == nil {
		return nil, wire.NotFound("Requested resource was not found", "")
	}
	for _, name := range []string{"type", "osType"} {
		if wire.Text(o, name) != wire.Text(d, name) {
			return nil, wire.Invalid("data: %s: Cannot be changed.", name)
		}
	}
	for _, name := range []string{"value", "mode", "pathExclusionType", "description"} {
		o[name] = d[name]
	}
	o["updatedAt"], o["userName"], o["userId"] = wire.Stamp(q.Now), world.ApiUser, world.ApiUserID
	return wire.Data([]any{asAnswered(o)}), nil
}

// deleteExclusions deletes by ids alone; there is no filter. An id that is not there is not
// counted, and no error.
func deleteExclusions(c *Controls, q *wire.Request) (any, error) {
	ids, of, err := keys.WantedIDs(q, exclusionTypes...)
	if err != nil {
		return nil, err
	}
	return wire.Affected(removeItems(&c.ExclusionRows, ids, of)), nil
}

// deleteRestrictions is the same for the blocklist.
func deleteRestrictions(c *Controls, q *wire.Request) (any, error) {
	ids, of, err := keys.WantedIDs(q, blocked)
	if err != nil {
		return nil, err
	}
	return wire.Affected(removeItems(&c.BlockedRows, ids, of)), nil
}

// removeItems takes items out and counts them. Where the body names a type, an item of another one
// stays.
func removeItems(l *store.Collection, ids []string, of string) int {
	n := 0
	for _, id := range ids {
		if o := l.Get(id); o != nil && (of == "" || wire.Text(o, "type") == of) && l.Remove(id) {
			n++
		}
	}
	return n
}
