package world

import (
	"slices"
	"time"

	"s1bot/s1/s1sim/wire"
)

// An effect is something that an endpoint will do when its time has come and it is online.
type effect struct {
	due   time.Time
	agent string
	topic string // a newer effect of the same agent and topic takes its place
	apply func(agent wire.Object, at time.Time)
}

// Later plans an effect for the time that endpoints take to obey. A newer order takes the place of
// an older one of the same topic that has not been obeyed: whoever isolates an endpoint and
// reconnects it while it is offline gets a connected one. Topics keep apart what does not
// contradict each other, such as a scan and an isolation.
func (w *schedule) Later(agent, topic string, at time.Time, apply func(wire.Object, time.Time)) {
	w.effects = slices.DeleteFunc(w.effects, func(e effect) bool { return e.agent == agent && e.topic == topic })
	w.effects = append(w.effects, effect{at.Add(w.Opt.EffectDelay), agent, topic, apply})
}

// settle lets happen, in their order, what is due by now. Each effect is stamped with the moment it
// was due, so that it does not matter who looked when. An effect may plan another, so the search
// begins anew after each one.
func (w *schedule) settle(now time.Time) {
	for {
		i := w.nextDue(now)
		if i < 0 {
			return
		}
		e := w.effects[i]
		w.effects = slices.Delete(w.effects, i, i+1)
		e.apply(w.AgentRows.Get(e.agent), e.due)
	}
}

// nextDue is the index of the effect that was due first among those whose endpoint can obey, -1 if
// there is none. What waits for an endpoint that is offline holds up nobody else.
func (w *schedule) nextDue(now time.Time) int {
	best := -1
	for i, e := range w.effects {
		if e.due.After(now) || !Online(w.AgentRows.Get(e.agent)) || w.hung[e.agent] {
			continue
		}
		if best < 0 || e.due.Before(w.effects[best].due) {
			best = i
		}
	}
	return best
}

// wake lets an endpoint that came online take the time it needs for what waited for it.
func (w *schedule) wake(agent string, now time.Time) {
	for i := range w.effects {
		if w.effects[i].agent == agent {
			w.effects[i].due = now.Add(w.Opt.EffectDelay)
		}
	}
}

// Online tells whether an endpoint is there to obey.
func Online(agent wire.Object) bool {
	return wire.Flag(agent, "isActive") && !wire.Flag(agent, "isDecommissioned") && !wire.Flag(agent, "isUninstalled")
}
