package catalog

import (
	"cmp"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"s1bot/render"
)

// A namebook remembers what ids are called, from whatever passed by: names that were looked up, rows that were listed, options of
// search boxes. It is for the eye alone: titles and forms show names where they are known, and ids where not; nothing is decided
// by it. It may know old names, and after a restart knows none.
type namebook struct{ entries *lru.Cache[string, string] }

// LabelBreak separates the parts of an option's label: its name, where it is, and what state it is
// in.
const LabelBreak = " · "

// newNamebook has room for the names of some large consoles; what is not asked for is forgotten first.
func newNamebook() *namebook {
	// Some 100 bytes each: a megabyte at most.
	entries, err := lru.New[string, string](10_000)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return &namebook{entries}
}

// learn notes what an id is called: a name, or a label that begins with it. Of that the name and the next part are kept, which is
// where it is; what follows does not hold for long.
func (b *namebook) learn(id, label string) {
	parts := strings.SplitN(label, LabelBreak, 3)
	label = strings.Join(parts[:min(len(parts), 2)], LabelBreak)
	if b != nil && label != "" && label != id && !IsName(id) {
		b.entries.Add(id, label)
	}
}

// hear notes the word by which somebody asked for an id, be it an address or in other letters,
// where no name is known. A word that somebody typed is worse than the console's own spelling, so
// it never replaces one.
func (b *namebook) hear(id, word string) {
	if b != nil && !b.entries.Contains(id) {
		b.learn(id, word)
	}
}

// learnAll notes what a search box shows, so that the form which it fills shows the same names.
func (b *namebook) learnAll(options []render.Option) {
	for _, o := range options {
		b.learn(o.Value, o.Label)
	}
}

// learnTargets notes what a plan found.
func (b *namebook) learnTargets(targets []Target) {
	for _, t := range targets {
		b.learn(t.ID, t.Name)
	}
}

// Label is what an id is called, or itself.
func (b *namebook) Label(id string) string {
	if b == nil {
		return id
	}
	label, _ := b.entries.Get(id)
	return cmp.Or(label, id)
}

// List is the names of ids.
func (b *namebook) List(ids []string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = b.name(id)
	}
	return strings.Join(names, ",")
}

// name is the name alone; what is no known id stays.
func (b *namebook) name(id string) string {
	if IsName(id) {
		return id
	}
	name, _, _ := strings.Cut(b.Label(id), LabelBreak)
	return name
}
