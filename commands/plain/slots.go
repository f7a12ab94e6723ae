package plain

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A slot is where a value of a sentence goes.
type slot struct {
	name    string // as it stands in the pattern
	special string // "*", "+", "@reason", "@sought", …
	local   string // of {$file}: the name that "->" has it by
	field   catalog.Field
	key     string // of a filter
	shape   string
}

// slot reads the name of a slot; an error where the command has no such parameter. Parameters that
// are hidden from people have no slot: nobody can say what they do not know.
func (g grammar) slot(name string) (slot, error) {
	s := slot{name: name}
	if param, ok := strings.CutPrefix(name, "+"); ok && param != "" { // one or more words for this parameter
		s.special = "+"
		s.field, ok = g.cmd.Lookup(param)
		if !ok {
			return s, fmt.Errorf("there is no parameter %q", param)
		}
		return s, nil
	}
	if name == "*" || name == "+" || strings.HasPrefix(name, "@") {
		s.special = name
		return s, nil
	}
	param, shape, _ := strings.Cut(name, ":")
	s.shape = shape
	if local, ok := strings.CutPrefix(param, "$"); ok {
		s.local = local
		return s, known(shape)
	}
	param, s.key, _ = strings.Cut(param, ".")
	for _, f := range g.cmd.Fields {
		if f.Name == param && !f.Hidden {
			s.field = f
			if s.shape == "" {
				s.shape = shapeOf(f)
			}
			return s, known(s.shape)
		}
	}
	return s, fmt.Errorf("there is no parameter %q", param)
}

// A setting is a value for a parameter, or for a key of one that is a filter.
type setting struct {
	param, key string
	words      []string
}

// A scene is what a sentence is read with.
type scene struct {
	grammar
	sentence string
	in       text.Input
	steps    *int // slots tried so far
}

// maxSteps bounds what one command tries on one sentence: those of people take a few hundred, one made to take long is not read.
const maxSteps = 20_000

// What fills the slots that are no parameters.
type (
	reason string
	ticket string
	span   time.Duration
	local  struct{ name, value string }
)

// fill says what may stand in a slot; see text.Filler. The steps are counted here because every way
// to go wrong comes by: without a bound a sentence of many names takes longer with each.
func (s scene) fill(name string, words []text.Word, at int) []text.Filling {
	t := s.slots[name]
	if *s.steps++; *s.steps > maxSteps {
		return nil
	}
	switch t.special {
	case "*":
		return append(s.narrowing(words, at), text.Filling{Value: []setting(nil)})
	case "+":
		return slices.DeleteFunc(s.narrowing(words, at), func(f text.Filling) bool {
			sets, _ := f.Value.([]setting)
			return t.field.Name != "" && (len(sets) == 0 || slices.ContainsFunc(sets, func(set setting) bool { return set.param != t.field.Name }))
		})
	case "@range":
		return s.rangeAt(words, at)
	case "@for":
		if at > 0 && oneOf(words[at-1].Lower, "in|after|within|every|at") { // "in 2 hours" is when
			return nil
		}
		if length, n := text.ReadSpanWords(words, at); n > 0 {
			return []text.Filling{{Taken: n, Value: span(length)}}
		}
		return nil
	case "@until":
		if end, n := text.ReadDeadline(words, at, s.in); n > 0 {
			return []text.Filling{{Taken: n, Value: span(end.Sub(s.in.Now).Truncate(time.Minute))}}
		}
		return nil
	case "@meanwhile":
		if at < len(words) && oneOf(words[at].Lower, "we|i|we're|i'm|they|the") && s.explains(words[at:]) { // the end is said: this is what it is for
			return s.reasonAt("@reason", words, at)
		}
		return nil
	case "@ticket":
		return ticketAt(words, at)
	case "@closing":
		if at == len(words)-1 && at > 0 && (!isHost(words[at-1]) || oneOf(words[at-1].Lower, "jira|snow|servicenow")) { // "isolate DESKTOP-1 INC-1042" may be two hosts
			return ticketAt(words, at)
		}
		return nil
	case "@reason", "@why":
		return s.reasonAt(t.special, words, at)
	case "@aside":
		return s.aside(words, at)
	case "@purpose":
		return s.purpose(words, at)
	case "@sought":
		return sought(words, at)
	case "@afterthought":
		return s.afterthought(words, at)
	}
	return s.values(t, words, at)
}

// sought is what somebody wants to find in a list that has no search of its own, such as a program among an endpoint's: they see it there, or that it
// isn't there. A file's name is none: who asks for one means what ran.
func sought(words []text.Word, at int) (fillings []text.Filling) {
	for n := 0; n < 3 && at+n < len(words); n++ {
		if w := words[at+n]; !isWord(w) || fileForm.MatchString(w.Text) || longID(w) || doubtful(w) {
			break
		}
		fillings = append(fillings, text.Filling{Taken: n + 1, Value: []setting(nil)})
	}
	return fillings
}

// values are what may stand in the slot of a parameter. A parameter of one value refuses a list: of
// two names it would be guessed which one was meant.
func (s scene) values(t slot, words []text.Word, at int) []text.Filling {
	var fillings []text.Filling
	single := !t.field.List && t.key == "" && t.field.Type.Selects == "" && !t.field.Type.Filter || scalarKeys[t.key]
	switch {
	case t.shape == "query" && asWritten(words, at):
		return s.query(t, words, at)
	case t.shape == "prose" && asWritten(words, at):
		return s.prose(t, words, at)
	case t.shape == "query" || t.shape == "prose":
		return nil
	}
	for _, found := range shapes[t.shape].list(t, words, at, s.in) {
		switch {
		case single && len(found.values) > 1:
		case t.local != "":
			value := found.values[0]
			if ip, err := netip.ParseAddr(value); err == nil {
				value = ip.String() // as systems record it (RFC 5952): 2001:DB8:0::2 is 2001:db8::2
			}
			fillings = append(fillings, text.Filling{Taken: found.taken, Value: local{t.local, value}})
		default:
			fillings = append(fillings, text.Filling{Taken: found.taken, Value: []setting{{t.field.Name, t.key, found.values}}})
			if next := at + found.taken; strings.HasSuffix(t.key, "__contains") && t.shape == "host" && next < len(words) && oneOf(words[next].Lower, "endpoint|endpoints") {
				fillings = append(fillings, text.Filling{Taken: found.taken + 1, Value: []setting{{t.field.Name, t.key, found.values}}}) // "the ACC-LT machines"
			}
		}
	}
	return fillings
}

// asWritten tells whether the words from at on are the rest of the sentence, in its order. What is cut out of the sentence, a query, a text or a
// reason, has to be: where words were moved, some would be lost, or said twice.
func asWritten(words []text.Word, at int) bool {
	for i := range words {
		if i < at && at < len(words) && words[i].From > words[at].From || i > at && words[i].From < words[i-1].From {
			return false
		}
	}
	return true
}

// prose is what stands in quotes, or all of the rest of the sentence as it was written.
func (s scene) prose(t slot, words []text.Word, at int) []text.Filling {
	skipped := vaguely(words, at)
	if at += skipped; at >= len(words) || longest(approximately, func(phrase []string) bool { return says(words, at, phrase) }) == len(words)-at { // "add a note, something like that" leaves out which
		return nil
	}
	if words[at].Quoted {
		return []text.Filling{{Taken: skipped + 1, Value: []setting{{t.field.Name, "", []string{words[at].Text}}}}}
	}
	// "send a message to KIOSK-07 in group Lobby: hello" has its text behind the colon.
	if at > 0 && !oneOf(words[at-1].Lower, ":|that|saying|says|text|with|-|,|to|know") && slices.ContainsFunc(words[at:], func(w text.Word) bool { return w.Lower == ":" }) {
		return nil
	}
	rest := strings.TrimSpace(s.sentence[words[at].From:])
	if at > 0 && oneOf(words[at-1].Lower, "that|saying") && Courteous(s.sentence) { // "could you note that it is done?"
		rest = strings.TrimRight(rest, "?")
	}
	return []text.Filling{{Taken: skipped + len(words) - at, Value: []setting{{t.field.Name, "", []string{rest}}}}}
}

// vaguely is how many words before a text say that it follows: "something like: sent to the sandbox".
func vaguely(words []text.Word, at int) int {
	n := longest(approximately, func(phrase []string) bool { return says(words, at, phrase) })
	if n > 0 && at+n < len(words) && (words[at+n].Lower == ":" || words[at+n].Quoted) {
		if words[at+n].Lower == ":" {
			n++
		}
		return n
	}
	return 0
}

var approximately = phrases(`something like|something like that|like that|something|something like this|something along the lines of|along the lines of|in the sense of|roughly|to the effect of|like this|the following|the text|this text|as follows`)

var bareSpan = regexp.MustCompile(`^\d{1,4}[hdw]$`)

// rangeAt reads a stretch of time into the parameters for its ends. Parameters read times again and
// take RFC 3339; keys of a filter go to the console, which wants microseconds.
func (s scene) rangeAt(words []text.Word, at int) []text.Filling {
	from, until, _ := rangeSlots(s.cmd)
	r, n := text.ReadRange(words, at, s.in)
	if age, m := text.ReadAge(words, at, s.in); m > n && strings.Contains(from, "created") { // what is recorded or changed has no age
		r, n = age, m
	}
	if n == 0 && at < len(words) && bareSpan.MatchString(words[at].Lower) { // "critical alerts 24h"
		if length, err := text.ParseAnySpan(words[at].Lower); err == nil {
			r, n = text.Range{From: s.in.Now.Add(-length)}, 1
		}
	}
	if n == 0 {
		return nil
	}
	var sets []setting
	for _, end := range []struct {
		slot string
		at   time.Time
	}{{from, r.From}, {until, r.Until}} {
		if end.at.IsZero() {
			continue
		}
		param, key, _ := strings.Cut(end.slot, ".")
		written := end.at.UTC().Format(time.RFC3339)
		if key != "" {
			written = s1.FormatTime(end.at)
		}
		sets = append(sets, setting{param, key, []string{written}})
	}
	return []text.Filling{{Taken: n, Value: sets}}
}

// ticketAt reads a ticket's number: letters, a hyphen, digits.
func ticketAt(words []text.Word, at int) []text.Filling {
	if at >= len(words) {
		return nil
	}
	name := strings.TrimPrefix(words[at].Text, "#")
	letters, digits, ok := strings.Cut(name, "-")
	numbered := at > 0 && (words[at-1].Lower == "ticket" || words[at-1].Lower == "case" || words[at-1].Lower == "number")
	if numbered && strings.ContainsAny(name, "0123456789") || isTicket(name) || ok && isTicketKey(letters) && digits != "" && strings.Trim(digits, "0123456789") == "" {
		return []text.Filling{{Taken: 1, Value: ticket(name)}}
	}
	return nil
}

// isTicket tells the numbers of ServiceNow, which have no hyphen
// [docs.servicenow.com: number maintenance]: INC0048213.
func isTicket(word string) bool { return ticketForm.MatchString(word) }

var ticketForm = regexp.MustCompile(`^(?:INC|CHG|REQ|RITM|SCTASK|PRB)\d{5,}$`)

// isTicketKey tells the keys of ticket systems from the names of hosts, which look alike: DESKTOP-1 is no ticket.
func isTicketKey(letters string) bool {
	switch letters {
	case "INC", "IR", "SEC", "SOC", "CHG", "REQ", "RITM", "CASE", "TKT", "JIRA", "HD", "OPS", "IT", "SIR":
		return true
	}
	return false
}

// subjects are what a reason begins with behind "as" and "since", which mean other things before anything else: "as suspicious".
const subjects = "it|they|we|i|he|she|there|this|that|its|somebody|someone|user|users"

// reasonAt takes the rest of the sentence for a reason, but for a ticket and a duration at its end. "Because it beaconed for 4 hours"
// may say how long to isolate or how long it beaconed: that is nobody's to guess. "Because phishing for 4h" says how long to isolate.
func (s scene) reasonAt(how string, words []text.Word, at int) []text.Filling {
	if at >= len(words) || how == "@why" && !s.gives(words[at:]) || !asWritten(words, at) {
		return nil
	}
	start, end := at, len(words)
	noun := words[at].Lower == "of" || at > 0 && words[at-1].Lower == "to"
	if words[at].Lower == "of" {
		start++
	}
	for i := start + 1; i < len(words); i++ {
		if s.ticketEnds(words, i) || i == len(words)-1 && len(ticketAt(words, i)) > 0 {
			end = i
			break
		}
	}
	if cut := s.spanEnds(words, start, end); cut > 0 {
		if !noun && words[cut-1].Lower != "," && slices.ContainsFunc(words[start:cut], lasts) {
			return nil
		}
		end = cut
	}
	taken := end - at
	for end > start && isBreak(words[end-1]) { // "ransomware, for 4 hours"
		end--
	}
	if start >= end {
		return nil
	}
	colon := at > 1 && words[at-1].Lower == ":" && words[at-2].Lower != "reason"
	if colon && !slices.ContainsFunc(words[start:end], tells) && len(ticketAt(words, start)) == 0 { // "isolate A: B" names two, "isolate A because B" one
		return nil
	}
	to := words[end-1].To
	return []text.Filling{{Taken: taken, Value: reason(strings.TrimSpace(s.sentence[words[start].From:to]))}}
}

// gives tells whether words behind "as" or "since" are a statement, which gives the reason: "as it beacons", "as the rebuild has been verified". "As
// suspicious" and "since yesterday" are none.
func (s scene) gives(words []text.Word) bool {
	if oneOf(words[0].Lower, subjects) || len(words) > 2 && oneOf(words[0].Lower, "both|all|these|those") && oneOf(words[1].Lower, "are|were|have") {
		return true
	}
	verb := slices.IndexFunc(words, func(w text.Word) bool {
		return isBreak(w) || oneOf(w.Lower, "is|are|was|were|has|have|had|keeps|keep|looks|look|seems|seem|needs|need|shows|makes|got")
	})
	return verb > 0 && verb <= longestSubject && verb+1 < len(words) && !isBreak(words[verb]) && s.explains(words) && !slices.ContainsFunc(words, func(w text.Word) bool { return w.Lower == "not" })
}

// longestSubject is how many words what a reason speaks of has at most.
const longestSubject = 6

// lasts tells words that may go on for a while: a verb or the subject of one ("it beaconed", "beaconing"), and how somebody is ("away").
func lasts(w text.Word) bool {
	if strings.HasSuffix(w.Lower, "ing") {
		return !strings.HasSuffix(w.Lower, "phishing")
	}
	return strings.HasSuffix(w.Lower, "ed") || oneOf(w.Lower, subjects+"|"+lastingWords)
}

const lastingWords = "is|are|was|were|has|have|had|been|be|not|did|does|ran|runs|run|went|kept|keeps|sent|sends|talks|beacons|scans|looks|acts|away|out|off|gone|offline|online|down|up|open|active|idle|alive|quiet|silent|unreachable|missing|late|sick|here|it's|its|he's|she's|they're|we're|i'm"

// ticketEnds tells whether the sentence ends in a ticket from i on: ", ticket INC-1042" or "(INC-1042)".
func (s scene) ticketEnds(words []text.Word, i int) bool {
	rest := words[i:]
	if len(rest) > 5 || len(rest) < 2 {
		return false
	}
	last := len(words) - 1
	if last <= i || len(ticketAt(words, last)) == 0 {
		return false
	}
	for _, w := range words[i:last] {
		switch w.Lower {
		case ",", ".", ";", "-", "ticket", "case", "number", "per", "re", "ref", "see", "under", ":":
		default:
			return false
		}
	}
	return true
}

// spanEnds is where a duration begins that the words end in; 0 where they do not. It counts where the command has an end.
func (s scene) spanEnds(words []text.Word, from, to int) int {
	for i := from + 1; s.cmd.Timed && i < to-1; i++ {
		if words[i].Lower != "for" {
			continue
		}
		if _, n := text.ReadSpanWords(words[:to], i+1); n > 0 && i+1+n == to {
			return i
		}
	}
	return 0
}
