// Package plain reads sentences that people write ("isolate DESKTOP-1 for 4 hours because phishing", "show me open threats on DESKTOP-1")
// by a fixed grammar, and proposes the invocation that one means.
//
//	sentence ──▶ words, in one spelling ──▶ without politeness ──▶ every head of every command, then clauses ──▶ readings ──▶ the one that is left
//
// The vocabulary is the commands' own: names, aliases, kinds and choices of parameters, and what the Wording in a command's value adds.
// Package text has the machinery, which knows no command.
//
// In a pattern, {agent-ids} is a slot for a parameter, {filter.computerName__contains} one for a key of a parameter that is a filter,
// {$file} a value that "->" puts into a text; a shape behind a colon says what a value looks like ({paths:path}), else the parameter's
// kind does. What parameters, menus and names of a command say by themselves needs no pattern: see paramClauses. {*} is any number of words that
// narrow a list down (see Wording.Words), {+} one or more. <show> stands for the ways to ask for a list, and other macros for who, what they did and where.
//
// What people ask with ("would you mind", "if you can") is taken off first: see frames.go and courtesy.go. What follows a change behind a sign is its reason:
// see afterthought; what follows a look and only tells is left out: see remark.go. What stands before a request and only tells: see behindPreamble, and
// pronouns.go for what "it" means then. Who asks to see something says its parts in any order: see loosely.go. A line that begins with a command's name may
// be a sentence as well, and is never run word by word where it is one that isn't read: see Reader.Prose.
//
// The rule that must not break: no word is dropped, but for what only tells beside something to look at. A sentence is read when every word of it has a place in the grammar and all readings
// that fit best say the same; else it is refused with the nearest commands. What negates, limits or postpones ("don't", "except",
// "tomorrow") has no place in it, so no such sentence is ever read as its opposite. And what is read is only proposed.
package plain

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/render"
)

// A Proposal is what a sentence means. Nothing of it has been checked against the console.
type Proposal struct {
	Do       catalog.Invocation
	Extras   catalog.Extras
	Complete bool // nothing required is missing
}

// A Reader reads sentences by the vocabulary of a catalog. It is safe for use by several goroutines.
type Reader struct {
	catalog    *catalog.Catalog
	grammar    []grammar
	vocabulary map[string]bool // every word that a pattern has

	compile func() error // makes the two above, once
}

// A grammar is the ways to ask for one command.
type grammar struct {
	patterns *text.Patterns // until all are read
	cmd      *catalog.Command
	heads    []head
	clauses  []text.Pattern
	words    map[string]setting // what narrows a list down, in small letters
	menus    []catalog.Field    // of this command and of the other changes in its area
	slots    map[string]slot    // of all patterns, by their names
	hosts    []text.Pattern     // the slots of its clauses that an endpoint fills
}

// A head is a pattern that means the command, with what it says beside its slots.
type head struct {
	pattern     text.Pattern
	sets        []setting
	distinctive map[string]bool // the words that no other command has so many of
}

// New is a Reader of sentences about a catalog's commands. It compiles their patterns with the first
// sentence: that takes tens of milliseconds, which a start has no use for, and neither have the
// thousands of starts of the tests.
func New(c *catalog.Catalog) *Reader {
	r := &Reader{catalog: c, vocabulary: map[string]bool{}}
	r.compile = sync.OnceValue(r.learn)
	return r
}

// Check compiles the patterns. The error names each that is wrong; a test shows that there is none.
func (r *Reader) Check() error { return r.compile() }

// learn compiles the patterns of all commands, and collects the words that they have.
func (r *Reader) learn() error {
	said := slices.Concat(before, after, needs)
	for _, f := range asking {
		said = append(said, f.words()...)
	}
	for _, phrase := range said {
		for _, w := range phrase {
			r.vocabulary[w] = true
		}
	}
	for _, sh := range shapes {
		for noun := range strings.SplitSeq(sh.nouns, "|") {
			r.vocabulary[noun] = true
		}
	}
	for said := range saidChoices {
		for _, w := range strings.Fields(said) {
			r.vocabulary[w] = true
		}
	}
	var problems []error
	patterns := &text.Patterns{Spell: spelled, Macros: commandMacros()}
	for _, cmd := range r.catalog.Commands() {
		g, err := grammarOf(cmd, patterns)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", cmd.Name, err))
		}
		g.menus = r.menusNear(cmd)
		r.grammar = append(r.grammar, g)
		g.learn(r.vocabulary)
	}
	for w := range patterns.Words() {
		r.vocabulary[w] = true
	}
	return errors.Join(problems...)
}

// menusNear are the menus of a command, and of the changes in its area: "resolve evil.exe, false positive" says a verdict, which is another
// command's to set.
func (r *Reader) menusNear(cmd *catalog.Command) (menus []catalog.Field) {
	for _, other := range r.catalog.Commands() {
		if other != cmd && (other.Area != cmd.Area || other.Risk == catalog.Read) {
			continue
		}
		for _, f := range other.Fields {
			if f.Type.Name == "choice" && !f.Hidden {
				menus = append(menus, f)
			}
		}
	}
	return menus
}

// maxWords is the longest sentence that is read: beyond that people tell stories.
const maxWords = 80

// Read tells what a sentence means. The error is a *catalog.UsageError with the nearest commands. A sentence in which somebody takes back what they ask for may be read as a question, never as a change.
func (r *Reader) Read(sentence string, in text.Input) (Proposal, error) {
	if err := r.compile(); err != nil {
		return Proposal{}, fmt.Errorf("read a sentence: %w", err)
	}
	sentence = strings.TrimSpace(text.Unescape(strings.ToValidUTF8(sentence, "\uFFFD")))
	words, found := r.straight(sentence, in)
	if len(words) == 0 || len(words) > maxWords {
		return Proposal{}, r.refuse(sentence, "I can't read that as a command")
	}
	if len(found) == 0 {
		if as, behind := r.behindPreamble(sentence, spell(text.Words(sentence)), in); len(behind) > 0 {
			words, found = as, behind
		}
	}
	if len(found) == 0 {
		if e := r.begins(sentence, words, in); e != nil {
			return Proposal{}, e
		}
	}
	if len(found) == 0 {
		return Proposal{}, r.refuse(sentence, "I don't understand all of that, so nothing was done")
	}
	return r.choose(found)
}

// straight reads a sentence as one request from its beginning to its end.
func (r *Reader) straight(sentence string, in text.Input) (words []text.Word, found []reading) {
	written := spell(text.Words(sentence))
	if Courteous(sentence) { // "can you isolate DESKTOP-1? it beacons" asks no question
		for i := range written {
			if written[i].Lower == "?" {
				written[i].Lower = ","
			}
		}
	}
	words = active(wished(written, politely(written)))
	if len(words) == 0 || len(words) > maxWords {
		return words, nil
	}
	if found = r.readings(sentence, words, in, true); len(found) == 0 {
		words, found = r.readOtherwise(sentence, written, words, in)
	}
	return words, found
}

// readOtherwise reads what is not read as it stands: without slips, then in the usual order, then, where it only asks to see something, said directly. It
// stops at the first that is read, so that what is written counts more than what may be meant.
func (r *Reader) readOtherwise(sentence string, written, words []text.Word, in text.Input) (as []text.Word, found []reading) {
	if mended, ok := r.corrected(written); ok {
		words = active(politely(mended))
		found = r.readings(sentence, words, in, true)
	}
	if other, ok := reordered(words); ok && len(found) == 0 {
		found = r.readings(sentence, other, in, true)
	}
	if whole, ok := had(written, words); ok && len(found) == 0 {
		found = r.readings(sentence, whole, in, true)
	}
	if len(found) == 0 {
		found = r.readLoosely(sentence, words, in)
	}
	for _, plainer := range []func([]text.Word) ([]text.Word, bool){unidle, direct} {
		if fewer, ok := plainer(words); ok && len(found) == 0 {
			found = r.readings(sentence, fewer, in, false)
		}
	}
	return words, found
}

// readings are the ways in which the whole sentence means a command. Nothing is changed by one in which something is taken back, nor by a question: "2098113347700215586 is a false
// positive?"
func (r *Reader) readings(sentence string, words []text.Word, in text.Input, changes bool) (found []reading) {
	has := map[string]bool{}
	for _, w := range words {
		has[w.Lower] = true
	}
	question := asks(sentence)
	back := retracts(words) // no message's own words make such a phrase that the sentence has not
	for _, g := range r.grammar {
		if g.cmd.Risk == catalog.Read || changes && !question && !(back && retracts(g.ownWords(words))) {
			found = append(found, g.readings(sentence, words, has, in)...)
		}
	}
	return found
}

// asks tells a question from what is asked of the bot: "can you isolate DESKTOP-1?"
func asks(sentence string) bool {
	return strings.HasSuffix(strings.TrimRight(sentence, " .!"), "?") && !Courteous(sentence)
}

// ownWords are those of a sentence that speak to the bot: a message may begin with "do not switch off your computer", which forbids the bot
// nothing.
func (g grammar) ownWords(words []text.Word) []text.Word {
	colon := slices.IndexFunc(words, func(w text.Word) bool { return w.Lower == ":" })
	if colon < 0 || !slices.ContainsFunc(g.cmd.Fields, func(f catalog.Field) bool { return f.Type.Name == "multiline" }) {
		return words
	}
	own := slices.Clone(words[:colon+1])
	for at := colon + 1; at < len(words); at++ {
		forbids := longest(forbidding, func(phrase []string) bool { return says(words, at, phrase) })
		if verb := at + forbids; forbids > 0 && (at == colon+1 || verb < len(words) && !isBreak(words[verb]) && !oneOf(words[verb].Lower, noting)) {
			at = verb
			if at == len(words) {
				break
			}
		}
		own = append(own, words[at])
	}
	return own
}

// noting are the verbs by which people take back a text: "hello. Don't send it".
const noting = "do|add|post|send|write|save|submit|record|log|broadcast|message|note|put|leave|mind|bother|worry|it|that|this"

var forbidding = phrases(`do not|don't|dont|please do not|please don't`)

// A reading is one way to understand a whole sentence. Slots take anything, literals only
// themselves: the reading with more literals explains more of the sentence.
type reading struct {
	proposal Proposal
	literals int // words of the sentence that the grammar itself has
}

// better orders readings: more words of the grammar, then those that lack nothing.
func (a reading) better(b reading) int {
	whole := map[bool]int{true: 1}
	return cmp.Or(cmp.Compare(b.literals, a.literals), cmp.Compare(whole[b.proposal.Complete], whole[a.proposal.Complete]))
}

// choose takes the best of some readings. Where two are as good and mean different things nobody can tell.
func (r *Reader) choose(found []reading) (Proposal, error) {
	slices.SortStableFunc(found, reading.better)
	best := found[0]
	for _, other := range found[1:] {
		if other.better(best) == 0 && other.proposal.says(best.proposal) {
			best = other
		}
		if other.better(best) == 0 && !other.proposal.same(best.proposal) && !best.proposal.says(other.proposal) {
			e := &catalog.UsageError{Problem: "that can mean two things, so nothing was done", Hint: "pick what you meant"}
			for _, one := range []reading{best, other} {
				name, do := r.nameOf(one.proposal.Do.Command), one.proposal.Do
				do.How, do.Said = render.Open, catalog.Marshal(one.proposal.Extras)
				e.Nearest, e.Offers = catalog.AppendNew(e.Nearest, name), append(e.Offers, catalog.Offer{Label: name, Do: do})
			}
			return Proposal{}, e
		}
	}
	return best.proposal, nil
}

// says tells whether p has all that o has, and more: a reading that leaves out what another one understands is no second meaning.
func (p Proposal) says(o Proposal) bool {
	mine, err := catalog.Object(p.Do.Args)
	others, wrong := catalog.Object(o.Do.Args)
	if err != nil || wrong != nil || p.Do.Command != o.Do.Command || p.Extras != o.Extras || len(mine) <= len(others) {
		return false
	}
	for name, value := range others {
		if string(mine[name]) != string(value) {
			return false
		}
	}
	return true
}

func (p Proposal) same(o Proposal) bool {
	return p.Do.Command == o.Do.Command && string(p.Do.Args) == string(o.Do.Args) && p.Extras == o.Extras
}

// readings are the ways in which the whole sentence means the command.
func (g grammar) readings(sentence string, words []text.Word, has map[string]bool, in text.Input) []reading {
	s := scene{grammar: g, sentence: sentence, in: in, steps: new(int)}
	var found []reading
	for _, h := range g.heads {
		if !h.pattern.MayFit(has) {
			continue
		}
		h.pattern.Match(words, text.Match{}, s.fill, func(m text.Match) {
			s.finish(words, m, func(whole text.Match) {
				if p, ok := s.propose(h, whole.Fills); ok {
					found = append(found, reading{p, whole.Literals})
				}
			})
		})
	}
	return found
}

// finish adds clauses to a match until the sentence is at its end. Each clause must take a word:
// one that could take none would go on for ever.
func (s scene) finish(words []text.Word, m text.Match, each func(text.Match)) {
	if m.End == len(words) {
		each(m)
		return
	}
	for _, clause := range s.clauses {
		clause.Match(words, m, s.fill, func(next text.Match) {
			if next.End > m.End {
				s.finish(words, next, each)
			}
		})
	}
}

// nameOf is the name by which people know a command: the first for daily use.
func (r *Reader) nameOf(command string) string {
	if cmd, ok := r.catalog.Find(command); ok && len(cmd.Aliases) > 0 {
		return cmd.Aliases[0]
	}
	return command
}
