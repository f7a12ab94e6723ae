package plans

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Lookalikes warns of endpoints whose names are not what they seem: an approver reads "SRV-DC-01" and
// approves "SRV-DС-01", whose C is Cyrillic. Each sentence names the characters that no keyboard of ASCII
// has and, where that tells more, the name that it reads like; and endpoints of one request whose names
// read the same.
//
// Who names a machine is whoever owns it, an attacker included. A name with an umlaut is no attack, so
// this is a remark and keeps nobody from anything. What a card cannot show at all, such as characters
// without width, render spells out.
func Lookalikes(targets []catalog.Target) (sentences []string) {
	seen := map[string]string{}
	for _, t := range targets {
		if t.Kind != "agent" || len(sentences) == mostLookalikes {
			continue
		}
		reads := readsLike(t.Name)
		if odd := oddCharacters(t.Name); odd != "" {
			words := fmt.Sprintf("“%s” isn't plain ASCII: %s.", t.Name, odd)
			if reads != strings.ToLower(t.Name) {
				words = fmt.Sprintf("“%s” isn't plain ASCII: %s. It reads like “%s”.", t.Name, odd, reads)
			}
			sentences = append(sentences, words)
		}
		if other, known := seen[reads]; known && other != t.Name {
			sentences = append(sentences, fmt.Sprintf("“%s” and “%s” are different endpoints whose names read the same.", other, t.Name))
		}
		seen[reads] = t.Name
	}
	return sentences
}

// mostLookalikes keeps a card readable; a request with more of them has made its point.
const mostLookalikes = 4

// oddCharacters are those of a name that are not ASCII, each once, at most three.
func oddCharacters(name string) string {
	var odd []string
	for _, r := range name {
		says := fmt.Sprintf("%c (U+%04X)", r, r)
		if text.IsUnseen(r) || !unicode.IsGraphic(r) {
			says = fmt.Sprintf("U+%04X, which can't be seen", r)
		}
		if r > unicode.MaxASCII && !slices.Contains(odd, says) {
			odd = append(odd, says)
		}
	}
	if len(odd) > 3 {
		return strings.Join(odd[:3], ", ") + " and others"
	}
	return strings.Join(odd, ", ")
}

// readsLike is a name as somebody reads it who knows Latin letters: without what cannot be seen, in
// lower case, with the letters of ASCII for those that look like them.
func readsLike(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		switch {
		case text.IsUnseen(r):
			return -1
		case text.IsHyphen(r):
			return '-'
		case r >= '！' && r <= '～': // full-width forms lie in ASCII's order
			return r - '！' + '!'
		case unicode.IsSpace(r):
			return ' '
		}
		if at := strings.IndexRune(lookalikes, r); at >= 0 {
			return []rune(latin)[len([]rune(lookalikes[:at]))]
		}
		return r
	}, name))
}

// lookalikes are letters of Cyrillic and Greek that most fonts draw like those of latin: the ones that
// Unicode's confusables.txt (https://www.unicode.org/Public/security/latest/confusables.txt) gives for
// single letters.
const (
	lookalikes = "АВЕЅІЈКМНОРСТУХаеіјорсѕухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧοραινυ"
	latin      = "ABESIJKMHOPCTYXaeijopcsyxhdqwABEZHIKMNOPTYXopaivu"
)
