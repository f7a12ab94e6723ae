package s1sim

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

// later plans an effect for the time that endpoints take to obey.
func (c *Console) later(agent, topic string, at time.Time, apply func(wire.Object, time.Time)) {
	c.effects = slices.DeleteFunc(c.effects, func(e effect) bool { return e.agent == agent && e.topic == topic })
	c.effects = append(c.effects, effect{at.Add(c.opt.EffectDelay), agent, topic, apply})
}

// settle lets happen, in their order, what is due by now. Each effect is stamped with the moment it was due, so that it does
// not matter who looked when.
func (c *Console) settle(now time.Time) {
	for {
		i := c.nextDue(now)
		if i < 0 {
			return
		}
		e := c.effects[i]
		c.effects = slices.Delete(c.effects, i, i+1)
		e.apply(c.agents.Get(e.agent), e.due)
	}
}

func (c *Console) nextDue(now time.Time) int {
	best := -1
	for i, e := range c.effects {
		if e.due.After(now) || !online(c.agents.Get(e.agent)) || c.deaf[e.agent] {
			continue
		}
		if best < 0 || e.due.Before(c.effects[best].due) {
			best = i
		}
	}
	return best
}

// wake lets an endpoint that came online take the time it needs for what waited for it.
func (c *Console) wake(agent string, now time.Time) {
	for i := range c.effects {
		if c.effects[i].agent == agent {
			c.effects[i].due = now.Add(c.opt.EffectDelay)
		}
	}
}

func online(agent wire.Object) bool {
	return wire.Flag(agent, "isActive") && !wire.Flag(agent, "isDecommissioned") && !wire.Flag(agent, "isUninstalled")
}
