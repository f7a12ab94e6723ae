package bot

import (
	"context"
	"regexp"
	"strings"
	"time"

	"s1bot/approvals/workflow"
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
	people    interface {
		Who(ctx context.Context, id string) workflow.Person
	}
	now func() time.Time
}

func (w reportWord) builtins() []builtin {
	return []builtin{{
		name: "report", onHelp: true,
		summary:  "Shows the shift report: open threats, isolated hosts and who isolated them, pending requests, and response times. Covers the last eight hours unless you say otherwise. Add a person to hand the shift over to them.",
		examples: []string{"/s1 report", "/s1 report -24h", "/s1 report to @bob"}, typed: w.report, clicked: w.share, asks: everyConsole,
		spoken: plain.MustPhrases(
			"[shift] (handover|hand-over) [report|notes|summary]", "(hand over|handover|hand-over) [my|our|this] [shift]", "hand [my|our|this] shift over",
			"[shift] (handover|hand-over) {rest}", "(hand over|handover|hand-over) [my|our|this] [shift] {rest}", "hand [my|our|this] shift over {rest}", "<show> [my|our] shift (report|summary|handover|change|status)",
			"(end|start|begin|close) [of] [my|our|this] shift", "(what is|what's|whats) [still|currently] open [at moment]", "(what is|what's|whats) [currently] (going on|happening|new|up|status|state|situation)",
			"what (happened|has happened) [in|during|on] [my|our|last|this|previous|night] shift", "what did (i|we) miss", "what have (i|we) missed", "<show> (overview|summary|situation|sitrep|status report|situation report)",
			"<show> everything [that is] open", "<show> open (things|items|cases|incidents|work)", "(is|are) there anything open", "anything [still] open", "summary of [my|our|this] shift", "how are things", "how is it going",
		),
	}}
}

// report answers "report [-24h]": what a shift leaves to the next one.
func (w reportWord) report(ctx context.Context, a exchange.Interaction, rest string) error {
	to, rest := recipient(rest)
	if to == "" && (strings.Contains(rest, "@") || somebody.MatchString(rest)) {
		return &catalog.UsageError{Problem: "I can't tell who takes over, so nobody got the report", Hint: "type @ and pick the person from Slack's list"}
	}
	card, err := w.card(ctx, a, rest)
	if err != nil {
		return err
	}
	if to != "" {
		return w.handOver(ctx, a, to, card)
	}
	card.Parts = append(card.Parts, render.Note{render.Text("To hand the shift over to somebody, who gets this report: /s1 report to @name")})
	share := render.Invocation{Command: "report", How: render.Share, Args: catalog.Marshal(map[string]string{"span": rest})}
	card.Actions = append(card.Actions, render.Button{Label: "Share in channel", Do: share})
	w.responder.Reply(ctx, a, card)
	return nil
}

// mentioned is a person in a line, as Slack sends a mention in the text of a command or a message
// (<@U1|name>), or with that undone.
var mentioned = regexp.MustCompile(`(?:\b(?:to|for|with)\s+)?<?@([UW][A-Z0-9]+)(?:\|[^>]*>|>|\b)`)

// somebody is a person in words, of whom nobody can tell who they are: "to carol".
var somebody = regexp.MustCompile(`(?i)^(?:to|with)\s+\S`)

// recipient cuts who takes over out of "-24h to @bob".
func recipient(rest string) (user, span string) {
	found := mentioned.FindStringSubmatchIndex(rest)
	if found == nil {
		return "", strings.TrimSpace(rest)
	}
	return rest[found[2]:found[3]], strings.Trim(rest[:found[0]]+rest[found[1]:], " \t\n.,!")
}

// handOver gives the report to who takes over, by direct message, and shows who asked what was sent
// and to whom: a handover to the wrong person is noticed then. Somebody who may not ask for it themselves gets none.
func (w reportWord) handOver(ctx context.Context, a exchange.Interaction, to string, card render.Card) error {
	switch known := w.people.Who(ctx, to).Known(); {
	case known.No():
		return &catalog.UsageError{Problem: "I can hand the shift over to full members of this workspace only, so nobody got the report", Hint: "/s1 report shows it, with a button to share it with the channel"}
	case known.Open() != "":
		return &catalog.UsageError{Problem: "I can't look that person up in Slack right now, so nobody got the report", Hint: "try again in a moment"}
	}
	sent := card
	sent.Text = "Shift handed over to you. " + card.Text
	sent.Parts = append([]render.Part{render.Line{render.User(a.User), render.Text(" hands the shift over to you.")}}, card.Parts...)
	_, err := w.responder.Deliver(ctx, to, exchange.Origin{}, sent)
	if err != nil {
		return &catalog.UsageError{Problem: "Slack didn't accept a direct message to them, so nobody got the report", Hint: "/s1 report shows it, with a button to share it with the channel"}
	}
	card.Tone, card.Text = render.Good, "Shift handed over."
	told := render.Line{render.Text("Shift handed over to "), render.User(to), render.Text(": they have this report in their direct messages with me, with its buttons. I told nobody else.")}
	card.Parts = append([]render.Part{told}, card.Parts...)
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
		if span, err = catalog.ReadAnySpan(typed); err != nil {
			return render.Card{}, err
		}
	}
	return w.shifts.Since(ctx, w.now().Add(-span), a.Who.Zone)
}
