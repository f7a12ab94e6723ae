package s1sim

import (
	"maps"
	"slices"
	"time"
)

// What moves and marks leave in the activity log; the codes are this simulator's own.
const (
	movedToGroup  = 5121
	movedToSite   = 5122
	setExternalID = 5123
	createdGroup  = 5124
	deletedGroup  = 5125
	editedNote    = 5126
	markedThreat  = 5127
)

func placeActivityTypes() []activityType {
	const user = "The management user {{ username }} "
	return []activityType{
		{movedToGroup, "Agent Moved To Group", user + "moved the machine {{ computer_name }} to the group {{ group_name }}."},
		{movedToSite, "Agent Moved To Site", user + "moved the machine {{ computer_name }} to the site {{ site_name }}."},
		{setExternalID, "Customer Identifier Set", user + "set the customer identifier of the machine {{ computer_name }}."},
		{createdGroup, "Group Created", user + "created the group {{ group_name }}."},
		{deletedGroup, "Group Deleted", user + "deleted the group {{ group_name }}."},
		{editedNote, "Note Changed", user + "changed a note on threat {{ file_display_name }}."},
		{markedThreat, "Marked As Threat", user + "marked {{ file_display_name }} as a threat."},
	}
}

func moveRoutes() []route {
	return []route{
		{method: "PUT", path: "/groups/{group}/move-agents", handle: moveToGroup},
		{method: "POST", path: "/agents/actions/move-to-site", handle: moveToSite},
		{method: "POST", path: "/agents/actions/set-external-id", handle: setExternal},
	}
}

// selectedAgents reads the filter of an action. None of these actions refuses an empty one: it means every agent.
func (c *Console) selectedAgents(body object) ([]*row, error) {
	f, err := agentKeys().fromBody(c, body)
	if err != nil {
		return nil, err
	}
	return agentList().choose(&c.agents, f), nil
}

// moveToGroup moves the agents of the group's own site; the others are not counted, and nobody is told. A dynamic group takes
// whom its filter finds and nobody else: the document has a 409 for the path and does not say when.
func moveToGroup(c *Console, q *request) (any, error) {
	group, err := c.knownGroup(q.params["group"])
	if err != nil {
		return nil, err
	}
	if text(group, "type") == "dynamic" {
		return nil, &apiError{409, "Conflict", "Agents cannot be moved to a dynamic group."}
	}
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	rows, err := c.selectedAgents(body)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, r := range rows {
		if r.obj["siteId"] == group["siteId"] {
			c.place(r.obj, c.sites.get(text(group, "siteId")), group, q.now)
			c.tell(r.obj, movedToGroup, q.now, "The management user "+apiUser+" moved the machine "+text(r.obj, "computerName")+" to the group "+text(group, "name")+".")
			n++
		}
	}
	return data(object{"agentsMoved": n}), nil
}

// moveToSite moves agents into the default group of a site: the simulator has no dynamic group that would fit better.
func moveToSite(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(object)
	if _, given := d["targetSiteId"]; !given {
		return nil, invalid("data: targetSiteId: Missing data for required field.")
	}
	site := c.sites.get(text(d, "targetSiteId"))
	if site == nil {
		return nil, invalid("targetSiteId: Not a valid Identifier.")
	}
	rows, err := c.selectedAgents(body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		c.place(r.obj, site, c.defaultGroupOf(text(site, "id")), q.now)
		c.tell(r.obj, movedToSite, q.now, "The management user "+apiUser+" moved the machine "+text(r.obj, "computerName")+" to the site "+text(site, "name")+".")
	}
	return affected(len(rows)), nil
}

// place puts an agent into a group, and keeps right what sites, groups and threats show of it.
func (c *Console) place(agent, site, group object, now time.Time) {
	c.countOut(agent)
	maps.Copy(agent, object{"siteId": site["id"], "siteName": site["name"], "accountId": site["accountId"], "accountName": site["accountName"],
		"groupId": group["id"], "groupName": group["name"], "groupUpdatedAt": stamp(now)})
	c.countIn(site, group)
	c.touchAgent(agent, now)
	for _, r := range c.threatsOf(text(agent, "id")) {
		for _, k := range []string{"siteId", "siteName", "accountId", "accountName", "groupId", "groupName"} {
			put(r.obj, "agentRealtimeInfo."+k, agent[k])
		}
	}
}

// countOut takes an agent out of the numbers that countIn keeps.
func (c *Console) countOut(agent object) {
	less := func(o object, names ...string) {
		for _, name := range names {
			if o != nil {
				o[name] = max(whole(o[name])-1, 0)
			}
		}
	}
	less(c.sites.get(text(agent, "siteId")), "activeLicenses")
	less(c.groups.get(text(agent, "groupId")), "totalAgents")
	less(c.accounts.get(text(agent, "accountId")), "activeAgents", "activeLicenses")
}

// setExternal writes the customer's identifier over what stood there.
func setExternal(c *Console, q *request) (any, error) {
	body, err := q.body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(object)
	v, given := d["externalId"]
	if !given {
		return nil, invalid("data: externalId: Missing data for required field.")
	}
	id, ok := v.(string)
	if !ok {
		return nil, invalid("data: externalId: Not a valid string.")
	}
	rows, err := c.selectedAgents(body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		r.obj["externalId"] = id
		c.touchAgent(r.obj, q.now)
		c.tell(r.obj, setExternalID, q.now, "The management user "+apiUser+" set the customer identifier of the machine "+text(r.obj, "computerName")+".")
	}
	return affected(len(rows)), nil
}

// membersOf returns the agents of a group, decommissioned ones too.
func (c *Console) membersOf(group string) []*row {
	return c.agents.where(func(o object) bool { return text(o, "groupId") == group })
}

// defaultGroupOf is where the agents of a site go that belong nowhere else.
func (c *Console) defaultGroupOf(site string) object {
	i := slices.IndexFunc(c.groups.rows, func(r *row) bool { return text(r.obj, "siteId") == site && flag(r.obj, "isDefault") })
	if i < 0 {
		return c.groupNamed(c.sites.get(site), defaultGroup)
	}
	return c.groups.rows[i].obj
}
