package text

import (
	"slices"
	"strings"
	"time"
)

// Moments that are still to come: "until Monday morning", "till 6pm", "until tomorrow". ReadMoment reads the same words as what is over, for who
// asks for a list means that.

// dayParts are when a part of a day begins. Evenings and nights are left out: nobody means the same by them.
var dayParts = map[string]int{"morning": 8, "noon": 12, "midday": 12, "lunchtime": 12}

// deadlineWords is how many words a deadline has at most: "next monday morning at 8:30 am".
const deadlineWords = 6

// ReadDeadline reads a moment after now, the longest reading first, and how many words it took; 0 where they say none, or one that two people would
// take for different days.
func ReadDeadline(words []Word, at int, in Input) (time.Time, int) {
	if in.Now.IsZero() {
		return time.Time{}, 0
	}
	for n := min(deadlineWords, len(words)-at); n > 0; n-- {
		if t, ok := deadline(words[at:at+n], in.Now.In(in.Location())); ok && t.After(in.Now) {
			return t, n
		}
	}
	if t, n := ReadMoment(words, at, in); t.After(in.Now) {
		return t, n
	}
	return time.Time{}, 0
}

// deadline reads all of the words: a day, a time of day, or both.
func deadline(words []Word, now time.Time) (time.Time, bool) {
	day, n := comingDay(words, now)
	rest := words[n:]
	if n == 0 {
		day = startOf(now)
	}
	for len(rest) > 1 && (rest[0].Lower == "at" || rest[0].Lower == ",") {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		return day, n > 0
	}
	clock, ok := timeOfDay(halved(rest))
	if !ok {
		return time.Time{}, false
	}
	// By the clock on the wall, which may be put forward that night.
	t := time.Date(day.Year(), day.Month(), day.Day(), 0, int(clock/time.Minute), 0, 0, day.Location())
	if n == 0 && !t.After(now) { // "until 8am", said at night
		t = t.AddDate(0, 0, 1)
	}
	return t, true
}

func startOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}

// comingDay reads a day that is to come, and how many words it took. "Next Friday", said on a Wednesday, is one of two.
func comingDay(words []Word, now time.Time) (time.Time, int) {
	today, at := startOf(now), 0
	if len(words) > 1 && slices.Contains([]string{"next", "this", "coming"}, words[0].Lower) {
		at = 1
	}
	name := words[at].Lower
	switch {
	case name == "today" && at == 0:
		return today, 1
	case name == "tomorrow" && at == 0:
		return today.AddDate(0, 0, 1), 1
	}
	for days := 1; days <= 7; days++ {
		day := today.AddDate(0, 0, days)
		long := strings.ToLower(day.Weekday().String())
		if name != long && name != long[:3] {
			continue
		}
		thisWeek := (int(now.Weekday())+6)%7+days < 7
		if at == 1 && thisWeek == (words[0].Lower == "next") {
			return today, 0
		}
		return day, at + 1
	}
	return today, 0
}

// halves are parts of a day, and the half that a time in them is of.
var halves = map[string]string{"morning": "am", "afternoon": "pm", "evening": "pm"}

// halved says which half of the day a time is of: "morning at 8" is "8 am".
func halved(words []Word) []Word {
	half := halves[words[0].Lower]
	rest := words[1:]
	if len(rest) > 1 && rest[0].Lower == "at" {
		rest = rest[1:]
	}
	if half == "" || len(rest) != 1 {
		return words
	}
	if _, ok := timeOfDay([]Word{rest[0], {Lower: half}}); ok {
		return []Word{rest[0], {Lower: half}}
	}
	return words
}

// timeOfDay reads all of the words as a time of day: "6pm", "18:00", "8:30 am", "noon". A number alone is none.
func timeOfDay(words []Word) (time.Duration, bool) {
	text := ""
	for _, w := range words {
		text += w.Lower
	}
	if hour, ok := dayParts[text]; ok {
		return time.Duration(hour) * time.Hour, true
	}
	for _, layout := range []string{"3pm", "3:04pm", "15:04"} {
		if t, err := time.Parse(layout, text); err == nil && len(words) < 3 {
			return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, true
		}
	}
	return 0, false
}
