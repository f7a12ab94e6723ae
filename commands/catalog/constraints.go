package catalog

import (
	"strings"

	"s1bot/commands/text"
)

// MaxNames is how many values the console takes for one key that ends in __contains. From the
// vendor's API document; more is a 400.
const MaxNames = 10

// Searchable tells whether the console can search for a part of a name: two characters at least,
// and no comma, which would end the value. The limits are the console's: below two characters a
// search is refused, and a value in a query cannot escape a comma.
func Searchable(name string) bool { return len([]rune(name)) >= 2 && !strings.Contains(name, ",") }

// Named is a list of texts with the name of its parameter.
type Named struct {
	Param  string
	Values []string
}

// Searchables checks texts that the console searches for: 10 of 2 characters or more.
func Searchables(lists ...Named) error {
	for _, list := range lists {
		if len(list.Values) > MaxNames {
			return Wrong(list.Param, "the console can search for at most %d values at once, not %d", MaxNames, len(list.Values))
		}
		for _, value := range list.Values {
			if !Searchable(value) {
				return Wrong(list.Param, "%s can't be searched for: the console needs at least two characters and no comma", text.Quote(value))
			}
		}
	}
	return nil
}

// Synonyms makes a menu understand other words for its values, too. The specification and older
// versions have other words for the console's values than the menus show; words are given as
// text.Squash makes them: lower case, letters and digits only.
func Synonyms(k Kind, words map[string]string) Kind {
	read := k.Read
	k.Read = func(typed string, in text.Input) (any, error) {
		if value, ok := words[text.Squash(typed)]; ok {
			typed = value
		}
		return read(typed, in)
	}
	return k
}
