package s1sim

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

func groupChangeRoutes() []route {
	return []route{
		{method: "POST", path: "/groups", handle: createGroup},
		{method: "GET", path: "/groups/{group}", handle: getGroup},
		{method: "DELETE", path: "/groups/{group}", handle: deleteGroup},
		{method: "GET", path: "/sites/{site}/policy", handle: getSitePolicy},
	}
}

func getGroup(c *Console, q *request) (any, error) {
	group, err := c.knownGroup(q.params["group"])
	if err != nil {
		return nil, err
	}
	return data(group), nil
}

func (c *Console) knownGroup(id string) (object, error) {
	if o := c.groups.get(id); o != nil {
		return o, nil
	}
	return nil, notFound("Group not found.", "The group with ID "+id+" is not found.")
}

// groupFields are the keys of a new group in the API document.
var groupFields = []string{"source", "name", "siteId", "inherits", "policy", "filterId", "description", "isDefault", "rank", "type"}

// createGroup makes a static group. One that does not inherit brings a policy, whose autoImmuneOn must be true (the document's
// schema allows nothing else).
func createGroup(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, ok := body["data"].(object)
	if !ok {
		return nil, invalid("data: Missing data for required field.")
	}
	if err := c.groupFault(d); err != nil {
		return nil, err
	}
	site := c.sites.get(text(d, "siteId"))
	inherits := flag(d, "inherits")
	policy, err := c.groupPolicy(d, site, inherits)
	if err != nil {
		return nil, err
	}
	o := c.newGroup(site, text(d, "name"), "static")
	o["inherits"], o["creator"], o["creatorId"] = inherits, apiUser, apiUserID
	o["createdAt"], o["updatedAt"], o["description"] = stamp(q.now), stamp(q.now), d["description"]
	if policy != nil {
		c.policies[text(o, "id")] = policy
	}
	c.noteGroup(createdGroup, o, q, "created")
	return data(o), nil
}

func (c *Console) groupFault(d object) error {
	for _, k := range slices.Sorted(maps.Keys(d)) {
		if !slices.Contains(groupFields, k) {
			return invalid("data: %s: Unknown field.", k)
		}
	}
	for _, k := range []string{"inherits", "name", "siteId"} {
		if _, given := d[k]; !given {
			return invalid("data: %s: Missing data for required field.", k)
		}
	}
	name, isText := d["name"].(string)
	_, isBool := d["inherits"].(bool)
	switch {
	case !isText || name == "":
		return invalid("data: name: Shorter than minimum length 1.")
	case strings.ContainsAny(name, "<>"):
		return invalid("data: name: Contains characters that are not allowed.")
	case !isBool:
		return invalid("data: inherits: Not a valid boolean.")
	case c.sites.get(text(d, "siteId")) == nil:
		return invalid("siteId: Not a valid Identifier.")
	}
	return nil
}

// groupPolicy is the policy of a new group, nil where it inherits: what was sent is ignored then. The switches of the agent's
// window stand at the top of what is sent, as the specification's example has them, and in a part of their own in answers.
func (c *Console) groupPolicy(d, site object, inherits bool) (object, error) {
	if inherits {
		return nil, nil
	}
	sent, ok := d["policy"].(object)
	if !ok {
		return nil, invalid("data: policy: Missing data for required field.")
	}
	if v, given := sent["autoImmuneOn"]; given && v != true {
		return nil, invalid("data: policy: autoImmuneOn: Must be true.")
	}
	policy := clone(c.sitePolicy(site)).(object)
	window, _ := policy["agentUi"].(object)
	change := object{}
	for k, v := range sent {
		if _, ofWindow := window[k]; ofWindow {
			window[k] = v
			continue
		}
		change[k] = v
	}
	if err := mergePolicy(policy, change, "data: policy"); err != nil {
		return nil, err
	}
	policy["inheritedFrom"], policy["isDefault"] = nil, false
	return policy, nil
}

// GroupPolicy returns a copy of the policy that holds for a group.
func (c *Console) GroupPolicy(id string) map[string]any {
	defer c.look()()
	if p := c.policies[id]; p != nil {
		return copyOf(p)
	}
	return copyOf(c.sitePolicy(c.sites.get(text(c.groups.get(id), "siteId"))))
}

func getSitePolicy(c *Console, q *request) (any, error) {
	site := c.sites.get(q.params["site"])
	if site == nil {
		return nil, &apiError{http.StatusNotFound, "Policy not found", "The site with ID " + q.params["site"] + " is not found."}
	}
	return data(c.sitePolicy(site)), nil
}

// sitePolicy is the policy of the site's account: the simulator's sites have none of their own.
func (c *Console) sitePolicy(site object) object {
	p := clone(c.policy(text(site, "accountId"))).(object)
	if p["inheritedFrom"] == nil {
		p["inheritedFrom"] = "account"
	}
	p["isDefault"] = false
	return p
}

// deleteGroup sends the agents of the group to the default group, which itself cannot be deleted (inferred). A malformed id is
// told as an address that does not exist.
func deleteGroup(c *Console, q *request) (any, error) {
	id := q.params["group"]
	o := c.groups.get(id)
	switch {
	case o == nil:
		return nil, notFound("Group not found.", "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")
	case flag(o, "isDefault"):
		return nil, invalid("The default group of a site cannot be deleted.")
	}
	site := c.sites.get(text(o, "siteId"))
	for _, r := range c.membersOf(id) {
		c.place(r.obj, site, c.defaultGroupOf(text(site, "id")), q.now)
	}
	c.groups.remove(id)
	delete(c.policies, id)
	c.noteGroup(deletedGroup, o, q, "deleted")
	return data(object{"success": true}), nil
}

func (c *Console) noteGroup(kind int, group object, q *request, did string) {
	site := c.sites.get(text(group, "siteId"))
	where := object{"accountId": site["accountId"], "accountName": site["accountName"], "siteId": site["id"], "siteName": site["name"],
		"groupId": group["id"], "groupName": group["name"]}
	c.note(event{kind: kind, at: q.now, agent: where, byUser: true,
		about: fmt.Sprintf("The management user %s %s the group %s in the site %s.", apiUser, did, text(group, "name"), text(site, "name"))})
}

// Group returns a copy of a group by id, nil when there is none.
func (c *Console) Group(id string) map[string]any {
	defer c.look()()
	return copyOf(c.groups.get(id))
}

// SetGroup changes a group in place, found by the names of its site and itself; false when there is none.
func (c *Console) SetGroup(site, name string, change func(map[string]any)) bool {
	id := c.GroupID(site, name)
	defer c.look()()
	o := c.groups.get(id)
	if o == nil {
		return false
	}
	change(o)
	return true
}
