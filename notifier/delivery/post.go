package delivery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"s1bot/notifier/journal"
	"s1bot/notifier/pacing"
	"s1bot/render"
)

// post tells one notice. The journal says Sending before Slack is called, so that a crash leaves a trace, and what Slack
// answered right after.
func (t *channelSender) post(ctx context.Context, n journal.Notice) error {
	blind := false
	if n.State == journal.Sending {
		open, unseen, err := t.reconcile(ctx, n)
		if !open || err != nil {
			return err
		}
		blind = unseen
	}
	place, wait := t.destination()
	if wait > 0 {
		t.postAt = t.now().Add(wait)
		return nil
	}
	n.Place = place
	root, err := t.root(ctx, n)
	if err != nil {
		return err
	}
	if n.Source == journal.Files {
		if root.TS == "" { // its digest comes first
			n.NotBefore = t.now().Add(idle)
			return t.save(ctx, n)
		}
		n.Place = root.Place
	}
	again := replaces(n)
	if n.Shown = n.Version; again {
		n.NotBefore = t.now() // when it was told first is kept: a new card of it is not late
	} else {
		n.Tried = t.now()
	}
	drawing, err := t.draw(ctx, n)
	if err != nil {
		return err
	}
	if n.Tries >= plainAfter && n.Source != journal.Files { // perhaps Slack does not like this one; if it was something else, an edit makes it good
		drawing, n.Shown = plainCard(n), ""
	}
	switch {
	case blind:
		drawing.card = unconfirmedCard(drawing.card)
	case again && n.Source != journal.Files:
		drawing.card = withReplacementNote(drawing.card)
	}
	n.State, n.Thread, n.Fingerprint = journal.Sending, root.TS, drawing.fingerprint
	if err := t.journal.Save(ctx, n); err != nil {
		return fmt.Errorf("mark %s as being sent: %w", n.Key(), err)
	}
	n.Rev++
	ctx, done := withGrace(ctx)
	defer done()
	ts, err := t.send(ctx, n, root, drawing)
	t.postAt = t.now().Add(postPause)
	if err != nil {
		return t.postFailed(ctx, n, root, err)
	}
	return t.delivered(ctx, n, root, ts)
}

// send calls Slack at the channel's pace.
func (t *channelSender) send(ctx context.Context, n, root journal.Notice, d drawing) (ts string, err error) {
	done, err := t.pacer.Take(ctx, n.Where())
	if err != nil {
		return "", err
	}
	defer done()
	if n.Source != journal.Files {
		return t.postCard(ctx, n, root, d.card)
	}
	digest, err := t.digest(ctx, n)
	if err != nil {
		return "", err
	}
	return "", t.files.Attach(ctx, n.Where(), n.Thread, digest.File(fileName(n)))
}

// fewRoots are more than a group has: one in its channel, and one where that channel's notices go while it is closed.
const fewRoots = 10

// root finds the notice in whose thread n belongs; without one the Notice is empty.
func (t *channelSender) root(ctx context.Context, n journal.Notice) (journal.Notice, error) {
	if n.Group == "" {
		return journal.Notice{}, nil
	}
	source := n.Source
	if source == journal.Files {
		source = journal.Digests
	}
	roots, err := t.journal.Notices(ctx, journal.Query{Source: source, Channel: n.Channel, Group: n.Group, Want: journal.Roots, Limit: fewRoots})
	i := slices.IndexFunc(roots, func(root journal.Notice) bool { return root.Where() == n.Where() || n.Source == journal.Files })
	if err != nil || i < 0 {
		return journal.Notice{}, err
	}
	return roots[i], nil
}

// delivered writes down that n stands in the channel; the root of its thread is drawn again, with one reply more.
func (t *channelSender) delivered(ctx context.Context, n, root journal.Notice, ts string) error {
	n.State, n.TS, n.Tries, n.NotBefore = journal.Delivered, ts, 0, t.now().Add(drawPause)
	t.failures = 0
	if n.Place == "" {
		t.closedUntil = time.Time{}
	}
	t.burst.delivered(n, t.now())
	t.logger.Debug("told", "channel", n.Where(), "notice", n.Key(), "ts", ts)
	if root.TS == "" || n.Source == journal.Files {
		return t.save(ctx, n)
	}
	root.Replies++
	root.Shown = redrawn(root.Shown)
	return t.save(ctx, n, root)
}

// save saves what happened in Slack and cannot be undone: it goes on trying while the journal fails.
func (t *channelSender) save(ctx context.Context, notices ...journal.Notice) error {
	err := t.journal.Save(ctx, notices...)
	for try := 1; err != nil && !errors.Is(err, journal.ErrConflict) && !errors.Is(err, journal.ErrFenced) && ctx.Err() == nil; try++ {
		t.logFirst(try, "what was told cannot be written down yet", err)
		pacing.Rest(ctx, pacing.Backoff(try), nil)
		err = t.journal.Save(ctx, notices...)
	}
	if err != nil {
		return fmt.Errorf("write down what became of %s: %w", notices[0].Key(), err)
	}
	return nil
}

// blindAfter is how often a look that fails for a reason which may pass is tried again before the card is posted all the same: a stutter
// of some looks in a row must not make two of one.
const blindAfter = 7

// unconfirmedCard is a card that may stand in its channel already, where nobody can look: what it is about, what is known, and nothing that
// acts, so that no two cards of one thing do. The next change in the console makes a whole card of it.
func unconfirmedCard(card render.Card) render.Card {
	links := func(a render.Action) bool { b, ok := a.(render.Button); return !ok || b.URL == "" }
	card.Actions = slices.DeleteFunc(slices.Clone(card.Actions), links)
	card.Parts = append(slices.Clone(card.Parts[:min(len(card.Parts), 1)]), render.Note{render.Text("Slack didn't confirm the card of this, so it may be in this " +
		"channel already. To let me look for it myself, /invite @s1bot to this channel.")})
	return card
}

// reconcile finds out what became of a post whose end nobody saw. It returns true if the notice is still to be posted: it is not
// in the channel or, which is blind, nobody can tell.
func (t *channelSender) reconcile(ctx context.Context, n journal.Notice) (open, blind bool, err error) {
	if n.Source == journal.Files {
		open, err = t.attached(ctx, n)
		return open, false, err
	}
	ts, found, err := t.messages.Find(ctx, n.Where(), n.Thread, n.Key(), sentSince(n))
	switch {
	case unknowable(err), err != nil && n.Tries >= blindAfter && !slowedDown(err):
		t.logger.Warn("cannot see whether a card was posted; what is known is posted", "channel", t.channel, "notice", n.Key(), "err", err)
		return true, true, nil
	case err != nil:
		return false, false, t.postpone(ctx, n, fmt.Errorf("look for the card: %w", err))
	case !found:
		return true, false, nil
	}
	root, err := t.root(ctx, n)
	if err != nil {
		return false, false, err
	}
	if root.TS != n.Thread {
		root = journal.Notice{}
	}
	return false, false, t.delivered(ctx, n, root, ts)
}

// unknowable tells whether looking again would not help: the app may not look, or there is nothing left to look at.
func unknowable(err error) bool { return isRefused(err) || isClosed(err) || isGone(err) }

func slowedDown(err error) bool {
	_, slow := retryAfter(err)
	return slow
}

// postFailed deals with a post that failed.
func (t *channelSender) postFailed(ctx context.Context, n, root journal.Notice, err error) error {
	switch {
	case slowedDown(err):
		n.State = journal.Due
		return t.postpone(ctx, n, err)
	case isGone(err) && root.TS != "":
		t.logger.Info("the first card of a thread is gone; it is posted anew", "channel", t.channel, "notice", root.Key())
		n.State = journal.Due
		return t.save(ctx, n, asDue(root))
	case n.Source == journal.Files && unknowable(err): // a channel that takes our messages need not take our files
		n.State = journal.Due
		return t.postpone(ctx, n, err)
	case isClosed(err), isGone(err):
		n.State = journal.Due
		return t.useFallback(ctx, n, err)
	case isRefused(err):
		n.State = journal.Due
	}
	return t.postpone(ctx, n, err)
}

// asDue makes a notice whose message is gone due again.
func asDue(n journal.Notice) journal.Notice {
	n.State, n.TS, n.Thread, n.Shown, n.Fingerprint, n.Tries, n.NotBefore = journal.Due, "", "", "", "", 0, time.Time{}
	return n
}

// replaces tells whether n was told already, by a message that is gone or stands still.
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
	words := render.Note{render.Text("I can't edit the earlier card of this any more, so this one takes its place.")}
	card.Parts = append(slices.Clone(card.Parts), words)
	return card
}

// postpone puts a post off: the whole channel waits, so that the order stays; one that fails again and again steps aside. A file is
// told of already, so nobody waits for it.
func (t *channelSender) postpone(ctx context.Context, n journal.Notice, err error) error {
	if n.Source == journal.Files && !slowedDown(err) {
		n.Tries++
		t.logFirst(n.Tries, "the file of a digest could not be uploaded; it is tried again", err)
		n.NotBefore = t.now().Add(min(2*time.Second<<min(n.Tries, 20), longestWait))
		return t.save(ctx, n)
	}
	t.failures++
	t.logFirst(t.failures, "a card could not be posted; it is tried again", err)
	wait := pacing.Backoff(t.failures)
	if asked, slow := retryAfter(err); slow {
		wait = cmp.Or(asked, wait)
	} else {
		n.Tries++
	}
	t.postAt = t.now().Add(wait)
	if n.Tries >= asideAfter {
		n.NotBefore = t.now().Add(min(time.Second<<min(n.Tries, 20), longestWait))
	}
	return t.save(ctx, n)
}

// withGrace returns a context for what must not be cut off in the middle: it goes on for a while after ctx ends.
func withGrace(ctx context.Context) (context.Context, context.CancelFunc) {
	long, cancel := context.WithTimeout(context.WithoutCancel(ctx), CallLimit)
	stop := context.AfterFunc(ctx, func() {
		pacing.Rest(long, grace, nil)
		cancel()
	})
	return long, func() { stop(); cancel() }
}
