package world

import (
	"time"

	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// agentRoutes are the reading half of the endpoints; what is done to them is in agentActions.
func agentRoutes(w *World) []wire.Route {
	out := []wire.Route{
		{Method: "GET", Path: "/agents", Handle: AgentList(w).Handle},
		{Method: "GET", Path: "/agents/count", Handle: wire.On(w, countAgents)},
	}
	return append(out, actionRoutes(w)...)
}

// AgentList is the list of endpoints, which actions select from, too.
func AgentList(w *World) store.Listing {
	sorts := store.SortsBy("createdAt updatedAt id computerName groupId osType osName uuid scanStatus isDecommissioned decommissionedAt " +
		"isUninstalled registeredAt lastActiveDate isActive isPendingUninstall activeThreats isUpToDate agentVersion osArch " +
		"machineType networkStatus domain mitigationMode mitigationModeSuspicious encryptedApplications totalMemory cpuCount " +
		"coreCount externalIp lastLoggedInUserName groupName siteId siteName infected threatRebootRequired " +
		"consoleMigrationStatus appsVulnerabilityStatus accountName externalId installerType rangerVersion operationalState " +
		"remoteProfilingState networkQuarantineEnabled firewallEnabled locationEnabled serialNumber cpuId lastSuccessfulScanDate")
	sorts["networkInterfacePhysical"] = "networkInterfaces.physical"
	return store.Listing{
		Rows:    func(*wire.Request) *store.Collection { return &w.AgentRows },
		Keys:    func() keys.Table { return AgentKeys(w) },
		Sorts:   sorts,
		Order:   "id",
		Implied: enrolled,
	}
}

// enrolled leaves out decommissioned and uninstalled agents unless the caller asks for them; the API document calls both
// filters "active, decommissioned or both" and "installed, uninstalled or both".
func enrolled(f keys.Filter) func(wire.Object) bool {
	return func(o wire.Object) bool {
		return (f.Has("isDecommissioned") || !wire.Flag(o, "isDecommissioned")) && (f.Has("isUninstalled") || !wire.Flag(o, "isUninstalled"))
	}
}

// countAgents takes the keys of the list and answers one number. Whoever wants to know what an
// action would mean asks here, with the very filter of the action.
func countAgents(w *World, q *wire.Request) (any, error) {
	f, err := AgentKeys(w).FromQuery(q.Query, nil)
	if err != nil {
		return nil, err
	}
	return wire.Data(wire.Object{"total": len(AgentList(w).Choose(&w.AgentRows, f))}), nil
}

// dirt says that what is shown of an agent is out of date.
type dirt struct {
	recount bool // its number of active threats too
	at      time.Time
}

// touchAgent stamps a change of an agent.
func (w *endpoints) touchAgent(agent wire.Object, at time.Time) {
	agent["updatedAt"] = wire.Stamp(at)
	if id := wire.Text(agent, "id"); !w.dirty[id].recount {
		w.dirty[id] = dirt{at: at}
	}
}

// recount has the active threats of an agent counted before somebody looks.
func (w *endpoints) recount(agent wire.Object, at time.Time) {
	if agent != nil {
		w.dirty[wire.Text(agent, "id")] = dirt{recount: true, at: at}
	}
}

// refresh brings what threats and alerts show of changed agents up to date. They do not count as changed by that. It is done
// when somebody looks and not with each change, so that a burst of thousands of threats on one host costs no more than one.
func (w *endpoints) refresh() {
	for id, d := range w.dirty {
		agent := w.AgentRows.Get(id)
		if agent == nil {
			continue
		}
		if n := w.active(id); d.recount && wire.Text(agent, "activeThreats") != wire.Itoa(int64(n)) {
			agent["activeThreats"], agent["infected"], agent["updatedAt"] = n, n > 0, wire.Stamp(d.at)
		}
		for _, r := range w.threatsOf(id) {
			show(agent, r.Obj, liveThreatFields())
		}
		for _, r := range w.AlertRows.Rows {
			if wire.Text(r.Obj, "agentRealtimeInfo.id") == id {
				show(agent, r.Obj, liveAlertFields())
			}
		}
	}
	clear(w.dirty)
}

// show copies fields of an endpoint into agentRealtimeInfo, under the names that they have there.
func show(agent, o wire.Object, fields map[string]string) {
	for from, to := range fields {
		wire.Put(o, "agentRealtimeInfo."+to, agent[from])
	}
}

// active counts the threats of an agent that are neither mitigated nor resolved.
func (w *endpoints) active(agent string) int {
	n := 0
	for _, r := range w.threatsOf(agent) {
		if wire.Text(r.Obj, "threatInfo.mitigationStatus") == "not_mitigated" && wire.Text(r.Obj, "threatInfo.incidentStatus") != "resolved" {
			n++
		}
	}
	return n
}

// liveThreatFields are the parts of agentRealtimeInfo in a threat that follow the agent, by their names in the agent.
func liveThreatFields() map[string]string {
	return map[string]string{"networkStatus": "agentNetworkStatus", "isActive": "agentIsActive", "infected": "agentInfected",
		"activeThreats": "activeThreats", "isDecommissioned": "agentIsDecommissioned", "scanStatus": "scanStatus",
		"computerName": "agentComputerName", "decommissionedAt": "agentDecommissionedAt"}
}

// liveAlertFields are the same for alerts, whose agentRealtimeInfo has fewer fields and calls the
// computer "name". The document has no such part in an alert, live consoles send it.
func liveAlertFields() map[string]string {
	return map[string]string{"isActive": "isActive", "infected": "infected", "isDecommissioned": "isDecommissioned",
		"computerName": "name"}
}

// threatsOf returns the threats of an agent. They are indexed: a burst of thousands must not slow the console down.
func (w *endpoints) threatsOf(agent string) []*store.Row { return w.byAgent[agent] }

// index enters a threat that was just added. One that replaces another of its id needs reindex
// instead, or it would be there twice.
func (w *endpoints) index(r *store.Row) {
	agent := wire.Text(r.Obj, "agentRealtimeInfo.agentId")
	w.byAgent[agent] = append(w.byAgent[agent], r)
}

// reindex builds the index anew, after something that may have moved a threat to another endpoint
// or taken one out.
func (w *threats) reindex() {
	clear(w.byAgent)
	for _, r := range w.ThreatRows.Rows {
		w.index(r)
	}
}

// agentByNameOrID finds an agent as tests name it; of several with one name it is the first.
func (w *endpoints) agentByNameOrID(s string) wire.Object {
	if o := w.AgentRows.Get(s); o != nil {
		return o
	}
	return w.AgentRows.Find("computerName", s)
}
