package s1sim

import (
	"fmt"
	"slices"
	"strings"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Agent returns a copy of an endpoint by id or computer name, nil when there is none; of several with one name the first.
func (c *Console) Agent(nameOrID string) map[string]any {
	defer c.look()()
	return copyOf(c.agentByNameOrID(nameOrID))
}

// Agents returns copies of all endpoints, decommissioned ones too.
func (c *Console) Agents() []map[string]any {
	defer c.look()()
	return copies(&c.agents)
}

// NetworkStatus is an endpoint's: connected, disconnecting, disconnected or connecting; "" when it does not exist.
func (c *Console) NetworkStatus(nameOrID string) string {
	return wire.Text(c.Agent(nameOrID), "networkStatus")
}

// SetOnline turns an endpoint on or off. One that comes online does what it was told meanwhile, after Options.EffectDelay.
func (c *Console) SetOnline(nameOrID string, online bool) bool {
	return c.SetAgent(nameOrID, func(a map[string]any) {
		a["isActive"], a["lastActiveDate"] = online, wire.Stamp(c.now())
		if online {
			c.wake(wire.Text(a, "id"), c.now())
		}
	})
}

// SetDeaf lets an endpoint that is online do nothing of what it is told, as one does whose agent hangs; or lets it catch up.
func (c *Console) SetDeaf(nameOrID string, deaf bool) bool {
	return c.SetAgent(nameOrID, func(a map[string]any) {
		if c.deaf == nil {
			c.deaf = map[string]bool{}
		}
		c.deaf[wire.Text(a, "id")] = deaf
	})
}

// SetUntaken lets the console pass over an endpoint without a word: what is asked of it is not counted in "affected" and makes no task.
// Live consoles do so with endpoints of other sites or versions, and do not say which ones (vendor's API document: "affected" counts).
func (c *Console) SetUntaken(nameOrID string, untaken bool) bool {
	return c.SetAgent(nameOrID, func(a map[string]any) {
		if c.untaken == nil {
			c.untaken = map[string]bool{}
		}
		c.untaken[wire.Text(a, "id")] = untaken
	})
}

// ListGone makes lists of endpoints name the decommissioned and uninstalled ones, too. That consoles leave them out by themselves is
// inferred, and some do not.
func (c *Console) ListGone() {
	defer c.lock()()
	c.agents.Whole = true
}

// SetReport has an endpoint report on a mitigation: the status is any of the vendor's list ("partial", "pending-reboot", "canceled", …)
// or a word that nobody has seen yet, and the counters say of how many.
func (c *Console) SetReport(threat, action, status string, total, success int) bool {
	defer c.look()()
	t := c.threats.Get(threat)
	r := report(t, action)
	if r == nil {
		return false
	}
	c.effects = slices.DeleteFunc(c.effects, func(e effect) bool { return strings.HasPrefix(e.topic, "mitigate "+threat+" ") })
	at := wire.Stamp(c.now())
	r["status"], r["lastUpdate"], r["mitigationStartedAt"], r["mitigationEndedAt"] = status, at, at, at
	r["actionsCounters"] = wire.Object{"total": total, "success": success, "failed": total - success, "pendingReboot": 0, "notFound": 0}
	wire.Put(t, "threatInfo.pendingActions", anyPending(t))
	wire.Put(t, "threatInfo.updatedAt", at)
	return true
}

// SetAgent changes an endpoint in place and bumps its updatedAt; false when there is none.
func (c *Console) SetAgent(nameOrID string, change func(map[string]any)) bool {
	defer c.look()()
	a := c.agentByNameOrID(nameOrID)
	if a == nil {
		return false
	}
	change(a)
	c.touchAgent(a, c.now())
	return true
}

// DeleteAgent takes an endpoint out.
func (c *Console) DeleteAgent(nameOrID string) bool {
	defer c.look()()
	return c.agents.Remove(wire.Text(c.agentByNameOrID(nameOrID), "id"))
}

// Threat returns a copy of a threat, nil when there is none.
func (c *Console) Threat(id string) map[string]any {
	defer c.look()()
	return copyOf(c.threats.Get(id))
}

// Threats returns copies of all threats in the order in which they were added.
func (c *Console) Threats() []map[string]any {
	defer c.look()()
	return copies(&c.threats)
}

// SetThreat changes a threat in place, as somebody in the console would, and bumps its updatedAt; false when there is none.
func (c *Console) SetThreat(id string, change func(map[string]any)) bool {
	defer c.look()()
	t := c.threats.Get(id)
	if t == nil {
		return false
	}
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(c.now()))
	change(t)
	c.reindex()
	c.recount(c.agents.Get(wire.Text(t, "agentRealtimeInfo.agentId")), c.now())
	return true
}

// DeleteThreat takes a threat out.
func (c *Console) DeleteThreat(id string) bool {
	defer c.look()()
	defer c.reindex()
	return c.threats.Remove(id)
}

// Alert returns a copy of an alert, nil when there is none.
func (c *Console) Alert(id string) map[string]any {
	defer c.look()()
	return copyOf(c.alerts.Get(id))
}

// Alerts returns copies of all alerts in the order in which they were added.
func (c *Console) Alerts() []map[string]any {
	defer c.look()()
	return copies(&c.alerts)
}

// SetAlert changes an alert in place and bumps its updatedAt; false when there is none.
func (c *Console) SetAlert(id string, change func(map[string]any)) bool {
	defer c.look()()
	a := c.alerts.Get(id)
	if a == nil {
		return false
	}
	wire.Put(a, "alertInfo.updatedAt", wire.Stamp(c.now()))
	change(a)
	return true
}

// DeleteAlert takes an alert out.
func (c *Console) DeleteAlert(id string) bool {
	defer c.look()()
	return c.alerts.Remove(id)
}

// Notes returns copies of the notes of a threat, oldest first.
func (c *Console) Notes(threat string) []map[string]any {
	defer c.look()()
	if c.notes[threat] == nil {
		return nil
	}
	return copies(c.notes[threat])
}

// Policy returns a copy of the policy that holds for an account; "" is the tenant's.
func (c *Console) Policy(account string) map[string]any {
	defer c.look()()
	return copyOf(c.policy(account))
}

// Activities returns copies of all activities, oldest first.
func (c *Console) Activities() []map[string]any {
	defer c.look()()
	return copies(&c.activities)
}

// AccountID is the id of an account by its name, "" when there is none.
func (c *Console) AccountID(name string) string {
	defer c.look()()
	return wire.Text(c.accounts.Find("name", name), "id")
}

// SiteID is the id of a site by its name.
func (c *Console) SiteID(name string) string {
	defer c.look()()
	return wire.Text(c.sites.Find("name", name), "id")
}

// GroupID is the id of a group by the names of its site and itself.
func (c *Console) GroupID(site, name string) string {
	defer c.look()()
	id := wire.Text(c.sites.Find("name", site), "id")
	for _, r := range c.groups.Rows {
		if wire.Text(r.Obj, "siteId") == id && wire.Text(r.Obj, "name") == name {
			return r.Id
		}
	}
	return ""
}

func copyOf(o wire.Object) map[string]any {
	if o == nil {
		return nil
	}
	return wire.Clone(o).(wire.Object)
}

func copies(l *store.Collection) []map[string]any {
	out := make([]map[string]any, 0, len(l.Rows))
	for _, r := range l.Rows {
		out = append(out, copyOf(r.Obj))
	}
	return out
}

// AddRawThreat adds a threat exactly as it is written, such as a recorded one, and returns its id. An endpoint that the
// console does not know is enrolled, so that it can be isolated.
func (c *Console) AddRawThreat(raw []byte) (id string, err error) {
	return c.addRaw(raw, "id", func(o wire.Object) {
		c.enrol(o, wire.Text(o, "agentRealtimeInfo.agentId"), wire.Text(o, "agentRealtimeInfo.agentComputerName"), wire.Text(o, "agentRealtimeInfo.agentOsType"))
		c.insertThreat(o, c.now()) // the endpoint is not counted anew: that would change what was recorded
	})
}

// AddRawAlert adds an alert exactly as it is written and returns its id.
func (c *Console) AddRawAlert(raw []byte) (id string, err error) {
	return c.addRaw(raw, "alertInfo.alertId", func(o wire.Object) {
		c.enrol(o, wire.Text(o, "agentRealtimeInfo.id"), wire.Text(o, "agentRealtimeInfo.name"), wire.Text(o, "agentRealtimeInfo.os"))
		c.insertAlert(o, c.now())
	})
}

// AddRawAgent adds an endpoint exactly as it is written and returns its id.
func (c *Console) AddRawAgent(raw []byte) (id string, err error) {
	return c.addRaw(raw, "id", func(o wire.Object) { c.agents.Put(wire.Text(o, "id"), o) })
}

// AddRawActivity adds an activity exactly as it is written and returns its id. Recordings repeat ids, so it never replaces.
func (c *Console) AddRawActivity(raw []byte) (id string, err error) {
	return c.addRaw(raw, "id", func(o wire.Object) { c.activities.Add(wire.Text(o, "id"), o) })
}

func (c *Console) addRaw(raw []byte, idPath string, add func(wire.Object)) (string, error) {
	v, err := wire.Decode(raw)
	if err != nil {
		return "", fmt.Errorf("read raw object: %w", err)
	}
	o, ok := v.(wire.Object)
	if !ok || wire.Text(o, idPath) == "" {
		return "", fmt.Errorf("raw object has no %s", idPath)
	}
	defer c.lock()()
	add(o)
	return wire.Text(o, idPath), nil
}

// enrol makes an endpoint for a recorded object that names one.
func (c *Console) enrol(o wire.Object, id, name, os string) {
	if id == "" || c.agents.Get(id) != nil {
		return
	}
	if _, known := platforms()[os]; !known {
		os = ""
	}
	c.newAgent(AgentSpec{ID: id, Name: name, OS: os, Offline: wire.Text(o, "agentRealtimeInfo.agentIsActive") == "false",
		Edit: func(a map[string]any) {
			for _, k := range []string{"accountId", "accountName", "siteId", "siteName", "groupId", "groupName"} {
				if v := wire.Value(o, "agentRealtimeInfo."+k); v != nil {
					a[k] = v
				}
			}
		}})
}
