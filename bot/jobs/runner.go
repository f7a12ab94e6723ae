package jobs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/commands/catalog"
	"s1bot/render"
	"s1bot/render/streak"
)

// Bounds of long work.
//
// Three pulses fit into a lease: two may fail, as while the database restarts, before another
// process takes the job for abandoned.
const (
	jobLease  = 15 * time.Second // how long a job counts as alive without a sign of life
	jobPulse  = 5 * time.Second  // between signs of life
	editPause = 2 * time.Second  // between edits of the messages of all jobs: Slack takes about 50 a minute
	editLimit = 20 * time.Second // for one of them
	endLimit  = 5 * time.Minute  // for telling the end, files included
)

// errStopping is the cause with which a job's context ends when the program stops: it goes on at
// the next start.
var errStopping = errors.New("the bot is stopping")

// A Store keeps jobs in the database.
//
// Every method that changes a row names the owner, and changes nothing where another has it: that
// is what makes a lease that ran out harmless.
type Store interface {
	// Add writes a job down that owner does until then; fresh is false if it is known already.
	Add(ctx context.Context, id, owner string, body []byte, until time.Time) (fresh bool, err error)
	// Claim takes over a job whose lease has run out.
	Claim(ctx context.Context, owner string, now, until time.Time) (id string, body []byte, ok bool, err error)
	// Save brings a job up to date and prolongs its lease; held is false where another process has it.
	Save(ctx context.Context, id, owner string, body []byte, until time.Time) (held, cancelled bool, err error)
	Cancel(ctx context.Context, id string) (found bool, err error)
	Finish(ctx context.Context, id, owner string) error
}

// Messages are how a job shows its progress; see post.Messenger.
type Messages interface {
	Post(ctx context.Context, channel, thread, key string, card render.Card) (string, string, error)
	Edit(ctx context.Context, channel, ts string, card render.Card) error
	Replace(ctx context.Context, channel, ts, thread string, card render.Card) error
}

// A Responder reaches a person where a job's own message does not.
type Responder interface {
	// Deliver gives a card and its files to a person by direct message, else where they asked.
	Deliver(ctx context.Context, user string, at render.Origin, card render.Card) (post.Sent, error)
	// InPlaceOfDirect tells a person where they asked, and why not in their direct messages, which
	// Slack refused with an error.
	InPlaceOfDirect(ctx context.Context, user string, at render.Origin, refused error, card render.Card) error
	// ShownAt tells a person where they asked in which message they can follow it.
	ShownAt(ctx context.Context, user string, at render.Origin, message post.Sent)
}

// Commands do the work of jobs.
type Commands interface {
	// Run does what a job is for on behalf of its person, who passes the gate first.
	Run(ctx context.Context, j Job, hooks Hooks) (render.Card, error)
	// Explain says in words why it failed; a fault of the program's comes back for the log.
	Explain(j Job, err error) (card render.Card, fault error)
	// Ended counts a job by what its card says.
	Ended(j Job, card render.Card)
}

// A Watcher follows the effect of a request; see workflow.Watcher.
type Watcher interface {
	Watch(ctx context.Context, w workflow.Watch, save func(json.RawMessage) error) error
}

// Hooks are how a command tells how far it is.
type Hooks struct {
	Save     func(state json.RawMessage) error // keeps what the next process needs to go on
	Progress func(render.Card)                 // to be shown; only the newest counts
}

// A Job is long work as its row keeps it. Its message is posted once and edited from then on.
//
// It is written as JSON and read by whatever version takes it up, so a field keeps its name for
// good, and a new one must do without being there.
type Job struct {
	Do      render.Invocation `json:"do"`
	Follow  bool              `json:"follow,omitempty"` // wait for the effect of a change that ran
	Watch   string            `json:"watch,omitempty"`  // id of a request whose card tells its effect; see workflow.Watcher
	User    string            `json:"user"`
	Origin  render.Origin     `json:"origin"`
	Channel string            `json:"channel,omitempty"` // of its message
	TS      string            `json:"ts,omitempty"`
	Saved   json.RawMessage   `json:"saved,omitempty"` // how far the command is
	Began   time.Time         `json:"began"`
}

// Config is what a Runner needs.
type Config struct {
	Store     Store
	Messages  Messages
	Responder Responder
	Commands  Commands
	Watcher   Watcher
	Log       *slog.Logger
}

// A Runner does jobs in this process.
type Runner struct {
	Config
	owner   string
	ctx     context.Context // ends with errStopping
	stop    context.CancelCauseFunc
	running sync.WaitGroup
	looks   streak.Rounds

	mu      sync.Mutex
	workers map[string]*worker // by the id of their job
}

// New is a runner that does nothing yet.
func New(c Config) *Runner {
	ctx, stop := context.WithCancelCause(context.Background())
	return &Runner{Config: c, owner: rand.Text(), ctx: ctx, stop: stop, workers: map[string]*worker{}}
}

// Close ends all jobs of this process, and returns when they have ended; they go on at the next
// start or in another process.
func (r *Runner) Close() {
	r.stop(errStopping)
	r.running.Wait()
}

// add and remove keep the workers by which Cancel finds a job of this process, and pause counts
// those that edit a message.
func (r *Runner) add(w *worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.workers[w.id] = w
}

func (r *Runner) remove(w *worker) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.workers, w.id)
}

// Cancel ends a job: at once if it is done here; elsewhere it is noticed at the next sign of life.
func (r *Runner) Cancel(ctx context.Context, id string) (found bool, err error) {
	if found, err = r.Store.Cancel(ctx, id); err != nil || !found {
		return found, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if w := r.workers[id]; w != nil {
		w.cancel(catalog.ErrCancelled)
	}
	return true, nil
}

// pause is how long a job waits between two edits of its message, so that all of them together stay
// below Slack's rate. Who watches the effect of a request, which may take a day, has no such
// message.
func (r *Runner) pause() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	painters := 0
	for _, w := range r.workers {
		if w.job.Watch == "" {
			painters++
		}
	}
	return editPause * time.Duration(max(painters, 1))
}

// Start writes long work down and begins with it. The same key never makes two jobs.
//
// The key of the delivery is part of the id: a command that is taken up after a crash finds its job
// there already.
func (r *Runner) Start(ctx context.Context, j Job) error {
	id := "J" + j.Origin.Key
	body, err := json.Marshal(j)
	if err != nil {
		return fmt.Errorf("write a job down: %w", err)
	}
	fresh, err := r.Store.Add(ctx, id, r.owner, body, time.Now().Add(jobLease))
	if err != nil || !fresh {
		return err
	}
	r.begin(id, j)
	return nil
}

// Adopt takes up jobs whose process is gone.
func (r *Runner) Adopt(ctx context.Context) {
	for ctx.Err() == nil {
		now := time.Now()
		id, body, ok, err := r.Store.Claim(ctx, r.owner, now, now.Add(jobLease))
		r.looks.Note(ctx, r.Log, "cannot look for jobs left over", err)
		if err != nil || !ok {
			return
		}
		var j Job
		if err := json.Unmarshal(body, &j); err != nil {
			r.Log.Error("dropped a job that cannot be read", "job", id, "err", err)
			_ = r.Store.Finish(ctx, id, r.owner)
			continue
		}
		r.begin(id, j)
	}
}

// begin does a job in a goroutine of its own: it may wait for an hour, and must not take a slot
// from clicks.
//
// The pulse is stopped before the goroutine ends and waited for, so that nothing writes to the row
// after Close has returned.
func (r *Runner) begin(id string, j Job) {
	w := &worker{Config: r.Config, runner: r, id: id, job: j, news: make(chan render.Card, 1)}
	w.ctx, w.cancel = context.WithCancelCause(r.ctx)
	r.add(w)
	r.running.Go(func() {
		defer r.remove(w)
		defer w.cancel(nil)
		var alive sync.WaitGroup
		alive.Go(w.pulse)
		w.guarded()
		w.cancel(nil)
		alive.Wait()
	})
}
