package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"s1bot/commands/text"
	"s1bot/s1"
)

// Unread says how many of several things are missing from an answer; nothing where none is.
func Unread(failed, of int, words string) string {
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d %s", failed, of, words)
}

// SizeWords counts bytes as people do: "1.4 GB". Decimal units, as the console's own pages and
// Slack's file sizes have them.
func SizeWords(bytes int) string {
	if bytes <= 0 {
		return ""
	}
	size, unit := float64(bytes), 0
	for size >= 1000 && unit < 4 {
		size, unit = size/1000, unit+1
	}
	if unit == 0 {
		return strconv.Itoa(bytes) + " B"
	}
	return fmt.Sprintf("%.1f %cB", size, " kMGT"[unit])
}

// SortedKeys are what is in a set, in an order that is the same each time: cards and tests compare them.
func SortedKeys(set map[string]bool) []string {
	var list []string
	for key := range set {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}

// OnOff is how people read a switch of the console.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// Convert turns texts into ids and ids into texts. Ids are types of their own so that a site never
// goes where an account belongs; at the edge of the JSON they are all texts.
func Convert[To, From ~string](from []From) []To {
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = To(f)
	}
	return to
}

// DayOf writes a moment as the caller's clock shows it, where a text is wanted.
func DayOf(call *Call, t s1.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(call.Caller.Location()).Format("2006-01-02 15:04 MST")
}

// Labelled lists values as people read them.
func Labelled[T interface{ Label() string }](values []T) string {
	var labels []string
	for _, v := range values {
		labels = append(labels, v.Label())
	}
	return strings.Join(labels, ", ")
}

// SameNote says how many things have already what is to be set. They stay among the targets: what
// was approved is what runs. Leaving them out would make the number on the card another than the
// number that was asked for.
func SameNote(n int, noun, what string) []string {
	if n == 0 {
		return nil
	}
	if n == 1 {
		return []string{"1 " + noun + " has " + what + " already."}
	}
	return []string{text.Plural(n, noun) + " have " + what + " already."}
}

// AppendNew adds a text that is not there yet; an empty one is none.
func AppendNew(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// FirstOf lists the first of several words: "a, b, c, d, e, 7 more".
func FirstOf(words []string) string {
	first := slices.Clone(words[:min(len(words), 5)])
	if more := len(words) - len(first); more > 0 {
		first = append(first, fmt.Sprintf("%d more", more))
	}
	return strings.Join(first, ", ")
}

// FactsOf are labelled arguments; empty ones are left out.
func FactsOf(pairs ...string) []Fact {
	var list []Fact
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, Fact{pairs[i], pairs[i+1]})
		}
	}
	return list
}
