package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"s1bot/bot/post"
	"s1bot/render"
)

// clicked handles a button, a menu or an overflow entry: each carries an invocation, and that is run.
func (b *Bot) clicked(ctx context.Context, d delivery, in interaction) error {
	for _, action := range in.Actions {
		inv, err := render.ReadAction(action, b.seal.click)
		link := err == nil && inv.Command == ""
		if link || err != nil && in.View.ID != "" && isInput(action) {
			continue // what is filled in counts when the form is sent
		}
		if err == nil && !in.oneStory() {
			err = errors.New("a click in two places at once")
		}
		a := ask{user: in.User.ID, at: in.origin(d.key), trigger: in.Trigger, view: in.View.ID, inv: inv}
		a.card, a.fleeting = in.Message.key(), in.Container.Ephemeral
		work := func() error { return b.click(ctx, &a, d) }
		if err != nil {
			work = func() error { return b.forged(ctx, &a, "button", errGone, err) }
		}
		if err := b.answering(ctx, &a, work); err != nil {
			return err
		}
	}
	return nil
}

// isInput tells the fields of a form from what is there to be clicked.
func isInput(action *slack.BlockAction) bool {
	return action.Type != slack.ActionType(slack.METButton) && action.Type != slack.ActionType(slack.METOverflow)
}

func (b *Bot) click(ctx context.Context, a *ask, d delivery) error {
	a.from = d
	if err := b.admit(ctx, a); err != nil {
		return err
	}
	if a.inv.Command == post.ClipWord {
		if err := b.unclip(ctx, &a.inv); err != nil {
			return err
		}
	}
	a.extras, a.inv.Said = said(a.inv), nil
	if own, ok := ownWords()[a.inv.Command]; ok {
		return own.clicked(b, ctx, *a, a.inv.Args)
	}
	if err := b.stale(ctx, d); err != nil {
		return err
	}
	return withSaid(a.extras, b.invoke(ctx, *a))
}

// unclip fetches a long invocation.
func (b *Bot) unclip(ctx context.Context, inv *render.Invocation) error {
	var ref struct{ ID string }
	if err := json.Unmarshal(inv.Args, &ref); err != nil {
		return fmt.Errorf("read a button: %w", err)
	}
	body, err := b.Clips.Get(ctx, ref.ID)
	if err != nil {
		return errGone
	}
	return json.Unmarshal(body, inv)
}
