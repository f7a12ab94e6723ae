package delivery

import (
	"slices"
	"time"

	"s1bot/notifier/journal"
)

const (
	// settling is how long a burst must not have grown before it is told, and settledAfter when it is told in any case.
	settling     = 2 * time.Second
	settledAfter = 10 * time.Second
	// trickle is how long single items wait for company after a handful of cards, and longTrickle after two handfuls or a digest.
	trickle     = 3 * time.Second
	longTrickle = 10 * time.Second
	// memorySpan is how long a card counts towards a burst.
	memorySpan = time.Minute
	// urgentCards is how many urgent notices of one burst get cards of their own: at one a second, the last of them comes
	// more than one and a half minutes later. The digest tells of the others.
	urgentCards = 100
)

// A burst is what a teller knows of a burst that may be under way.
type burst struct {
	cards  []time.Time // told lately, threads not counted
	digest time.Time   // when the last one was told
	since  time.Time   // when the backlog was first too large; zero if it is not
	grew   time.Time   // when it grew last
	last   int64       // its highest Seq then
}

// delivered remembers a message.
func (c *burst) delivered(n journal.Notice, now time.Time) {
	if n.Thread == "" && n.Source != journal.Files && n.Source != journal.Notes {
		c.cards = append(c.cards, now)
	}
	if n.Source == journal.Digests {
		c.digest = now
	}
}

// recent is how many cards the last minute brought.
func (c *burst) recent(now time.Time) int {
	c.cards = slices.DeleteFunc(c.cards, func(at time.Time) bool { return now.Sub(at) >= memorySpan })
	return len(c.cards)
}

// settles returns how long a burst is still waited for.
func (c *burst) settles(b journal.Backlog, now time.Time) time.Duration {
	if c.since.IsZero() {
		c.since = now
	}
	if b.Last != c.last {
		c.last, c.grew = b.Last, now
	}
	return min(settling-now.Sub(c.grew), settledAfter-now.Sub(c.since))
}

// company returns how long a few items still wait for others, because the last minute had more than enough.
func (c *burst) company(now time.Time, burst int) time.Duration {
	if c.recent(now) < 2*burst && now.Sub(c.digest) >= memorySpan {
		return trickle - now.Sub(c.since)
	}
	return longTrickle - now.Sub(c.since)
}
