package bot

import (
	"context"
	"slices"
	"strings"

	"s1bot/bot/exchange"
	"s1bot/bot/snoozing"
	"s1bot/commands/catalog"
)

// snoozesWord lists what is snoozed.
const snoozesWord = "snoozes"

// listWords are the words behind "snooze" that ask for the list.
var listWords = []string{"list", "ls", "show", "all", "active", snoozesWord}

// snooze answers "snooze host=DESKTOP-1 for=4h reason=…".
func (w noticeWords) snooze(ctx context.Context, a exchange.Interaction, rest string) error {
	if rest = strings.TrimSpace(rest); rest == "" || slices.Contains(listWords, strings.ToLower(rest)) {
		return w.snoozes(ctx, a, "")
	}
	n, err := w.maySnooze(a)
	if err != nil {
		return err
	}
	rest, console, err := w.console(ctx, a, unescaped(rest))
	if err != nil {
		return err
	}
	s, err := snoozing.Read(rest, w.now(), a.Who.Zone)
	if err != nil {
		return err
	}
	s.Console, s.Owner = console, a.Who.ID
	return w.quiet(ctx, a, n, s)
}

// maySnooze is what is asked to keep things quiet, for those who may.
func (w noticeWords) maySnooze(a exchange.Interaction) (Notices, error) {
	n, err := w.notices()
	if err == nil && !a.Who.Everywhere().Yes() {
		err = &catalog.UsageError{Problem: "only operators and approvers can snooze, because it hides notifications from everybody in the channel"}
	}
	return n, err
}

// quiet keeps something quiet, once that is in the audit trail: it keeps news from others. A snooze
// that is in the trail and did not take effect is a line too many; one that took effect and is not
// in the trail is what an attacker would want.
func (w noticeWords) quiet(ctx context.Context, a exchange.Interaction, n Notices, s snoozing.Snooze) error {
	err := w.trail.Note(ctx, a.Who.Person, "snoozed", map[string]any{"by": s.Kind, "value": s.Value, "until": s.Until.UTC(), "reason": s.Reason, "channel": a.At.Channel, "console": s.Console})
	if err != nil {
		return err
	}
	card, err := n.Snooze(ctx, s)
	if err != nil {
		return err
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

// snoozes lists what is snoozed.
func (w noticeWords) snoozes(ctx context.Context, a exchange.Interaction, _ string) error {
	n, err := w.notices()
	if err != nil {
		return err
	}
	card, err := n.Snoozed(ctx)
	if err != nil {
		return err
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

// unsnooze ends a snooze.
func (w noticeWords) unsnooze(ctx context.Context, a exchange.Interaction, id string) error {
	n, err := w.notices()
	if err != nil {
		return err
	}
	if !a.Who.Everywhere().Yes() {
		return &catalog.UsageError{Problem: "only operators and approvers can end a snooze"}
	}
	if id == "" {
		return &catalog.UsageError{Problem: "which snooze? Give the id shown beside it", Hint: "/s1 snoozes lists them"}
	}
	if err := w.trail.Note(ctx, a.Who.Person, "unsnoozed", map[string]any{"id": id, "channel": a.At.Channel}); err != nil {
		return err
	}
	card, err := n.Unsnooze(ctx, id)
	if err != nil {
		return err
	}
	w.responder.Reply(ctx, a, card)
	return nil
}

func (w noticeWords) unsnoozeClicked(ctx context.Context, a exchange.Interaction) error {
	return w.unsnooze(ctx, a, a.Choice.ID)
}
