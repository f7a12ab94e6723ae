// Package lookup finds things in the console: by the names and ids that parameters take, by
// filters, and by what somebody types into a search box. All says which kinds of things there are.
//
// A word becomes a thing in these steps, and each of them may end it:
//
//	word ──an id's form?──▶ the thing with that id, if the console knows it
//	  └──▶ search by the console's key for parts of names ──▶ rows whose name is equal but for case and blanks
//	           ├─ one ──▶ it
//	           ├─ several ──▶ without decommissioned ones; still several: an AmbiguousError with what tells them apart
//	           └─ none ──▶ a short id after all? ──▶ else a UsageError with the nearest names
//
// The console has an exact key for few kinds of things, and what it has for the rest matches parts
// of words in any field. So a search asks for too much, a directory's fits decides, and where there
// is too much to read (MaxNamesakes) nothing is decided: a second thing of the name might be in
// what was not read.
//
// Filters go the same way. The keys are checked against the vendor's document before anything is
// sent (package filters), names under keys that take ids are replaced, and the rows that come back
// are held against the filter once more (PostFiltered).
//
// The rule one must not break: a name that fits several things is never guessed; the person is
// shown what tells them apart. And what the console returns is compared with what was asked: it
// ignores keys that it does not know.
package lookup

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"s1bot/commands/catalog"
	"s1bot/commands/text"
	"s1bot/s1"
)

// A directory is where things of one kind are found by name. A name fits if it is equal but for
// case and the blanks around it: parts of names never do. Everything that differs between kinds of
// things is a field, so that no kind has rules of its own for what a name is. A directory is made
// anew for each question and holds nothing.
type directory[T any] struct {
	noun   string                                                                       // "endpoint"
	Search func(ctx context.Context, call *catalog.Call, names []string) ([]T, error)   // things whose names have these in them
	ByID   func(ctx context.Context, call *catalog.Call, ids []string) ([]T, error)     // nil: an id is taken on trust
	guess  func(ctx context.Context, call *catalog.Call, name string) ([]string, error) // names that could have been meant
	fits   func(thing T, name string) bool                                              // is it called so?
	Target func(call *catalog.Call, thing T) catalog.Target
	isName func(word string) bool // nil: what is no long number
	gone   func(thing T) bool     // no match while something that is not gone fits; nil: nothing is
}

// naming tells whether a word is a name rather than an id.
func (d directory[T]) naming(word string) bool {
	if d.isName != nil {
		return d.isName(word)
	}
	return catalog.IsName(word)
}

// find returns ids for words; it asks the console about names only. Ids are not confirmed here: the
// command reads the things anyway, and a wrong id is told by All or by the plan.
func (d directory[T]) find(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	named, err := d.named(ctx, call, param, words)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range words {
		if thing, ok := named[w]; ok {
			w = d.Target(call, thing).ID
		}
		if !slices.Contains(ids, w) {
			ids = append(ids, w)
		}
	}
	return ids, nil
}

// All returns the things that words name, each once, in their order. An id that the console does
// not know is an error. It costs one search per name (or per ten, where the console takes several)
// and one call for all ids together.
func (d directory[T]) All(ctx context.Context, call *catalog.Call, param string, words []string) ([]T, error) {
	named, err := d.named(ctx, call, param, words)
	if err != nil {
		return nil, err
	}
	known, err := d.known(ctx, call, words)
	if err != nil {
		return nil, err
	}
	var things []T
	seen := map[string]bool{}
	for _, w := range words {
		thing, ok := named[w]
		if !ok {
			if thing, ok = known[w]; !ok {
				return nil, catalog.Wrong(param, "the console has no %s with the id %s", d.noun, w)
			}
		}
		if id := d.Target(call, thing).ID; !seen[id] {
			seen[id] = true
			things = append(things, thing)
		}
	}
	return things, nil
}

// known looks up the words that are ids.
func (d directory[T]) known(ctx context.Context, call *catalog.Call, words []string) (map[string]T, error) {
	ids := slices.DeleteFunc(slices.Clone(words), d.naming)
	if len(ids) == 0 {
		return nil, nil
	}
	things, err := d.ByID(ctx, call, ids)
	known := map[string]T{}
	for _, thing := range things {
		known[d.Target(call, thing).ID] = thing
	}
	return known, err
}

// named looks up the words that are names: each must fit exactly one thing. The first name that
// does not fit exactly one ends it: the person settles one question at a time.
func (d directory[T]) named(ctx context.Context, call *catalog.Call, param string, words []string) (map[string]T, error) {
	names := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !d.naming(w) })
	if len(names) == 0 {
		return nil, nil
	}
	things, err := d.Search(ctx, call, names)
	var usage *catalog.UsageError
	if errors.As(err, &usage) {
		usage.Param = param
		return nil, usage
	}
	if err != nil {
		return nil, err
	}
	named := map[string]T{}
	for _, name := range names {
		fitting := d.fitting(call, things, name)
		switch len(fitting) {
		case 0:
			thing, known, err := d.numbered(ctx, call, name)
			if err != nil {
				return nil, err
			}
			if !known {
				return nil, d.unknown(ctx, call, param, name)
			}
			named[name] = thing
		case 1:
			named[name] = fitting[0]
		default:
			return nil, d.ambiguous(call, param, name, fitting)
		}
	}
	return named, nil
}

// numbered looks a name up as an id, where nothing is called so: consoles have ids of fewer digits,
// too. It counts if the console confirms it; one that has no such ids may refuse the question.
func (d directory[T]) numbered(ctx context.Context, call *catalog.Call, name string) (thing T, known bool, err error) {
	if d.ByID == nil || !s1.ValidID(name) {
		return thing, false, nil
	}
	things, err := d.ByID(ctx, call, []string{name})
	var refused *s1.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusNotFound) {
		return thing, false, nil
	}
	i := slices.IndexFunc(things, func(thing T) bool { return d.Target(call, thing).ID == name })
	if err != nil || i < 0 {
		return thing, false, err
	}
	return things[i], true, nil
}

// fitting returns what is called so, each thing once: two searches may have found it. A machine
// that was set up anew leaves a decommissioned endpoint of the same name behind. Only where nothing
// else fits is that one meant.
func (d directory[T]) fitting(call *catalog.Call, things []T, name string) []T {
	var fitting []T
	seen := map[string]bool{}
	for _, thing := range things {
		if id := d.Target(call, thing).ID; d.fits(thing, name) && !seen[id] {
			seen[id] = true
			fitting = append(fitting, thing)
		}
	}
	if d.gone == nil || !slices.ContainsFunc(fitting, func(thing T) bool { return !d.gone(thing) }) {
		return fitting
	}
	return slices.DeleteFunc(fitting, d.gone)
}

// maxMatches is how many matches of an ambiguous name are shown; more than that nobody reads. A
// menu takes a hundred; who has more than 25 namesakes types a part of the site or the id.
const maxMatches = 25

func (d directory[T]) ambiguous(call *catalog.Call, param, name string, fitting []T) error {
	e := &catalog.AmbiguousError{Param: param, Name: name, More: max(0, len(fitting)-maxMatches)}
	for _, thing := range fitting[:min(len(fitting), maxMatches)] {
		e.Matches = append(e.Matches, d.Target(call, thing))
	}
	return e
}

// unknown offers the nearest names. If they cannot be found, the name is as unknown as before.
// guess costs one more call, which is spent only here, where the person is stuck anyway.
func (d directory[T]) unknown(ctx context.Context, call *catalog.Call, param, name string) error {
	e := catalog.Wrong(param, "there is no %s called %s", d.noun, text.Quote(name))
	if names, err := d.guess(ctx, call, name); err == nil {
		e.Nearest, e.Name = text.Nearest(name, names), name
	}
	if len(e.Nearest) == 0 {
		e.Hint = fmt.Sprintf("give the full name of the %s, or its id", d.noun)
	}
	return e
}

// The directories, and the finders that lookups hand out. What a finder cannot tell apart, the
// person decides.
func FindAgents(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return agentDirectory().find(ctx, call, param, words)
}

func findSites(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return SiteDirectory().find(ctx, call, param, words)
}

func FindGroups(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return GroupDirectory().find(ctx, call, param, words)
}

func findAccounts(ctx context.Context, call *catalog.Call, param string, words []string) ([]string, error) {
	return AccountDirectory().find(ctx, call, param, words)
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// MaxNamesakes is how many threats or alerts with a word in them are looked through for those of a
// name. One page of the console's.
const MaxNamesakes = 1000

// Each makes a search for several names of one for a single name.
func Each[T any](search func(context.Context, *catalog.Call, string) ([]T, error)) func(context.Context, *catalog.Call, []string) ([]T, error) {
	return func(ctx context.Context, call *catalog.Call, names []string) ([]T, error) {
		var found []T
		for _, name := range names {
			things, err := search(ctx, call, name)
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", text.Quote(name), err)
			}
			found = append(found, things...)
		}
		return found, nil
	}
}

// NamesIn are the names of things, each once.
func NamesIn[T any](things []T, name func(T) string) []string {
	var names []string
	for _, thing := range things {
		names = catalog.AppendNew(names, name(thing))
	}
	return names
}
