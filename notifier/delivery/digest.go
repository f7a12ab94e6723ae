package delivery

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/notifier/journal"
	"s1bot/render"
)

// digestPage is how many items of a digest are in memory at once.
const digestPage = 250

// digestBacklog makes a digest of what waits for the channel, if that is too much for cards. It returns how long the notice that is
// next has to wait: until the burst has stopped growing, for one digest is better than several. What is urgent never waits.
func (t *channelSender) digestBacklog(ctx context.Context, next journal.Notice) (wait time.Duration, err error) {
	if next.State != journal.Due || next.Tries > 0 || next.Source != journal.Threats && next.Source != journal.Alerts {
		return 0, nil
	}
	waiting, err := t.journal.Backlog(ctx, t.channel)
	if err != nil {
		return 0, err
	}
	now := t.now()
	over := waiting.Others + max(waiting.Urgent-urgentCards, 0)
	if over == 0 || over+t.burst.recent(now) <= t.burstLimit {
		t.burst.since = time.Time{}
		return 0, nil
	}
	ready := t.burst.settles(waiting, now)
	if over <= t.burstLimit {
		ready = t.burst.company(now, t.burstLimit)
	}
	switch {
	case ready > 0 && next.Urgent:
		return 0, nil
	case ready > 0:
		return ready, nil
	case over == 1:
		t.burst.since = time.Time{}
		return 0, nil
	}
	t.burst.since = time.Time{}
	if err := t.makeDigest(ctx, waiting); err != nil {
		return 0, err
	}
	return time.Millisecond, nil // look again: the digest is next
}

// makeDigest turns what waits for the channel into a digest and its file.
func (t *channelSender) makeDigest(ctx context.Context, b journal.Backlog) error {
	now := t.now()
	id := now.UTC().Format("20060102T150405") + "-" + strings.ToLower(rand.Text()[:6])
	g := journal.Gathering{Through: b.Last, CardsUntil: b.Last}
	if b.Urgent > urgentCards {
		urgent, err := t.journal.Notices(ctx, journal.Query{Channel: t.channel, Want: journal.ToPost, Ready: now, Limit: urgentCards})
		if err != nil || len(urgent) == 0 {
			return err
		}
		g.CardsUntil = urgent[len(urgent)-1].Seq
	}
	g.Digest = journal.Notice{Source: journal.Digests, ID: id, Channel: t.channel, State: journal.Due, Group: id, Created: now, Version: "1", Body: []byte("{}")}
	g.File = g.Digest
	g.File.Source = journal.Files
	if err := t.journal.Gather(ctx, g); err != nil {
		return fmt.Errorf("make a digest of %d: %w", b.Urgent+b.Others, err)
	}
	t.logger.Info("a burst becomes a digest", "channel", t.channel, "items", b.Urgent+b.Others, "digest", id)
	return nil
}

// A summary is a digest and whom its items call.
type summary struct {
	*render.Digest
	mentions []string
}

// digest counts what a digest, or the file of one, tells of. Items with a card of their own call by that.
func (t *channelSender) digest(ctx context.Context, n journal.Notice) (summary, error) {
	s := summary{Digest: render.NewDigest()}
	err := t.eachNotice(ctx, journal.Query{Channel: n.Channel, Digest: n.ID}, func(item journal.Notice) {
		s.Add(t.row(item))
		if item.State == journal.Listed && item.Mention != "" && !slices.Contains(s.mentions, item.Mention) {
			s.mentions = append(s.mentions, item.Mention)
		}
	})
	if err != nil {
		return s, fmt.Errorf("read what digest %s tells of: %w", n.ID, err)
	}
	return s, nil
}

// card is the digest's, with whom it calls and how late it is.
func (s summary) card(n journal.Notice) render.Card {
	card := s.Card(fileName(n))
	if late := n.Tried.Sub(s.Earliest()); !n.Tried.IsZero() && !s.Earliest().IsZero() && late >= lateAfter {
		card.Parts = append(card.Parts, render.Note{render.Text("The first of them is told " + late.Round(time.Minute).String() + " after the console wrote it down")})
	}
	return withMentions(card, s.mentions...)
}

// eachNotice goes through what matches, page by page, so that ten thousand cost little.
func (t *channelSender) eachNotice(ctx context.Context, q journal.Query, do func(journal.Notice)) error {
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
func (t *channelSender) row(n journal.Notice) render.DigestRow {
	row, err := t.templates[n.Source].row(n.Body)
	if err != nil {
		t.logger.Error("an item of a digest cannot be read; it is listed by its id", "notice", n.Key(), "err", err)
		row = render.DigestRow{Kind: string(n.Source), ID: n.ID, Created: n.Created}
	}
	row.OwnCard = n.State != journal.Listed
	return row
}

// fileName names a digest's file, so that it can be found again in the thread.
func fileName(n journal.Notice) string { return "s1bot-" + n.ID + ".csv" }

// attached finds out whether a file arrived whose upload nobody saw the end of. It returns true if it is still to be uploaded.
func (t *channelSender) attached(ctx context.Context, n journal.Notice) (bool, error) {
	there, err := t.files.Attached(ctx, n.Where(), n.Thread, fileName(n))
	switch {
	case err != nil && n.Tries < asideAfter && !unknowable(err):
		return false, t.postpone(ctx, n, fmt.Errorf("look for a digest's file: %w", err))
	case err != nil || !there:
		return true, nil
	}
	return false, t.delivered(ctx, n, journal.Notice{}, "")
}
