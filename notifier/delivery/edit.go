package delivery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sourcegraph/conc/panics"

	"s1bot/notifier/journal"
	"s1bot/render"
)

// A drawing is a notice's card as it should be shown now.
type drawing struct {
	card        render.Card
	fingerprint string
}

// draw makes a notice's card. What cannot be drawn gets a plain card, because that there is something to look at in the console is
// worth telling in any case; and if it was told before, what the message shows stays. An error is the journal's.
func (t *channelSender) draw(ctx context.Context, n journal.Notice) (drawing, error) {
	switch n.Source {
	case journal.Files:
		return drawing{}, nil
	case journal.Digests:
		d, err := t.digest(ctx, n)
		if err != nil {
			return drawing{}, err
		}
		card := d.card(n)
		return drawing{card, fingerprint(card)}, nil
	}
	under, err := t.threadSummary(ctx, n)
	if err != nil {
		return drawing{}, err
	}
	card, err := t.card(n, under)
	switch {
	case err == nil:
		card = t.annotated(n, card)
		return drawing{card, fingerprint(card)}, nil
	case n.State == journal.Delivered:
		t.logger.Error("a card cannot be drawn; the message stays as it is", "notice", n.Key(), "err", err)
		return drawing{fingerprint: n.Fingerprint}, nil
	}
	t.logger.Error("a card cannot be drawn; a plain one takes its place", "notice", n.Key(), "err", err)
	return plainCard(n), nil
}

// threadSummary adds up what is told below a root.
func (t *channelSender) threadSummary(ctx context.Context, root journal.Notice) (render.Thread, error) {
	under := render.Thread{More: root.Replies}
	if root.Thread != "" || root.Replies == 0 {
		return under, nil
	}
	err := t.eachNotice(ctx, journal.Query{Source: root.Source, Channel: root.Channel, Group: root.Group}, func(n journal.Notice) {
		if n.ID != root.ID {
			under.Add(t.row(n))
		}
	})
	return under, err
}

func (t *channelSender) card(n journal.Notice, under render.Thread) (card render.Card, err error) {
	if n.Source == journal.Notes {
		err = json.Unmarshal(n.Body, &card)
		return card, err
	}
	drawn, ok := t.templates[n.Source]
	if !ok {
		return card, fmt.Errorf("no cards for source %q", n.Source)
	}
	if caught := panics.Try(func() { card, err = drawn.card(n.Body, under) }); caught != nil {
		err = caught.AsError()
	}
	return card, err
}

// lateAfter is from when on a card says how late it is.
const lateAfter = 5 * time.Minute

// mention is a person or a user group.
func mention(id string) render.Span {
	if strings.HasPrefix(id, "U") || strings.HasPrefix(id, "W") {
		return render.User(id)
	}
	return render.Group(id)
}

// withMentions puts in front of a card whom it calls.
func withMentions(card render.Card, ids ...string) render.Card {
	var line render.Line
	for i, id := range ids {
		if i > 0 {
			line = append(line, render.Text(" "))
		}
		line = append(line, mention(id))
	}
	if line != nil {
		card.Parts = append([]render.Part{line}, card.Parts...)
	}
	return card
}

// annotated adds to a card whom it calls, and how late it is.
func (t *channelSender) annotated(n journal.Notice, card render.Card) render.Card {
	if n.Mention != "" {
		card = withMentions(card, n.Mention)
	}
	if n.Place != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("Meant for "), render.Channel(n.Channel), render.Text(", which takes no messages")})
	}
	if late := n.Tried.Sub(n.Created); n.Source != journal.Notes && !n.Tried.IsZero() && late >= lateAfter {
		card.Parts = append(card.Parts, render.Note{render.Text("Told " + late.Round(time.Minute).String() + " after the console wrote it down")})
	}
	return card
}

// plainCard is the card of last resort.
func plainCard(n journal.Notice) drawing {
	card := render.Card{
		Tone:  render.Warning,
		Title: fmt.Sprintf("New %s", n.Source),
		Parts: []render.Part{render.Line{render.Text("Its details cannot be shown here; look it up in the console: "), render.Mono(n.ID)}},
	}
	return drawing{card, fingerprint(card)}
}

// fingerprint tells whether two cards look alike.
func fingerprint(card render.Card) string {
	data, err := json.Marshal(card)
	if err != nil {
		data = fmt.Appendf(nil, "%#v", card)
	}
	return journal.Digest(data)
}

// edit shows a drawing in place of what the message shows.
func (t *channelSender) edit(ctx context.Context, n journal.Notice, d drawing) error {
	ctx, done := withGrace(ctx)
	defer done()
	err := t.messages.Edit(ctx, n.Where(), n.TS, d.card)
	t.editAt = t.now().Add(editPause)
	if err != nil {
		return t.editFailed(ctx, n, err)
	}
	n.Shown, n.Fingerprint, n.Tries, n.NotBefore = n.Version, d.fingerprint, 0, t.now().Add(drawPause)
	root, err := t.rootAbove(ctx, n)
	if err != nil || root.TS == "" {
		return errors.Join(err, t.save(ctx, n))
	}
	root.Shown = redrawn(root.Shown) // it tells the worst state in its thread, which may have changed
	return t.save(ctx, n, root)
}

// rootAbove is the root of the thread in which a notice stands; empty if it is a root itself.
func (t *channelSender) rootAbove(ctx context.Context, n journal.Notice) (journal.Notice, error) {
	if n.Thread == "" {
		return journal.Notice{}, nil
	}
	root, err := t.root(ctx, n)
	if err != nil || root.TS != n.Thread {
		return journal.Notice{}, err
	}
	return root, nil
}

// editFailed deals with an edit that failed. Repeating one does no harm, so nothing has to be found out first.
func (t *channelSender) editFailed(ctx context.Context, n journal.Notice, err error) error {
	if wait, slow := retryAfter(err); slow {
		t.editAt = t.now().Add(max(wait, editPause))
		return nil
	}
	if isGone(err) {
		t.logger.Info("a card is gone; it is posted anew", "channel", t.channel, "notice", n.Key())
		return t.repost(ctx, n)
	}
	if isClosed(err) && (n.Place != "" || t.operators == "" || t.operators == t.channel) { // nobody else is there to be told
		t.editAt = t.now().Add(closedPause)
		return nil
	}
	if n.Tries++; isFixed(err) || isClosed(err) || isRefused(err) && n.Tries > asideAfter { // it will not do better
		t.logger.Info("a card cannot be edited any more; what changed in the console is told by a new one", "channel", t.channel, "notice", n.Key(), "err", err)
		if outdated(n) {
			return t.repost(ctx, n)
		}
		n.Shown, n.Tries = n.Version, 0 // a count of replies is not worth a message
		return t.save(ctx, n)
	}
	t.logFirst(n.Tries, "a card could not be edited; it is tried again", err)
	n.NotBefore = t.now().Add(min(time.Second<<min(n.Tries, 20), longestWait))
	return t.save(ctx, n)
}

// redraw marks what a message shows as to be drawn again although the console's side is the same.
const redraw = "~"

func redrawn(shown string) string { return redraw + strings.TrimPrefix(shown, redraw) }

// outdated tells whether a message shows another state of the console than there is, and not only of what is told around it.
func outdated(n journal.Notice) bool { return strings.TrimPrefix(n.Shown, redraw) != n.Version }

// repost makes a notice due again whose message is gone; its thread counts it again once it is back.
func (t *channelSender) repost(ctx context.Context, n journal.Notice) error {
	root, err := t.rootAbove(ctx, n)
	switch {
	case err != nil:
		return err
	case root.TS == "":
		return t.save(ctx, asDue(n))
	}
	root.Replies, root.Shown = root.Replies-1, redrawn(root.Shown)
	return t.save(ctx, asDue(n), root)
}
