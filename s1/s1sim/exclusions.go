package s1sim

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
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

func exclusionRoutes() []route {
	return []route{
		{method: "GET", path: "/exclusions", handle: exclusionList().handle},
		{method: "POST", path: "/exclusions", handle: createExclusion},
		{method: "PUT", path: "/exclusions", handle: replaceExclusion},
		{method: "DELETE", path: "/exclusions", handle: deleteExclusions},
		{method: "GET", path: "/restrictions", handle: blocklist().handle},
		{method: "POST", path: "/restrictions", handle: createRestriction},
		{method: "DELETE", path: "/restrictions", handle: deleteRestrictions},
	}
}

const itemSorts = "id createdAt updatedAt osType description scope value userName source scopePath imported"

func exclusionList() listing {
	return listing{
		rows:  func(c *Console, q *request) *collection { return c.inScope(&c.exclusions, q.query) },
		keys:  func() keys { return exclusionKeys() },
		sorts: sortsBy(itemSorts + " type mode"), order: "id",
	}
}

func blocklist() listing {
	return listing{
		rows:  func(c *Console, q *request) *collection { return c.inScope(&c.restrictions, q.query) },
		keys:  func() keys { return itemKeys(blocked) },
		sorts: sortsBy(itemSorts), order: "id",
	}
}

func exclusionKeys() keys {
	known := itemKeys(append(exclusionTypes, "dv_exclusions")...)
	maps.Copy(known, table(exclusionFilterKeys()))
	return known
}

// itemKeys are what exclusions and the blocklist are filtered by. value is compared letter by letter.
func itemKeys(types ...string) keys {
	return table(slices.Concat(
		placeKeys(), ids("ids", "id"), just("type", "type", types...), oneOf("types", "type", types...), oneOf("osTypes", "osType", osTypes...),
		just("value", "value"), contains(10, "value", "value"), search("query", "value", "description"), contains(10, "description", "description"),
		contains(10, "user", "userName"), ids("userIds", "userId"), just("source", "source", sources...), oneOf("sources", "source", sources...),
		oneOf("modes", "mode", exclusionModes...), oneOf("pathExclusionTypes", "pathExclusionType", pathTypes...),
		oneOf("recommendations", "notRecommended"), yes("imported", "imported"),
		span(moment, "createdAt", "createdAt", "lt gt lte gte between"), span(moment, "updatedAt", "updatedAt", "lt gt lte gte between"),
	))
}

func itemMembers(types ...string) []member {
	return []member{
		need("type", textual, types...), need("osType", textual, osTypes...), may("value", textual), may("mode", textual, exclusionModes...),
		may("pathExclusionType", textual, pathTypes...), may("description", textual), may("source", textual, sources...), may("actions", textual, "upload", "detect").several(),
		may("sha256Value", textual), may("inject", boolean),
	}
}

var sha1Form = regexp.MustCompile(`^[0-9a-fA-F]{40}$`)

// readItem reads a body that makes an exclusion or blocks a hash.
func readItem(q *request, types ...string) (data, body object, err error) {
	if body, err = q.body(); err != nil {
		return nil, nil, err
	}
	if data, err = dataOf(body); err != nil {
		return nil, nil, err
	}
	if err = checkMembers(data, "data", itemMembers(types...)); err != nil {
		return nil, nil, err
	}
	switch kind := text(data, "type"); {
	case text(data, "value") == "":
		return nil, nil, invalid("data: value: Missing data for required field.")
	case (kind == blocked || kind == "white_hash") && !sha1Form.MatchString(text(data, "value")):
		return nil, nil, invalid("value: Not a valid SHA1")
	}
	return data, body, nil
}

func createExclusion(c *Console, q *request) (any, error) {
	d, body, err := readItem(q, exclusionTypes...)
	if err != nil {
		return nil, err
	}
	return c.createItems(&c.exclusions, d, body, "value: "+text(d, "value")+" already exists", q.now)
}

// createRestriction blocks a hash. Another type than black_hash makes an exclusion, as the API document warns.
func createRestriction(c *Console, q *request) (any, error) {
	d, body, err := readItem(q, append(exclusionTypes, blocked)...)
	if err != nil {
		return nil, err
	}
	l := &c.restrictions
	if text(d, "type") != blocked {
		l = &c.exclusions
	}
	return c.createItems(l, d, body, "Hash '"+text(d, "value")+"' already exists", q.now)
}

// createItems makes one item for each scope that the body names; the answer is a list.
func (c *Console) createItems(l *collection, d, body object, twice string, now time.Time) (any, error) {
	places, err := c.placesOf(body)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		if c.hasItem(l, d, p) {
			return nil, invalid("%s", twice)
		}
	}
	made := []any{}
	for _, p := range places {
		made = append(made, c.newItem(l, d, p, now))
	}
	return data(made), nil
}

func (c *Console) hasItem(l *collection, d object, p reach) bool {
	return len(l.where(func(o object) bool {
		return placeOfItem(o) == p && text(o, "type") == text(d, "type") && text(o, "osType") == text(d, "osType") && strings.EqualFold(text(o, "value"), text(d, "value"))
	})) > 0
}

func (c *Console) newItem(l *collection, d object, p reach, now time.Time) object {
	id := c.newID(now)
	o := object{
		"id": id, "source": "user", "scope": p.scopeObject(), "scopeName": p.level, "scopePath": c.scopePath(p), "notRecommended": "NONE", "actions": []any{},
		"imported": false, "includeChildren": false, "includeParents": false, "inject": nil, "applicationName": nil, "sha256Value": nil,
		"mode": nil, "pathExclusionType": nil, "description": nil, "userId": apiUserID, "userName": apiUser, "createdAt": stamp(now), "updatedAt": stamp(now),
	}
	if text(d, "type") == "path" {
		o["mode"] = "suppress"
	}
	for k, v := range d {
		o[k] = v
	}
	l.put(id, o)
	return o
}

// replaceExclusion is PUT on the collection with the id in the body. That type and system cannot change is inferred.
func replaceExclusion(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, err := dataOf(body)
	if err != nil {
		return nil, err
	}
	if err := checkMembers(d, "data", append(itemMembers(exclusionTypes...), need("id", ident))); err != nil {
		return nil, err
	}
	o := c.exclusions.get(text(d, "id"))
	if o == nil {
		return nil, notFound("Requested resource was not found", "")
	}
	for _, name := range []string{"type", "osType"} {
		if text(o, name) != text(d, name) {
			return nil, invalid("data: %s: Cannot be changed.", name)
		}
	}
	for _, name := range []string{"value", "mode", "pathExclusionType", "description"} {
		o[name] = d[name]
	}
	o["updatedAt"], o["userName"], o["userId"] = stamp(q.now), apiUser, apiUserID
	return data([]any{o}), nil
}

func deleteExclusions(c *Console, q *request) (any, error) {
	ids, of, err := wantedIDs(q, exclusionTypes...)
	if err != nil {
		return nil, err
	}
	return affected(removeItems(&c.exclusions, ids, of)), nil
}

func deleteRestrictions(c *Console, q *request) (any, error) {
	ids, of, err := wantedIDs(q, blocked)
	if err != nil {
		return nil, err
	}
	return affected(removeItems(&c.restrictions, ids, of)), nil
}

func removeItems(l *collection, ids []string, of string) int {
	n := 0
	for _, id := range ids {
		if o := l.get(id); o != nil && (of == "" || text(o, "type") == of) && l.remove(id) {
			n++
		}
	}
	return n
}
