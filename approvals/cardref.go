package approvals

import (
	"context"
	"errors"
	"slices"
	"time"
)

// addCard adds a message that shows r. A card takes the place of what stood in for it in the same
// message, and what stands in elsewhere has to be shown anew: it points to the card from now on.
// What stands in is not added beside a card.
//
// Shown is set back to -1 on the placeholders, so that they count as behind and are edited to point
// to the card. The list is cloned before it is changed: a step that loses its compare-and-swap is
// made again on the row as read, which must not have been altered.
func (r *Request) addCard(c CardRef) error {
	at := slices.IndexFunc(r.Cards, func(has CardRef) bool { return has.Channel == c.Channel && has.TS == c.TS })
	if at >= 0 && (c.Placeholder || !r.Cards[at].Placeholder) {
		return errUnchanged
	}
	own := slices.Clone(r.Cards)
	if at >= 0 {
		own[at] = c
	} else {
		own = append(own, c)
	}
	for i := range own {
		if own[i].Placeholder && !c.Placeholder {
			own[i].Shown = -1
		}
	}
	r.Cards, r.Posting = own, false
	return nil
}

// HasCard reports whether a card with the buttons of r is known, not only what stands in for one.
func (r *Request) HasCard() bool {
	return slices.ContainsFunc(r.Cards, func(c CardRef) bool { return !c.Placeholder })
}

// Heads are the messages in whose threads r is talked about: its cards, or what stands in for them.
func (r *Request) Heads() []CardRef {
	if !r.HasCard() {
		return r.Cards
	}
	return slices.DeleteFunc(slices.Clone(r.Cards), func(c CardRef) bool { return c.Placeholder })
}

// Cards is the side of a Ledger that remembers which messages show a request, and as of when.
// Nothing of it is a step of a request or anybody's decision, so nothing of it is in the trail.
type Cards struct{ ledger *Ledger }

// Cards remembers which messages show a request.
func (l *Ledger) Cards() Cards { return Cards{l} }

// Add records that a message shows the request, once.
func (c Cards) Add(ctx context.Context, id string, card CardRef) error {
	r, err := c.ledger.step(ctx, id, func(r *Request, _ time.Time) ([]Entry, error) { return nil, r.addCard(card) })
	_, err = c.ledger.told(r, err)
	return err
}

// Posting records that a card of the request is about to be handed to Slack, or, with under false,
// that it certainly is not there.
//
// It is written before the call. chat.postMessage knows no idempotency key, so where the answer is
// lost nobody can tell whether the card stands; with this mark whoever takes the request up looks
// for the card first, or puts a placeholder, and does not post a second one that would show live
// buttons for ever. Add takes the mark away.
func (c Cards) Posting(ctx context.Context, id string, under bool) error {
	return c.update(ctx, id, func(r *Request) bool {
		same := r.Posting == under
		r.Posting = under
		return !same
	})
}

// Hide records why the request has no card, as who asked was told; empty once it has one. It
// reports whether that is news.
//
// Only the change between "seen" and "not seen" is news. Another reason for the same trouble is
// written down and told to nobody.
func (c Cards) Hide(ctx context.Context, id, why string) (news bool, err error) {
	err = c.update(ctx, id, func(r *Request) bool {
		news = (r.Unseen == "") != (why == "")
		r.Unseen = why
		return news
	})
	return news, err
}

// AddCopy records that a message shows the request to who asked, or its result, once.
func (c Cards) AddCopy(ctx context.Context, id string, shown CardRef) error {
	return c.update(ctx, id, func(r *Request) bool { return r.addCopies([]CardRef{shown}) })
}

// addCopies adds those of copies that are not known, and reports whether there were any.
func (r *Request) addCopies(copies []CardRef) (added bool) {
	for _, shown := range copies {
		if !slices.ContainsFunc(r.Copies, shown.same) {
			r.Copies, added = append(slices.Clip(r.Copies), shown), true
		}
	}
	return added
}

// DropCopies records that nothing replaces these messages any more: they show the end, or Slack
// doesn't take another answer.
//
// What can't be edited must leave the row: a copy that stays behind makes the request Behind, and
// Recover would return it for ever.
func (c Cards) DropCopies(ctx context.Context, id string, gone []CardRef) error {
	return c.update(ctx, id, func(r *Request) bool {
		before := len(r.Copies)
		r.Copies = slices.DeleteFunc(slices.Clone(r.Copies), func(has CardRef) bool { return slices.ContainsFunc(gone, has.same) })
		return len(r.Copies) != before
	})
}

// ReplyTo is the latest answer to who asked that its response URL can replace; empty where there is
// none.
//
// The latest one, since a response URL is good for half an hour and the older ones run out first.
func (r *Request) ReplyTo() (reply string) {
	for _, c := range r.Copies {
		if c.Reply != "" {
			reply = c.Reply
		}
	}
	return reply
}

// Move records that a message tells of the request in the place of another one, which cannot be
// edited any more.
func (c Cards) Move(ctx context.Context, id string, from, to CardRef) error {
	return c.update(ctx, id, func(r *Request) bool {
		own := slices.Clone(r.Cards)
		at := slices.IndexFunc(own, func(has CardRef) bool { return has.Channel == from.Channel && has.TS == from.TS })
		if at < 0 {
			return false
		}
		own[at] = to
		r.Cards = own
		return true
	})
}

// update changes what the row knows of messages. With no entries the step leaves Rev alone, too:
// where a message stands is nothing that another message would have to show.
func (c Cards) update(ctx context.Context, id string, do func(*Request) bool) error {
	return c.updateFrom(ctx, Request{ID: id}, do)
}

// updateFrom is update for who has just read the row.
func (c Cards) updateFrom(ctx context.Context, was Request, do func(*Request) bool) error {
	_, err := c.ledger.stepFrom(ctx, was, func(r *Request, _ time.Time) ([]Entry, error) {
		if !do(r) {
			return nil, errUnchanged
		}
		return nil, nil
	})
	if errors.Is(err, errUnchanged) {
		return nil
	}
	return err
}
