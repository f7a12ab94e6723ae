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

// touchAgent stamps a change of an agent and brings what threats and alerts show of it up to date. They do not count as
// changed by that.
func (c *Console) touchAgent(agent object, at time.Time) {
	agent["updatedAt"] = stamp(at)
	id := text(agent, "id")
	for _, r := range c.threatsOf(id) {
		for from, to := range liveThreatFields() {
			put(r.obj, "agentRealtimeInfo."+to, agent[from])
		}
	}
	for _, r := range c.alerts.rows {
		if text(r.obj, "agentRealtimeInfo.id") == id {
			for from, to := range liveAlertFields() {
				put(r.obj, "agentRealtimeInfo."+to, agent[from])
			}
		}
	}
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

// recount counts active threats anew after one came, went or was mitigated.
func (c *Console) recount(agent object, at time.Time) {
	if agent == nil {
		return
	}
	n := 0
	for _, r := range c.threatsOf(text(agent, "id")) {
		if text(r.obj, "threatInfo.mitigationStatus") == "not_mitigated" && text(r.obj, "threatInfo.incidentStatus") != "resolved" {
			n++
		}
	}
	if text(agent, "activeThreats") == itoa(int64(n)) {
		return
	}
	agent["activeThreats"], agent["infected"] = n, n > 0
	c.touchAgent(agent, at)
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
