package plain

import (
	"cmp"
	"slices"
	"strings"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
	"s1bot/render"
)

// refuse answers what the grammar does not know with the nearest commands: those that have the most of the sentence's words, else those
// whose names are near its first word.
func (r *Reader) refuse(words []text.Word, problem string) error {
	e := &catalog.UsageError{Problem: problem, Hint: "/s1 help lists the commands"}
	type scored struct {
		command string
		score   int
	}
	var near []scored
	for _, g := range r.grammar {
		best := 0
		for _, h := range g.heads {
			best = max(best, shared(h.pattern, words))
		}
		if best > 0 {
			near = append(near, scored{g.cmd.Name, best})
		}
	}
	slices.SortStableFunc(near, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	for _, n := range near[:min(len(near), 3)] {
		if n.score == near[0].score {
			offer(e, r.nameOf(n.command), n.command)
		}
	}
	if len(e.Nearest) == 0 && len(words) > 0 {
		for _, name := range slash.Nearest(r.catalog, words[0].Lower) {
			offer(e, name, name)
		}
	}
	return e
}

// offer adds a command to what was probably meant. Its form opens empty: what was written may mean the opposite.
func offer(e *catalog.UsageError, name, command string) {
	e.Nearest = append(e.Nearest, name)
	e.Offers = append(e.Offers, catalog.Offer{Label: name, Do: catalog.Invocation{Command: command, How: render.Open}})
}

// shared counts the words of a sentence that a pattern has, those that tell commands apart.
func shared(p text.Pattern, words []text.Word) int {
	n := 0
	for _, literal := range p.Literals() {
		telling := len(literal) > 3 && !strings.Contains(" "+showMacro+" ", literal) && !strings.Contains(ofMacro, literal) && literal != "with"
		if telling && slices.ContainsFunc(words, func(w text.Word) bool { return w.Lower == literal }) {
			n++
		}
	}
	return n
}
