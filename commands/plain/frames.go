package plain

import (
	"slices"
	"strings"

	"s1bot/commands/text"
)

// A frame is a way to ask somebody for something, which says nothing of what is asked: "could someone from the SOC please", "I'd need you to",
// "would you mind". People build them from few parts, so a frame is its parts one after the other, each one of several phrases, and an empty phrase
// where the part may be missing. Nothing is expanded: the parts are held against the words as they stand.
//
// The rule that must not break: a frame asks. What asks whether something may or should be done ("can we isolate", "is it ok to", "should I"), what
// tells what was done, and what negates ("would you mind not") is none.
type frame struct {
	parts [][][]string
	then  form
}

// A form is how what is asked for goes on behind a frame.
type form int

const (
	ordering  form = iota // "isolate DESKTOP-1"
	gerundial             // "isolating DESKTOP-1"
	having                // what somebody wants to have or see: "the notes on evil.exe", "DESKTOP-1 isolated"
	seeking               // "searching for evil.exe", which who is at it wants to be done
	allowing              // "you can isolate DESKTOP-1", which with a question mark is a question
)

func framed(then form, parts ...string) frame {
	f := frame{then: then}
	for _, part := range parts {
		f.parts = append(f.parts, phrases(part))
	}
	return f
}

// The parts that many frames have. What softens a request says nothing of it.
const (
	someone = "you|u|someone|somebody|anyone|anybody|one of you|you guys|any of you"
	softly  = "|please|kindly|please kindly|quickly|just|just quickly|quickly just|possibly|maybe|perhaps|also|now|then|please also|also please|just please"
	helping = "|be so kind and|be so kind to|be so kind as to|be so nice and|be so nice to|be so good and|be so good to|be so good as to|be able to|manage to|go ahead and|help to|help me|help me to|help us|help us to|do me a favour and|do me a favor and|do us a favour and|do us a favor and"
	might   = "could|can|would|might"
	wishing = "i|we|i'd|we'd|i would|we would|i will|we will|i'll|we'll|i do|i'm going to|we're going to|i am going to|we are going to|i'm gonna"
	pleased = "great|nice|good|lovely|awesome|helpful|fantastic|perfect|cool|brilliant|kind|wonderful|super|appreciated|much appreciated"
)

// asking are the frames, those with the most words of their own first.
var asking = []frame{
	framed(ordering, "can|could|would|will|'d", someone, "|from soc|from the soc|from the team|in the team|on shift|here", softly, helping),
	framed(allowing, "|and|then|so", "you can|you may|we can|we may|feel free to|you're free to|you are free to|you're welcome to|you are welcome to", "|now|then|just|safely|go ahead and|please|also|now safely"),
	framed(ordering, "do|would|will", someone, "mind", "to|and"),
	framed(gerundial, "|do|would|will", someone, "mind"),
	framed(ordering, wishing, "|really|just|also|very much|kindly", "need|like|want|love|appreciate", "|it", "you to|u to|that you|for you to|someone to|somebody to|that someone|that somebody|if you|if someone|if somebody|if one of you", "|could|can|would", softly, helping),
	framed(ordering, "i'd be|i would be|we'd be|we would be|i'm|i am|would be", "|very|so|really|most|much|extremely", "grateful|thankful|glad|happy|obliged|delighted|pleased", "if you|if someone|if somebody|if one of you", "could|can|would", softly),
	framed(ordering, "it'd be|it would be|that'd be|that would be|would be|'d be|be", "|really|very|so", pleased, "if you|if someone|if somebody|if anyone|if one of you|if we", "could|can|would", softly, helping),
	framed(ordering, "i was|we were|i'm|i am|we're|we are|was|just|i was just|was just|i'm just|", "hoping|wondering if|wondering whether|hoping that|hoping if|going to ask if|going to ask whether", someone, might, softly, helping),
	framed(ordering, "i wonder|we wonder|wonder|i wondered", "if|whether", someone, might, softly, helping),
	framed(ordering, "do you think|do you reckon|you think", "you|someone|somebody|one of you", "could|can", softly),
	framed(ordering, "|is there|are there|would there be", "any|a|some", "chance|way|possibility|chances", "|that", "you|someone|somebody|one of you", "could|can", softly),
	framed(ordering, "may|can|could|might", "i|we", softly, "ask|request|trouble|bother|beg", someone, softly, "to"),
	framed(ordering, "i|we", "|just", "want to|wanted to|have to|need to|would like to|must", "ask|request", someone, softly, "to"),
	framed(ordering, "|i|we|i'm|i am|we're|we are|am|are", "request|requesting|ask|asking|beg|begging|urge", "you", "|kindly|please", "to|to kindly|to please"),
	framed(ordering, "|i|we|i'm|i am|we're|we are|this is to", "request|requesting|need|needing|require|want|seek|seeking|ask for|asking for|appreciate", "your", "|kind|urgent|quick|valuable", "help|support|assistance|action", "to"),
	framed(gerundial, "|i|we|i'm|i am|we're|we are|this is to", "request|requesting|need|needing|require|want|seek|seeking|ask for|asking for|appreciate", "your", "|kind|urgent|quick|valuable", "help|support|assistance", "in|with|on|for"),
	framed(ordering, "help|assist|support", "|me|us", "to"),
	framed(gerundial, "help|assist|support", "|me|us|out", "in|with|by"),
	framed(gerundial, "|is there", "any|a", "chance|possibility", "of", "|you"),
	framed(ordering, "do the needful|do needful", "|and|to"),
	framed(gerundial, "do the needful|do needful", "by"),
	framed(ordering, "be so", "kind|nice|good", "and|to|as to"),
	framed(having, "it'd be|it would be|would be", "|very|also|really", "interesting|good|nice|great|helpful|useful", "to know|to see|to have"),
	framed(ordering, "do me|do us", "|a", "|big|small|quick", "favour|favor", "|and|,|:|-|!|."),
	framed(ordering, "i want that you|it would help if you could|you are requested to|it is requested to"),
	framed(having, "may|can|could|might", "i|we", softly, "get|have|obtain|receive|request|see|view|know|ask for|be given|be shown"),
	framed(having, "can|could|may|let|might|i want to|i'd like to|i would like to|we'd like to|let's|lets|let us|need to|i need to", "|i|we|me|us", softly, "have|take|get", "a", "|quick|brief|closer|short", "look|peek|glance", "at|into|on|over"),
	framed(having, "i'd|i would|we'd|we would", "|really|also", "love|like|be interested|be keen|be curious|be happy", "to", "see|have|get|know|view|look at|check"),
	framed(having, "i'd be|i would be|we'd be|we would be|i'm|i am|we're|we are", "|really|very|quite", "interested|interested to know|curious|interested in|curious about|keen to see|keen to know|curious to see|curious to know"),
	framed(having, "i|we", "could|can", "use|do with"),
	framed(seeking, "i'm|i am|we're|we are|i've been|we've been", "|currently|now|just|also|still"),
	framed(having, "i|we", "request|requesting|ask|asking|am asking|request you|would like to ask|would ask|am requesting|are requesting", "for"),
	framed(having, "request|requesting|ask|asking|request you", "for"),
	framed(having, "i'm going to|we're going to|i am going to|we are going to|i'll|we'll|i will|we will|i'm gonna|gonna", "need|require|want"),
	framed(having, "my|our|the", "manager|boss|ciso|lead|director|customer|client|auditor|auditors|management", "wants|want|needs|would like|asks", "to know|to see"),
}

// words are all words of a frame.
func (f frame) words() [][]string { return slices.Concat(f.parts...) }

// length is how many words at the beginning of a sentence are the frame; 0 where it is none of that.
func (f frame) length(words []text.Word) int { return max(0, match(f.parts, words, 0)) }

// match is the longest way to say the parts from a word on: where it ends, or a negative number.
func match(parts [][][]string, words []text.Word, at int) int {
	if len(parts) == 0 {
		return at
	}
	end := -1
	for _, phrase := range parts[0] {
		if says(words, at, phrase) {
			end = max(end, match(parts[1:], words, at+len(phrase)))
		}
	}
	return end
}

// unframed takes one frame off the beginning of a sentence, and says how it went on; false where there is none.
func unframed(words []text.Word) (rest []text.Word, then form, ok bool) {
	most := 0
	for _, f := range asking {
		n := f.length(words)
		if n <= most || n >= len(words) {
			continue
		}
		if behind, ok := f.then.behind(words[n:]); ok {
			rest, then, most = behind, f.then, n
		}
	}
	return rest, then, most > 0
}

// behind is what stands behind a frame as an order; false where it can't.
func (how form) behind(words []text.Word) ([]text.Word, bool) {
	if how != gerundial && how != seeking {
		return words, true
	}
	verb := gerund(words[0].Lower)
	if how == seeking {
		if verb = "hunt"; len(words) < 2 || !oneOf(words[0].Lower, "searching|hunting") || words[1].Lower != "for" {
			return nil, false
		}
	}
	if verb == "" { // "help with the scan of DESKTOP-1"
		return words, oneOf(words[0].Lower, articles)
	}
	words = slices.Clone(words)
	words[0].Lower = verb
	return words, true
}

// gerund is the order to do what a word says that one does: "isolate" of "isolating"; "" for any other word.
func gerund(word string) string {
	stem, ok := strings.CutSuffix(word, "ing")
	if !ok || len(stem) < 2 {
		return ""
	}
	once := stem
	if n := len(stem); stem[n-1] == stem[n-2] {
		once = stem[:n-1]
	}
	for _, verb := range []string{stem, stem + "e", once} {
		if oneOf(verb, orders) || oneOf(verb, gerundOrders) {
			return verb
		}
	}
	return ""
}

// gerundOrders are the verbs of requests that are no orders behind a change.
const gerundOrders = "have|share|provide|display|cut|free|lift|end|drop|unquarantine|deisolate|reactivate|retrieve|assign|register|exempt|sweep|clear|erase|restore|return|bounce|purge|look|view|silence|mute|pause|resume|publish|revoke"

// had puts "get" before what somebody asks to have, where that is part of the request: "could I have the file C:\\x.log from LAB-7", "can we get LAB-7
// scanned".
func had(written, words []text.Word) ([]text.Word, bool) {
	at := slices.IndexFunc(written, func(w text.Word) bool { return len(words) > 0 && w.From == words[0].From })
	if at < 1 || !oneOf(written[at-1].Lower, "get|have|obtain|receive|request|need|use|with|want|require|for") {
		return nil, false
	}
	verb := written[at-1]
	verb.Lower = "get"
	return active(slices.Concat([]text.Word{verb}, words)), true
}
