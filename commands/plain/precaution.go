package plain

import (
	"slices"

	"s1bot/commands/text"
)

// A precaution is a reason that people give with no word for it and no statement: "isolate LAB-7 just to be sure", "scan it as a precaution", and what
// it is to stop or to find out: "isolate LAB-7 to stop the spread".
var precautions = []frame{
	framed(ordering, "|just|purely|simply", "to be|for being|to stay|to make|for making", "|on the|really|absolutely|extra|very|quite|100%|a bit more", "safe|sure|safe side|certain|careful|cautious|secure|safer"),
	framed(ordering, "|just|purely|simply", "as|for", "|a|an|the sake of", "|pure|simple|extra|preventive|preventative|precautionary", "precaution|safety|caution|measure|safety measure|security|safety reasons|security reasons|good measure|peace of mind|safety's sake"),
	framed(ordering, "better safe than sorry|just in case|to play it safe|playing it safe|out of caution|out of an abundance of caution|to rule it out|preventively|proactively"),
}

// cautious is how many words at the beginning say that something is done to be sure.
func cautious(words []text.Word) int {
	most := 0
	for _, f := range precautions {
		most = max(most, f.length(words))
	}
	return most
}

// aims tells whether words say what something is done for: "to stop the spread". What they name beside it may be one more thing to do it to.
func (s scene) aims(words []text.Word) bool {
	if len(words) > 2 && words[0].Lower == "before" && oneOf(words[1].Lower, "it|they|this|that|he|she|somebody|someone|anything") { // haste
		return s.explains(words[2:])
	}
	return len(words) > 2 && words[0].Lower == "to" && oneOf(words[1].Lower, purposeVerbs) && !slices.ContainsFunc(words, isThing) && s.explains(words[2:])
}

const purposeVerbs = "stop|prevent|avoid|preserve|protect|limit|secure|finish|complete|install|apply|gain|investigate|analyze|analyse|examine|verify|check|clear|see|save|rule"

// forSafety tells whether words are such a reason to their end, or up to a sign behind which another reason stands.
func (s scene) forSafety(words []text.Word) bool {
	n := cautious(words)
	if n == 0 || n == len(words) {
		return n > 0 || s.aims(words)
	}
	return isBreak(words[n]) && n+1 < len(words) && s.explains(words[n+1:])
}
