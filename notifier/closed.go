package notifier

import (
	"context"
	"time"

	"s1bot/render"
)

// whereTo returns the channel to post to in place of the teller's own, empty for that, or how long to wait. A channel that takes
// no messages is left alone for a while; what is due there goes to the operators meanwhile, if they have a channel.
func (t *teller) whereTo() (place string, wait time.Duration) {
	wait = t.closed.Sub(t.now())
	switch {
	case t.closed.IsZero() || wait <= 0:
		return "", 0
	case t.operators == "" || t.operators == t.channel:
		return "", wait
	}
	return t.operators, 0
}

// shut deals with a channel that takes no messages.
func (t *teller) shut(ctx context.Context, n Notice, err error) error {
	if n.Place != "" { // the operators' channel takes none either
		t.postAt = t.now().Add(closedPause)
		return t.settle(ctx, n)
	}
	if t.closed.IsZero() {
		t.logger.Error("the channel takes no messages: is it archived, or was the bot removed? What is due there waits or goes to the operators", "channel", t.channel, "err", err)
		t.report(ctx, n)
	}
	t.closed = t.now().Add(closedPause)
	return t.settle(ctx, n)
}

// report tells the operators that a channel is closed. That it cannot be written down is no reason to hold the notices back.
func (t *teller) report(ctx context.Context, n Notice) {
	if t.operators == "" || t.operators == t.channel {
		return
	}
	words := "A channel takes no messages from me: it is archived or gone, or I was removed from it. Until that is mended, its notifications come here."
	card := render.Card{Tone: render.Warning, Title: "Notifications cannot reach their channel", Text: words,
		Parts: []render.Part{render.Line{render.Channel(t.channel), render.Text(" · "), render.Mono(t.channel)}, render.Line{render.Text(words)}}}
	note, err := newNote("closed-"+t.channel+"-"+n.ID, t.operators, card, t.now())
	if err == nil {
		err = t.journal.Record(ctx, Batch{Source: Notes, Fresh: []Notice{note}})
	}
	if err != nil {
		t.logger.Warn("the operators cannot be told of a closed channel", "channel", t.channel, "err", err)
		return
	}
	t.wake(t.operators)
}
