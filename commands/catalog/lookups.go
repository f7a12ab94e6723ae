package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// A finder turns names into ids, in their order; what is an id already stays. Its errors are for
// people: an *AmbiguousError where a word fits several, a *UsageError with the nearest names where
// it fits none. It returns as many ids as words, save for words that stand for a group of things.
type finder func(ctx context.Context, call *Call, param string, words []string) ([]string, error)

// A Lookup says how things of one kind are found: by the ids and names that parameters take, and by
// the search box beside them. They are made in package lookup and given to New: catalog itself
// knows no kind of thing by name.
type Lookup struct {
	Box string // what search boxes call them: "agents"
	// The bot asks it before it answers a box: what a person may not list they must not find by
	// typing.
	ListedBy string // the command that lists them: who may not run it finds none of them in a box
	Filter   string // the key of filters that takes their ids: "agentIds"; "" = none

	// Search answers the box with what fits the text that was typed; nil = the box offers what was started from here.
	Search func(ctx context.Context, call *Call, typed string) ([]render.Option, error)
	// Own says that each person finds what is theirs alone: it is remembered for nobody else, and no command lists it.
	Own bool

	of   reflect.Type // the type of their ids; nil = no parameter takes them by it
	kind Kind         // what that type means
}

// LookupOf is a lookup of things whose ids have the type ID.
func LookupOf[ID any](k Kind, l Lookup) Lookup {
	l.of, l.kind, l.Box = reflect.TypeFor[ID](), k, k.Search
	return l
}

// Lookups is what a catalog knows of its lookups.
type lookups struct {
	kinds      map[reflect.Type]Kind
	boxes      map[string]Lookup
	filterKeys map[string]Kind // keys of filters whose values are ids, and whose those are
}

// newLookups sorts lookups by what they are asked for: the type of a parameter, a search box, a key in a filter.
func newLookups(list []Lookup) *lookups {
	l := &lookups{map[reflect.Type]Kind{}, map[string]Lookup{}, map[string]Kind{}}
	for _, one := range list {
		if one.of != nil {
			l.kinds[one.of] = one.kind
		}
		if one.Box != "" {
			l.boxes[one.Box] = one
		}
		if one.Filter != "" {
			l.filterKeys[one.Filter] = one.kind
		}
	}
	return l
}

// MaxSuggestions is how many options a search box shows: more than a screen nobody reads, and Slack
// takes 20 KB. Slack itself takes 100 options.
const MaxSuggestions = 30

// Search answers a search box: the things of a kind ("agents", "threats", …) that match what a
// person has typed so far. The console's answers are remembered for some seconds, for a box asks at
// every key. The console's address is part of the key, or a box for one console would offer the
// endpoints of another. What fails is not remembered: the next key asks again. Own is never
// remembered, for the key has no person in it.
func (c *Catalog) Search(ctx context.Context, call *Call, box, query string) ([]render.Option, error) {
	lookup, ok := c.lookups.boxes[box]
	query = strings.TrimSpace(query)
	switch {
	case !ok:
		return nil, fmt.Errorf("search %q: there is no such kind", box)
	case lookup.Search == nil:
		return c.recent.Options(box, query), nil
	case lookup.Own:
		return lookup.Search(ctx, call, query)
	}
	key := call.Console.ConsoleURL() + "|" + box + "|" + strings.ToLower(query)
	if options, ok := c.searches.get(key, call.Now).([]render.Option); ok {
		return options, nil
	}
	options, err := lookup.Search(ctx, call, query)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", box, err)
	}
	c.searches.put(key, options, call.Now)
	c.book.learnAll(options)
	return options, nil
}

// ListedBy is the command that lists what a search box finds; "" where a box finds only what was started from here, or by the person
// themselves. The second result is false for a box that there is not.
func (c *Catalog) ListedBy(box string) (command string, known bool) {
	lookup, known := c.lookups.boxes[box]
	return lookup.ListedBy, known
}

// namesInFilter replaces names by ids under the keys that take ids: {"siteIds": ["Paris"]}. The
// keys are the console's and ids are all that it takes there; a name would be a 400 whose text
// nobody understands.
func (cmd *Command) namesInFilter(ctx context.Context, call *Call, f Field, filter json.RawMessage) (json.RawMessage, error) {
	fields, err := Object(filter)
	if err != nil {
		return filter, nil // whoever reads it says what is wrong
	}
	found := false
	for key, k := range cmd.finders(f) {
		words := idWordsOf(fields[key])
		if !slices.ContainsFunc(words, k.IsName) {
			continue
		}
		ids, err := k.find(ctx, call, f.Name, words)
		if err != nil {
			return nil, err
		}
		cmd.learn(ids, words)
		fields[key], found = Marshal(ids), true
	}
	if !found {
		return filter, nil
	}
	return Marshal(fields), nil
}

// finders are the keys of a filter whose values are ids, and the kinds of those: those of places and endpoints, and that of what the
// filter selects.
func (cmd *Command) finders(f Field) map[string]Kind {
	finders := maps.Clone(cmd.lookups.filterKeys)
	if own, ok := cmd.lookups.boxes[f.Type.Selects]; ok {
		finders[SelectedIDs] = own.kind
	}
	return finders
}

// SelectedIDs is the key of every filter for the ids of what it selects.
const SelectedIDs = "ids"

// A RecentItem is something that was started from here and that the console cannot list, such as a run of a script.
type RecentItem struct{ Box, Id, Label string }

// RecentItems are the last ones, newest first. It is safe for use by several goroutines. It is lost
// at a restart, and then a box takes any id that is typed.
type RecentItems struct {
	mu   sync.Mutex
	List []RecentItem
}

// KeepRecent is how many are remembered, of everybody together. A label is a line; this bounds
// memory, not history.
const KeepRecent = 200

// Add puts an item first; one that is there already moves up.
func (r *RecentItems) Add(item RecentItem) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := slices.DeleteFunc(slices.Clone(r.List), func(other RecentItem) bool { return other.Id == item.Id })
	r.List = append([]RecentItem{item}, kept[:min(len(kept), KeepRecent-1)]...)
}

// Options are what has the typed text in its name or id; an id that is not known is taken on trust.
func (r *RecentItems) Options(box, typed string) []render.Option {
	typed = strings.ToLower(strings.TrimSpace(typed))
	r.mu.Lock()
	defer r.mu.Unlock()
	options, known := []render.Option{}, false
	for _, item := range r.List {
		if item.Box == box && (strings.Contains(strings.ToLower(item.Label), typed) || strings.Contains(item.Id, typed)) {
			known = known || item.Id == typed
			options = append(options, render.Option{Label: text.JoinNonEmpty(" · ", text.Shorten(item.Label, 50), item.Id), Value: item.Id})
		}
	}
	if !known && s1.TaskID(typed).Valid() {
		options = append([]render.Option{{Label: typed, Value: typed}}, options...)
	}
	return options[:min(len(options), MaxSuggestions)]
}

// Remember notes something that was started from here, for the search box that offers such things.
func (c *Call) Remember(box, id, label string) { c.Command.recent.Add(RecentItem{box, id, label}) }
