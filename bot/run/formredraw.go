package run

import (
	"context"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/inbound"
	"s1bot/commands/catalog"
	"s1bot/commands/forms"
	"s1bot/render"
)

// Redraw asks other questions in a form that somebody is filling in: those that depend on a choice,
// and with unfold the rare ones. Slack keeps what was typed. A form that cannot be drawn again
// stays as it is; what is missing then is told when it is sent.
//
// The hash of the view goes along: Slack refuses the update if the form has changed since, as when
// two choices follow each other quickly, and then the later one draws it.
func (f *Forms) Redraw(ctx context.Context, in inbound.Payload, unfold bool) {
	form, ok := f.redrawn(ctx, in, unfold)
	if !ok {
		return
	}
	if _, err := f.Views.UpdateViewContext(ctx, f.Seal.View(form, in.User.ID), "", in.View.Hash, in.View.ID); err != nil {
		f.Log.WarnContext(ctx, "cannot redraw a form", "command", in.Form.Do.Command, "user", in.User.ID, "err", err)
	}
}

// redrawn is the form with what was typed and other fields, as the choice asks for. The gate stands
// before it, as before everything; and a form that would not fit into Slack's limits stays as it
// is, rather than lose fields that were filled in.
func (f *Forms) redrawn(ctx context.Context, in inbound.Payload, unfold bool) (form render.Form, ok bool) {
	a := exchange.Interaction{Interaction: workflow.Interaction{User: in.User.ID, At: in.Form.Origin, Do: in.Form.Do}, Drawn: true}
	if in.FormErr != nil || f.Gate.Admit(ctx, &a) != nil || f.Settler.Settle(ctx, &a) != nil {
		return form, false
	}
	cmd, ok := a.Command()
	if !ok {
		return form, false
	}
	form = saysWhere(forms.Redraw(cmd, in.Form, unfold, a.Caller()), a)
	return form, form.Fits()
}

// askMore puts a form in place of one that lacks what a choice in it asks for: it was sent before
// it was drawn again.
//
// Choosing and sending within the time of one redraw is enough for that.
func (f *Forms) askMore(ctx context.Context, cmd *catalog.Command, in inbound.Payload) *slack.ViewSubmissionResponse {
	if !forms.AsksMore(cmd, in.Form) {
		return nil
	}
	form, ok := f.redrawn(ctx, in, false)
	if !ok {
		return nil
	}
	view := f.Seal.View(form, in.User.ID)
	return slack.NewUpdateViewSubmissionResponse(&view)
}
