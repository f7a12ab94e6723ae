package text

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Nearest returns up to three of names that were probably meant by word, the likeliest first: those
// that contain it or its parts, and those that a slip or two away. A third of the letters may
// differ, two at least: more than that, and short names are near everything.
func Nearest(word string, names []string) []string {
	type scored struct {
		name  string
		score int
	}
	word = strings.ToLower(word)
	n := len([]rune(word))
	limit := max(1, min(max(2, n/3), n-2)) // of three letters two may not be others
	var found []scored
	for _, name := range names {
		d := distanceWithin(limit, word, name)
		if bare, _, suffixed := strings.Cut(name, "__"); suffixed { // computerNames may well mean computerName__contains
			d = min(d, 1+distanceWithin(limit, word, bare))
		}
		if d > limit && len(word) >= 3 && strings.Contains(Squash(name), Squash(word)) {
			d = limit
		}
		if d <= limit && d < len([]rune(word)) {
			found = append(found, scored{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(len(a.name), len(b.name)))
	})
	var result []string
	for _, f := range found[:min(len(found), 3)] {
		result = append(result, f.name)
	}
	return result
}

// Suggestion offers names behind a message about a word that nobody knows: "; did you mean X or Y?", or nothing where there are none.
func Suggestion(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(names[:min(len(names), 3)], " or ") + "?"
}

// distanceWithin is the Distance of a word in small letters to a name; limit+1 where their lengths alone
// are further apart, as those of a pasted line and of any command are.
func distanceWithin(limit int, word, name string) int {
	name = strings.ToLower(name)
	if apart := len(runes(word)) - len(runes(name)); max(apart, -apart) > limit {
		return limit + 1
	}
	return Distance(word, name)
}

// Distance is the optimal string alignment distance (Damerau-Levenshtein with adjacent transpositions) in characters.
// Words longer than 64 characters are compared by their first 64.
func Distance(a, b string) int {
	s, t := runes(a), runes(b)
	var before []int
	last := make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row := make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}

// runes bounds what a comparison costs: it is quadratic, and the word comes from anybody.
func runes(s string) []rune {
	r := []rune(s)
	return r[:min(len(r), 64)]
}

// Squash reduces a spelling to its letters and digits: computerName, computer_name and Computer-Name become one.
func Squash(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// Matches tells whether Squash(s) is plain, and whether it begins with it, without making it: a line is held against every parameter of
// its command.
func Matches(s, plain string) (whole, begins bool) {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			continue
		}
		if plain == "" {
			return false, true
		}
		next, size := utf8.DecodeRuneInString(plain)
		if next != unicode.ToLower(r) {
			return false, false
		}
		plain = plain[size:]
	}
	return plain == "", plain == ""
}
