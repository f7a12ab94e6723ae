package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/policy"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// ExtendWord lets an isolation for a time last longer. A longer isolation is more of what needed others, so it takes the approvals
// that the isolation took: of those who may approve it, as many, and never who asked for it; operators and the requester ask them.
const ExtendWord = "extend"

// An Extension is what the button and the form of one carry.
type Extension struct {
	Request string `json:"request"`
	For     string `json:"for,omitempty"`
	Propose bool   `json:"input,omitempty"` // somebody asks those who may
	After   *int   `json:"after,omitempty"` // how many extensions there were when the button was made: it is for one more
}

// late reports whether the extension that x is about was made already.
func (x Extension) late(req approvals.Request) bool {
	return x.After != nil && req.Term != nil && len(req.Term.Extensions) != *x.After
}

// Extend approves an extension, or asks those who may for it: the requester and operators can't
// extend what they may not approve. It returns a *LengthError where nobody has said how much
// longer.
//
// The errors are sorted out in an order that matters to the reader: that it is over comes before
// that they may not, a button that is too old before the question how long. Whoever may neither
// extend nor ask gets the ledger's refusal from Extend itself, which writes it down.
func (ex *Extensions) Extend(ctx context.Context, in Interaction, x Extension) error {
	req, err := ex.Ledger.MayExtend(ctx, x.Request, in.Who.Person)
	barred := errors.Is(err, approvals.ErrSelfApproval) || errors.Is(err, approvals.ErrNotApprover)
	mayAsk := barred && !x.Propose && (in.User == req.Requester || in.Who.Somewhere().Yes())
	if err != nil && !barred {
		return err
	}
	if x.late(req) {
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
		return ex.wishExtension(ctx, in, req, by)
	}
	req, extended, err := ex.agreeToExtend(ctx, req, in, by)
	if err != nil {
		return err
	}
	ex.publisher.show(ctx, req.ID)
	if !extended {
		in.reply(ctx, render.Notice(fmt.Sprintf("Your approval counts: %s. The end stays the same until it's approved.", agreed(req, by))))
		return ex.reporter.tellAll(ctx, req, "", proposedCard(req, in.User, by))
	}
	in.reply(ctx, render.Notice("Extended by "+text.SpanWords(by)+"."))
	return ex.reporter.tellAll(ctx, req, "", extendedCard(req, in.User, by))
}

// errExtended answers a button for an extension that was made meanwhile: another click would be another extension.
var errExtended = &catalog.UsageError{Problem: "the isolation was extended after this button was posted", Hint: "its card shows the new end; for more time, request another extension"}

// agreeToExtend writes down that a person approves an extension. Those who approved it before must
// still be who they were: somebody who left, or lost the role, counts no more.
//
// It looks up all who approved any proposal, since the row may have moved to another one by the
// time of the step. Each round is caused by one more person's vote, so there are few.
func (ex *Extensions) agreeToExtend(ctx context.Context, req approvals.Request, in Interaction, by time.Duration) (approvals.Request, bool, error) {
	for {
		others := map[string]policy.Person{}
		for _, p := range req.Term.Proposed {
			for _, d := range p.Approvals {
				others[d.User] = ex.People.Afresh(ctx, d.User).Person
			}
		}
		next, extended, err := ex.Ledger.Extend(ctx, req.ID, in.Who.Person, by, in.At.Key, others)
		if !errors.Is(err, approvals.ErrConflict) || ctx.Err() != nil {
			return next, extended, err
		}
		if req, err = ex.Ledger.Get(ctx, req.ID); err != nil {
			return req, false, err
		}
	}
}

// agreed is "1 of 2 approved the extension by 4 hours".
func agreed(req approvals.Request, by time.Duration) string {
	for _, p := range req.Term.Proposed {
		if p.By == by {
			given := len(p.Approvals)
			return fmt.Sprintf("%d of %d approved the extension by %s", given, given+req.Lacks(p.Approvals), text.SpanWords(by))
		}
	}
	return "the extension by " + text.SpanWords(by) + " was approved"
}

// extendButton approves an extension by that much of an isolation as it stands; it asks once more
// where approving the isolation did.
//
// After counts the extensions that the button knows of. Two approvers who read the same thread half
// an hour apart would otherwise extend twice with what both took for one decision.
func extendButton(req approvals.Request, label string, by time.Duration) render.Button {
	made := len(req.Term.Extensions)
	args, _ := json.Marshal(Extension{Request: req.ID, For: text.SpanText(by), Propose: true, After: &made})
	return render.Button{Label: label, Style: render.Primary, Do: render.Invocation{Command: ExtendWord, Args: args}, Confirm: confirmText(req)}
}

// proposedCard says that an extension needs more approvals.
func proposedCard(req approvals.Request, user string, by time.Duration) render.Card {
	names := plans.Names(plans.Of(req).Targets, 5)
	return note(render.Card{
		Tone: render.Waiting, Title: "An extension needs more approvals", Text: "An extension of the isolation of " + names + " needs more approvals",
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" approved it; " + agreed(req, by) + " of the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text("). Approve it on the request's card."),
		}},
	}, "ref "+req.Ref)
}

// wishExtension asks those who may extend, in the thread of the card.
func (ex *Extensions) wishExtension(ctx context.Context, in Interaction, req approvals.Request, by time.Duration) error {
	if err := ex.Ledger.RequestExtension(ctx, req, in.Who.Person, by); err != nil {
		return fmt.Errorf("write down who wants an extension: %w", err)
	}
	card := ex.drawn(req, wishCard(req, in.User, by))
	for _, ref := range req.Heads() {
		if _, err := ex.Messenger.Post(ctx, ref.Channel, ref.TS, "", card); err != nil {
			return err
		}
	}
	in.reply(ctx, render.Notice("I asked the approvers of the isolation for "+text.SpanWords(by)+" more. The end stays the same until they approve."))
	return nil
}

// wishCard asks the approvers for more time, with the end as it is now: nothing has changed yet.
func wishCard(req approvals.Request, user string, by time.Duration) render.Card {
	names, more := plans.Names(plans.Of(req).Targets, 5), text.SpanWords(by)
	return note(render.Card{
		Tone: render.Waiting, Title: "An extension was requested", Text: "Extension requested: " + more + " more for the isolation of " + names,
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" wants "), render.Bold(more), render.Text(" more for the isolation of "), render.Bold(names),
			render.Text(", which ends "), render.Since(req.Term.Ends), render.Text(" ("), render.At(req.Term.Ends), render.Text(").")}},
		Actions: []render.Action{extendButton(req, "Extend by "+more, by)},
	}, "ref "+req.Ref)
}

// extendedCard tells in the thread who gave more time, and what happens at the new end.
func extendedCard(req approvals.Request, user string, by time.Duration) render.Card {
	names := plans.Names(plans.Of(req).Targets, 5)
	return note(render.Card{
		Tone: render.Info, Title: "The isolation was extended", Text: "The isolation of " + names + " was extended by " + text.SpanWords(by),
		Parts: []render.Part{render.Line{
			render.User(user), render.Text(" extended the isolation of "), render.Bold(names), render.Text(" by " + text.SpanWords(by) + ", until "),
			render.At(req.Term.Ends), render.Text(". " + atEnd(beforehand(req)))}},
	}, "ref "+req.Ref)
}

// Extensions let isolations last longer.
type Extensions struct {
	*Config
	publisher *Publisher
	reporter  *reporter
}
