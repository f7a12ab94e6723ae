package plain

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/slash"
	"s1bot/commands/text"
)

// propose makes an invocation of what fills the slots; false where two of them contradict each other or a value is none.
func (s scene) propose(h head, fills []text.Fill) (Proposal, bool) {
	d := draft{cmd: s.cmd, in: s.in, words: map[string][]string{}, keys: map[string]map[string][]string{}, locals: map[string]string{}, used: map[string]bool{}}
	sets := slices.Clone(h.sets)
	for _, f := range fills {
		switch v := f.Value.(type) {
		case []setting:
			sets = append(sets, v...)
		case reason:
			d.twice = d.twice || d.extras.Reason != ""
			d.extras.Reason = string(v)
		case ticket:
			d.twice = d.twice || d.extras.Ticket != ""
			d.extras.Ticket = string(v)
		case span:
			d.twice = d.twice || d.extras.For != 0
			d.extras.For = time.Duration(v)
		case local:
			d.twice = d.twice || d.locals["$"+v.name] != ""
			d.locals["$"+v.name] = v.value
		}
	}
	for _, set := range sets {
		d.set(set)
	}
	return d.proposal()
}

// A draft is an invocation that is put together.
type draft struct {
	cmd    *catalog.Command
	in     text.Input
	words  map[string][]string            // by parameter
	keys   map[string]map[string][]string // by parameter that is a filter, and key
	locals map[string]string              // values for texts, by name with $
	used   map[string]bool                // those that a text has
	extras catalog.Extras
	twice  bool // something is said twice, and not the same
}

// A second value for the same parameter is a contradiction unless it is the same one.
func (d *draft) set(s setting) {
	words := make([]string, len(s.words))
	for i, w := range s.words {
		words[i] = d.insert(w)
	}
	if s.key != "" {
		if d.keys[s.param] == nil {
			d.keys[s.param] = map[string][]string{}
		}
		d.twice = d.twice || d.keys[s.param][s.key] != nil
		d.keys[s.param][s.key] = words
		return
	}
	d.twice = d.twice || d.words[s.param] != nil && !slices.Equal(d.words[s.param], words)
	d.words[s.param] = words
}

// insert puts the sentence's values into a text: SrcProcName ContainsCIS "$file". What stands in brackets is there if its value is: "DstIP =
// \"$what\"[ AND AgentName ContainsCIS \"$host\"]". A quote in a value would end the text's.
func (d *draft) insert(written string) string {
	if before, rest, ok := strings.Cut(written, "["); ok && strings.Contains(written, "$") {
		part, after, _ := strings.Cut(rest, "]")
		if !slices.ContainsFunc(slices.Collect(maps.Keys(d.locals)), func(name string) bool { return strings.Contains(part, name) }) {
			part = ""
		}
		written = before + part + after
	}
	for name, value := range d.locals {
		if strings.Contains(written, name) {
			d.twice = d.twice || strings.ContainsAny(value, "\"\\")
			written = strings.ReplaceAll(written, name, value)
			d.used[name] = true
		}
	}
	return written
}

// proposal reads the values as the command's own parser would. A value that the parser refuses
// makes the reading none, so what is proposed could have been typed as a line.
func (d *draft) proposal() (Proposal, bool) {
	if d.twice || len(d.used) < len(d.locals) {
		return Proposal{}, false
	}
	values := map[string]any{}
	for _, f := range d.cmd.Fields {
		value, ok := d.value(f)
		if !ok {
			return Proposal{}, false
		}
		if value != nil {
			values[f.Name] = value
		}
	}
	slash.DefaultTimes(d.cmd, values, d.in.Now)
	p := Proposal{Do: catalog.Invocation{Command: d.cmd.Name, Args: catalog.Marshal(values)}, Extras: d.extras}
	err := d.cmd.CheckAt(p.Do.Args, d.in.Now)
	var missing *catalog.MissingError
	p.Complete = err == nil
	return p, err == nil || errors.As(err, &missing)
}

// value is what was said of one parameter; nil for nothing.
func (d *draft) value(f catalog.Field) (any, bool) {
	words, keys := d.words[f.Name], d.keys[f.Name]
	var value any
	var err error
	switch {
	case f.Hidden || words == nil && keys == nil:
		return nil, true
	case words != nil && keys != nil:
		return nil, false // names and a filter: which holds?
	case keys != nil:
		value, err = f.ReadOne(string(filterOf(keys)), d.in)
	case f.List:
		value, err = f.ReadAll(words, d.in)
	case f.Type.Filter:
		value, err = f.ReadOne(strings.Join(words, ","), d.in)
	case len(words) == 1:
		value, err = f.ReadOne(words[0], d.in)
	default:
		return nil, false
	}
	return value, err == nil
}

// filterOf writes a filter as JSON; one value is itself, several are a list.
func filterOf(keys map[string][]string) json.RawMessage {
	fields := map[string]any{}
	for key, words := range keys {
		fields[key] = words
		if catalog.TimeKey.MatchString(key) || scalarKeys[key] {
			fields[key] = words[0]
		}
	}
	return catalog.Marshal(fields)
}

// scalarKeys take one value, never a list; see the vendor's API document, 2.1.
var scalarKeys = map[string]bool{"query": true, "displayName": true, "limit": true, "resolved": true, "value__contains": true, "countOnly": true}

// narrowing are the ways to read words that narrow a list down: "open", "critical", "the latest 5", one or more of them.
func (s scene) narrowing(words []text.Word, at int) []text.Filling {
	var fillings []text.Filling
	var sets []setting
	for i := at; i < len(words); {
		n, set := s.narrow(words, i)
		joined := false
		next := comma(words, i)
		if next < 0 && words[i].Lower == "or" { // "critical or high" are both in a list
			next = i + 1
		}
		if n == 0 && next > 0 && next < len(words) && len(sets) > 0 {
			if n, set = s.narrow(words, next); n > 0 && len(set) == 1 {
				joined, n = true, next-i+n
			}
		}
		if n == 0 {
			break
		}
		i += n
		if i < len(words) && len(set) > 0 && oneOf(words[i].Lower, qualities) && s.qualifies(words[i].Lower, set[0]) {
			i++
		}
		sets = slices.Concat(sets, set)
		if last := len(sets) - 1; joined {
			if last == 0 || sets[last].param != sets[last-1].param || sets[last].key != sets[last-1].key || !s.several(set[0]) {
				break
			}
			both := setting{set[0].param, set[0].key, slices.Concat(sets[last-1].words, set[0].words)}
			sets = append(slices.Clone(sets[:last-1]), both)
		}
		fillings = append(fillings, text.Filling{Taken: i - at, Value: sets})
	}
	slices.SortStableFunc(fillings, func(a, b text.Filling) int { return cmp.Compare(b.Taken, a.Taken) })
	return fillings
}

// qualities may stand behind a word of their menu: "high severity", "in progress status".
const qualities = "severity|severities|priority|status|state|verdict"

func (s scene) qualifies(word string, set setting) bool {
	if word == "priority" || word == "severities" {
		word = "severity"
	}
	if word == "state" {
		word = "status"
	}
	return strings.Contains(strings.ToLower(set.param+set.key), word)
}

// several tells whether "high and critical" has a place: in a list.
func (s scene) several(set setting) bool {
	f, ok := s.cmd.Lookup(set.param)
	return ok && (f.List || set.key != "" && !scalarKeys[set.key])
}

// plainOrder says of a list what holds for all lists: everything of it, newest first.
const plainOrder = "our|all|every|each|new|latest|recent|newest|current|last|most|currently|the|any"

// narrow reads one word, or one of several words, that narrows a list down.
func (s scene) narrow(words []text.Word, at int) (int, []setting) {
	for n := min(3, len(words)-at); n > 0; n-- {
		said := make([]string, n)
		for i := range said {
			said[i] = words[at+i].Lower
		}
		if set, ok := s.words[spelledAll(strings.ReplaceAll(strings.Join(said, " "), "-", " "))]; ok { // "in-progress"
			return n, []setting{set}
		}
	}
	if n, set := s.number(words, at); n > 0 {
		return n, set
	}
	if oneOf(words[at].Lower, plainOrder) {
		return 1, nil
	}
	return 0, nil
}

// number reads how many of a list are wanted: "last 10", "top 5", "20".
func (s scene) number(words []text.Word, at int) (int, []setting) {
	i := at
	if oneOf(words[i].Lower, "last|top|first|latest|newest") {
		i++
	}
	if i >= len(words) || words[i].Quoted {
		return 0, nil
	}
	many, isNumber := text.Count(words[i].Lower)
	if !isNumber || many != words[i].Text && (i+1 == len(words) && i == at || i+1 < len(words) && oneOf(words[i+1].Lower, "of|day|days|hour|hours|week|weeks|month|months|minute|minutes")) { // "two days" is a stretch of time
		return 0, nil
	}
	f, ok := s.cmd.Lookup("limit")
	if !ok {
		return 0, nil
	}
	if i == at && i+1 < len(words) && oneOf(words[i+1].Lower, "last|latest|newest|first") { // "the 10 last threats"
		return 2, []setting{{f.Name, "", []string{many}}}
	}
	return i + 1 - at, []setting{{f.Name, "", []string{many}}}
}
