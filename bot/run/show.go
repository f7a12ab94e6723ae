package run

import (
	"context"
	"fmt"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/render"
)

// detailsTitle is what a modal is called that shows a card.
const detailsTitle = "Details"

// show runs a command that changes nothing and shows its card over the message that was clicked on.
// A modal must open within 3 s of the click, which the console may not keep: so it opens at once
// and is filled when the answer is there. Where it does not open the card is an answer like any
// other.
//
// From then on the modal is the place of the answer, also of an error. If it cannot be filled, it
// was closed, and the answer goes to the conversation: nobody loses what they asked for by closing
// a window too early.
func (r *Runner) show(ctx context.Context, cmd *catalog.Command, a exchange.Interaction) error {
	if err := r.MayRead(ctx, cmd, a); err != nil {
		return err
	}
	wait := render.Card{Parts: []render.Part{render.Line{render.Text("Asking the console …")}}}
	view, err := r.Forms.Overlay(ctx, a, wait)
	if err != nil {
		r.Log.WarnContext(ctx, "cannot open a modal; answering with a message", "command", cmd.Name, "user", a.User, "err", err)
		a.Do.How = render.Run
		return r.read(ctx, cmd, a)
	}
	a.View, a.OnPage = view, false
	card, err := cmd.Run(ctx, r.Caller.Call(a), a.Do.Args)
	if err != nil {
		err = workflow.WithCommand(cmd, err)
		told, fault := exchange.Explain(a, err)
		if !r.filled(ctx, a, told.On(a.Do.Console)) {
			return err
		}
		if fault != nil {
			r.Log.ErrorContext(ctx, "a command failed", "command", cmd.Name, "user", a.User, "err", fault)
		}
		return nil
	}
	r.Meter.Command(cmd.Name, OutcomeLabels[card.Outcome])
	defer card.Discard()
	if card = a.DrawnOn(card); !r.filled(ctx, a, card) {
		r.Responder.Reply(ctx, a, card)
	}
	return nil
}

// filled puts a card into the modal that a was given; false where Slack does not take it: somebody
// has closed it, say.
func (r *Runner) filled(ctx context.Context, a exchange.Interaction, card render.Card) bool {
	_, err := r.Forms.Overlay(ctx, a, card)
	if err != nil {
		r.Log.WarnContext(ctx, "cannot update a modal", "command", a.Do.Command, "user", a.User, "err", err)
	}
	return err == nil
}

// Overlay shows a card above the page that was clicked in, in the modal that was clicked in, or in
// a new one; it returns the modal's id.
//
// Which of the three it is depends on the click alone: a click on a page pushes, so that the way
// back is Slack's own arrow; one in a modal that answers replaces it; one on a message opens.
func (f *Forms) Overlay(ctx context.Context, a exchange.Interaction, card render.Card) (id string, err error) {
	view := f.Seal.Modal(card.On(f.Unsettled).Modal(detailsTitle, a.At, render.Options{ConsoleURL: f.Consoles[0], Others: f.Consoles[1:], Seal: f.Seal.Click}), a.User)
	var shown *slack.ViewResponse
	switch {
	case a.OnPage && a.Trigger != "": // the page stays below
		shown, err = pushView(ctx, f.Views, a.Trigger, view)
	case a.View != "":
		shown, err = f.Views.UpdateViewContext(ctx, view, "", "", a.View)
	case a.Trigger != "":
		shown, err = openView(ctx, f.Views, a.Trigger, view)
	default:
		return "", exchange.ErrNoTrigger
	}
	if err != nil {
		return "", fmt.Errorf("show %s: %w", a.Do.Command, err)
	}
	return shown.ID, nil
}
