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

// spelledAll is spelled for several words.
func spelledAll(words string) string {
	all := strings.Fields(words)
	for i, w := range all {
		all[i] = spelled(w)
	}
	return strings.Join(all, " ")
}

// spell brings a sentence to the one spelling. What stands in quotes is a value.
func spell(words []text.Word) []text.Word {
	for i := range words {
		if !words[i].Quoted {
			if name, ok := strings.CutSuffix(words[i].Lower, "'s"); ok && (distinct(words[i]) || oneOf(name, calendarWords)) { // DESKTOP-1's user, today's alerts
				written := []rune(words[i].Text) // whose letters may have more or fewer bytes than the small ones
				words[i].Lower, words[i].Text = name, string(written[:len(written)-len("'s")])
			}
			words[i].Text, words[i].Lower = armed.Replace(words[i].Text), spelled(armed.Replace(words[i].Lower))
		}
	}
	return owned(unqualified(words))
}

// owned says whose an endpoint is behind it: "bob's laptop" is "laptop of user bob".
func owned(words []text.Word) []text.Word {
	for i := range words[:max(0, len(words)-1)] {
		name, ok := strings.CutSuffix(words[i].Lower, "'s")
		if !ok || words[i].Quoted || !oneOf(words[i+1].Lower, hostNouns) || !isWord(text.Word{Text: name, Lower: name}) || oneOf(name, "it|what|who|that|there|here|he|she|let") {
			continue
		}
		of, user, owner, noun := words[i], words[i], words[i], words[i+1]
		of.Text, of.Lower, user.Text, user.Lower, owner.Lower = "of", "of", "user", "user", name
		owner.Text = string([]rune(owner.Text)[:len([]rune(owner.Text))-len("'s")])
		return slices.Concat(words[:i], []text.Word{noun, of, user, owner}, words[i+2:])
	}
	return words
}

const calendarWords = "today|yesterday|week|month|day|night|hour|monday|tuesday|wednesday|thursday|friday|saturday|sunday"

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

// learn collects the words that narrow a command's list down, and those of its menus.
func (g grammar) learn(vocabulary map[string]bool) {
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
	"cut": "cut", "enabled": "enable", "activated": "activate", "deactivated": "deactivate", "moved": "move", "marked": "mark", "lifted": "lift", "ended": "end", "undone": "undo",
	"cancelled": "cancel", "canceled": "cancel", "stopped": "stop", "terminated": "terminate", "turned": "turn", "switched": "switch", "shut": "shut", "powered": "power", "taken": "take", "pulled": "pull", "put": "put",
	"brought": "bring", "added": "add", "set": "set", "changed": "change", "updated": "update", "rolled": "roll", "mitigated": "mitigate", "fetched": "fetch", "collected": "collect", "kicked": "kick", "dropped": "drop",
	"whitelisted": "whitelist", "allowlisted": "allowlist", "unquarantined": "unquarantine", "assigned": "assign", "transferred": "transfer", "flagged": "flag", "classified": "classify", "locked": "lock", "unplugged": "unplug",
	"banned": "ban", "checked": "check", "freed": "free", "reactivated": "reactivate",
	"isolating": "isolate", "disconnecting": "disconnect", "containing": "contain", "reconnecting": "reconnect", "releasing": "release", "scanning": "scan", "restarting": "restart", "rebooting": "reboot", "blocking": "block",
	"closing": "close", "resolving": "resolve", "deleting": "delete", "disabling": "disable", "enabling": "enable", "killing": "kill",
}

// deeds are what a thing needs, and the order to do it: "DESKTOP-1 needs a reboot".
var deeds = map[string]string{"reboot": "reboot", "restart": "restart", "scan": "scan", "rescan": "rescan", "isolation": "isolate", "containment": "contain", "shutdown": "shutdown", "remediation": "remediate"}

// owners are nouns before what is no endpoint and no threat.
const owners = "path|folder|rule|group|hash|exclusion|ioc"

// objectFirst puts the order before the endpoints that it is for: "DESKTOP-1 please isolate, C2 traffic". A noun with a verb behind it orders nothing:
// "DESKTOP-1 scan found malware".
func objectFirst(words []text.Word) ([]text.Word, bool) {
	end := objectEnd(words, 0)
	if end == 0 || end >= len(words) || !isNamedHost(words[end-1]) || !oneOf(words[end].Lower, "isolate|contain|disconnect|reconnect|release|unisolate|scan|rescan|reboot|restart|shutdown") {
		return nil, false
	}
	if end+1 < len(words) && !isBreak(words[end+1]) && !oneOf(words[end+1].Lower, "for|because|due|until|till|asap|now|please") {
		return nil, false
	}
	return slices.Concat(words[end:end+1], words[:end], words[end+1:]), true
}

// active turns what must be done with a thing into the order to do it: "DESKTOP-1 needs to be isolated, it beacons" is "isolate DESKTOP-1, it
// beacons", and what the thing must do: "DESKTOP-1 can go back on the network". Only what is said to be needed or allowed is an order: "DESKTOP-1 was
// isolated" tells.
func active(words []text.Word) []text.Word {
	for _, order := range []func([]text.Word) ([]text.Word, bool){caused, objectFirst} {
		if ordered, ok := order(words); ok {
			return ordered
		}
	}
	for at := 1; at < len(words) && !isBreakOf(words[at]); at++ {
		n := longest(needs, func(phrase []string) bool { return says(words, at, phrase) })
		verb := at + n
		if n > 0 && verb < len(words) && participles[words[verb].Lower] != "" {
			return ordered(words, participles[words[verb].Lower], at, verb)
		}
		if n = longest(requires, func(phrase []string) bool { return says(words, at, phrase) }); n > 0 && at+n < len(words) && deeds[words[at+n].Lower] != "" {
			return ordered(words, deeds[words[at+n].Lower], at, at+n)
		}
		if n = longest(moves, func(phrase []string) bool { return says(words, at, phrase) }); n > 0 && at+n < len(words) && oneOf(words[at+n].Lower, "back|off|offline|online|on|into|in") {
			return ordered(words, "get", at, at+n-1)
		}
	}
	return words
}

// isBreakOf tells a sign that ends what a sentence is about. A comma may stand between two names.
func isBreakOf(w text.Word) bool { return isBreak(w) && w.Lower != "," }

// wished puts a wish back before what politeness left of a sentence: in "we need DESKTOP-1 off the network" it is the verb.
func wished(written, words []text.Word) []text.Word {
	before := slices.IndexFunc(written, func(w text.Word) bool { return len(words) > 0 && w.From == words[0].From })
	wish := longest(wanting, func(phrase []string) bool { return says(written, before-len(phrase), phrase) })
	if wish == 0 {
		return words
	}
	whole := slices.Concat(written[before-wish:before], words)
	if _, ok := caused(whole); ok {
		return whole
	}
	return words
}

// stated turns what is wished to be so into what is wished: "get that DESKTOP-1 is isolated" is "get DESKTOP-1 isolated".
func stated(words []text.Word) []text.Word {
	from := 1
	if says(words, 1, []string{"that"}) {
		from = 2
	}
	is := objectEnd(words, from)
	if is == from || is == len(words) || !oneOf(words[is].Lower, "is|are|gets|get|be") {
		return words
	}
	return slices.Concat(words[:1], words[from:is], words[is+1:])
}

// ordered puts a verb before what it is done to, in place of the words from at to verb.
func ordered(words []text.Word, verb string, at, end int) []text.Word {
	order := words[end]
	order.Lower = verb
	return slices.Concat([]text.Word{order}, words[:at], words[end+1:])
}

// caused turns who is to have something done into the order: "get DESKTOP-1 isolated". What somebody has done already is none.
func caused(words []text.Word) ([]text.Word, bool) {
	if n := longest(wanting, func(phrase []string) bool { return says(words, 0, phrase) }); n > 0 && len(words) > n {
		words = slices.Clone(words[n-1:])
		words[0].Lower = "get"
		words = stated(words)
	}
	if len(words) < 3 || !oneOf(words[0].Lower, "get|have") || !isThing(words[1]) && !isPath(words[1]) && !oneOf(words[1].Lower, articles+"|"+hostNouns+"|"+owners) {
		return nil, false
	}
	for at := 2; at < len(words) && !(isBreak(words[at]) && words[at].Lower != ","); at++ {
		if verb := participles[words[at].Lower]; verb != "" {
			order := words[at]
			order.Lower = verb
			return slices.Concat([]text.Word{order}, words[1:at], words[at+1:]), true
		}
		if oneOf(words[at].Lower, "off|offline|back|online|out") && isThing(words[at-1]) { // "we need DESKTOP-1 off the network"
			return words, true
		}
		if !isThing(words[at]) && !isPath(words[at]) && !oneOf(words[at].Lower, objects+"|"+owners+"|and|,|&|"+articles) {
			break
		}
	}
	return nil, false
}

var (
	needs = phrases(`needs to be|need to be|has to be|have to be|must be|needs|please be|is to be|are to be|ought to be|can be|can now be|can be safely|can safely be|shall be|must now be|must please be|
	is ready to be|is ok to be|is good to be|is safe to be|is clear to be|is cleared to be|are ready to be|has got to be|gotta be|wants to be`)
	requires = combined("needs|need|requires|require|could use|must get", "|a|an|another", "|full|quick|deep|new|complete|immediate|fresh|av|virus|malware")
	moves    = combined("needs to|need to|has to|have to|must|can|can now|may now|is ready to|is ok to|is good to|is clear to|is cleared to|is safe to|shall", "go|come|get")
	wanting  = phrases(`i want|i need|we want|need|want|i'd like|we'd like|i would like|we would like|i want to have|i need to have|i'd like to have|please have|we'd need|i'd need|i would need|we would need|we require|i require|make sure|ensure|see to it|take care`)
)
