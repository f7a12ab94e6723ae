package bot

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands/catalog"
	"s1bot/s1"
)

// effectFor is what the console tells later of what a request did, and the action that it takes on threats; nil where there is nothing
// to watch.
func (b *Bot) effectFor(req approvals.Request) (watched *catalog.Effect, action string) {
	cmd, ok := b.Catalog.Find(req.Command)
	if !ok || cmd.Effect == nil {
		return nil, ""
	}
	return cmd.Effect, cmd.Effect.ActionOf(req.Args)
}

// mayTake is how long a script was given.
func mayTake(req approvals.Request) time.Duration {
	var args struct {
		Seconds int `json:"script-runtime-timeout-seconds"`
	}
	_ = json.Unmarshal(req.Args, &args) // without one the usual time counts
	return time.Duration(args.Seconds) * time.Second
}

// A sight is what the console says of the endpoints and threats among some targets, and of the tasks of a script.
type sight struct {
	agents  map[string]s1.Agent
	threats map[string]s1.Threat
	tasks   map[string]s1.ScriptTask // by endpoint
}

// A stage is how far a target is, why, and what people call it.
type stage struct {
	is     catalog.Progress
	why    string
	name   string
	hinder string // of the endpoint: "is offline"
	begun  bool   // a script has a task for it
}

// stageOf is how far an effect is on a target.
func (s sight) stageOf(g catalog.Effect, t catalog.Target, action string, since time.Time) stage {
	at := stage{is: catalog.Unseen, name: t.Name}
	switch {
	case !s.has(t):
		at.is, at.why = catalog.Failed, first(catalog.Gone(s.agents[t.ID]), "gone")
	case g.Task != nil:
		task, begun := s.tasks[t.ID]
		at.is, at.hinder = catalog.Waiting, catalog.Presence(s.agents[t.ID])
		if at.begun = begun; begun {
			at.is, at.why = g.Task(task)
		}
		if gone := catalog.Gone(s.agents[t.ID]); gone != "" && at.is == catalog.Waiting {
			at.is, at.why = catalog.Failed, gone
		}
	case t.Kind == "agent" && g.Agent != nil:
		a := s.agents[t.ID]
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
func (at stage) waiting() (words, cell string) {
	what := strings.Join(slices.DeleteFunc([]string{at.hinder, at.why}, func(s string) bool { return s == "" }), ", ")
	if what == "" {
		return at.name, "⏳ waiting"
	}
	return at.name + " " + what, "⏳ waiting, " + strings.TrimPrefix(what, "is ")
}

// offline ends the words about a target that waits because its endpoint is off.
const offline = " is offline"

// allRestart tells whether nothing waits but for a restart.
func allRestart(waiting []string) bool {
	return !slices.ContainsFunc(waiting, func(w string) bool { return !strings.Contains(w, catalog.NeedsRestart) })
}

// allOffline tells whether nothing waits but what is off.
func allOffline(waiting []string) bool {
	return !slices.ContainsFunc(waiting, func(w string) bool { return !strings.HasSuffix(w, offline) })
}
