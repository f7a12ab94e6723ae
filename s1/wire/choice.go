package wire

import (
	"fmt"
	"strings"
	"unicode"
)

// A Choice is one value of an enumeration: what goes over the wire and what people read.
type Choice struct{ Value, Label string }

// An Enum is a string type with a fixed list of values.
type Enum interface {
	~string
	// Choices lists the values in the order in which people expect them.
	Choices() []Choice
}

// ParseChoice finds the value that s names, by value or label, in any spelling: "True Positive",
// true_positive, TRUE_POSITIVE. The error lists the choices.
func ParseChoice[T Enum](s string) (T, error) {
	var zero T
	plain := Squash(s)
	for _, c := range zero.Choices() {
		if plain != "" && (plain == Squash(c.Value) || plain == Squash(c.Label)) {
			return T(c.Value), nil
		}
	}
	return zero, fmt.Errorf("%q isn't one of %s", s, labels(zero.Choices()))
}

// ValidChoice tells whether v is one of its type's values, in its wire spelling.
func ValidChoice[T Enum](v T) bool {
	for _, c := range v.Choices() {
		if c.Value == string(v) {
			return true
		}
	}
	return false
}

// Lenient sets v to the choice that text names, or to the text itself: the console may know values
// that we do not.
func Lenient[T Enum](v *T, text []byte) error {
	choice, err := ParseChoice[T](string(text))
	if err != nil {
		choice = T(text)
	}
	*v = choice
	return nil
}

func Label[T Enum](v T) string {
	for _, c := range v.Choices() {
		if c.Value == string(v) {
			return c.Label
		}
	}
	return string(v)
}

func labels(choices []Choice) string {
	var names []string
	for _, c := range choices {
		names = append(names, c.Label)
	}
	return strings.Join(names, ", ")
}

func Same(values ...string) []Choice {
	var choices []Choice
	for _, v := range values {
		choices = append(choices, Choice{v, v})
	}
	return choices
}

// Squash reduces a spelling to its letters and digits: "Un-Quarantine" and "unquarantine" become one.
func Squash(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
