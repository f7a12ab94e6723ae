package commands

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"s1bot/s1"
)

// A directory is where things of one kind are found by name. A name fits if it is equal but for case: parts of names never do.
type directory[T any] struct {
	noun   string                                                               // "endpoint"
	search func(ctx context.Context, call *Call, names []string) ([]T, error)   // things whose names have these in them
	byID   func(ctx context.Context, call *Call, ids []string) ([]T, error)     // nil: an id is taken on trust
	guess  func(ctx context.Context, call *Call, name string) ([]string, error) // names that could have been meant
	fits   func(thing T, name string) bool                                      // is it called so?
	target func(call *Call, thing T) Target
	isName func(word string) bool // nil: what is no long number
	gone   func(thing T) bool     // no match while something that is not gone fits; nil: nothing is
}

// naming tells whether a word is a name rather than an id.
func (d directory[T]) naming(word string) bool {
	if d.isName != nil {
		return d.isName(word)
	}
	return isName(word)
}

// find returns ids for words; it asks the console about names only.
func (d directory[T]) find(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	named, err := d.named(ctx, call, param, words)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, w := range words {
		if thing, ok := named[w]; ok {
			w = d.target(call, thing).ID
		}
		if !slices.Contains(ids, w) {
			ids = append(ids, w)
		}
	}
	return ids, nil
}

// all returns the things that words name, each once, in their order. An id that the console does not know is an error.
func (d directory[T]) all(ctx context.Context, call *Call, param string, words []string) ([]T, error) {
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
				return nil, wrong(param, "the console knows no %s with the id %s", d.noun, w)
			}
		}
		if id := d.target(call, thing).ID; !seen[id] {
			seen[id] = true
			things = append(things, thing)
		}
	}
	return things, nil
}

// known looks up the words that are ids.
func (d directory[T]) known(ctx context.Context, call *Call, words []string) (map[string]T, error) {
	ids := slices.DeleteFunc(slices.Clone(words), d.naming)
	if len(ids) == 0 {
		return nil, nil
	}
	things, err := d.byID(ctx, call, ids)
	known := map[string]T{}
	for _, thing := range things {
		known[d.target(call, thing).ID] = thing
	}
	return known, err
}

// named looks up the words that are names: each must fit exactly one thing.
func (d directory[T]) named(ctx context.Context, call *Call, param string, words []string) (map[string]T, error) {
	names := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return !d.naming(w) })
	if len(names) == 0 {
		return nil, nil
	}
	things, err := d.search(ctx, call, names)
	var usage *UsageError
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

// numbered looks a name up as an id, where nothing is called so: consoles have ids of fewer digits, too. It counts if the console
// confirms it; one that has no such ids may refuse the question.
func (d directory[T]) numbered(ctx context.Context, call *Call, name string) (thing T, known bool, err error) {
	if d.byID == nil || !s1.ValidID(name) {
		return thing, false, nil
	}
	things, err := d.byID(ctx, call, []string{name})
	var refused *s1.Error
	if errors.As(err, &refused) && (refused.Status == http.StatusBadRequest || refused.Status == http.StatusNotFound) {
		return thing, false, nil
	}
	i := slices.IndexFunc(things, func(thing T) bool { return d.target(call, thing).ID == name })
	if err != nil || i < 0 {
		return thing, false, err
	}
	return things[i], true, nil
}

// fitting returns what is called so, each thing once: two searches may have found it.
func (d directory[T]) fitting(call *Call, things []T, name string) []T {
	var fitting []T
	seen := map[string]bool{}
	for _, thing := range things {
		if id := d.target(call, thing).ID; d.fits(thing, name) && !seen[id] {
			seen[id] = true
			fitting = append(fitting, thing)
		}
	}
	if d.gone == nil || !slices.ContainsFunc(fitting, func(thing T) bool { return !d.gone(thing) }) {
		return fitting
	}
	return slices.DeleteFunc(fitting, d.gone)
}

// maxMatches is how many matches of an ambiguous name are shown; more than that nobody reads.
const maxMatches = 25

func (d directory[T]) ambiguous(call *Call, param, name string, fitting []T) error {
	e := &AmbiguousError{Param: param, Name: name, More: max(0, len(fitting)-maxMatches)}
	for _, thing := range fitting[:min(len(fitting), maxMatches)] {
		e.Matches = append(e.Matches, d.target(call, thing))
	}
	return e
}

// unknown offers the nearest names. If they cannot be found, the name is as unknown as before.
func (d directory[T]) unknown(ctx context.Context, call *Call, param, name string) error {
	e := wrong(param, "there is no %s called %s", d.noun, quote(name))
	if names, err := d.guess(ctx, call, name); err == nil {
		e.Nearest, e.name = Nearest(name, names), name
	}
	if len(e.Nearest) == 0 {
		e.Hint = fmt.Sprintf("give the whole name of the %s, or its id", d.noun)
	}
	return e
}

// The directories, and the finders that kindOf hands out.
func findAgents(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return agentDirectory().find(ctx, call, param, words)
}

func findSites(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return siteDirectory().find(ctx, call, param, words)
}

func findGroups(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return groupDirectory().find(ctx, call, param, words)
}

func findAccounts(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return accountDirectory().find(ctx, call, param, words)
}

func agentDirectory() directory[s1.Agent] {
	return directory[s1.Agent]{
		noun: "endpoint", search: searchAgents, guess: guessAgents, target: agentTarget,
		gone: func(a s1.Agent) bool { return Gone(a) != "" },
		fits: func(a s1.Agent, name string) bool {
			return strings.EqualFold(a.ComputerName, name) || plainUUID(name) != "" && plainUUID(a.UUID) == plainUUID(name)
		},
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Agent, error) {
			return call.Console.AgentsByID(ctx, convert[s1.AgentID](ids))
		},
	}
}

// maxNames is how many values the console takes for one key that ends in __contains.
const maxNames = 10

// searchAgents asks for several names at once. The console searches for parts of names and so finds too much; fits decides.
func searchAgents(ctx context.Context, call *Call, names []string) ([]s1.Agent, error) {
	return agentsMatching(ctx, call, names, agentQueries(names))
}

func agentQueries(names []string) []s1.Query {
	var parts []string
	var queries []s1.Query
	for _, name := range names {
		switch {
		case plainUUID(name) != "":
			queries = append(queries, s1.Query{}.With("uuid", name))
		case searchable(name):
			parts = append(parts, name)
		default:
			queries = append(queries, s1.Query{"computerName": {name}})
		}
	}
	for chunk := range slices.Chunk(parts, maxNames) {
		queries = append(queries, s1.Query{}.With("computerName__contains", chunk...))
	}
	return queries
}

func agentsMatching(ctx context.Context, call *Call, names []string, queries []s1.Query) ([]s1.Agent, error) {
	var found []s1.Agent
	for _, q := range queries {
		agents, err := s1.Collect(call.Console.Agents(ctx, q))
		if err != nil {
			return nil, fmt.Errorf("look up %s: %w", strings.Join(names, ", "), err)
		}
		found = append(found, agents...)
	}
	return found, nil
}

// searchable tells whether the console can search for a part of a name: two characters at least, and no comma, which would
// end the value.
func searchable(name string) bool { return len([]rune(name)) >= 2 && !strings.Contains(name, ",") }

var uuidForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// plainUUID returns a uuid without its dashes, "" if text is none.
func plainUUID(text string) string {
	text = strings.ToLower(strings.ReplaceAll(text, "-", ""))
	if uuidForm.MatchString(text) {
		return text
	}
	return ""
}

// guessAgents searches for the parts of a name, for one of them may be spelled right.
func guessAgents(ctx context.Context, call *Call, name string) ([]string, error) {
	fragments := fragmentsOf(name)
	if len(fragments) == 0 {
		return nil, nil
	}
	page, err := call.Console.AgentsPage(ctx, s1.Query{}.With("computerName__contains", fragments...).WithLimit(200))
	return namesIn(page.Items, func(a s1.Agent) string { return a.ComputerName }), err
}

// fragmentsOf cuts a name into thirds: a slip or two leaves at least one of them as it should be.
func fragmentsOf(name string) []string {
	r := []rune(name)
	size := max(3, len(r)/3)
	var fragments []string
	for part := range slices.Chunk(r, size) {
		if s := string(part); searchable(s) {
			fragments = append(fragments, s)
		}
	}
	return fragments[:min(len(fragments), maxNames)]
}

func siteDirectory() directory[s1.Site] {
	return directory[s1.Site]{
		noun: "site",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Site, error) {
			return s1.Collect(call.Console.Sites(ctx, s1.Query{"query": {name}}))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.SitesPage(ctx, s1.Query{}.WithLimit(1000))
			return namesIn(page.Items, func(s s1.Site) string { return s.Name }), err
		},
		fits: func(s s1.Site, name string) bool { return strings.EqualFold(s.Name, name) },
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Site, error) {
			return s1.Collect(call.Console.Sites(ctx, s1.Query{}.With("siteIds", ids...)))
		},
		target: func(_ *Call, s s1.Site) Target {
			return Target{Kind: "site", ID: string(s.ID), Name: s.Name, Account: s.AccountName, Site: s.AccountName, State: s.State.Label()}
		},
	}
}

func groupDirectory() directory[s1.Group] {
	return directory[s1.Group]{
		noun: "group",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Group, error) {
			return s1.Collect(call.Console.Groups(ctx, s1.Query{"query": {name}}))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.GroupsPage(ctx, s1.Query{}.WithLimit(1000))
			return namesIn(page.Items, func(g s1.Group) string { return g.Name }), err
		},
		fits:   func(g s1.Group, name string) bool { return strings.EqualFold(g.Name, name) },
		target: groupTarget,
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Group, error) {
			return s1.Collect(call.Console.Groups(ctx, s1.Query{}.With("groupIds", ids...)))
		},
	}
}

// groupTarget tells groups of one name apart by their site, which a group knows by id only.
func groupTarget(_ *Call, g s1.Group) Target {
	return Target{Kind: "group", ID: string(g.ID), Name: g.Name, Site: "site " + string(g.SiteID), State: fmt.Sprintf("%d endpoints", g.TotalAgents)}
}

func accountDirectory() directory[s1.Account] {
	return directory[s1.Account]{
		noun: "account",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Account, error) {
			if !searchable(name) {
				return s1.Collect(call.Console.Accounts(ctx, s1.Query{"name": {name}}))
			}
			return s1.Collect(call.Console.Accounts(ctx, s1.Query{}.With("name__contains", name)))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.AccountsPage(ctx, s1.Query{}.WithLimit(1000))
			return namesIn(page.Items, func(a s1.Account) string { return a.Name }), err
		},
		fits: func(a s1.Account, name string) bool { return strings.EqualFold(a.Name, name) },
		target: func(_ *Call, a s1.Account) Target {
			return Target{Kind: "account", ID: string(a.ID), Name: a.Name, State: a.State.Label()}
		},
		byID: func(ctx context.Context, call *Call, ids []string) ([]s1.Account, error) {
			return s1.Collect(call.Console.Accounts(ctx, s1.Query{}.With("accountIds", ids...)))
		},
	}
}

func findThreats(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return threatDirectory().find(ctx, call, param, words)
}

func findAlerts(ctx context.Context, call *Call, param string, words []string) ([]string, error) {
	return alertDirectory().find(ctx, call, param, words)
}

// maxNamesakes is how many threats or alerts with a word in them are looked through for those of a name.
const maxNamesakes = 1000

// namesakesOf reads what has a name in it. Where that is more than anybody looks through, a second one of the name may be among the
// rest: then it is not known which one is meant.
func namesakesOf[T any](noun, name string, rows iter.Seq2[T, error]) ([]T, error) {
	found, err := s1.Collect(s1.Take(rows, maxNamesakes+1))
	if err == nil && len(found) > maxNamesakes {
		e := wrong("", "more than %d %ss have %s in them", maxNamesakes, noun, quote(name))
		e.Hint = "give the id of the " + noun
		return nil, e
	}
	return found, err
}

// threatDirectory finds threats by name, for which the console has no key: its full text finds too many, and fits decides.
func threatDirectory() directory[s1.Threat] {
	newest := func(q s1.Query) s1.Query { return q.SortedBy("createdAt", s1.Descending) }
	return directory[s1.Threat]{
		noun: "threat",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Threat, error) {
			return namesakesOf("threat", name, call.Console.Threats(ctx, newest(s1.Query{"query": {name}})))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.ThreatsPage(ctx, newest(nil).WithLimit(200))
			return namesIn(page.Items, s1.Threat.Name), err
		},
		fits:   func(t s1.Threat, name string) bool { return strings.EqualFold(t.Name(), name) },
		target: threatTarget,
		isName: byNumber(kind{}).isName,
	}
}

// alertDirectory finds alerts by the name of their rule.
func alertDirectory() directory[s1.Alert] {
	newest := func(q s1.Query) s1.Query { return q.SortedBy("alertInfoCreatedAt", s1.Descending) }
	return directory[s1.Alert]{
		noun: "alert",
		search: each(func(ctx context.Context, call *Call, name string) ([]s1.Alert, error) {
			q := s1.Query{"query": {name}}
			if searchable(name) {
				q = s1.Query{}.With("ruleName__contains", name)
			}
			return namesakesOf("alert", name, call.Console.Alerts(ctx, newest(q)))
		}),
		guess: func(ctx context.Context, call *Call, _ string) ([]string, error) {
			page, err := call.Console.AlertsPage(ctx, newest(nil).WithLimit(200))
			return namesIn(page.Items, s1.Alert.Name), err
		},
		fits:   func(a s1.Alert, name string) bool { return strings.EqualFold(a.Name(), name) },
		target: alertTarget,
		isName: byNumber(kind{}).isName,
	}
}

// each makes a search for several names of one for a single name.
func each[T any](search func(context.Context, *Call, string) ([]T, error)) func(context.Context, *Call, []string) ([]T, error) {
	return func(ctx context.Context, call *Call, names []string) ([]T, error) {
		var found []T
		for _, name := range names {
			things, err := search(ctx, call, name)
			if err != nil {
				return nil, fmt.Errorf("look up %s: %w", quote(name), err)
			}
			found = append(found, things...)
		}
		return found, nil
	}
}

func namesIn[T any](things []T, name func(T) string) []string {
	var names []string
	for _, thing := range things {
		names = appendNew(names, name(thing))
	}
	return names
}

// convert turns texts into ids and ids into texts.
func convert[To, From ~string](from []From) []To {
	to := make([]To, len(from))
	for i, f := range from {
		to[i] = To(f)
	}
	return to
}
