package intake

import (
	"context"
	"log/slog"
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

// A Receiver takes what Slack delivers: it is written down, acknowledged, and given its turn.
// Nothing here may wait for the console or for another person's work, except for search boxes,
// which have slots apart from the others.
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
}

// Receive is called by the readers of the sockets and never waits.
//
// Waiting here would stop the reading of a socket, and with it the answers to Slack's pings.
func (i *Receiver) Receive(env socketmode.Envelope) {
	i.First.begin()
	err := i.Queue.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) {
		defer i.First.end()
		i.Take(ctx, env)
	}})
	if err != nil { // it is stopping: a class without a bound refuses nothing else
		i.First.end()
	}
}

// Take acknowledges an envelope: after it was written down or, for the two kinds whose answer is
// the acknowledgement, with the answer. The kinds come apart here by what their acknowledgement is:
// nothing (clicks, events, commands), options (search boxes), errors that keep a form open
// (submissions). What cannot be read is acknowledged too: Slack would send an unreadable event
// three times more, and it would be no more readable.
func (i *Receiver) Take(ctx context.Context, env socketmode.Envelope) {
	d := i.Reader.Envelope(env)
	ctx = inbound.WithReference(ctx, d.Key)
	defer func() { i.Meter.Envelope(d.Kind) }()
	switch {
	case d.Err != nil && d.Kind != inbound.Slash:
		i.ack(ctx, env, nil)
		i.Scheduler.push(func(ctx context.Context) { i.Scheduler.Handler.Unreadable(inbound.WithReference(ctx, d.Key), d) })
		return
	case d.Kind == inbound.SearchBox:
		i.takeSearch(env, d)
		return
	case d.Kind == inbound.Submission:
		if refused := i.Forms.CheckForm(ctx, d.Payload); refused != nil {
			i.ack(ctx, env, refused)
			return
		}
	case d.Kind == inbound.Event && d.Message.Meaning == inbound.Talk:
		i.ack(ctx, env, nil) // not written down: the same message may come again as one that is meant for the bot, and must not be known then
		return
	}
	i.writeDown(ctx, env, d)
}

// takeSearch answers a search box in its person's turn; where too many of theirs wait, with nothing: the next key asks anew.
func (i *Receiver) takeSearch(env socketmode.Envelope, d inbound.Delivery) {
	in := d.Payload
	err := i.Queue.Push(fairqueue.Work{Class: suggestionClass, Pool: i.Scheduler.Pools.ofDrawn(in.Form.Do), Owner: in.User.ID, Ref: env.ID, Do: func(ctx context.Context) {
		ctx = inbound.WithReference(ctx, d.Key)
		i.ack(ctx, env, i.Searches.Suggest(ctx, in))
	}})
	if err != nil {
		_ = i.Queue.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) { i.ack(ctx, env, run.NoOptions()) }})
	}
}

// writeDown saves, acknowledges, and only then works.
//
// Acknowledged before it is saved, a delivery would be lost in a crash, for Slack believes that the
// bot has it. Worked on before it is acknowledged, it could run for longer than three seconds. One
// that is known already is acknowledged again without more, for then Slack missed the first
// acknowledgement.
func (i *Receiver) writeDown(ctx context.Context, env socketmode.Envelope, d inbound.Delivery) {
	saveCtx, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	fresh, err := i.Inbox.Save(saveCtx, d.Key, d.Kind, i.Reader.Masked(d))
	if err != nil {
		i.Log.ErrorContext(ctx, "cannot write a delivery down", "envelope_id", env.ID, "kind", d.Kind, "err", err)
		i.turnAway(ctx, env, d)
		return
	}
	i.ack(ctx, env, nil)
	switch {
	case fresh:
		i.Scheduler.Schedule(ctx, d)
	case d.Kind == inbound.Submission:
		i.Scheduler.push(func(ctx context.Context) { i.Scheduler.Handler.SentAgain(inbound.WithReference(ctx, d.Key), d) })
	}
}

// turnAway tells the person that nothing was done. An acknowledgement says that the bot has it, so what was not written down gets none: an
// event is sent again, a click gets Slack's own warning sign. Where the acknowledgement is the answer, it says so; a form stays open with
// all that was typed.
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
