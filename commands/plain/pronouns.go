package plain

import (
	"slices"

	"s1bot/commands/text"
)

// A request behind a preamble mostly names what it is about by a pronoun: "WKS-1 is clean, put it back", "A and B are done, resolve both", "the helpdesk
// called about WKS-1, please scan it". It is read with what the pronoun stands for in its place.
//
// The rule that must not break: where a pronoun could mean two things there is no request. "It" is what the preamble is about; else the only endpoint that it
// names, if nothing else in it could be meant; and for a look, which changes nothing, the only id, hash or file.

// A followup is one way to understand what is asked for behind a preamble.
type followup struct {
	text   string
	looks  bool // it may only look: what "it" is isn't sure enough for a change
	itself bool // the preamble says what is asked for, and is no reason: "X is suspicious, mark it so"
}

// followups are the ways to understand it, the surest first. Written is what stands behind the preamble, politeness and all.
func followups(sentence string, told, written []text.Word) []followup {
	if judged := concludes(sentence, told, written); judged != "" {
		return []followup{{text: judged}}
	}
	asks := politely(written)
	if len(asks) < 2 || !oneOf(asks[0].Lower, orders+"|"+requesting) {
		return nil
	}
	if n := asSuch.length(asks); n > 0 && n == len(asks) {
		opinion := told[longest(opinions, func(phrase []string) bool { return says(told, 0, phrase) }):]
		return []followup{{text: writtenAs(sentence, opinion), itself: true}}
	}
	whole := func(from, to int, about string) string {
		return sentence[written[0].From:asks[from].From] + about + sentence[asks[to-1].To:asks[len(asks)-1].To]
	}
	from, to := pronounAt(asks)
	switch {
	case from < 0 && asks[len(asks)-1].Lower == "there" && len(onlyHost(told)) > 0 && !slices.ContainsFunc(asks, isNamedHost): // "who is logged on there"
		return []followup{{text: sentence[written[0].From:asks[len(asks)-1].From] + "on " + onlyHost(told)[0].Text}}
	case from < 0 && !hasThing(told):
		return []followup{{text: whole(0, 1, sentence[asks[0].From:asks[0].To])}}
	case from < 0 || hasThing(asks[:from]):
		return nil
	}
	return resolved(told, asks, from, to, func(about []text.Word) string {
		return whole(from, to, sentence[about[0].From:about[len(about)-1].To])
	})
}

// resolved are the followups with what the pronoun of a request may stand for, the surest first.
func resolved(told, asks []text.Word, from, to int, with func(about []text.Word) string) (all []followup) {
	add := func(about []text.Word, looks bool) {
		if len(about) > 0 {
			all = append(all, followup{text: with(about), looks: looks})
		}
	}
	pronoun := asks[from:to]
	add(antecedent(told, pronoun), false)
	if slices.ContainsFunc(pronoun, several) {
		return all
	}
	named := len(pronoun) == 2 && oneOf(pronoun[1].Lower, anyEndpoint)
	if named || !slices.ContainsFunc(pronoun, func(w text.Word) bool { return oneOf(w.Lower, "that|this") }) { // "the host is WKS-1, isolate that one"
		add(onlyEndpoint(told, asks, from, to), false)
	}
	add(onlySure(told), true)
	return all
}

// asSuch is how people refer to what they have just said of a thing.
var asSuch = framed(ordering, "mark|flag|set|label|classify|treat|put|rate|update|change", "it|this|that|them", "so|as such|accordingly|like that|that way|as that")

// opinions are what people begin a judgement with.
var opinions = phrases(`i'd say|i'd say that|i would say|i would say that|i think|i think that|i believe|i believe that|in my opinion|in my opinion ,|imo|imo ,|for me|after a long look ,|after a closer look ,|after a look ,|after some digging ,`)

// concludes is the judgement of what a preamble is about: "the alert X was an attack, so true positive it is", "…, so it's a false positive". Empty for any other
// words. Without "so" it is one more thing that is told.
func concludes(sentence string, told, written []text.Word) string {
	n := longest(judgements, func(phrase []string) bool { return says(written, 0, phrase) })
	rest := politely(written[n:])
	verdict := longest(verdicts, func(phrase []string) bool { return says(rest, 0, phrase) })
	if tail := rest[verdict:]; verdict == 0 || n > 0 && len(tail) > 0 || n == 0 && !(len(tail) == 2 && tail[0].Lower == "it" && tail[1].Lower == "is") {
		return ""
	}
	about := antecedent(told, []text.Word{{Lower: "it"}})
	if len(about) == 0 {
		return ""
	}
	return writtenAs(sentence, about) + " is a " + sentence[rest[0].From:rest[verdict-1].To]
}

var (
	judgements = combined("so|thus|therefore|hence|then|so then", "it's|it is|that's|that is|this is|that makes it|i call it|i'd call it", "|a|an|clearly a|definitely a")
	verdicts   = phrases(`true positive|false positive|suspicious|fp|tp|benign|undefined`)
)

// pronounAt is where a request names its object by "it", "that one", "both" or "that host"; a negative number where it doesn't. It stands near the verb:
// further behind it may mean something else, but for what belongs to a thing: "set the status of both to resolved".
func pronounAt(words []text.Word) (from, to int) {
	for i := range words[:min(len(words), 6)] {
		if i >= 4 && !oneOf(words[i-1].Lower, "of|for|on") {
			continue
		}
		if n := pronoun(words, i); n > 0 {
			return i, i + n
		}
	}
	return -1, -1
}

// pronoun is how many words at a place are one.
func pronoun(words []text.Word, i int) int {
	next := ""
	if i+1 < len(words) {
		next = words[i+1].Lower
	}
	w := words[i].Lower
	switch {
	case i > 0 && w == "the" && next == "same":
		if i+2 < len(words) && oneOf(words[i+2].Lower, objects+"|one") {
			return 3
		}
		return 2
	case i > 0 && oneOf(w, "them|these|those|the") && oneOf(next, "both|two"):
		return 2
	case i > 0 && w == "both" && !oneOf(next, articles+"|"+objects) && (next == "" || !isThing(words[i+1])):
		if i+2 < len(words) && next == "of" && oneOf(words[i+2].Lower, "them|these|those") {
			return 3
		}
		return 1
	case oneOf(w, "that|this|those|these") && oneOf(next, objects+"|one|rule|group|ioc|hashes"):
		return 2
	case i > 0 && w == "the" && oneOf(next, anyEndpoint) && !hasThing(words[i+1:]):
		return 2
	case i > 0 && oneOf(w, "it|them|that|this"):
		return 1
	}
	return 0
}

// several tells a pronoun for more than one thing.
func several(w text.Word) bool { return oneOf(w.Lower, "both|two|them|these|those") }

// antecedent is what a pronoun means by what a preamble is about. "It" means one thing, "both" two.
func antecedent(told, pronoun []text.Word) []text.Word {
	about, rest := subject(told)
	things := 0
	for at, w := range about {
		if isThing(w) && len(ticketAt(about, at)) == 0 {
			things++
		}
	}
	switch {
	case len(about) == 0 || hasThing(rest):
		return nil
	case slices.ContainsFunc(pronoun, func(w text.Word) bool { return oneOf(w.Lower, "both|two") }):
		if things != 2 {
			return nil
		}
	case !slices.ContainsFunc(pronoun, several) && slices.ContainsFunc(about, func(w text.Word) bool { return oneOf(w.Lower, "and|&") }): // which of them?
		return nil
	}
	return about
}

// onlyEndpoint is the only endpoint that a preamble names, where a request can be about nothing else in it: by name ("isolate the machine"), or because what is
// asked for is done to endpoints alone.
func onlyEndpoint(told, asks []text.Word, from, to int) []text.Word {
	named := to == from+2 && oneOf(asks[from+1].Lower, anyEndpoint)
	networked := slices.ContainsFunc(asks, func(w text.Word) bool { return oneOf(w.Lower, "network|online|offline|internet") })
	sure := named || oneOf(asks[0].Lower, "isolate|contain|unisolate|reconnect")
	may := networked || oneOf(asks[0].Lower, "scan|rescan|reboot|restart|disconnect|connect")
	if !sure && !(may && !slices.ContainsFunc(told, isRival)) {
		return nil
	}
	if !named && slices.ContainsFunc(told, func(w text.Word) bool { return oneOf(w.Lower, "new|another|different|other|second") }) { // "got a new machine"
		return nil
	}
	return onlyHost(told)
}

// isRival tells a noun for what "it" may mean beside an endpoint.
func isRival(w text.Word) bool {
	return oneOf(w.Lower, "file|files|process|processes|binary|script|service|services|mail|email|link|attachment|document|alert|alerts|threat|threats|hash|domain|ip|url|rule|detection|malware|program|software|installer|folder|usb|stick|tool|ransomware|virus|"+
		"trojan|backdoor|task|job|query|exclusion|site|group|policy|note|connection|session|update|patch|disk|drive|share|printer|phone|account")
}

// onlySure is the only id, hash or file that a preamble names, or its only endpoint.
func onlySure(told []text.Word) []text.Word {
	only := -1
	for i, w := range told {
		if w.Quoted || !longID(w) && !isHash(w.Text) && !isFile(w) {
			continue
		}
		if only >= 0 {
			return nil
		}
		only = i
	}
	if only < 0 {
		return onlyHost(told)
	}
	return told[only : only+1]
}

// onlyHost is the one endpoint that words name beside nothing else that could be meant; nil where there is none, or another thing.
func onlyHost(words []text.Word) []text.Word {
	only := -1
	for i, w := range words {
		switch {
		case !isThing(w) || len(ticketAt(words, i)) > 0:
		case only >= 0 || !isNamedHost(w) || isFile(w) || isHash(w.Text):
			return nil
		default:
			only = i
		}
	}
	if only < 0 {
		return nil
	}
	return words[only : only+1]
}

// takingUp is how people say what they speak of: "I take X", "got X".
var takingUp = phrases(`i take|i've got|i have got|i've|here is|here's|i'll take|i will take|i'm taking|im taking|im working on|i'm working on|i am working on|working on|im on|i'm on|i am on|got|i got|we got|i have|we have|i see|we see|seeing|there is|there's|looking at|i'm looking at|im looking at|i am looking at|about|regarding|fyi|ok|so`)

// seenTo is how people say what they have done with what they speak of: "I've checked X".
var seenTo = framed(ordering, "i've|i have|we've|we have|i|we|i'm|i am|we're|we are", "|just|now|already|also", "checked|reviewed|analysed|analyzed|investigated|examined|looked at|looked into|had a look at|been through|gone through|finished|finished with|done with|"+
	"cleaned|wiped|reimaged|rebuilt|patched|restored|fixed|verified|through with|done with cleaning|finished cleaning")

// subject is what a preamble is about: what stands before its verb. The rest is what is said of it.
func subject(words []text.Word) (about, rest []text.Word) {
	words = words[max(seenTo.length(words), longest(takingUp, func(phrase []string) bool { return says(words, 0, phrase) })):]
	end := slices.IndexFunc(words, func(w text.Word) bool {
		return isBreak(w) || w.Lower == ":" || oneOf(w.Lower, "is|isn't|aren't|no|are|was|were|has|have|had|keeps|keep|makes|looks|look|seems|seem|needs|came|comes|gets|shows|from|just|again|imo|now")
	})
	if end < 0 {
		end = len(words)
	}
	about, rest = words[:end], words[end:]
	if len(about) > 6 || !slices.ContainsFunc(about, func(w text.Word) bool {
		return isThing(w) || !w.Quoted && isPath(w) || oneOf(w.Lower, objects+"|rule|group")
	}) {
		return nil, words
	}
	return about, rest
}
