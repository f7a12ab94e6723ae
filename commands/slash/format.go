package slash

import (
	"encoding/json"
	"regexp"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Line writes an invocation back as the slash text that means it: for the history, and for "try
// this". Parse reads it. Hidden parameters and empty values are left out, so a line may mean less
// than the invocation it came from; secrets are the caller's to take out first.
func Line(cmd *catalog.Command, args json.RawMessage) string {
	values, err := catalog.Object(args)
	if err != nil {
		return cmd.Name
	}
	var b strings.Builder
	b.WriteString(cmd.Name)
	for _, f := range cmd.Fields {
		if value, ok := values[f.Name]; ok && !f.Hidden && !catalog.IsEmpty(value) {
			b.WriteString(" " + f.Name + "=" + written(f, value))
		}
	}
	return b.String()
}

// A list is written with commas, and an item with a comma in it in quotes. An item that stands alone and begins as a list does is written
// as one, or it would be read as one.
func written(f catalog.Field, value json.RawMessage) string {
	var list []json.RawMessage
	if !f.List || json.Unmarshal(value, &list) != nil {
		return Value(catalog.Word(value))
	}
	words := make([]string, len(list))
	for i, element := range list {
		words[i] = catalog.Word(element)
		if !plainWord.MatchString(words[i]) {
			words[i] = quoted(words[i])
		}
	}
	if len(list) == 1 && strings.HasPrefix(strings.TrimSpace(catalog.Word(list[0])), "[") {
		return evenQuotes.Replace(string(catalog.Marshal(list)))
	}
	return strings.Join(words, ",")
}

// evenQuotes writes the quotes within JSON's texts as \u0022: see writeWord.
var evenQuotes = strings.NewReplacer(`\\`, `\\`, `\"`, `\u0022`)

// plainWord is what needs no quotes.
var plainWord = regexp.MustCompile(`^[\pL\pN_./:@%+-][\pL\pN_./:@%+=&-]*$`)

// Value writes a value as Parse reads it. A query with quotes of its own stands in single ones, as people write it.
func Value(typed string) string {
	if word := writeWord(typed); !strings.Contains(word, `""`) || strings.Count(typed, `"`)%2 > 0 || strings.ContainsAny(typed, "'‘’‚‛‹›`\n") || !strings.HasPrefix(word, `"`) {
		return word
	}
	return "'" + typed + "'"
}

// writeWord quotes a value where it has characters that mean something to scan. An object stands as it is, unless it has an odd number of
// quotes: text.Scan tells by their number whether a backslash before a quote belongs to the value.
func writeWord(typed string) string {
	if plainWord.MatchString(typed) {
		return typed
	}
	object, rest, ok := text.CutJSON(typed)
	if ok && rest == "" && object[0] == '{' && json.Valid([]byte(object)) && strings.Count(object, `"`)%2 == 0 {
		return typed
	}
	return quoted(typed)
}

// quoted puts a value in quotes; a quote inside is doubled.
func quoted(typed string) string { return `"` + strings.ReplaceAll(typed, `"`, `""`) + `"` }
