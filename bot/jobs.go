package bot

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// Bounds of long work.
const (
	jobLease  = 15 * time.Second // how long a job counts as alive without a sign of life
	jobPulse  = 5 * time.Second  // between signs of life
	editPause = 2 * time.Second  // between edits of the messages of all jobs: Slack takes about 50 a minute
)

// errStopping is the cause with which a job's context ends when the program stops: it goes on at the next start.
var errStopping = errors.New("the bot stops")

// Jobs keeps long work in the database; see bot/store.
type Jobs interface {
	Add(ctx context.Context, id, owner string, body []byte, until time.Time) (fresh bool, err error)
	Claim(ctx context.Context, owner string, now, until time.Time) (id string, body []byte, ok bool, err error)
	Save(ctx context.Context, id, owner string, body []byte, until time.Time) (held, cancelled bool, err error)
	Cancel(ctx context.Context, id string) (found bool, err error)
	Finish(ctx context.Context, id, owner string) error
}

// A job is long work as its row keeps it. Its message is posted once and edited from then on.
type job struct {
	Do      render.Invocation `json:"do"`
	Follow  bool              `json:"follow,omitempty"` // wait for the effect of a change that ran
	Watch   string            `json:"watch,omitempty"`  // id of a request whose card tells its effect; see workflow.Watcher
	User    string            `json:"user"`
	Origin  origin            `json:"origin"`
	Channel string            `json:"channel,omitempty"` // of its message
	TS      string            `json:"ts,omitempty"`
	Saved   json.RawMessage   `json:"saved,omitempty"` // how far the command is
	Began   time.Time         `json:"began"`
}

// dispatcher is where jobs are done in this process.
type dispatcher struct {
	owner   string
	ctx     context.Context // ends with errStopping
	stop    context.CancelCauseFunc
	running sync.WaitGroup

	mu      sync.Mutex
	workers map[string]*worker // by the id of their job
}

func newDispatcher() *dispatcher {
	ctx, stop := context.WithCancelCause(context.Background())
	return &dispatcher{owner: rand.Text(), ctx: ctx, stop: stop, workers: map[string]*worker{}}
}

// close ends all jobs of this process; they go on at the next start or in another process.
func (d *dispatcher) close() {
	d.stop(errStopping)
	d.running.Wait()
}

func (d *dispatcher) add(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.workers[w.id] = w
}

func (d *dispatcher) remove(w *worker) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.workers, w.id)
}

// cancel ends a job at once if it is done here; elsewhere it is noticed at the next sign of life.
func (d *dispatcher) cancel(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if w := d.workers[id]; w != nil {
		w.cancel(catalog.ErrCancelled)
	}
}

// pause is how long a job waits between two edits of its message, so that all of them together stay below Slack's rate. Who watches the
// effect of a request, which may take a day, has no such message.
func (d *dispatcher) pause() time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	painters := 0
	for _, w := range d.workers {
		if w.job.Watch == "" {
			painters++
		}
	}
	return editPause * time.Duration(max(painters, 1))
}

// startJob writes long work down and begins with it. The same key never makes two jobs.
func (b *Bot) startJob(ctx context.Context, j job) error {
	id := "J" + j.Origin.Key
	body, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("write a job down: %w", err)
	}
	fresh, err := b.Jobs.Add(ctx, id, b.dispatcher.owner, body, time.Now().Add(jobLease))
	if err != nil || !fresh {
		return err
	}
	b.begin(id, j)
	return nil
}

// adopt takes up jobs whose process is gone.
func (b *Bot) adopt(ctx context.Context) {
	for ctx.Err() == nil {
		now := time.Now()
		id, body, ok, err := b.Jobs.Claim(ctx, b.dispatcher.owner, now, now.Add(jobLease))
		if err != nil && ctx.Err() == nil {
			b.Log.Error("cannot look for jobs left over", "err", err)
		}
		if err != nil || !ok {
			return
		}
		var j job
		if err := json.Unmarshal(body, &j); err != nil {
			b.Log.Error("dropped a job that cannot be read", "job", id, "err", err)
			_ = b.Jobs.Finish(ctx, id, b.dispatcher.owner)
			continue
		}
		b.begin(id, j)
	}
}

// begin does a job in a goroutine of its own: it may wait for an hour, and must not take a slot from clicks.
func (b *Bot) begin(id string, j job) {
	w := &worker{b: b, id: id, job: j, news: make(chan render.Card, 1)}
	w.ctx, w.cancel = context.WithCancelCause(b.dispatcher.ctx)
	b.dispatcher.add(w)
	b.dispatcher.running.Go(func() {
		defer b.dispatcher.remove(w)
		defer w.cancel(nil)
		var alive sync.WaitGroup
		alive.Go(w.pulse)
		w.guarded()
		w.cancel(nil)
		alive.Wait()
	})
}

// guarded does the job. What panics is not tried again: it would panic in every process that takes it up.
func (w *worker) guarded() {
	p := panics.Try(w.do)
	if p == nil {
		return
	}
	w.b.Log.Error("a job panicked", "job", w.id, "err", p.Value, "stack", string(p.Stack))
	if err := w.b.Jobs.Finish(context.WithoutCancel(w.ctx), w.id, w.b.dispatcher.owner); err != nil {
		w.b.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// A worker does one job.
type worker struct {
	b      *Bot
	id     string
	ctx    context.Context
	cancel context.CancelCauseFunc
	news   chan render.Card // the newest progress, if it is not shown yet

	mu   sync.Mutex
	job  job
	mute bool // Slack takes no messages about it
}

// do runs the command and shows its end. A job that is stopped or lost says nothing: somebody else goes on with it.
func (w *worker) do() {
	if w.job.Watch != "" {
		w.watch()
		return
	}
	a := interaction{Interaction: workflow.Interaction{User: w.job.User, At: w.job.Origin, Do: w.job.Do}}
	card, err := w.work(a)
	cause := context.Cause(w.ctx)
	switch {
	case errors.Is(cause, errStopping), errors.Is(cause, errJobLost):
		w.release(cause)
		return
	case errors.Is(cause, catalog.ErrCancelled) && err != nil:
		card = render.Notice("Cancelled.")
	case err != nil:
		var fault error
		if card, fault = w.b.explain(a, err); fault != nil {
			w.b.Log.Error("a job failed", "job", w.id, "command", w.job.Do.Command, "err", fault)
		}
	}
	if !w.job.Follow { // what it follows was counted when it ran
		w.b.Meter.Command(w.job.Do.Command, outcomeLabels[card.Outcome])
	}
	w.end(card)
}

// work runs the command while another goroutine shows its progress: Slack may be slow, and the command must not be.
func (w *worker) work(a interaction) (card render.Card, err error) {
	if err := w.b.admit(w.ctx, &a); err != nil {
		return card, err
	}
	painting, stop := context.WithCancel(w.ctx)
	var painter sync.WaitGroup
	painter.Go(func() { w.paint(painting) })
	if p := panics.Try(func() { card, err = w.run(a) }); p != nil {
		err = p.AsError()
	}
	stop()
	painter.Wait()
	return card, err
}

// errJobLost is the cause when another process holds the job.
var errJobLost = errors.New("the job is another process's")

func (w *worker) run(a interaction) (render.Card, error) {
	cmd, ok := w.b.Catalog.Find(w.job.Do.Command)
	if !ok {
		return render.Card{}, workflow.ErrGone
	}
	call := w.b.call(a)
	call.Saved, call.OnSave, call.Progress = w.job.Saved, w.save, w.progress
	if w.job.Follow {
		card, err := cmd.Follow(w.ctx, call, w.job.Do.Args)
		return card, workflow.WithCommand(cmd, err)
	}
	card, err := cmd.Run(w.ctx, call, w.job.Do.Args)
	return card, workflow.WithCommand(cmd, err)
}

// save writes down how far the command is.
func (w *worker) save(state json.RawMessage) error {
	w.mu.Lock()
	w.job.Saved = state
	w.mu.Unlock()
	return w.write(context.WithoutCancel(w.ctx), jobLease)
}

// write brings the row up to date and prolongs the lease.
func (w *worker) write(ctx context.Context, lease time.Duration) error {
	w.mu.Lock()
	body, err := json.Marshal(w.job)
	w.mu.Unlock()
	if err != nil {
		return fmt.Errorf("write a job down: %w", err)
	}
	held, cancelled, err := w.b.Jobs.Save(ctx, w.id, w.b.dispatcher.owner, body, time.Now().Add(lease))
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
			w.b.Log.Warn("cannot prolong a job's lease", "job", w.id, "err", err)
		}
	}
}

// release gives the job up, for the next one to take.
func (w *worker) release(cause error) {
	if errors.Is(cause, errStopping) {
		if err := w.write(context.WithoutCancel(w.ctx), 0); err != nil {
			w.b.Log.Warn("cannot hand a job over", "job", w.id, "err", err)
		}
	}
}

// progress takes how far the job is, to be shown in its one message with a button that ends it. Only the newest counts.
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

// paint shows progress as fast as Slack takes it. What was sent is waited for, lest a message is posted and not known.
func (w *worker) paint(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case card := <-w.news:
			sending, cancel := context.WithTimeout(context.WithoutCancel(ctx), slackLimit)
			if err := w.show(sending, card); err != nil {
				w.b.Log.Warn("cannot show a job's progress", "job", w.id, "err", err)
			}
			cancel()
			post.Sleep(ctx, w.b.dispatcher.pause())
		}
	}
}

// show posts the job's message, or edits it. It goes into the thread where the work was asked for, else to the person's
// direct messages: an ephemeral message cannot be edited.
func (w *worker) show(ctx context.Context, card render.Card) error {
	card.Files = nil // see end
	w.mu.Lock()
	j, mute := w.job, w.mute
	w.mu.Unlock()
	switch {
	case mute:
		return nil
	case j.TS != "":
		return w.b.post.Edit(ctx, j.Channel, j.TS, card)
	}
	where, thread := w.place()
	channel, ts, err := w.b.post.Post(ctx, where, thread, w.id, card)
	if err != nil {
		w.silence(ctx, err)
		return err
	}
	w.at(channel, ts)
	return w.write(ctx, jobLease)
}

// place is where the job's message goes.
func (w *worker) place() (channel, thread string) {
	if w.job.Origin.Thread != "" {
		return w.job.Origin.Channel, w.job.Origin.Thread
	}
	return w.job.User, ""
}

// silence ends the progress of a job whose messages Slack does not take: the person hears where its end will be told instead.
func (w *worker) silence(ctx context.Context, err error) {
	if _, passing := post.Slowdown(err); passing || post.Outage(err) || post.Broken(err) {
		return // the next one may get through
	}
	w.mu.Lock()
	w.mute = true
	w.mu.Unlock()
	w.b.noteNoDirect(ctx, w.job.User, err)
	card := withNote(render.Notice("I can't show the progress of this. You'll get the result here when it's done."), whyNoDirect(err))
	if err := w.b.aside(ctx, w.job.User, w.job.Origin, false, card); err != nil {
		w.b.Log.Warn("cannot say where a job's end is told", "job", w.id, "err", err)
	}
}

// at notes where the job's message is.
func (w *worker) at(channel, ts string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.job.Channel, w.job.TS = channel, ts
}

// end shows the outcome, hands its files over, and removes the job. Where its message is gone there is a new one, and where Slack takes
// none there the outcome is told where the work was asked for.
func (w *worker) end(card render.Card) {
	defer card.Discard()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(w.ctx), workLimit)
	defer cancel()
	err := errNowhere
	if w.job.TS != "" {
		if err = w.b.post.Replace(ctx, w.job.Channel, w.job.TS, w.job.Origin.Thread, card); err != nil {
			w.b.Log.Warn("cannot edit a job's message", "job", w.id, "err", err)
		}
	}
	var missing *post.FilesError
	if err != nil && !errors.As(err, &missing) {
		err = w.endAnew(ctx, card)
	}
	if err != nil {
		w.b.Log.Error("cannot show a job's end", "job", w.id, "err", err)
	}
	if err := w.b.Jobs.Finish(ctx, w.id, w.b.dispatcher.owner); err != nil {
		w.b.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}

// endAnew tells the end of a job in a new message.
func (w *worker) endAnew(ctx context.Context, card render.Card) error {
	where, thread := w.place()
	if post.IsPerson(where) {
		_, err := w.b.deliver(ctx, where, w.job.Origin, card)
		return err
	}
	_, _, err := w.b.post.Post(ctx, where, thread, "", card)
	var missing *post.FilesError
	if err == nil || errors.As(err, &missing) {
		return err
	}
	_, err = w.b.deliver(ctx, w.job.User, w.job.Origin, card)
	return err
}

// watch follows the effect of a request until it is over. A watch that is stopped goes on in another process.
func (w *worker) watch() {
	j := w.job
	watch := workflow.Watch{Request: j.Watch, Run: j.Origin.Key, Requester: j.User, Began: j.Began, Saved: j.Saved}
	if cause := w.b.flow.Watcher.Watch(w.ctx, watch, w.save); cause != nil {
		w.release(cause)
		return
	}
	if err := w.b.Jobs.Finish(context.WithoutCancel(w.ctx), w.id, w.b.dispatcher.owner); err != nil {
		w.b.Log.Error("cannot end a job", "job", w.id, "err", err)
	}
}
