package plain

import (
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// A remark is a sentence behind a question or a request to see something that only tells why somebody asks: "show the threats on LAB-7. The auditor wants
// to know", "which software is on LAB-7? I think it is old". It has a subject and a verb, and it is left out, for a look changes nothing and needs no
// reason.
//
// The rule that must not break: nothing that could narrow down, negate or go on with what is asked for is a remark. So it names no thing, no place and
// no time, none of the words that a list is narrowed down by, and none of those that choose among what is listed ("the ones", "the rest", "enough").

// remarks tells whether words are one.
func (s scene) remarks(words []text.Word) bool {
	if !toldOf(words) || !s.explains(words) {
		return false
	}
	_, _, ranged := rangeSlots(s.cmd)
	mayName := func(w text.Word) bool { return isThing(w) || mayBePlace(w) }
	if !slices.ContainsFunc(s.cmd.Fields, narrows) { // "which software is on LAB-7? I suspect an old TeamViewer"
		mayName = func(w text.Word) bool {
			return isThing(w) && (isFile(w) || strings.ContainsAny(w.Text, "0123456789-_."))
		}
	}
	for i, w := range words {
		n, sets := s.narrow(words, i)
		named := i > 0 && oneOf(w.Lower, "called") && oneOf(words[i-1].Lower, "is|are|was|were")
		if n > 0 && len(sets) > 0 || mayName(w) || oneOf(w.Lower, choosing) || named {
			return false
		}
		if _, n := text.ReadRange(words, i, s.in); ranged && (n > 1 || oneOf(w.Lower, timing)) {
			return false
		}
	}
	return true
}

// narrows tells a parameter by which a name could narrow down what is looked at.
func narrows(f catalog.Field) bool {
	return !f.Hidden && (f.Type.Filter || oneOf(f.Type.Name, "site|group|account|text|rule|script"))
}

// mayBePlace tells a name: "Paris is affected", and no "Somebody complained". An abbreviation is none.
func mayBePlace(w text.Word) bool {
	return isCapital(w) && !allCapitals(w) && !grammatical[w.Lower] && !common[w.Lower] && !oneOf(w.Lower, articles+"|"+contracted+"|"+persons)
}

// persons are who remarks are about, as sentences begin with them.
const persons = "we|there|user|users|somebody|someone|anybody|everyone|everybody|nobody|management|finance|legal|people|helpdesk|colleagues|customers|auditors|feels|seems|looks|writing|working|preparing|investigating|looking"

// choosing are the words by which people choose among what is listed.
const choosing = "one|ones|those|these|rest|other|others|first|last|top|newest|latest|oldest|each|every|especially|mainly|mostly|particularly|specifically|enough|suffices|matter|matters|relevant|important|care|concern|concerns|interest|interested|interesting|except|" +
	"more|less|most|newer|older|sort|sorted|sorting|order|ordered|group|grouped|limit|name|named"

// timing are the words that may go on with when something was.
const timing = "since|between|during|today|yesterday|week|month|days|hours|minutes"

// toldOf tells whether words begin with a subject and its verb. Two of the four words of "the auditor of ours wants" may be something else.
func toldOf(words []text.Word) bool {
	if len(words) < 2 {
		return false
	}
	if states(words) || oneOf(words[0].Lower, contracted) || oneOf(words[0].Lower, "feels|seems|looks|writing|working|preparing|investigating|looking") {
		return true
	}
	for at := 1; at < len(words) && at < 5 && !isBreak(words[at]); at++ {
		if oneOf(words[at].Lower, telling) {
			return !oneOf(words[0].Lower, questioning)
		}
	}
	return false
}

// contracted are subjects that have their verb with them.
const contracted = "i'm|we're|i've|we've|he's|she's|it's|they're|they've|that's|there's|i'd|we'd|i'll|we'll|somebody's|someone's|everyone's"

// telling are the verbs of sentences that tell.
const telling = "is|are|was|were|am|has|have|had|asks|asked|asking|wants|wanted|want|needs|needed|need|thinks|think|believe|believes|suspect|suspects|guess|assume|know|knows|says|said|told|called|calls|complains|complained|reported|reports|" +
	"looks|look|seems|seem|feels|feel|must|will|lost|saw|see|got|heard|wonders|wonder|requested|requests|insists|expects|sent|mentioned|worries|claims|wrote|writes|forgot|remember|recall|gave|found|approved|confirmed|agreed"
