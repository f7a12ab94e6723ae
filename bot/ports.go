package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/chat"
	"s1bot/bot/exchange"
	"s1bot/bot/jobs"
	"s1bot/bot/post"
	"s1bot/bot/run"
	"s1bot/render"
)

// What the workflow of a request asks of Slack.

// A messenger posts for the workflow.
type messenger struct {
	post      *post.Messenger
	finder    chat.Finder
	responder *exchange.Responder
}

func (m messenger) Post(ctx context.Context, channel, thread, key string, card render.Card) (workflow.Message, error) {
	channel, ts, err := m.post.Post(ctx, channel, thread, key, card)
	return workflow.Message{Channel: channel, TS: ts}, messageError(err)
}

func (m messenger) Edit(ctx context.Context, channel, ts string, card render.Card) error {
	return messageError(m.post.Edit(ctx, channel, ts, card))
}

func (m messenger) Replace(ctx context.Context, reply string, card render.Card) error {
	over, err := m.responder.Replace(ctx, reply, card)
	if over {
		return &workflow.MessageError{Fate: workflow.Final, Err: err}
	}
	return messageError(err)
}

func (m messenger) Find(ctx context.Context, s workflow.Search) ([]string, error) {
	look := m.finder.Find
	if s.Patient {
		look = m.post.LookFor
	}
	all, err := look(ctx, s.Channel, s.Thread, s.Key, s.Since)
	return all, messageError(err)
}

func (m messenger) Deliver(ctx context.Context, user string, at exchange.Origin, card render.Card) (workflow.Message, error) {
	sent, err := m.responder.Deliver(ctx, user, at, card)
	return workflow.Message(sent), err
}

// messageError says in the workflow's words what Slack's error tells of a message.
func messageError(err error) error {
	if err == nil {
		return nil
	}
	e := &workflow.MessageError{Reason: channelTrouble(err), Err: err}
	var unconfirmed post.UnconfirmedError
	var known chat.Failure
	switch told := errors.As(chat.FailureOf(err), &known); {
	case errors.As(err, &unconfirmed):
		e.Fate = workflow.Unconfirmed
	case told && (known.Gone() || known.Closed() || known.Fixed()):
		e.Fate = workflow.Final
	case post.Passes(err):
		e.Fate = workflow.Passing
	}
	return e
}

// channelTrouble says what is wrong with a channel, and what mends it; empty where Slack does not say.
func channelTrouble(err error) string {
	var refused slack.SlackErrorResponse
	switch {
	case post.RefusedWith(err, "is_archived"):
		return "the channel is archived"
	case post.RefusedWith(err, "not_in_channel", "channel_not_found"):
		return "I'm not in the channel, or it no longer exists; somebody has to type /invite @s1bot there"
	case post.RefusedWith(err, "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"):
		return "the channel doesn't let me post"
	case errors.As(err, &refused):
		return "Slack refuses it (" + refused.Err + ")"
	}
	return ""
}

// threads knows the cards of new threats and alerts.
type threads struct{ subjects exchange.Subjects }

func (t threads) Thread(ctx context.Context, at exchange.Origin) string {
	_, thread, err := t.subjects.Of(ctx, at)
	if err != nil {
		t.subjects.Log.WarnContext(ctx, "cannot look up what a thread is about", "channel", at.Channel, "err", err)
	}
	return thread
}

// background does the workflow's long work as jobs.
type background struct {
	jobs run.Starter
	now  func() time.Time
}

func (k *background) Watch(ctx context.Context, w workflow.Watch) error {
	return k.jobs.Start(ctx, jobs.Job{Watch: w.Request, User: w.Requester, Origin: exchange.Origin{Key: w.Run}, Saved: w.Saved, Began: w.Began})
}

func (k *background) Follow(ctx context.Context, req approvals.Request, saved json.RawMessage) error {
	return k.jobs.Start(ctx, jobs.Job{
		Do: render.Invocation{Command: req.Command, Args: req.Args, Console: req.Console}, Follow: true, User: req.Requester, Saved: saved,
		Origin: exchange.Origin{Channel: req.Channel, Thread: req.Thread, Key: fmt.Sprintf("%s %d", req.ID, req.Fence)}, Began: k.now(),
	})
}

// longWork runs the commands of jobs.
type longWork struct {
	gate    *exchange.Gate
	settler exchange.Settler
	caller  run.Caller
	meter   run.Meter
}

// Run runs the command of a job on behalf of its person, who passes the gate as with a click.
func (l longWork) Run(ctx context.Context, j jobs.Job, hooks jobs.Hooks) (render.Card, error) {
	a := ofJob(j)
	if err := l.gate.Admit(ctx, &a); err != nil {
		return render.Card{}, err
	}
	if err := l.settler.Settle(ctx, &a); err != nil {
		return render.Card{}, err
	}
	cmd, ok := a.Command()
	if !ok {
		return render.Card{}, workflow.ErrGone
	}
	call := l.caller.Call(a)
	call.Saved, call.OnSave = j.Saved, hooks.Save
	call.Progress = func(card render.Card) { hooks.Progress(a.DrawnOn(card)) }
	run := cmd.Run
	if j.Follow {
		run = cmd.Follow
	}
	card, err := run(ctx, call, j.Do.Args)
	return a.DrawnOn(card), workflow.WithCommand(cmd, err)
}

// Explain says in words why a job failed.
func (longWork) Explain(j jobs.Job, err error) (card render.Card, fault error) {
	card, fault = exchange.Explain(ofJob(j), err)
	return card.On(j.Do.Console), fault
}

// Ended counts a job.
func (l longWork) Ended(j jobs.Job, card render.Card) {
	l.meter.Command(j.Do.Command, run.OutcomeLabels[card.Outcome])
}

// ofJob is the interaction that a job is for.
func ofJob(j jobs.Job) exchange.Interaction {
	return exchange.Interaction{Interaction: workflow.Interaction{User: j.User, At: j.Origin, Do: j.Do}, Drawn: true}
}
