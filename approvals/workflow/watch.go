package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/effect"
	"s1bot/approvals/plans"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/s1"
)

// recordAccepted completes the outcome of a run by what the console took of it, and begins to watch
// what becomes of that, if it can be seen.
//
// The watch is filed before the outcome is written. After a crash in between it finds an
// interrupted run and tells what it sees; the other order could leave a success that nobody
// watches.
func (x *executor) recordAccepted(ctx context.Context, req approvals.Request, card render.Card, accepted *catalog.Acceptance) approvals.Result {
	res := result(card)
	g, _ := x.effectFor(req)
	if g == nil || card.Outcome == render.Failed || accepted == nil || g.Task != nil && !accepted.Task.Valid() {
		return res
	}
	e := effect.Of(req)
	e.Accepted, e.Refused, e.Task, e.Excess = accepted.Count, accepted.Refused, string(accepted.Task), accepted.Excess
	body, err := json.Marshal(e)
	if err != nil {
		x.Log.ErrorContext(ctx, "cannot record what the console accepted", "request_id", req.ID, "err", err)
		return res
	}
	res.Effect = body
	x.follow(ctx, req)
	return res
}

// follow begins to watch what a request was for.
func (x *executor) follow(ctx context.Context, req approvals.Request) {
	w := Watch{Request: req.ID, Run: watchKey(req), Requester: req.Requester, Began: x.Now()}
	x.begin(ctx, req, "watch", func(ctx context.Context) error { return x.Background.Watch(ctx, w) })
}

// begin begins what goes on in the background after a run. Where the database does not take it, it is
// tried again with each look of the Keeper: else a card would say "not isolated yet" for good, with
// nobody looking.
func (x *executor) begin(ctx context.Context, req approvals.Request, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil {
		x.Log.ErrorContext(ctx, "cannot begin what follows a run; I'll keep trying", "what", what, "request_id", req.ID, "err", err)
		x.unbegun.Store(what+req.ID, do)
	}
}

// beginAgain tries what could not begin.
func (x *executor) beginAgain(ctx context.Context) {
	x.unbegun.Range(func(key, do any) bool {
		if do.(func(context.Context) error)(ctx) == nil {
			x.unbegun.Delete(key)
		}
		return ctx.Err() == nil
	})
}

// watchKey names the watch over one run of a request.
func watchKey(req approvals.Request) string { return fmt.Sprintf("W%s%d", req.ID, req.Fence) }

// A Watch follows what one run of a request did, until the endpoints did it, or for a day. It
// survives a restart.
type Watch struct {
	Request   string // id
	Run       string // names the run: a later one has a watch of its own
	Requester string
	Began     time.Time
	Saved     json.RawMessage // what it has delivered so far
}

// delivered is what a watch has told people.
type delivered struct {
	Warned    bool `json:"warned,omitempty"` // that it takes too long
	Delivered bool `json:"told,omitempty"`   // how it ended
}

// Watch looks until everything is applied or has failed, or for a day. It returns an error only if
// ctx ends: then somebody else goes on, with what save was given.
//
// The pauses grow by half from two seconds to a minute, with the usual tick of five seconds: most
// isolations take effect within seconds, and an endpoint that is off costs a question a minute. What
// people decide meanwhile goes first: a look is as much work as half a decision.
// Everything it knows is in the row and in saved, so any process can go on with it.
func (w *Watcher) Watch(ctx context.Context, watch Watch, save func(json.RawMessage) error) error {
	var sent delivered
	_ = json.Unmarshal(watch.Saved, &sent)                             // nothing was sent yet
	for pause := w.Tick * 2 / 5; ; pause = min(pause*3/2, w.Tick*12) { // from 2 seconds to a minute
		if !sleep(ctx, pause) {
			return context.Cause(ctx)
		}
		w.GiveWay(ctx)
		over, err := w.look(ctx, watch, &sent, save)
		if err != nil && ctx.Err() != nil {
			return context.Cause(ctx) // what it did not see now, the next one sees
		}
		if err != nil {
			w.Log.WarnContext(ctx, "cannot see the effect of a request yet", "request_id", watch.Request, "err", err)
		}
		blind := err != nil && w.Now().Sub(watch.Began) > effect.WatchLimit
		if over || blind || errors.Is(err, approvals.ErrNotFound) {
			return nil
		}
	}
}

// look looks once, and tells what is worth telling, once. A watch over an earlier run than the last
// one is over.
//
// The message goes out before it is saved that it did; a crash in between repeats it, which is the
// better of the two.
func (w *Watcher) look(ctx context.Context, watch Watch, sent *delivered, save func(json.RawMessage) error) (over bool, err error) {
	req, err := w.Ledger.Get(ctx, watch.Request)
	if err != nil || req.State == approvals.Running && watchKey(req) == watch.Run {
		return false, err
	}
	if watchKey(req) != watch.Run {
		return true, nil
	}
	e, err := w.observe(ctx, req)
	if err != nil {
		return false, err
	}
	over = len(e.Waiting) == 0 || e.Stopped
	if err := w.undone(ctx, req, e); err != nil {
		return false, err
	}
	switch {
	case over && !sent.Delivered && w.worthTelling(req, e, *sent):
		sent.Delivered = true
	case e.Overdue && !over && !sent.Warned:
		sent.Warned = true
	default:
		return over, nil
	}
	if err := w.reporter.tellAll(ctx, req, "", effectCard(req, e)); err != nil {
		return false, err
	}
	body, _ := json.Marshal(sent) // two booleans
	return over, save(body)
}

// worthTelling tells whether people must hear how an effect ended: no card shows it, it took a
// while, or something failed that the console had taken. Scripts tell their own end, with their
// results.
func (w *Watcher) worthTelling(req approvals.Request, e effect.Effect, sent delivered) bool {
	if cmd, ok := w.Catalog.Find(req.Command); ok && cmd.Follows() {
		return false
	}
	return len(req.Cards) == 0 || sent.Warned || len(e.Failed)+len(e.Partly) > len(e.Refused) || w.Now().Sub(req.Started) > effect.SettledSoon
}

// effectCard tells how far the effect of a request is: at its end, or when it takes too long.
func effectCard(req approvals.Request, e effect.Effect) render.Card {
	word, tone := "Applied", render.Good
	switch {
	case len(e.Waiting) > 0:
		word, tone = "Not applied yet", render.Warning
	case len(e.Failed) > 0 && e.Applied+len(e.Partly)+len(e.Unseen) == 0:
		word, tone = "Failed on the endpoints", render.Critical
	case len(e.Failed)+len(e.Partly) > 0:
		word, tone = "Partly applied", render.Warning
	case len(e.Unseen) > 0:
		word, tone = "Accepted", render.Info
	}
	title := word + " · " + req.Title
	names := plans.Names(plans.Of(req).Targets, 3)
	return requestcards.SmallPrint(render.Card{Tone: tone, Title: title, Text: title + ": " + names, Parts: append([]render.Part{render.Line{render.Bold(names)}}, e.Parts()...)}, "ref "+req.Ref)
}

// observe looks once at what a request was for, and edits the cards when something changed.
//
// "Too long" is the command's own measure, or for a script what it was given and a quarter of the
// measure on top.
func (w *Watcher) observe(ctx context.Context, req approvals.Request) (effect.Effect, error) {
	e := effect.Of(req)
	g, action := w.effectFor(req)
	if g == nil {
		return e, approvals.ErrNotFound // of an older version: nothing is watched
	}
	targets := slices.DeleteFunc(plans.Of(req).Targets, func(t catalog.Target) bool { return slices.Contains(e.Gone, t.ID) })
	on, err := w.Consoles.Carried(req.Console)
	if err != nil {
		return e, err
	}
	seen, err := effect.FetchState(ctx, on.Client, targets)
	if err == nil && g.Task != nil {
		seen.Tasks, err = effect.TasksOf(ctx, on.Client, s1.TaskID(e.Task))
	}
	if err != nil {
		return e, fmt.Errorf("look at what %s did: %w", req.Command, err)
	}
	e.Measure(*g, seen, targets, action, req.Started.Add(-catalog.ClockSkew))
	passed := w.Now().Sub(req.Started)
	e.Overdue = len(e.Waiting) > 0 && passed > max(g.Overdue, mayTake(req)+g.Overdue/4)
	e.Stopped = len(e.Waiting) > 0 && passed > effect.WatchLimit
	body, err := json.Marshal(e)
	if err != nil {
		return e, err
	}
	after, err := w.Ledger.RecordEffect(ctx, req, body)
	if err == nil && after.Rev != req.Rev {
		w.publisher.show(ctx, req.ID)
		w.changed(ctx, req)
	}
	return e, err
}

// mayTake is how long a script was given.
func mayTake(req approvals.Request) time.Duration {
	var args struct {
		Seconds int `json:"script-runtime-timeout-seconds"`
	}
	_ = json.Unmarshal(req.Args, &args) // without one the usual time counts
	return time.Duration(args.Seconds) * time.Second
}

// A Watcher follows the console's yes until it is the endpoints' yes.
type Watcher struct {
	*Config
	publisher *Publisher
	reporter  *reporter
}
