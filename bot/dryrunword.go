package bot

import (
	"context"
	"time"

	"s1bot/approvals/workflow"
	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// A dryRunWord answers "can".
type dryRunWord struct {
	preview   *workflow.Preview
	catalog   *catalog.Catalog
	settler   exchange.Settler
	responder *exchange.Responder
	now       func() time.Time
}

func (w dryRunWord) builtins() []builtin {
	return []builtin{{
		name: "can", onHelp: true,
		summary:  "Shows what a command would do and changes nothing: whether you're allowed to run it, who would have to approve it, and what it would touch.",
		examples: []string{"/s1 can isolate DESKTOP-1 reason=test"}, typed: w.can, asks: oneConsole, takes: "The command",
		spoken: plain.MustPhrases("(can|may|could) (i|we) {order}", "am i allowed to {rest}", "(what would happen|what happens) if (i|we|somebody) {rest}", "(dry run|dry-run|dryrun) [of|:] {rest}"),
	}}
}

// can tells what would happen, without doing it.
//
// It takes the very same steps as the command would (parse, console, policy, plan) up to the one
// that submits: a preview by another way would one day say something else than what happens.
func (w dryRunWord) can(ctx context.Context, a exchange.Interaction, rest string) (err error) {
	if a.Do, a.Extras, err = slash.Parse(w.catalog, rest, text.Input{Zone: a.Who.Zone, Now: w.now()}); err != nil {
		return exchange.OnConsole(a.Do.Console, err)
	}
	if err := w.settler.Typed(&a.Do); err != nil {
		return err
	}
	if err := w.settler.Settle(ctx, &a); err != nil {
		return unsaid(err)
	}
	return w.preview.DryRun(ctx, w.responder.Dialog(a))
}
