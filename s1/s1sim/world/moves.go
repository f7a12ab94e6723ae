package world

import (
	"maps"
	"slices"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
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

// placeActivityTypes are the rows of activities/types for the codes above.
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

// The move within a site is PUT on the group and the move between sites POST with the agents, as in
// the document.
func moveRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "PUT", Path: "/groups/{group}/move-agents", Handle: wire.On(w, moveToGroup)},
		{Method: "POST", Path: "/agents/actions/move-to-site", Handle: wire.On(w, moveToSite)},
		{Method: "POST", Path: "/agents/actions/set-external-id", Handle: wire.On(w, setExternal)},
	}
}

// selectedAgents reads the filter of an action. None of these actions refuses an empty one: it means every agent.
func selectedAgents(w *World, body wire.Object) ([]*store.Row, error) {
	f, err := AgentKeys(w).FromBody(body)
	if err != nil {
		return nil, err
	}
	return AgentList(w).Choose(&w.AgentRows, f), nil
}

// moveToGroup moves the agents of the group's own site; the others are not counted, and nobody is
// told. A dynamic group takes whom its filter finds and nobody else: the document has a 409 for the
// path and does not say when. The document has a 204 without a body; clients of live consoles read
// data.agentsMoved of a 200, which is what is played.
func moveToGroup(w *World, q *wire.Request) (any, error) {
	group, err := w.knownGroup(q.Params["group"])
	if err != nil {
		return nil, err
	}
	if wire.Text(group, "type") == "dynamic" {
		return nil, &wire.Error{Status: 409, Title: "Conflict", Detail: "Agents cannot be moved to a dynamic group."}
	}
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	rows, err := selectedAgents(w, body)
	if err != nil {
		return nil, err
	}
	n := 0
	for _, r := range rows {
		if r.Obj["siteId"] == group["siteId"] {
			w.place(r.Obj, w.SiteRows.Get(wire.Text(group, "siteId")), group, q.Now)
			w.tell(r.Obj, movedToGroup, q.Now, "The management user "+ApiUser+" moved the machine "+wire.Text(r.Obj, "computerName")+" to the group "+wire.Text(group, "name")+".")
			n++
		}
	}
	return wire.Data(wire.Object{"agentsMoved": n}), nil
}

// moveToSite moves agents into the default group of a site: the simulator has no dynamic group that
// would fit better. An empty filter moves every endpoint, the document says so.
func moveToSite(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(wire.Object)
	if _, given := d["targetSiteId"]; !given {
		return nil, wire.Invalid("data: targetSiteId: Missing data for required field.")
	}
	site := w.SiteRows.Get(wire.Text(d, "targetSiteId"))
	if site == nil {
		return nil, wire.Invalid("targetSiteId: Not a valid Identifier.")
	}
	rows, err := selectedAgents(w, body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		w.place(r.Obj, site, w.defaultGroupOf(wire.Text(site, "id")), q.Now)
		w.tell(r.Obj, movedToSite, q.Now, "The management user "+ApiUser+" moved the machine "+wire.Text(r.Obj, "computerName")+" to the site "+wire.Text(site, "name")+".")
	}
	return wire.Affected(len(rows)), nil
}

// place puts an agent into a group, and keeps right what sites, groups and threats show of it. The
// order is not free: the endpoint is taken out of the counts by the place that it still has, and
// only then given the new one.
func (w *endpoints) place(agent, site, group wire.Object, now time.Time) {
	w.countOut(agent)
	maps.Copy(agent, wire.Object{"siteId": site["id"], "siteName": site["name"], "accountId": site["accountId"], "accountName": site["accountName"],
		"groupId": group["id"], "groupName": group["name"], "groupUpdatedAt": wire.Stamp(now)})
	w.countIn(site, group)
	w.touchAgent(agent, now)
	for _, r := range w.threatsOf(wire.Text(agent, "id")) {
		for _, k := range []string{"siteId", "siteName", "accountId", "accountName", "groupId", "groupName"} {
			wire.Put(r.Obj, "agentRealtimeInfo."+k, agent[k])
		}
	}
}

// countOut takes an agent out of the numbers that countIn keeps.
func (w *places) countOut(agent wire.Object) {
	less := func(o wire.Object, names ...string) {
		for _, name := range names {
			if o != nil {
				o[name] = max(whole(o[name])-1, 0)
			}
		}
	}
	less(w.SiteRows.Get(wire.Text(agent, "siteId")), "activeLicenses")
	less(w.GroupRows.Get(wire.Text(agent, "groupId")), "totalAgents")
	less(w.AccountRows.Get(wire.Text(agent, "accountId")), "activeAgents")
}

// setExternal writes the customer's identifier over what stood there.
func setExternal(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, _ := body["data"].(wire.Object)
	v, given := d["externalId"]
	if !given {
		return nil, wire.Invalid("data: externalId: Missing data for required field.")
	}
	id, ok := v.(string)
	if !ok {
		return nil, wire.Invalid("data: externalId: Not a valid string.")
	}
	rows, err := selectedAgents(w, body)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		r.Obj["externalId"] = id
		w.touchAgent(r.Obj, q.Now)
		w.tell(r.Obj, setExternalID, q.Now, "The management user "+ApiUser+" set the customer identifier of the machine "+wire.Text(r.Obj, "computerName")+".")
	}
	return wire.Affected(len(rows)), nil
}

// membersOf returns the agents of a group, decommissioned ones too.
func (w *endpoints) membersOf(group string) []*store.Row {
	return w.AgentRows.Where(func(o wire.Object) bool { return wire.Text(o, "groupId") == group })
}

// defaultGroupOf is where the agents of a site go that belong nowhere else.
func (w *places) defaultGroupOf(site string) wire.Object {
	i := slices.IndexFunc(w.GroupRows.Rows, func(r *store.Row) bool { return wire.Text(r.Obj, "siteId") == site && wire.Flag(r.Obj, "isDefault") })
	if i < 0 {
		return w.groupNamed(w.SiteRows.Get(site), defaultGroup)
	}
	return w.GroupRows.Rows[i].Obj
}
