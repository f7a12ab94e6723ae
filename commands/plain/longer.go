package plain

import (
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// HowMuchLonger is the duration of "for=4h", "4h" and "for another 4 hours please", and why: "for 4h, the user is away". What is none is
// kept as it was typed, for the error to name.
func HowMuchLonger(typed string) (length, why string) {
	typed = strings.TrimPrefix(strings.TrimSpace(typed), catalog.ForParam+"=")
	if by, why, said := strings.Cut(typed, " reason="); said {
		length, _ = HowMuchLonger(by)
		return length, strings.Trim(why, ` "“”`)
	}
	words := text.Words(Plainly(typed))
	for len(words) > 0 && (words[0].Lower == catalog.ForParam || words[0].Lower == "by") {
		words = words[1:]
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w text.Word) bool { return oneOf(w.Lower, furtherWords) }) // "2 more hours"
	by, taken := text.ReadSpanWords(words, 0)
	if taken == 0 {
		return typed, ""
	}
	rest := slices.DeleteFunc(slices.Clone(words[taken:]), func(w text.Word) bool { return courteous[w.Lower] })
	if len(rest) == 0 {
		return text.SpanText(by), ""
	}
	why, ok := Reason(typed[strings.LastIndex(typed, Plainly(typed))+rest[0].From:])
	if !ok {
		return typed, ""
	}
	return text.SpanText(by), why
}

// courteous are words behind a duration that say nothing of it.
var courteous = map[string]bool{"more": true, "longer": true, "please": true, "pls": true, "thanks": true, ",": true}

// Longer is the endpoint whose isolation a sentence wants to last longer, and how much, for HowMuchLonger: "extend DESKTOP-1 by 4 hours", "give DESKTOP-1
// another 4h", "keep DESKTOP-1 isolated for 2 more hours". The verb may be missing where it was the word that brought here. False for any other sentence: who
// gives an endpoint something else, or keeps it isolated for a while and not for longer, extends nothing.
func Longer(typed string) (host, longer string, ok bool) {
	words := politely(spell(text.Words(typed)))
	if len(words) == 0 || retracts(words) {
		return "", "", false
	}
	verb := words[0].Lower
	at := 0
	if oneOf(verb, "extend|prolong|lengthen|give|grant|keep|leave") {
		at++
	}
	skip := func(any string) {
		for at < len(words) && oneOf(words[at].Lower, any) {
			at++
		}
	}
	skip(articles + "|network|isolation|containment|quarantine|of|on|for|from")
	skip(hostNouns)
	if at >= len(words) || !words[at].Quoted && !isNamedHost(words[at]) {
		return "", "", false
	}
	host = words[at].Text
	at++
	rest := words[at:]
	if oneOf(verb, "give|grant|keep|leave") && !slices.ContainsFunc(rest, func(w text.Word) bool { return oneOf(w.Lower, furtherWords) }) {
		return "", "", false
	}
	skip("isolation|containment|quarantine|isolated|contained|disconnected|quarantined|offline|in|off|the|network")
	if at < len(words) {
		longer = strings.TrimSpace(typed[words[at].From:])
	}
	if by, _ := HowMuchLonger(longer); oneOf(verb, "give|grant|keep|leave") && !lasting(by) {
		return "", "", false
	}
	return host, longer, true
}

// furtherWords say of a duration that it comes on top.
const furtherWords = "more|another|longer|extra|additional|further"

// lasting tells a duration.
func lasting(by string) bool {
	_, err := catalog.ReadSpan(by)
	return err == nil
}
