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

// refuse answers what the grammar does not know with the nearest commands: those of which a sentence has most of a way to ask for them, and
// of these the ones that have the most of its words. None is better than a wrong one: see mayBeMeant.
func (r *Reader) refuse(sentence, problem string) error {
	words := politely(spell(text.Words(sentence))) // as they were written: what is taken for a slip is no sign of what was meant
	reads := onlyAsks(sentence, words)
	e := &catalog.UsageError{Problem: problem, Hint: "/s1 help lists the commands"}
	best, most := r.nearest(words, reads), 0
	for _, score := range best {
		most = max(most, score)
	}
	for _, g := range r.grammar {
		if most > 0 && best[g.cmd.Name] == most && len(e.Offers) < 3 {
			offer(e, r.nameOf(g.cmd.Name), g.cmd.Name)
		}
	}
	if most == 0 && len(words) > 0 && !r.Knows(words[0].Lower) {
		for _, name := range slash.Nearest(r.catalog, words[0].Lower) {
			if cmd, ok := r.catalog.Find(name); ok && (cmd.Risk == catalog.Read || !reads) {
				offer(e, name, name)
			}
		}
	}
	return e
}

// nearest is how many words of a sentence each command has in a way to ask for it.
func (r *Reader) nearest(words []text.Word, reads bool) map[string]int {
	has, score := map[string]bool{}, map[string]int{}
	for _, w := range words {
		has[w.Lower] = true
	}
	for _, g := range r.grammar {
		if reads && g.cmd.Risk != catalog.Read {
			continue
		}
		for _, h := range g.heads {
			n := shared(h.distinctive, words)
			if n > score[g.cmd.Name] && (g.cmd.Risk == catalog.Read || n > 1 || !oneOf(words[0].Lower, detections)) && h.mayBeMeant(g.cmd, words, has) {
				score[g.cmd.Name] = n
			}
		}
	}
	return score
}

// mayBeMeant tells whether a sentence has more than half of what a head needs, and for a change also the sentence's own verb: who wants the scan
// stopped, or the alerts of an endpoint, is offered no scan and no isolation ("stop DESKTOP-1 from talking").
func (h head) mayBeMeant(cmd *catalog.Command, words []text.Word, has map[string]bool) bool {
	there, of := h.pattern.Fits(has)
	if there*2 <= of || cmd.Risk == catalog.Read {
		return there*2 > of
	}
	own, verb := slices.Collect(h.pattern.Literals()), words[0]
	if len(words) > 1 && oneOf(verb.Lower, negating) {
		verb = words[1]
	}
	return (isThing(verb) || slices.Contains(own, verb.Lower)) && !slices.ContainsFunc(words, func(w text.Word) bool {
		stops := oneOf(verb.Lower, "stop|abort|cancel|halt|end|pause|prevent") && w.From != verb.From && isDeed(w)
		return (oneOf(w.Lower, detections) || stops) && !slices.Contains(own, w.Lower) && !speaksOf(cmd, w.Lower)
	})
}

// isDeed tells a word for what is done: "scan", "scanning", "monitored".
func isDeed(w text.Word) bool {
	return oneOf(w.Lower, orders) || oneOf(stem(w.Lower), orders) || participles[w.Lower] != ""
}

// detections are nouns for what a change is done to; one that is done to anything else is not meant where a sentence has them.
const detections = "alert|alerts|threat|threats|rule|rules|exclusion|exclusions|ioc|iocs|note|notes|script|scripts"

// speaksOf tells whether a command's name or one of its parameters is about a thing.
func speaksOf(cmd *catalog.Command, noun string) bool {
	noun = single(noun)
	return strings.Contains(cmd.Name, noun) || slices.ContainsFunc(cmd.Fields, func(f catalog.Field) bool { return strings.Contains(f.Type.Name, noun) })
}

// onlyAsks tells a question, which wants nothing changed.
func onlyAsks(sentence string, words []text.Word) bool {
	return len(words) > 0 && (oneOf(words[0].Lower, questioning) || asks(sentence) && !oneOf(words[0].Lower, orders))
}

// questioning are the words that questions begin with.
const questioning = "who|whose|who's|when|why|how|what|what's|which|where|is|are|was|were|do|does|did|has|have|had|can|may|might|should|would|could|isn't|aren't|wasn't|any|anyone|anybody"

// Knows tells a word that sentences have: no slip of a command's name, however near one is.
func (r *Reader) Knows(word string) bool {
	word = strings.ToLower(word)
	return grammatical[word] || common[word] || oneOf(word, questioning) || synonyms[word] != "" || r.compile() == nil && r.vocabulary[word]
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
	if len(found) == 0 {
		return nil
	}
	p, err := r.choose(found)
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

// turnsAt tells a word that turns what a sentence asks for. "We don't use it" and "the user doesn't answer" are facts, "we don't need it" turns.
func turnsAt(words []text.Word, at int, turns func(text.Word) bool) bool {
	return turns(words[at]) && !(deniesFact(words, at) || at > 0 && deniesFact(words, at-1))
}

// deniesFact tells whether a negation between a subject and a verb of some is a fact.
func deniesFact(words []text.Word, at int) bool {
	w := words[at].Lower
	negation, verb := oneOf(w, "don't|doesn't|can't|cannot|couldn't|didn't|isn't|aren't|wasn't|hasn't|haven't"), at+1
	if oneOf(w, "do|does|did|can|could|is|are") && verb < len(words) && words[verb].Lower == "not" {
		negation, verb = true, at+2
	}
	return negation && at > 0 && verb < len(words) && oneOf(words[at-1].Lower, "we|they|he|she|it|user|users|customer|owner|that|host|machine|endpoint|server|nobody|file|vendor") && oneOf(words[verb].Lower, facts)
}

// facts are what somebody or something doesn't do or isn't, and nobody takes anything back by that.
const facts = "use|used|reach|recognize|recognise|recognized|trust|trusted|answer|answered|respond|responded|responding|reply|replied|answering|boot|signed|patched|managed|reachable|responsive|ours|supported|monitored|known"

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
	for w := range p.Literals() {
		if len(w) > 3 && !many[w] {
			words[w] = true
		}
	}
	return words
}

// many are the words of the macros.
var many = wordSet(strings.NewReplacer("[", " ", "]", " ", "(", " ", ")", " ", "|", " ").Replace(showMacro+" "+ofMacro+" "+whoMacro+" "+didMacro+" "+askMacro+" "+anywhereMacro) + " with " + strings.ReplaceAll(questioning, "|", " "))
