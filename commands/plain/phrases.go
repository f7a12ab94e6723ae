package plain

import (
	"errors"
	"slices"
	"strings"

	"s1bot/commands/text"
)

// Phrases are sentences that mean one of the bot's own words, such as "what can you do". Each is a pattern of package text, with the
// macros of the grammar and at most one slot, {rest}, which is all that follows, or {order}, which is all that follows but what only asks to be told
// something: "can i isolate DESKTOP-1" is about the right to do it, "can i get the open threats" is not. {longer} is the whole of a sentence that Longer reads.
type Phrases []text.Pattern

// ReadPhrases compiles patterns. The error names each that is wrong.
func ReadPhrases(patterns ...string) (Phrases, error) {
	var all Phrases
	var problems []error
	read := text.Patterns{Macros: phraseMacros()}
	for _, source := range patterns {
		p, err := read.Read(source)
		problems = append(problems, err)
		all = append(all, p)
	}
	return all, errors.Join(problems...)
}

// MustPhrases is ReadPhrases for patterns that are part of the program: a broken one is a fault of ours.
func MustPhrases(patterns ...string) Phrases {
	all, err := ReadPhrases(patterns...)
	if err != nil {
		panic(err)
	}
	return all
}

// A Sentence is what somebody typed, taken apart once for all phrases that it may be.
type Sentence struct {
	text string
	said [][]text.Word // with and without the politeness around it: "help me" is a phrase of its own, and a polite beginning
	has  map[string]bool
}

// ReadSentence takes a line apart. One that is longer than any sentence is no phrase.
func ReadSentence(line string) Sentence {
	s := Sentence{text: strings.TrimSpace(text.Unescape(strings.ToValidUTF8(line, "\uFFFD"))), has: map[string]bool{}}
	words := withoutThanks(text.Words(s.text))
	if len(words) > maxWords {
		return s
	}
	for _, w := range words {
		s.has[w.Lower] = true
	}
	for _, said := range [][]text.Word{words, politely(words)} {
		if len(said) > 0 {
			s.said = append(s.said, said)
		}
	}
	return s
}

// Fit tells whether the whole sentence is one of the phrases, and what stands where the phrase has its {rest}.
func (p Phrases) Fit(s Sentence) (rest string, ok bool) {
	for _, said := range s.said {
		for _, pattern := range p {
			if !pattern.MayFit(s.has) {
				continue
			}
			if rest, ok = fits(pattern, s.text, said); ok {
				return rest, true
			}
		}
	}
	return "", false
}

func fits(p text.Pattern, sentence string, words []text.Word) (rest string, ok bool) {
	fill := func(slot string, words []text.Word, at int) []text.Filling {
		if at >= len(words) || slot == "order" && (oneOf(words[at].Lower, "get|have|see|know|please") || pleads(text.Words(sentence))) {
			return nil
		}
		if _, _, longer := Longer(sentence); slot == "longer" {
			if !longer {
				return nil
			}
			return []text.Filling{{Taken: len(words) - at, Value: sentence}}
		}
		return []text.Filling{{Taken: len(words) - at, Value: sentence[words[at].From:words[len(words)-1].To]}}
	}
	p.Match(words, text.Match{}, fill, func(m text.Match) {
		if ok || m.End != len(words) {
			return
		}
		ok = true
		for _, f := range m.Fills {
			rest, _ = f.Value.(string)
		}
	})
	return rest, ok
}

// Words are all words of the phrases, for who looks for what they mean.
func (p Phrases) Words() string {
	var all []string
	for _, pattern := range p {
		all = slices.AppendSeq(all, pattern.Literals())
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// Plainly is a line without the politeness that it begins with.
func Plainly(line string) string {
	rest := politely(text.Words(line))
	if len(rest) == 0 {
		return line
	}
	return line[rest[0].From:]
}

// Courteous tells whether a line begins as people ask somebody for something: "can you isolate DESKTOP-1" is no question about a dry run,
// although "can" is the word for one.
func Courteous(line string) bool {
	_, courteous := requested(text.Words(line))
	return courteous
}
