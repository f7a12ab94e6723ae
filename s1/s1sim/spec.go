package s1sim

import (
	"s1bot/s1/s1sim/unified"
	"s1bot/s1/s1sim/world"
)

// What tests describe when they add something; see the world, whose types these are.
type (
	AgentSpec  = world.AgentSpec
	ThreatSpec = world.ThreatSpec
	AlertSpec  = world.AlertSpec
	Indicator  = world.Indicator
	Tactic     = world.Tactic

	UnifiedSpec = unified.Spec
)
