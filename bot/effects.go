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
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// How the console's yes is followed until it is the endpoint's yes.
const (
	watchLimit  = 24 * time.Hour // an endpoint that is off for longer is nobody's surprise
	settledSoon = 30 * time.Second
)

// An effect is what the console said about a request beyond its answer. It is part of the row and of the audit trail.
type effect struct {
	Changed  []string          `json:"changed,omitempty"`  // since it was shown to who approved
	Gone     []string          `json:"gone,omitempty"`     // left out, because the console no longer has it; ids
	Before   []string          `json:"before,omitempty"`   // isolated already when it ran; ids
	Accepted int               `json:"accepted,omitempty"` // by the console
	Refused  map[string]string `json:"refused,omitempty"`  // by the console: why, by id
	Task     string            `json:"task,omitempty"`     // of a script, that does it
	Watched  bool              `json:"watched,omitempty"`
	Applied  int               `json:"applied,omitempty"`
	Waiting  []string          `json:"waiting,omitempty"`
	Partly   []string          `json:"partly,omitempty"` // at their end, and not all of it was done
	Failed   []string          `json:"failed,omitempty"`
	Untaken  int               `json:"untaken,omitempty"` // that the console did not take, without saying which
	Unseen   []string          `json:"unseen,omitempty"`  // of which the console does not tell
	Done     string            `json:"done,omitempty"`    // what an applied target is: "isolated"
	Overdue  bool              `json:"overdue,omitempty"`
	Stopped  bool              `json:"stopped,omitempty"` // nobody watches any more
	States   map[string]string `json:"states,omitempty"`  // how far the first targets are, by id
	Says     []string          `json:"says,omitempty"`    // where nobody knows whether it ran: what the console says of each target
}

func effectOf(req approvals.Request) (e effect) {
	if json.Unmarshal(req.Effect, &e) != nil {
		return effect{}
	}
	return e
}

// Words are the three states apart: accepted by the console, applied by the endpoints, and failed or not yet applied.
func (e effect) Words() string {
	var words []string
	if e.Accepted > 0 {
		words = append(words, fmt.Sprintf("%d accepted", e.Accepted))
	}
	if e.Watched && (e.Applied > 0 || len(e.Waiting)+len(e.Failed)+len(e.Partly)+len(e.Unseen) > 0) {
		words = append(words, fmt.Sprintf("%d applied", e.Applied))
	}
	if len(e.Waiting) > 0 {
		words = append(words, fmt.Sprintf("%d waiting (%s)", len(e.Waiting), some(e.Waiting)))
	}
	if len(e.Partly) > 0 {
		words = append(words, fmt.Sprintf("%d in part (%s)", len(e.Partly), some(e.Partly)))
	}
	if len(e.Failed) > 0 {
		words = append(words, fmt.Sprintf("%d failed (%s)", len(e.Failed), some(e.Failed)))
	}
	if e.Untaken > 0 {
		words = append(words, fmt.Sprintf("%d not taken by the console, which does not say which", e.Untaken))
	}
	if len(e.Unseen) > 0 {
		words = append(words, fmt.Sprintf("%d of which the console tells nothing (%s)", len(e.Unseen), some(e.Unseen)))
	}
	return strings.Join(words, " · ")
}

// parts tell of an effect: how far it is, what waits and why, what was different from what was shown.
func (e effect) parts() []render.Part {
	var parts []render.Part
	if words := e.Words(); words != "" {
		parts = append(parts, render.Line{render.Text(words)})
	}
	if words := e.warning(); words != "" {
		parts = append(parts, render.Line{render.Bold("⚠ " + words)})
	}
	if len(e.Changed) > 0 {
		parts = append(parts, render.Note{render.Text("Different from what was shown: " + some(e.Changed))})
	}
	return parts
}

// table tells how far each of the first targets is.
func (e effect) table(targets []catalog.Target) render.Table {
	table := render.Table{Columns: []render.Column{{Title: "Name"}, {Title: "Result"}, {Title: "Where"}}}
	for _, t := range targets {
		if state, ok := e.States[t.ID]; ok {
			where := strings.TrimPrefix(strings.Join([]string{t.Host, dash(place(t))}, " · "), " · ")
			table.Rows = append(table.Rows, []render.Line{{render.Link(t.Name, t.URL)}, {render.Text(state)}, {render.Text(where)}})
		}
	}
	return table
}

// warning says that too much time has passed, if so.
func (e effect) warning() string {
	switch {
	case len(e.Waiting) == 0 || !e.Overdue && !e.Stopped:
		return ""
	case allRestart(e.Waiting):
		return "The rest is done when the endpoint restarts; restart-endpoints does that."
	case e.Stopped:
		return "It was not applied within a day, and nobody watches any more. It follows when the endpoint is back, if the console still keeps it."
	case allOffline(e.Waiting):
		return "It takes longer than it should, for what is offline follows when it is back."
	}
	return "It takes longer than it should: look at the endpoint."
}

// some is the first few of a list.
func some(list []string) string {
	words := strings.Join(list[:min(len(list), 5)], ", ")
	if more := len(list) - 5; more > 0 {
		words += fmt.Sprintf(" and %d more", more)
	}
	return words
}

func (b *Bot) see(ctx context.Context, targets []catalog.Target) (sight, error) {
	seen := sight{agents: map[string]s1.Agent{}, threats: map[string]s1.Threat{}}
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
func (s sight) has(t catalog.Target) bool {
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
func (s sight) says(t catalog.Target) string {
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

// took completes the outcome of a run by what the console took of it, and begins to watch what becomes of that, if it can be seen.
func (b *Bot) took(ctx context.Context, req approvals.Request, card render.Card, said *catalog.Acceptance) approvals.Result {
	res := result(card)
	g, _ := b.effectFor(req)
	if g == nil || card.Outcome == render.Failed || said == nil || g.Task != nil && !said.Task.Valid() {
		return res
	}
	e := effectOf(req)
	e.Accepted, e.Refused, e.Task = said.Count, said.Refused, string(said.Task)
	body, err := json.Marshal(e)
	if err != nil {
		b.Log.Error("cannot write down what the console took", "request_id", req.ID, "err", err)
		return res
	}
	res.Effect = body
	b.follow(ctx, req)
	return res
}

// follow begins to watch what a request was for.
func (b *Bot) follow(ctx context.Context, req approvals.Request) {
	j := job{Watch: req.ID, User: req.Requester, Origin: origin{Key: watchKey(req)}, Began: b.Now()}
	if err := b.startJob(ctx, j); err != nil {
		b.Log.Error("cannot watch the effect of a request", "request_id", req.ID, "err", err)
	}
}

// watchKey names the watch over one run of a request.
func watchKey(req approvals.Request) string { return fmt.Sprintf("W%s%d", req.ID, req.Fence) }

// A watched is what a watch has told already; it survives a restart in its job.
type watched struct {
	Warned bool `json:"warned,omitempty"` // that it takes too long
	Told   bool `json:"told,omitempty"`   // how it ended
}

// watch looks until everything is applied or has failed, or for a day.
func (w *worker) watch() {
	var said watched
	_ = json.Unmarshal(w.job.Saved, &said)                                 // nothing was said yet
	for pause := w.b.Tick * 2 / 5; ; pause = min(pause*3/2, w.b.Tick*12) { // from 2 seconds to a minute
		if !post.Sleep(w.ctx, pause) {
			w.release(context.Cause(w.ctx))
			return
		}
		over, err := w.look(&said)
		if err != nil && w.ctx.Err() == nil {
			w.b.Log.Warn("cannot see the effect of a request yet", "request_id", w.job.Watch, "err", err)
		}
		blind := err != nil && w.b.Now().Sub(w.job.Began) > watchLimit
		if over || blind || errors.Is(err, approvals.ErrNotFound) {
			break
		}
	}
	ctx := context.WithoutCancel(w.ctx)
	if err := w.b.Jobs.Finish(ctx, w.id, w.b.desk.owner); err != nil {
		w.b.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// look looks once, and tells what is worth telling, once. A watch over an earlier run than the last one is over.
func (w *worker) look(said *watched) (over bool, err error) {
	req, err := w.b.Ledger.Get(w.ctx, w.job.Watch)
	if err != nil || req.State == approvals.Running && watchKey(req) == w.job.Origin.Key {
		return false, err
	}
	if watchKey(req) != w.job.Origin.Key {
		return true, nil
	}
	e, err := w.b.observe(w.ctx, req)
	if err != nil {
		return false, err
	}
	over = len(e.Waiting) == 0 || e.Stopped
	switch {
	case over && !said.Told && w.b.worthTelling(req, e, *said):
		said.Told = true
	case e.Overdue && !over && !said.Warned:
		said.Warned = true
	default:
		return over, nil
	}
	if err := w.b.say(w.ctx, req, "", effectCard(req, e)); err != nil {
		return false, err
	}
	body, _ := json.Marshal(said) // two booleans
	return over, w.save(body)
}

// worthTelling tells whether people must hear how an effect ended: no card shows it, it took a while, or something failed that
// the console had taken. Scripts tell their own end, with their results.
func (b *Bot) worthTelling(req approvals.Request, e effect, said watched) bool {
	if cmd, ok := b.Catalog.Find(req.Command); ok && cmd.Follows() {
		return false
	}
	return len(req.Cards) == 0 || said.Warned || len(e.Failed)+len(e.Partly) > len(e.Refused) || b.Now().Sub(req.Started) > settledSoon
}

// effectCard tells how far the effect of a request is: at its end, or when it takes too long.
func effectCard(req approvals.Request, e effect) render.Card {
	word, tone := "Applied", render.Good
	switch {
	case len(e.Waiting) > 0:
		word, tone = "Not applied yet", render.Warning
	case len(e.Failed) > 0 && e.Applied+len(e.Partly)+len(e.Unseen) == 0:
		word, tone = "Failed on the endpoints", render.Critical
	case len(e.Failed)+len(e.Partly) > 0:
		word, tone = "Applied in part", render.Warning
	case len(e.Unseen) > 0:
		word, tone = "Accepted", render.Info
	}
	title := word + " · " + req.Title
	names := targetNames(planOf(req).Targets, 3)
	return note(render.Card{Tone: tone, Title: title, Text: title + ": " + names, Parts: append([]render.Part{render.Line{render.Bold(names)}}, e.parts()...)}, "ref "+req.Ref)
}

// observe looks once at what a request was for, and edits the cards when something changed.
func (b *Bot) observe(ctx context.Context, req approvals.Request) (effect, error) {
	e := effectOf(req)
	g, action := b.effectFor(req)
	if g == nil {
		return e, approvals.ErrNotFound // of an older version: nothing is watched
	}
	targets := slices.DeleteFunc(planOf(req).Targets, func(t catalog.Target) bool { return slices.Contains(e.Gone, t.ID) })
	seen, err := b.see(ctx, targets)
	if err == nil && g.Task != nil {
		seen.tasks, err = b.tasks(ctx, s1.TaskID(e.Task))
	}
	if err != nil {
		return e, fmt.Errorf("look at what %s did: %w", req.Command, err)
	}
	e.measure(*g, seen, targets, action, req.Started.Add(-catalog.ClockSkew))
	passed := b.Now().Sub(req.Started)
	e.Overdue = len(e.Waiting) > 0 && passed > max(g.Overdue, mayTake(req)+g.Overdue/4)
	e.Stopped = len(e.Waiting) > 0 && passed > watchLimit
	body, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	after, err := b.Ledger.Observe(ctx, req.ID, body)
	if err == nil && after.Rev != req.Rev {
		b.show(ctx, req.ID)
		b.changed(ctx, req)
	}
	return e, err
}

// tasks are those of a script's run, by endpoint.
func (b *Bot) tasks(ctx context.Context, parent s1.TaskID) (map[string]s1.ScriptTask, error) {
	all, err := b.Console.TasksOf(ctx, parent)
	if err != nil {
		return nil, err
	}
	byAgent := map[string]s1.ScriptTask{}
	for _, t := range all {
		byAgent[string(t.AgentID)] = t
	}
	return byAgent, nil
}

// measure counts on how many targets an effect came true since then.
func (e *effect) measure(g catalog.Effect, seen sight, targets []catalog.Target, action string, since time.Time) {
	*e = effect{Changed: e.Changed, Gone: e.Gone, Before: e.Before, Accepted: e.Accepted, Refused: e.Refused, Task: e.Task, Says: e.Says,
		Watched: true, Done: g.DoneBy(action), States: map[string]string{}}
	for _, t := range targets {
		at := seen.stageOf(g, t, action, since)
		if g.Task != nil && at.is == catalog.Waiting && !at.begun && len(seen.tasks) >= e.Accepted {
			at.is, at.why = catalog.Failed, "not taken by the console" // all that it took have a task
		}
		if refused, ok := e.Refused[t.ID]; ok {
			at.is, at.why = catalog.Failed, refused
		}
		state := ""
		switch at.is {
		case catalog.Applied:
			e.Applied, state = e.Applied+1, g.ReachedBy(action)
		case catalog.Partly:
			e.Partly, state = append(e.Partly, strings.TrimSuffix(at.name+": "+at.why, ": ")), "⚠ in part"
		case catalog.Failed:
			e.Failed, state = append(e.Failed, at.name+": "+at.why), "❌ "+at.why
		case catalog.Waiting:
			var words string
			words, state = at.waiting()
			e.Waiting = append(e.Waiting, words)
		default:
			e.Unseen, state = append(e.Unseen, at.name), "❔ the console does not tell"
		}
		if len(e.States) < shownTargets {
			e.States[t.ID] = state
		}
	}
	e.Untaken = max(0, len(targets)-len(e.Before)-len(e.Failed)-e.Accepted)
}

// lead is the first line of a card about something that is not done yet, or was not done everywhere; "" where the endpoints did it.
func (e effect) lead() string {
	if len(e.Waiting)+len(e.Partly)+len(e.Failed) == 0 && len(e.Unseen) > 0 {
		return "Accepted; the console does not tell whether " + some(e.Unseen) + " is " + e.Done
	}
	total := e.Applied + len(e.Waiting) + len(e.Partly) + len(e.Failed) + len(e.Unseen)
	return catalog.NotYet(e.Done, e.Applied, total, e.Waiting, slices.Concat(e.Partly, e.Failed))
}

// outcome is the specification's word for what was seen since: the row's is the console's yes.
func (e effect) outcome(said render.Outcome) render.Outcome {
	switch done := e.Applied + len(e.Partly) + len(e.Waiting) + len(e.Unseen); {
	case said == render.Failed || len(e.Failed)+len(e.Partly) == 0:
		return said
	case done == 0:
		return render.Failed
	}
	return render.Partial
}

// withEffect puts what the endpoints did since ahead of the outcome: a green tick waits for them.
func withEffect(card render.Card, req approvals.Request) render.Card {
	e := effectOf(req)
	if !e.Watched || req.State != approvals.Done {
		return card
	}
	card.Outcome = e.outcome(card.Outcome)
	card.Text = requestText(req) // what a phone and a screen reader say follows the card
	if card.Lead = e.lead(); card.Lead == "" {
		return card
	}
	if card.Tone = render.Warning; len(e.Waiting) > 0 {
		card.Tone = render.Waiting
	}
	card.Text = card.Lead + " · " + card.Text
	return card
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
