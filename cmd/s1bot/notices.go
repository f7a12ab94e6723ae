package main

import (
	"context"
	"time"

	"s1bot/approvals/policy"
	"s1bot/bot"
	"s1bot/notifier"
	"s1bot/notifier/delivery"
	"s1bot/notifier/routing"
	"s1bot/render"
)

// A failure of a message to Slack says to the notifier what became of it.
var _ delivery.Failure = bot.DeliveryError{}

// routesOf are those of a policy file.
func routesOf(f policyFile) (routing.Routes, error) {
	var routes routing.Routes
	for _, e := range f.Routes {
		until, muted, err := e.mute()
		if err != nil {
			return nil, err
		}
		routes = append(routes, routing.Route{
			Name: e.Name, Source: e.Source, Severities: patterns(e.Severities), Confidences: patterns(e.Confidences),
			Classifications: patterns(e.Classifications), Accounts: patterns(e.Accounts), Sites: patterns(e.Sites),
			Groups: patterns(e.Groups), Hosts: patterns(e.Hosts), Rules: patterns(e.Rules),
			Channel: e.Channel, Mention: e.Mention, Mute: muted, MuteUntil: until, Continue: e.Continue,
		})
	}
	return routes, nil
}

// patterns are the matchers of a route: the globs that rules have.
func patterns(globs words) (all []routing.Pattern) {
	for _, g := range globs {
		all = append(all, policy.Pattern(g))
	}
	return all
}

// later is what the bot asks of the notifier. The two need each other, so the bot asks through the program, which knows the notifier
// as soon as there is one.
type later struct{ notifier func() *notifier.Notifier }

// About is the notifier's.
func (l later) About(ctx context.Context, channel, ts string) (kind, id string, err error) {
	return l.notifier().About(ctx, channel, ts)
}

// Explain is the notifier's.
func (l later) Explain(ctx context.Context, id string) (render.Card, error) {
	return l.notifier().Explain(ctx, id)
}

// Snooze is the notifier's.
func (l later) Snooze(ctx context.Context, owner, kind, value, reason string, until time.Time) (render.Card, error) {
	return l.notifier().Snooze(ctx, owner, kind, value, reason, until)
}

// Snoozed is the notifier's.
func (l later) Snoozed(ctx context.Context) (render.Card, error) { return l.notifier().Snoozed(ctx) }

// Unsnooze is the notifier's.
func (l later) Unsnooze(ctx context.Context, id string) (render.Card, error) {
	return l.notifier().Unsnooze(ctx, id)
}
