package protection

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
	"s1bot/s1/s1sim/world"
)

var iocTypes = []string{"DNS", "IPV4", "IPV6", "MD5", "SHA1", "SHA256", "URL"}

// Indicators have a uuid and no id. Out there what was made shows in lists some seconds later, and
// a token of several accounts is refused everywhere (s1sim.MultiScope); here both is left to
// faults.
func iocRoutes(c *Controls) []wire.Route {
	return []wire.Route{
		{Method: "GET", Path: "/threat-intelligence/iocs", Handle: iocList(c).Handle},
		{Method: "POST", Path: "/threat-intelligence/iocs", Handle: wire.On(c, createIOCs)},
		{Method: "DELETE", Path: "/threat-intelligence/iocs", Handle: wire.On(c, deleteIOCs)},
	}
}

func iocList(c *Controls) store.Listing {
	sorts := store.SortsBy("creationTime uploadTime updatedAt source type")
	sorts["id"] = "uuid"
	return store.Listing{
		Rows:  func(*wire.Request) *store.Collection { return &c.iocs },
		Keys:  listedIOCKeys,
		Sorts: sorts, Order: "uploadTime",
	}
}

// listedIOCKeys are those of a list. Groups are not among them (API document of 2026).
func listedIOCKeys() keys.Table {
	known := iocKeys()
	delete(known, "groupIds")
	return known
}

// iocKeys are those of a deletion. An indicator belongs to its account: sites and groups see it and
// have none of their own here.
func iocKeys() keys.Table {
	return keys.Of(slices.Concat(
		keys.Scope("accountIds", "scopeId"), keys.Scope("siteIds", "siteId"), keys.Scope("groupIds", "groupId"), keys.Legal("tenant", keys.Boolean),
		keys.Contains(10, "name", "name"), keys.Just("value", "value"), keys.Just("type", "type", iocTypes...), keys.OneOf("source", "source"),
		[]keys.Key{{Name: "category__in", Kind: keys.Textual, Test: func(o wire.Object, want string) bool {
			return slices.ContainsFunc(strings.Split(want, ","), func(w string) bool { return slices.Contains(wire.At(o, "category"), any(w)) })
		}}},
		keys.Contains(10, "description", "description"), keys.Contains(10, "creator", "creator"), keys.OneOf("uuids", "uuid"),
		keys.Span(keys.Moment, "creationTime", "creationTime", "lt gt lte gte"), keys.Span(keys.Moment, "uploadTime", "uploadTime", "lt gt lte gte"),
		keys.Span(keys.Moment, "updatedAt", "updatedAt", "lt gt lte gte"), iocFilterKeys(),
	))
}

// createIOCs makes indicators; data is a list in both directions. The scope may be left out, and is
// the tenant then, which wants a user of that scope out there. Every indicator is checked before
// the first is made.
func createIOCs(c *Controls, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	list, ok := body["data"].([]any)
	if !ok || len(list) == 0 {
		return nil, wire.Invalid("data: Not a valid list.")
	}
	places := []world.Reach{world.Global}
	if _, given := body["filter"]; given {
		if places, err = c.world.PlacesOf(body); err != nil {
			return nil, err
		}
	}
	for i, v := range list {
		o, _ := v.(wire.Object)
		if err := keys.Check(o, "data: "+strconv.Itoa(i), iocMembers()); err != nil {
			return nil, err
		}
	}
	made := []any{}
	for _, v := range list {
		for _, p := range places {
			made = append(made, c.newIOC(v.(wire.Object), p, q.Now))
		}
	}
	return wire.Data(made), nil
}

// iocMembers are what makes an indicator: source, type, value and method are required, and EQUALS
// is the only method.
func iocMembers() []keys.Member {
	return []keys.Member{
		keys.Need("source", keys.Textual), keys.Need("type", keys.Textual, iocTypes...), keys.Need("value", keys.Textual), keys.Need("method", keys.Textual, "EQUALS"), keys.May("name", keys.Textual),
		keys.May("description", keys.Textual), keys.May("validUntil", keys.Moment), keys.May("mitreTactic", keys.Textual).Several(), keys.May("externalId", keys.Textual),
		keys.May("creationTime", keys.Moment), keys.May("severity", keys.Integer), keys.May("category", keys.Textual).Several(), keys.May("metadata", keys.Textual), keys.May("pattern", keys.Textual),
		keys.May("patternType", keys.Textual), keys.May("reference", keys.Textual).Several(), keys.May("threatActors", keys.Textual).Several(), keys.May("intrusionSets", keys.Textual).Several(),
	}
}

// newIOC makes an indicator. Its end is cut off where it lies too far ahead, without a word: 30
// days for addresses, 180 for the others; without one it is 14, 90 and 180.
func (c *Controls) newIOC(d wire.Object, p world.Reach, now time.Time) wire.Object {
	days, most := 180, 180
	switch wire.Text(d, "type") {
	case "IPV4", "IPV6":
		days, most = 14, 30
	case "URL", "DNS":
		days = 90
	}
	end := now.AddDate(0, 0, days)
	if t, err := time.Parse(time.RFC3339Nano, wire.Text(d, "validUntil")); err == nil {
		end = t
	}
	if limit := now.AddDate(0, 0, most); end.After(limit) {
		end = limit
	}
	uuid := c.world.Hex(32)
	o := wire.Object{
		"uuid": uuid, "name": nil, "description": nil, "externalId": nil, "creationTime": nil, "category": []any{}, "metadata": "", "mitreTactic": []any{},
		"intrusionSets": []any{}, "threatActors": []any{}, "reference": []any{}, "scope": p.Level, "scopeId": p.Id, "batchId": c.world.Hex(32),
		"creator": world.ApiUser, "uploadTime": wire.Stamp(now), "updatedAt": wire.Stamp(now),
	}
	for k, v := range d {
		o[k] = v
	}
	o["validUntil"] = wire.Stamp(end)
	c.iocs.Put(uuid, o)
	return o
}

// deleteIOCs deletes what the filter means. That accounts alone mean all of theirs is what the API
// document leaves to fear. It speaks of the account and one other field; whether a console insists
// is not known, so this one does not.
func deleteIOCs(c *Controls, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	f, err := iocKeys().FromBody(body)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, r := range c.iocs.Where(f.Keep) {
		if c.iocs.Remove(r.Id) {
			n++
		}
	}
	return wire.Affected(n), nil
}
