package s1sim

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

var iocTypes = []string{"DNS", "IPV4", "IPV6", "MD5", "SHA1", "SHA256", "URL"}

func iocRoutes() []route {
	return []route{
		{method: "GET", path: "/threat-intelligence/iocs", handle: iocList().handle},
		{method: "POST", path: "/threat-intelligence/iocs", handle: createIOCs},
		{method: "DELETE", path: "/threat-intelligence/iocs", handle: deleteIOCs},
	}
}

func iocList() listing {
	sorts := sortsBy("creationTime uploadTime updatedAt source type")
	sorts["id"] = "uuid"
	return listing{
		rows:  func(c *Console, _ *request) *collection { return &c.iocs },
		keys:  iocKeys,
		sorts: sorts, order: "uploadTime",
	}
}

// iocKeys are those of the list. An indicator belongs to its account: sites and groups see it and have none of their own here.
func iocKeys() keys {
	return table(slices.Concat(
		scope("accountIds", "scopeId"), scope("siteIds", "siteId"), scope("groupIds", "groupId"), legal("tenant", boolean),
		contains(10, "name", "name"), just("value", "value"), just("type", "type", iocTypes...), oneOf("source", "source"),
		[]key{{name: "category__in", kind: textual, test: func(o object, want string) bool {
			return slices.ContainsFunc(strings.Split(want, ","), func(w string) bool { return slices.Contains(at(o, "category"), any(w)) })
		}}},
		contains(10, "description", "description"), contains(10, "creator", "creator"), oneOf("uuids", "uuid"),
		span(moment, "creationTime", "creationTime", "lt gt lte gte"), span(moment, "uploadTime", "uploadTime", "lt gt lte gte"),
		span(moment, "updatedAt", "updatedAt", "lt gt lte gte"), iocFilterKeys(),
	))
}

// createIOCs makes indicators; data is a list in both directions.
func createIOCs(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	list, ok := body["data"].([]any)
	if !ok || len(list) == 0 {
		return nil, invalid("data: Not a valid list.")
	}
	places := []reach{global}
	if _, given := body["filter"]; given {
		if places, err = c.placesOf(body); err != nil {
			return nil, err
		}
	}
	for i, v := range list {
		o, _ := v.(object)
		if err := checkMembers(o, "data: "+strconv.Itoa(i), iocMembers()); err != nil {
			return nil, err
		}
	}
	made := []any{}
	for _, v := range list {
		for _, p := range places {
			made = append(made, c.newIOC(v.(object), p, q.now))
		}
	}
	return data(made), nil
}

func iocMembers() []member {
	return []member{
		need("source", textual), need("type", textual, iocTypes...), need("value", textual), need("method", textual, "EQUALS"), may("name", textual),
		may("description", textual), may("validUntil", moment), may("mitreTactic", textual).several(), may("externalId", textual),
		may("creationTime", moment), may("severity", integer), may("category", textual).several(), may("metadata", textual), may("pattern", textual),
		may("patternType", textual), may("reference", textual).several(), may("threatActors", textual).several(), may("intrusionSets", textual).several(),
	}
}

// newIOC makes an indicator. Its end is cut off where it lies too far ahead, without a word: 30 days for addresses, 180 for the
// others; without one it is 14, 90 and 180.
func (c *Console) newIOC(d object, p reach, now time.Time) object {
	days, most := 180, 180
	switch text(d, "type") {
	case "IPV4", "IPV6":
		days, most = 14, 30
	case "URL", "DNS":
		days = 90
	}
	end := now.AddDate(0, 0, days)
	if t, err := time.Parse(time.RFC3339Nano, text(d, "validUntil")); err == nil {
		end = t
	}
	if limit := now.AddDate(0, 0, most); end.After(limit) {
		end = limit
	}
	uuid := c.hex(32)
	o := object{
		"uuid": uuid, "name": nil, "description": nil, "externalId": nil, "creationTime": nil, "category": []any{}, "metadata": "", "mitreTactic": []any{},
		"intrusionSets": []any{}, "threatActors": []any{}, "reference": []any{}, "scope": p.level, "scopeId": p.id, "batchId": c.hex(32),
		"creator": apiUser, "uploadTime": stamp(now), "updatedAt": stamp(now),
	}
	for k, v := range d {
		o[k] = v
	}
	o["validUntil"] = stamp(end)
	c.iocs.put(uuid, o)
	return o
}

// deleteIOCs deletes what the filter means. That accounts alone mean all of theirs is what the API document leaves to fear.
func deleteIOCs(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	f, err := iocKeys().fromBody(c, body)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, r := range c.iocs.where(f.keep) {
		if c.iocs.remove(r.id) {
			n++
		}
	}
	return affected(n), nil
}
