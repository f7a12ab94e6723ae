package text

import (
	"fmt"
	"strings"
)

// Shorten cuts a text off after so many characters, the ellipsis included. It counts characters, so
// that none is cut in two.
func Shorten(s string, most int) string {
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// JoinNonEmpty is strings.Join without the parts that say nothing.
func JoinNonEmpty(separator string, parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, separator)
}

// Article is for the bot's own nouns, which begin with a small letter.
func Article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

// Quote shows what somebody typed, shortened.
func Quote(text string) string {
	r := []rune(text)
	if len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return `"` + text + `"`
}

func Online(yes bool) string {
	if yes {
		return "online"
	}
	return "offline"
}

// Plural counts: "1 endpoint", "3 endpoints".
func Plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, several(noun))
}

// Agree is what is said of n things: "it reaches" of one, "they reach" of others.
func Agree(n int, one, others string) string {
	if n == 1 {
		return one
	}
	return others
}

// Are counts with a verb: "1 endpoint is", "3 endpoints are".
func Are(n int, noun string) string {
	if n == 1 {
		return Plural(n, noun) + " is"
	}
	return Plural(n, noun) + " are"
}
