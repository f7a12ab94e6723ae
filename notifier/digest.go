package notifier

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/render"
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
	// digestPage is how many items of a digest are in memory at once.
	digestPage = 250
)

// A crowd is what a teller knows of a burst that may be under way.
type crowd struct {
	cards  []time.Time // told lately, threads not counted
	digest time.Time   // when the last one was told
	since  time.Time   // when the backlog was first too large; zero if it is not
	grew   time.Time   // when it grew last
	last   int64       // its highest Seq then
}

// told remembers a message.
func (c *crowd) told(n Notice, now time.Time) {
	if n.Thread == "" && n.Source != Files && n.Source != Notes {
		c.cards = append(c.cards, now)
	}
	if n.Source == Digests {
		c.digest = now
	}
}

// recent is how many cards the last minute brought.
func (c *crowd) recent(now time.Time) int {
	c.cards = slices.DeleteFunc(c.cards, func(at time.Time) bool { return now.Sub(at) >= memorySpan })
	return len(c.cards)
}

// gather makes a digest of what waits for the channel, if that is too much for cards. It returns how long the notice that is
// next has to wait: until the burst has stopped growing, for one digest is better than several. What is urgent never waits.
func (t *teller) gather(ctx context.Context, next Notice) (wait time.Duration, err error) {
	if next.State != Due || next.Tries > 0 || next.Source != Threats && next.Source != Alerts {
		return 0, nil
	}
	waiting, err := t.journal.Backlog(ctx, t.channel)
	if err != nil {
		return 0, err
	}
	now := t.now()
	over := waiting.Others + max(waiting.Urgent-urgentCards, 0)
	if over == 0 || over+t.crowd.recent(now) <= t.burst {
		t.crowd.since = time.Time{}
		return 0, nil
	}
	ready := t.crowd.settles(waiting, now)
	if over <= t.burst {
		ready = t.crowd.company(now, t.burst)
	}
	switch {
	case ready > 0 && next.Urgent:
		return 0, nil
	case ready > 0:
		return ready, nil
	case over == 1:
		t.crowd.since = time.Time{}
		return 0, nil
	}
	t.crowd.since = time.Time{}
	if err := t.makeDigest(ctx, waiting); err != nil {
		return 0, err
	}
	return time.Millisecond, nil // look again: the digest is next
}

// settles returns how long a burst is still waited for.
func (c *crowd) settles(b Backlog, now time.Time) time.Duration {
	if c.since.IsZero() {
		c.since = now
	}
	if b.Last != c.last {
		c.last, c.grew = b.Last, now
	}
	return min(settling-now.Sub(c.grew), settledAfter-now.Sub(c.since))
}

// company returns how long a few items still wait for others, because the last minute had more than enough.
func (c *crowd) company(now time.Time, burst int) time.Duration {
	if c.recent(now) < 2*burst && now.Sub(c.digest) >= memorySpan {
		return trickle - now.Sub(c.since)
	}
	return longTrickle - now.Sub(c.since)
}

// makeDigest turns what waits for the channel into a digest and its file.
func (t *teller) makeDigest(ctx context.Context, b Backlog) error {
	now := t.now()
	id := now.UTC().Format("20060102T150405") + "-" + strings.ToLower(rand.Text()[:6])
	g := Gathering{Through: b.Last, CardsUntil: b.Last}
	if b.Urgent > urgentCards {
		urgent, err := t.journal.Notices(ctx, Query{Channel: t.channel, Want: ToPost, Ready: now, Limit: urgentCards})
		if err != nil || len(urgent) == 0 {
			return err
		}
		g.CardsUntil = urgent[len(urgent)-1].Seq
	}
	g.Digest = Notice{Source: Digests, ID: id, Channel: t.channel, State: Due, Group: id, Created: now, Version: "1", Body: []byte("{}")}
	g.File = g.Digest
	g.File.Source = Files
	if err := t.journal.Gather(ctx, g); err != nil {
		return fmt.Errorf("make a digest of %d: %w", b.Urgent+b.Others, err)
	}
	t.logger.Info("a burst becomes a digest", "channel", t.channel, "items", b.Urgent+b.Others, "digest", id)
	return nil
}

// A summary is a digest and whom its items call.
type summary struct {
	*render.Digest
	calls []string
}

// digest counts what a digest, or the file of one, tells of. Items with a card of their own call by that.
func (t *teller) digest(ctx context.Context, n Notice) (summary, error) {
	s := summary{Digest: render.NewDigest()}
	err := t.each(ctx, Query{Channel: n.Channel, Digest: n.ID}, func(item Notice) {
		s.Add(t.row(item))
		if item.State == Listed && item.Mention != "" && !slices.Contains(s.calls, item.Mention) {
			s.calls = append(s.calls, item.Mention)
		}
	})
	if err != nil {
		return s, fmt.Errorf("read what digest %s tells of: %w", n.ID, err)
	}
	return s, nil
}

// card is the digest's, with whom it calls and how late it is.
func (s summary) card(n Notice) render.Card {
	card := s.Card(fileName(n))
	if late := n.Tried.Sub(s.Earliest()); !n.Tried.IsZero() && !s.Earliest().IsZero() && late >= lateAfter {
		card.Parts = append(card.Parts, render.Note{render.Text("The first of them is told " + late.Round(time.Minute).String() + " after the console wrote it down")})
	}
	return called(card, s.calls...)
}

// each goes through what matches, page by page, so that ten thousand cost little.
func (t *teller) each(ctx context.Context, q Query, do func(Notice)) error {
	for q.Limit = digestPage; ; {
		items, err := t.journal.Notices(ctx, q)
		if err != nil {
			return err
		}
		for _, item := range items {
			do(item)
			q.After = item.Seq
		}
		if len(items) < digestPage {
			return nil
		}
	}
}

// row is an item of a digest; one that cannot be read is listed by its id.
func (t *teller) row(n Notice) render.DigestRow {
	row, err := t.templates[n.Source].row(n.Body)
	if err != nil {
		t.logger.Error("an item of a digest cannot be read; it is listed by its id", "notice", n.key(), "err", err)
		row = render.DigestRow{Kind: string(n.Source), ID: n.ID, Created: n.Created}
	}
	row.OwnCard = n.State != Listed
	return row
}

// fileName names a digest's file, so that it can be found again in the thread.
func fileName(n Notice) string { return "s1bot-" + n.ID + ".csv" }

// attached finds out whether a file arrived whose upload nobody saw the end of. It returns true if it is still to be uploaded.
func (t *teller) attached(ctx context.Context, n Notice) (bool, error) {
	there, err := t.files.Attached(ctx, n.Where(), n.Thread, fileName(n))
	switch {
	case err != nil && n.Tries < asideAfter && !unknowable(err):
		return false, t.later(ctx, n, fmt.Errorf("look for a digest's file: %w", err))
	case err != nil || !there:
		return true, nil
	}
	return false, t.told(ctx, n, Notice{}, "")
}
