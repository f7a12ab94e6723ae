package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/fairqueue"
	"s1bot/bot/post"
	"s1bot/bot/socketmode"
	"s1bot/render"
)

// saveLimit leaves time to acknowledge within Slack's 3 s even when the database is slow.
const saveLimit = 2 * time.Second

// An interactionPayload is what Slack sends for clicks, forms and search boxes; only what the bot reads.
// https://docs.slack.dev/interactivity/handling-user-interaction
type interactionPayload struct {
	Type        string               `json:"type"`
	ResponseURL string               `json:"response_url"`
	Trigger     string               `json:"trigger_id"`
	User        interactionUser      `json:"user"`
	Channel     struct{ ID string }  `json:"channel"`
	Message     interactionMessage   `json:"message"`
	Container   interactionContainer `json:"container"`
	View        slack.View           `json:"view"`
	Actions     []*slack.BlockAction `json:"actions"`
	ActionID    string               `json:"action_id"` // of a search box
	Value       string               `json:"value"`     // what was typed into it
}

type interactionUser struct {
	ID string `json:"id"`
}

type interactionMessage struct {
	TS       string `json:"ts"`
	Thread   string `json:"thread_ts"`
	Metadata struct {
		Type    string `json:"event_type"`
		Payload struct {
			Key string `json:"key"`
		} `json:"event_payload"`
	} `json:"metadata"`
}

// key tells which card of ours a message is; empty where that is not known.
func (m interactionMessage) key() string {
	if m.Metadata.Type != post.MetadataType {
		return ""
	}
	return m.Metadata.Payload.Key
}

type interactionContainer struct {
	Channel   string `json:"channel_id"`
	Message   string `json:"message_ts"`
	Thread    string `json:"thread_ts"`
	Ephemeral bool   `json:"is_ephemeral"`
}

// receive is called by the readers of the sockets and never waits.
func (b *Bot) receive(env socketmode.Envelope) {
	_ = b.intake.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) { b.take(ctx, env) }}) // a class without a bound refuses nothing
}

// take acknowledges an envelope: after it was written down or, for the two kinds whose answer is the acknowledgement, with
// the answer.
func (b *Bot) take(ctx context.Context, env socketmode.Envelope) {
	kind := env.Type
	defer func() { b.Meter.Envelope(kind) }()
	if env.Type == "interactive" {
		var in interactionPayload
		if err := json.Unmarshal(env.Payload, &in); err != nil {
			b.ack(ctx, env, nil)
			b.chore(func(ctx context.Context) { b.unreadable(ctx, env, err) })
			return
		}
		kind = in.Type
		switch in.Type {
		case "block_suggestion":
			b.takeSearch(env, in)
			return
		case "view_submission":
			if refused := b.checkForm(ctx, in); refused != nil {
				b.ack(ctx, env, refused)
				return
			}
		}
	}
	if env.Type == "events_api" && !b.concerns(env.Payload) {
		b.ack(ctx, env, nil)
		return
	}
	b.writeDown(ctx, env, kind)
}

// takeSearch answers a search box in its person's turn; where too many of theirs wait, with nothing: the next key asks anew.
func (b *Bot) takeSearch(env socketmode.Envelope, in interactionPayload) {
	err := b.intake.Push(fairqueue.Work{Class: suggestionClass, Owner: in.User.ID, Ref: env.ID, Do: func(ctx context.Context) { b.ack(ctx, env, b.suggest(ctx, in)) }})
	if err != nil {
		_ = b.intake.Push(fairqueue.Work{Class: envelopeClass, Ref: env.ID, Do: func(ctx context.Context) { b.ack(ctx, env, noOptions()) }})
	}
}

// concerns tells events that the bot has to do something about. Those of talk are not written down: the same message may come again
// as one that is meant for the bot, and must not be known then.
func (b *Bot) concerns(payload json.RawMessage) bool {
	m := readEvent(payload)
	_, what := b.meant(m)
	return what != talk
}

// writeDown saves, acknowledges, and only then works.
func (b *Bot) writeDown(ctx context.Context, env socketmode.Envelope, kind string) {
	saveCtx, cancel := context.WithTimeout(ctx, saveLimit)
	defer cancel()
	key := deliveryKey(env)
	fresh, err := b.Inbox.Save(saveCtx, key, kind, b.masked(kind, env.Payload))
	if err != nil {
		b.Log.Error("cannot write a delivery down", "envelope_id", env.ID, "kind", kind, "err", err)
		b.turnAway(ctx, env, kind)
		return
	}
	b.ack(ctx, env, nil)
	var in interactionPayload
	switch {
	case fresh:
		b.schedule(delivery{key, kind, env.Payload, env.Received, false, 0})
	case kind == "view_submission" && json.Unmarshal(env.Payload, &in) == nil:
		b.chore(func(ctx context.Context) { b.sentAgain(ctx, in, key) })
	}
}

// turnAway tells the person that nothing was done. An event is left without its acknowledgement: Slack sends it again.
func (b *Bot) turnAway(ctx context.Context, env socketmode.Envelope, kind string) {
	const words = "I couldn't save this, so nothing was done. Please try again in a moment."
	switch kind {
	case "events_api":
	case "slash_commands":
		b.ack(ctx, env, map[string]string{"response_type": "ephemeral", "text": words})
	default:
		b.ack(ctx, env, nil)
		var in interactionPayload
		if json.Unmarshal(env.Payload, &in) == nil {
			b.reply(ctx, interaction{Interaction: workflow.Interaction{At: in.origin(deliveryKey(env)), User: in.User.ID}}, render.Notice(words))
		}
	}
}

func (b *Bot) ack(ctx context.Context, env socketmode.Envelope, payload any) {
	if err := env.Acknowledge(ctx, payload); err != nil {
		b.Log.Warn("cannot acknowledge an envelope", "envelope_id", env.ID, "kind", env.Type, "err", err)
		return
	}
	b.Meter.Acknowledged(time.Since(env.Received))
}

// A delivery is an envelope that was written down.
type delivery struct {
	key, kind string
	payload   json.RawMessage
	at        time.Time
	again     bool // taken up after a restart: its trigger id is dead
	tries     int  // how often it was put off
}

// process works on a delivery and marks it done. What panics is not tried again: it would panic at every start.
func (b *Bot) process(ctx context.Context, d delivery) {
	done := true
	defer func() {
		if !done {
			return // it is taken up again: here, or after a restart
		}
		if err := b.Inbox.Finish(context.WithoutCancel(ctx), d.key); err != nil {
			b.Log.Error("cannot mark a delivery as done", "envelope_id", d.key, "err", err)
		}
	}()
	if err := b.handle(b.people.gate(ctx), d); errors.Is(err, errPostponed) {
		done = false
	} else if err != nil {
		b.Log.Error("a delivery failed", "envelope_id", d.key, "kind", d.kind, "err", err)
	}
}

// handle tells the kinds of delivery apart.
func (b *Bot) handle(ctx context.Context, d delivery) error {
	switch d.kind {
	case "slash_commands":
		return b.slash(ctx, d)
	case "events_api":
		b.learnDirect(ctx, d.payload)
		return b.event(ctx, d)
	case "block_actions", "view_submission":
		var in interactionPayload
		if err := json.Unmarshal(d.payload, &in); err != nil {
			return fmt.Errorf("read an interaction: %w", err)
		}
		if d.again {
			in.Trigger = ""
		}
		if d.kind == "view_submission" {
			return b.submit(ctx, d, in)
		}
		return b.clicked(ctx, d, in)
	}
	return nil // view_closed and kinds that Slack may add: acknowledged, nothing to do
}

// resume takes up what an earlier run saved and did not finish.
func (b *Bot) resume(ctx context.Context) error {
	return b.Inbox.Unfinished(ctx, func(key, kind string, payload []byte, at time.Time) error {
		d := delivery{key, kind, json.RawMessage(payload), at, true, 0}
		b.schedule(d)
		return nil
	})
}

// oneStory tells whether an interaction names one place: Slack says it twice.
func (in interactionPayload) oneStory() bool {
	same := func(a, b string) bool { return a == "" || b == "" || a == b }
	return same(in.Channel.ID, in.Container.Channel) && same(in.Message.TS, in.Container.Message)
}

// origin is where the interaction came from and so where its answer goes.
func (in interactionPayload) origin(key string) origin {
	at := origin{Channel: cmp.Or(in.Channel.ID, in.Container.Channel), Message: cmp.Or(in.Container.Message, in.Message.TS),
		Thread: cmp.Or(in.Container.Thread, in.Message.Thread), ResponseURL: in.ResponseURL, Key: key}
	return at
}
