package plain

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"s1bot/commands/text"
)

// People have many words for one thing, and slips in all of them. Patterns and sentences are brought to one spelling before they are held
// against each other, so no pattern lists what is here.

// synonyms are words that mean the same wherever the grammar has them, the one that stands for the others first. "Servers" and "laptops" are not
// among the endpoints: who asks for them wants no other machines.
var synonyms = spellings(
	"endpoints computers machines hosts devices pcs boxes agents", "endpoint computer machine host device pc box agent",
	"info information informations infos details detail facts", "software softwares programs applications application apps app", "processes processus procs proceses",
	"because cuz coz cos bc b/c bcz bcoz 'cause cause becuase beacuse", "what's whats wats", "who's whos", "i'm im", "it's it´s",
	"isolate iso", "reputation rep reputations", "critical crit", "deactivate desactivate", "script skript", "blocklist blacklist",
	"activate arm", "disable disarm", "you u", "your ur", "now rn atm", "with w/ wth having", "message msg", "for fro", "the teh hte", "and adn", "from frmo fomr", "exclusions excl excls", "verify varify", "please plz pls", "severity sev", "don't dnt dnot donot d'ont", "not nto",
	"seen spotted observed", "macos mac macs osx", "contacted contact", "runs run ran running executed execute executing executes launched launch launches",
)

func spellings(groups ...string) map[string]string {
	one := map[string]string{}
	for _, group := range groups {
		words := strings.Fields(group)
		for _, w := range words {
			one[w] = words[0]
		}
	}
	return one
}

// spelled is the word that stands for a word.
func spelled(word string) string {
	if one, ok := synonyms[word]; ok {
		return one
	}
	return word
}

// spell brings a sentence to the one spelling. What stands in quotes is a value.
func spell(words []text.Word) []text.Word {
	for i := range words {
		if !words[i].Quoted {
			if name, ok := strings.CutSuffix(words[i].Lower, "'s"); ok && distinct(words[i]) { // DESKTOP-1's user
				written := []rune(words[i].Text) // whose letters may have more or fewer bytes than the small ones
				words[i].Lower, words[i].Text = name, string(written[:len(written)-len("'s")])
			}
			words[i].Text, words[i].Lower = armed.Replace(words[i].Text), spelled(armed.Replace(words[i].Lower))
		}
	}
	return unqualified(words)
}

// armed makes addresses out of what people write so that nobody clicks on it: 203[.]0[.]113[.]9, hxxps://evil[.]com.
var armed = strings.NewReplacer("[.]", ".", "(.)", ".", "[dot]", ".", "hxxp", "http")

// unqualified leaves out words that say which product's: every alert of a rule is a "STAR alert".
func unqualified(words []text.Word) []text.Word {
	kept := words[:0]
	for i, w := range words {
		next := i+1 < len(words)
		if next && w.Lower == "star" && oneOf(words[i+1].Lower, "alert|alerts") || i > 0 && w.Lower == "out" && words[i-1].Lower == "close" {
			continue
		}
		if i == 2 && w.Lower == "it" && isThing(words[0]) && oneOf(words[1].Lower, orders) { // "DESKTOP-1 scan it"
			continue
		}
		kept = append(kept, w)
	}
	return kept
}

// shortest is the shortest word that anything is taken for a slip of, and long the shortest that may have a letter that is another: of shorter ones
// too many are words of their own.
const shortest, long = 4, 5

// corrected mends slips in words that nothing else is made of: one letter too many, too few, or another, or two in the wrong order. It never makes
// a word of its opposite: "un", "dis" and "de" are two letters. What a slot is filled with keeps its letters, whatever it is mended to. False where
// there is nothing to mend.
func (r *Reader) corrected(words []text.Word) ([]text.Word, bool) {
	mended, any := slices.Clone(words), false
	for i, w := range words {
		if w.Quoted || len(w.Lower) < shortest-1 || r.vocabulary[w.Lower] || grammatical[w.Lower] || common[w.Lower] || doubtful(w) || i > 0 && isCapital(w) ||
			strings.ContainsFunc(w.Lower, func(c rune) bool { return !unicode.IsLetter(c) }) {
			continue
		}
		if right := r.meantBy(w.Lower); right != "" {
			mended[i].Lower, any = right, true
		}
	}
	return mended, any
}

// meantBy is the only word of the grammar that is one slip away; nothing where there are two.
func (r *Reader) meantBy(word string) (right string) {
	for known := range r.vocabulary {
		if !slipOf(word, known) {
			continue
		}
		if right != "" {
			return ""
		}
		right = known
	}
	return right
}

// slipOf tells whether a word is one slip away from a known one. Short words keep their first letter, and a letter of theirs is none for another.
func slipOf(word, known string) bool {
	apart := len(known) - len(word)
	if len(known) < shortest || max(apart, -apart) > 1 || word == known {
		return false
	}
	if min(len(word), len(known)) < long && (word[0] != known[0] || apart == 0 && !swapped(word, known)) {
		return false
	}
	return text.Distance(word, known) == 1
}

// swapped tells whether two words have the same letters.
func swapped(a, b string) bool {
	one, other := []byte(a), []byte(b)
	slices.Sort(one)
	slices.Sort(other)
	return string(one) == string(other)
}

// turning are the words that turn a request around and that a slip must not hide: "isolate DESKTOP-1, unles he calls".
var turning = strings.Fields("unless except instead tomorrow tonight without never until")

// mayTurn tells a word that is a slip of one of them.
func mayTurn(word string) bool {
	return len(word) >= shortest && slices.ContainsFunc(turning, func(known string) bool { return slipOf(word, known) })
}

// learn collects the words of a command's grammar.
func (g grammar) learn(vocabulary map[string]bool) {
	for _, h := range g.heads {
		for _, w := range h.pattern.Literals() {
			vocabulary[w] = true
		}
	}
	for _, c := range g.clauses {
		for _, w := range c.Literals() {
			vocabulary[w] = true
		}
	}
	phrases := slices.Collect(maps.Keys(g.words))
	for _, f := range g.cmd.Fields {
		for _, c := range f.Choices {
			phrases = append(phrases, strings.ToLower(c.Label))
		}
	}
	for _, phrase := range phrases {
		for _, w := range strings.Fields(phrase) {
			vocabulary[w] = true
		}
	}
}

// participles are the forms of a verb in "DESKTOP-1 must be isolated", and the verb.
var participles = map[string]string{
	"isolated": "isolate", "disconnected": "disconnect", "contained": "contain", "quarantined": "quarantine", "reconnected": "reconnect", "released": "release", "unisolated": "unisolate",
	"scanned": "scan", "rescanned": "rescan", "restarted": "restart", "rebooted": "reboot", "blocked": "block", "unblocked": "unblock", "blacklisted": "block", "blocklisted": "block", "resolved": "resolve",
	"closed": "close", "reopened": "reopen", "killed": "kill", "remediated": "remediate", "deleted": "delete", "removed": "remove", "excluded": "exclude", "disabled": "disable",
	"cut": "cut", "enabled": "enable", "activated": "activate", "deactivated": "deactivate", "moved": "move", "marked": "mark",
}

// active turns what must be done with a thing into the order to do it: "DESKTOP-1 needs to be isolated, it beacons" is "isolate DESKTOP-1, it
// beacons". Only what is said to be needed is an order: "DESKTOP-1 was isolated" tells, and "should be" asks.
func active(words []text.Word) []text.Word {
	if order, ok := caused(words); ok {
		return order
	}
	for at := range words {
		n := longest(needs, func(phrase []string) bool { return says(words, at, phrase) })
		verb := at + n
		if n == 0 || at == 0 || verb >= len(words) || participles[words[verb].Lower] == "" || slices.ContainsFunc(words[:at], isBreak) {
			continue
		}
		order := words[verb]
		order.Lower = participles[order.Lower]
		return slices.Concat([]text.Word{order}, words[:at], words[verb+1:])
	}
	return words
}

// caused turns who is to have something done into the order: "get DESKTOP-1 isolated". What somebody has done already is none.
func caused(words []text.Word) ([]text.Word, bool) {
	if len(words) < 3 || !oneOf(words[0].Lower, "get|have") || !isThing(words[1]) && !oneOf(words[1].Lower, articles+"|"+hostNouns) {
		return nil, false
	}
	for at := 2; at < len(words) && !(isBreak(words[at]) && words[at].Lower != ","); at++ {
		if verb := participles[words[at].Lower]; verb != "" {
			order := words[at]
			order.Lower = verb
			return slices.Concat([]text.Word{order}, words[1:at], words[at+1:]), true
		}
		if !isThing(words[at]) && !oneOf(words[at].Lower, objects+"|and|,|&|"+articles) {
			break
		}
	}
	return nil, false
}

var needs = phrases(`needs to be|need to be|has to be|have to be|must be|needs|please be|is to be|ought to be`)
