package commands

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Line writes an invocation back as the slash text that means it: for the history, and for "try this". Parse reads it.
func (cmd *Command) Line(args json.RawMessage) string {
	values, err := object(args)
	if err != nil {
		return cmd.Name
	}
	var b strings.Builder
	b.WriteString(cmd.Name)
	for _, f := range cmd.fields {
		if value, ok := values[f.Name]; ok && !f.hidden && !isEmpty(value) {
			b.WriteString(" " + f.Name + "=" + f.write(value))
		}
	}
	return b.String()
}

func (f field) write(value json.RawMessage) string {
	var list []json.RawMessage
	if !f.List || json.Unmarshal(value, &list) != nil {
		return writeWord(word(value))
	}
	words := make([]string, len(list))
	for i, element := range list {
		words[i] = writeWord(word(element))
	}
	return strings.Join(words, ",")
}

// plainWord is what needs no quotes.
var plainWord = regexp.MustCompile(`^[\pL\pN_./:@%+-][\pL\pN_./:@%+=&-]*$`)

// writeWord quotes a value where it has characters that mean something to scan; a quote inside is doubled.
func writeWord(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	if object, rest, ok := cutJSON(text); ok && rest == "" && object[0] == '{' && json.Valid([]byte(object)) {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}
