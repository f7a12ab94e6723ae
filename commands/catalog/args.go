package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"s1bot/commands/text"
	"s1bot/s1"
)

// Decode reads arguments into the command's parameter struct: every name must be known, every value
// of its kind, nothing required may be absent, and the rules across fields must hold. The order
// matters to who reads the error: a mistyped name is told before a missing one, because the one is
// usually the other. The struct is filled from the proper spelling of the values and not from what
// was given, so that every command sees ids, RFC 3339 times and wire values.
func (cmd *Command) Decode(raw json.RawMessage) (any, error) {
	values, err := readArgs(cmd.Fields, raw)
	if err != nil {
		return nil, err
	}
	return cmd.filled(values, Marshal(values))
}

// filled is the parameter struct of values that were read one by one; args are the same as JSON.
func (cmd *Command) filled(values map[string]any, args json.RawMessage) (any, error) {
	if missing := missingOf(cmd.Fields, values); len(missing) > 0 {
		return nil, &MissingError{Missing: missing}
	}
	return cmd.fill(args)
}

// fill puts arguments into a parameter struct and asks its rules across fields.
func fill[P any](args json.RawMessage) (any, error) {
	p := new(P)
	if err := json.Unmarshal(args, p); err != nil {
		return nil, fmt.Errorf("read arguments: %w", err)
	}
	if c, ok := any(p).(checker); ok {
		return p, c.Check()
	}
	return p, nil
}

// readArgs checks the values of an invocation's arguments one by one and returns them in their one
// proper spelling. What is null, empty text or an empty list counts as absent. Arguments come from
// text, from forms, from buttons of cards posted by earlier versions, and from rows that waited:
// all are read alike and none is trusted more. Fields go in their order, so that of two mistakes the
// same one is told each time.
func readArgs(fields []Field, raw json.RawMessage) (map[string]any, error) {
	given, err := Object(raw)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !slices.ContainsFunc(fields, func(f Field) bool { return f.Name == name }) {
			return nil, &UsageError{Param: name, Problem: "there is no such parameter", Nearest: text.Nearest(name, ParamNames(fields))}
		}
	}
	values := map[string]any{}
	for _, f := range fields {
		if value, ok := given[f.Name]; ok && !IsEmpty(value) {
			if values[f.Name], err = f.fromJSON(value); err != nil {
				return nil, err
			}
		}
	}
	return values, nil
}

// Object reads arguments; none at all are an empty object.
func Object(raw json.RawMessage) (map[string]json.RawMessage, error) {
	given := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(raw)) == 0 {
		return given, nil
	}
	if err := json.Unmarshal(raw, &given); err != nil {
		return nil, &UsageError{Problem: "the arguments are not a JSON object"}
	}
	return given, nil
}

// IsEmpty tells a value that says nothing. An empty list is one: in this API it selects everything, and nobody who left a field empty meant that.
func IsEmpty(value json.RawMessage) bool {
	return slices.Contains([]string{"", "null", `""`, "[]"}, string(bytes.TrimSpace(value)))
}

// fromJSON reads one argument. A lone value is taken as a list of one where a list belongs, and
// numbers and booleans may be written as text: menus and forms know texts only. A hidden field was
// written by Plan and is taken as it is.
func (f Field) fromJSON(raw json.RawMessage) (any, error) {
	if f.Hidden {
		return raw, nil
	}
	if f.List {
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			list = []json.RawMessage{raw}
		}
		words := make([]string, len(list))
		for i, element := range list {
			words[i] = Word(element)
		}
		return f.ReadAll(words, text.Input{})
	}
	return f.ReadOne(Word(raw), text.Input{})
}

// Word returns a JSON value as a person would type it: of a string its text, of anything else the JSON.
func Word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	return string(bytes.TrimSpace(raw))
}

// ReadOne reads one value as it is typed. Its error names the parameter and, where the kind knows them, the values that were probably meant.
func (f Field) ReadOne(text string, in text.Input) (any, error) {
	value, err := f.Type.Read(text, in)
	if err == nil {
		return value, nil
	}
	usage := Wrong(f.Name, "%s", err)
	var told *ValueError
	if errors.As(err, &told) {
		usage.Nearest, usage.Hint = told.Nearest, told.Hint
	}
	return nil, usage
}

// maxList is the longest list that is read: no id list of the console's is longer. The same number
// as MaxTargets, which bounds what a filter or a group may resolve to.
const maxList = 5000

// ReadAll reads a list: blanks are skipped, a word for a group stands for its members, and what is there twice counts once, or one endpoint
// would make two targets.
func (f Field) ReadAll(words []string, in text.Input) (any, error) {
	words = f.Type.ungrouped(words)
	list := make([]any, 0, len(words))
	for _, w := range words {
		if strings.TrimSpace(w) == "" {
			continue
		}
		value, err := f.ReadOne(w, in)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(list, value) { // no kind of list has values that cannot be compared: see fieldOf
			list = append(list, value)
		}
	}
	if len(list) > maxList {
		return nil, Wrong(f.Name, "%d values are too many; a command takes at most %d", len(list), maxList)
	}
	return list, nil
}

// ungrouped are words with those that stand for several values replaced by these.
func (k Kind) ungrouped(words []string) []string {
	if len(k.groups) == 0 {
		return words
	}
	var values []string
	for _, w := range words {
		if group, ok := k.groups[text.Squash(w)]; ok {
			values = append(values, group...)
		} else {
			values = append(values, w)
		}
	}
	return values
}

// missingOf are the parameters without which nothing can be done and that were not given.
func missingOf(fields []Field, values map[string]any) []Param {
	var missing []Param
	for _, f := range fields {
		if _, given := values[f.Name]; f.MustBeGiven() && !given {
			missing = append(missing, f.Param)
		}
	}
	return missing
}

// MustBeGiven tells whether nothing can be done without the parameter. A required secret is made by the bot.
func (f Field) MustBeGiven() bool { return f.Required && !f.Hidden && !f.Type.Secret }

// Marshal writes a value that cannot fail to be written. HTML is not escaped: arguments stand in
// forms and in Slack's buttons, where \u003c is noise and costs five of the 2,000 characters. It
// panics where a type cannot be JSON at all, which is a fault of the program that any test of the
// command meets.
func Marshal(v any) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic(fmt.Sprintf("commands: marshal %T: %v", v, err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// idWordsOf are the values of a filter key: a list, or one text with commas. Both spellings are
// legal: the console's own GET parameters are comma separated, its bodies have lists, and people
// copy from either.
func idWordsOf(value json.RawMessage) []string {
	var words []string
	if IsEmpty(value) {
		return nil
	}
	if strings.HasPrefix(string(value), "[") {
		return ListWords(string(value))
	}
	for part := range strings.SplitSeq(Word(value), ",") {
		words = append(words, strings.TrimSpace(part))
	}
	return words
}

var (
	// What the keys and values of filters look like, for whoever reads free text: a key that takes
	// a moment, ids side by side, `key=value`.
	TimeKey     = regexp.MustCompile(`(?:At|Date)__(?:gt|gte|lt|lte)$`)
	IdList      = regexp.MustCompile(`^\s*\d{1,20}(?:[\s,]+\d{1,20})*[\s,]*$`)
	ShortNumber = regexp.MustCompile(`^[\s",\[\]]*\d{1,16}(?:[\s",\[\]]|$)`) // of words to search for, no id
	PairedKeys  = regexp.MustCompile(`^[A-Za-z0-9_]+=`)
)

// Joined writes a JSON value as the console's queries want it: lists comma separated. A comma in a
// value would end it: the console has no escape for it, so who searches for names refuses them
// (Searchable).
func Joined(value json.RawMessage) string {
	var list []json.RawMessage
	if json.Unmarshal(value, &list) != nil {
		list = []json.RawMessage{value}
	}
	var texts []string
	for _, element := range list {
		if !IsEmpty(element) {
			texts = append(texts, strings.TrimSpace(Word(element)))
		}
	}
	return strings.Join(texts, ",")
}

// ListWords reads a list in brackets: JSON, or words with or without quotes. People paste lists
// from tickets and from chats: ["a","b"], [a, b], [“a”, “b”].
func ListWords(typed string) []string {
	if words, ok := jsonWords(typed); ok {
		return words
	}
	if words, ok := jsonWords(StraightQuotes.Replace(typed)); ok {
		return words
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(typed), "["), "]")
	var words []string
	for _, t := range text.Scan(inner) {
		words = append(words, t.Items...)
	}
	return words
}

// jsonWords reads a JSON list. Most are of texts alone.
func jsonWords(typed string) ([]string, bool) {
	var words []string
	if json.Unmarshal([]byte(typed), &words) == nil {
		return words, true
	}
	var list []json.RawMessage
	if json.Unmarshal([]byte(typed), &list) != nil {
		return nil, false
	}
	words = make([]string, len(list))
	for i, element := range list {
		words[i] = Word(element)
	}
	return words, true
}

// What phones and word processors make of quotes.
var StraightQuotes = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "‟", `"`, "«", `"`, "»", `"`)

// IsName tells a name from an id, which is a number of 17 to 20 digits: a host that is called 4711 goes by its name.
func IsName(word string) bool { return !s1.LooksLikeID(word) }

// WordsOf returns the value or the values of an argument as texts.
func WordsOf(value any) []string {
	var words []string
	switch v := value.(type) {
	case string:
		words = append(words, v)
	case []any:
		for _, element := range v {
			words = append(words, WordsOf(element)...)
		}
	}
	return words
}
