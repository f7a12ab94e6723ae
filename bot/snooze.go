package bot

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/bot/exchange"
	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// maxSnooze is the longest time that something is kept quiet: who wants more asks again.
const maxSnooze = 30 * 24 * time.Hour

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
	given, err := pairs(named(rest))
	if err != nil {
		return err
	}
	until, err := snoozeEnd(given, w.now(), a.Who.Zone)
	if err != nil {
		return err
	}
	for _, kind := range []string{"rule", "hash", "host", "storyline"} {
		if value := given[kind]; value != "" {
			return w.quiet(ctx, a, n, Snooze{Console: console, Owner: a.Who.ID, Kind: kind, Value: value, Reason: given["reason"], Until: until})
		}
	}
	return &catalog.UsageError{Problem: "what should I snooze? Give one of rule=, hash=, host= or storyline=", Hint: "/s1 snooze host=DESKTOP-1 for=4h reason=\"pentest\""}
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
func (w noticeWords) quiet(ctx context.Context, a exchange.Interaction, n Notices, s Snooze) error {
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

// snoozeEnd reads for= or until=; four hours where neither is given.
func snoozeEnd(given map[string]string, now time.Time, zone *time.Location) (time.Time, error) {
	until := now.Add(4 * time.Hour)
	switch {
	case given["for"] != "":
		length, err := spoken(given["for"])
		if err != nil {
			return until, err
		}
		until = now.Add(length)
	case given["until"] != "":
		at, err := dated(given["until"], zone)
		if err != nil {
			return until, err
		}
		until = at
	}
	switch {
	case !until.After(now):
		return until, &catalog.UsageError{Problem: "that end is in the past"}
	case until.Sub(now) > maxSnooze:
		return until, &catalog.UsageError{Problem: "a snooze lasts 30 days at most"}
	}
	return until, nil
}

// spoken reads "4h", "30m", "2d", with or without a sign in front.
func spoken(typed string) (time.Duration, error) {
	length, err := text.ParseAnySpan(typed)
	if err != nil {
		return 0, &catalog.UsageError{Problem: err.Error(), Hint: "For example 30m, 4h or 2d"}
	}
	return length, nil
}

// dated reads a date, with or without a time, in a person's own zone.
func dated(text string, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04", "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(form, text, zone); err == nil {
			return at, nil
		}
	}
	return time.Time{}, &catalog.UsageError{Problem: fmt.Sprintf("%q isn't a time", text), Hint: "For example 2026-11-23 08:00"}
}

// hashForm tells the hashes that notifications are snoozed by from all other words.
var hashForm = regexp.MustCompile(`^(?:[0-9a-fA-F]{40}|[0-9a-fA-F]{64})$`)

// lasts is how people write for= and until= in a sentence.
var lasts = regexp.MustCompile(`(?i)\s(for|until)\s+`)

// named is a line in which a hash, an end and a reason that stand without their names have them: what they are is plain to see.
func named(line string) string {
	first, rest := text.CutWord(line)
	if hashForm.MatchString(first) {
		line = "hash=" + first + " " + rest
	}
	if strings.ContainsAny(line, "\"“”") {
		return line
	}
	what, why, because := strings.Cut(line, " because ")
	what = lasts.ReplaceAllString(what, " $1=")
	if because {
		what += ` reason="` + strings.TrimSpace(why) + `"`
	}
	return what
}

// pairs reads name=value words; a value with spaces stands in quotes, straight or typographic.
//
// An unknown name is an error and not a part of the value before it: a misspelt until= would make a
// snooze of four hours that somebody believes to last until Monday.
func pairs(text string) (map[string]string, error) {
	given := map[string]string{}
	known := []string{"rule", "hash", "host", "storyline", "for", "until", "reason"}
	for text = strings.TrimSpace(text); text != ""; text = strings.TrimSpace(text) {
		name, rest, found := strings.Cut(text, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || !slices.Contains(known, name) {
			return nil, &catalog.UsageError{
				Problem: fmt.Sprintf("say what %q is: a rule, a hash, a host or a storyline", strings.TrimSpace(text)),
				Hint:    "Such as: /s1 snooze host=DESKTOP-1 for=4h reason=\"pentest\"",
			}
		}
		given[name], text = value(rest)
	}
	return given, nil
}

// value cuts one value off. Typographic quotes are what macOS and phones make of straight ones.
func value(text string) (first, rest string) {
	for _, quotes := range []string{`""`, "''", "“”", "„“", "‘’"} {
		open, end := []rune(quotes)[0], []rune(quotes)[1]
		if inside, ok := strings.CutPrefix(text, string(open)); ok {
			if first, rest, ok := strings.Cut(inside, string(end)); ok {
				return first, rest
			}
		}
	}
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], text[i:]
	}
	return text, ""
}
