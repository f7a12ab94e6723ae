package bot

import (
	"context"

	"s1bot/approvals/workflow"
	"s1bot/bot/casework"
	"s1bot/bot/exchange"
	"s1bot/bot/run"
	"s1bot/bot/snoozing"
	"s1bot/render"
	"s1bot/render/cards"
	"s1bot/s1"
	"s1bot/s1/unified"
)

// CardActions are what the bot's own words put on cards of notifications, beside what commands do.
func CardActions() []cards.Action {
	return []cards.Action{{
		Place: 53, Label: "Snooze", How: render.Open, Command: snoozing.Word,
		Threat: func(t s1.Threat) (cards.Filling, bool) {
			return exchange.Quietable{Storyline: t.Info.Storyline, Hash: t.Info.SHA1, Host: t.Host(), File: t.Name()}.Filling()
		},
		Alert: func(a s1.Alert) (cards.Filling, bool) {
			return exchange.Quietable{Rule: a.Name(), Host: a.Host()}.Filling()
		},
		Unified: func(a unified.Alert) (cards.Filling, bool) {
			return exchange.Quietable{Rule: a.Name, Host: a.Host(), Storyline: a.Storyline, Hash: a.Process.File.SHA1, File: a.Process.File.Name}.Filling()
		},
	}, casework.OnCards()}
}

// snoozeClicked asks what to keep quiet and for how long, and does so once that was sent. One word
// serves both: the button on a card carries what the thing can be kept quiet by, and the form that
// it opens sends the same again with the choice in By.
func (w noticeWords) snoozeClicked(ctx context.Context, a exchange.Interaction) error {
	if a.Choice.By == "" {
		form := snoozing.Form(a.Choice.Quietable)
		form.Origin, form.Do.Console = a.At, a.Do.Console
		return w.runner.Forms.Open(ctx, a, form, run.Offer(form, a))
	}
	n, err := w.maySnooze(a)
	if err != nil {
		return err
	}
	s, ok, err := snoozing.Chosen(a.Choice, w.now())
	switch {
	case err != nil:
		return err
	case !ok:
		return workflow.ErrGone
	}
	if err := w.runner.Settler.Settle(ctx, &a); err != nil {
		return err
	}
	s.Console, s.Owner = w.runner.Settler.Set.Mark(a.On), a.Who.ID
	return w.quiet(ctx, a, n, s)
}
