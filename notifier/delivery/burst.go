package delivery

import (
	"slices"
	"time"

	"s1bot/notifier/journal"
)

// Nobody reads fifty cards, and a channel takes one a second. So where the backlog of a channel
// together with the cards of the last minute is more than a handful, it waits until it has stopped
// growing and becomes one digest. Afterwards, while the channel is busy, single items wait a little
// for company. What is urgent never waits, and keeps cards of its own.

const (
	// growthPause is how long a burst must not have grown before it becomes a digest, growthLimit when
	// it does in any case: a feed writes it down page by page.
	growthPause = 2 * time.Second
	growthLimit = 10 * time.Second
	// companyWait is how long a few items wait for others after a handful of cards, and
	// longCompanyWait after two handfuls or a digest.
	companyWait     = 3 * time.Second
	longCompanyWait = 10 * time.Second
	// burstMemory is how long a card counts towards a burst.
	burstMemory = time.Minute
	// urgentCards is how many urgent notices of one burst get cards of their own: at one a second, the
	// last of them comes more than one and a half minutes later. The digest lists the others.
	urgentCards = 100
)

// A burst is what a channelSender knows of a burst that may be under way.
//
// It is memory only. After a restart the first minute may bring a handful of cards more than it
// would have.
type burst struct {
	limit  int         // more than so many in a minute are one
	cards  []time.Time // posted lately, replies not counted
	digest time.Time   // when the last one was posted
	since  time.Time   // when the backlog was first too large; zero if it is not
	grew   time.Time   // when it grew last
	last   int64       // its highest Seq then
}

// delivered remembers a message.
func (b *burst) delivered(n journal.Notice, now time.Time) {
	if n.Thread == "" && n.Source != journal.Files && n.Source != journal.Notes {
		b.cards = append(b.cards, now)
	}
	if n.Source == journal.Digests {
		b.digest = now
	}
}

// judge says whether a backlog is to become a digest at now, or else how long the notice that is
// next has to wait: not at all where there is time for cards, or where it is urgent.
//
// An urgent notice that is next is never held up by others that wait for company; they are counted
// again after it.
func (b *burst) judge(waiting journal.Backlog, urgent bool, now time.Time) (wait time.Duration, digest bool) {
	over := waiting.Others + max(waiting.Urgent-urgentCards, 0)
	if over == 0 || over+b.recent(now) <= b.limit {
		b.since = time.Time{}
		return 0, false
	}
	wait = b.growing(waiting, now)
	if over <= b.limit {
		wait = b.company(now)
	}
	if wait > 0 {
		if urgent {
			wait = 0
		}
		return wait, false
	}
	b.since = time.Time{}
	return 0, over > 1 // one alone got no company: a digest of it says less than its card
}

// recent is how many cards the last minute brought.
func (b *burst) recent(now time.Time) int {
	b.cards = slices.DeleteFunc(b.cards, func(at time.Time) bool { return now.Sub(at) >= burstMemory })
	return len(b.cards)
}

// growing returns how long a burst is still waited for.
func (b *burst) growing(waiting journal.Backlog, now time.Time) time.Duration {
	if b.since.IsZero() {
		b.since = now
	}
	if waiting.Last != b.last {
		b.last, b.grew = waiting.Last, now
	}
	return min(growthPause-now.Sub(b.grew), growthLimit-now.Sub(b.since))
}

// company returns how long a few items still wait for others, because the last minute had more than
// enough.
func (b *burst) company(now time.Time) time.Duration {
	if b.recent(now) < 2*b.limit && now.Sub(b.digest) >= burstMemory {
		return companyWait - now.Sub(b.since)
	}
	return longCompanyWait - now.Sub(b.since)
}
