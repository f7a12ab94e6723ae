package intake

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/fairqueue"
	"s1bot/bot/inbound"
	"s1bot/bot/run"
	"s1bot/bot/socketmode"
	"s1bot/render"
)

// saveLimit leaves time to acknowledge within Slack's 3 s even when the database is slow.
//
// What remains is for the way to the bot, for its place in line, and for the way back.
const saveLimit = 2 * time.Second

// formLimit is how long the check of a form may take with its time in line: the form is still to be
// written down.
const formLimit = 2 * time.Second

// A Receiver takes what Slack delivers: it is written down, acknowledged, and given its turn.
// Nothing here may wait for the console or for another person's work, except for search boxes and the
// checks of forms, which have slots apart from the others.
type Receiver struct {
	Queue     *fairqueue.Queue // see NewQueue
	First     *AcksFirst
	Inbox     Inbox
	Reader    inbound.Reader
	Forms     *run.Forms
	Searches  *run.Searches
	Scheduler *Scheduler
	Meter     run.Meter
	Log       *slog.Logger

	arrived arrived
}

// Receive is called by the readers of the sockets and never waits.
//
// Waiting here would stop the reading of a socket, and with it the answers to Slack's pings. What
// comes before the first has its turn is taken together with it: fifty clicks on a busy machine are
// one goroutine that wakes up, and not fifty.
func (i *Receiver) Receive(env socketmode.Envelope) {
	i.First.begin()
	if !i.arrived.add(env) {
		return
	}
	err := i.Queue.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) {
		i.takeEach(ctx, i.arrived.take(), i.First.end)
	}})
	if err != nil { // it is stopping: a class without a bound refuses nothing else
		i.First.endAll(len(i.arrived.take()))
	}
}

// arrived are envelopes that nobody has taken yet.
type arrived struct {
	mu   sync.Mutex
	envs []socketmode.Envelope
}

// add tells whether env is the first: whoever brought it sees to it that they are taken.
func (a *arrived) add(env socketmode.Envelope) (first bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.envs = append(a.envs, env)
	return len(a.envs) == 1
}

func (a *arrived) take() []socketmode.Envelope {
	a.mu.Lock()
	defer a.mu.Unlock()
	envs := a.envs
	a.envs = nil
	return envs
}

// A letter is an envelope with what was in it.
type letter struct {
	env    socketmode.Envelope
	d      inbound.Delivery
	masked []byte // as it may be written down; see cover
	ended  func() // to be called once it has its acknowledgement, or will get none; more than once does no harm
}

func (i *Receiver) open(env socketmode.Envelope, ended func()) letter {
	return letter{env: env, d: i.Reader.Envelope(env), ended: ended}
}

// cover makes a letter ready to be written down. What is answered at once, as each key in a search box
// is, never gets that far.
func (i *Receiver) cover(l letter) letter {
	l.masked = i.Reader.Masked(l.d)
	return l
}

// Take acknowledges envelopes: after they were written down, all at once, or, for the two kinds
// whose answer is the acknowledgement, with the answer. A form has to be looked at first, which may
// wait for Slack and for the console: nothing else waits for it.
func (i *Receiver) Take(ctx context.Context, envs ...socketmode.Envelope) {
	i.takeEach(ctx, envs, func() {})
}

// takeEach is Take, and calls end for each envelope as soon as there is nothing to wait for any more:
// work that gives way to acknowledgements does not wait for a form that came with them.
func (i *Receiver) takeEach(ctx context.Context, envs []socketmode.Envelope, end func()) {
	var letters []letter
	var ends []func()
	defer func() { // of one that panicked, too
		for _, ended := range ends {
			ended()
		}
	}()
	for _, env := range envs {
		ended := sync.OnceFunc(end)
		ends = append(ends, ended)
		i.alone(env, func() {
			l := i.open(env, ended)
			defer i.Meter.Envelope(l.d.Kind)
			switch {
			case i.answered(ctx, l), l.d.Kind == inbound.Submission && i.takeForm(l):
				ended()
			default:
				letters = append(letters, i.cover(l))
			}
		})
	}
	i.writeDown(ctx, letters...)
}

// alone does something about one of several envelopes: a panic costs that one, and none that came
// with it.
func (i *Receiver) alone(env socketmode.Envelope, do func()) {
	i.Queue.Guard(fairqueue.Work{Ref: env.ID}, do)
}

// answered takes what is not written down. What cannot be read is acknowledged too: Slack would
// send an unreadable event three times more, and it would be no more readable.
func (i *Receiver) answered(ctx context.Context, l letter) bool {
	ctx = inbound.WithReference(ctx, l.d.Key)
	switch {
	case l.d.Err != nil && l.d.Kind != inbound.Slash:
		i.ack(ctx, l.env, nil)
		i.Scheduler.push(func(ctx context.Context) { i.Scheduler.Handler.Unreadable(inbound.WithReference(ctx, l.d.Key), l.d) })
	case l.d.Kind == inbound.SearchBox:
		i.takeSearch(l.env, l.d)
	case l.d.Kind == inbound.Event && l.d.Message.Meaning == inbound.Talk:
		i.ack(ctx, l.env, nil) // the same message may come again as one that is meant for the bot, and must not be known then
	default:
		return false
	}
	return true
}

// takeForm acknowledges a form in its person's turn: with what is wrong in it, or once it was written
// down. It tells whether the form has a turn; where too many of theirs wait it is written down like
// everything else, and its run says what is wrong.
func (i *Receiver) takeForm(l letter) bool {
	in, due := l.d.Payload, time.Now().Add(formLimit)
	return nil == i.Queue.Push(fairqueue.Work{Class: formClass, Pool: i.Scheduler.Pools.ofDrawn(in.Form.Do), Owner: in.User.ID, Ref: l.env.ID, Do: func(ctx context.Context) {
		check, cancel := context.WithDeadline(inbound.WithReference(ctx, l.d.Key), due)
		defer cancel()
		if refused := i.Forms.CheckForm(check, in); refused != nil {
			i.ack(ctx, l.env, refused)
			return
		}
		i.writeDown(ctx, i.cover(l))
	}})
}

// takeSearch answers a search box in its person's turn; where too many of theirs wait, with
// nothing: the next key asks anew.
func (i *Receiver) takeSearch(env socketmode.Envelope, d inbound.Delivery) {
	in, due := d.Payload, time.Now().Add(run.SuggestLimit)
	err := i.Queue.Push(fairqueue.Work{Class: suggestionClass, Pool: i.Scheduler.Pools.ofDrawn(in.Form.Do), Owner: in.User.ID, Ref: env.ID, Do: func(ctx context.Context) {
		ctx = inbound.WithReference(ctx, d.Key)
		limited, cancel := context.WithDeadline(ctx, due)
		defer cancel()
		i.ack(ctx, env, i.Searches.Suggest(limited, in))
	}})
	if err != nil {
		_ = i.Queue.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) { i.ack(ctx, env, run.NoOptions()) }})
	}
}

// writeDown saves, acknowledges, and only then works.
//
// Acknowledged before it is saved, a delivery would be lost in a crash, for Slack believes that the
// bot has it. Worked on before it is acknowledged, it could run for longer than three seconds: so
// all that came together has its acknowledgement before the work on any of it begins.
func (i *Receiver) writeDown(ctx context.Context, letters ...letter) {
	saveCtx, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	written := make([]func() (fresh bool, err error), len(letters))
	for n, l := range letters {
		written[n] = i.Inbox.Save(saveCtx, l.d.Key, l.d.Kind, l.masked)
	}
	var begin []letter
	var turnedAway sync.WaitGroup
	defer turnedAway.Wait()
	for n, l := range letters {
		fresh, err := written[n]()
		switch ctx := inbound.WithReference(ctx, l.d.Key); {
		case err != nil:
			i.Log.ErrorContext(ctx, "cannot write a delivery down", "envelope_id", l.env.ID, "kind", l.d.Kind, "err", err)
			turnedAway.Go(func() { i.alone(l.env, func() { defer l.ended(); i.turnAway(ctx, l.env, l.d) }) })
		case fresh:
			i.ack(ctx, l.env, nil)
			l.ended()
			begin = append(begin, l)
		default:
			i.ack(ctx, l.env, nil)
			l.ended()
			i.known(l.d)
		}
	}
	for _, l := range begin {
		i.alone(l.env, func() { i.Scheduler.Schedule(inbound.WithReference(ctx, l.d.Key), l.d) })
	}
}

// known takes a delivery that was written down before: Slack missed its acknowledgement, and that
// is all there is to do. Who sends a form again hears that it was.
func (i *Receiver) known(d inbound.Delivery) {
	if d.Kind == inbound.Submission {
		i.Scheduler.push(func(ctx context.Context) { i.Scheduler.Handler.SentAgain(inbound.WithReference(ctx, d.Key), d) })
	}
}

// turnAway tells the person that nothing was done. An acknowledgement says that the bot has it, so
// what was not written down gets none: an event is sent again, a click gets Slack's own warning
// sign. Where the acknowledgement is the answer, it says so; a form stays open with all that was
// typed.
func (i *Receiver) turnAway(ctx context.Context, env socketmode.Envelope, d inbound.Delivery) {
	const words = "I couldn't save this, so nothing was done. Please try again in a moment."
	field := run.FormField(d.Payload)
	switch {
	case d.Kind == inbound.Event:
	case d.Kind == inbound.Slash:
		i.ack(ctx, env, map[string]string{"response_type": "ephemeral", "text": words})
	case d.Kind == inbound.Submission && field != "":
		i.ack(ctx, env, slack.NewErrorsViewSubmissionResponse(map[string]string{field: words}))
	default:
		a := exchange.Interaction{Interaction: workflow.Interaction{User: d.Payload.User.ID, At: d.Payload.Origin(d.Key)}}
		i.Scheduler.Responder.Reply(ctx, a, render.Notice(words))
	}
}

// ack answers Slack.
func (i *Receiver) ack(ctx context.Context, env socketmode.Envelope, payload any) {
	if err := env.Acknowledge(ctx, payload); err != nil {
		i.Log.WarnContext(ctx, "cannot acknowledge an envelope", "envelope_id", env.ID, "kind", env.Type, "err", err)
		return
	}
	i.Meter.Acknowledged(time.Since(env.Received))
}
