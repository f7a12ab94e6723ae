package text

import (
	"strings"
	"time"
)

// Times as sentences have them: "since yesterday", "in the last 24 hours", "for two hours". Every reader here takes the words from at on
// and returns how many of them it took, the longest reading first; 0 where they say nothing of the kind.

// A Range is a stretch of time; a zero end is open. From belongs to it and Until does not, as in
// the console's own ranges.
type Range struct{ From, Until time.Time }

// numberWords are the numbers that people write out.
var numberWords = map[string]string{
	"a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
	"nine": "9", "ten": "10", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "fifty": "50", "half": "half",
}

// Count is a number of things as people write it: in digits, or as a word ("ten"). "A" is none, and neither is a half.
func Count(word string) (digits string, ok bool) {
	if word != "" && strings.Trim(word, "0123456789") == "" {
		return word, true
	}
	digits, ok = numberWords[word]
	return digits, ok && word != "a" && word != "an" && word != "half"
}

// momentWords is how many words a moment has at most: "2026-11-20 at 14:00 Europe/Berlin".
const momentWords = 5

// plainly joins words as the readers of times and durations know them: numbers in digits.
func plainly(words []Word) string {
	parts := make([]string, 0, len(words))
	for i, w := range words {
		part := w.Text
		if n, ok := numberWords[w.Lower]; ok && i+1 < len(words) {
			part = n
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// ReadSpanWords reads a duration: "4 hours", "an hour", "the next 2 days", "1 day and 12 hours".
// Five words are the longest that people write: "1 day and 12 hours".
func ReadSpanWords(words []Word, at int) (time.Duration, int) {
	from := at
	for from < len(words) && (words[from].Lower == "the" || words[from].Lower == "next" || words[from].Lower == "another") {
		from++
	}
	if from+2 < len(words) && words[from].Lower == "half" && (words[from+1].Lower == "an" || words[from+1].Lower == "a") {
		if span, err := ParseSpan("1 " + words[from+2].Lower); err == nil {
			return span / 2, from + 3 - at
		}
	}
	for n := min(5, len(words)-from); n > 0; n-- {
		text := strings.ReplaceAll(plainly(words[from:from+n]), " and ", " ")
		if span, err := ParseSpan(text); err == nil {
			return span, from + n - at
		}
	}
	return 0, 0
}

// ReadMoment reads a moment in the zone of in. Without a Now nothing is read, for most words count
// from it. The longest reading wins: "yesterday" alone would leave its time of day for somebody
// else.
func ReadMoment(words []Word, at int, in Input) (time.Time, int) {
	if at >= len(words) || in.Now.IsZero() {
		return time.Time{}, 0
	}
	for n := min(momentWords, len(words)-at); n > 0; n-- {
		text := strings.ToLower(plainly(words[at : at+n]))
		if t, ok := calendar(text, in); ok {
			return t, n
		}
		if t, err := ReadTime(twelveHours(strings.ReplaceAll(plainly(words[at:at+n]), " at ", " ")), in); err == nil && !bareNumber(text) {
			return t, n
		}
	}
	return time.Time{}, 0
}

// bareNumber tells seconds since 1970 from times: in a sentence a number is anything else.
func bareNumber(text string) bool { return strings.Trim(text, "0123456789") == "" }

// twelveHours writes "yesterday 2pm" as "yesterday 14:00".
func twelveHours(text string) string {
	i := strings.LastIndexByte(text, ' ') + 1
	for _, layout := range []string{"3pm", "3:04pm"} {
		if t, err := time.Parse(layout, strings.ToLower(text[i:])); err == nil {
			return text[:i] + t.Format("15:04")
		}
	}
	return text
}

// calendar reads days by their names, and stretches of the calendar that are over: "monday", "last
// week", "midnight". A weekday is the last one that is over; today's name means a week ago, because
// who means today says today.
func calendar(text string, in Input) (time.Time, bool) {
	now := in.Now.In(in.Location())
	day := func(back int) time.Time {
		return time.Date(now.Year(), now.Month(), now.Day()-back, 0, 0, 0, 0, now.Location())
	}
	switch text {
	case "midnight":
		return day(0), true
	case "this morning":
		return day(0), true
	case "noon":
		return day(0).Add(12 * time.Hour), true
	case "last night": // as a shift has it
		return day(1).Add(18 * time.Hour), true
	case "last week":
		return now.AddDate(0, 0, -7), true
	case "last month":
		return now.AddDate(0, 0, -30), true
	}
	name := strings.TrimPrefix(text, "last ")
	for wd := time.Sunday; wd <= time.Saturday; wd++ {
		if name == strings.ToLower(wd.String()) {
			back := (int(now.Weekday()) - int(wd) + 7) % 7
			if back == 0 {
				back = 7
			}
			return day(back), true
		}
	}
	return time.Time{}, false
}

// weekday tells the name of one.
func weekday(w Word) bool {
	for wd := time.Sunday; wd <= time.Saturday; wd++ {
		if w.Lower == strings.ToLower(wd.String()) {
			return true
		}
	}
	return false
}

// ReadRange reads a stretch of time with the word that begins it: "since monday", "between 14:00
// and 16:00", "in the last two days", "yesterday". The reading with most words wins, since the
// others would leave words that mean nothing.
func ReadRange(words []Word, at int, in Input) (Range, int) {
	if at >= len(words) || in.Now.IsZero() {
		return Range{}, 0
	}
	readers := []func([]Word, int, Input) (Range, int){lastRange, namedRange, openRange, closedRange}
	var best Range
	most := 0
	for _, read := range readers {
		if r, n := read(words, at, in); n > most {
			best, most = r, n
		}
	}
	return best, most
}

// lastRange reads "in the last 24 hours" and "past week".
func lastRange(words []Word, at int, in Input) (Range, int) {
	i := at
	skip := func(any ...string) bool {
		for _, w := range any {
			if i < len(words) && words[i].Lower == w {
				i++
				return true
			}
		}
		return false
	}
	skip("in", "over", "during", "within", "for", "from", "of")
	skip("the")
	if !skip("last", "past", "previous") {
		return Range{}, 0
	}
	for n := min(3, len(words)-i); n > 0; n-- {
		text := strings.ToLower(plainly(words[i : i+n]))
		if n == 1 && strings.HasPrefix("month", text) && len(text) > 3 {
			return Range{From: in.Now.AddDate(0, 0, -30)}, i + n - at
		}
		if n == 1 && text != "" && (text[0] < '0' || text[0] > '9') {
			text = "1 " + text
		}
		if t, ok := Relative(text+" ago", in.Now.In(in.Location())); ok {
			return Range{From: t}, i + n - at
		}
	}
	return Range{}, 0
}

// namedRange reads days and weeks that are a stretch by themselves.
func namedRange(words []Word, at int, in Input) (Range, int) {
	i := at
	if words[i].Lower == "from" || words[i].Lower == "on" || words[i].Lower == "of" {
		i++
	}
	if i >= len(words) {
		return Range{}, 0
	}
	now := in.Now.In(in.Location())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	took := i + 1 - at
	switch words[i].Lower {
	case "today":
		return Range{From: today}, took
	case "yesterday":
		return Range{From: today.AddDate(0, 0, -1), Until: today}, took
	case "this":
		if i+1 < len(words) && words[i+1].Lower == "week" {
			return Range{From: today.AddDate(0, 0, -(int(now.Weekday())+6)%7)}, took + 1
		}
		if i+1 < len(words) && words[i+1].Lower == "month" {
			return Range{From: today.AddDate(0, 0, 1-now.Day())}, took + 1
		}
		if i+1 < len(words) && words[i+1].Lower == "morning" {
			return Range{From: today}, took + 1
		}
	case "overnight":
		return Range{From: today.Add(-6 * time.Hour)}, took
	case "last":
		if i+1 < len(words) && words[i+1].Lower == "night" {
			return Range{From: today.Add(-6 * time.Hour)}, took + 1
		}
	}
	if t, err := time.ParseInLocation(time.DateOnly, words[i].Text, now.Location()); err == nil {
		return Range{From: t, Until: t.AddDate(0, 0, 1)}, took
	}
	if t, ok := calendar(words[i].Lower, in); ok && words[at].Lower == "on" {
		return Range{From: t, Until: t.AddDate(0, 0, 1)}, took
	}
	return Range{}, 0
}

// openRange reads a stretch with one end: "since yesterday", "until 14:00".
func openRange(words []Word, at int, in Input) (Range, int) {
	t, n := ReadMoment(words, at+1, in)
	switch {
	case n == 0:
	case words[at].Lower == "since" || words[at].Lower == "after": // "from monday" may be that day alone
		if t.Before(in.Now) {
			return Range{From: t}, n + 1
		}
	case words[at].Lower == "until" || words[at].Lower == "till" || words[at].Lower == "before":
		return Range{Until: t}, n + 1
	}
	return Range{}, 0
}

// ReadAge reads how old things are: "older than 3 days", "newer than a week", "less than 2 hours old". What is older was there before.
func ReadAge(words []Word, at int, in Input) (Range, int) {
	if at+2 >= len(words) || in.Now.IsZero() || words[at+1].Lower != "than" {
		return Range{}, 0
	}
	span, n := ReadSpanWords(words, at+2)
	old := n > 0 && at+2+n < len(words) && words[at+2+n].Lower == "old"
	end := in.Now.Add(-span)
	switch how := words[at].Lower; {
	case n == 0:
	case how == "older":
		return Range{Until: end}, 2 + n
	case how == "newer" || how == "younger":
		return Range{From: end}, 2 + n
	case how == "more" && old:
		return Range{Until: end}, 3 + n
	case how == "less" && old:
		return Range{From: end}, 3 + n
	}
	return Range{}, 0
}

// closedRange reads a stretch with two ends: "between 14:00 and 16:00", "from monday to yesterday".
func closedRange(words []Word, at int, in Input) (Range, int) {
	joins := map[string][]string{"between": {"and"}, "from": {"to", "until", "till"}}[words[at].Lower]
	from, n := ReadMoment(words, at+1, in)
	join := at + 1 + n
	if n == 0 || join >= len(words) {
		return Range{}, 0
	}
	for _, j := range joins {
		if words[join].Lower != j {
			continue
		}
		until, m := ReadMoment(words, join+1, in)
		if m == 1 && !until.After(from) && until.AddDate(0, 0, 7).Before(in.Now) && weekday(words[join+1]) { // "between monday and wednesday" on a Wednesday
			until = until.AddDate(0, 0, 7)
		}
		if m == 0 || !from.Before(until) {
			continue
		}
		end := join + 1 + m
		switch { // "between 02:00 and 04:00 yesterday"
		case end == len(words):
		case words[end].Lower == "today":
			end++
		case words[end].Lower == "yesterday":
			end, from, until = end+1, from.AddDate(0, 0, -1), until.AddDate(0, 0, -1)
		}
		return Range{From: from, Until: until}, end - at
	}
	return Range{}, 0
}
