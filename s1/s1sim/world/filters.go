package world

import (
	"sync"

	"s1bot/s1/s1sim/filterkeys"
	"s1bot/s1/s1sim/keys"
	"s1bot/s1/s1sim/wire"
)

// tables are the legal keys of filters, made once: every call asks for one of them. Nobody changes what they return.
type tables struct{ agents, threats, alerts func() keys.Table }

func tablesOf(w *World) tables {
	return tables{
		agents:  sync.OnceValue(func() keys.Table { return filterkeys.Agents(facts{w}) }),
		threats: sync.OnceValue(func() keys.Table { return filterkeys.Threats(facts{w}) }),
		alerts:  sync.OnceValue(func() keys.Table { return filterkeys.Alerts(facts{w}) }),
	}
}

// AgentKeys are the legal keys of an agent filter, in lists and in bodies of actions.
func AgentKeys(w *World) keys.Table { return w.tables.agents() }

func threatKeys(w *World) keys.Table { return w.tables.threats() }

func alertKeys(w *World) keys.Table { return w.tables.alerts() }

// facts are what keys ask of the world beside a row.
type facts struct{ w *World }

func (f facts) ThreatsOn(agent string) (all []wire.Object) {
	for _, r := range f.w.threatsOf(agent) {
		all = append(all, r.Obj)
	}
	return all
}

func (f facts) HasNotes(threat string) bool {
	notes := f.w.notes[threat]
	return notes != nil && len(notes.Rows) > 0
}

func (f facts) Endpoint(id string) wire.Object { return f.w.AgentRows.Get(id) }
