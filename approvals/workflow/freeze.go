package workflow

import (
	"context"
	"fmt"
	"slices"

	"s1bot/approvals"
	"s1bot/approvals/requestcards"
	"s1bot/render"
)

// Freeze stops everything that changes anything.
//
// The person is answered before any card is touched: the freeze holds from the moment its row was
// written, and Slack may be slow.
func (d *Decisions) Freeze(ctx context.Context, in Interaction, reason string) error {
	req, fresh, err := d.Ledger.Freeze(ctx, in.Who.Person, in.At.Key, reason)
	if err != nil {
		return d.publisher.barred(req, "Only an approver may freeze changes.", err)
	}
	if !fresh && req.State == approvals.Done {
		in.reply(ctx, render.Notice("The freeze you started is over.")) // a crash had this delivered again
		return nil
	}
	if !fresh && reason != "" && req.Reason == "" {
		return d.GiveFreezeReason(ctx, in, req.ID, reason)
	}
	if !fresh && len(req.Cards) > 0 {
		in.reply(ctx, render.Notice("Changes are already frozen. Two approvers can end the freeze with /s1 thaw."))
		return nil
	}
	in.reply(ctx, requestcards.Frozen(req))
	d.publisher.followFreeze(ctx)
	if !fresh {
		return d.reporter.announceAgain(ctx, req)
	}
	return d.reporter.settleAsked(ctx, req, d.publisher.announce(ctx, req))
}

// GiveFreezeReason says why changes are frozen, after the fact. Without a reason it returns
// ErrNoReason, for those who may give one.
func (d *Decisions) GiveFreezeReason(ctx context.Context, in Interaction, id, reason string) error {
	req, err := d.Ledger.GiveFreezeReason(ctx, id, in.Who.Person, reason)
	switch {
	case err != nil:
		return d.publisher.barred(req, "Only an approver may say why changes are frozen.", err)
	case req.Reason == "":
		return ErrNoReason
	case req.Reason != reason:
		in.reply(ctx, render.Notice("The freeze has a reason already; its card shows it."))
		return nil
	}
	in.reply(ctx, render.Notice("The reason is on the card of the freeze, and on those of the requests that wait."))
	d.publisher.show(ctx, req.ID)
	d.publisher.followFreeze(ctx)
	return nil
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
		return d.publisher.barred(req, "You're not an approver, so you can't end the freeze.", err)
	}
	d.publisher.show(ctx, req.ID)
	if req.State == approvals.Done {
		d.publisher.followFreeze(ctx)
		in.reply(ctx, render.Notice("The freeze is over."))
		return d.reporter.markTold(ctx, req)
	}
	in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %d of %d. The freeze ends when another approver agrees.", len(req.Counting()), req.Quorum)))
	return nil
}

// freeze is the freeze that holds now; none where nobody can tell: an approval is refused then,
// whatever the card shows.
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
		freeze = approvals.Request{}
	}
	waiting, err := p.Ledger.Find(ctx, approvals.Query{States: []approvals.State{approvals.Pending, approvals.Interrupted}})
	p.looks.Note(ctx, p.Log, "cannot look for requests that wait", err)
	for _, req := range waiting {
		if req.State == approvals.Interrupted && !req.Undecided() {
			continue
		}
		if slices.ContainsFunc(slices.Concat(req.Cards, req.Copies), func(ref approvals.CardRef) bool { return ref.Freeze != freeze.FreezeMark() }) {
			p.enqueue(req, func(ctx context.Context) { p.show(ctx, req.ID) })
		}
	}
}
