package plain

import (
	"regexp"
	"strings"
	"time"

	"s1bot/commands/text"
)

// A query may stand in a sentence as it is, without quotes: "hunt src.process.name = 'evil.exe' over the past 7 days". It ends where a stretch of time
// ends the sentence, for no query language has such words; behind a colon all of the rest is the query.

// queryForm is how queries begin: a field and an operator. "In" is one only before a list: "evil.exe in the last week" is no query.
var queryForm = regexp.MustCompile(`(?i)^\(*\s*(?:not\s+)?[a-z_][\w.]*\s*(?:[=!<>]|\s(?:not\s+)?(?:contains|containscis|regexp|matches|startswith|endswith|like|is\s+(?:not\s+)?empty)\b|\s(?:not\s+)?in\s*(?:contains\s*)?(?:anycase\s*)?\()`)

// query is a query as it was written.
func (s scene) query(t slot, words []text.Word, at int) []text.Filling {
	if at >= len(words) || words[at].Quoted {
		return nil
	}
	end := len(words)
	for i := at + 2; i < end; i++ {
		if r := s.rangeAt(words, i); len(r) > 0 && i+r[0].Taken == len(words) {
			end = i
		}
	}
	written := s.sentence[words[at].From:words[len(words)-1].To]
	if end < len(words) {
		written = strings.TrimRight(s.sentence[words[at].From:words[end].From], " ,;")
	} else { // brackets are no words
		rest := s.sentence[words[end-1].To:]
		written += rest[:len(rest)-len(strings.TrimLeft(rest, "()"))]
	}
	if !queryForm.MatchString(written) && !(at > 0 && words[at-1].Lower == ":" && strings.ContainsAny(written, "=<>|")) {
		return nil
	}
	if !strings.Contains(strings.ToLower(written), "match") && !strings.Contains(strings.ToLower(written), "regexp") { // whose [.] is a dot
		written = armed.Replace(written)
	}
	return []text.Filling{{Taken: end - at, Value: []setting{{t.field.Name, "", []string{written}}}}}
}

// endsInTime tells whether a line ends in a stretch of time, whichever moment it is.
func endsInTime(words []text.Word) bool {
	anyDay := text.Input{Now: time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)}
	for i := 3; i < len(words); i++ {
		if _, n := text.ReadRange(words, i, anyDay); n > 1 && i+n == len(words) {
			return true
		}
	}
	return false
}
