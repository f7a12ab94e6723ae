package world

import (
	"fmt"
	"strings"
	"time"

	"s1bot/s1/s1sim/wire"
)

// population is the endpoints of a new console: name, site, group, operating system, user and state. Some names begin with
// others, KIOSK is there twice, and a few endpoints are offline or gone, since those are what goes wrong in real life.
const population = `
DESKTOP-1     Paris   Workstations  windows         jdoe      online
DESKTOP-2     Paris   Workstations  windows         amartin   online
DESKTOP-3     Paris   Workstations  windows         lbernard  online
DESKTOP-4     Paris   Workstations  windows         cpetit    offline
DESKTOP-5     Paris   Workstations  windows         srobert   online
DESKTOP-10    Paris   Workstations  windows         nrichard  online
DESKTOP-11    Paris   Workstations  windows         hdurand   online
DESKTOP-12    Lyon    Workstations  windows         pmoreau   online
DESKTOP-13    Lyon    Workstations  windows         elaurent  online
DESKTOP-14    Lyon    Workstations  windows         msimon    offline
DESKTOP-15    Lyon    Workstations  windows         jmichel   online
DESKTOP-20    Berlin  Workstations  windows         tschulz   online
DESKTOP-21    Berlin  Workstations  windows         kbecker   online
LAPTOP-1      Paris   Laptops       windows         cfournier online
LAPTOP-2      Paris   Laptops       windows         vgirard   online
LAPTOP-3      Paris   Laptops       windows         obonnet   offline
LAPTOP-4      Lyon    Laptops       windows         ddupont   online
LAPTOP-5      Lyon    Laptops       windows         ilambert  online
LAPTOP-6      Berlin  Laptops       windows         mweber    online
LAPTOP-7      Berlin  Laptops       windows         shoffmann offline
LAPTOP-8      Berlin  Laptops       windows         fwagner   online
MAC-1         Paris   Laptops       macos           arousseau online
MAC-2         Paris   Laptops       macos           zmuller   online
MAC-3         Berlin  Laptops       macos           bkoch     offline
SRV-DC-1      Paris   Servers       windows:server  -         online
SRV-DC-2      Paris   Servers       windows:server  -         offline
SRV-FILE-1    Paris   Servers       windows:server  svc_backup online
SRV-SQL-1     Lyon    Servers       windows:server  svc_sql   online
SRV-MAIL-1    Berlin  Servers       windows:server  -         online
SRV-PRINT-1   Lyon    Servers       windows:server  -         online
LNX-WEB-1     Paris   Servers       linux           www-data  online
LNX-WEB-2     Paris   Servers       linux           www-data  online
LNX-DB-1      Lyon    Servers       linux           postgres  online
LNX-BUILD-1   Berlin  Servers       linux           ci        offline
KIOSK         Paris   Kiosks        windows         kiosk     online
KIOSK         Lyon    Kiosks        windows         kiosk     online
LAB-WIN7      Berlin  Laboratory    windows_legacy  lab       online
LAB-CAM-1     Berlin  Laboratory    linux           root      online
DESKTOP-OLD-1 Paris   Workstations  windows         pgarnier  decommissioned
DESKTOP-OLD-2 Lyon    Workstations  windows         rfaure    decommissioned
`

// seed fills a new world. The order matters: what is drawn depends on what was drawn before, so a
// thing that is put in between changes the addresses and serial numbers of all that follow.
// Whatever is added later goes to the end or through Repeatably.
func (w *scenes) seed() {
	w.policies[""] = w.tenantPolicy()
	main := w.newAccount("Example Corp")
	other := w.newAccount("Example Labs")
	for _, name := range []string{"Paris", "Lyon"} {
		w.newSite(main, name, name == "Paris")
	}
	w.newSite(other, "Berlin", true)
	for _, r := range w.SiteRows.Rows {
		for _, name := range []string{defaultGroup, "Workstations", "Servers", "Laptops"} {
			w.newGroup(r.Obj, name, "static")
		}
	}
	w.populate()
}

// populate makes Options.Agents endpoints: those of the population first, and plain ones after them
// where more are asked for.
func (w *scenes) populate() {
	lines := strings.Split(strings.TrimSpace(population), "\n")
	for i := range w.Opt.Agents {
		if i >= len(lines) {
			w.newAgent(AgentSpec{Name: fmt.Sprintf("PC-%04d", i), Site: w.SiteRows.Rows[i%len(w.SiteRows.Rows)].Obj["name"].(string),
				Group: "Workstations", User: fmt.Sprintf("user%d", i)})
			continue
		}
		f := strings.Fields(lines[i])
		os, kind, _ := strings.Cut(f[3], ":")
		if f[2] == "Laptops" {
			kind = "laptop"
		}
		w.newAgent(AgentSpec{Name: f[0], Site: f[1], Group: f[2], OS: os, Type: kind, User: strings.Trim(f[4], "-"),
			Offline: f[5] == "offline", Decommissioned: f[5] == "decommissioned"})
	}
}

// History is what happened in the days before somebody looked: some of it dealt with, some not.
// Each state in which a threat can be found is there, and those that are nobody's yet twice.
func (w *scenes) History() {
	if len(w.AgentRows.Rows) == 0 {
		return
	}
	states := []ThreatSpec{
		{Verdict: "true_positive", Incident: "resolved", Mitigation: "mitigated"},
		{Verdict: "false_positive", Incident: "resolved", Mitigation: "marked_as_benign"},
		{Verdict: "undefined", Incident: "in_progress", Mitigation: "mitigated"},
		{Verdict: "suspicious", Incident: "in_progress"},
		{},
		{},
	}
	for i, s := range scenarios() {
		state := states[i%len(states)]
		for _, t := range w.staged(s, 1+i%2) {
			t.Verdict, t.Incident, t.Mitigation = state.Verdict, state.Incident, state.Mitigation
			t.CreatedAt = w.Now().Add(-time.Duration(6*(len(scenarios())-i))*time.Hour - time.Duration(w.rng.IntN(3600))*time.Second)
			t.UpdatedAt = t.CreatedAt.Add(20 * time.Minute)
			o := w.newThreat(t)
			if state.Incident != "" {
				w.addNote(o, "Looked at "+t.Name+": see the timeline.", "Ana Lyst", "225494730938493816", t.UpdatedAt)
			}
		}
	}
	for i, a := range AlertScenarios() {
		a = w.stagedAlert(a)
		a.CreatedAt = w.Now().Add(-time.Duration(5*(i+1)) * time.Hour)
		w.newAlert(a)
	}
}

// DaysAgo is that many days before now.
func (w *core) DaysAgo(n int) time.Time { return w.Now().AddDate(0, 0, -n) }

// Hex is n made-up hexadecimal digits.
func (w *core) Hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[w.rng.IntN(16)]
	}
	return string(b)
}

// UUID is a made-up one.
func (w *core) UUID() string {
	h := w.Hex(32)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// anyAgent is the named agent, or one that is online when there is no such name.
func (w *endpoints) anyAgent(nameOrID string) wire.Object {
	if o := w.agentByNameOrID(nameOrID); o != nil {
		return o
	}
	if nameOrID != "" {
		return w.newAgent(AgentSpec{Name: nameOrID})
	}
	up := w.AgentRows.Where(Online)
	if len(up) == 0 {
		return w.newAgent(AgentSpec{})
	}
	return up[w.rng.IntN(len(up))].Obj
}
