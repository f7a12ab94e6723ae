package bot

import (
	"context"
	"strings"
	"time"

	"s1bot/bot/exchange"
	"s1bot/bot/report"
	"s1bot/render"
)

// A reporter makes shift reports; see report.Shifts.
type reporter interface {
	Since(ctx context.Context, since time.Time, zone *time.Location) (render.Card, error)
}

// A reportWord answers "report".
type reportWord struct {
	shifts  reporter
	answers *exchange.Answers
	now     func() time.Time
}

func (w reportWord) builtins() []builtin {
	return []builtin{{
		name: "report", onHelp: true,
		summary:  "The shift report: open threats, isolated hosts and who isolated them, waiting requests, and response times. Covers the last eight hours unless you say otherwise.",
		examples: []string{"/s1 report", "/s1 report -24h"}, typed: w.report, console: true, every: true,
	}}
}

// report answers "report [-24h]": what a shift leaves to the next one.
func (w reportWord) report(ctx context.Context, a exchange.Interaction, rest string) error {
	span := report.Span
	if rest = strings.TrimSpace(rest); rest != "" {
		var err error
		if span, err = spoken(rest); err != nil {
			return err
		}
	}
	card, err := w.shifts.Since(ctx, w.now().Add(-span), a.Who.Zone)
	if err != nil {
		return err
	}
	w.answers.Reply(ctx, a, card)
	return nil
}
