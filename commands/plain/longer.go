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
