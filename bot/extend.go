package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"s1bot/approvals"
	"s1bot/approvals/workflow"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// extendTyped answers "extend A-7F3A for=4h".
func (b *Bot) extendTyped(ctx context.Context, a interaction, rest string) error {
	ref, by := text.CutWord(strings.Trim(rest, ".!"))
	if ref == "" {
		return &catalog.UsageError{Problem: "which isolation? Give its reference and how much longer", Hint: "Such as: extend A-7F3A for=4h"}
	}
	return b.extend(ctx, a, workflow.Extension{Request: strings.ToUpper(ref), For: strings.TrimPrefix(strings.TrimSpace(by), catalog.ForParam+"=")})
}

func (b *Bot) extendClicked(ctx context.Context, a interaction, args json.RawMessage) error {
	var x workflow.Extension
	if json.Unmarshal(args, &x) != nil || x.Request == "" {
		return workflow.ErrGone
	}
	return b.extend(ctx, a, x)
}

// askHowLong opens the form of an extension.
func (b *Bot) askHowLong(ctx context.Context, a interaction, req approvals.Request) error {
	field := catalog.SpanField(catalog.ForParam, "How much longer", "Added to the current end.")
	field.Required = true
	if a.trigger == "" {
		card := render.Notice("An extension needs a duration, so nothing was extended. Type: extend " + req.Ref + " for=4h")
		card.Actions = []render.Action{render.Button{Label: "Extend", Do: workflow.About(workflow.ExtendWord, req.ID)}}
		b.reply(ctx, a, card)
		return nil
	}
	return b.open(ctx, a, render.Form{
		Title: "Extend the isolation", Submit: "Extend", Origin: a.At, Do: workflow.About(workflow.ExtendWord, req.ID), Fields: []render.FormField{field},
		Intro: render.Line{render.Text("The isolation of " + workflow.TargetNames(workflow.PlanOf(req).Targets, 5) + " ends "), render.At(req.Term.Ends), render.Text(". If you may approve it, this approves the extension; otherwise it asks the approvers.")},
	})
}

// extend lets an isolation last longer. Where nobody said how much, a form asks for it.
func (b *Bot) extend(ctx context.Context, a interaction, x workflow.Extension) error {
	err := b.flow.Extensions.Extend(ctx, b.withDialog(a), x)
	var open *workflow.LengthError
	if errors.As(err, &open) {
		return b.askHowLong(ctx, a, open.Request)
	}
	return err
}
