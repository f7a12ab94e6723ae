package bot

import (
	"context"
	"errors"
	"strings"

	"s1bot/approvals/requestcards"
	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/bot/run"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/text"
	"s1bot/render"
)

// An extendWord lets isolations last longer.
type extendWord struct {
	extensions *workflow.Extensions
	requests   requestWords // draws a list of what waits anew after a click in it
	forms      *run.Forms
	responder  *exchange.Responder
}

func (w extendWord) builtins() []builtin {
	return []builtin{{
		name: requestcards.ExtendWord, onHelp: true, summary: "Extends an isolation that has an end time. This needs the same approvals as the isolation did.", examples: []string{"/s1 extend A-7F3A for=4h"},
		typed: w.Typed, clicked: w.requests.listed(w.clicked), alone: aloneLonger, takes: "The request's reference, and how much longer", asks: oneConsole,
		spoken: plain.MustPhrases("(give|grant|keep|leave|prolong|lengthen) {longer}"),
	}}
}

// Typed answers "extend A-7F3A for=4h", and offers the extension of "extend DESKTOP-1 by 4 hours".
func (w extendWord) Typed(ctx context.Context, a exchange.Interaction, rest string) error {
	ref, by := text.CutWord(strings.Trim(rest, ".!"))
	if ref == "" {
		return &catalog.UsageError{Problem: "which isolation? Give its reference and how much longer", Hint: "For example: extend A-7F3A for=4h"}
	}
	x := requestcards.Extension{Request: strings.ToUpper(ref)}
	if host, longer, named := plain.Longer(rest); named && !aRequest.MatchString(ref) {
		x.For, x.Because = plain.HowMuchLonger(longer)
		return w.extensions.Offer(ctx, w.responder.Dialog(a), host, x)
	}
	x.For, x.Because = plain.HowMuchLonger(by)
	return w.extend(ctx, a, x)
}

func (w extendWord) clicked(ctx context.Context, a exchange.Interaction) error {
	if a.Choice.Request == "" {
		return workflow.ErrGone
	}
	if a.Choice.Deny {
		return w.deny(ctx, a)
	}
	return w.extend(ctx, a, a.Choice.Extension)
}

// deny denies an extension that waits, and asks for the reason where there is none.
func (w extendWord) deny(ctx context.Context, a exchange.Interaction) error {
	x := a.Choice.Extension
	err := w.extensions.Deny(ctx, w.responder.Dialog(a), x, strings.TrimSpace(a.Choice.Reason))
	if !errors.Is(err, workflow.ErrNoReason) {
		return err
	}
	card := render.Notice("A denial needs a reason, so nothing was decided yet. Click again to give one.")
	card.Actions = []render.Action{render.Button{Label: "Deny", Style: render.Danger, Do: a.Do}}
	return w.forms.Open(ctx, a, requestcards.DenialForm("Deny the extension", a.At, a.Do, ""), card)
}

// extend lets an isolation last longer. Where nobody said how much, a form asks for it.
//
// The workflow is asked first and without a length on purpose: it knows whether there is an
// isolation that can be extended, and nobody should fill in a form to be refused afterwards.
func (w extendWord) extend(ctx context.Context, a exchange.Interaction, x requestcards.Extension) error {
	err := w.extensions.Extend(ctx, w.responder.Dialog(a), x)
	var open *workflow.LengthError
	if errors.As(err, &open) {
		form, card := requestcards.HowLong(open.Request, a.At)
		return w.forms.Open(ctx, a, form, card)
	}
	return err
}
