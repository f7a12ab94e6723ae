package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"s1bot/approvals/workflow"
	"s1bot/bot/post"
	"s1bot/render"
)

// clicked handles a button, a menu or an overflow entry: each carries an invocation, and that is run.
func (b *Bot) clicked(ctx context.Context, d delivery, in interactionPayload) error {
	for _, action := range in.Actions {
		inv, err := render.ReadAction(action, b.seal.click)
		link := err == nil && inv.Command == ""
		if link || err != nil && in.View.ID != "" && isInput(action) {
			continue // what is filled in counts when the form is sent
		}
		if err == nil && !in.oneStory() {
			err = errors.New("a click in two places at once")
		}
		a := interaction{Interaction: workflow.Interaction{User: in.User.ID, At: in.origin(d.key), Do: inv}, trigger: in.Trigger, view: in.View.ID}
		a.card, a.Ephemeral = in.Message.key(), in.Container.Ephemeral
		work := func() error { return b.click(ctx, &a, d) }
		if err != nil {
			work = func() error { return b.forged(ctx, &a, "button", workflow.ErrGone, err) }
		}
		if err := b.respond(ctx, &a, work); err != nil {
			return err
		}
	}
	return nil
}

// isInput tells the fields of a form from what is there to be clicked.
func isInput(action *slack.BlockAction) bool {
	return action.Type != slack.ActionType(slack.METButton) && action.Type != slack.ActionType(slack.METOverflow)
}

func (b *Bot) click(ctx context.Context, a *interaction, d delivery) error {
	a.from = d
	if err := b.admit(ctx, a); err != nil {
		return err
	}
	if a.Do.Command == post.ClipWord {
		if err := b.unclip(ctx, &a.Do); err != nil {
			return err
		}
	}
	a.Extras, a.Do.Said = extrasOf(a.Do), nil
	if own, ok := builtins()[a.Do.Command]; ok {
		return own.clicked(b, ctx, *a, a.Do.Args)
	}
	if err := b.stale(ctx, d); err != nil {
		return err
	}
	return withExtras(a.Extras, b.invoke(ctx, *a))
}

// unclip fetches a long invocation.
func (b *Bot) unclip(ctx context.Context, inv *render.Invocation) error {
	var ref struct{ ID string }
	if err := json.Unmarshal(inv.Args, &ref); err != nil {
		return fmt.Errorf("read a button: %w", err)
	}
	body, err := b.Clips.Get(ctx, ref.ID)
	if err != nil {
		return workflow.ErrGone
	}
	return json.Unmarshal(body, inv)
}
