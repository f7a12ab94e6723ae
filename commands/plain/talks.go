package plain

import (
	"slices"
	"strings"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// joining are words that sentences have and command lines do not: no host, threat or file is called by one.
var joining = wordSet(`for since because due until till from on in at as to with of by between and last past please pls thanks yesterday today
	is are back off the an all it them unless except if not don't dont never that which named called asap now`)

// operators are what every query has: where one stands in the words behind a hunt, they are the query itself.
var operators = wordSet(`contains containscis in is regexp matches exists startswith endswith like not and or`)

// Talks tells whether a line that begins with a command's name reads like a sentence all the same: "isolate DESKTOP-1 for 4 hours because
// phishing". What has name=value in it, or quotes around such words, is a command line.
func Talks(cmd *catalog.Command, line string) bool {
	for _, t := range text.Scan(line) {
		if t.Name != "" {
			return false
		}
	}
	words := text.Words(line)
	if f, ok := cmd.Lookup(cmd.Main); ok && f.Type.Verbatim {
		return !isQuery(line, words) || endsInTime(words)
	}
	if cmd.Risk != catalog.Read && goesOn(words) {
		return true
	}
	return len(words) > 1 && slices.ContainsFunc(words[1:], func(w text.Word) bool { return joining[w.Lower] })
}

// limiting are words that say less than what is listed or done to. Where a line has one and isn't read as a sentence, a search for the word would find
// nothing and look like an all-clear.
var limiting = wordSet(`or other than older newer younger without no more less fewer but only which who whom whose when where while before after during until through except excluding
	be been was were has have had might may could would should must can will does did do how why what my your our their
	most least neither nor nobody nothing none almost about whichever whatever any every anything everything everyone everybody everywhere this those these him her both`)

// nameLength is how many words of a line are the command's name, at most all but one.
func nameLength(cmd *catalog.Command, words []text.Word) int {
	most := 1
	for _, name := range append([]string{cmd.Name}, cmd.Aliases...) {
		if said := strings.Split(name, "-"); says(words, 0, said) {
			most = max(most, len(said))
		}
	}
	return min(most, len(words)-1)
}

// negating are the joining words that turn what stands behind them around.
const negating = "not|never|unless|except|dont|don't"

// Speaks tells whether a line has words of the grammar beside its command's name, a stretch of time or a ticket: then it is read as a sentence first, for
// "quarantine threat 2098113347700215586" is about no file on an endpoint called threat.
func (r *Reader) Speaks(line string) bool {
	own, _, _ := strings.Cut(line, ": ") // behind a colon stands a query, or somebody's own words
	words := text.Words(own)
	if len(words) < 3 || strings.Contains(own, "=") {
		return false
	}
	words = spell(words)
	lower := false
	for i, w := range words[1:] {
		if !w.Quoted && (bareSpan.MatchString(w.Lower) || len(ticketAt(words, i+1)) > 0) {
			return true
		}
		lower = lower || said(w)
	}
	if !lower || r.compile() != nil { // to compile the grammar takes longer than to read most lines
		return false
	}
	return slices.ContainsFunc(words[1:], func(w text.Word) bool { return said(w) && r.vocabulary[w.Lower] })
}

// said tells a word that may be one of a sentence: in small letters, and no sign. "DESKTOP-1,DESKTOP-2" is a list of names, though the grammar knows commas.
func said(w text.Word) bool {
	return !w.Quoted && w.Text == w.Lower && strings.ContainsFunc(w.Text, isLetter)
}

// Prose tells whether a line that begins with a command's name and isn't read as a sentence is one all the same, so that as a command line it would look
// for words that are no names: "threats that are not malicious", "isolate DESKTOP-1 as bob said so". The name of a rule or a script may have such words;
// it is written in quotes, or as a title is: "rules Login from TOR".
func (r *Reader) Prose(cmd *catalog.Command, line string) bool {
	f, ok := cmd.Lookup(cmd.Main)
	words := text.Words(text.Unescape(line))
	names := ok && cmd.Risk != catalog.Read && (f.List || f.Type.TakesNames() || f.Type.Selects != "") // its words are names
	if !ok || len(words) < 3 && !names || len(words) < 2 || f.Type.Verbatim && isQuery(line, words) || strings.Contains(line, "=") || cmd.Risk != catalog.Read && f.Type.Name == "multiline" {
		return false
	}
	begins := words[nameLength(cmd, words)]
	titled := begins.Quoted || isCapital(begins) && !isThing(begins)
	var joined, turned bool
	for _, w := range words[1:] {
		joined = joined || !w.Quoted && strings.HasSuffix(w.Lower, "'s")
		if w.Quoted || w.Text != strings.ToLower(w.Text) || isBreak(w) {
			continue
		}
		compares := strings.HasPrefix(w.Text, ">") || strings.HasPrefix(w.Text, "<") // "threats >7d"
		joined = joined || joining[w.Lower] || limiting[w.Lower]
		turned = turned || limiting[w.Lower] || oneOf(w.Lower, negating) || compares
	}
	if names {
		return joined || endsInSigns(line) || ends(words) || r.Speaks(line)
	}
	return turned || joined && !titled
}

// ends tells whether a sentence ends in the middle: "isolate DESKTOP-1. Probably" names one endpoint.
func ends(words []text.Word) bool {
	return slices.ContainsFunc(words[:len(words)-1], func(w text.Word) bool { return !w.Quoted && oneOf(w.Lower, ".|!") })
}

// endsInSigns tells what no name ends in: "isolate DESKTOP-1 !!!", "scan DESKTOP-1?".
func endsInSigns(line string) bool {
	fields := strings.Fields(line)
	last := fields[len(fields)-1]
	return strings.HasSuffix(last, "?") || !strings.ContainsFunc(last, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// goesOn tells whether more than names follows a sign: "isolate DESKTOP-1, ransomware" says why, "isolate DESKTOP-1, DESKTOP-2" is a list.
func goesOn(words []text.Word) bool {
	sign := slices.IndexFunc(words, isBreak)
	return sign > 1 && slices.ContainsFunc(words[sign:], tells)
}

// isQuery tells queries from words about them: "hunt for evil.exe in the last 2 hours" has no operator but "in" before a time, and
// neither has "hunt lsass". A query of one word would be a name, quotes or a star.
func isQuery(line string, words []text.Word) bool {
	if strings.ContainsAny(line, "=<>|") || len(words) < 2 {
		return true
	}
	asked := words[1].Lower == "for" || words[1].Lower == "connections"
	if !asked && strings.ContainsAny(line, "\"'“”*(){}[]") {
		return true
	}
	return slices.ContainsFunc(words[2:], func(w text.Word) bool { return operators[w.Lower] && w.Lower != "in" && w.Lower != "and" })
}

// Alone is the one word that a line has beside politeness, where it is what an endpoint is called, a hash or an address; "" where the line says more.
func Alone(line string) string {
	words := politely(text.Words(text.Unescape(line)))
	if len(words) != 1 || words[0].Quoted {
		return ""
	}
	word := strings.TrimRight(armed.Replace(words[0].Text), "?!.,:")
	w := text.Word{Text: word, Lower: strings.ToLower(word)}
	if len(ticketAt([]text.Word{w}, 0)) > 0 || !isNamedHost(w) && !isHash(word) && !isAddress(w) {
		return ""
	}
	return word
}

// Limits tells whether a line says that something is not to be done, or not to all: a change that the grammar does not understand is
// refused then, for as a command line it would say the opposite.
func Limits(line string) bool {
	words := text.Words(line)
	return retracts(words) || slices.ContainsFunc(words, func(w text.Word) bool { return w.Lower == "not" || w.Lower == "never" })
}

// Same tells whether a proposal is what was said otherwise.
func (p Proposal) Same(do catalog.Invocation, x catalog.Extras) bool {
	return p.same(Proposal{Do: do, Extras: x})
}
