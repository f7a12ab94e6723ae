package catalog

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Narrowing says what the call's arguments narrow a list down to: by the words that people put before
// what is listed ("open malicious"), where they stand for arguments, and the rest as Describe says it.
func (c *Call) Narrowing() (words, rest string) {
	values, err := Object(c.Args)
	if err != nil {
		return "", ""
	}
	said := map[string]string{} // what each stands for
	for {
		word, means := c.Command.adjective(values)
		if word == "" {
			break
		}
		said[word] = means
		values = without(values, means)
	}
	return strings.Join(slices.SortedFunc(maps.Keys(said), func(a, b string) int { return before(said[a], said[b]) }), " "), c.describe(values)
}

// before orders what words stand for as people say them: the state of a thing ahead of what it is ("open malicious").
func before(a, b string) int {
	kind := func(means string) int {
		if strings.Contains(strings.ToLower(means), "status") {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(kind(a), kind(b)), strings.Compare(a, b))
}

// adjective is a word of the command's that stands for one of the arguments, and what it stands
// for. Of several that mean the same (open, active, not closed) the console's own comes first, then
// the shortest; of words for different arguments the first in the alphabet, so that a title is the
// same each time.
func (cmd *Command) adjective(values map[string]json.RawMessage) (word, means string) {
	for _, own := range []map[string]string{cmd.Plain, cmd.Wording.Words} {
		for _, w := range slices.Sorted(maps.Keys(own)) {
			if !cmd.holds(values, own[w]) {
				continue
			}
			if _, value, _ := strings.Cut(own[w], "="); strings.EqualFold(strings.ReplaceAll(value, "_", " "), w) {
				return w, own[w]
			}
			if word == "" || len(w) < len(word) && own[w] == means {
				word, means = w, own[w]
			}
		}
	}
	return word, means
}

// state are the parameters and keys whose words are adjectives ("open threats"). Those of others are nouns: a file, Windows, ransomware.
var state = regexp.MustCompile(`(?i)status|confidence`)

// holds tells whether the arguments have exactly what a word for a state stands for: "statuses=open",
// "custom-input.incidentStatuses=unresolved,in_progress".
func (cmd *Command) holds(values map[string]json.RawMessage, means string) bool {
	path, value, _ := strings.Cut(means, "=")
	name, key, inside := strings.Cut(path, ".")
	raw, want := values[name], strings.Split(value, ",")
	if !state.MatchString(path) {
		return false
	}
	if inside {
		filter, err := Object(raw)
		if err != nil {
			return false
		}
		raw = filter[key]
	} else if f, known := cmd.Lookup(name); known && f.Type.groups[value] != nil {
		want = f.Type.groups[value]
	}
	return !IsEmpty(raw) && slices.EqualFunc(strings.Split(Joined(raw), ","), want, strings.EqualFold)
}

// without are the arguments but for what a word stands for.
func without(values map[string]json.RawMessage, means string) map[string]json.RawMessage {
	path, _, _ := strings.Cut(means, "=")
	name, key, inside := strings.Cut(path, ".")
	rest := maps.Clone(values)
	delete(rest, name)
	if !inside {
		return rest
	}
	filter, _ := Object(values[name])
	if delete(filter, key); len(filter) > 0 {
		rest[name] = Marshal(filter)
	}
	return rest
}
