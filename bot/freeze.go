package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"s1bot/approvals"
	"s1bot/render"
)

// freezeWord is what the row of a freeze has as its command.
const freezeWord = "freeze"

// errNoFreeze tells who is no approver anywhere.
var errNoFreeze = errors.New("only an approver may stop everything; ask one of them")

// freeze stops everything that changes anything.
func (b *Bot) freeze(ctx context.Context, a ask, reason string) error {
	req, fresh, err := b.Ledger.Freeze(ctx, a.who.Person, a.at.Key, whyOf(reason))
	if errors.Is(err, approvals.ErrNotApprover) {
		return errors.Join(errNoFreeze, err)
	}
	if err != nil {
		return err
	}
	if !fresh && req.State == approvals.Done {
		b.reply(ctx, a, notice("The freeze that you asked for is over.")) // a crash had this delivered again
		return nil
	}
	if !fresh && len(req.Cards) > 0 {
		b.reply(ctx, a, notice("Everything is frozen already. Two approvers end it with /s1 thaw."))
		return nil
	}
	b.reply(ctx, a, notice("Frozen: from now on nothing that changes anything runs. Two approvers end it with /s1 thaw."))
	if !fresh {
		return b.announceAgain(ctx, req)
	}
	return b.settleAsked(ctx, req, b.announce(ctx, req))
}

// thaw counts an approver's word for the end of the freeze.
func (b *Bot) thaw(ctx context.Context, a ask, _ string) error {
	was, _, err := b.Ledger.Frozen(ctx)
	if err != nil {
		return err
	}
	req, err := b.Ledger.Thaw(ctx, a.who.Person, b.approversOf(ctx, was)...)
	if err != nil {
		return err
	}
	b.show(ctx, req.ID)
	if req.State == approvals.Done {
		b.reply(ctx, a, notice("The freeze is over."))
		return b.markTold(ctx, req)
	}
	b.reply(ctx, a, notice(fmt.Sprintf("Your approval counts: %d of %d. Another approver is needed.", len(req.Counting()), req.Quorum)))
	return nil
}

func (b *Bot) thawClicked(ctx context.Context, a ask, _ json.RawMessage) error {
	return b.thaw(ctx, a, "")
}

// frozen says no to a change while everything is frozen, or where nobody can tell.
func (b *Bot) frozen(ctx context.Context) error {
	_, frozen, err := b.Ledger.Frozen(ctx)
	if frozen {
		err = errors.Join(err, approvals.ErrFrozen)
	}
	return err
}

// freezeCard is a freeze as the approvals channel sees it.
func freezeCard(req approvals.Request) render.Card {
	line := render.Line{render.User(req.Requester), render.Text(" froze everything that changes anything at the console · "), render.At(req.Created)}
	card := render.Card{Tone: render.Critical, Title: "Frozen", Text: "Frozen: nothing that changes anything runs", Parts: []render.Part{line}}
	if req.Reason != "" {
		card.Parts = append(card.Parts, render.Quote{Text: req.Reason})
	}
	for _, d := range req.Counting() {
		card.Parts = append(card.Parts, render.Line{render.User(d.User), render.Text(" wants it to end · "), render.At(d.At)})
	}
	if req.State == approvals.Done {
		card.Tone, card.Title, card.Text = render.Neutral, "Freeze is over", "The freeze is over: changes run again"
		return card
	}
	card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("%d of %d approvers want it to end · ref %s", len(req.Counting()), req.Quorum, req.Ref))})
	card.Actions = []render.Action{render.Button{Label: "Thaw", Do: about("thaw", req.ID)}}
	return card
}
