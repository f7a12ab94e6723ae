package bot

import (
	"context"
	"strings"
	"time"

	"s1bot/bot/exchange"
	"s1bot/bot/report"
	"s1bot/commands/catalog"
	"s1bot/commands/plain"
	"s1bot/render"
)

// A reporter makes shift reports; see report.Shifts.
type reporter interface {
	Since(ctx context.Context, since time.Time, zone *time.Location) (render.Card, error)
}

// A reportWord answers "report".
type reportWord struct {
	shifts    reporter
	responder *exchange.Responder
	now       func() time.Time
}

func (w reportWord) builtins() []builtin {
	return []builtin{{
		name: "report", onHelp: true,
		summary:  "Shows the shift report: open threats, isolated hosts and who isolated them, pending requests, and response times. Covers the last eight hours unless you say otherwise.",
		examples: []string{"/s1 report", "/s1 report -24h"}, typed: w.report, clicked: w.share, console: true, every: true,
		spoken: plain.MustPhrases(
			"[shift] (handover|hand-over) [report|notes|summary]", "(hand over|handover|hand-over) [my|our|this] [shift]", "hand [my|our|this] shift over", "<show> [my|our] shift (report|summary|handover|change|status)",
			"(end|start|begin|close) [of] [my|our|this] shift", "(what is|what's|whats) [still|currently] open [at moment]", "(what is|what's|whats) [currently] (going on|happening|new|up|status|state|situation)",
			"what (happened|has happened) [in|during|on] [my|our|last|this|previous|night] shift", "what did (i|we) miss", "what have (i|we) missed", "<show> (overview|summary|situation|sitrep|status report|situation report)",
			"<show> everything [that is] open", "<show> open (things|items|cases|incidents|work)", "(is|are) there anything open", "anything [still] open", "summary of [my|our|this] shift", "how are things", "how is it going",
		),
	}}
}

// report answers "report [-24h]": what a shift leaves to the next one.
func (w reportWord) report(ctx context.Context, a exchange.Interaction, rest string) error {
	rest = strings.TrimSpace(rest)
	card, err := w.card(ctx, a, rest)
	if err != nil {
		return err
	}
	share := render.Invocation{Command: "report", How: render.Share, Args: catalog.Marshal(map[string]string{"span": rest})}
	card.Actions = append(card.Actions, render.Button{Label: "Share in channel", Do: share})
	w.responder.Reply(ctx, a, card)
	return nil
}

// share posts the report to the channel, as of now. The button carries the span and not the text: a
// report that was shared an hour after it was made would be wrong about what is open.
func (w reportWord) share(ctx context.Context, a exchange.Interaction) error {
	card, err := w.card(ctx, a, a.Choice.Span)
	if err != nil {
		return err
	}
	return w.responder.Share(ctx, a, card)
}

// card is the report of a span as it was typed; nothing is a shift.
func (w reportWord) card(ctx context.Context, a exchange.Interaction, typed string) (render.Card, error) {
	span := report.Span
	if typed != "" {
		var err error
		if span, err = spoken(typed); err != nil {
			return render.Card{}, err
		}
	}
	return w.shifts.Since(ctx, w.now().Add(-span), a.Who.Zone)
}
