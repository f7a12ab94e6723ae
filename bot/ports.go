package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/render"
)

// What the workflow of a request asks of Slack.

// newWorkflow gives the workflow of requests its way to Slack.
func (b *Bot) newWorkflow() *workflow.Workflow {
	return workflow.New(workflow.Config{
		Ledger: b.Ledger, Catalog: b.Catalog, Console: b.Console, Queries: b.Queries, Policy: b.Policy, Changed: b.Changed,
		Messenger: messenger{b}, People: asker{b}, Operators: operators{b}, Threads: threads{b}, Background: background{b},
		Explain: func(ref string, err error) (render.Card, error) {
			return b.explain(interaction{Interaction: workflow.Interaction{At: origin{Key: ref}}}, err)
		},
		Count: b.Meter.Command, Enqueue: b.chore, Tick: b.Tick, Now: b.Now, Log: b.Log,
	})
}

// withDialog is an interaction with a way to answer its person.
func (b *Bot) withDialog(a interaction) workflow.Interaction {
	in := a.Interaction
	in.Dialog = dialog{b, a}
	return in
}

// A dialog is with the person of an interaction.
type dialog struct {
	b *Bot
	a interaction
}

func (d dialog) Reply(ctx context.Context, at origin, card render.Card) workflow.Message {
	a := d.a
	a.At = at
	return workflow.Message(d.b.reply(ctx, a, card))
}

// Confide tells them by the response URL, else by an ephemeral message where they asked.
func (d dialog) Confide(ctx context.Context, at origin, card render.Card) error {
	err := errNowhere
	if at.ResponseURL != "" {
		err = d.b.post.Respond(ctx, at.ResponseURL, false, card)
	}
	if err != nil && at.Channel != "" {
		err = d.b.post.PostEphemeral(ctx, at.Channel, at.Thread, d.a.User, card)
	}
	return err
}

// A messenger posts for the workflow.
type messenger struct{ b *Bot }

func (m messenger) Post(ctx context.Context, channel, thread, key string, card render.Card) (workflow.Message, error) {
	channel, ts, err := m.b.post.Post(ctx, channel, thread, key, card)
	return workflow.Message{Channel: channel, TS: ts}, messageError(err)
}

func (m messenger) Edit(ctx context.Context, channel, ts string, card render.Card) error {
	return messageError(m.b.post.Edit(ctx, channel, ts, card))
}

func (m messenger) Find(ctx context.Context, s workflow.Search) (ts string, found bool, err error) {
	look := m.b.Find
	if s.Patient {
		look = m.b.post.LookFor
	}
	all, err := look(ctx, s.Channel, s.Thread, s.Key, s.Since)
	if err != nil || len(all) == 0 {
		return "", false, messageError(err)
	}
	return all[0], true, nil
}

func (m messenger) Deliver(ctx context.Context, user string, at origin, card render.Card) (workflow.Message, error) {
	sent, err := m.b.deliver(ctx, user, at, card)
	return workflow.Message(sent), err
}

// messageError says in the workflow's words what Slack's error tells of a message.
func messageError(err error) error {
	if err == nil {
		return nil
	}
	e := &workflow.MessageError{Reason: channelTrouble(err), Err: err}
	var unconfirmed post.UnconfirmedError
	var known DeliveryError
	switch told := errors.As(deliveryError(err), &known); {
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
		return "I'm not in the channel, or it is gone; somebody has to /invite @s1bot there"
	case post.RefusedWith(err, "restricted_action", "restricted_action_read_only_channel", "restricted_action_thread_only_channel"):
		return "the channel doesn't let me post"
	case errors.As(err, &refused):
		return "Slack refuses it (" + refused.Err + ")"
	}
	return ""
}

// An asker says who people are, once the bot knows its workspace.
type asker struct{ b *Bot }

func (p asker) Who(ctx context.Context, id string) workflow.Person { return p.b.people.who(ctx, id) }
func (p asker) Afresh(ctx context.Context, id string) workflow.Person {
	return p.b.people.afresh(ctx, id)
}
func (p asker) Gate(ctx context.Context) context.Context { return p.b.people.gate(ctx) }

// operators are those who look after the bot.
type operators struct{ b *Bot }

func (o operators) Tell(ctx context.Context, topic, words string) {
	o.b.tellOperators(ctx, topic, words)
}
func (o operators) Settle(ctx context.Context, topic, words string) {
	o.b.settleTopic(ctx, topic, words)
}
func (o operators) Show(ctx context.Context, card render.Card) { o.b.toOperators(ctx, card) }

// threads knows the cards of new threats and alerts.
type threads struct{ b *Bot }

func (t threads) Thread(ctx context.Context, at origin) string {
	_, _, thread := t.b.about(ctx, at)
	return thread
}

// background does the workflow's long work as jobs.
type background struct{ b *Bot }

func (k background) Watch(ctx context.Context, w workflow.Watch) error {
	return k.b.startJob(ctx, job{Watch: w.Request, User: w.Requester, Origin: origin{Key: w.Run}, Saved: w.Saved, Began: w.Began})
}

func (k background) Follow(ctx context.Context, req approvals.Request, saved json.RawMessage) error {
	return k.b.startJob(ctx, job{
		Do: render.Invocation{Command: req.Command, Args: req.Args}, Follow: true, User: req.Requester, Saved: saved,
		Origin: origin{Channel: req.Channel, Thread: req.Thread, Key: fmt.Sprintf("%s %d", req.ID, req.Fence)}, Began: k.b.Now(),
	})
}
