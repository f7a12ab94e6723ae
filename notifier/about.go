package notifier

import (
	"context"
	"fmt"
	"slices"
	"time"

	"s1bot/notifier/delivery"
	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
)

// A Subject is what a message is about: a thing of a console.
type Subject struct {
	Mark     string // of the console in the journal, see journal.Source.Of
	Kind, ID string // "threat", "alert"
}

// About returns what a message of ours, or the thread under it, is about; empty if nothing.
// Somebody may be faster than our writing down where a card stands, so while one is on its way to
// the channel it looks again.
//
// `@s1bot isolate` in the thread of a threat means that threat's host, so the thread must be known
// from the moment a person can see the card. Slack shows the message before its answer is here and
// in the journal; in between the question is asked again for two seconds.
func (n *Notifier) About(ctx context.Context, channel, ts string) (Subject, error) {
	if ts == "" {
		return Subject{}, nil
	}
	for try := 0; ; try++ {
		coming := n.underWay(ctx, channel) // asked first: what is written down in between is found
		found, err := n.config.Journal.Notices(ctx, journal.Query{TS: ts, Limit: 10})
		if err != nil {
			return Subject{}, fmt.Errorf("look up what %s is about: %w", ts, err)
		}
		for _, notice := range found {
			if kind := notice.Source.Kind(); notice.Where() == channel && slices.Contains(sources, kind) {
				return Subject{notice.Source.Console(), string(routed(kind)), notice.ID}, nil
			}
		}
		if try == aboutTries || !coming || ctx.Err() != nil {
			return Subject{}, nil
		}
		pacing.Rest(ctx, aboutPause, nil)
	}
}

// Twenty looks a tenth of a second apart: whoever reads a card and types under it needs longer than
// that.
const (
	aboutTries = 20
	aboutLooks = 250 // notices under way in one channel
	aboutPause = 100 * time.Millisecond
)

// underWay reports whether a post to a channel has been sent and not been written down yet.
func (n *Notifier) underWay(ctx context.Context, channel string) bool {
	waiting, err := n.config.Journal.Notices(ctx, journal.Query{Channel: channel, Want: journal.ToPost, Limit: aboutLooks})
	return err == nil && slices.ContainsFunc(waiting, func(one journal.Notice) bool {
		return one.State == journal.Sending && n.config.Now().Sub(one.Tried) < delivery.CallLimit
	})
}
