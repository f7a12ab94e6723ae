package plain

import "s1bot/commands/text"

// courtesies are the clauses that people put at either end of a request, and that say nothing of it: "if you don't mind", "when you have a minute", "as
// soon as you can", "that would be great". They speak to whoever is asked. A condition on anything else ("if it beacons", "when the user is gone", "if
// bob agrees") is none.
var courtesies = []frame{
	framed(ordering, "if|when|whenever|once|as soon as", someone, "have|get|got|find|can spare|could spare|'ve got", "|a|some", "|free|spare|quick|little", "moment|minute|min|mins|minutes|second|sec|chance|time"),
	framed(ordering, "if", "|it's|it is|that's|that is|this is|it would be|that would be|at all", "possible|ok|okay|fine|alright|feasible|doable|convenient|no trouble|no problem|no bother|not too much trouble|not too much to ask|not a problem", "|with you|for you"),
	framed(ordering, "if you", "don't mind|do not mind|wouldn't mind|would be so kind|'d be so kind|could be so kind|can manage|could manage|can help|could help|could do that|can do that|would do that|could do this|can do this"),
	framed(ordering, "sorry|apologies|excuse me", "to bother|to disturb|to trouble|for bothering|for disturbing|for the trouble|for the disturbance", "|you|again|you again", "|,", "|but"),
	framed(ordering, "as", "soon|quickly|fast|quick|early", "as", "you can|you could|possible|humanly possible"),
	framed(ordering, "at", "your|the", "earliest|convenience|earliest convenience|earliest possible|own convenience"),
	framed(ordering, "with|on|as", "top priority|high priority|highest priority|priority|p1|a priority|utmost urgency"),
}

// closings stand behind a request only.
var closings = append([]frame{
	framed(ordering, "can|could|would|will", "you", "|please|kindly|mind|check|check please|check that|help|help me|have a look|take a look|do that|do this|do that for me|do this for me|be so kind"),
	framed(ordering, "that would be|that'd be|it would be|it'd be|this would be|would be", "|really|very|most|so|much|a", "great|nice|good|lovely|awesome|helpful|fantastic|perfect|cool|brilliant|kind|appreciated|big help|great help"),
	framed(ordering, "i'd|i would|we'd|we would|", "|much|really|very much|greatly|highly", "appreciate|appreciate it|appreciate that|appreciated|be grateful"),
	framed(ordering, "thanks|thank you|thx|cheers|ty|many thanks", "|so|very|many|a", "|much|lot|bunch|million|kindly", "|in advance|mate|team|all|again|for your help|for the help|for helping|for your support|for checking|for looking|for looking into it|for taking care"),
	framed(ordering, "that's|that is|that'd be|this is", "all|it|enough|all i need|fine", "|for now|for today|for the moment"),
	framed(ordering, "have a", "nice|good|great|lovely|quiet", "day|evening|weekend|one|shift|night"),
	framed(ordering, "let me know|tell me|ping me|give me a shout", "when|once|if", "done|it's done|it is done|that's done|that is done|finished|you're done|you are done|anything is unclear|that works"),
	framed(ordering, "then|so far|by now|over here|on our side|on your side|from here"),
	framed(ordering, "|and", "|kindly|please", "do the needful|do needful"),
	framed(ordering, "|,|and", "kindly|please", "share|share it|share the same|advise|provide|provide the same|share them|check"),
}, courtesies...)

// longestCourtesy is how long a clause of courtesy at the end of a sentence is at most.
const longestCourtesy = 10

// opens is how many words at the beginning of a sentence are courtesy, closes how many at its end.
func opens(words []text.Word) int {
	most := 0
	for _, f := range courtesies {
		most = max(most, f.length(words))
	}
	return most
}

func closes(words []text.Word) int {
	for n := min(longestCourtesy, len(words)); n > 0; n-- {
		for _, f := range closings {
			if f.length(words[len(words)-n:]) == n {
				return n
			}
		}
	}
	return 0
}
