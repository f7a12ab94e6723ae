package plain

import (
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
)

// Who asks to see something says what narrows it down wherever it comes to mind: "on DESKTOP-1, which threats are open", "yesterday's alerts in Oslo",
// "LAB-7 alerts". A sentence that isn't read as it stands is read with its clauses before the head as well as behind it, and with words between them
// that say nothing of what is listed.
//
// Only what is looked at is read like this. The rule holds that no word is dropped: each is the head's, a clause's, or one of the fillers, and none of
// those limits, negates, or asks for anything but the list.

// fillers say nothing of what is listed.
var fillers = phrases(`,|.|?|;|-|:|so|and|well|the|a|an|any|some|our|me|us|there|here|please|just|still|quick|short|brief|rough|currently|right now|now|at the moment|in total|overall|at all|or not|actually|so far|by now|to date|to me|for me|for us|ones|
	are there|is there|were there|do we still have|did we already have|are there still|is there still|do we already have|do we have|did we have|did we get|did we see|have we had|have we got|we have|we had|we got|you have|do you have|do you see|of ours|of them|
	in our environment|in environment|in our network|in network|in our estate|in our fleet|in console|on console|in s1|in sentinelone|in our tenant|everywhere|anywhere|all of|
	i need|i want|we need|give me|show me|show|list|get me|tell me|can i see|let me see|i'd like|looking for|which|what|how many|count|number of|list of|overview of`)

// loosely are the ways in which a whole sentence asks for what the command shows, whatever the order of its parts.
func (g grammar) loosely(sentence string, words []text.Word, has map[string]bool, in text.Input) []reading {
	s := scene{grammar: g, sentence: sentence, in: in, steps: new(int)}
	var found []reading
	for _, h := range g.heads {
		if !h.pattern.MayFit(has) {
			continue
		}
		s.lead(words, text.Match{}, func(before text.Match) {
			h.pattern.Match(words, before, s.fill, func(m text.Match) {
				s.trail(words, m, func(whole text.Match) {
					if p, ok := s.propose(h, whole.Fills); ok {
						found = append(found, reading{p, whole.Literals})
					}
				})
			})
		})
	}
	return found
}

// lead reads what stands before a head.
func (s scene) lead(words []text.Word, m text.Match, each func(text.Match)) {
	each(m)
	s.skip(words, m, func(next text.Match) { s.lead(words, next, each) })
	for _, slot := range s.hosts { // "LAB-7 alerts"
		slot.Match(words, m, s.fill, func(next text.Match) { s.lead(words, next, each) })
	}
}

// trail reads what stands behind one.
func (s scene) trail(words []text.Word, m text.Match, each func(text.Match)) {
	if m.End == len(words) {
		each(m)
		return
	}
	s.skip(words, m, func(next text.Match) { s.trail(words, next, each) })
}

// skip goes over a filler, or over what a clause says.
func (s scene) skip(words []text.Word, m text.Match, each func(text.Match)) {
	if *s.steps++; *s.steps > maxSteps || m.End >= len(words) {
		return
	}
	if n := longest(fillers, func(phrase []string) bool { return says(words, m.End, phrase) }); n > 0 {
		next := m
		next.End += n
		each(next)
	}
	for _, clause := range s.clauses {
		clause.Match(words, m, s.fill, func(next text.Match) {
			if next.End > m.End {
				each(next)
			}
		})
	}
}

// readLoosely is readings, with the parts in any order.
func (r *Reader) readLoosely(sentence string, words []text.Word, in text.Input) (found []reading) {
	has := map[string]bool{}
	for _, w := range words {
		has[w.Lower] = true
	}
	for _, g := range r.grammar {
		if g.cmd.Risk == catalog.Read && slices.ContainsFunc(g.heads, func(h head) bool { return h.pattern.MayFit(has) }) {
			found = append(found, g.loosely(sentence, words, has, in)...)
		}
	}
	return found
}
