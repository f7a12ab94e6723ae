package world

import (
	"context"
	"time"

	"s1bot/s1/s1sim/wire"
)

// Attack keeps the console busy until ctx ends: every so often something new happens, as Strike says. It blocks.
func (w *scenes) Attack(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			w.CheckIn()
			w.Strike()
		case <-ctx.Done():
			return
		}
	}
}

// CheckIn lets every endpoint that is online speak to the console: it was seen just now, not when the console began.
func (w *scenes) CheckIn() {
	defer w.Lock()()
	for _, r := range w.AgentRows.Where(func(a wire.Object) bool { return wire.Flag(a, "isActive") }) {
		r.Obj["lastActiveDate"] = wire.Stamp(w.Now())
	}
}

// Strike makes one thing happen, in turn: a threat on one host, an alert, a storyline over several
// hosts, and something that becomes of an older threat. It returns the ids of the threats and
// alerts that are new or changed. What happens in which turn is fixed, whom it hits is drawn: a
// test may count on the fourth strike being a development.
func (w *scenes) Strike() []string {
	defer w.Lock()()
	n := w.wave
	w.wave++
	switch n % 4 {
	case 1:
		list := AlertScenarios()
		return []string{wire.Text(w.newAlert(w.stagedAlert(list[n/4%len(list)])), "alertInfo.alertId")}
	case 3:
		return w.develop()
	}
	list := scenarios()
	hosts := 1
	if n%4 == 2 {
		hosts = 2 + w.rng.IntN(3)
	}
	var ids []string
	for i, t := range w.staged(list[n/2%len(list)], hosts) {
		t.CreatedAt = w.Now().Add(time.Duration(i) * time.Microsecond)
		ids = append(ids, wire.Text(w.newThreat(t), "id"))
	}
	return ids
}

// develop changes the oldest threat that nobody has dealt with: its policy mitigates it, or an analyst in the console takes
// it up.
func (w *scenes) develop() []string {
	for _, r := range w.ThreatRows.Rows {
		t := r.Obj
		if wire.Text(t, "threatInfo.incidentStatus") != "unresolved" {
			continue
		}
		if wire.Text(t, "threatInfo.mitigationStatus") == "not_mitigated" && Online(w.AgentRows.Get(wire.Text(t, "agentRealtimeInfo.agentId"))) {
			w.treat(mitigationActions()["quarantine"], t, w.Now())
		}
		w.setThreat(t, "incidentStatus", "in_progress", changedIncident, w.Now())
		return []string{r.Id}
	}
	return nil
}
