package exchange

import (
	"context"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/render"
)

// Dialog is an interaction with a way to answer its person.
func (r *Responder) Dialog(a Interaction) workflow.Interaction {
	in := a.Interaction
	in.Dialog = dialog{r, a}
	return in
}

// A dialog is with the person of an interaction.
//
// It is how the workflow, which knows nothing of Slack's ways, answers; At may be another than the
// interaction's, where the workflow tells an earlier one of its end.
type dialog struct {
	responder *Responder
	a         Interaction
}

// Reply answers the person.
func (d dialog) Reply(ctx context.Context, at Origin, card render.Card) workflow.Message {
	a := d.a
	a.At = at
	return workflow.Message(d.responder.Reply(ctx, a, card))
}

// ReplyFollowed answers the person where the answer can be changed later: by the response URL of
// their own command, else in their direct messages, with a link from where they asked.
//
// The response URL of a click replaces what was clicked on, not what was said through it, and an
// ephemeral message can't be edited at all. What stands there for good must not name a state.
func (d dialog) ReplyFollowed(ctx context.Context, at Origin, card, brief render.Card) approvals.CardRef {
	a := d.a
	a.At = at
	if a.Silent {
		return approvals.CardRef{}
	}
	if at.Own && d.responder.replyOwn(ctx, a, card) == nil {
		return approvals.CardRef{Reply: d.responder.keep(ctx, at.ResponseURL)}
	}
	sent, err := d.responder.toPerson(ctx, a, card)
	if err != nil {
		brief.Actions = card.Actions
		d.responder.Reply(ctx, a, brief) // which says why there is no direct message, if it comes to that
		return approvals.CardRef{}
	}
	d.Point(ctx, at, brief, workflow.Message(sent))
	return approvals.CardRef{Channel: sent.Channel, TS: sent.TS}
}

// Point shows a card to the person, with a link to a message.
func (d dialog) Point(ctx context.Context, at Origin, card render.Card, to workflow.Message) {
	a := d.a
	a.At = at
	d.responder.point(ctx, a, card, post.Sent(to))
}

// Confide tells them by the response URL, else by an ephemeral message where they asked.
func (d dialog) Confide(ctx context.Context, at Origin, card render.Card) error {
	_, err := d.responder.aside(ctx, d.a.User, at, false, card)
	return err
}
