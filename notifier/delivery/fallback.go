package delivery

import (
	"context"
	"time"

	"s1bot/notifier/journal"
	"s1bot/render"
)

// destination returns the channel to post to in place of the sender's own, empty for that, or how
// long to wait. A channel that takes no messages is left alone for a while; what is due there goes
// to the operators meanwhile, if they have a channel.
func (s *channelSender) destination() (place string, wait time.Duration) {
	wait = s.closedUntil.Sub(s.now())
	switch {
	case s.closedUntil.IsZero() || wait <= 0:
		return "", 0
	case !s.mayStandIn():
		return "", wait
	}
	return s.operators(), 0
}

// mayStandIn tells whether the operators have a channel other than the sender's own.
func (s *channelSender) mayStandIn() bool {
	operators := s.operators()
	return operators != "" && operators != s.channel
}

// useFallback deals with a channel that takes no messages.
func (s *channelSender) useFallback(ctx context.Context, n journal.Notice, err error) error {
	if n.Place != "" { // the operators' channel takes none either
		s.postAt = s.now().Add(closedPause)
		return s.save(ctx, n)
	}
	if s.closedUntil.IsZero() {
		s.logger.Error("can't post to a channel: is it archived, or was the bot removed? Its notices wait or go to the operators", "channel", s.channel, "err", err)
		s.reportClosed(ctx, n)
	}
	s.closedUntil = s.now().Add(closedPause)
	return s.save(ctx, n)
}

// reportClosed writes a note for the operators that a channel is closed. That it cannot be written
// down is no reason to hold the notices back.
func (s *channelSender) reportClosed(ctx context.Context, n journal.Notice) {
	if !s.mayStandIn() {
		return
	}
	to := s.operators()
	words := "It is archived or deleted, or I was removed from it. Unarchive it, or type /invite @s1bot there. Until then its notifications come here."
	card := render.Card{Tone: render.Warning, Title: "I can't post to a channel", Text: words,
		Parts: []render.Part{render.Line{render.Channel(s.channel), render.Text(" · "), render.Mono(s.channel)}, render.Line{render.Text(words)}}}
	note, err := journal.NewNote("closed-"+s.channel+"-"+n.ID, to, card, s.now())
	if err == nil {
		err = s.journal.Record(ctx, journal.Batch{Source: journal.Notes, Fresh: []journal.Notice{note}})
	}
	if err != nil {
		s.logger.Warn("can't write the note about a closed channel", "channel", s.channel, "err", err)
		return
	}
	s.wake(to)
}
