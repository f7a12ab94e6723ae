package plain

import (
	"strings"

	"s1bot/commands/text"
)

// What people say around a request and what says nothing of it. Each is dropped at one end of the sentence only, and whole.

// before may stand ahead of a request. "Can I", "should we" and "did you" are questions about it, and are not here.
var before = phrases(`please|pls|plz|kindly|hey|hi|hello|ok|okay|so|now|then|and|bot|s1bot|good morning|good evening|
	can you|could you|would you|will you|can you please|could you please|would you please|i want you to|i need you to|
	i want to|i need to|i would like to|i'd like to|we need to|we want to|we have to|let us|let's|lets|go ahead and|
	help me|quick|quickly|quick one|urgent|urgently|asap|immediately|,|:|!|.|-|–|—`)

// after may stand behind one.
var after = phrases(`please|pls|plz|thanks|thank you|thx|ty|cheers|asap|now|right now|right away|at once|immediately|urgently|for me|
	for us|thanks a lot|many thanks|if you can|,|!|?|.`)

// phrases are apart by bars, their words by blanks.
func phrases(list string) [][]string {
	var all [][]string
	for phrase := range strings.SplitSeq(list, "|") {
		all = append(all, strings.Fields(phrase))
	}
	return all
}

// politely takes politeness off both ends. It goes on until nothing more comes off, since people
// stack it: "hey bot, can you please".
func politely(words []text.Word) []text.Word {
	for n := 1; n > 0; words = words[n:] {
		n = longest(before, func(phrase []string) bool { return says(words, 0, phrase) })
	}
	return withoutThanks(words)
}

// withoutThanks takes politeness off the end.
func withoutThanks(words []text.Word) []text.Word {
	for n := 1; n > 0; words = words[:len(words)-n] {
		n = longest(after, func(phrase []string) bool { return says(words, len(words)-len(phrase), phrase) })
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
var retracting = phrases(`unless|except|but not|only if|instead|not yet|don't|do not|dont|never mind|nevermind|scratch that|forget it|wait|hold on|cancel that|just kidding|on second thought|actually no|ignore that`)

// retracts looks at the whole sentence, the reason included: it is better to ask once too often.
func retracts(words []text.Word) bool {
	for at := range words {
		if longest(retracting, func(phrase []string) bool { return says(words, at, phrase) }) > 0 {
			return true
		}
	}
	return false
}
