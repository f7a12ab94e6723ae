package main

import (
	"context"

	"s1bot/bot"
	"s1bot/bot/chat"
	"s1bot/bot/snoozing"
	"s1bot/notifier"
	"s1bot/notifier/delivery"
	"s1bot/notifier/journal"
	"s1bot/render"
)

// A failure of a message to Slack says to the notifier what became of it.
var _ delivery.Failure = chat.Failure{}

// later is what the bot asks of the notifier. The two need each other, so the bot asks through the program, which knows the notifier
// as soon as there is one.
type later struct{ notifier func() *notifier.Notifier }

// About is the notifier's.
func (l later) About(ctx context.Context, channel, ts string) (bot.Subject, error) {
	about, err := l.notifier().About(ctx, channel, ts)
	return bot.Subject{Console: about.Mark, Kind: about.Kind, ID: about.ID}, err
}

// Explain is the notifier's.
func (l later) Explain(ctx context.Context, console, id string) (render.Card, error) {
	return l.notifier().Explain(ctx, console, id)
}

// Snooze is the notifier's.
func (l later) Snooze(ctx context.Context, s snoozing.Snooze) (render.Card, error) {
	return l.notifier().Snooze(ctx, journal.Snooze{Console: s.Console, Kind: s.Kind, Value: s.Value, File: s.File, Owner: s.Owner, Reason: s.Reason, Until: s.Until})
}

// Snoozed is the notifier's.
func (l later) Snoozed(ctx context.Context) (render.Card, error) { return l.notifier().Snoozed(ctx) }

// Unsnooze is the notifier's.
func (l later) Unsnooze(ctx context.Context, id string) (render.Card, error) {
	return l.notifier().Unsnooze(ctx, id)
}
