package plain

import (
	"slices"
	"strings"

	"s1bot/commands/text"
)

// What people say around a request and what says nothing of it. Each is dropped at one end of the sentence only, and whole.

// before may stand ahead of a request. "Should we" and "did you" are questions about it, and are not here; "can I" is one, but for what is only
// looked at (see the macro <show>).
var before = phrases(`good|fine|excellent|noted|understood|got it|yes|yes please|yep|yeah|sure|alright then|please|pls|plz|kindly|hey|hi|hello|hiya|yo|dear|ok|okay|so|now|then|and|well|bot|s1bot|team|all|everyone|folks|guys|there|colleagues|
	good morning|good afternoon|good evening|good night|good day|morning|mornin|afternoon|evening|bonjour|moin|servus|ciao|guten morgen|guten tag|hola|hallo|salut|gm|excuse me|sorry to bother|greetings|
	can you|could you|would you|will you|please can you|please could you|can you please|could you please|would you please|can you just|could you just|could you quickly|
	can i get|could i get|can i have|could i have|may i have|can i see|could i see|may i see|can we get|could we get|can we have|could we have|can we see|could we see|
	could we please|can we please|could i please|can i please|can you to|could you to|please could you to|may you|may you please|can you help me to|could you help me to|can you go ahead and|
	can someone|could someone|can somebody|could somebody|
	i want you to|i need you to|would be great if you could|it would be great if you could|would be nice if you could|it would be nice if you could|would you be so kind to|would you be so kind and|could you be so kind to|would you be able to|are you able to|i would like that you|i want that you|emergency|high priority|priority|attention|would it be possible to|is it possible to|
	i want to|i wish to|i wish you to|i need to|i would like to|i would like you to|i'd like to|i'd like you to|we need to|we want to|we would like to|we'd like to|we have to|we must|we need|i have to|i must|i have need to|need to|want to|please to|
	it is necessary to|it's necessary to|it is needed to|let us|let's|lets|go ahead and|just|quick question|question|
	alright|alrighty|right|hmm|hm|um|uh|oh|ah|ahoy|heya|hey there|hi there|hello there|cool|great|nice|perfect|thanks|thx|thank you|cheers|sup|listen|btw|by the way|fyi|heads up|one more thing|one more|also|first|firstly|
	quick favour|quick favor|favour|favor|quick ask|a question|i have a question|got a question|small question|one question|request|small request|request from my side|small request from my side|one request from my side|one thing|one more thing|one question from my side|do me a favour and|do me a favor and|if you could|if possible|when you can|when you have a sec|when you get a chance|real quick|super quick|for me|for us|
	any chance you could|any chance you can|any chance to|just wondering|just curious|i'd be interested in|i'm interested in|interested in|
	you need to|you must|you have to|we gotta|gotta|i gotta|we've got to|i've got to|trying to|i'm trying to|i am trying to|i wanna|wanna|we wanna|i'd love to|i'd need to|i would need to|we'd need to|
	help me|help me to|quick|quickly|quick one|urgent|urgently|asap|immediately|,|:|!|.|;|-`)

// combined is every way to say one of each in turn.
func combined(parts ...string) [][]string {
	all := [][]string{nil}
	for _, part := range parts {
		var longer [][]string
		for _, one := range phrases(part) {
			for _, begun := range all {
				longer = append(longer, slices.Concat(begun, one))
			}
		}
		all = longer
	}
	return all
}

// after may stand behind one.
var after = phrases(`please|pls|plz|thanks|thank you|thank you very much|thank you so much|thanks in advance|thank you in advance|thanks again|thx|thnx|tnx|ty|tia|cheers|merci|danke|
	at the earliest|at your earliest|at your earliest convenience|asap|now|right now|real quick|really quick|quick|at the moment|right away|straight away|at once|immediately|urgently|quickly|as soon as possible|for me|for us|to me|thanks a lot|many thanks|kind regards|best regards|regards|
	again|once more|if you could|when you can|when you have time|when you get a chance|when possible|whenever you can|if that's ok|if that's okay|if that is ok|will you|would you|could you|can you|mate|buddy|folks|guys|all|everyone|man|dude|sir|boss|thankyou|thanks so much|thanks mate|thanks a bunch|thanks a million|kind thanks|ta|thanx|grazie|gracias|obrigado|bitte|s'il vous plait|por favor|on priority|with priority|high priority|urgent|top priority|stat|pronto|this minute|this instant|right this second|real fast|fast|really fast|soonest|as quickly as possible|as fast as possible|currently|at present|presently|at this time|as of now|in s1|in sentinelone|in console|in the console|on the console|via s1|in the s1 console|in our environment|in the environment|in our network|in our tenant|in our estate|
	if you can|if possible|if you don't mind|would be great|would be nice|much appreciated|appreciated|for now|for the moment|team|bot|i'm on it|i am on it|,|!|?|.|;|-`)

// phrases are apart by bars, their words by blanks.
func phrases(list string) [][]string {
	var all [][]string
	for phrase := range strings.SplitSeq(list, "|") {
		all = append(all, strings.Fields(phrase))
	}
	return all
}

// hurry are words of politeness and haste that stand in the middle as well: "delete please the exclusion", "release it now, it is clean".
const hurry = "please|pls|plz|kindly"

// unhurried takes them out of the beginning of a sentence, up to where somebody's own words begin, which are kept as they are; and haste from
// before a sign.
func unhurried(words []text.Word) []text.Word {
	if first := slices.IndexFunc(words, isBreak); first > 0 { // "isolate DESKTOP-1 for me, it beacons"
		words = slices.Concat(withoutThanks(words[:first]), words[first:])
	}
	kept := make([]text.Word, 0, len(words))
	for i, w := range words {
		if w.Quoted || oneOf(w.Lower, ":|that|saying|says|because") {
			return append(kept, words[i:]...)
		}
		haste := oneOf(w.Lower, "asap|now|immediately|urgently") && i > 0 && i+1 < len(words) && (isBreak(words[i+1]) || states(words[i+1:]) || oneOf(words[i+1].Lower, "because|due|for|as|since|reason|until"))
		if !haste && !oneOf(w.Lower, hurry) {
			kept = append(kept, w)
		}
	}
	return kept
}

// politely takes politeness off both ends. It goes on until nothing more comes off, since people
// stack it: "hey bot, can you please".
func politely(words []text.Word) []text.Word {
	rest, _ := requested(words)
	return rest
}

// requested is politely, and tells whether a frame was among it: who asks "could you" wants it done, also where it ends in a question mark.
func requested(words []text.Word) (rest []text.Word, courteous bool) {
	if _, _, ok := unframed(words); !ok && pleads(words) {
		words, courteous = words[2:], true
	}
	for {
		n := max(opens(words), longest(before, func(phrase []string) bool { return says(words, 0, phrase) }))
		if behind, then, ok := unframed(words); ok && len(words)-len(behind) >= n {
			words, courteous = behind, courteous || then != allowing
			continue
		}
		if n == 0 || n == 1 && words[0].Lower == "there" && len(words) > 1 && oneOf(words[1].Lower, "is|are|was|were") {
			return unhurried(withoutThanks(words)), courteous
		}
		words, courteous = words[n:], courteous || n > 1
	}
}

// pleads tells "can we isolate DESKTOP-1 please", which asks for it, from "can we isolate DESKTOP-1", which asks whether we may.
func pleads(words []text.Word) bool {
	return len(words) > 3 && oneOf(words[0].Lower, "can|could|may") && oneOf(words[1].Lower, "we|i") && slices.ContainsFunc(words[2:], func(w text.Word) bool { return !w.Quoted && oneOf(w.Lower, hurry) })
}

// possessive are words behind which no courtesy begins.
const possessive = articles + "|my|our|his|her|their|your|from|by|of|to|with"

// vocatives are whom people speak to; what is told may end in them as well.
const vocatives = "mate|buddy|folks|guys|all|everyone|man|dude|sir|boss|team|bot"

// addressed tells whether the last word is nothing that is told: "isolate DESKTOP-1 boss", and no "DESKTOP-1 was reimaged by the desktop team".
func addressed(words []text.Word) bool {
	last := len(words) - 1
	return !oneOf(words[last].Lower, vocatives) || isBreak(words[last-1]) || oneOf(words[0].Lower, orders+"|"+requesting) && !slices.ContainsFunc(words, func(w text.Word) bool { return isBreak(w) || oneOf(w.Lower, "because|since|due|as") })
}

// withoutThanks takes politeness off the end.
func withoutThanks(words []text.Word) []text.Word {
	for n := 1; n > 0; words = words[:len(words)-n] {
		n = max(closes(words), longest(after, func(phrase []string) bool { return says(words, len(words)-len(phrase), phrase) }))
		if n > 0 && n < len(words) && (oneOf(words[len(words)-n-1].Lower, possessive) || n == 1 && !addressed(words)) { // "the green light from the boss"
			return words
		}
		if n > 0 && oneOf(words[len(words)-1].Lower, "now|asap") && slices.ContainsFunc(words[:len(words)-n-1], isBreak) {
			return words // "it is clean now" is what somebody says of it
		}
	}
	return words
}

// longest is how many words the longest of the phrases that fit has; 0 where none fits.
func longest(of [][]string, fits func([]string) bool) int {
	most := 0
	for _, phrase := range of {
		if len(phrase) > most && fits(phrase) {
			most = len(phrase)
		}
	}
	return most
}

// says tells whether a phrase stands in a sentence at a place.
func says(words []text.Word, at int, phrase []string) bool {
	if at < 0 || at+len(phrase) > len(words) {
		return false
	}
	for i, w := range phrase {
		if words[at+i].Lower != w {
			return false
		}
	}
	return true
}

// retracting is how people take back or limit in the same breath what they ask for. A reason may have any words in it: where these are
// among them, no change is read out of the sentence.
var retracting = phrases(`unless|except|but not|only if|instead|not yet|don't|do not|dont|never mind|nevermind|nvm|scratch that|forget it|forget that|wait|hold on|cancel that|just kidding|jk|on second thought|actually|ignore that|disregard|oops|sorry|i meant|i mean|wrong host|wrong one|my mistake|rather not|changed my mind`)

// retracts looks at the whole sentence, the reason included: it is better to ask once too often.
func retracts(words []text.Word) bool {
	for at := range words {
		if at > 0 && words[at].Lower == "sorry" && words[at-1].Lower == "than" || deniesFact(words, at) { // better safe than sorry
			continue
		}
		if !words[at].Quoted && mayTurn(words[at].Lower) || longest(retracting, func(phrase []string) bool { return says(words, at, phrase) }) > 0 {
			return true
		}
	}
	return false
}
