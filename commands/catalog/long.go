package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"s1bot/render"
)

// ErrCancelled is the cause with which the context of long work ends when a person cancels it. The
// work then tidies up at the console, under a context of its own, and returns what it has. A
// context that ends without it ended because the process drains: the work then leaves the console's
// query alone and goes on after the restart.
var ErrCancelled = errors.New("cancelled")

// Follows adds to a command that changes something what waits for its effect: after run has
// succeeded and called Call.Save, wait goes on as a job with what was saved. It shows its progress,
// can be cancelled, and is called again with the last saved state after a restart. So wait must be
// safe to call twice with the same state; it asks, and changes nothing.
func Follows[P any](cmd *Command, wait func(context.Context, *Call, P) (render.Card, error)) *Command {
	cmd.follow = func(ctx context.Context, call *Call, p any) (render.Card, error) { return wait(ctx, call, *p.(*P)) }
	return cmd
}

// Follows reports whether something waits for the command's effect.
func (cmd *Command) Follows() bool { return cmd.follow != nil }

// Follow waits for the effect of a command that ran, going on from call.Saved.
func (cmd *Command) Follow(ctx context.Context, call *Call, args json.RawMessage) (render.Card, error) {
	p, err := cmd.read(args)
	if err != nil {
		return render.Card{}, err
	}
	var heard remarks
	card, err := cmd.follow(heard.listen(ctx), call.Of(cmd, args), p)
	if err == nil {
		card = heard.beside(card, cmd.Risk)
	}
	return card, cmd.withCommand(err, p)
}

// Save writes down how far the work is, so that it goes on from there after a restart. Its error
// ends the work: what cannot be written down would be asked twice after a crash.
func (c *Call) Save(state any) error {
	if c.OnSave == nil {
		return nil
	}
	body, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("write down how far the work is: %w", err)
	}
	return c.OnSave(body)
}

// SavedState reads what Save wrote, and reports whether there was anything. A state that cannot be
// read counts as none: the work starts again from the beginning, which is safe because it only
// asks.
func (c *Call) SavedState(state any) bool {
	return len(c.Saved) > 0 && json.Unmarshal(c.Saved, state) == nil
}

// Show shows how far the work is.
func (c *Call) Show(card render.Card) {
	if c.Progress != nil {
		c.Progress(card)
	}
}
