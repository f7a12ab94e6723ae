package text

import (
	"fmt"
	"iter"
	"slices"
	"strings"
)

// A Pattern is one way to say something, of a fixed grammar:
//
//	take {agent-ids} off the network      words, and slots for values
//	(power|turn) off                      one of several
//	[please] scan                         what may be missing
//	<show> threats                        a macro, which stands for a pattern that many have
//
// Articles in a sentence never count ("off the network"), so patterns leave them out; before a slot its Filler sees them.
type Pattern []element

// An element is a word, a slot, or a choice of patterns. A choice with an empty pattern among its
// own is what may be missing.
type element struct {
	word, slot string
	choice     []Pattern
}

// ReadPattern reads the pattern language. It is called when the bot starts, never with what people
// type.
func ReadPattern(source string) (Pattern, error) { return new(Patterns).Read(source) }

// Patterns reads many patterns. What many have in common is one in memory: a macro, and a choice that is written alike in several.
type Patterns struct {
	Spell  func(word string) string // another spelling of the words; may be nil
	Macros map[string]Pattern       // what stands for <show> and the like, by name
	read   map[string][]Pattern     // choices, by how they are written
	words  map[string]string        // of their own, for a part of a source would keep all of it
}

// Words are all words of the macros and of the patterns that were read, as they are spelled; one may come several times.
func (all *Patterns) Words() iter.Seq[string] {
	return func(yield func(string) bool) {
		for w := range all.words {
			if !yield(w) {
				return
			}
		}
		for _, macro := range all.Macros {
			if !macro.literals(yield) {
				return
			}
		}
	}
}

func (all *Patterns) word(source string) string {
	if all.Spell != nil {
		source = all.Spell(source)
	}
	word, ok := all.words[source]
	if !ok {
		word = strings.Clone(source)
		all.words[word] = word
	}
	return word
}

// Read reads one.
func (all *Patterns) Read(source string) (Pattern, error) {
	if all.read == nil {
		all.read, all.words = map[string][]Pattern{}, map[string]string{}
	}
	p := patternReader{rest: source, all: all}
	pattern, err := p.sequence()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is left over", p.rest)
	}
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", source, err)
	}
	return pattern, nil
}

// A patternReader descends: a sequence of elements, an element that may hold choices, a choice of
// sequences.
type patternReader struct {
	rest string
	all  *Patterns
}

func (r *patternReader) sequence() (Pattern, error) {
	var pattern Pattern
	for {
		r.rest = strings.TrimLeft(r.rest, " ")
		if r.rest == "" || strings.ContainsRune("|)]", rune(r.rest[0])) {
			return pattern, nil
		}
		if r.rest[0] == '<' {
			macro, err := r.macro()
			if err != nil {
				return nil, err
			}
			pattern = append(pattern, macro...)
			continue
		}
		e, err := r.element()
		if err != nil {
			return nil, err
		}
		pattern = append(pattern, e)
	}
}

// macro is what the name in angle brackets stands for.
func (r *patternReader) macro() (Pattern, error) {
	name, rest, _ := strings.Cut(r.rest[1:], ">")
	macro, ok := r.all.Macros[name]
	if !ok {
		return nil, fmt.Errorf("<%s> stands for nothing", name)
	}
	r.rest = rest
	return macro, nil
}

func (r *patternReader) element() (element, error) {
	switch r.rest[0] {
	case '{':
		slot, rest, ok := strings.Cut(r.rest[1:], "}")
		if !ok {
			return element{}, fmt.Errorf("%q does not end", r.rest)
		}
		r.rest = rest
		return element{slot: strings.Clone(slot)}, nil
	case '(':
		return r.choice(')')
	case '[':
		return r.choice(']')
	}
	at := strings.IndexAny(r.rest, " {}()[]|")
	if at < 0 {
		at = len(r.rest)
	}
	if at == 0 {
		return element{}, fmt.Errorf("%q has no place here", r.rest)
	}
	e := element{word: r.all.word(r.rest[:at])}
	r.rest = r.rest[at:]
	return e, nil
}

// choice is the choice that stands here, or the same one of before: what is written alike is read once, and skipped from then on.
func (r *patternReader) choice(closing byte) (element, error) {
	source := r.rest[:span(r.rest)]
	if same, ok := r.all.read[source]; ok {
		r.rest = r.rest[len(source):]
		return element{choice: same}, nil
	}
	choice, err := r.alternatives(closing)
	if err != nil {
		return element{}, err
	}
	if closing == ']' {
		choice = append(choice, nil)
	}
	r.all.read[source] = slices.Clip(choice)
	return element{choice: r.all.read[source]}, nil
}

// span is how long the bracket is that source begins with, or what there is of it.
func span(source string) int {
	open := 0
	for at := range len(source) {
		switch source[at] {
		case '(', '[':
			open++
		case ')', ']':
			if open--; open == 0 {
				return at + 1
			}
		}
	}
	return len(source)
}

func (r *patternReader) alternatives(closing byte) ([]Pattern, error) {
	r.rest = r.rest[1:]
	var all []Pattern
	for {
		one, err := r.sequence()
		if err != nil {
			return nil, err
		}
		all = append(all, one)
		if r.rest == "" {
			return nil, fmt.Errorf("%q is missing", string(closing))
		}
		sign := r.rest[0]
		r.rest = r.rest[1:]
		if sign == closing {
			return all, nil
		}
		if sign != '|' {
			return nil, fmt.Errorf("%q closes nothing", string(sign))
		}
	}
}

// Slots are the names of the pattern's slots, as they are written in it.
func (p Pattern) Slots() []string {
	var names []string
	for _, e := range p {
		if e.slot != "" {
			names = append(names, e.slot)
		}
		for _, c := range e.choice {
			names = append(names, c.Slots()...)
		}
	}
	return names
}

// MayFit tells whether the words that the pattern has whichever way it is said all stand in a
// sentence: most patterns need no closer look. It saves most of the work of a sentence: a few
// hundred patterns are held against it, and nearly all lack a word.
func (p Pattern) MayFit(has map[string]bool) bool {
	for _, e := range p {
		if e.word != "" && !has[e.word] {
			return false
		}
		if e.choice != nil && !e.mayBeMissing() && !slices.ContainsFunc(e.choice, func(c Pattern) bool { return c.MayFit(has) }) {
			return false
		}
	}
	return true
}

// mayBeMissing tells what stands in square brackets, whose last choice is nothing.
func (e element) mayBeMissing() bool { return len(e.choice) > 0 && len(e.choice[len(e.choice)-1]) == 0 }

// Fits tells how many of the parts that the pattern has whichever way it is said stand in a sentence, and of how many. What it may leave out
// is no part, and neither is a slot.
func (p Pattern) Fits(has map[string]bool) (there, of int) {
	for _, e := range p {
		if e.slot != "" || slices.ContainsFunc(e.choice, Pattern.wordless) {
			continue
		}
		of++
		if (Pattern{e}).MayFit(has) {
			there++
		}
	}
	return there, of
}

// wordless tells a pattern that needs no word to be said.
func (p Pattern) wordless() bool {
	for range p.Literals() {
		return false
	}
	return true
}

// Literals are all words of a pattern, those of every way to say it.
func (p Pattern) Literals() iter.Seq[string] {
	return func(yield func(string) bool) { p.literals(yield) }
}

func (p Pattern) literals(yield func(string) bool) bool {
	for _, e := range p {
		if e.word != "" && !yield(e.word) {
			return false
		}
		for _, c := range e.choice {
			if !c.literals(yield) {
				return false
			}
		}
	}
	return true
}

// A Fill is a slot with what stands in it.
type Fill struct {
	Slot  string
	Value any
}

// A Match is one way in which a pattern fits the beginning of a sentence.
type Match struct {
	End      int // the first word behind it
	Fills    []Fill
	Literals int // words that stand in the pattern itself: the more, the surer it is
}

// A Filling is a value that a slot may take, and how many words it takes.
type Filling struct {
	Taken int
	Value any
}

// A Filler says what may stand in a slot that begins with the word at; nothing where nothing may.
type Filler func(slot string, words []Word, at int) []Filling

// Articles never tell one command from another.
var articles = map[string]bool{"the": true, "a": true, "an": true, "our": true}

// mayBegin tells whether the pattern's first word stands at a place in a sentence, or an article before it. Of the dozens of ways to say "show"
// it leaves the few that are worth a closer look.
func (p Pattern) mayBegin(words []Word, at int) bool {
	if len(p) == 0 || p[0].word == "" {
		return true
	}
	return at < len(words) && (words[at].Lower == p[0].word || articles[words[at].Lower])
}

// Match finds every way in which the pattern fits words from m.End on. All readings are given to
// each, not the first: a slot may take more words or fewer, and only the rest of the sentence
// tells. Slices are cut to their length before they grow, because several readings go on from one.
func (p Pattern) Match(words []Word, m Match, fill Filler, each func(Match)) {
	if len(p) == 0 {
		each(m)
		return
	}
	e, rest := p[0], p[1:]
	for _, c := range e.choice {
		if c.mayBegin(words, m.End) {
			append(c[:len(c):len(c)], rest...).Match(words, m, fill, each)
		}
	}
	if e.choice != nil || m.End > len(words) {
		return
	}
	if e.slot != "" {
		for _, f := range fill(e.slot, words, m.End) {
			next := m
			next.End += f.Taken
			next.Fills = append(m.Fills[:len(m.Fills):len(m.Fills)], Fill{e.slot, f.Value})
			rest.Match(words, next, fill, each)
		}
	}
	if m.End == len(words) {
		return
	}
	if e.word != "" && words[m.End].Lower == e.word {
		next := m
		next.End, next.Literals = m.End+1, m.Literals+1
		rest.Match(words, next, fill, each)
	}
	if e.word != "" && articles[words[m.End].Lower] && words[m.End].Lower != e.word { // what fills a slot may begin with one
		m.End++
		p.Match(words, m, fill, each)
	}
}
