package text

import (
	"cmp"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The bounds of how long something may be asked for; approvals has the same, and the last word.
const (
	minSpan = 5 * time.Minute
	maxSpan = 30 * 24 * time.Hour
)

const SpanBounds = "5 minutes to 30 days"

// spanUnits are the units of a duration by their first letter.
func spanUnits() map[byte]time.Duration {
	return map[byte]time.Duration{'m': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
}

var (
	spanForm = regexp.MustCompile(`^(?:\d{1,6}\s*(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)\s*)+$`)
	spanPart = regexp.MustCompile(`(\d+)\s*([a-z]+)`)
	spanTail = regexp.MustCompile(`(?i)^(?:\d{1,6}(?:minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)?|minutes?|mins?|hours?|hrs?|days?|weeks?)$`)
)

// ParseSpan reads a duration as people write it: 30m, 4h, 1d 12h, "2 days". The error is a sentence about the text: it is no
// duration, or shorter or longer than anything may be asked for.
func ParseSpan(text string) (time.Duration, error) {
	plain := strings.ToLower(strings.TrimSpace(text))
	if !spanForm.MatchString(plain) {
		return 0, fmt.Errorf("%s isn't a duration", Quote(text))
	}
	var sum time.Duration
	for _, part := range spanPart.FindAllStringSubmatch(plain, -1) {
		n, _ := strconv.Atoi(part[1]) // six digits at most
		unit := spanUnits()[part[2][0]]
		sum += min(time.Duration(n), maxSpan/unit+1) * unit
	}
	switch {
	case sum < minSpan:
		return 0, fmt.Errorf("%s is too short", Quote(text))
	case sum > maxSpan:
		return 0, fmt.Errorf("%s is too long", Quote(text))
	}
	return sum, nil
}

// SpanWord tells whether a bare word continues a duration: "4 hours", "1d 12h".
func SpanWord(word string) bool { return spanTail.MatchString(word) }

// SpanWords says a duration: "4 hours", "1 day 12 hours".
func SpanWords(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}} {
		if n := int(d / unit.length); n > 0 {
			words = append(words, Plural(n, unit.name))
			d %= unit.length
		}
	}
	return cmp.Or(strings.Join(words, " "), "less than a minute")
}

// SpanText writes a duration so that ReadSpan reads it: 4h, 36h, 90m.
func SpanText(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}
