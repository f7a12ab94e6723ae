package delivery

import (
	"cmp"
	"context"
	"slices"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
)

// unknowable reports whether looking again would not help: the app may not look, or there is
// nothing left to look at.
func unknowable(err error) bool { return isRefused(err) || isClosed(err) || isGone(err) }

// slowedDown reports whether Slack wants a pause (429). That is no failure of the notice, so it is
// not counted against it.
func slowedDown(err error) bool {
	_, slow := retryAfter(err)
	return slow
}

// postFailed deals with a post that failed.
//
// Due means that it is certainly not there. Where that is not certain the state stays Sending, and
// the next look goes to the channel first.
func (s *channelSender) postFailed(ctx context.Context, n, root journal.Notice, err error) error {
	switch {
	case slowedDown(err):
		n.State = journal.Due
		return s.postpone(ctx, n, err)
	case isGone(err) && root.TS != "":
		s.logger.Info("the first card of a thread was deleted; posting it again", "channel", s.channel, "notice", root.Key())
		n.State = journal.Due
		return s.save(ctx, n, asDue(root))
	case n.Source == journal.Files && unknowable(err): // a channel that takes our messages need not take our files
		n.State = journal.Due
		return s.postpone(ctx, n, err)
	case isClosed(err), isGone(err):
		n.State = journal.Due
		return s.useFallback(ctx, n, err)
	case isRefused(err):
		n.State = journal.Due
	}
	return s.postpone(ctx, n, err)
}

// asDue makes a notice whose message is gone due again.
func asDue(n journal.Notice) journal.Notice {
	n.State, n.TS, n.Thread, n.Shown, n.Fingerprint, n.Tries, n.NotBefore = journal.Due, "", "", "", "", 0, time.Time{}
	return n
}

// replaces reports whether n was delivered already, by a message that is gone or stands still.
//
// It is read from the notice alone, because the process that posted the first card may be gone.
func replaces(n journal.Notice) bool { return !n.Tried.IsZero() && n.Tries == 0 && n.Shown == "" }

// sentSince is since when a message may be in the channel whose sending was begun last.
func sentSince(n journal.Notice) time.Time {
	if n.NotBefore.After(n.Tried) { // of a card that replaces one; it may have been put off since
		return n.NotBefore.Add(-longestWait)
	}
	return n.Tried.Add(-time.Minute)
}

// withReplacementNote says of a card why there are two.
func withReplacementNote(card render.Card) render.Card {
	words := render.Note{render.Text("I can't edit the earlier card any more; this one replaces it.")}
	card.Parts = append(slices.Clone(card.Parts), words)
	return card
}

// postpone puts a post off: the whole channel waits, so that the order stays; one that fails again
// and again steps aside. A file is listed already, so nobody waits for it.
func (s *channelSender) postpone(ctx context.Context, n journal.Notice, err error) error {
	if n.Source == journal.Files && !slowedDown(err) {
		n.Tries++
		s.uploading.Failed(s.logger, s.now(), "can't upload the file of a digest, retrying", err, "channel", s.channel)
		n.NotBefore = s.now().Add(min(2*time.Second<<min(n.Tries, 20), longestWait))
		return s.save(ctx, n)
	}
	s.posting.Failed(s.logger, s.now(), "can't post a card, retrying", err, "channel", s.channel, "notice", n.Key())
	wait := pacing.Backoff(s.posting.Failures())
	if asked, slow := retryAfter(err); slow {
		wait = cmp.Or(asked, wait)
	} else {
		n.Tries++
	}
	s.postAt = s.now().Add(wait)
	if n.Tries >= asideAfter {
		n.NotBefore = s.now().Add(min(time.Second<<min(n.Tries, 20), longestWait))
	}
	return s.save(ctx, n)
}
