package catalog

import (
	"encoding/json"
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// A Kind is what a Go type of a parameter means to a person: how a value is asked for, read, and
// looked up. The type of a struct's field decides it, so that a parameter behaves alike in all
// commands. A kind is made by the functions below and by lookups, and is a value: the helpers that
// refine one (Synonyms, ByNumber, Early, …) return a changed copy, so a kind that two types share
// cannot be changed by one of them.
type Kind struct {
	Name     string        // in the catalog: "agent", "choice", "time"
	Widget   render.Widget // of one value; lists have their own, see WidgetOf
	Search   string        // what a search box looks for: "agents"
	Selects  string        // of a filter: what its ids are, so that a search box stands beside it
	Beside   bool          // of such a filter: another parameter has that search box already
	Choices  []s1.Choice
	min, max *int64
	Length   int // of a text, in characters; 0 = what a form takes
	Hint     string
	find     finder                 // turns names into ids; nil where only ids will do
	Filter   bool                   // an object with the console's filter keys, some of which take ids
	early    bool                   // names are replaced before a plan is made, which knows ids only
	number   bool                   // digits alone are an id, however few: nothing is called by a number
	looks    func(word string) bool // whether a word is meant as an id of another form than digits; nil: there is none
	valid    func(word string) bool // whether a word can be such an id at all
	// A unified alert may be named by the id of its threat, which has the same form and lies in
	// another list.
	foreign  bool                   // ids of digits are of another list: they are looked up like names
	groups   map[string][]string    // what one word stands for where several values can be given: "open"
	Secret   bool                   // nobody may read it; where it is required and left out, the bot makes one
	Tells    func(text string) bool // whether such a text says what nobody may read, though others do not; nil: none does
	Verbatim bool                   // a query: quotes inside it are its own, and so are words that look like parameters

	// read turns what a person wrote into the value as it stands in an invocation's arguments: a string, an int64, a bool
	// or a json.RawMessage. The error is a sentence about the value.
	Read func(text string, in text.Input) (any, error)
}

// A kinder is a type that says itself what it means to a person. What the types of package s1 mean, the catalog's lookups say.
type kinder interface{ Kind() Kind }

// kindOf tells the kind of a Go type. Lookups come first: the id types of package s1 cannot have a
// method that depends on commands. Pointers and lists are the caller's business.
func (l *lookups) kindOf(t reflect.Type) (Kind, error) {
	if k, ok := l.kinds[t]; ok {
		return k, nil
	}
	zero := reflect.New(t).Elem().Interface()
	switch v := zero.(type) {
	case kinder:
		return v.Kind(), nil
	case interface{ Choices() []s1.Choice }:
		return ChoiceKind(v.Choices()), nil
	}
	switch {
	case t == reflect.TypeFor[time.Time]():
		return timeKind(), nil
	case t.Kind() == reflect.String:
		return TextKind(), nil
	case t.Kind() == reflect.Bool:
		return BoolKind(), nil
	}
	return Kind{}, fmt.Errorf("type %s has no kind: give it a method kind, or a lookup", t)
}

// TextKind takes any text of one line as it is.
func TextKind() Kind {
	return Kind{Name: "text", Widget: render.TextInput, Read: func(text string, _ text.Input) (any, error) { return text, nil }}
}

// Prose is text of several lines, such as a note.
type Prose string

// Kind is text in a box of several lines.
func (Prose) Kind() Kind {
	k := TextKind()
	k.Name, k.Widget = "multiline", render.MultiLine
	return k
}

// BoolKind is yes or no, in the words that people use for it. Any other word is an error, and never
// a no. A word that is taken for no would switch something off that the person wanted on.
func BoolKind() Kind {
	return Kind{Name: "boolean", Widget: render.Checkbox, Hint: "true or false", Read: func(typed string, _ text.Input) (any, error) {
		switch strings.ToLower(strings.TrimSpace(typed)) {
		case "true", "yes", "y", "on", "1":
			return true, nil
		case "false", "no", "n", "off", "0":
			return false, nil
		}
		return nil, fmt.Errorf("%s isn't yes or no", text.Quote(typed))
	}}
}

// ChoiceKind is one of the values that the console knows.
func ChoiceKind(choices []s1.Choice) Kind {
	return Kind{Name: "choice", Widget: render.Select, Choices: choices, Read: func(text string, _ text.Input) (any, error) {
		return readChoice(text, choices)
	}}
}

// readChoice takes a label or a wire value in any spelling: "True Positive", true_positive,
// TRUE_POSITIVE. Quotes that the specification's examples carry ("\"Resolved\"") do not count. Any
// spelling, because the API itself has three for the same value: lower_snake in threats,
// UPPER_SNAKE in filters of alerts, "True positive" in their answers.
func readChoice(typed string, choices []s1.Choice) (any, error) {
	if value, ok := Chosen(typed, choices); ok {
		return value, nil
	}
	return nil, &notChosen{typed, choices}
}

// A notChosen is a text that is none of the choices. What is said of it is made for who reads it: a
// line's words are tried as choices one after another, and whatever is none is something else.
type notChosen struct {
	typed   string
	choices []s1.Choice
}

// Error lists the choices.
func (e *notChosen) Error() string { return e.value().Problem }

// As is for errors.As: it is a *ValueError for who wants to know more.
func (e *notChosen) As(target any) bool {
	told, ok := target.(**ValueError)
	if ok {
		*told = e.value()
	}
	return ok
}

func (e *notChosen) value() *ValueError {
	labels := make([]string, len(e.choices))
	for i, c := range e.choices {
		labels[i] = c.Label
	}
	return &ValueError{Problem: fmt.Sprintf("%s isn't one of %s", text.Quote(e.typed), strings.Join(labels, ", ")), Nearest: text.Nearest(e.typed, labels)}
}

// Chosen is the value of the choice that somebody typed, as readChoice reads it, for who only asks whether it is one.
func Chosen(typed string, choices []s1.Choice) (value string, ok bool) {
	plain := text.Squash(typed)
	if plain == "" {
		return "", false
	}
	for _, c := range choices {
		value, _ := text.Matches(c.Value, plain)
		label, _ := text.Matches(c.Label, plain)
		if value || label {
			return c.Value, true
		}
	}
	return "", false
}

// A ValueError says what is wrong with a value, and which values were probably meant.
type ValueError struct {
	Problem string
	Nearest []string
	Hint    string // what to do, where no other value is it
}

// Error is the problem alone: what else it knows goes onto the card.
func (e *ValueError) Error() string { return e.Problem }

// IntegerKind reads whole numbers within limits; words names values that people say instead of a
// number, such as all. Limits are part of the kind, so that the form's widget refuses the same
// numbers as the parser.
func IntegerKind(low, high int64, words map[string]int64) Kind {
	return Kind{Name: "integer", Widget: render.Number, min: &low, max: &high, Read: func(typed string, _ text.Input) (any, error) {
		typed = strings.ToLower(strings.TrimSpace(typed))
		n, known := words[typed]
		if !known {
			var err error
			if n, err = strconv.ParseInt(typed, 10, 64); err != nil {
				return nil, fmt.Errorf("%s is not a whole number", text.Quote(typed))
			}
		}
		return within(n, low, high)
	}}
}

// within keeps a number between limits. One beyond them is refused and not cut: who asks for 5,000 rows must not take 1,000 for all.
func within(n, low, high int64) (any, error) {
	switch {
	case n > high:
		return nil, &ValueError{Problem: fmt.Sprintf("%d is above the maximum, %d", n, high), Nearest: []string{fmt.Sprint(high)}}
	case n < low:
		return nil, &ValueError{Problem: fmt.Sprintf("%d is below the minimum, %d", n, low), Nearest: []string{fmt.Sprint(low)}}
	}
	return n, nil
}

// IdKind reads an id, a name where find can tell whose, or the address of the thing's page in the
// console. Whether a name is one is not decided here, without the console: Read takes any text
// where a finder exists, and Prepare looks it up.
func IdKind(name, search, hint string, find finder) Kind {
	return Kind{Name: name, Widget: render.Search, Search: search, Hint: hint, find: find, Read: func(typed string, _ text.Input) (any, error) {
		typed = strings.TrimSpace(typed)
		if id := IdInAddress(typed); id != "" {
			return id, nil
		}
		if find == nil && !s1.ThreatID(typed).Valid() {
			return nil, fmt.Errorf("%s is not the id of %s %s", text.Quote(typed), text.Article(name), name)
		}
		return typed, nil
	}}
}

// ByNumber makes a kind take every number for an id. Hosts and sites may be called 4711; scripts,
// exclusions and items of the blocklist are not, and their ids can be short.
func ByNumber(k Kind) Kind {
	k.number = true
	return k
}

// OrForm makes a kind take ids of another form than digits: looks tells what a person means as one, valid what can be one at all.
func OrForm(k Kind, looks, valid func(string) bool) Kind {
	k.looks, k.valid = looks, valid
	return k
}

// Foreign makes a kind look ids of digits up like names, for they are those of another list.
func Foreign(k Kind) Kind {
	k.foreign = true
	return k
}

// Grouped gives a kind of choices words that stand for several of them where a list is wanted.
func Grouped(k Kind, groups map[string][]string) Kind {
	k.groups = groups
	return k
}

// Early makes a kind replace names before plans are made; nothing of such kinds is called by a number.
func Early(k Kind) Kind {
	k.early = true
	return ByNumber(k)
}

// TakesNames tells whether names stand for ids here.
func (k Kind) TakesNames() bool { return k.find != nil }

// IsName tells whether a word is to be looked up, rather than an id. An id of 17 to 20 digits is an
// id for every kind; whatever is shorter could be a host's name, and a wrong guess would act on
// another machine.
func (k Kind) IsName(word string) bool {
	switch {
	case k.looks != nil && k.looks(word):
		return false
	case k.foreign:
		return true
	case k.number:
		return !s1.ThreatID(word).Valid()
	}
	return IsName(word)
}

// isID tells whether a word can be an id, however short: what Prepare found may be. It is wider
// than "not a name": after Prepare a short number is what the console gave.
func (k Kind) isID(word string) bool {
	return s1.ValidID(word) && !k.foreign || k.valid != nil && k.valid(word)
}

// NoteKind is an id that no search box finds: the console lists the notes of one threat only.
func NoteKind() Kind {
	k := IdKind("note", "", "", nil)
	k.Widget = render.TextInput
	return k
}

var (
	longNumber = regexp.MustCompile(`\d{17,20}`)
	uuidNumber = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)
)

// IdInAddress finds the id in an address that was copied from the browser; the last number is the
// most specific one. Only addresses are searched. A text with a long number inside is a name, or
// somebody's sentence.
func IdInAddress(text string) string {
	if !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		return ""
	}
	if plain, err := url.QueryUnescape(text); err == nil {
		text = plain // %22 ahead of an id would lengthen it
	}
	if ids := longNumber.FindAllString(text, -1); len(ids) > 0 {
		return ids[len(ids)-1]
	}
	return uuidNumber.FindString(text)
}

// ObjectKind reads a JSON object; other, if set, reads what is not one. What begins with { is meant
// as JSON, and its error must say where the JSON is broken; other would take it for a word to
// search for.
func ObjectKind(hint string, other func(text string, in text.Input) (json.RawMessage, error)) Kind {
	return Kind{Name: "object", Widget: render.MultiLine, Hint: hint, Read: func(text string, in text.Input) (any, error) {
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

// WidgetOf is how one parameter is asked for in a form.
func (k Kind) WidgetOf(list bool) render.Widget {
	if !list {
		return k.Widget
	}
	switch k.Widget {
	case render.Select:
		return render.MultiSelect
	case render.Search:
		return render.MultiSearch
	default:
		return render.MultiLine
	}
}

// Hint is what stands under a field: what it is for, then how it is written. A date picker needs no word about how.
func (f Field) Hint() string {
	if f.Type.Hint == "" || f.Type.Widget == render.DateTime {
		return f.Help
	}
	return f.Help + " " + render.Capital(strings.TrimSuffix(f.Type.Hint, ".")) + "."
}
