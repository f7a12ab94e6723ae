package plain

import (
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// An afterthought is what people put behind a change to say why, with a sign and no word for it: "isolate DESKTOP-1, it beacons to a C2".
// Only a change has one, and a change that is read out of a sentence is never done by it: the person finds the clause as the reason in a form, and
// submits that. What turns, limits or postpones the change, asks about it or orders something else is no reason: the sentence is refused.

// afterthought reads the rest of a sentence behind a sign as the reason. Without a sign it must begin as a statement does: "kill it, its
// ransomware" and "kill it now its ransomware" are the same.
func (s scene) afterthought(words []text.Word, at int) []text.Filling {
	start := at
	for start < len(words) && isBreak(words[start]) {
		start++
	}
	if start == len(words) || start == at && words[at].Lower == "looks" && slices.ContainsFunc(words[:at], joins) { // "isolate WS-1, WS-2 looks bad" says it of WS-2
		return nil
	}
	if !s.forSafety(words[start:]) && (start == at && !states(words[start:]) || !s.explains(words[start:])) {
		return nil
	}
	all := s.reasonAt("@reason", words, start)
	for i := range all {
		all[i].Taken += start - at
	}
	return all
}

// purpose reads what a change is for as its reason: "restart SRV-2 for patching". It begins with a word for what people do and nothing else is done to.
func (s scene) purpose(words []text.Word, at int) []text.Filling {
	start := at
	for start < len(words) && oneOf(words[start].Lower, articles+"|our|further|some|deeper|more|ongoing|urgent|emergency|security|forensic|malware|incident|additional|manual|scheduled|planned") {
		start++
	}
	if start >= len(words) || !oneOf(words[start].Lower, purposes) || !s.explains(words[at:]) {
		return nil
	}
	return s.reasonAt("@reason", words, at)
}

const purposes = "reverse|reversing|sandbox|sandboxing|detonation|patching|patch|patches|maintenance|investigation|investigations|investigating|forensics|analysis|review|triage|cleanup|cleaning|reimaging|reimage|remediation|updates|update|upgrade|upgrades|testing|audit|troubleshooting|response|check|checks|examination|inspection|imaging|rebuild|rollout|onboarding|offboarding|drill|exercise|research|hardening|decommissioning|quarantine"

// aside reads what follows a question or a request to see something and only tells why: "is the console healthy? feels slow". It is left out, so it may
// have no word that narrows a list down.
func (s scene) aside(words []text.Word, at int) []text.Filling {
	start := at
	for start < len(words) && (isBreak(words[start]) || words[start].Lower == "?") {
		start++
	}
	if start == at || start == len(words) || !s.remarks(words[start:]) {
		return nil
	}
	return []text.Filling{{Taken: len(words) - at, Value: []setting(nil)}}
}

// Reason is what a clause gives as the reason: "the user is away", "because of the audit". It is none where the clause turns, limits,
// postpones, orders or asks something, unless it says itself that it is the reason.
func Reason(clause string) (why string, ok bool) {
	words := text.Words(strings.TrimSpace(clause))
	for len(words) > 0 && isBreak(words[0]) {
		words = words[1:]
	}
	said := longest(becauses, func(phrase []string) bool { return says(words, 0, phrase) })
	if rest := words[said:]; len(rest) > 0 {
		why = strings.Trim(strings.TrimSpace(strings.TrimSpace(clause)[rest[0].From:]), `"“”`)
		plainly := len(rest) > 1 && !slices.ContainsFunc(rest, turns) && !oneOf(rest[0].Lower, noReason) && !ordersAt(rest, 0)
		return why, !strings.Contains(why, "?") && (said > 0 || plainly)
	}
	return "", false
}

var becauses = phrases(`because of|because|since|due to|reason :|reason =|reason`)

// joins tells what stands between two things.
func joins(w text.Word) bool { return isBreak(w) || oneOf(w.Lower, "and|&|or|plus") }

// isBreak tells a sign behind which something new begins.
func isBreak(w text.Word) bool { return !w.Quoted && (oneOf(w.Lower, ",|;|.|-|--|!") || w.Text == "|") }

// states tells whether words are a statement without the sign that belongs before it.
func states(words []text.Word) bool {
	if len(words) > 1 && words[0].Lower == "it" && (isBreak(words[1]) || oneOf(words[1].Lower, hurry+"|now|asap|too|and|then|as")) {
		return false // "DESKTOP-1 scan it pls" says it twice
	}
	return len(words) > 1 && (oneOf(words[0].Lower, "it's|its|it|there's|they're|somebody|someone|i'm|we're") ||
		words[0].Lower == "i" && oneOf(words[1].Lower, "am|need|have|was") ||
		words[0].Lower == "looks" && words[1].Lower == "like" ||
		oneOf(words[0].Lower, "they|there|he|she|user|users|we|this|both|all") && oneOf(words[1].Lower, "is|are|was|were|has|have|had|got|looks|look|seems|seem|clicked|opened|reported|called|says|said"))
}

// explains tells whether words can be a reason and nothing else. A question mark makes a question of it, but for a polite one: "could you isolate
// DESKTOP-1, it beacons?"
func (s scene) explains(words []text.Word) bool {
	rest := s.sentence[words[0].From:]
	if mark := strings.IndexByte(rest, '?'); mark >= 0 && (!Courteous(s.sentence) || mark < len(strings.TrimRight(rest, " ?!.")) || len(words) < 2) {
		return false
	}
	if len(words) == 2 && oneOf(words[0].Lower, "host|agent|threat|file|computer|hash|process") && (isThing(words[1]) || isPath(words[1])) {
		return false // ", hash 6f59…" narrows it down
	}
	if oneOf(words[len(words)-1].Lower, "group|site|account") {
		return false // "the Servers - Strict group" is one name
	}
	if longest(hedges, func(phrase []string) bool { return says(words, 0, phrase) }) == len(words) {
		return false
	}
	if listsMore(words) || longest(approximately, func(phrase []string) bool { return says(words, 0, phrase) }) == len(words) {
		return false
	}
	clear := bothAre(words) || len(words) > 1 && words[0].Lower == "all" && oneOf(words[1].Lower, "clear|good|clean|safe|done")
	if oneOf(words[0].Lower, noReason) && !clear || !slices.ContainsFunc(words, tells) || s.namesParameter(words[0].Lower) || s.chooses(words) || mayBeSecret(s.cmd, words) || retracts(words) {
		return false
	}
	for i := range words {
		if turnsAt(words, i, turns) {
			return false
		}
		if begins := i == 0 || isBreak(words[i-1]) || oneOf(words[i-1].Lower, "and|then|also|please|kindly|&|or|else|otherwise|now"); begins && ordersAt(words, i) {
			return false
		}
	}
	return strings.ContainsFunc(rest, isLetter)
}

// hedges are what somebody adds who isn't sure.
var hedges = phrases(`i guess|i think|i suppose|i believe|i assume|i reckon|i hope|probably|possibly|presumably|i'd say|i would say|it seems|it looks like it|so i think|so it seems`)

// bothAre tells what is said of all that an order names: "both are sending spam".
func bothAre(words []text.Word) bool {
	return len(words) > 2 && oneOf(words[0].Lower, "both|all") && oneOf(words[1].Lower, "are|were|have|had|keep|look|show")
}

// listsMore tells whether a clause may name more of what the order is for: "isolate DESKTOP-1, DESKTOP-2 and the DC", "…, bob's laptop", "…, the
// server too". A target that became a reason would be left out without a word.
func listsMore(words []text.Word) bool {
	end := 1
	for end < len(words) && !isBreak(words[end]) && !oneOf(words[end].Lower, "and|or|&|too|also|either") {
		end++
	}
	switch {
	case end+1 < len(words) && oneOf(words[end].Lower, "too|also|either") && (isBreak(words[end+1]) || oneOf(words[end+1].Lower, "and|because|since")),
		len(words) > 1 && oneOf(words[len(words)-1].Lower, "too|well|also|either"):
		return true
	case isHost(words[0]) && strings.ContainsAny(words[0].Text, "0123456789-_"):
		return end < 2 || !oneOf(words[1].Lower, "is|was|has|had|are|were|have|got|shows|beacons|calls|talks|runs|isn't|wasn't|hasn't")
	}
	return end <= 4 && oneOf(words[end-1].Lower, devices)
}

// devices are what people call endpoints.
const devices = "dc|dcs|laptop|laptops|server|servers|host|hosts|machine|machines|endpoint|endpoints|pc|pcs|workstation|workstations|computer|computers|box|boxes|vm|vms|notebook|notebooks|desktop|desktops|mac|macs|macbook|macbooks|device|devices|controller|controllers|one|ones|others|other|rest"

// ordersAt tells a verb that orders from a noun with a verb behind it: "update is blocked", "scan found malware".
func ordersAt(words []text.Word, at int) bool {
	return oneOf(words[at].Lower, orders) && !(words[at].Lower == "update" && at+1 < len(words) && oneOf(words[at+1].Lower, "on|regarding")) && !(at+1 < len(words) && oneOf(words[at+1].Lower, "is|was|are|were|has|had|have|found|failed|fails|shows|showed|detected|says|said|shown|came|got"))
}

// tells tells a word that is more than one more name in a list: "scan DESKTOP-1, DESKTOP-2 and LAB-7" has no reason.
func tells(w text.Word) bool {
	return !isBreak(w) && w.Lower != "and" && w.Lower != "&" && (!isHost(w) || !strings.ContainsAny(w.Text, "0123456789-_"))
}

// namesParameter tells what goes on with the values of a change: "add ioc 203.0.113.45, source abuse.ch".
func (s scene) namesParameter(word string) bool {
	if oneOf(word, "name|named|title|description|result|results|note|message|ticket|reason") {
		return true
	}
	return slices.ContainsFunc(s.cmd.Fields, func(f catalog.Field) bool {
		return f.Type.Selects == "" && slices.ContainsFunc(strings.Split(f.Name, "-"), func(name string) bool { return stem(name) == stem(word) }) && !oneOf(word, "host|agent|threat|file|computer|hash|process")
	})
}

// stem is a word without its ending: "inheriting" is about what "inherits" says.
func stem(word string) string {
	for _, ending := range []string{"ing", "ed", "es", "s"} {
		if rest, ok := strings.CutSuffix(word, ending); ok && len(rest) > 3 {
			return rest
		}
	}
	return word
}

// chooses tells whether words name a value of a menu of the command or of those beside it, or a place where it has one: what follows "block this hash" behind a comma as
// "linux, site Oslo" belongs to the order, and is no reason for it.
func (s scene) chooses(words []text.Word) bool {
	for i, w := range words {
		if oneOf(w.Lower, "site|group|account") && i+1 < len(words) && isTitle(words[i+1]) && slices.ContainsFunc(s.cmd.Fields, func(f catalog.Field) bool { return f.Type.Name == w.Lower }) {
			return true
		}
	}
	for _, f := range s.menus {
		for i := range words {
			if (i == 0 || isBreak(words[i-1])) && slices.ContainsFunc(f.Choices, func(c s1.Choice) bool { return says(words, i, strings.Fields(strings.ToLower(c.Label))) }) {
				return true
			}
		}
	}
	return false
}

// mayBeSecret tells whether words may be what a command keeps secret: "…, zip password Infected!2026" is no reason, for a reason stands on
// cards and in the trail. To a command without secrets "she typed her password" is one.
func mayBeSecret(cmd *catalog.Command, words []text.Word) bool {
	return slices.ContainsFunc(cmd.Fields, func(f catalog.Field) bool { return f.Type.Secret || f.MayHide() }) &&
		slices.ContainsFunc(words, func(w text.Word) bool {
			return oneOf(w.Lower, "password|passwords|passwort|passphrase|passcode|pass|pwd|pw|secret|key|token")
		})
}

// turns tells words that take back, limit or postpone what stands before them, wherever they stand. "After" and "when" do so only where they
// begin the clause: "the user called when it encrypted".
func turns(w text.Word) bool {
	return doubtful(w) && !oneOf(w.Lower, "after|before|when")
}

const (
	// noReason are words that a reason without "because" does not begin with: they go on with the order, answer, ask or turn it.
	noReason = "after|before|when|while|on|in|at|from|to|with|by|of|for|as|per|via|than|till|until|and|then|also|plus|both|all|every|everything|everywhere|any|each|" +
		"ok|okay|right|correct|yes|yeah|yep|no|nope|huh|eh|agreed|thoughts|soon|asap|now|later|today|first|once|again|what|who|which|where|why|how|is|are|do|does|did|can|could|shall|so|these|those|like|same|including|excluding|named|called"
	// orders are what a second instruction begins with. Some are nouns as well; a reason that begins with one is refused with them.
	orders = "isolate|disconnect|contain|quarantine|release|reconnect|connect|unisolate|scan|rescan|restart|reboot|shutdown|shut|power|turn|switch|move|transfer|tell|message|notify|warn|inform|send|broadcast|" +
		"mark|flag|set|change|update|classify|label|close|resolve|reopen|kill|terminate|stop|remediate|mitigate|rollback|roll|undo|revert|block|unblock|ban|blacklist|blocklist|allow|exclude|whitelist|allowlist|" +
		"delete|remove|add|create|make|write|leave|note|comment|assign|unassign|activate|enable|disable|deactivate|run|execute|start|launch|kick|fetch|get|grab|pull|collect|download|upload|dump|wipe|reimage|reset|" +
		"show|list|give|check|find|search|look|hunt|see|tell|call|ask|ping|page|email|open|keep|put|take|bring|let|let's|lets|try|wait|do|go|escalate|lock|log|report|verify|confirm|monitor|watch|use|say|help|file|raise|hand|pass"
)

func isLetter(r rune) bool { return r|0x20 >= 'a' && r|0x20 <= 'z' || r > 0x7F }
