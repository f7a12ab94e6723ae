package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/approvals"
	"s1bot/commands"
	"s1bot/render"
	"s1bot/s1"
)

// How the console's yes is followed until it is the endpoint's yes.
const (
	watchFirst  = 2 * time.Second // then half as long again each time,
	watchPause  = time.Minute     // at most this
	overdueTime = 10 * time.Minute
	watchLimit  = 24 * time.Hour // an endpoint that is off for longer is nobody's surprise
)

// An effect is what the console said about a request beyond its answer. It is part of the row and of the audit trail.
type effect struct {
	Changed []string          `json:"changed,omitempty"` // since it was shown to who approved
	Gone    []string          `json:"gone,omitempty"`    // left out, because the console no longer has it; ids
	Watched bool              `json:"watched,omitempty"`
	Applied int               `json:"applied,omitempty"`
	Waiting []string          `json:"waiting,omitempty"`
	Failed  []string          `json:"failed,omitempty"`
	Overdue bool              `json:"overdue,omitempty"`
	States  map[string]string `json:"states,omitempty"` // how far the first targets are, by id
	Says    []string          `json:"says,omitempty"`   // where nobody knows whether it ran: what the console says of each target
}

func effectOf(req approvals.Request) (e effect) {
	if json.Unmarshal(req.Effect, &e) != nil {
		return effect{}
	}
	return e
}

// parts tell of an effect: what is applied, what waits and why, what was different from what was shown.
func (e effect) parts() []render.Part {
	var parts []render.Part
	if e.Watched {
		words := []string{fmt.Sprintf("%d applied", e.Applied)}
		if len(e.Waiting) > 0 {
			words = append(words, fmt.Sprintf("%d waiting (%s)", len(e.Waiting), some(e.Waiting)))
		}
		if len(e.Failed) > 0 {
			words = append(words, fmt.Sprintf("%d failed (%s)", len(e.Failed), some(e.Failed)))
		}
		parts = append(parts, render.Line{render.Text(strings.Join(words, " · "))})
	}
	if e.Overdue {
		parts = append(parts, render.Line{render.Bold("⚠ It takes longer than it should: look at the endpoint.")})
	}
	if len(e.Changed) > 0 {
		parts = append(parts, render.Note{render.Text("Different from what was shown: " + some(e.Changed))})
	}
	return parts
}

// table tells how far each of the first targets is.
func (e effect) table(targets []commands.Target) render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "Where"}}}
	for _, t := range targets {
		if state, ok := e.States[t.ID]; ok {
			where := strings.TrimPrefix(strings.Join([]string{t.Host, dash(place(t))}, " · "), " · ")
			table.Rows = append(table.Rows, []render.Line{{render.Link(t.Name, t.URL)}, {render.Text(state)}, {render.Text(where)}})
		}
	}
	return table
}

// some is the first few of a list.
func some(list []string) string {
	words := strings.Join(list[:min(len(list), 5)], ", ")
	if more := len(list) - 5; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

// A goal is what must come true at the console after a command ran.
type goal struct {
	reached string // what a target is then
	agent   func(s1.Agent) bool
	threat  func(s1.Threat) bool
}

func goals() map[string]goal {
	mitigated := goal{reached: "✅ mitigated", threat: s1.Threat.Mitigated}
	return map[string]goal{
		"disconnect-agent-from-network": {reached: "⛔ isolated", agent: func(a s1.Agent) bool { return a.NetworkStatus == s1.NetworkDisconnected }},
		"connect-agent-to-network":      {reached: "✅ on the network", agent: func(a s1.Agent) bool { return a.NetworkStatus == s1.NetworkConnected }},
		"shutdown-endpoints":            {reached: "⚪ off", agent: func(a s1.Agent) bool { return !a.Online() }},
		"mitigate-threats":              mitigated,
		"kill-processes":                mitigated,
		"quarantine-files":              mitigated,
		"rollback-remediation":          mitigated,
	}
}

// A sight is what the console says of the endpoints and threats among some targets.
type sight struct {
	agents  map[string]s1.Agent
	threats map[string]s1.Threat
}

func (b *Bot) see(ctx context.Context, targets []commands.Target) (sight, error) {
	seen := sight{map[string]s1.Agent{}, map[string]s1.Threat{}}
	if ids := idsOf[s1.AgentID](targets, "agent"); len(ids) > 0 {
		agents, err := b.Console.AgentsByID(ctx, ids)
		if err != nil {
			return seen, err
		}
		for _, a := range agents {
			seen.agents[string(a.ID)] = a
		}
	}
	if ids := idsOf[s1.ThreatID](targets, "threat"); len(ids) > 0 {
		threats, err := b.Console.ThreatsByID(ctx, ids)
		if err != nil {
			return seen, err
		}
		for _, t := range threats {
			seen.threats[string(t.Identity())] = t
		}
	}
	return seen, nil
}

// has reports whether t is still there, as far as anybody looked.
func (s sight) has(t commands.Target) bool {
	switch t.Kind {
	case "agent":
		a, ok := s.agents[t.ID]
		return ok && !a.IsDecommissioned
	case "threat":
		_, ok := s.threats[t.ID]
		return ok
	}
	return true
}

// says is the state of t in words; nothing where nobody looked.
func (s sight) says(t commands.Target) string {
	if a, ok := s.agents[t.ID]; ok {
		return fmt.Sprintf("%s is %s, network %s", t.Name, presence(a.Online()), a.NetworkStatus.Label())
	}
	if found, ok := s.threats[t.ID]; ok {
		return fmt.Sprintf("%s on %s is %s", t.Name, t.Host, strings.ToLower(found.Info.MitigationStatus.Label()))
	}
	return ""
}

func presence(online bool) string {
	if online {
		return "online"
	}
	return "offline"
}

// follow begins to watch what a request was for, if that can be seen.
func (b *Bot) follow(ctx context.Context, req approvals.Request) {
	if _, ok := goals()[req.Command]; !ok {
		return
	}
	j := job{Watch: req.ID, User: req.Requester, Origin: origin{Key: "W" + req.ID + fmt.Sprint(req.Fence)}, Began: b.Now()}
	if err := b.startJob(ctx, j); err != nil {
		b.Log.Error("cannot watch the effect of a request", "request_id", req.ID, "err", err)
	}
}

// watch looks until everything is applied or has failed, or for a day.
func (w *worker) watch() {
	for pause := watchFirst; ; pause = min(pause*3/2, watchPause) {
		if !sleep(w.ctx, pause) {
			w.release(context.Cause(w.ctx))
			return
		}
		settled, err := w.b.observe(w.ctx, w.job)
		if err != nil && w.ctx.Err() == nil {
			w.b.Log.Warn("cannot see the effect of a request yet", "request_id", w.job.Watch, "err", err)
		}
		if settled || w.b.Now().Sub(w.job.Began) > watchLimit || errors.Is(err, approvals.ErrNotFound) {
			break
		}
	}
	ctx := context.WithoutCancel(w.ctx)
	if err := w.b.Jobs.Finish(ctx, w.id, w.b.desk.owner); err != nil {
		w.b.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// observe looks once, and edits the cards when something changed.
func (b *Bot) observe(ctx context.Context, j job) (settled bool, err error) {
	req, err := b.Ledger.Get(ctx, j.Watch)
	if err != nil || req.State == approvals.Running {
		return false, err
	}
	e := effectOf(req)
	targets := slices.DeleteFunc(planOf(req).Targets, func(t commands.Target) bool { return slices.Contains(e.Gone, t.ID) })
	seen, err := b.see(ctx, targets)
	if err != nil {
		return false, fmt.Errorf("look at what %s did: %w", req.Command, err)
	}
	e.measure(goals()[req.Command], seen, targets, req.Started)
	e.Overdue = len(e.Waiting) > 0 && b.Now().Sub(req.Started) > overdueTime && slices.ContainsFunc(e.Waiting, func(w string) bool { return !strings.HasSuffix(w, offline) })
	settled = len(e.Waiting) == 0
	body, err := json.Marshal(e)
	if err != nil {
		return settled, err
	}
	after, err := b.Ledger.Observe(ctx, req.ID, body)
	if err == nil && after.Rev != req.Rev {
		b.show(ctx, req.ID)
		b.changed(ctx, req)
	}
	return settled, err
}

// offline ends the words about a host that waits because it is off.
const offline = " is offline"

// measure counts on how many targets a goal came true since started.
func (e *effect) measure(g goal, seen sight, targets []commands.Target, started time.Time) {
	e.Watched, e.Applied, e.Waiting, e.Failed, e.States = true, 0, nil, nil, map[string]string{}
	for _, t := range targets {
		state := ""
		switch {
		case !seen.has(t):
			e.Failed, state = append(e.Failed, t.Name+" is gone"), "❌ gone"
		case t.Kind == "agent" && g.agent != nil:
			a := seen.agents[t.ID]
			state = e.count(g, g.agent(a), false, a.Online(), t.Name)
		case t.Kind == "threat" && g.threat != nil:
			found := seen.threats[t.ID]
			state = e.count(g, g.threat(found), failedSince(found, started), found.Online(), first(t.Host, t.Name))
		}
		if state != "" && len(e.States) < shownTargets {
			e.States[t.ID] = state
		}
	}
}

// count counts one target and says how far it is.
func (e *effect) count(g goal, applied, failed, online bool, name string) string {
	switch {
	case applied:
		e.Applied++
		return g.reached
	case failed:
		e.Failed = append(e.Failed, name)
		return "❌ failed"
	case online:
		e.Waiting = append(e.Waiting, name)
		return "⏳ waiting"
	}
	e.Waiting = append(e.Waiting, name+offline)
	return "⏳ waiting, offline"
}

// failedSince reports whether the endpoint reported since then that a mitigation failed.
func failedSince(t s1.Threat, since time.Time) bool {
	return slices.ContainsFunc(t.MitigationStatus, func(r s1.MitigationReport) bool {
		return strings.EqualFold(string(r.Status), "failed") && r.LastUpdate.After(since)
	})
}

// doubt asks the console about a request of which nobody knows whether it ran, so that a person can decide.
func (b *Bot) doubt(ctx context.Context, req approvals.Request) approvals.Request {
	e := effectOf(req)
	targets := planOf(req).Targets
	if len(e.Says) > 0 || len(targets) == 0 {
		return req
	}
	targets = targets[:min(len(targets), shownTargets)]
	seen, err := b.see(ctx, targets)
	if err != nil {
		b.Log.Warn("cannot ask the console what became of a request", "request_id", req.ID, "err", err)
		return req
	}
	for _, t := range targets {
		if words := seen.says(t); words != "" {
			e.Says = append(e.Says, words)
		}
	}
	if len(e.Says) == 0 {
		return req
	}
	body, err := json.Marshal(e)
	if err == nil {
		req, err = b.Ledger.Observe(ctx, req.ID, body)
	}
	if err != nil {
		b.Log.Warn("cannot write down what the console says", "request_id", req.ID, "err", err)
	}
	return req
}
