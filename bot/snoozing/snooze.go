package snoozing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Longest is the longest time that something is kept quiet: who wants more asks again.
const Longest = 30 * 24 * time.Hour

// A Snooze is what somebody wants to be kept quiet.
type Snooze struct {
	Console, Owner string // the console's mark, and who asks, a Slack user id
	Kind, Value    string // rule, hash, host or storyline, and which
	File           string // the name of the file that a hash or a storyline is of, where that is known
	Reason         string
	Until          time.Time
}

// Read is what somebody typed behind "snooze": host=DESKTOP-1 for=4h reason=…. Whose it is, and on which console, it does not say.
func Read(line string, now time.Time, zone *time.Location) (Snooze, error) {
	given, err := pairs(named(line))
	if err != nil {
		return Snooze{}, err
	}
	until, err := ends(given, now, zone)
	if err != nil {
		return Snooze{}, err
	}
	for _, kind := range []string{"rule", "hash", "host", "storyline"} {
		if value := given[kind]; value != "" {
			return Snooze{Kind: kind, Value: value, Reason: given["reason"], Until: until}, nil
		}
	}
	return Snooze{}, &catalog.UsageError{Problem: "what should I snooze? Give one of rule=, hash=, host= or storyline=", Hint: "/s1 snooze host=DESKTOP-1 for=4h reason=\"pentest\""}
}

// ends reads for= or until=; four hours where neither is given.
func ends(given map[string]string, now time.Time, zone *time.Location) (time.Time, error) {
	until := now.Add(4 * time.Hour)
	switch {
	case given["for"] != "":
		length, err := catalog.ReadAnySpan(given["for"])
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
	case until.Sub(now) > Longest:
		return until, &catalog.UsageError{Problem: "a snooze lasts 30 days at most"}
	}
	return until, nil
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
