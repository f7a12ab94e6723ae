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
		if !isBreak(w) && !oneOf(w.Lower, ":|?|"+hurry) || at < 1 || at+2 >= len(words) {
			continue
		}
		told, asks := informed(politely(words[:at])), words[at+1:]
		if !endsBefore(w, told, asks) {
			continue
		}
		for _, request := range followups(sentence, told, asks) {
			if as, found = r.requestedBehind(sentence, request, asks, in); len(found) == 0 {
				continue
			}
			statement := writtenAs(sentence, told)
			_, also := r.straight(statement, in)
			if slices.ContainsFunc(also, func(o reading) bool { return !o.proposal.same(found[0].proposal) }) {
				return nil, nil // "the alert X is a false positive" is an order as well, for something else
			}
			if request.itself || oneOf(told[0].Lower, mentioning) || len(told) == 1 {
				return as, found
			}
			return as, r.because(found, statement)
		}
	}
	return nil, nil
}

// informed is what somebody is told, without the words that say that they are told, and without what leads over to the request.
func informed(told []text.Word) []text.Word {
	told = told[longest(informing, func(phrase []string) bool { return says(told, 0, phrase) }):]
	for len(told) > 0 && oneOf(told[len(told)-1].Lower, "so|and|then|therefore|hence|thus|:|,|-|.") {
		told = told[:len(told)-1]
	}
	return told
}

var informing = phrases(`note that|be informed that|please be informed that|this is to inform that|this is to inform you that|just to let you know|just to let you know that|for your information|fyi|i want to let you know that|pfa|attached is|below is|what about|how about|quick update :`)

// flowsOn tells what isn't told to its end before a "please", which is in the middle of it then: "nobody wants us to please isolate LAB-7".
func flowsOn(told []text.Word) bool {
	return oneOf(told[len(told)-1].Lower, "to|will|would|could|can|may|might|must|shall|do|does|did|that|you|we|i|he|she|they|it|us|them|him|her|who|which|whoever|someone|somebody|anyone|anybody|everyone|and|or|nor|than|as|the|a|an|my|our|also|then|just|always|ever|of|for|from|with|by|on|in|at|be|is|are|was|were") ||
		slices.ContainsFunc(told, func(w text.Word) bool {
			return oneOf(w.Lower, "nobody|none|noone|no-one|neither|nor|nothing|hardly|barely|rarely|seldom|wrong|wrongly|mistake|forgot|refuse|refused|refuses|denied|against|want|wants|wanted|ask|asks|asked|let")
		})
}

// outlived leaves out that a thing isn't needed any longer where it is to be deleted or switched off, which is no negation of that: "the exclusion for C:\x isn't
// needed anymore, delete it".
func outlived(told, asks []text.Word) []text.Word {
	rest := politely(asks)
	if len(rest) == 0 || !oneOf(rest[0].Lower, "delete|remove|drop|disable|deactivate|unblock|switch|turn|clear|revoke") {
		return told
	}
	for at, w := range told {
		longer := w.Lower == "no" && says(told, at+1, []string{"longer"})
		needless := oneOf(w.Lower, "isn't|aren't|don't|doesn't") && at+1 < len(told) && oneOf(told[at+1].Lower, "needed|need|used|use|required|necessary|relevant|valid") && oneOf(told[len(told)-1].Lower, "anymore|more|longer|now")
		if longer || needless {
			return slices.Concat(told[:at], told[at+1:])
		}
	}
	return told
}

// mentioning are words by which people name what they will speak of, and say nothing of it.
const mentioning = "about|regarding|concerning|re|reg"

// endsBefore tells whether words are a preamble that ends with a sign or a "please".
func endsBefore(sign text.Word, told, asks []text.Word) bool {
	switch {
	case len(told) == 0 || len(told) == 1 && !isThing(told[0]) || !onlyTells(outlived(told, asks)):
		return false
	case oneOf(sign.Lower, hurry):
		return !flowsOn(told)
	}
	return sign.Lower != ":" || speaks(told, politely(asks))
}

// writtenAs is what is told, as it was written.
func writtenAs(sentence string, told []text.Word) string {
	statement := sentence[told[0].From:told[len(told)-1].To]
	if strings.Count(statement, "(") > strings.Count(statement, ")") {
		statement += ")" // no word has it
	}
	return statement
}

// requestedBehind are the readings of a request as if it stood alone. One that ends in a question mark and isn't polite changes nothing: "the machine is
// slow, reboot it?"
func (r *Reader) requestedBehind(sentence string, request followup, asks []text.Word, in text.Input) (as []text.Word, found []reading) {
	as, found = r.straight(request.text, in)
	question := strings.HasSuffix(strings.TrimRight(sentence, " .!"), "?") && !Courteous(sentence[asks[0].From:])
	return as, slices.DeleteFunc(found, func(one reading) bool {
		return r.changes(one) && (question || request.looks)
	})
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
	if retracts(words) || slices.ContainsFunc(words, func(w text.Word) bool { return doubtful(w) && w.Lower != "tonight" || w.Lower == "?" }) || quotes(words) || oneOf(words[len(words)-1].Lower, reporting) ||
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

// quotes tells whether words have something in quotes that isn't a name: what somebody wrote.
func quotes(words []text.Word) bool {
	for at, w := range words {
		if w.Quoted && (at == 0 || !oneOf(words[at-1].Lower, "rule|rules|group|site|script|exclusion|named|called")) {
			return true
		}
	}
	return false
}

// reporting are words behind which somebody else's words begin.
const reporting = "says|said|say|asks|asked|wrote|writes|written|reads|read|told|tells|wants|wanted|message|subject|title|titled|called|named|text|saying|suggests|suggested|thinks|like|example|eg|e.g"

// anyEndpoint are the words for an endpoint that say nothing of its kind: "the server" may be another than DESKTOP-1.
const anyEndpoint = "endpoint|system|agent"
