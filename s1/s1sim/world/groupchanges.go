package world

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"s1bot/s1/s1sim/wire"
)

// There is no call to change a group here, since nothing asks for one. A site's policy is read
// only: whoever makes a group without inheritance starts from it.
func groupChangeRoutes(w *World) []wire.Route {
	return []wire.Route{
		{Method: "POST", Path: "/groups", Handle: wire.On(w, createGroup)},
		{Method: "GET", Path: "/groups/{group}", Handle: wire.On(w, getGroup)},
		{Method: "DELETE", Path: "/groups/{group}", Handle: wire.On(w, deleteGroup)},
		{Method: "GET", Path: "/sites/{site}/policy", Handle: wire.On(w, getSitePolicy)},
	}
}

// getGroup answers one group with its registrationToken, a secret that the document calls
// deprecated and consoles still send.
func getGroup(w *World, q *wire.Request) (any, error) {
	group, err := w.knownGroup(q.Params["group"])
	if err != nil {
		return nil, err
	}
	return wire.Data(group), nil
}

func (w *places) knownGroup(id string) (wire.Object, error) {
	if o := w.GroupRows.Get(id); o != nil {
		return o, nil
	}
	return nil, wire.NotFound("Group not found.", "The group with ID "+id+" is not found.")
}

// groupFields are the keys of a new group in the API document.
var groupFields = []string{"source", "name", "siteId", "inherits", "policy", "filterId", "description", "isDefault", "rank", "type"}

// createGroup makes a static group. One that does not inherit brings a policy, whose autoImmuneOn must be true (the document's
// schema allows nothing else).
func createGroup(w *World, q *wire.Request) (any, error) {
	body, err := q.Body()
	if err != nil {
		return nil, err
	}
	d, ok := body["data"].(wire.Object)
	if !ok {
		return nil, wire.Invalid("data: Missing data for required field.")
	}
	if err := w.groupFault(d); err != nil {
		return nil, err
	}
	site := w.SiteRows.Get(wire.Text(d, "siteId"))
	inherits := wire.Flag(d, "inherits")
	policy, err := w.groupPolicy(d, site, inherits)
	if err != nil {
		return nil, err
	}
	o := w.newGroup(site, wire.Text(d, "name"), "static")
	o["inherits"], o["creator"], o["creatorId"] = inherits, ApiUser, ApiUserID
	o["createdAt"], o["updatedAt"], o["description"] = wire.Stamp(q.Now), wire.Stamp(q.Now), d["description"]
	if policy != nil {
		w.policies[wire.Text(o, "id")] = policy
	}
	w.noteGroup(createdGroup, o, q, "created")
	return wire.Data(o), nil
}

// groupFault checks what the document's schema requires of a new group.
func (w *places) groupFault(d wire.Object) error {
	for _, k := range slices.Sorted(maps.Keys(d)) {
		if !slices.Contains(groupFields, k) {
			return wire.Invalid("data: %s: Unknown field.", k)
		}
	}
	for _, k := range []string{"inherits", "name", "siteId"} {
		if _, given := d[k]; !given {
			return wire.Invalid("data: %s: Missing data for required field.", k)
		}
	}
	name, isText := d["name"].(string)
	_, isBool := d["inherits"].(bool)
	switch {
	case !isText || name == "":
		return wire.Invalid("data: name: Shorter than minimum length 1.")
	case strings.ContainsAny(name, "<>"):
		return wire.Invalid("data: name: Contains characters that are not allowed.")
	case !isBool:
		return wire.Invalid("data: inherits: Not a valid boolean.")
	case w.SiteRows.Get(wire.Text(d, "siteId")) == nil:
		return wire.Invalid("siteId: Not a valid Identifier.")
	}
	return nil
}

// groupPolicy is the policy of a new group, nil where it inherits: what was sent is ignored then. The switches of the agent's
// window stand at the top of what is sent, as the specification's example has them, and in a part of their own in answers.
func (w *places) groupPolicy(d, site wire.Object, inherits bool) (wire.Object, error) {
	if inherits {
		return nil, nil
	}
	sent, ok := d["policy"].(wire.Object)
	if !ok {
		return nil, wire.Invalid("data: policy: Missing data for required field.")
	}
	if v, given := sent["autoImmuneOn"]; given && v != true {
		return nil, wire.Invalid("data: policy: autoImmuneOn: Must be true.")
	}
	policy := wire.Clone(w.sitePolicy(site)).(wire.Object)
	window, _ := policy["agentUi"].(wire.Object)
	change := wire.Object{}
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

// GroupPolicy returns a copy of the policy that holds for a group. Of a group that inherits it is
// the site's.
func (w *placeTools) GroupPolicy(id string) map[string]any {
	defer w.Look()()
	if p := w.policies[id]; p != nil {
		return copyOf(p)
	}
	return copyOf(w.sitePolicy(w.SiteRows.Get(wire.Text(w.GroupRows.Get(id), "siteId"))))
}

func getSitePolicy(w *World, q *wire.Request) (any, error) {
	site := w.SiteRows.Get(q.Params["site"])
	if site == nil {
		return nil, &wire.Error{Status: http.StatusNotFound, Title: "Policy not found", Detail: "The site with ID " + q.Params["site"] + " is not found."}
	}
	return wire.Data(w.sitePolicy(site)), nil
}

// sitePolicy is the policy of the site's account: the simulator's sites have none of their own.
func (w *places) sitePolicy(site wire.Object) wire.Object {
	p := wire.Clone(w.policy(wire.Text(site, "accountId"))).(wire.Object)
	if p["inheritedFrom"] == nil {
		p["inheritedFrom"] = "account"
	}
	p["isDefault"] = false
	return p
}

// deleteGroup sends the agents of the group to the default group, which itself cannot be deleted (inferred). A malformed id is
// told as an address that does not exist.
func deleteGroup(w *World, q *wire.Request) (any, error) {
	id := q.Params["group"]
	o := w.GroupRows.Get(id)
	switch {
	case o == nil:
		return nil, wire.NotFound("Group not found.", "The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.")
	case wire.Flag(o, "isDefault"):
		return nil, wire.Invalid("The default group of a site cannot be deleted.")
	}
	site := w.SiteRows.Get(wire.Text(o, "siteId"))
	for _, r := range w.membersOf(id) {
		w.place(r.Obj, site, w.defaultGroupOf(wire.Text(site, "id")), q.Now)
	}
	w.GroupRows.Remove(id)
	delete(w.policies, id)
	w.noteGroup(deletedGroup, o, q, "deleted")
	return wire.Data(wire.Object{"success": true}), nil
}

// noteGroup writes an activity about a group. It belongs to no endpoint, so what stands for one
// holds the place alone.
func (w *chronicle) noteGroup(kind int, group wire.Object, q *wire.Request, did string) {
	site := w.SiteRows.Get(wire.Text(group, "siteId"))
	where := wire.Object{"accountId": site["accountId"], "accountName": site["accountName"], "siteId": site["id"], "siteName": site["name"],
		"groupId": group["id"], "groupName": group["name"]}
	w.Note(Event{Kind: kind, At: q.Now, Agent: where, ByUser: true,
		About: fmt.Sprintf("The management user %s %s the group %s in the site %s.", ApiUser, did, wire.Text(group, "name"), wire.Text(site, "name"))})
}

// Group returns a copy of a group by id, nil when there is none.
func (w *placeTools) Group(id string) map[string]any {
	defer w.Look()()
	return copyOf(w.GroupRows.Get(id))
}

// SetGroup changes a group in place, found by the names of its site and itself; false when there is none.
func (w *placeTools) SetGroup(site, name string, change func(map[string]any)) bool {
	id := w.GroupID(site, name)
	defer w.Look()()
	o := w.GroupRows.Get(id)
	if o == nil {
		return false
	}
	change(o)
	return true
}
