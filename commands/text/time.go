package text

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Layouts with a zone of their own, and those that mean the caller's zone. With full stops the day comes before the month everywhere; with slashes it
// doesn't, so those are not read.
var (
	zonedLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04Z07:00", "2006-01-02T15:04Z07:00"}
	localLayouts = []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04", time.DateOnly, "2.1.2006 15:04:05", "2.1.2006 15:04", "2.1.2006"}
)

// ReadTime reads a moment as people write it: a date with or without a time of day, RFC 3339,
// seconds or milliseconds since 1970, a day's name (today, yesterday 14:00), or a distance (-24h,
// 7d ago, in 2h). It is meant in their zone unless it ends in another. Numbers of ten or eleven digits are seconds and of thirteen or fourteen milliseconds; others are no times.
func ReadTime(text string, in Input) (time.Time, error) {
	text = strings.TrimSpace(text)
	clock, zone := cutZone(text, in.Location())
	if t, ok := readDate(text, clock, zone); ok {
		return plausible(t, text)
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		switch {
		case n > 1e9 && n < 1e11:
			return time.Unix(n, 0), nil
		case n > 1e12 && n < 1e14:
			return time.UnixMilli(n), nil
		}
	}
	if t, ok := Relative(strings.ToLower(clock), in.Now.In(zone)); ok && !in.Now.IsZero() {
		return t.Truncate(time.Second), nil // people read it again, in the history and in what they might have meant
	}
	return time.Time{}, fmt.Errorf("%s is not a time; write it like 2026-11-20 14:00, yesterday or -24h", Quote(text))
}

// readDate reads a date with or without a time of day: text with a zone of its own, or clock in zone. All of them begin with a digit, and
// a zone of their own is a Z at the end or has its sign behind the date: whatever else it is, no layout needs to be tried on it.
func readDate(text, clock string, zone *time.Location) (time.Time, bool) {
	if text == "" || text[0] < '0' || text[0] > '9' {
		return time.Time{}, false
	}
	if strings.HasSuffix(text, "Z") || strings.ContainsAny(text[min(len(text), len(time.DateOnly)):], "+-") {
		for _, layout := range zonedLayouts {
			if t, err := time.Parse(layout, text); err == nil {
				return t, true
			}
		}
	}
	for _, layout := range localLayouts {
		if t, err := time.ParseInLocation(layout, clock, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// cutZone takes the zone off the end of a time: UTC, +02:00 or Europe/Berlin. An abbreviation such as CST is nobody's to guess.
func cutZone(text string, zone *time.Location) (clock string, of *time.Location) {
	i := strings.LastIndexByte(text, ' ')
	if i < 0 || !ZoneWord(text[i+1:]) {
		return text, zone
	}
	clock, word := strings.TrimSpace(text[:i]), text[i+1:]
	switch strings.ToUpper(word) {
	case "UTC", "GMT", "Z":
		return clock, time.UTC
	}
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		if t, err := time.Parse(layout, word); err == nil {
			_, offset := t.Zone()
			return clock, time.FixedZone(word, offset)
		}
	}
	if named, err := time.LoadLocation(word); err == nil {
		return clock, named
	}
	return text, zone
}

var zoneForm = regexp.MustCompile(`^(?:(?i:UTC|GMT|Z)|[+-]\d{2}(?::?\d{2})?|[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_-]+)+)$`)

// ZoneWord tells whether a word can be the zone at the end of a time.
func ZoneWord(word string) bool { return zoneForm.MatchString(word) }

// plausible refuses years that nobody means: 1970 is what consoles send for "never".
func plausible(t time.Time, text string) (time.Time, error) {
	if y := t.Year(); y < 1971 || y > 9000 {
		return t, fmt.Errorf("%s is not a plausible time", Quote(text))
	}
	return t, nil
}

var (
	// phones and pasted text have dashes and the minus sign for the hyphen
	distanceForm = regexp.MustCompile(`^(?:[-–—−]\s*|(\+\s*|in\s+))?(\d{1,6})\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)(?:\s+ago)?$`)
	dayForm      = regexp.MustCompile(`^(?:(today|yesterday|tomorrow)\s*)?(?:(?:at\s+)?(\d{1,2}):(\d{2}))?$`)
)

// Relative reads times that count from now. A bare number with a unit lies in the past, as "-24h"
// and "24h ago" do: people look back more than ahead. "in 2h" and "+2h" lie ahead.
func Relative(text string, now time.Time) (time.Time, bool) {
	if text == "now" {
		return now, true
	}
	if m := distanceForm.FindStringSubmatch(text); m != nil {
		sign := "-"
		if m[1] != "" {
			sign = "+"
		}
		return shifted(now, sign+m[2], m[3])
	}
	m := dayForm.FindStringSubmatch(text)
	if m == nil || text == "" {
		return time.Time{}, false
	}
	day := now.AddDate(0, 0, map[string]int{"yesterday": -1, "tomorrow": 1}[m[1]])
	hour, _ := strconv.Atoi(m[2])
	minute, _ := strconv.Atoi(m[3])
	if hour > 23 || minute > 59 {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), hour, minute, 0, 0, now.Location()), true
}

// shifted goes by days on the calendar, so that "-1d" is the same time of day across a change of the clocks.
func shifted(now time.Time, amount, unit string) (time.Time, bool) {
	n, err := strconv.Atoi(amount)
	if err != nil {
		return time.Time{}, false
	}
	switch unit[0] {
	case 's':
		return now.Add(time.Duration(n) * time.Second), true
	case 'm':
		return now.Add(time.Duration(n) * time.Minute), true
	case 'h':
		return now.Add(time.Duration(n) * time.Hour), true
	case 'w':
		n *= 7
	}
	t := now.AddDate(0, 0, n)
	return t, t.Year() > 1970 && t.Year() < 9000
}
