package workflow

import (
	"context"
	"errors"
	"fmt"

	"s1bot/approvals"
	"s1bot/render"
)

// FreezeWord is what the row of a freeze has as its command.
const FreezeWord = "freeze"

// Freeze stops everything that changes anything.
func (d *Decisions) Freeze(ctx context.Context, in Interaction, reason string) error {
	req, fresh, err := d.Ledger.Freeze(ctx, in.Who.Person, in.At.Key, reason)
	if errors.Is(err, approvals.ErrNotApprover) {
		return errors.Join(ErrNoFreeze, err)
	}
	if err != nil {
		return err
	}
	if !fresh && req.State == approvals.Done {
		in.reply(ctx, render.Notice("The freeze you started is over.")) // a crash had this delivered again
		return nil
	}
	if !fresh && len(req.Cards) > 0 {
		in.reply(ctx, render.Notice("Changes are frozen already. Two approvers can end the freeze with /s1 thaw."))
		return nil
	}
	in.reply(ctx, render.Notice("Frozen: nothing that changes anything runs until two approvers end the freeze with /s1 thaw."))
	if !fresh {
		return d.reporter.announceAgain(ctx, req)
	}
	return d.reporter.settleAsked(ctx, req, d.publisher.announce(ctx, req))
}

// Thaw counts one approver for the end of the freeze; it takes two.
func (d *Decisions) Thaw(ctx context.Context, in Interaction) error {
	was, _, err := d.Ledger.Frozen(ctx)
	if err != nil {
		return err
	}
	req, err := d.Ledger.Thaw(ctx, in.Who.Person, d.gate.approversOf(ctx, was)...)
	if err != nil {
		return err
	}
	d.publisher.show(ctx, req.ID)
	if req.State == approvals.Done {
		in.reply(ctx, render.Notice("The freeze is over."))
		return d.reporter.markTold(ctx, req)
	}
	in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %d of %d. Another approver is needed.", len(req.Counting()), req.Quorum)))
	return nil
}

// freezeCard is a freeze as the approvals channel sees it.
func freezeCard(req approvals.Request) render.Card {
	line := render.Line{render.User(req.Requester), render.Text(" froze changes · "), render.At(req.Created)}
	card := render.Card{Tone: render.Critical, Title: "Frozen", Text: "Frozen: nothing that changes anything runs", Parts: []render.Part{line}}
	if req.Reason != "" {
		card.Parts = append(card.Parts, render.Quote{Text: req.Reason})
	}
	for _, d := range req.Counting() {
		card.Parts = append(card.Parts, render.Line{render.User(d.User), render.Text(" agreed to end it · "), render.At(d.At)})
	}
	if req.State == approvals.Done {
		card.Tone, card.Title, card.Text = render.Neutral, "Freeze is over", "The freeze is over: changes run again"
		return card
	}
	card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("%d of %d approvers agreed to end it · ref %s", len(req.Counting()), req.Quorum, req.Ref))})
	card.Actions = []render.Action{render.Button{Label: "Thaw", Do: About("thaw", req.ID)}}
	return card
}
