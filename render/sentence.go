package render

import (
	"strings"
	"unicode"
)

// Sentence is words with a capital and a full stop. A key of the console's, a parameter's or a
// command's name that they begin with keeps its letters: createdAt__gte is another key as
// CreatedAt__gte, and nobody finds a command Get-threat-notes.
func Sentence(words string) string {
	words = Capital(strings.TrimSpace(words))
	if words == "" || strings.ContainsAny(words[len(words)-1:], ".?!:") {
		return words
	}
	return words + "."
}

// Capital is words with a capital, unless they begin with the name of a key, a parameter or a
// command.
func Capital(words string) string {
	first, _, _ := strings.Cut(words, " ")
	if spelledByMachines(first) {
		return words
	}
	for i, r := range words {
		return words[:i] + string(unicode.ToUpper(r)) + words[i+len(string(r)):]
	}
	return words
}

// spelledByMachines tells whether a word is no English one: it has characters or capitals inside
// that prose has not, or stands ahead of a colon as keys do.
//
// "S1BOT_URL", "agent-ids", "iPhone": the first letter is not ours to change.
func spelledByMachines(word string) bool {
	if strings.ContainsAny(word, "_=/\\@") || strings.HasSuffix(word, ":") {
		return true
	}
	for i, r := range word {
		switch {
		case i == 0 && !unicode.IsLower(r):
			return false
		case unicode.IsUpper(r), unicode.IsDigit(r), r == '-', r == '.' && i < len(word)-1:
			return true
		}
	}
	return false
}
