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
	"s1bot/render/cards"
)

// digestPage is how many items of a digest are in memory at once.
const digestPage = 250

// digestBacklog makes a digest of what waits for the channel, if that is too much for cards. It
// returns how long the notice that is next has to wait: until the burst has stopped growing, for
// one digest is better than several.
func (s *channelSender) digestBacklog(ctx context.Context, next journal.Notice) (wait time.Duration, err error) {
	if next.State != journal.Due || next.Tries > 0 || next.Source == journal.Digests || next.Source == journal.Files || next.Source == journal.Notes {
		return 0, nil
	}
	waiting, err := s.journal.Backlog(ctx, s.channel)
	if err != nil {
		return 0, err
	}
	wait, due := s.burst.judge(waiting, next.Urgent, s.now())
	if !due {
		return wait, nil
	}
	if err := s.makeDigest(ctx, waiting); err != nil {
		return 0, err
	}
	return time.Millisecond, nil // look again: the digest is next
}

// makeDigest turns what waits for the channel into a digest and its file.
//
// Through is the last notice that was counted: what a feed writes meanwhile waits for the next
// look. Nothing is posted here; the digest is a notice like any other and is next, because digests
// come first.
func (s *channelSender) makeDigest(ctx context.Context, b journal.Backlog) error {
	now := s.now()
	id := now.UTC().Format("20060102T150405") + "-" + strings.ToLower(rand.Text()[:6])
	g := journal.Gathering{Through: b.Last, CardsUntil: b.Last}
	if b.Urgent > urgentCards {
		urgent, err := s.journal.Notices(ctx, journal.Query{Channel: s.channel, Want: journal.ToPost, Ready: now, Limit: urgentCards})
		if err != nil || len(urgent) == 0 {
			return err
		}
		g.CardsUntil = urgent[len(urgent)-1].Seq
	}
	g.Digest = journal.Notice{Source: journal.Digests, ID: id, Channel: s.channel, State: journal.Due, Group: id, Created: now, Version: "1", Body: []byte("{}")}
	g.File = g.Digest
	g.File.Source = journal.Files
	if err := s.journal.Gather(ctx, g); err != nil {
		return fmt.Errorf("make a digest of %d: %w", b.Urgent+b.Others, err)
	}
	s.logger.Info("posting a digest instead of single cards", "channel", s.channel, "items", b.Urgent+b.Others, "digest", id)
	return nil
}

// A summary is a digest and whom its items call.
type summary struct {
	*cards.Digest
	mentions []string
}

// digest counts what a digest, or the file of one, lists. Items with a card of their own call by
// that.
func (s *channelSender) digest(ctx context.Context, n journal.Notice) (summary, error) {
	sum := summary{Digest: cards.NewDigest(s.actions)}
	err := s.eachNotice(ctx, journal.Query{Channel: n.Channel, Digest: n.ID}, func(item journal.Notice) {
		sum.Add(s.row(item))
		if item.State == journal.Listed && item.Mention != "" && !slices.Contains(sum.mentions, item.Mention) {
			sum.mentions = append(sum.mentions, item.Mention)
		}
	})
	if err != nil {
		return sum, fmt.Errorf("read what digest %s lists: %w", n.ID, err)
	}
	return sum, nil
}

// card is the digest's, with whom it calls and how late it is.
func (s summary) card(n journal.Notice) render.Card {
	card := s.Card(fileName(n))
	if late := n.Tried.Sub(s.Earliest()); !n.Tried.IsZero() && !s.Earliest().IsZero() && late >= lateAfter {
		card.Parts = append(card.Parts, render.Note{render.Text("The oldest was delivered " + render.Lasting(late, time.Minute) + " late.")})
	}
	return withMentions(card, s.mentions...)
}

// eachNotice goes through what matches, page by page, so that ten thousand cost little.
func (s *channelSender) eachNotice(ctx context.Context, q journal.Query, do func(journal.Notice)) error {
	for q.Limit = digestPage; ; {
		items, err := s.journal.Notices(ctx, q)
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
func (s *channelSender) row(n journal.Notice) cards.DigestRow {
	row, err := s.rowOf(n)
	if err != nil {
		s.logger.Error("can't read an item of a digest; listing it by its id", "notice", n.Key(), "err", err)
		row = cards.DigestRow{Kind: string(n.Source.Kind()), ID: n.ID, Created: n.Created}
	}
	row.OwnCard = n.State != journal.Listed
	return row
}

// rowOf reads an item of a digest. Of a console that is not configured any more there is no template.
func (s *channelSender) rowOf(n journal.Notice) (cards.DigestRow, error) {
	t, ok := s.templates[n.Source]
	if !ok {
		return cards.DigestRow{}, fmt.Errorf("no cards for source %q", n.Source)
	}
	return t.row(n.Body)
}

// fileName names a digest's file, so that it can be found again in the thread.
func fileName(n journal.Notice) string { return "s1bot-" + n.ID + ".csv" }

// attached finds out whether a file arrived whose upload nobody saw the end of. It returns true if
// it is still to be uploaded.
func (s *channelSender) attached(ctx context.Context, n journal.Notice) (bool, error) {
	there, err := s.files.Attached(ctx, n.Where(), n.Thread, fileName(n))
	switch {
	case err != nil && n.Tries < asideAfter && !unknowable(err):
		return false, s.postpone(ctx, n, fmt.Errorf("look for a digest's file: %w", err))
	case err != nil || !there:
		return true, nil
	}
	return false, s.delivered(ctx, n, journal.Notice{}, "")
}
