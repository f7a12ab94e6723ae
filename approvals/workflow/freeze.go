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
//
// The person is answered before any card is touched: the freeze holds from the moment its row was
// written, and Slack may be slow.
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
		in.reply(ctx, render.Notice("Changes are already frozen. Two approvers can end the freeze with /s1 thaw."))
		return nil
	}
	in.reply(ctx, render.Notice("Frozen: all changes are blocked until two approvers end the freeze with /s1 thaw."))
	d.publisher.followFreeze(ctx)
	if !fresh {
		return d.reporter.announceAgain(ctx, req)
	}
	return d.reporter.settleAsked(ctx, req, d.publisher.announce(ctx, req))
}

// Thaw counts one approver for the end of the freeze; it takes two.
//
// Approvers of the first freeze are looked up for all of them, which is right as long as people
// thaw by this word alone: it votes on all.
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

// holds tells whether a freeze, if there is one, keeps a request from running that a click could have run else.
func holds(freeze, req approvals.Request) bool {
	return freeze.ID != "" && (req.State == approvals.Pending || req.Undecided())
}

// ActionsUnder is Actions without what a freeze refuses, if there is one: what approves a request, or runs it again.
func ActionsUnder(freeze, req approvals.Request) []render.Action {
	actions := Actions(req)
	if !holds(freeze, req) {
		return actions
	}
	return slices.DeleteFunc(actions, func(a render.Action) bool {
		b, ok := a.(render.Button)
		return ok && (b.Do.Command == "approve" || b.Do.Command == "again")
	})
}

// FrozenParts say who froze changes, when and why, and what nobody can do until that is over.
func FrozenParts(freeze approvals.Request, refused string) []render.Part {
	parts := []render.Part{render.Line{render.Bold("⛔ Changes are frozen"), render.Text(" by "), render.User(freeze.Requester), render.Text(" · "), render.At(freeze.Created),
		render.Text(". Nobody can " + refused + " until the freeze is over.")}}
	if freeze.Reason != "" {
		parts = append(parts, render.Quote{Text: freeze.Reason})
	}
	return parts
}

// HeldParts are FrozenParts about a request that a freeze holds; none about others.
func HeldParts(freeze, req approvals.Request) []render.Part {
	switch {
	case !holds(freeze, req):
		return nil
	case req.State == approvals.Pending:
		return FrozenParts(freeze, "approve this")
	}
	return FrozenParts(freeze, "run this again")
}

// freeze is the freeze that holds now; none where nobody can tell: an approval is refused then, whatever the card shows.
func (c *Config) freeze(ctx context.Context) approvals.Request {
	freeze, frozen, err := c.Ledger.Frozen(ctx)
	if err != nil && ctx.Err() == nil {
		c.Log.WarnContext(ctx, "cannot check whether changes are frozen", "err", err)
	}
	if !frozen {
		return approvals.Request{}
	}
	return freeze
}

// followFreeze edits the cards of requests that wait where they do not tell of the freeze that
// holds now, or still of one that is over.
//
// It is called by who freezes or thaws, for the cards to follow at once, and at every tick by every
// process, for those that a crash or another process left. Each card notes which freeze it shows,
// so a card is edited once.
func (p *Publisher) followFreeze(ctx context.Context) {
	freeze, frozen, err := p.Ledger.Frozen(ctx)
	if err != nil {
		return // at the next tick
	}
	if !frozen {
		freeze.ID = ""
	}
	waiting, err := p.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending, approvals.Interrupted}})
	if err != nil && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "cannot look for requests that wait", "err", err)
	}
	for _, req := range waiting {
		if req.State == approvals.Interrupted && !req.Undecided() {
			continue
		}
		if slices.ContainsFunc(slices.Concat(req.Cards, req.Copies), func(ref approvals.CardRef) bool { return ref.Freeze != freeze.ID }) {
			p.enqueue(req, func(ctx context.Context) { p.show(ctx, req.ID) })
		}
	}
}

// freezeCard is a freeze as the approvals channel sees it.
func freezeCard(req approvals.Request) render.Card {
	line := render.Line{render.User(req.Requester), render.Text(" froze changes · "), render.At(req.Created)}
	card := render.Card{Tone: render.Critical, Title: "Frozen", Text: "Frozen: all changes are blocked", Parts: []render.Part{line}}
	if req.Reason != "" {
		card.Parts = append(card.Parts, render.Quote{Text: req.Reason})
	}
	for _, d := range req.Counting() {
		card.Parts = append(card.Parts, render.Line{render.User(d.User), render.Text(" agreed to end it · "), render.At(d.At)})
	}
	if req.State == approvals.Done {
		card.Tone, card.Title, card.Text = render.Neutral, "Freeze is over", "The freeze is over: changes can run again"
		return card
	}
	card.Parts = append(card.Parts, render.Note{render.Text(fmt.Sprintf("%d of %d approvers agreed to end it · ref %s", len(req.Counting()), req.Quorum, req.Ref))})
	card.Actions = []render.Action{render.Button{Label: "Thaw", Do: About("thaw", req.ID)}}
	return card
}
