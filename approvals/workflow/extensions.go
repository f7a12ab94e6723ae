package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/approvals/requestcards"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// Extend approves an extension, or asks those who may for it: the requester and operators can't
// extend what they may not approve. It returns a *LengthError where nobody has said how much
// longer.
//
// The errors are sorted out in an order that matters to the reader: that it is over comes before
// that they may not, a button that is too old before the question how long. Whoever may neither
// extend nor ask gets the ledger's refusal from Extend itself, which writes it down.
func (ex *Extensions) Extend(ctx context.Context, in Interaction, x requestcards.Extension) error {
	req, err := ex.Ledger.MayExtend(ctx, x.Request, in.Who.Person)
	barred := errors.Is(err, approvals.ErrSelfApproval) || errors.Is(err, approvals.ErrNotApprover)
	mayAsk := barred && !x.Propose && (in.User == req.Requester || in.Who.Somewhere().Yes())
	if err != nil && !barred {
		return err
	}
	if x.Late(req) {
		return errExtended
	}
	if x.For == "" && (err == nil || mayAsk) {
		return &LengthError{req}
	}
	by, err := catalog.ReadSpan(x.For)
	if err != nil && (!barred || mayAsk) {
		return err
	}
	if mayAsk {
		return ex.wishExtension(ctx, in, req, by, x.Because)
	}
	req, extended, err := ex.agreeToExtend(ctx, req, in, by, x.Because)
	if err != nil {
		return ex.publisher.barred(req, notDecider, err)
	}
	ex.publisher.show(ctx, req.ID)
	if !extended {
		in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %s. The end stays the same until it's approved.", requestcards.Agreed(req, by))))
		return ex.reporter.tellAll(ctx, req, "", requestcards.ExtensionProposed(req, in.User, by, x.Because))
	}
	in.reply(ctx, requestcards.ExtendedNotice(req, by))
	return ex.reporter.tellAll(ctx, req, "", requestcards.Extended(req, in.User, by, x.Because))
}

// Offer shows what isolates an endpoint of that name, with buttons that extend it; see
// requestcards.Longer. Extend itself takes a reference: two isolations may run on one endpoint, and
// the name of one is soon written for another.
func (ex *Extensions) Offer(ctx context.Context, in Interaction, host string, x requestcards.Extension) error {
	running, err := ex.Ledger.Find(ctx, approvals.RunningTerms(ex.Now()))
	if err != nil {
		return fmt.Errorf("find the isolations of %s: %w", host, err)
	}
	in.reply(ctx, requestcards.Longer(running, host, x))
	return nil
}

// errExtended answers a button for an extension that was made meanwhile: another click would be
// another extension.
var errExtended = &catalog.UsageError{Problem: "the isolation was extended after this button was posted", Hint: "its card shows the new end; for more time, request another extension"}

// agreeToExtend writes down that a person approves an extension. Those who approved it before must
// still be who they were: somebody who left, or lost the role, counts no more.
//
// It looks up all who approved any proposal, since the row may have moved to another one by the
// time of the step. Each round is caused by one more person's vote, so there are few.
func (ex *Extensions) agreeToExtend(ctx context.Context, req approvals.Request, in Interaction, by time.Duration, why string) (approvals.Request, bool, error) {
	for {
		others := map[string]policy.Person{}
		for _, p := range req.Term.Proposed {
			for _, d := range p.Approvals {
				others[d.User] = ex.People.Afresh(ctx, d.User).Person
			}
		}
		next, extended, err := ex.Ledger.Extend(ctx, req.ID, in.Who.Person, by, in.At.Key, why, others)
		if !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil {
			return next, extended, err
		}
		if req, err = ex.Ledger.Get(ctx, req.ID); err != nil {
			return req, false, err
		}
	}
}

// wishExtension asks those who may extend: on the card, in its thread, and in the lists of what waits.
func (ex *Extensions) wishExtension(ctx context.Context, in Interaction, req approvals.Request, by time.Duration, why string) error {
	req, err := ex.Ledger.RequestExtension(ctx, req.ID, in.Who.Person, by, why)
	if err != nil {
		return err
	}
	ex.publisher.show(ctx, req.ID)
	card := ex.drawn(req, ex.publisher.cards.ExtensionWanted(req, in.User, by, why))
	for _, ref := range req.Heads() {
		if _, err := ex.Messenger.Post(ctx, ref.Channel, ref.TS, "", card); err != nil {
			return err
		}
	}
	in.reply(ctx, render.Notice("I asked the approvers of the isolation for "+text.SpanWords(by)+" more. The end stays the same until they approve."))
	return nil
}

// Deny ends an extension that waits. Without a reason it returns ErrNoReason, for those who may deny
// it: who asked reads it.
func (ex *Extensions) Deny(ctx context.Context, in Interaction, x requestcards.Extension, reason string) error {
	req, err := ex.Ledger.MayExtend(ctx, x.Request, in.Who.Person)
	if err == nil && reason == "" {
		return ErrNoReason
	}
	by, wrong := catalog.ReadSpan(x.For)
	if err == nil && wrong != nil {
		return wrong
	}
	if err == nil || errors.Is(err, approvals.ErrNotApprover) || errors.Is(err, approvals.ErrSelfApproval) { // refused there, and written down
		var denied approvals.Proposal
		if req, denied, err = ex.Ledger.DenyExtension(ctx, x.Request, in.Who.Person, by, reason); err == nil {
			ex.publisher.show(ctx, req.ID)
			in.reply(ctx, render.Notice("Denied: extension by "+text.SpanWords(by)+". Who asked will see your reason."))
			return ex.reporter.tellAll(ctx, req, "", requestcards.ExtensionDenied(req, in.User, denied, reason))
		}
	}
	return ex.publisher.barred(req, notDecider, err)
}

// Extensions let isolations last longer.
type Extensions struct {
	*Config
	publisher *Publisher
	reporter  *reporter
}
