package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
)

// An attempt is one post that is about to be made.
type attempt struct {
	notice, root journal.Notice // the root is empty for a notice that begins a thread
	drawing      drawing
}

// post brings one notice to the channel. The journal says Sending before Slack is called, so that a
// crash leaves a trace, and what Slack answered right after.
func (s *channelSender) post(ctx context.Context, n journal.Notice) error {
	blind := false
	if n.State == journal.Sending || isUnconfirmed(n) {
		open, unseen, err := s.reconcile(ctx, n)
		if !open || err != nil {
			return err
		}
		blind = unseen
	}
	a, ready, err := s.prepare(ctx, n, blind)
	if !ready || err != nil {
		return err
	}
	if err := s.journal.Save(ctx, a.notice); err != nil {
		return fmt.Errorf("mark %s as being sent: %w", n.Key(), err)
	}
	a.notice.Rev++
	ctx, done := withGrace(ctx)
	defer done()
	ts, err := s.send(ctx, a)
	s.postAt = s.now().Add(postPause)
	if err != nil {
		s.count(n, "failed")
		return s.postFailed(ctx, a.notice, a.root, err)
	}
	s.count(n, "delivered")
	if !a.drawing.oldest.IsZero() && !replaces(n) {
		s.observer.Delayed(s.now().Sub(a.drawing.oldest))
	}
	return s.delivered(ctx, a.notice, a.root, ts)
}

// count counts what became of a notification; files and notes of our own are none.
func (s *channelSender) count(n journal.Notice, result string) {
	if n.Source != journal.Files && n.Source != journal.Notes {
		s.observer.Notified(string(n.Source.Kind()), result)
	}
}

// prepare finds out where a notice goes and what its card is; it is not ready if it has to wait.
//
// A card that fails four times is replaced by a plain one: Slack may refuse these very blocks, and
// that there is a threat is worth more than how it looks.
func (s *channelSender) prepare(ctx context.Context, n journal.Notice, blind bool) (a attempt, ready bool, err error) {
	place, wait := s.destination()
	if wait > 0 {
		s.postAt = s.now().Add(wait)
		return a, false, nil
	}
	n.Place = place
	root, err := s.root(ctx, n)
	if err != nil {
		return a, false, err
	}
	if n.Source == journal.Files {
		if root.TS == "" { // its digest comes first
			n.NotBefore = s.now().Add(idle)
			return a, false, s.save(ctx, n)
		}
		n.Place = root.Place
	}
	again := replaces(n)
	switch {
	case again: // when the first card was posted is kept: a new card is not late
		n.NotBefore = s.now()
	case !blind: // and so is when the card was posted that nobody can see: it is looked for from then on
		n.Tried = s.now()
	}
	n.Shown = n.Version
	d, err := s.draw(ctx, n)
	if err != nil {
		return a, false, err
	}
	if n.Tries >= plainAfter && n.Source != journal.Files && !blind { // perhaps Slack does not like this one; if it was something else, an edit makes it good
		d, n.Shown = plainCard(n), ""
	}
	switch {
	case blind:
		d, n.Shown = asUnconfirmed(d), redrawn(n.Version)
	case again && n.Source != journal.Files:
		d.card = withReplacementNote(d.card)
	}
	n.State, n.Thread, n.Fingerprint, n.Agent = journal.Sending, root.TS, d.fingerprint, s.agentOf(n)
	return attempt{n, root, d}, true, nil
}

// send calls Slack at the channel's pace.
func (s *channelSender) send(ctx context.Context, a attempt) (ts string, err error) {
	n := a.notice
	done, err := s.pacer.Take(ctx, n.Where())
	if err != nil {
		return "", err
	}
	defer done()
	if n.Source != journal.Files {
		return s.postCard(ctx, n, a.root, a.drawing.card)
	}
	digest, err := s.digest(ctx, n)
	if err != nil {
		return "", err
	}
	return "", s.files.Attach(ctx, n.Where(), n.Thread, digest.File(fileName(n)))
}

// fewRoots are more than a group has: one in its channel, and one where that channel's notices go
// while it is closed.
const fewRoots = 10

// root finds the notice in whose thread n belongs; without one the Notice is empty.
func (s *channelSender) root(ctx context.Context, n journal.Notice) (journal.Notice, error) {
	if n.Group == "" {
		return journal.Notice{}, nil
	}
	source := n.Source
	if source == journal.Files {
		source = journal.Digests
	}
	roots, err := s.journal.Notices(ctx, journal.Query{Source: source, Channel: n.Channel, Group: n.Group, Want: journal.Roots, Limit: fewRoots})
	i := slices.IndexFunc(roots, func(root journal.Notice) bool { return root.Where() == n.Where() || n.Source == journal.Files })
	if err != nil || i < 0 {
		return journal.Notice{}, err
	}
	return roots[i], nil
}

// delivered writes down that n stands in the channel; the root of its thread is drawn again, with
// one reply more.
func (s *channelSender) delivered(ctx context.Context, n, root journal.Notice, ts string) error {
	n.State, n.TS, n.Tries, n.NotBefore = journal.Delivered, ts, 0, s.now().Add(drawPause)
	s.posting.Over(s.logger, s.now(), "cards can be posted again", "channel", s.channel)
	if n.Place == "" {
		s.closedUntil = time.Time{}
	}
	s.burst.delivered(n, s.now())
	s.logger.Debug("delivered", "channel", n.Where(), "notice", n.Key(), "ts", ts)
	if n.Source == journal.Files {
		s.uploading.Over(s.logger, s.now(), "files can be uploaded again", "channel", s.channel)
	}
	if root.TS == "" || n.Source == journal.Files {
		return s.save(ctx, n)
	}
	root.Replies++
	root.Shown = redrawn(root.Shown)
	return s.save(ctx, n, root)
}

// save saves what happened in Slack and cannot be undone: it goes on trying while the journal
// fails.
//
// The message stands in Slack, so giving up would mean to find it again by a look. A conflict or a
// lost lease is another's turn and is returned.
func (s *channelSender) save(ctx context.Context, notices ...journal.Notice) error {
	err := s.journal.Save(ctx, notices...)
	for try := 1; err != nil && !errors.Is(err, journal.ErrConflict) && !errors.Is(err, journal.ErrFenced) && ctx.Err() == nil; try++ {
		s.saving.Failed(s.logger, s.now(), "can't save what was posted, retrying", err, "channel", s.channel)
		pacing.Rest(ctx, pacing.Backoff(try), nil)
		err = s.journal.Save(ctx, notices...)
	}
	if err == nil {
		s.saving.Over(s.logger, s.now(), "what was posted is saved", "channel", s.channel)
	}
	if err != nil {
		return fmt.Errorf("write down what became of %s: %w", notices[0].Key(), err)
	}
	return nil
}

// withGrace returns a context for what must not be cut off in the middle: it goes on for a while
// after ctx ends.
//
// A post that is cut off leaves a notice that must be looked for at the next start; ten seconds of
// patience mostly spare that.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	long, cancel := context.WithTimeout(context.WithoutCancel(ctx), CallLimit)
	stop := context.AfterFunc(ctx, func() {
		pacing.Rest(long, grace, nil)
		cancel()
	})
	return long, func() { stop(); cancel() }
}
