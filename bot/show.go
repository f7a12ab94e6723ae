package bot

import (
	"context"
	"errors"
	"slices"

	"s1bot/approvals"
	"s1bot/bot/post"
	"s1bot/render"
)

// show edits every message that tells of a request to what its row says now.
func (b *Bot) show(ctx context.Context, id string) { b.showFrom(ctx, id, false) }

// reshow is show also of what is not behind.
func (b *Bot) reshow(ctx context.Context, id string) { b.showFrom(ctx, id, true) }

func (b *Bot) showFrom(ctx context.Context, id string, all bool) {
	defer b.cards.lock(id)()
	req, err := b.Ledger.Get(ctx, id)
	if err != nil {
		b.Log.Error("cannot read a request", "request_id", id, "err", err)
		return
	}
	var shown []approvals.CardRef
	for _, ref := range append(append([]approvals.CardRef(nil), req.Cards...), req.Copies...) {
		if !all && ref.Shown >= req.Rev {
			continue
		}
		err := b.post.Edit(ctx, ref.Channel, ref.TS, b.cardFor(req, ref))
		if err != nil {
			b.Log.Warn("cannot edit a request's card", "request_id", id, "channel", ref.Channel, "err", err)
		}
		if err == nil || b.standsStill(ctx, req, ref, err) {
			shown = append(shown, ref)
		}
	}
	if err := b.Ledger.Shown(ctx, req, shown, false); err != nil {
		b.Log.Warn("cannot write down what a card shows", "request_id", id, "err", err)
	}
}

// cardFor is what one of a request's messages shows.
func (b *Bot) cardFor(req approvals.Request, ref approvals.CardRef) render.Card {
	switch {
	case ref.Placeholder:
		return b.placeholderCard(req)
	case ref.Asked:
		return askedCard(req, b.Policy().Channel())
	case slices.Contains(req.Copies, ref):
		return resultCopy(req, ref.Channel)
	}
	return b.requestCard(req)
}

// uneditable are how Slack says that a message stands as it is from now on (docs.slack.dev/reference/methods/chat.update).
var uneditable = []string{"edit_window_closed", "cant_update_message", "message_not_found", "is_archived"}

// standsStill deals with a message that cannot be edited any more, and tells whether that is settled. Where it is a card and the request
// came to its end, a new message tells that and is edited from then on. A copy needs nothing: who asked is told the end by itself.
func (b *Bot) standsStill(ctx context.Context, req approvals.Request, ref approvals.CardRef, err error) bool {
	switch {
	case !forGood(err) && !post.RefusedWith(err, uneditable...):
		return false
	case slices.Contains(req.Copies, ref):
		return true
	case !req.Final():
		return false // the end is what people must hear of
	}
	card := b.requestCard(req)
	card.Parts = append([]render.Part{render.Line{render.Text("The card of " + req.Ref + " can't be edited any more, so this tells what became of it.")}}, card.Parts...)
	channel, ts, err := b.post.Post(ctx, ref.Channel, "", "", card)
	var unconfirmed post.UnconfirmedError
	switch {
	case err == nil:
		next := approvals.CardRef{Channel: channel, TS: ts, Shown: req.Rev}
		if err := b.Ledger.MoveCard(ctx, req.ID, ref, next); err != nil {
			b.Log.Warn("cannot write down which message shows a request", "request_id", req.ID, "err", err)
		}
		return true
	case errors.As(err, &unconfirmed):
		return true
	case !forGood(err):
		return false
	}
	if !req.Told {
		b.toOperators(ctx, card)
	}
	return true
}
