package forms

import (
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// LinesOf reads a list of texts: one a line, or several on a line with commas between them, as in
// slash text. Quotes keep a comma; those inside a text are its own. It reads what lineOf writes,
// byte for byte: a form that is opened and sent without a change must not change the list.
func LinesOf(text string) []string {
	var words []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			words = append(words, catalog.ListWords(line)...)
			continue
		}
		for line != "" {
			var word string
			word, line = cutWord(line)
			words = append(words, word)
		}
	}
	return words
}

// cutWord cuts the first text off a line: one in quotes, or what stands before the first comma
// outside of quotes. An odd number of quotes means none of them is one: 6" is an inch.
func cutWord(line string) (word, rest string) {
	if content, after, ok := text.CutQuoted(line, true); ok {
		after = text.TrimBlank(after)
		if after == "" || strings.HasPrefix(after, ",") {
			return content, text.TrimBlank(strings.TrimPrefix(after, ","))
		}
	}
	inside, paired := false, strings.Count(line, `"`)%2 == 0
	for i, r := range line {
		switch {
		case r == '"' && paired:
			inside = !inside
		case r == ',' && !inside:
			return strings.TrimSpace(line[:i]), text.TrimBlank(line[i+1:])
		}
	}
	return line, ""
}

// lineOf writes a text so that linesOf reads it: as it is where that does, in quotes, or as a list of one.
func lineOf(word string) string {
	for _, written := range []string{word, `"` + strings.ReplaceAll(word, `"`, `""`) + `"`} {
		if read := LinesOf(written); len(read) == 1 && read[0] == word {
			return written
		}
	}
	return string(catalog.Marshal([]string{word}))
}
