package delivery

import (
	"context"
	"time"

	"s1bot/notifier/journal"
	"s1bot/render"
)

// destination returns the channel to post to in place of the teller's own, empty for that, or how long to wait. A channel that takes
// no messages is left alone for a while; what is due there goes to the operators meanwhile, if they have a channel.
func (t *channelSender) destination() (place string, wait time.Duration) {
	wait = t.closedUntil.Sub(t.now())
	switch {
	case t.closedUntil.IsZero() || wait <= 0:
		return "", 0
	case t.operators == "" || t.operators == t.channel:
		return "", wait
	}
	return t.operators, 0
}

// useFallback deals with a channel that takes no messages.
func (t *channelSender) useFallback(ctx context.Context, n journal.Notice, err error) error {
	if n.Place != "" { // the operators' channel takes none either
		t.postAt = t.now().Add(closedPause)
		return t.save(ctx, n)
	}
	if t.closedUntil.IsZero() {
		t.logger.Error("the channel takes no messages: is it archived, or was the bot removed? What is due there waits or goes to the operators", "channel", t.channel, "err", err)
		t.reportClosed(ctx, n)
	}
	t.closedUntil = t.now().Add(closedPause)
	return t.save(ctx, n)
}

// reportClosed tells the operators that a channel is closed. That it cannot be written down is no reason to hold the notices back.
func (t *channelSender) reportClosed(ctx context.Context, n journal.Notice) {
	if t.operators == "" || t.operators == t.channel {
		return
	}
	words := "A channel takes no messages from me: it is archived or gone, or I was removed from it. Until that is mended, its notifications come here."
	card := render.Card{Tone: render.Warning, Title: "Notifications cannot reach their channel", Text: words,
		Parts: []render.Part{render.Line{render.Channel(t.channel), render.Text(" · "), render.Mono(t.channel)}, render.Line{render.Text(words)}}}
	note, err := journal.NewNote("closed-"+t.channel+"-"+n.ID, t.operators, card, t.now())
	if err == nil {
		err = t.journal.Record(ctx, journal.Batch{Source: journal.Notes, Fresh: []journal.Notice{note}})
	}
	if err != nil {
		t.logger.Warn("the operators cannot be told of a closed channel", "channel", t.channel, "err", err)
		return
	}
	t.wake(t.operators)
}
