package s1sim

import (
	"context"
	"time"

	"s1bot/s1/s1sim/wire"
)

// Attack keeps the console busy until ctx ends: every so often something new happens, as Strike says. It blocks.
func (c *Console) Attack(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			c.Strike()
		case <-ctx.Done():
			return
		}
	}
}

// Strike makes one thing happen, in turn: a threat on one host, an alert, a storyline over several hosts, and something that
// becomes of an older threat. It returns the ids of the threats and alerts that are new or changed.
func (c *Console) Strike() []string {
	defer c.lock()()
	n := c.wave
	c.wave++
	switch n % 4 {
	case 1:
		list := alertScenarios()
		return []string{wire.Text(c.newAlert(c.stagedAlert(list[n/4%len(list)])), "alertInfo.alertId")}
	case 3:
		return c.develop()
	}
	list := scenarios()
	hosts := 1
	if n%4 == 2 {
		hosts = 2 + c.rng.IntN(3)
	}
	var ids []string
	for i, t := range c.staged(list[n/2%len(list)], hosts) {
		t.CreatedAt = c.now().Add(time.Duration(i) * time.Microsecond)
		ids = append(ids, wire.Text(c.newThreat(t), "id"))
	}
	return ids
}

// develop changes the oldest threat that nobody has dealt with: its policy mitigates it, or an analyst in the console takes
// it up.
func (c *Console) develop() []string {
	for _, r := range c.threats.Rows {
		t := r.Obj
		if wire.Text(t, "threatInfo.incidentStatus") != "unresolved" {
			continue
		}
		if wire.Text(t, "threatInfo.mitigationStatus") == "not_mitigated" && online(c.agents.Get(wire.Text(t, "agentRealtimeInfo.agentId"))) {
			c.treat(mitigationActions()["quarantine"], t, c.now())
		}
		c.setThreat(t, "incidentStatus", "in_progress", changedIncident, c.now())
		return []string{r.Id}
	}
	return nil
}
