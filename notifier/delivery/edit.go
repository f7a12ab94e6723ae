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
	"s1bot/render/cards"
)

// A drawing is a notice's card as it should be shown now.
type drawing struct {
	card        render.Card
	fingerprint string
	oldest      time.Time // of the items that it shows, the earliest Created; zero for what is not the console's
}

// draw makes a notice's card. What cannot be drawn gets a plain card, because that there is
// something to look at in the console is worth a message in any case; and if it was delivered
// before, what the message shows stays. An error is the journal's.
func (s *channelSender) draw(ctx context.Context, n journal.Notice) (drawing, error) {
	switch n.Source {
	case journal.Files:
		return drawing{}, nil
	case journal.Digests:
		d, err := s.digest(ctx, n)
		if err != nil {
			return drawing{}, err
		}
		card := d.card(n)
		return drawing{card, fingerprint(card), d.Earliest()}, nil
	}
	under, err := s.threadSummary(ctx, n)
	if err != nil {
		return drawing{}, err
	}
	card, err := s.card(n, under)
	switch {
	case err == nil:
		card = s.annotated(n, s.withWaits(n, card))
		d := drawing{card: card, fingerprint: fingerprint(card)}
		if n.Source != journal.Notes {
			d.oldest = n.Created
		}
		return d, nil
	case n.State == journal.Delivered:
		s.logger.Error("can't draw a card; the message stays as it is", "notice", n.Key(), "err", err)
		return drawing{fingerprint: n.Fingerprint}, nil
	}
	s.logger.Error("can't draw a card; posting a plain one", "notice", n.Key(), "err", err)
	return plainCard(n), nil
}

// threadSummary adds up what is delivered below a root.
func (s *channelSender) threadSummary(ctx context.Context, root journal.Notice) (cards.Thread, error) {
	under := cards.Thread{More: root.Replies}
	if root.Thread != "" || root.Replies == 0 {
		return under, nil
	}
	err := s.eachNotice(ctx, journal.Query{Source: root.Source, Channel: root.Channel, Group: root.Group}, func(n journal.Notice) {
		if n.ID != root.ID {
			under.Add(s.row(n))
		}
	})
	return under, err
}

// card draws a notice from what the journal keeps of it. A panic is an error here: a row that
// nobody foresaw must cost its own card, not those of the whole channel.
func (s *channelSender) card(n journal.Notice, under cards.Thread) (card render.Card, err error) {
	if n.Source == journal.Notes {
		err = json.Unmarshal(n.Body, &card)
		return card, err
	}
	drawn, ok := s.templates[n.Source]
	if !ok {
		return card, fmt.Errorf("no cards for source %q", n.Source)
	}
	if caught := panics.Try(func() { card, err = drawn.card(n.Body, under) }); caught != nil {
		err = caught.AsError()
	}
	return card, err
}

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
func (s *channelSender) annotated(n journal.Notice, card render.Card) render.Card {
	if n.Mention != "" {
		card = withMentions(card, n.Mention)
	}
	if n.Place != "" {
		card.Parts = append(card.Parts, render.Note{render.Text("This was for "), render.Channel(n.Channel), render.Text(", where I can't post.")})
	}
	if late := n.Tried.Sub(n.Created); n.Source != journal.Notes && !n.Tried.IsZero() && late >= lateAfter {
		card.Parts = append(card.Parts, render.Note{render.Text("Delivered " + render.Lasting(late, time.Minute) + " late")})
	}
	return card
}

// plainCard is the card of last resort.
func plainCard(n journal.Notice) drawing {
	card := render.Card{
		Tone:  render.Warning,
		Title: "New " + strings.TrimSuffix(n.Source.Plural(), "s"),
		Parts: []render.Part{render.Line{render.Text("I can't show its details here. Look it up in the console: "), render.Mono(n.ID)}},
	}
	return drawing{card: card, fingerprint: fingerprint(card), oldest: n.Created}
}

// fingerprint is the same for two cards that look alike. A change in the console that no card shows
// then costs no edit.
func fingerprint(card render.Card) string {
	data, err := json.Marshal(card)
	if err != nil {
		data = fmt.Appendf(nil, "%#v", card)
	}
	return journal.Digest(data)
}

// edit shows a drawing in place of what the message shows.
func (s *channelSender) edit(ctx context.Context, n journal.Notice, d drawing) error {
	ctx, done := withGrace(ctx)
	defer done()
	err := s.messages.Edit(ctx, n.Where(), n.TS, d.card)
	s.editAt = s.now().Add(editPause)
	if err != nil {
		s.observer.Notified("update", "failed")
		return s.editFailed(ctx, n, err)
	}
	s.observer.Notified("update", "edited")
	s.editing.Over(s.logger, s.now(), "cards can be edited again", "channel", s.channel)
	n.Shown, n.Fingerprint, n.Agent, n.Tries, n.NotBefore = n.Version, d.fingerprint, s.agentOf(n), 0, s.now().Add(drawPause)
	root, err := s.rootAbove(ctx, n)
	if err != nil || root.TS == "" {
		return errors.Join(err, s.save(ctx, n))
	}
	root.Shown = redrawn(root.Shown) // it says the worst state in its thread, which may have changed
	return s.save(ctx, n, root)
}

// rootAbove is the root of the thread in which a notice stands; empty if it is a root itself.
func (s *channelSender) rootAbove(ctx context.Context, n journal.Notice) (journal.Notice, error) {
	if n.Thread == "" {
		return journal.Notice{}, nil
	}
	root, err := s.root(ctx, n)
	if err != nil || root.TS != n.Thread {
		return journal.Notice{}, err
	}
	return root, nil
}

// editFailed deals with an edit that failed. Repeating one does no harm, so nothing has to be found
// out first.
//
// A pause that Slack asks for holds all edits of the channel. A message that is gone, or can't be
// changed any more, is posted anew where it would say something else than what stands there.
func (s *channelSender) editFailed(ctx context.Context, n journal.Notice, err error) error {
	if wait, slow := retryAfter(err); slow {
		s.editAt = s.now().Add(max(wait, editPause))
		return nil
	}
	if isGone(err) {
		s.logger.Info("a card was deleted; posting it again", "channel", s.channel, "notice", n.Key())
		return s.repost(ctx, n)
	}
	if isClosed(err) && (n.Place != "" || !s.mayStandIn()) { // there is nobody else
		s.editAt = s.now().Add(closedPause)
		return nil
	}
	if n.Tries++; isFixed(err) || isClosed(err) || isRefused(err) && n.Tries > asideAfter { // it will not do better
		s.logger.Info("a card can't be edited any more; changes are posted as a new one", "channel", s.channel, "notice", n.Key(), "err", err)
		if outdated(n) {
			return s.repost(ctx, n)
		}
		n.Shown, n.Tries = n.Version, 0 // a count of replies is not worth a message
		return s.save(ctx, n)
	}
	s.editing.Failed(s.logger, s.now(), "can't edit a card, retrying", err, "channel", s.channel, "notice", n.Key())
	n.NotBefore = s.now().Add(min(time.Second<<min(n.Tries, 20), longestWait))
	return s.save(ctx, n)
}

// redraw marks what a message shows as to be drawn again although the console's side is the same.
const redraw = "~"

// redrawn is what a message shows, marked to be drawn again.
func redrawn(shown string) string { return redraw + strings.TrimPrefix(shown, redraw) }

// outdated reports whether a message shows another state of the console than there is, and not only
// of what is counted around it.
func outdated(n journal.Notice) bool { return strings.TrimPrefix(n.Shown, redraw) != n.Version }

// repost makes a notice due again whose message is gone; its thread counts it again once it is back.
func (s *channelSender) repost(ctx context.Context, n journal.Notice) error {
	root, err := s.rootAbove(ctx, n)
	switch {
	case err != nil:
		return err
	case root.TS == "":
		return s.save(ctx, asDue(n))
	}
	root.Replies, root.Shown = root.Replies-1, redrawn(root.Shown)
	return s.save(ctx, asDue(n), root)
}
