package text

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Word is one piece of a sentence: a word, what stands in quotes, or a sign that means something (a comma, a colon, a full stop with
// words behind it).
type Word struct {
	Text   string // as it was meant: without quotes
	Lower  string // in small letters; empty where it stood in quotes, which is a value and never a word of the grammar
	Quoted bool
	From   int // where it stands in the sentence, in bytes
	To     int
}

// Words cuts a sentence into words. Signs at its end say nothing and are dropped. Where a word
// stands is kept in bytes of the sentence, because reasons and prose are cut out of it as they were
// written.
func Words(sentence string) []Word {
	var words []Word
	for at := 0; at < len(sentence); {
		rest := sentence[at:]
		r, size := utf8.DecodeRuneInString(rest)
		if isBlank(r) || IsUnseen(r) {
			at += size
			continue
		}
		if content, after, ok := quotedIn(rest); ok {
			to := len(sentence) - len(after)
			words, at = append(words, Word{Text: content, Quoted: true, From: at, To: to}), to
			continue
		}
		to := at + wordEnd(rest)
		words, at = append(words, Word{From: at, To: to}.of(sentence)), to
	}
	return trimSigns(words)
}

// quotedIn is what stands in quotes at the beginning of a part of a sentence. Behind a single quote may stand the sentence's own sign: "disable the rule
// 'Rclone upload'?"
func quotedIn(rest string) (content, after string, ok bool) {
	content, after, ok = CutQuoted(rest, true)
	open, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune(singleQuotes, open) {
		return content, after, ok
	}
	for at := size; at < len(rest); {
		r, n := utf8.DecodeRuneInString(rest[at:])
		if strings.ContainsRune(singleQuotes, r) && at+n < len(rest) && isSign(rest[at+n:at+n+1]) && ends(rest[at+n:]) && (!ok || at-size < len(content)) {
			return rest[size:at], rest[at+n:], true
		}
		at += n
	}
	return content, after, ok
}

// trimSigns drops what a sentence ends in. What stands in brackets is as if it stood behind a comma.
func trimSigns(words []Word) []Word {
	words = slices.DeleteFunc(words, func(w Word) bool { return w.Lower == ")" })
	for i := range words {
		if words[i].Lower == "(" {
			words[i].Lower = ","
		}
	}
	for len(words) > 0 && !words[len(words)-1].Quoted && isSign(words[len(words)-1].Text) {
		words = words[:len(words)-1]
	}
	return words
}

// of fills in what a word says: plain hyphens, and small letters with the apostrophe of a keyboard.
func (w Word) of(sentence string) Word {
	w.Text = PlainName(sentence[w.From:w.To])
	w.Lower = strings.ToLower(strings.Map(straight, w.Text))
	return w
}

// straight makes an apostrophe of what phones write for it: don’t is don't.
func straight(r rune) rune {
	if strings.ContainsRune(singleQuotes, r) {
		return '\''
	}
	return r
}

// wordEnd is how long the word at the beginning of a text is. A comma, and a sign with a blank or nothing behind it, are words of their
// own: "isolate DESKTOP-1, please.", but "203.0.113.9:443".
func wordEnd(s string) int {
	first, size := utf8.DecodeRuneInString(s)
	if isSign(string(first)) && first != '.' {
		return size
	}
	for at := size; at < len(s); {
		r, n := utf8.DecodeRuneInString(s[at:])
		switch {
		case isBlank(r), r == ',', r == ';', r == ')':
			return at
		case isSign(string(r)) && ends(s[at:]):
			return at
		}
		at += n
	}
	return len(s)
}

// ends tells whether a text is signs alone up to the next blank.
func ends(s string) bool {
	signs := strings.TrimLeftFunc(s, func(r rune) bool { return isSign(string(r)) })
	return signs == "" || unicode.IsSpace([]rune(signs)[0])
}

// A sign is a piece of text that is signs alone.
func isSign(s string) bool { return s != "" && strings.Trim(s, ".,;:!?()…") == "" }
