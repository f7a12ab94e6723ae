package plain

import (
	"slices"

	"s1bot/commands/text"
)

// Those who write the English of another language put words in the order of theirs, and small clauses that say nothing: "disconnect from the network
// the computer X", "the notes what are written in the threat Y". A sentence that isn't read as it stands is read in the usual order, and, where it only asks
// to see something, without such clauses.

// adverbial are words that begin what stands between a verb and its object.
const adverbial = "from|on|in|to|of|again|back|off|for|at|out"

// objects are the nouns that begin an object behind an article.
const objects = hostNouns + "|threat|threats|alert|alerts|message|note|comment|file|hash"

// reordered puts the object right behind the verb: "connect again DESKTOP-1" is "connect DESKTOP-1 again". Nothing is dropped, and nothing is moved
// over a sign or a second part of the sentence.
func reordered(words []text.Word) ([]text.Word, bool) {
	for verb := 1; verb <= 2 && verb < len(words); verb++ {
		if !oneOf(words[verb].Lower, adverbial) {
			continue
		}
		start := objectAfter(words, verb+1)
		if start < 0 {
			return nil, false
		}
		end := objectEnd(words, start)
		return slices.Concat(words[:verb], words[start:end], words[verb:start], words[end:]), true
	}
	return nil, false
}

// objectAfter is where an object begins: an article and a noun, or a name right behind "again" and "back".
func objectAfter(words []text.Word, at int) int {
	if at < len(words) && oneOf(words[at-1].Lower, "again|back") && isThing(words[at]) {
		return at
	}
	for i := at + 1; i+1 < len(words); i++ {
		if isBreak(words[i]) || words[i].Lower == ":" || oneOf(words[i].Lower, "and|then|or|because|as|since|if") {
			return -1
		}
		if oneOf(words[i].Lower, articles) && oneOf(words[i+1].Lower, objects) {
			return i
		}
	}
	return -1
}

// objectEnd is behind the names of an object.
func objectEnd(words []text.Word, at int) int {
	for at < len(words) && (oneOf(words[at].Lower, articles) || oneOf(words[at].Lower, objects)) {
		at++
	}
	end := at
	for at < len(words) && !words[at].Quoted && isThing(words[at]) {
		end = at + 1
		if at = end; comma(words, end) > 0 {
			at = comma(words, end)
		}
	}
	return end
}

// direct asks what a sentence asks about: "check whether DESKTOP-1 is online" is "is DESKTOP-1 online", "what does the policy look like" is "the policy". Who
// wants to be told when something happens asks for no answer now, so "let me know if" isn't among them.
func direct(words []text.Word) ([]text.Word, bool) {
	if oneOf(words[0].Lower, "when|where|who|how") && !untimely(words) {
		if asked := indirect(words); asked[1].Lower != words[1].Lower {
			return asked, true
		}
	}
	if n := len(words); n > 4 && oneOf(words[0].Lower, "what|how") && oneOf(words[1].Lower, "does|do") && (says(words, n-2, []string{"look", "like"}) || words[n-1].Lower == "look") {
		return words[2:slices.IndexFunc(words, func(w text.Word) bool { return w.Lower == "look" })], true
	}
	if at := slices.IndexFunc(words, func(w text.Word) bool { return oneOf(w.Lower, "has|have") }); at >= 2 && at < 4 && oneOf(words[0].Lower, "what|which") && belongs(words[at+1:]) {
		of := words[at]
		of.Lower = "of"
		return slices.Concat(words[1:at], []text.Word{of}, words[at+1:]), true // "which notes has the threat X"
	}
	if n := longest(wondering, func(phrase []string) bool { return says(words, 0, phrase) }); n > 0 && n < len(words) && oneOf(words[n].Lower, "what|what's|which|who|who's|when|where|how") && !untimely(words[n:]) {
		return indirect(words[n:]), true
	}
	n := longest(whether, func(phrase []string) bool { return says(words, 0, phrase) })
	if n == 0 {
		return nil, false
	}
	for at := n + 1; at < len(words); at++ {
		if oneOf(words[at].Lower, "is|are|was|were|has") {
			return slices.Concat(words[at:at+1], words[n:at], words[at+1:]), true
		}
	}
	return nil, false
}

// indirect is the question behind "do you know when DESKTOP-1 was last seen": its verb stands behind what it asks about.
func indirect(words []text.Word) []text.Word {
	for at := 2; at < len(words) && at < 6; at++ {
		if oneOf(words[at].Lower, "is|are|was|were|has") && isThing(words[at-1]) && oneOf(words[0].Lower, "when|where|who|how") {
			return slices.Concat(words[:1], words[at:at+1], words[1:at], words[at+1:])
		}
	}
	return words
}

// untimely tells a "when" that is to come: who wants to be told when DESKTOP-1 is online asks for no answer now.
func untimely(words []text.Word) bool {
	return words[0].Lower == "when" && !slices.ContainsFunc(words, func(w text.Word) bool { return oneOf(w.Lower, "was|were|did|has|last") })
}

var wondering = phrases(`any idea|do you know|do we know|do you happen to know|does anyone know|does anybody know|i wonder|i was wondering|i'm wondering|wondering|curious|tell me|tell us|can i ask|remind me|let me know|let us know|i don't know|i need to know|i want to know|i'd like to know|show me|find out|check|see|look|figure out|not sure`)

// belongs tells whether words are one thing that has something, to their end.
func belongs(words []text.Word) bool {
	named := slices.IndexFunc(words, func(w text.Word) bool { return !oneOf(w.Lower, articles+"|"+objects+"|site|group|account") })
	return named >= 0 && named == len(words)-1 && (named > 0 || isThing(words[named]))
}

var whether = append(phrases("could it be that|can it be that|is it true that|is it possible that|is it correct that|is it right that|am i right that|may it be that"), combined("once look|have a look|take a look|please look|check|tell me|tell us|do you know|do we know|any idea|i wonder|wondering|i was wondering|double check|double-check|can you see|see|find out|verify|know|to know|look|say|say me|confirm|check for me", "if|whether")...)

// idle are clauses that say nothing of what is listed but that it is there.
var idle = phrases(`for me|for us|do we have|which exist|that exist|what exist|which exists|exist|exists|which we have|what we have|that we have|we have|which you have|that you have|what you have|which are there|that are there|there are|
	which are written|that are written|what are written|which were written|that were written|which is written|which have been written|which are defined|that are defined|which are configured|that are configured|
	which are registered|which are available|that are available|which are existing`)

// unidle leaves them out, but for the first words of a sentence.
func unidle(words []text.Word) ([]text.Word, bool) {
	kept := make([]text.Word, 0, len(words))
	for at := 0; at < len(words); {
		n := longest(idle, func(phrase []string) bool { return at > 0 && says(words, at, phrase) })
		if n == 0 {
			kept = append(kept, words[at])
			n = 1
		}
		at += n
	}
	return kept, len(kept) < len(words)
}
