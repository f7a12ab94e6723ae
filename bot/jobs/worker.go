package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// A worker does one job.
//
// Three goroutines share it: do (the command and its end), pulse, and paint. job changes under mu;
// who the job is for and what it does never change. cancel may be called by all three, and the
// first cause counts.
type worker struct {
	Config
	runner *Runner
	id     string
	ctx    context.Context
	cancel context.CancelCauseFunc
	news   chan render.Card // the newest progress, if it is not shown yet

	mu   sync.Mutex
	job  Job
	mute bool // Slack takes no messages about it
}

// guarded does the job. What panics is not tried again: it would panic in every process that takes
// it up.
func (w *worker) guarded() {
	p := panics.Try(w.do)
	if p == nil {
		return
	}
	w.Log.Error("a job panicked", "job", w.id, "err", p.Value, "stack", string(p.Stack))
	if err := w.Store.Finish(context.WithoutCancel(w.ctx), w.id, w.runner.owner); err != nil {
		w.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// do runs the command and shows its end. A job that is stopped or lost says nothing: somebody else
// goes on with it.
func (w *worker) do() {
	if w.job.Watch != "" {
		w.watch()
		return
	}
	card, err := w.run()
	cause := context.Cause(w.ctx)
	switch {
	// The cause tells, not the error: a command that was stopped may return half of an answer without
	// one. Whoever goes on with the job tells its end, and told twice it would look like two hunts.
	case errors.Is(cause, errStopping), errors.Is(cause, errJobLost):
		w.release(cause)
		return
	case errors.Is(cause, catalog.ErrCancelled) && err != nil:
		card = render.Notice("Cancelled.")
	case err != nil:
		var fault error
		if card, fault = w.Commands.Explain(w.job, err); fault != nil {
			w.Log.Error("a job failed", "job", w.id, "command", w.job.Do.Command, "err", fault)
		}
	}
	if !w.job.Follow { // what it follows was counted when it ran
		w.Commands.Ended(w.job, card)
	}
	w.end(card)
}

// run does the command while another goroutine shows its progress: Slack may be slow, and the
// command must not be.
func (w *worker) run() (card render.Card, err error) {
	painting, stop := context.WithCancel(w.ctx)
	var painter sync.WaitGroup
	// The painter ends before the end is told, else its last edit could come after the outcome and
	// take its place.
	painter.Go(func() { w.paint(painting) })
	// A panic of a command is its error: the job ends with an explanation instead of leaving a message
	// that says "running" for ever.
	if p := panics.Try(func() { card, err = w.Commands.Run(w.ctx, w.job, Hooks{w.save, w.progress}) }); p != nil {
		err = p.AsError()
	}
	stop()
	painter.Wait()
	return card, err
}

// errJobLost is the cause when another process holds the job.
var errJobLost = errors.New("the job belongs to another process")

// save writes down how far the command is.
func (w *worker) save(state json.RawMessage) error {
	w.mu.Lock()
	w.job.Saved = state
	w.mu.Unlock()
	return w.write(context.WithoutCancel(w.ctx), jobLease)
}

// write brings the row up to date and prolongs the lease.
//
// It is the one place where a job learns that it is not its own any more, or was cancelled
// elsewhere.
func (w *worker) write(ctx context.Context, lease time.Duration) error {
	w.mu.Lock()
	body, err := json.Marshal(w.job)
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("write a job down: %w", err)
	}
	held, cancelled, err := w.Store.Save(ctx, w.id, w.runner.owner, body, time.Now().Add(lease))
	switch {
	case err != nil:
		return err
	case !held:
		w.cancel(errJobLost)
	case cancelled:
		w.cancel(catalog.ErrCancelled)
	}
	return nil
}

// pulse keeps the lease until the job ends.
func (w *worker) pulse() {
	for post.Sleep(w.ctx, jobPulse) {
		if err := w.write(w.ctx, jobLease); err != nil && w.ctx.Err() == nil {
			w.Log.Warn("cannot prolong a job's lease", "job", w.id, "err", err)
		}
	}
}

// release gives the job up, for the next one to take.
func (w *worker) release(cause error) {
	if errors.Is(cause, errStopping) {
		if err := w.write(context.WithoutCancel(w.ctx), 0); err != nil {
			w.Log.Warn("cannot hand a job over", "job", w.id, "err", err)
		}
	}
}

// progress takes how far the job is, to be shown in its one message with a button that ends it.
// Only the newest counts.
//
// It never waits: the channel holds one card, and an older one that was not shown yet is thrown
// away for it.
func (w *worker) progress(card render.Card) {
	args, _ := json.Marshal(map[string]string{"job": w.id, "user": w.job.User})
	card.Actions = append(card.Actions, render.Button{Label: "Cancel", Do: render.Invocation{Command: "cancel", Args: args}})
	select {
	case <-w.news:
	default:
	}
	select {
	case w.news <- card:
	default: // another goroutine of the command was quicker by a moment
	}
}

// paint shows progress as fast as Slack takes it. What was sent is waited for, lest a message is
// posted and not known.
func (w *worker) paint(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case card := <-w.news:
			sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), editLimit)
			if err := w.show(sending, card); err != nil {
				w.Log.Warn("cannot show a job's progress", "job", w.id, "err", err)
			}
			cancel()
			post.Sleep(ctx, w.runner.pause())
		}
	}
}

// show posts the job's message, or edits it. It goes into the thread where the work was asked for,
// else to the person's direct messages: an ephemeral message cannot be edited.
func (w *worker) show(ctx context.Context, card render.Card) error {
	card = w.fromWhere(card)
	card.Files = nil // see end
	w.mu.Lock()
	j, mute := w.job, w.mute
	w.mu.Unlock()
	switch {
	case mute:
		return nil
	case j.TS != "":
		return w.Messages.Edit(ctx, j.Channel, j.TS, card)
	}
	where, thread := w.place()
	channel, ts, err := w.Messages.Post(ctx, where, thread, w.id, card)
	if err != nil {
		w.silence(ctx, err)
		return err
	}
	w.at(channel, ts)
	if j.Origin.Thread == "" && j.Origin.Channel != channel {
		w.Responder.ShownAt(ctx, j.User, j.Origin, post.Sent{Channel: channel, TS: ts})
	}
	return w.write(ctx, jobLease)
}

// fromWhere is a card that says where the work was asked for, if it stands in the direct messages:
// the answer there has a link to it, and this is the way back. An answer for one person's eyes has no
// address, so the link is the channel's.
func (w *worker) fromWhere(card render.Card) render.Card {
	at := w.job.Origin
	if at.Thread != "" || at.Channel == "" || strings.HasPrefix(at.Channel, "D") {
		return card
	}
	card.Parts = append(slices.Clip(card.Parts), render.Note{render.Text("Asked for in "), render.Channel(at.Channel)})
	return card
}

// place is where the job's message goes.
func (w *worker) place() (channel, thread string) {
	if w.job.Origin.Thread != "" {
		return w.job.Origin.Channel, w.job.Origin.Thread
	}
	return w.job.User, ""
}

// silence ends the progress of a job whose messages Slack does not take: the person hears where its
// end will be told instead.
func (w *worker) silence(ctx context.Context, err error) {
	if _, passing := post.Slowdown(err); passing || post.Outage(err) || post.Broken(err) {
		return // the next one may get through
	}
	w.mu.Lock()
	w.mute = true
	w.mu.Unlock()
	card := render.Notice("I can't show the progress of this. You'll get the result here when it's done.")
	if err := w.Responder.InPlaceOfDirect(ctx, w.job.User, w.job.Origin, err, card); err != nil {
		w.Log.Warn("cannot tell somebody where a job's result will appear", "job", w.id, "err", err)
	}
}

// at notes where the job's message is.
func (w *worker) at(channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.job.Channel, w.job.TS = channel, ts
}

// errNoMessage is why a job's message cannot be edited that was never posted.
var errNoMessage = errors.New("the job has no message")

// end shows the outcome, hands its files over, and removes the job. Where its message is gone there
// is a new one, and where Slack takes none there the outcome is told where the work was asked for.
//
// The row is removed last. A crash before that has the next process run the command's end again,
// which edits the same message: told twice in one place is told once.
func (w *worker) end(card render.Card) {
	defer card.Discard()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), endLimit)
	defer cancel()
	card = w.fromWhere(card)
	err := errNoMessage
	if w.job.TS != "" {
		if err = w.Messages.Replace(ctx, w.job.Channel, w.job.TS, w.job.Origin.Thread, card); err != nil {
			w.Log.Warn("cannot edit a job's message", "job", w.id, "err", err)
		}
	}
	var missing *post.FilesError
	if err != nil && !errors.As(err, &missing) {
		err = w.endAnew(ctx, card)
	}
	if err != nil {
		w.Log.Error("cannot show a job's end", "job", w.id, "err", err)
	}
	if err := w.Store.Finish(ctx, w.id, w.runner.owner); err != nil {
		w.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// endAnew tells the end of a job in a new message.
func (w *worker) endAnew(ctx context.Context, card render.Card) error {
	where, thread := w.place()
	if post.IsPerson(where) {
		_, err := w.Responder.Deliver(ctx, where, w.job.Origin, card)
		return err
	}
	_, _, err := w.Messages.Post(ctx, where, thread, "", card)
	var missing *post.FilesError
	if err == nil || errors.As(err, &missing) {
		return err
	}
	_, err = w.Responder.Deliver(ctx, w.job.User, w.job.Origin, card)
	return err
}

// watch follows the effect of a request until it is over. A watch that is stopped goes on in
// another process.
func (w *worker) watch() {
	j := w.job
	watch := workflow.Watch{Request: j.Watch, Run: j.Origin.Key, Requester: j.User, Began: j.Began, Saved: j.Saved}
	if cause := w.Watcher.Watch(w.ctx, watch, w.save); cause != nil {
		w.release(cause)
		return
	}
	if err := w.Store.Finish(context.WithoutCancel(w.ctx), w.id, w.runner.owner); err != nil {
		w.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}
