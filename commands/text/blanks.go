package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text reaches the bot from phones, documents, tickets and chats. They put blanks of every kind between words (U+00A0 is what Word
// and Teams paste), hyphens that do not break into names, and characters that nobody sees anywhere.

// isBlank tells what separates words: every blank, tab and line break of Unicode.
func isBlank(r rune) bool { return unicode.IsSpace(r) }

// IsUnseen tells characters without width that mean nothing in names: zero-width spaces and joiners, marks of direction and of byte
// order, soft hyphens.
func IsUnseen(r rune) bool {
	switch r {
	case '\u00AD', '\u034F', '\u061C', '\u180E', '\uFEFF':
		return true
	}
	return r >= '\u200B' && r <= '\u200F' || r >= '\u202A' && r <= '\u202E' || r >= '\u2060' && r <= '\u2069'
}

// isJoiner tells characters without width that join or part letters of some scripts, and emoji.
func isJoiner(r rune) bool { return r == '\u200C' || r == '\u200D' }

// IsHyphen tells the signs that stand for the hyphen of a name. U+2011 is what documents put into
// names so that they do not break there.
func IsHyphen(r rune) bool {
	return r >= '\u2010' && r <= '\u2015' || r == '\u2212' || r == '\uFE58' || r == '\uFE63' || r == '\uFF0D'
}

// TrimBlank cuts off what nobody sees at the beginning of a text: blanks and characters without
// width. strings.TrimSpace keeps what has no width, and a line that was pasted may begin with it. The end of the text is left as it is.
func TrimBlank(text string) string {
	return strings.TrimLeftFunc(text, func(r rune) bool { return isBlank(r) || IsUnseen(r) })
}

// CutWord cuts off the first word of a text. The word is as it is found in the catalog: without
// unseen characters, with plain hyphens. The rest loses what nobody sees at its end as well, so
// that an empty rest is empty.
func CutWord(text string) (word, rest string) {
	text = TrimBlank(text)
	at := strings.IndexFunc(text, isBlank)
	if at < 0 {
		at = len(text)
	}
	rest = strings.TrimRightFunc(TrimBlank(text[at:]), func(r rune) bool { return isBlank(r) || IsUnseen(r) })
	return PlainName(text[:at]), rest
}

// IsWordRune tells letters, digits and what belongs to them from blanks, punctuation and signs.
func IsWordRune(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.N) }

// PlainName is a name without what nobody sees in it, and with hyphens that a keyboard has. Names
// go through it before they are compared: what was copied from a document looks like the name and
// is another text.
func PlainName(name string) string {
	if isASCII(name) {
		return name
	}
	return strings.Map(func(r rune) rune {
		switch {
		case IsUnseen(r):
			return -1
		case IsHyphen(r):
			return '-'
		}
		return r
	}, name)
}

// isASCII tells whether a text has only characters of the oldest keyboards, as nearly all have that are typed here.
func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
