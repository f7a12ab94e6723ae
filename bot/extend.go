package bot

import (
	"context"
	"errors"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/plans"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// extendTyped answers "extend A-7F3A for=4h".
func (w requestWords) extendTyped(ctx context.Context, a interaction, rest string) error {
	ref, by := text.CutWord(strings.Trim(rest, ".!"))
	if ref == "" {
		return &catalog.UsageError{Problem: "which isolation? Give its reference and how much longer", Hint: "Such as: extend A-7F3A for=4h"}
	}
	return w.extend(ctx, a, workflow.Extension{Request: strings.ToUpper(ref), For: strings.TrimPrefix(strings.TrimSpace(by), catalog.ForParam+"=")})
}

func (w requestWords) extendClicked(ctx context.Context, a interaction) error {
	if a.choice.Request == "" {
		return workflow.ErrGone
	}
	return w.extend(ctx, a, a.choice.Extension)
}

// askHowLong opens the form of an extension.
func (w requestWords) askHowLong(ctx context.Context, a interaction, req approvals.Request) error {
	field := catalog.SpanField(catalog.ForParam, "How much longer", "Added to the current end.")
	field.Required = true
	card := render.Notice("An extension needs a duration, so nothing was extended. Type: extend " + req.Ref + " for=4h")
	card.Actions = []render.Action{render.Button{Label: "Extend", Do: workflow.About(workflow.ExtendWord, req.ID)}}
	return w.forms.open(ctx, a, render.Form{
		Title: "Extend the isolation", Submit: "Extend", Origin: a.At, Do: workflow.About(workflow.ExtendWord, req.ID), Fields: []render.FormField{field},
		Intro: render.Line{render.Text("The isolation of " + plans.Names(plans.Of(req).Targets, 5) + " ends "), render.At(req.Term.Ends), render.Text(". If you may approve it, this approves the extension; otherwise it asks the approvers.")},
	}, card)
}

// extend lets an isolation last longer. Where nobody said how much, a form asks for it.
func (w requestWords) extend(ctx context.Context, a interaction, x workflow.Extension) error {
	err := w.flow.Extensions.Extend(ctx, w.answers.dialog(a), x)
	var open *workflow.LengthError
	if errors.As(err, &open) {
		return w.askHowLong(ctx, a, open.Request)
	}
	return err
}
