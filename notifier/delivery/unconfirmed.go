package delivery

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"s1bot/notifier/journal"
	"s1bot/render"
)

// A post whose answer got lost may stand in the channel or not. It is looked for by the key in its
// metadata, and mostly that settles it. Where looking fails again and again something has to be
// posted blindly, because a card that is there twice is better than one that is there never. That
// card cannot act, the journal remembers that it is unconfirmed, and the look goes on behind it:
//
//	Sending ──look: there──▶ Delivered
//	   ├──look: not there──▶ posted again
//	   └──no look works──▶ posted without actions, unconfirmed
//	                          ├──look: only this one──▶ gets its actions
//	                          ├──look: others are there, too──▶ all but one are deleted
//	                          └──no look for a day──▶ stays as it is until its item changes
//
// So where the app may look, there is one card in the end, however often Slack's answers get lost.

// blindAfter is how often a look that fails for a reason which may pass is tried again before the
// card is posted all the same: a stutter of some looks in a row must not make two of one.
const blindAfter = 7

// reconcile finds out what became of a post whose end nobody saw. It returns true if the notice is
// still to be posted: it is not in the channel or, which is blind, nobody can tell.
func (s *channelSender) reconcile(ctx context.Context, n journal.Notice) (open, blind bool, err error) {
	if n.Source == journal.Files {
		open, err = s.attached(ctx, n)
		return open, false, err
	}
	found, err := s.messages.Find(ctx, n.Where(), n.Thread, n.Key(), sentSince(n))
	switch {
	case unknowable(err), err != nil && n.Tries >= blindAfter && !slowedDown(err):
		s.logger.Warn("can't check whether a card was posted; posting one without actions", "channel", s.channel, "notice", n.Key(), "err", err)
		return true, true, nil
	case err != nil:
		return false, false, s.postpone(ctx, n, fmt.Errorf("look for the card: %w", err))
	case len(found) == 0:
		return true, false, nil
	}
	root, err := s.root(ctx, n)
	if err != nil {
		return false, false, err
	}
	if root.TS != n.Thread {
		root = journal.Notice{}
	}
	return false, false, s.delivered(ctx, n, root, found[0])
}

// unconfirmed marks the fingerprint of a message that may stand there twice.
const unconfirmed = "unconfirmed "

// confirmFor is for how long it is tried to find out whether an unconfirmed card is the only one.
const confirmFor = 24 * time.Hour

// asUnconfirmed is a card that may stand in its channel already: what it is about, what is known,
// and nothing that acts, so that no two cards of one thing do.
func asUnconfirmed(d drawing) drawing {
	links := func(a render.Action) bool { b, ok := a.(render.Button); return !ok || b.URL == "" }
	card := d.card
	card.Actions = slices.DeleteFunc(slices.Clone(card.Actions), links)
	card.Parts = append(slices.Clone(card.Parts[:min(len(card.Parts), 1)]), render.Note{render.Text("Slack didn't confirm the card for this, so it may " +
		"already be in this channel. To let me check for myself, type /invite @s1bot here.")})
	return drawing{card, unconfirmed + d.fingerprint, d.oldest}
}

// isUnconfirmed reports whether a notice's message may stand there twice.
func isUnconfirmed(n journal.Notice) bool { return strings.HasPrefix(n.Fingerprint, unconfirmed) }

// confirm looks whether an unconfirmed card is the only one of its notice, and leaves one. It
// returns false while nobody can tell. A change in the console ends the wait: a card that shows
// what is no longer true is worse than two.
//
// The fingerprint is emptied when it is settled, which makes the next step an edit that puts the
// actions back.
func (s *channelSender) confirm(ctx context.Context, n *journal.Notice) (settled bool, err error) {
	found, err := s.messages.Find(ctx, n.Where(), n.Thread, n.Key(), n.Tried.Add(-time.Minute))
	switch late := s.now().Sub(n.Tried) >= confirmFor; {
	case err != nil && outdated(*n):
	case err != nil && late: // it stays as it is
		n.Fingerprint = strings.TrimPrefix(n.Fingerprint, unconfirmed)
		return true, nil
	case err != nil:
		n.NotBefore = s.now().Add(longestWait)
		return false, s.save(ctx, *n)
	default:
		if err := s.keepOne(ctx, n, found); err != nil {
			return false, s.editFailed(ctx, *n, err)
		}
	}
	n.Fingerprint = "" // differs from that of any card, so the message is edited
	return true, nil
}

// keepOne deletes all messages of a notice but one: the first, or the one that has a thread by now.
func (s *channelSender) keepOne(ctx context.Context, n *journal.Notice, all []string) error {
	if len(all) > 0 && n.Replies == 0 {
		n.TS = all[0]
	}
	for _, ts := range all {
		if ts == n.TS {
			continue
		}
		if err := s.messages.Delete(ctx, n.Where(), ts); err != nil && !isGone(err) {
			return fmt.Errorf("delete the second card of %s: %w", n.Key(), err)
		}
		s.logger.Info("a card was posted twice; deleted one", "channel", s.channel, "notice", n.Key())
	}
	return nil
}
