package plain

import (
	"cmp"
	"errors"
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
			best = max(best, shared(h.distinctive, words))
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

// begins refuses a sentence whose beginning, up to a comma or a "because", asks for a change and whose end is not understood, and offers its form
// with what was read: "disconnect KIOSK from the network, at HQ", "isolate KIOSK because it beaconed for 4 hours". What follows
// is the reason, for the person to look at. Nil where anything in the sentence negates, limits,
// postpones or asks. The form is opened and nothing runs: a comma can turn everything around, and
// the person sees what was read.
func (r *Reader) begins(sentence string, words []text.Word, in text.Input) error {
	comma := slices.IndexFunc(words, func(w text.Word) bool { return oneOf(w.Lower, ",|because") })
	if comma < 2 || comma == len(words)-1 || strings.Contains(sentence, "?") || retracts(words) || slices.ContainsFunc(words, doubtful) {
		return nil
	}
	has := map[string]bool{}
	for _, w := range words[:comma] {
		has[w.Lower] = true
	}
	var found []reading
	for _, g := range r.grammar {
		if g.cmd.Risk != catalog.Read {
			found = append(found, g.readings(sentence, words[:comma], has, in)...)
		}
	}
	p, err := r.choose(words[:comma], found)
	if err != nil {
		return nil
	}
	if cmd, ok := r.catalog.Find(p.Do.Command); !ok || mayBeSecret(cmd, words) {
		return nil
	}
	p.Do.How, p.Extras.Reason = render.Open, cmp.Or(p.Extras.Reason, strings.TrimSpace(sentence[words[comma+1].From:]))
	p.Do.Said = catalog.Marshal(p.Extras)
	name := r.nameOf(p.Do.Command)
	return &catalog.UsageError{
		Problem: "I don't understand all of that, so nothing was done", Hint: "the form has what I could read",
		Nearest: []string{name}, Offers: []catalog.Offer{{Label: name, Do: p.Do}},
	}
}

// doubtful are words that turn, limit or postpone what a sentence asks for.
func doubtful(w text.Word) bool {
	return strings.HasSuffix(w.Lower, "n't") || strings.HasSuffix(w.Lower, "n’t") || mayTurn(w.Lower) || oneOf(w.Lower, "not|no|never|if|when|later|tomorrow|tonight|after|before|until|should|would|without|only|but|or|stop|dont|cannot|maybe|perhaps")
}

// Begins tells whether a refusal offers a form with what a sentence begins with: such a form has
// values in it, those of other offers are empty.
func Begins(err error) bool {
	var usage *catalog.UsageError
	return errors.As(err, &usage) && len(usage.Offers) == 1 && len(usage.Offers[0].Do.Said) > 0
}

// offer adds a command to what was probably meant. Its form opens empty: what was written may mean the opposite.
func offer(e *catalog.UsageError, name, command string) {
	e.Nearest = append(e.Nearest, name)
	e.Offers = append(e.Offers, catalog.Offer{Label: name, Do: catalog.Invocation{Command: command, How: render.Open}})
}

// shared counts the words of a sentence that are among those of a head.
func shared(distinctive map[string]bool, words []text.Word) int {
	said := map[string]bool{}
	for _, w := range words {
		if distinctive[w.Lower] {
			said[w.Lower] = true
		}
	}
	return len(said)
}

// distinctive are the words of a pattern that tell commands apart: no short ones, and none that many have.
func distinctive(p text.Pattern) map[string]bool {
	words := map[string]bool{}
	for _, w := range p.Literals() {
		if len(w) > 3 && !many[w] {
			words[w] = true
		}
	}
	return words
}

// many are the words of the macros.
var many = wordSet(strings.NewReplacer("[", " ", "]", " ", "(", " ", ")", " ", "|", " ").Replace(showMacro+" "+ofMacro+" "+whoMacro+" "+didMacro+" "+askMacro+" "+anywhereMacro) + " with")
