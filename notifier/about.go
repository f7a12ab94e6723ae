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

// About returns what a message of ours, or the thread under it, is about: its kind ("threat", "alert") and id; empty if nothing.
// Somebody may be faster than our writing down where a card stands, so while one is on its way to the channel it looks again.
func (n *Notifier) About(ctx context.Context, channel, ts string) (kind, id string, err error) {
	if ts == "" {
		return "", "", nil
	}
	for try := 0; ; try++ {
		coming := n.underWay(ctx, channel) // asked first: what is written down in between is found
		found, err := n.config.Journal.Notices(ctx, journal.Query{TS: ts, Limit: 10})
		if err != nil {
			return "", "", fmt.Errorf("look up what %s is about: %w", ts, err)
		}
		for _, notice := range found {
			if notice.Where() == channel && (notice.Source == journal.Threats || notice.Source == journal.Alerts) {
				return string(notice.Source), notice.ID, nil
			}
		}
		if try == aboutTries || !coming || ctx.Err() != nil {
			return "", "", nil
		}
		pacing.Rest(ctx, aboutPause, nil)
	}
}

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
