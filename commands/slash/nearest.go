package slash

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// What a mistyped command was probably meant to be. A slip in a name for daily use is corrected to that name (isolat is isolate), and
// the words of a name weigh more than its letters: get-agent has to do with agents, however near get-alerts is.

// verbs begin many names and so say little of which thing is meant; those of one number mean the same.
var verbs = map[string]int{"get": 1, "list": 1, "show": 1, "update": 2, "set": 2, "change": 2, "edit": 2, "create": 3, "add": 3, "new": 3, "delete": 4, "remove": 4}

// A meantCommand is a command with the one of its names that is nearest to what was typed.
type meantCommand struct {
	cmd     *catalog.Command
	name    string
	missing int // of the words that were typed, those that the name lacks; a noun counts for more than a verb
	apart   int // characters
	extra   int // words that nobody typed
}

func (m meantCommand) compare(o meantCommand) int {
	return cmp.Or(cmp.Compare(m.missing, o.missing), cmp.Compare(m.extra, o.extra), cmp.Compare(m.apart, o.apart), cmp.Compare(len(m.name), len(o.name)))
}

// Nearest returns up to three commands that were probably meant, the likeliest first, each by the name that is nearest to what was
// typed; none that takes back what the first one does.
func Nearest(c *catalog.Catalog, name string) []string {
	var names []string
	for _, m := range meant(c, name) {
		names = append(names, m.name)
	}
	return names
}

// A command that takes back what the nearest one does is never offered beside it: a hand that
// slipped on block must not find unblock under it.
func meant(c *catalog.Catalog, name string) []meantCommand {
	var found []meantCommand
	for _, cmd := range c.Commands() {
		var best *meantCommand
		for _, n := range append([]string{cmd.Name}, cmd.Aliases...) {
			if m, ok := meantBy(name, n); ok && !negates(strings.ToLower(name), n) && (best == nil || m.compare(*best) < 0) {
				m.cmd = cmd
				best = &m
			}
		}
		if best != nil {
			found = append(found, *best)
		}
	}
	slices.SortStableFunc(found, meantCommand.compare)
	return slices.DeleteFunc(found[:min(len(found), 3)], func(m meantCommand) bool {
		return m.cmd != found[0].cmd && (opposes(m.cmd, found[0].cmd) || negates(m.name, found[0].name))
	})
}

// meantBy compares what was typed with a name.
func meantBy(typed, name string) (meantCommand, bool) {
	has, wants := nameWords(typed), nameWords(name)
	m := meantCommand{name: name, apart: text.Distance(strings.Join(has, "-"), name), extra: max(0, len(wants)-len(has))}
	near := len(text.Nearest(strings.Join(has, "-"), []string{name})) > 0 && !tooShort(has, wants, m.apart)
	nouns := 0
	for _, w := range has {
		known := slices.ContainsFunc(wants, func(want string) bool { return sameWord(w, want) })
		akin := slices.ContainsFunc(wants, func(want string) bool { return verbs[w] != 0 && verbs[w] == verbs[want] })
		switch {
		case known && verbs[w] == 0:
			nouns++
		case known:
		case akin:
			m.missing++
		case verbs[w] != 0:
			m.missing += 2
		default:
			m.missing += missingNoun
		}
	}
	return m, near || nouns > 0 && m.missing < missingNoun
}

// tooShort tells a word of few letters that is another word than the name, however near: of four letters two may not be others, and who types
// "are" or "crit" begins no name that has it in its middle.
func tooShort(typed, name []string, apart int) bool {
	if len(typed) != 1 || len([]rune(typed[0])) > 4 {
		return false
	}
	return apart > max(0, len([]rune(typed[0]))-3) && !slices.ContainsFunc(name, func(word string) bool { return strings.HasPrefix(word, typed[0]) })
}

// missingNoun is what a noun that a name lacks counts for.
const missingNoun = 6

// nameWords cuts a name at hyphens, underscores and blanks alike.
func nameWords(name string) []string {
	return strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return r == '-' || r == '_' || r == ' ' })
}

// sameWord tells whether two words are one, but for a plural or a slip.
func sameWord(a, b string) bool {
	a, b = strings.TrimSuffix(a, "s"), strings.TrimSuffix(b, "s")
	return a == b || text.Distance(a, b) <= min(2, (len([]rune(a))-1)/3) && len(a) > 3
}

// opposes tells whether one of two commands takes back what the other does.
func opposes(cmd *catalog.Command, other *catalog.Command) bool {
	return cmd.Undo == other.Name || other.Undo == cmd.Name
}

// negates tells whether one of two names is the other with no in front: unblock and block, disable-rule and enable-rule.
func negates(a, b string) bool {
	if len(a) < len(b) {
		a, b = b, a
	}
	for _, no := range []string{"un", "dis", "de", "re"} {
		if rest, ok := strings.CutPrefix(a, no); ok && text.Distance(rest, strings.TrimPrefix(b, "en")) <= 2 {
			return true
		}
	}
	return false
}

// ownNearest are the words of the bot's own that a slip may have stood for.
func ownNearest(name string, own []string) []string {
	name = strings.ToLower(name)
	return slices.DeleteFunc(text.Nearest(name, own), func(w string) bool { return text.Distance(name, w) > 2 || negates(name, w) })
}

// others are the forms of what else may have been meant, filled with what was typed. The first has a button of its own where it is taken.
func others(c *catalog.Catalog, meant []meantCommand, taken bool, rest string, in text.Input) (offers []catalog.Offer) {
	if taken {
		meant = meant[1:]
	}
	for _, m := range meant {
		do, _, _ := Parse(c, m.cmd.Name+rest, in) // what cannot be read is missing in the form
		do.Command, do.How = m.cmd.Name, render.Open
		do.Args, _ = m.cmd.Hide(do.Args)
		offers = append(offers, catalog.Offer{Label: m.name, Do: do})
	}
	return offers
}

// unknown offers the nearest commands, and to run what was typed with the first of them if that makes sense and changes nothing.
// What would change something is offered as a form.
func unknownCommand(c *catalog.Catalog, name, rest string, in text.Input) (catalog.Extras, error) {
	meant := meant(c, name)
	e := &catalog.UsageError{Problem: fmt.Sprintf("there is no command %s", text.Quote(name)), Nearest: ownNearest(name, in.Own)}
	if len(e.Nearest) > 0 && (len(meant) == 0 || text.Distance(strings.ToLower(name), e.Nearest[0]) <= meant[0].apart) {
		return catalog.Extras{}, e
	}
	e.Nearest = nil
	if len(meant) == 0 {
		e.Hint = "/s1 help lists them all"
		return catalog.Extras{}, e
	}
	for _, m := range meant {
		e.Nearest = append(e.Nearest, m.name)
	}
	cmd := meant[0].cmd
	try, extras, err := Parse(c, cmd.Name+rest, in)
	try.Args, _ = cmd.Hide(try.Args)
	defer func() { e.Offers = others(c, meant, e.Try != nil || e.Given != nil, rest, in) }()
	switch {
	case err == nil && cmd.Risk == catalog.Read:
		e.Try, e.TryLine = &try, Line(cmd, try.Args)
	case len(meant) == 1 || meant[0].missing < meant[1].missing || meant[0].apart < meant[1].apart:
		e.Given = &try
	}
	return extras, e
}
