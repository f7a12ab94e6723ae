package world

import (
	"fmt"
	"slices"
	"strings"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// Agent returns a copy of an endpoint by id or computer name, nil when there is none; of several with one name the first.
func (w *agentTools) Agent(nameOrID string) map[string]any {
	defer w.Look()()
	return copyOf(w.agentByNameOrID(nameOrID))
}

// Agents returns copies of all endpoints, decommissioned ones too.
func (w *agentTools) Agents() []map[string]any {
	defer w.Look()()
	return Copies(&w.AgentRows)
}

// NetworkStatus is an endpoint's: connected, disconnecting, disconnected or connecting; "" when it does not exist.
func (w *agentTools) NetworkStatus(nameOrID string) string {
	return wire.Text(w.Agent(nameOrID), "networkStatus")
}

// SetOnline turns an endpoint on or off. One that comes online does what it was told meanwhile, after Options.EffectDelay.
func (w *agentTools) SetOnline(nameOrID string, online bool) bool {
	return w.SetAgent(nameOrID, func(a map[string]any) {
		a["isActive"], a["lastActiveDate"] = online, wire.Stamp(w.Now())
		if online {
			w.wake(wire.Text(a, "id"), w.Now())
		}
	})
}

// SetHung lets an endpoint that is online do nothing of what it is told, as one does whose agent hangs; or lets it catch up.
func (w *agentTools) SetHung(nameOrID string, hung bool) bool {
	return w.SetAgent(nameOrID, func(a map[string]any) {
		if w.hung == nil {
			w.hung = map[string]bool{}
		}
		w.hung[wire.Text(a, "id")] = hung
	})
}

// SetUntaken lets the console pass over an endpoint without a word: what is asked of it is not counted in "affected" and makes no task.
// Live consoles do so with endpoints of other sites or versions, and do not say which ones (vendor's API document: "affected" counts).
func (w *agentTools) SetUntaken(nameOrID string, untaken bool) bool {
	return w.SetAgent(nameOrID, func(a map[string]any) {
		if w.Untaken == nil {
			w.Untaken = map[string]bool{}
		}
		w.Untaken[wire.Text(a, "id")] = untaken
	})
}

// ListGone makes lists of endpoints name the decommissioned and uninstalled ones, too. That consoles leave them out by themselves is
// inferred, and some do not.
func (w *agentTools) ListGone() {
	defer w.Lock()()
	w.AgentRows.Whole = true
}

// SetReport has an endpoint report on a mitigation: the status is any of the vendor's list ("partial", "pending-reboot", "canceled", …)
// or a word that nobody has seen yet, and the counters say of how many.
func (w *findingTools) SetReport(threat, action, status string, total, success int) bool {
	defer w.Look()()
	t := w.ThreatRows.Get(threat)
	r := report(t, action)
	if r == nil {
		return false
	}
	w.effects = slices.DeleteFunc(w.effects, func(e effect) bool { return strings.HasPrefix(e.topic, "mitigate "+threat+" ") })
	at := wire.Stamp(w.Now())
	r["status"], r["lastUpdate"], r["mitigationStartedAt"], r["mitigationEndedAt"] = status, at, at, at
	r["actionsCounters"] = wire.Object{"total": total, "success": success, "failed": total - success, "pendingReboot": 0, "notFound": 0}
	wire.Put(t, "threatInfo.pendingActions", anyPending(t))
	wire.Put(t, "threatInfo.updatedAt", at)
	return true
}

// SetAgent changes an endpoint in place and bumps its updatedAt; false when there is none.
func (w *agentTools) SetAgent(nameOrID string, change func(map[string]any)) bool {
	defer w.Look()()
	a := w.agentByNameOrID(nameOrID)
	if a == nil {
		return false
	}
	change(a)
	w.touchAgent(a, w.Now())
	return true
}

// DeleteAgent takes an endpoint out.
func (w *agentTools) DeleteAgent(nameOrID string) bool {
	defer w.Look()()
	return w.AgentRows.Remove(wire.Text(w.agentByNameOrID(nameOrID), "id"))
}

// Threat returns a copy of a threat, nil when there is none.
func (w *findingTools) Threat(id string) map[string]any {
	defer w.Look()()
	return copyOf(w.ThreatRows.Get(id))
}

// Threats returns copies of all threats in the order in which they were added.
func (w *findingTools) Threats() []map[string]any {
	defer w.Look()()
	return Copies(&w.ThreatRows)
}

// SetThreat changes a threat in place, as somebody in the console would, and bumps its updatedAt; false when there is none.
func (w *findingTools) SetThreat(id string, change func(map[string]any)) bool {
	defer w.Look()()
	t := w.ThreatRows.Get(id)
	if t == nil {
		return false
	}
	wire.Put(t, "threatInfo.updatedAt", wire.Stamp(w.Now()))
	change(t)
	w.reindex()
	w.recount(w.AgentRows.Get(wire.Text(t, "agentRealtimeInfo.agentId")), w.Now())
	return true
}

// DeleteThreat takes a threat out.
func (w *findingTools) DeleteThreat(id string) bool {
	defer w.Look()()
	defer w.reindex()
	return w.ThreatRows.Remove(id)
}

// Alert returns a copy of an alert, nil when there is none.
func (w *findingTools) Alert(id string) map[string]any {
	defer w.Look()()
	return copyOf(w.AlertRows.Get(id))
}

// Alerts returns copies of all alerts in the order in which they were added.
func (w *findingTools) Alerts() []map[string]any {
	defer w.Look()()
	return Copies(&w.AlertRows)
}

// SetAlert changes an alert in place and bumps its updatedAt; false when there is none.
func (w *findingTools) SetAlert(id string, change func(map[string]any)) bool {
	defer w.Look()()
	a := w.AlertRows.Get(id)
	if a == nil {
		return false
	}
	wire.Put(a, "alertInfo.updatedAt", wire.Stamp(w.Now()))
	change(a)
	return true
}

// DeleteAlert takes an alert out.
func (w *findingTools) DeleteAlert(id string) bool {
	defer w.Look()()
	return w.AlertRows.Remove(id)
}

// Notes returns copies of the notes of a threat, oldest first.
func (w *findingTools) Notes(threat string) []map[string]any {
	defer w.Look()()
	if w.notes[threat] == nil {
		return nil
	}
	return Copies(w.notes[threat])
}

// Policy returns a copy of the policy that holds for an account; "" is the tenant's.
func (w *placeTools) Policy(account string) map[string]any {
	defer w.Look()()
	return copyOf(w.policy(account))
}

// Activities returns copies of all activities, oldest first.
func (w *agentTools) Activities() []map[string]any {
	defer w.Look()()
	return Copies(&w.ActivityRows)
}

// AccountID is the id of an account by its name, "" when there is none.
func (w *placeTools) AccountID(name string) string {
	defer w.Look()()
	return wire.Text(w.AccountRows.Find("name", name), "id")
}

// SiteID is the id of a site by its name.
func (w *placeTools) SiteID(name string) string {
	defer w.Look()()
	return wire.Text(w.SiteRows.Find("name", name), "id")
}

// GroupID is the id of a group by the names of its site and itself.
func (w *placeTools) GroupID(site, name string) string {
	defer w.Look()()
	id := wire.Text(w.SiteRows.Find("name", site), "id")
	for _, r := range w.GroupRows.Rows {
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

// Copies is what tests get of a collection: changing it changes nothing here.
func Copies(l *store.Collection) []map[string]any {
	out := make([]map[string]any, 0, len(l.Rows))
	for _, r := range l.Rows {
		out = append(out, copyOf(r.Obj))
	}
	return out
}

// AddRawThreat adds a threat exactly as it is written, such as a recorded one, and returns its id. An endpoint that the
// console does not know is enrolled, so that it can be isolated.
func (w *findingTools) AddRawThreat(raw []byte) (id string, err error) {
	return w.addRaw(raw, "id", func(o wire.Object) {
		w.enrol(o, wire.Text(o, "agentRealtimeInfo.agentId"), wire.Text(o, "agentRealtimeInfo.agentComputerName"), wire.Text(o, "agentRealtimeInfo.agentOsType"))
		w.insertThreat(o, w.Now()) // the endpoint is not counted anew: that would change what was recorded
	})
}

// AddRawAlert adds an alert exactly as it is written and returns its id.
func (w *findingTools) AddRawAlert(raw []byte) (id string, err error) {
	return w.addRaw(raw, "alertInfo.alertId", func(o wire.Object) {
		w.enrol(o, wire.Text(o, "agentRealtimeInfo.id"), wire.Text(o, "agentRealtimeInfo.name"), wire.Text(o, "agentRealtimeInfo.os"))
		w.insertAlert(o, w.Now())
	})
}

// AddRawAgent adds an endpoint exactly as it is written and returns its id.
func (w *agentTools) AddRawAgent(raw []byte) (id string, err error) {
	return w.addRaw(raw, "id", func(o wire.Object) { w.AgentRows.Put(wire.Text(o, "id"), o) })
}

// AddRawActivity adds an activity exactly as it is written and returns its id. Recordings repeat ids, so it never replaces.
func (w *agentTools) AddRawActivity(raw []byte) (id string, err error) {
	return w.addRaw(raw, "id", func(o wire.Object) { w.ActivityRows.Add(wire.Text(o, "id"), o) })
}

func (w *endpoints) addRaw(raw []byte, idPath string, add func(wire.Object)) (string, error) {
	v, err := wire.Decode(raw)
	if err != nil {
		return "", fmt.Errorf("read raw object: %w", err)
	}
	o, ok := v.(wire.Object)
	if !ok || wire.Text(o, idPath) == "" {
		return "", fmt.Errorf("raw object has no %s", idPath)
	}
	defer w.Lock()()
	add(o)
	return wire.Text(o, idPath), nil
}

// enrol makes an endpoint for a recorded object that names one.
func (w *endpoints) enrol(o wire.Object, id, name, os string) {
	if id == "" || w.AgentRows.Get(id) != nil {
		return
	}
	if _, known := platforms()[os]; !known {
		os = ""
	}
	w.newAgent(AgentSpec{ID: id, Name: name, OS: os, Offline: wire.Text(o, "agentRealtimeInfo.agentIsActive") == "false",
		Edit: func(a map[string]any) {
			for _, k := range []string{"accountId", "accountName", "siteId", "siteName", "groupId", "groupName"} {
				if v := wire.Value(o, "agentRealtimeInfo."+k); v != nil {
					a[k] = v
				}
			}
		}})
}
