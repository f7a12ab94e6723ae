package plain

import (
	"cmp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// A preamble is what people tell before they ask: "WKS-10233 is clean, put it back on the network", "the customer approved: power off KIOSK-4". What they ask
// for stands behind a sign and is read by itself, with what "it" means in its place; of a change the preamble is the reason.
//
// A preamble only tells. One that orders something, negates, limits or postpones, asks, or reports what somebody said hides no request: the sentence
// is refused. So is one with two things that "it" could mean, or with a thing that the request doesn't speak of.

// behindPreamble are the readings of what stands behind a preamble.
func (r *Reader) behindPreamble(sentence string, words []text.Word, in text.Input) (as []text.Word, found []reading) {
	for at, w := range words {
		if !isBreak(w) && w.Lower != ":" || at < 2 || at+2 >= len(words) {
			continue
		}
		told, asks := politely(words[:at]), politely(words[at+1:])
		request, ok := requestBehind(sentence, told, asks)
		if !ok || w.Lower == ":" && !speaks(told, asks) {
			continue
		}
		statement := sentence[told[0].From:told[len(told)-1].To]
		if strings.Count(statement, "(") > strings.Count(statement, ")") {
			statement += ")" // no word has it
		}
		if as, found = r.straight(request, in); strings.HasSuffix(strings.TrimRight(sentence, " .!"), "?") && !Courteous(request) {
			found = slices.DeleteFunc(found, r.changes) // "the machine is slow, reboot it?"
		}
		if len(found) > 0 {
			_, also := r.straight(statement, in)
			if slices.ContainsFunc(also, func(o reading) bool { return !o.proposal.same(found[0].proposal) }) {
				return nil, nil // "the alert X is a false positive" is an order as well, for something else
			}
			return as, r.because(found, statement)
		}
	}
	return nil, nil
}

// changes tells a reading that changes something.
func (r *Reader) changes(found reading) bool {
	cmd, ok := r.catalog.Find(found.proposal.Do.Command)
	return !ok || cmd.Risk != catalog.Read
}

// because gives changes that have no reason the preamble as one.
func (r *Reader) because(found []reading, told string) []reading {
	for i := range found {
		if r.changes(found[i]) {
			found[i].proposal.Extras.Reason = cmp.Or(found[i].proposal.Extras.Reason, strings.TrimSpace(told))
		}
	}
	return found
}

// requestBehind is what is asked for behind a preamble, as if it stood alone.
func requestBehind(sentence string, told, asks []text.Word) (string, bool) {
	if len(told) < 2 || len(asks) < 2 || !oneOf(asks[0].Lower, orders+"|"+requesting) || !onlyTells(told) {
		return "", false
	}
	last := asks[len(asks)-1].To
	from, to := pronounAt(asks)
	if from < 0 {
		return sentence[asks[0].From:last], !hasThing(told)
	}
	about, rest := subject(told)
	if host := onlyHost(told); host != nil && to == from+2 && oneOf(asks[from+1].Lower, anyEndpoint) { // "a note on DESKTOP-1, isolate the machine"
		about, rest = host, nil
	}
	one := slices.ContainsFunc(asks[from:to], func(w text.Word) bool { return oneOf(w.Lower, "it|that|this") })
	if one && slices.ContainsFunc(about, func(w text.Word) bool { return oneOf(w.Lower, "and|&") }) { // which of them?
		return "", false
	}
	if len(about) == 0 || hasThing(rest) || hasThing(asks[:from]) {
		return "", false
	}
	return sentence[asks[0].From:asks[from].From] + sentence[about[0].From:about[len(about)-1].To] + sentence[asks[to-1].To:last], true
}

// hasThing tells whether words name something that a request can be about. A ticket is none.
func hasThing(words []text.Word) bool {
	for at, w := range words {
		if isThing(w) && len(ticketAt(words, at)) == 0 {
			return true
		}
	}
	return false
}

// speaks tells whether a request behind a colon is whoever wrote it. A colon mostly comes before what somebody else says, or an example: "the mail
// reads: isolate WKS-1", "the syntax is: isolate WKS-1".
func speaks(told, asks []text.Word) bool {
	from, _ := pronounAt(asks)
	return from >= 0 || slices.ContainsFunc(told, func(w text.Word) bool {
		return oneOf(w.Lower, "approved|approves|agreed|agrees|confirmed|confirms|authorized|authorised|escalated|signed")
	})
}

// requesting are the words that requests begin with, beside orders.
const requesting = "is|are|was|does|do|did|has|have|what|which|who|whos|who's|where|how|any|need|pls|please|test"

// onlyTells tells whether words state something and nothing else.
func onlyTells(words []text.Word) bool {
	if retracts(words) || slices.ContainsFunc(words, func(w text.Word) bool { return doubtful(w) && w.Lower != "tonight" || w.Lower == "?" || w.Quoted }) || oneOf(words[len(words)-1].Lower, reporting) ||
		oneOf(words[0].Lower, "since|from|between|during|within|until|on|in|at|for|of|by|with|last|past|only") { // "since yesterday, any threats?" narrows it down
		return false
	}
	for i := range words {
		if begins := i == 0 || isBreak(words[i-1]) || oneOf(words[i-1].Lower, "and|then|also|to|:"); begins && (ordersAt(words, i) || oneOf(words[i].Lower, requesting)) {
			return false
		}
	}
	return true
}

// reporting are words behind which somebody else's words begin.
const reporting = "says|said|say|asks|asked|wrote|writes|written|reads|read|told|tells|wants|wanted|message|subject|title|titled|called|named|text|saying|suggests|suggested|thinks|like|example|eg|e.g"

// pronounAt is where a request names its object by "it", "that one" or "that host"; a negative number where it doesn't. It stands near the verb: further
// behind it may mean something else.
func pronounAt(words []text.Word) (from, to int) {
	for i, w := range words[:min(len(words), 4)] {
		next := ""
		if i+1 < len(words) {
			next = words[i+1].Lower
		}
		switch {
		case oneOf(w.Lower, "that|this|those|these") && oneOf(next, objects+"|one|rule|group|ioc|hashes"):
			return i, i + 2
		case i > 0 && w.Lower == "the" && oneOf(next, anyEndpoint) && !hasThing(words[i+1:]):
			return i, i + 2
		case i > 0 && oneOf(w.Lower, "it|them|that|this"):
			return i, i + 1
		}
	}
	return -1, -1
}

// anyEndpoint are the words for an endpoint that say nothing of its kind: "the server" may be another than DESKTOP-1.
const anyEndpoint = "endpoint|system|agent"

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
var takingUp = phrases(`i take|i'll take|i will take|i'm taking|im taking|im working on|i'm working on|i am working on|working on|im on|i'm on|i am on|got|i got|we got|i have|we have|i see|we see|seeing|there is|there's|looking at|i'm looking at|im looking at|i am looking at|about|regarding|fyi|ok|so`)

// subject is what a preamble is about: what stands before its verb. The rest is what is said of it.
func subject(words []text.Word) (about, rest []text.Word) {
	words = words[longest(takingUp, func(phrase []string) bool { return says(words, 0, phrase) }):]
	end := slices.IndexFunc(words, func(w text.Word) bool {
		return isBreak(w) || oneOf(w.Lower, "is|are|was|were|has|have|had|keeps|keep|makes|looks|look|seems|seem|needs|came|comes|gets|shows|from|just|again|imo|now")
	})
	if end < 0 {
		end = len(words)
	}
	about, rest = words[:end], words[end:]
	if len(about) > 6 || !slices.ContainsFunc(about, func(w text.Word) bool { return isThing(w) || oneOf(w.Lower, objects+"|rule|group") }) {
		return nil, words
	}
	return about, rest
}
