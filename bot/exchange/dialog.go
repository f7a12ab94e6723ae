package exchange

import (
	"context"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
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

// ReplyFollowed answers the person, and keeps the response URL where that alone can replace the
// answer.
func (d dialog) ReplyFollowed(ctx context.Context, at Origin, card render.Card) approvals.CardRef {
	a := d.a
	a.At = at
	sent, through := d.responder.reply(ctx, a, card)
	ref := approvals.CardRef{Channel: sent.Channel, TS: sent.TS}
	if through && at.Own {
		ref.Reply = d.responder.keep(ctx, at.ResponseURL)
	}
	return ref
}

// Confide tells them by the response URL, else by an ephemeral message where they asked.
func (d dialog) Confide(ctx context.Context, at Origin, card render.Card) error {
	_, err := d.responder.aside(ctx, d.a.User, at, false, card)
	return err
}
