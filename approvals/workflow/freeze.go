package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	d.publisher.followFreeze(ctx)
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
		d.publisher.followFreeze(ctx)
		in.reply(ctx, render.Notice("The freeze is over."))
		return d.reporter.markTold(ctx, req)
	}
	in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %d of %d. Another approver is needed.", len(req.Counting()), req.Quorum)))
	return nil
}

// frozen is what draws cards while a freeze holds, or none.
func (c cards) frozen(freeze approvals.Request) *cards {
	c.freeze = freeze
	return &c
}

// holds tells whether the freeze keeps a request from being approved.
func (c *cards) holds(req approvals.Request) bool {
	return c.freeze.ID != "" && req.State == approvals.Pending
}

// frozenParts say who froze changes, when and why, and what that means for the request.
func (c *cards) frozenParts() []render.Part {
	parts := []render.Part{render.Line{render.Bold("⛔ Changes are frozen"), render.Text(" by "), render.User(c.freeze.Requester), render.Text(" · "), render.At(c.freeze.Created),
		render.Text(". Nobody can approve this until the freeze is over.")}}
	if c.freeze.Reason != "" {
		parts = append(parts, render.Quote{Text: c.freeze.Reason})
	}
	return parts
}

// approves tells whether an action approves a request.
func approves(a render.Action) bool {
	b, ok := a.(render.Button)
	return ok && b.Do.Command == "approve"
}

// freeze is the freeze that holds now; none where nobody can tell: an approval is refused then, whatever the card shows.
func (p *Publisher) freeze(ctx context.Context) approvals.Request {
	freeze, frozen, err := p.Ledger.Frozen(ctx)
	if err != nil && ctx.Err() == nil {
		p.Log.Warn("cannot look whether changes are frozen", "err", err)
	}
	if !frozen {
		return approvals.Request{}
	}
	return freeze
}

// followFreeze edits the cards of requests that wait where they do not tell of the freeze that holds now, or still of one that is over.
func (p *Publisher) followFreeze(ctx context.Context) {
	freeze, frozen, err := p.Ledger.Frozen(ctx)
	if err != nil {
		return // at the next tick
	}
	if !frozen {
		freeze.ID = ""
	}
	waiting, err := p.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending}})
	if err != nil && ctx.Err() == nil {
		p.Log.Warn("cannot look for requests that wait", "err", err)
	}
	for _, req := range waiting {
		if slices.ContainsFunc(slices.Concat(req.Cards, req.Copies), func(ref approvals.CardRef) bool { return ref.Freeze != freeze.ID }) {
			p.Enqueue(func(ctx context.Context) { p.show(ctx, req.ID) })
		}
	}
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
