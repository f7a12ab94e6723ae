package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/render"
)

// Approve counts one person's approval, and runs the request if that was the last one it lacked. The
// message that they clicked on is a card of it; see Publisher.AdoptCard.
//
// The row is read first for the people who approved before, whose roles are asked anew. If one more
// votes between that and the step, the step leaves that vote as it is; it was counted with the
// roles of a moment ago. The last vote runs the request in this very call, so the slot of the click
// is taken until the console has answered.
func (d *Decisions) Approve(ctx context.Context, in Interaction, id string) error {
	was, err := d.Ledger.Get(ctx, id)
	if err != nil && !errors.Is(err, approvals.ErrNotFound) {
		return fmt.Errorf("%w: %w", approvals.ErrUnwritten, err)
	}
	if err != nil {
		return err
	}
	d.publisher.adopt(ctx, in, was)
	req, err := d.Ledger.Approve(ctx, was, in.Who.Person, d.gate.approversOf(ctx, was)...)
	if waiting := waitingFor(req, in.Who.Person, d.Now()); errors.Is(err, approvals.ErrNotPending) && len(waiting) > 0 {
		in.reply(ctx, d.drawn(req, requestcards.ExtensionInstead(req, waiting)))
		return nil
	}
	if errors.Is(err, approvals.ErrNotPending) && approvedBy(req, in.User) { // their click came twice, or again after a crash
		in.reply(ctx, render.Notice("You approved this. Its card shows what became of it."))
		return nil
	}
	if err != nil {
		return d.publisher.barred(req, notDecider, err)
	}
	if req.State == approvals.Pending {
		d.publisher.show(ctx, req.ID)
		n := len(req.Counting())
		in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %d of %d.", n, n+req.Missing())))
		return nil
	}
	d.confirm(ctx, in, "Approved: "+req.Title+" is running now. Follow it on its card and in its thread.")
	return d.executor.executeRead(ctx, req, nil)
}

// waitingFor are the extensions of a request that wait for a person's word.
func waitingFor(req approvals.Request, p policy.Person, now time.Time) []approvals.Proposal {
	return slices.DeleteFunc(req.Waiting(now), func(x approvals.Proposal) bool { return !req.ExtendableBy(p, x) })
}

// approvedBy tells whether somebody's approval of a request counts.
func approvedBy(req approvals.Request, user string) bool {
	return slices.ContainsFunc(req.Counting(), func(v approvals.Vote) bool { return v.User == user })
}

// confirm tells a person who typed a decision that it was heard. Who clicked sees the card change
// under the finger.
func (d *Decisions) confirm(ctx context.Context, in Interaction, words string) {
	if in.At.Message == "" {
		in.reply(ctx, render.Notice(words))
	}
}

// Deny ends a request unrun. Without a reason it returns ErrNoReason: the requester reads it.
func (d *Decisions) Deny(ctx context.Context, in Interaction, id, reason string) error {
	if reason == "" {
		return ErrNoReason
	}
	req, err := d.Ledger.Deny(ctx, id, in.Who.Person, reason)
	if waiting := waitingFor(req, in.Who.Person, d.Now()); errors.Is(err, approvals.ErrNotPending) && len(waiting) > 0 {
		in.reply(ctx, d.drawn(req, requestcards.ExtensionInstead(req, waiting)))
		return nil
	}
	if err != nil {
		return d.publisher.barred(req, notDecider, err)
	}
	d.confirm(ctx, in, requestcards.Text(req)+". The requester will see your reason.")
	return d.reporter.closed(ctx, req)
}

// MayDeny says why a person could not deny a request now; nil if they could. It is asked before they
// have to write a reason.
func (d *Decisions) MayDeny(ctx context.Context, in Interaction, id string) error {
	req, err := d.Ledger.MayDecide(ctx, id, in.Who.Person)
	return d.publisher.barred(req, notDecider, err)
}

// notDecider is what somebody reads who decides what others have to.
const notDecider = "You're not an approver for this request, so you can't decide it."

// Withdraw ends a request for the person who made it.
//
// The requester hears nothing further, as it was they who did it: hence markTold without a message.
func (d *Decisions) Withdraw(ctx context.Context, in Interaction, id string) error {
	req, err := d.Ledger.Withdraw(ctx, id, in.Who.Person)
	if err != nil {
		return d.publisher.barred(req, "", err)
	}
	d.publisher.show(ctx, req.ID)
	d.confirm(ctx, in, "Withdrawn: "+req.Title+". Nothing was done.")
	return d.reporter.markTold(ctx, req)
}

// ShowUncounted says on the cards of a pending request that a person's decision waits for an answer.
func (d *Decisions) ShowUncounted(ctx context.Context, idOrRef string, u approvals.Uncounted) {
	d.showAfter(ctx, func() (approvals.Request, error) { return d.Ledger.Cards().AddUncounted(ctx, idOrRef, u) })
}

// HideUncounted ends that where the decision never counted.
func (d *Decisions) HideUncounted(ctx context.Context, idOrRef, user string) {
	d.showAfter(ctx, func() (approvals.Request, error) { return d.Ledger.Cards().RemoveUncounted(ctx, idOrRef, user) })
}

// showAfter draws the cards anew after a step that changed the row. A step that fails costs the
// hint and nothing else: the decision itself is kept elsewhere.
func (d *Decisions) showAfter(ctx context.Context, step func() (approvals.Request, error)) {
	req, err := step()
	switch {
	case err == nil:
		d.publisher.show(ctx, req.ID)
	case !errors.Is(err, approvals.ErrNotFound): // of a word that names no request
		d.Log.WarnContext(ctx, "a card doesn't tell which decision waits", "err", err)
	}
}

// RunAgain runs a request whose outcome nobody knows once more, because a person looked and says
// so.
//
// It goes through the same look before the run as an approved one: the roles, the policy and the
// targets of now.
func (d *Decisions) RunAgain(ctx context.Context, in Interaction, id string) error {
	req, err := d.Ledger.Reopen(ctx, id, in.Who.Person, in.At.Key)
	if err != nil {
		return d.publisher.barred(req, notDecider, err)
	}
	d.confirm(ctx, in, req.Title+" is running again. Follow it on its card and in its thread.")
	return d.executor.executeRead(ctx, req, nil)
}

// Close ends a request whose outcome nobody knows.
func (d *Decisions) Close(ctx context.Context, in Interaction, id, reason string) error {
	req, err := d.Ledger.Close(ctx, id, in.Who.Person, reason)
	if err != nil {
		return d.publisher.barred(req, notDecider, err)
	}
	d.publisher.show(ctx, req.ID)
	in.reply(ctx, render.Notice("Closed. Nothing more was done."))
	return d.reporter.markTold(ctx, req)
}

// Decisions are what people decide about requests.
//
// Each method is what a click or a typed word means, called with the person as Slack knows them
// now. An error is in words when it comes from here, approvals or policy, and the caller shows it
// to them alone.
type Decisions struct {
	*Config
	gate      *Gate
	publisher *Publisher
	reporter  *reporter
	executor  *executor
}
