package bot

import (
	"context"
	"encoding/json"
	"errors"

	"s1bot/approvals/workflow"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// The words about requests: each hands what was typed or clicked to the workflow, and opens the form of what is missing.

func (b *Bot) approve(ctx context.Context, a interaction, id, _ string) error {
	return b.flow.Decisions.Approve(ctx, b.withDialog(a), id)
}

// deny asks for a reason where there is none.
func (b *Bot) deny(ctx context.Context, a interaction, id, reason string) error {
	err := b.flow.Decisions.Deny(ctx, b.withDialog(a), id, reason)
	if errors.Is(err, workflow.ErrNoReason) {
		return b.askWhy(ctx, a, id)
	}
	return err
}

func (b *Bot) withdraw(ctx context.Context, a interaction, id, _ string) error {
	return b.flow.Decisions.Withdraw(ctx, b.withDialog(a), id)
}

func (b *Bot) runAgain(ctx context.Context, a interaction, id, _ string) error {
	return b.flow.Decisions.RunAgain(ctx, b.withDialog(a), id)
}

func (b *Bot) closeRequest(ctx context.Context, a interaction, id, reason string) error {
	return b.flow.Decisions.Close(ctx, b.withDialog(a), id, reason)
}

func (b *Bot) showHere(ctx context.Context, a interaction, id, _ string) error {
	return b.flow.Publisher.ShowHere(ctx, b.withDialog(a), id)
}

func (b *Bot) raw(ctx context.Context, a interaction, id, _ string) error {
	return b.flow.Preview.RawRequest(ctx, b.withDialog(a), id)
}

func (b *Bot) freeze(ctx context.Context, a interaction, reason string) error {
	return b.flow.Decisions.Freeze(ctx, b.withDialog(a), whyOf(reason))
}

func (b *Bot) thaw(ctx context.Context, a interaction, _ string) error {
	return b.flow.Decisions.Thaw(ctx, b.withDialog(a))
}

func (b *Bot) thawClicked(ctx context.Context, a interaction, _ json.RawMessage) error {
	return b.thaw(ctx, a, "")
}

// can tells what would happen, without doing it.
func (b *Bot) can(ctx context.Context, a interaction, rest string) (err error) {
	if a.Do, a.Extras, err = slash.Parse(b.Catalog, rest, text.Input{Zone: a.Who.Zone, Now: b.Now()}); err != nil {
		return err
	}
	return b.flow.Preview.DryRun(ctx, b.withDialog(a))
}
