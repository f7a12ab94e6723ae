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

// maxSum is how long one part of a duration may be: thirty years, so that no sum of a few is too large for a number.
const maxSum = 30 * 365 * 24 * time.Hour

// SpanBounds are the bounds in words.
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
	sum, ok := sumOf(text)
	if !ok {
		return 0, fmt.Errorf("%s isn't a duration", Quote(text))
	}
	switch {
	case sum < minSpan:
		return 0, fmt.Errorf("%s is too short", Quote(text))
	case sum > maxSpan:
		return 0, fmt.Errorf("%s is too long", Quote(text))
	}
	return sum, nil
}

// ParseAnySpan is ParseSpan for what has no bounds, such as how far back to look. It also reads what Go writes (1.5h, 90s), and a sign in
// front means nothing: "-24h" is the last day.
func ParseAnySpan(text string) (time.Duration, error) {
	plain := strings.TrimLeft(strings.TrimSpace(text), "+-")
	sum, ok := sumOf(plain)
	if !ok {
		sum, _ = time.ParseDuration(plain)
	}
	if sum <= 0 {
		return 0, fmt.Errorf("%s isn't a duration", Quote(text))
	}
	return sum, nil
}

// sumOf adds up the parts of a duration; false where the text is none. What is out of all bounds is longer than any of them.
func sumOf(text string) (sum time.Duration, ok bool) {
	plain := strings.ToLower(strings.TrimSpace(text))
	if !spanForm.MatchString(plain) {
		return 0, false
	}
	for _, part := range spanPart.FindAllStringSubmatch(plain, -1) {
		n, _ := strconv.Atoi(part[1]) // six digits at most
		unit := spanUnits()[part[2][0]]
		sum += min(time.Duration(n), maxSum/unit) * unit
	}
	return sum, true
}

// SpanWord tells whether a bare word continues a duration: "4 hours", "1d 12h".
func SpanWord(word string) bool { return spanTail.MatchString(word) }

// SpanWords says a duration: "4 hours", "1 day 12 hours", "1 minute 30 seconds".
func SpanWords(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		length time.Duration
		name   string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / unit.length); n > 0 {
			words = append(words, Plural(n, unit.name))
			d %= unit.length
		}
	}
	return cmp.Or(strings.Join(words, " "), "less than a second")
}

// SpanText writes a duration so that ParseSpan reads it: 4h, 36h, 90m.
func SpanText(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}
