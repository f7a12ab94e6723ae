package s1sim

import "time"

func agentRoutes() []route {
	out := []route{
		{method: "GET", path: "/agents", handle: agentList().handle},
		{method: "GET", path: "/agents/count", handle: countAgents},
	}
	return append(out, agentActions()...)
}

func agentList() listing {
	sorts := sortsBy("createdAt updatedAt id computerName groupId osType osName uuid scanStatus isDecommissioned decommissionedAt " +
		"isUninstalled registeredAt lastActiveDate isActive isPendingUninstall activeThreats isUpToDate agentVersion osArch " +
		"machineType networkStatus domain mitigationMode mitigationModeSuspicious encryptedApplications totalMemory cpuCount " +
		"coreCount externalIp lastLoggedInUserName groupName siteId siteName infected threatRebootRequired " +
		"consoleMigrationStatus appsVulnerabilityStatus accountName externalId installerType rangerVersion operationalState " +
		"remoteProfilingState networkQuarantineEnabled firewallEnabled locationEnabled serialNumber cpuId lastSuccessfulScanDate")
	sorts["networkInterfacePhysical"] = "networkInterfaces.physical"
	return listing{
		rows:    func(c *Console, _ *request) *collection { return &c.agents },
		keys:    agentKeys,
		sorts:   sorts,
		order:   "id",
		implied: enrolled,
	}
}

// enrolled leaves out decommissioned and uninstalled agents unless the caller asks for them; the API document calls both
// filters "active, decommissioned or both" and "installed, uninstalled or both".
func enrolled(f filter) func(object) bool {
	return func(o object) bool {
		return (f.has("isDecommissioned") || !flag(o, "isDecommissioned")) && (f.has("isUninstalled") || !flag(o, "isUninstalled"))
	}
}

func countAgents(c *Console, q *request) (any, error) {
	f, err := agentKeys().fromQuery(c, q.query, nil)
	if err != nil {
		return nil, err
	}
	return data(object{"total": len(agentList().choose(&c.agents, f))}), nil
}

// dirt says that what is shown of an agent is out of date.
type dirt struct {
	recount bool // its number of active threats too
	at      time.Time
}

// touchAgent stamps a change of an agent.
func (c *Console) touchAgent(agent object, at time.Time) {
	agent["updatedAt"] = stamp(at)
	if id := text(agent, "id"); !c.dirty[id].recount {
		c.dirty[id] = dirt{at: at}
	}
}

// recount has the active threats of an agent counted before somebody looks.
func (c *Console) recount(agent object, at time.Time) {
	if agent != nil {
		c.dirty[text(agent, "id")] = dirt{recount: true, at: at}
	}
}

// refresh brings what threats and alerts show of changed agents up to date. They do not count as changed by that. It is done
// when somebody looks and not with each change, so that a burst of thousands of threats on one host costs no more than one.
func (c *Console) refresh() {
	for id, d := range c.dirty {
		agent := c.agents.get(id)
		if agent == nil {
			continue
		}
		if n := c.active(id); d.recount && text(agent, "activeThreats") != itoa(int64(n)) {
			agent["activeThreats"], agent["infected"], agent["updatedAt"] = n, n > 0, stamp(d.at)
		}
		for _, r := range c.threatsOf(id) {
			show(agent, r.obj, liveThreatFields())
		}
		for _, r := range c.alerts.rows {
			if text(r.obj, "agentRealtimeInfo.id") == id {
				show(agent, r.obj, liveAlertFields())
			}
		}
	}
	clear(c.dirty)
}

func show(agent, o object, fields map[string]string) {
	for from, to := range fields {
		put(o, "agentRealtimeInfo."+to, agent[from])
	}
}

// active counts the threats of an agent that are neither mitigated nor resolved.
func (c *Console) active(agent string) int {
	n := 0
	for _, r := range c.threatsOf(agent) {
		if text(r.obj, "threatInfo.mitigationStatus") == "not_mitigated" && text(r.obj, "threatInfo.incidentStatus") != "resolved" {
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

func liveAlertFields() map[string]string {
	return map[string]string{"isActive": "isActive", "infected": "infected", "isDecommissioned": "isDecommissioned",
		"computerName": "name"}
}

// threatsOf returns the threats of an agent. They are indexed: a burst of thousands must not slow the console down.
func (c *Console) threatsOf(agent string) []*row { return c.byAgent[agent] }

func (c *Console) index(r *row) {
	agent := text(r.obj, "agentRealtimeInfo.agentId")
	c.byAgent[agent] = append(c.byAgent[agent], r)
}

func (c *Console) reindex() {
	clear(c.byAgent)
	for _, r := range c.threats.rows {
		c.index(r)
	}
}

// agentByNameOrID finds an agent as tests name it; of several with one name it is the first.
func (c *Console) agentByNameOrID(s string) object {
	if o := c.agents.get(s); o != nil {
		return o
	}
	return c.agents.find("computerName", s)
}
