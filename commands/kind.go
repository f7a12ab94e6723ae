package commands

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"s1bot/render"
	"s1bot/s1"
)

// A kind is what a Go type of a parameter means to a person: how a value is asked for, read, and looked up. The type of a
// struct's field decides it, so that a parameter behaves alike in all commands.
type kind struct {
	name     string        // in the catalog: "agent", "choice", "time"
	widget   render.Widget // of one value; lists have their own, see widgetOf
	search   string        // what a search box looks for: "agents"
	selects  string        // of a filter: what its ids are, so that a search box stands beside it
	beside   bool          // of such a filter: another parameter has that search box already
	choices  []s1.Choice
	min, max *int64
	length   int // of a text, in characters; 0 = what a form takes
	hint     string
	find     finder                 // turns names into ids; nil where only ids will do
	filter   bool                   // an object with the console's filter keys, some of which take ids
	early    bool                   // names are replaced before a plan is made, which knows ids only
	number   bool                   // digits alone are an id, however few: nothing is called by a number
	secret   bool                   // nobody may read it; where it is required and left out, the bot makes one
	tells    func(text string) bool // whether such a text says what nobody may read, though others do not; nil: none does
	verbatim bool                   // a query: quotes inside it are its own, and so are words that look like parameters

	// read turns what a person wrote into the value as it stands in an invocation's arguments: a string, an int64, a bool
	// or a json.RawMessage. The error is a sentence about the value.
	read func(text string, in Input) (any, error)
}

// A kinder is a type that says itself what it means to a person. What the types of package s1 mean, the catalog's lookups say.
type kinder interface{ kind() kind }

// kindOf tells the kind of a Go type.
func (l *lookups) kindOf(t reflect.Type) (kind, error) {
	if k, ok := l.kinds[t]; ok {
		return k, nil
	}
	zero := reflect.New(t).Elem().Interface()
	switch v := zero.(type) {
	case kinder:
		return v.kind(), nil
	case interface{ Choices() []s1.Choice }:
		return choiceKind(v.Choices()), nil
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return timeKind(), nil
	case t.Kind() == reflect.String:
		return textKind(), nil
	case t.Kind() == reflect.Bool:
		return boolKind(), nil
	}
	return kind{}, fmt.Errorf("type %s has no kind: give it a method kind, or a lookup", t)
}

func textKind() kind {
	return kind{name: "text", widget: render.TextInput, read: func(text string, _ Input) (any, error) { return text, nil }}
}

// Prose is text of several lines, such as a note.
type Prose string

func (Prose) kind() kind {
	k := textKind()
	k.name, k.widget = "multiline", render.MultiLine
	return k
}

func boolKind() kind {
	return kind{name: "boolean", widget: render.Checkbox, hint: "true or false", read: func(text string, _ Input) (any, error) {
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "true", "yes", "y", "on", "1":
			return true, nil
		case "false", "no", "n", "off", "0":
			return false, nil
		}
		return nil, fmt.Errorf("%s is neither yes nor no", quote(text))
	}}
}

func choiceKind(choices []s1.Choice) kind {
	return kind{name: "choice", widget: render.Select, choices: choices, read: func(text string, _ Input) (any, error) {
		return readChoice(text, choices)
	}}
}

// readChoice takes a label or a wire value in any spelling: "True Positive", true_positive, TRUE_POSITIVE. Quotes that the
// specification's examples carry ("\"Resolved\"") do not count.
func readChoice(text string, choices []s1.Choice) (any, error) {
	plain := squash(text)
	var labels []string
	for _, c := range choices {
		if plain != "" && (plain == squash(c.Value) || plain == squash(c.Label)) {
			return c.Value, nil
		}
		labels = append(labels, c.Label)
	}
	return nil, &valueError{problem: fmt.Sprintf("%s is none of %s", quote(text), strings.Join(labels, ", ")), nearest: Nearest(text, labels)}
}

// A valueError says what is wrong with a value, and which values were probably meant.
type valueError struct {
	problem string
	nearest []string
	hint    string // what to do, where no other value is it
}

func (e *valueError) Error() string { return e.problem }

// integerKind reads whole numbers within limits; words names values that people say instead of a number, such as all.
func integerKind(low, high int64, words map[string]int64) kind {
	return kind{name: "integer", widget: render.Number, min: &low, max: &high, read: func(text string, _ Input) (any, error) {
		text = strings.ToLower(strings.TrimSpace(text))
		n, known := words[text]
		if !known {
			var err error
			if n, err = strconv.ParseInt(text, 10, 64); err != nil {
				return nil, fmt.Errorf("%s is not a whole number", quote(text))
			}
		}
		return within(n, low, high)
	}}
}

func within(n, low, high int64) (any, error) {
	switch {
	case n > high:
		return nil, &valueError{problem: fmt.Sprintf("%d is above the maximum, %d", n, high), nearest: []string{fmt.Sprint(high)}}
	case n < low:
		return nil, &valueError{problem: fmt.Sprintf("%d is below the minimum, %d", n, low), nearest: []string{fmt.Sprint(low)}}
	}
	return n, nil
}

// Limit is how many rows a list returns at most: 1 to 1000, 0 for all of them.
type Limit int

func (Limit) kind() kind {
	k := integerKind(0, 1000, map[string]int64{"all": 0})
	k.hint = "1 to 1000; 0 = all of them"
	return k
}

// Count is how many rows a list returns at most: 1 to 1000.
type Count int

func (Count) kind() kind {
	k := integerKind(1, 1000, nil)
	k.hint = "1 to 1000"
	return k
}

// Offset is how many rows of a list are skipped; beyond 1000 the console wants its cursor instead.
type Offset int

func (Offset) kind() kind {
	k := integerKind(0, 1000, nil)
	k.hint = "0 to 1000"
	read := k.read
	k.read = func(text string, in Input) (any, error) {
		value, err := read(text, in)
		if n, nan := strconv.ParseInt(strings.TrimSpace(text), 10, 64); nan == nil && n > 1000 {
			return nil, &valueError{problem: err.Error(), hint: "the console skips 1000 rows at most: leave it out and turn the list's pages with Next, or take limit=0 for a file of all rows"}
		}
		return value, err
	}
	return k
}

// idKind reads an id, a name where find can tell whose, or the address of the thing's page in the console.
func idKind(name, search, hint string, find finder) kind {
	return kind{name: name, widget: render.Search, search: search, hint: hint, find: find, read: func(text string, _ Input) (any, error) {
		text = strings.TrimSpace(text)
		if id := idInAddress(text); id != "" {
			return id, nil
		}
		if find == nil && !s1.ThreatID(text).Valid() {
			return nil, fmt.Errorf("%s is not the id of %s %s", quote(text), article(name), name)
		}
		return text, nil
	}}
}

// byNumber makes a kind take every number for an id.
func byNumber(k kind) kind {
	k.number = true
	return k
}

// early makes a kind replace names before plans are made; nothing of such kinds is called by a number.
func early(k kind) kind {
	k.early = true
	return byNumber(k)
}

// isName tells whether a word is to be looked up, rather than an id.
func (k kind) isName(word string) bool {
	if k.number {
		return !s1.ThreatID(word).Valid()
	}
	return isName(word)
}

// noteKind is an id that no search box finds: the console lists the notes of one threat only.
func noteKind() kind {
	k := idKind("note", "", "", nil)
	k.widget = render.TextInput
	return k
}

var longNumber = regexp.MustCompile(`\d{17,20}`)

// idInAddress finds the id in an address that was copied from the browser; the last number is the most specific one.
func idInAddress(text string) string {
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		return ""
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		text = plain // %22 ahead of an id would lengthen it
	}
	ids := longNumber.FindAllString(text, -1)
	if len(ids) == 0 {
		return ""
	}
	return ids[len(ids)-1]
}

// objectKind reads a JSON object; other, if set, reads what is not one.
func objectKind(hint string, other func(text string, in Input) (json.RawMessage, error)) kind {
	return kind{name: "object", widget: render.MultiLine, hint: hint, read: func(text string, in Input) (any, error) {
		object, err := readObject(text)
		if err != nil && other != nil && !strings.HasPrefix(strings.TrimSpace(text), "{") {
			object, err = other(text, in)
		}
		if err != nil {
			return nil, err
		}
		return object, nil
	}}
}

// widgetOf is how one parameter is asked for in a form.
func (k kind) widgetOf(list bool) render.Widget {
	if !list {
		return k.widget
	}
	switch k.widget {
	case render.Select:
		return render.MultiSelect
	case render.Search:
		return render.MultiSearch
	default:
		return render.MultiLine
	}
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an"
	}
	return "a"
}

// quote shows what somebody typed, shortened.
func quote(text string) string {
	r := []rune(text)
	if len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return `"` + text + `"`
}
