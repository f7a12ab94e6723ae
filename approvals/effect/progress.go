package effect

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/s1"
)

// Measure counts on how many targets an effect came true since then.
//
// Everything but the facts of the run is counted from zero, so that a target which went from
// waiting to failed is not in both. Since is a little before the run, by the difference that two
// clocks may have: a state that the console dated earlier was not brought about by it.
func (e *Effect) Measure(g catalog.Effect, seen Snapshot, targets []catalog.Target, action string, since time.Time) {
	*e = Effect{Changed: e.Changed, Gone: e.Gone, Before: e.Before, Accepted: e.Accepted, Refused: e.Refused, Task: e.Task, Says: e.Says,
		Watched: true, Done: g.DoneBy(action), States: map[string]string{}}
	for _, t := range targets {
		at := seen.progressOf(g, t, action, since)
		if g.Task != nil && at.is == catalog.Waiting && !at.begun && len(seen.Tasks) >= e.Accepted {
			at.is, at.why = catalog.Failed, "not accepted by the console" // all that it took have a task
		}
		if refused, ok := e.Refused[t.ID]; ok {
			at.is, at.why = catalog.Failed, refused
		}
		state := ""
		switch at.is {
		case catalog.Applied:
			e.Applied, state = e.Applied+1, g.ReachedBy(action)
		case catalog.Partly:
			e.Partly, state = append(e.Partly, strings.TrimSuffix(at.name+": "+at.why, ": ")), "⚠ partly applied"
		case catalog.Failed:
			e.Failed, state = append(e.Failed, at.name+": "+at.why), "❌ "+at.why
		case catalog.Waiting:
			var words string
			words, state = at.waiting()
			e.Waiting = append(e.Waiting, words)
		default:
			e.Unseen, state = append(e.Unseen, at.name), "❔ the console doesn't say"
		}
		if len(e.States) < MostStates {
			e.States[t.ID] = state
		}
	}
	e.Untaken = max(0, len(targets)-len(e.Before)-len(e.Failed)-e.Accepted)
}

// A progress is how far a target is, why, and what people call it.
//
// hinder and why are told together: "DESKTOP-1 is offline, needs a restart".
type progress struct {
	is     catalog.Progress
	why    string
	name   string
	hinder string // of the endpoint: "is offline"
	begun  bool   // a script has a task for it
}

// progressOf is how far an effect is on a target.
//
// What is decommissioned or gone while it waits has failed: nothing will ever apply it, and a watch
// that waits for it would end after a day with "not applied yet". A threat's row carries the state
// of its endpoint, so no second look-up is needed for that.
func (s Snapshot) progressOf(g catalog.Effect, t catalog.Target, action string, since time.Time) progress {
	at := progress{is: catalog.Unseen, name: t.Name}
	switch {
	case !s.Has(t):
		at.is, at.why = catalog.Failed, cmp.Or(catalog.Gone(s.Agents[t.ID]), "gone")
	case g.Task != nil:
		task, begun := s.Tasks[t.ID]
		at.is, at.hinder = catalog.Waiting, catalog.Presence(s.Agents[t.ID])
		if at.begun = begun; begun {
			at.is, at.why = g.Task(task)
		}
		if gone := catalog.Gone(s.Agents[t.ID]); gone != "" && at.is == catalog.Waiting {
			at.is, at.why = catalog.Failed, gone
		}
	case t.Kind == "agent" && g.Agent != nil:
		a := s.Agents[t.ID]
		at.is, at.why = g.Agent(a, t, since)
		at.hinder = catalog.Presence(a)
		if gone := catalog.Gone(a); gone != "" && at.is == catalog.Waiting {
			at.is, at.why = catalog.Failed, gone
		}
	case t.Kind == "threat" && g.Threat != nil:
		found := s.threats[t.ID]
		at.is, at.why = g.Threat(found, action, since)
		at.name, at.hinder = strings.TrimSuffix(t.Name+" on "+t.Host, " on "), catalog.Presence(s1.Agent{IsActive: found.Online(), IsDecommissioned: found.Realtime.IsDecommissioned})
		if found.Realtime.IsDecommissioned && at.is == catalog.Waiting {
			at.is, at.why = catalog.Failed, "its endpoint is decommissioned"
		}
	}
	return at
}

// waiting says what a target waits for.
//
// The first is for a sentence and has the name in it; the second is for a table, whose row has it
// already.
func (at progress) waiting() (words, cell string) {
	what := strings.Join(slices.DeleteFunc([]string{at.hinder, at.why}, func(s string) bool { return s == "" }), ", ")
	if what == "" {
		return at.name, "⏳ waiting"
	}
	return at.name + " " + what, "⏳ waiting, " + strings.TrimPrefix(what, "is ")
}

// offline ends the words about a target that waits because its endpoint is off.
//
// It is matched against the words that waiting made, which are all that the row keeps.
const offline = " is offline"

// allRestart tells whether nothing waits but for a restart.
func allRestart(waiting []string) bool {
	return !slices.ContainsFunc(waiting, func(w string) bool { return !strings.Contains(w, catalog.NeedsRestart) })
}

// allOffline tells whether nothing waits but what is off.
func allOffline(waiting []string) bool {
	return !slices.ContainsFunc(waiting, func(w string) bool { return !strings.HasSuffix(w, offline) })
}
