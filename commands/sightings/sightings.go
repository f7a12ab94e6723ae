// Package sightings says what a console knows of observables: on how many endpoints a hash was
// seen, whether it is blocked, whether an address is an indicator, what became of a threat.
//
// One look-up is a set of questions, each about several observables at once where the console takes
// several values, and all of them run at the same time, but never more than four: a message with
// twenty hashes must not take the console from everybody else.
//
// The rule one must not break: an answer that did not come is no "no". Each question that fails is
// named beside every observable that it was about, and the others stand.
package sightings

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"s1bot/commands/catalog"
	"s1bot/commands/observables"
	"s1bot/commands/refusal"
	"s1bot/commands/text"
	"s1bot/render"
	"s1bot/s1"
)

// Bounds of one look-up.
const (
	Most     = 20 // sightings that are shown
	keptFree = 5  // of them for endpoints, which stand behind all others in what was found
	parallel = 4  // calls of the console at a time
	perCall  = 10 // values in one filter of the console's
	rows     = 100

	sha256Length = 64 // in hexadecimal digits

	// The console takes ten calls about indicators at once and then one every three seconds, of
	// everybody together: one look-up has at most this many of them.
	mostIndicators = 8
	// patience is how long a person waits for the slowest answer; the others are shown with it.
	patience = 12 * time.Second
)

// A Sighting is one observable with what the console knows of it and what can be done about it. A
// question is in Verdict, in Known or in Unknown, and in neither only where it does not arise for such a value.
type Sighting struct {
	Name    string // as people read it: the value, or the name of a thing
	Kind    string // "SHA-1", "endpoint", "threat"
	Verdict string // "reputation: malicious": what stands before all else that is known
	Known   []string
	Unknown []string // questions without an answer, each with why
	Actions []render.Action
	Agent   s1.AgentID // of an endpoint
	Called  string     // its name alone: several of one name have more in Name
	Hunted  bool       // a hunt for it is among the actions: nothing here looks at what happened on endpoints
}

// Of asks the console about observables, and returns the sightings and how many more observables
// there are. An observable that is only a word counts where an endpoint has that name. May says
// whether the caller may see what a search box finds ("agents", "threats").
func Of(ctx context.Context, call *catalog.Call, all *catalog.Catalog, may func(box string) bool, found []observables.Observable) (seen []Sighting, more int) {
	split := slices.IndexFunc(found, func(o observables.Observable) bool { return o.Kind == observables.Word })
	words := []observables.Observable(nil)
	if split >= 0 {
		found, words = found[:split], found[split:]
	}
	var hosts []Sighting
	problem := errNotShown
	if may("agents") {
		hosts, problem = endpointsNamed(ctx, call, all, words)
	}
	room := Most - min(len(hosts), keptFree)
	shown := found[:min(len(found), room)]
	s := newSearch(call, all, shown, may)
	s.run(ctx)
	seen = append(s.sightings, hosts[:min(len(hosts), Most-len(shown))]...)
	if problem != nil && len(words) > 0 {
		seen = append(seen, Sighting{Name: wordList(words), Kind: "possible endpoint names", Unknown: []string{"endpoints: " + why(problem)}})
	}
	return seen, len(found) - len(shown) + max(len(hosts)-(Most-len(shown)), 0)
}

// About leaves out endpoints that are called like one that a card of ours is about, and are not it:
// linked are the endpoints that the card links to. A button on the wrong one of two would isolate it.
func About(linked []s1.AgentID, seen []Sighting) []Sighting {
	own := map[string]bool{}
	for _, s := range seen {
		if s.Agent != "" && slices.Contains(linked, s.Agent) {
			own[strings.ToLower(s.Called)] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(seen), func(s Sighting) bool {
		return s.Agent != "" && own[strings.ToLower(s.Called)] && !slices.Contains(linked, s.Agent)
	})
}

func wordList(words []observables.Observable) string {
	var names []string
	for _, w := range words {
		names = append(names, w.Value)
	}
	return text.Shorten(strings.Join(names, ", "), 100)
}

// why is an error in a few words.
func why(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	return strings.TrimSuffix(refusal.ProblemWords(err), ".")
}

// A search is one look-up under way. The questions run at the same time: sightings and answers are
// changed under mu.
type search struct {
	call      *catalog.Call
	all       *catalog.Catalog
	may       func(box string) bool
	sightings []Sighting
	questions []question

	mu      sync.Mutex
	answers map[int]map[string]string // by sighting, by question
}

// A question asks the console about some of the sightings, and answers each of them.
type question struct {
	name  string // "blocklist", as people read it
	about []int
	ask   func(ctx context.Context) (map[int]string, error)
}

// Every value gets its questions before the first is sent, so that those that take several values
// are sent once.
func newSearch(call *catalog.Call, all *catalog.Catalog, found []observables.Observable, may func(command string) bool) *search {
	s := &search{call: call, all: all, may: may, answers: map[int]map[string]string{}}
	of := map[observables.Kind][]int{}
	for i, o := range found {
		actions := all.ObservableActions(o)
		s.sightings = append(s.sightings, Sighting{Name: o.Value, Kind: string(o.Kind), Actions: actions, Hunted: hunts(all, actions)})
		of[o.Kind] = append(of[o.Kind], i)
	}
	value := func(i int) string { return found[i].Value }
	s.askAboutHashes(of, value)
	s.askAboutAddresses(of, value)
	s.askAboutIDs(of[observables.ID], value)
	s.askAboutIndicators(of, value)
	return s
}

// hunts tells whether one of actions looks through events of endpoints.
func hunts(all *catalog.Catalog, actions []render.Action) bool {
	return slices.ContainsFunc(actions, func(a render.Action) bool {
		b, _ := a.(render.Button)
		cmd, ok := all.Find(b.Do.Command)
		return ok && cmd.Area == "hunts"
	})
}

// add notes a question, several times where there are more values than the console takes at once.
func (s *search) add(name string, about []int, atOnce int, ask func(ctx context.Context, about []int) (map[int]string, error)) {
	for part := range slices.Chunk(about, atOnce) {
		s.questions = append(s.questions, question{name, part, func(ctx context.Context) (map[int]string, error) { return ask(ctx, part) }})
	}
}

// run asks all questions and sorts the answers in. A slot is taken before a question's goroutine
// begins, so that there are never more of them than slots. What was not asked when patience ends
// fails like what was not answered.
func (s *search) run(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var asking sync.WaitGroup
	slots := make(chan struct{}, parallel)
	for _, q := range s.questions {
		slots <- struct{}{}
		asking.Go(func() {
			defer func() { <-slots }()
			answers, err := map[int]string(nil), errNotShown
			if s.may(boxes[q.name]) {
				answers, err = q.ask(ctx)
			}
			s.take(q, answers, err)
		})
	}
	asking.Wait()
	for i := range s.sightings {
		s.sightings[i].Verdict = s.answers[i][asReputation]
		if s.answers[i][asExternal] != "" && s.answers[i][asEndpoints] == nobodyHasIt {
			delete(s.answers[i], asEndpoints) // it is the network's own, so no endpoint would have it
		}
		for _, name := range order {
			if says := s.answers[i][name]; says != "" {
				s.sightings[i].Known = append(s.sightings[i].Known, says)
			}
		}
		if s.sightings[i].Kind == string(observables.ID) && len(s.sightings[i].Known)+len(s.sightings[i].Unknown) == 0 {
			s.sightings[i].Known = []string{"no threat or alert has this id"}
		}
		slices.Sort(s.sightings[i].Unknown)
	}
}

// take sorts the answer to one question in, or says beside all that it was about why there is none.
func (s *search) take(q question, answers map[int]string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range q.about {
		if err != nil {
			s.sightings[i].Unknown = append(s.sightings[i].Unknown, q.name+": "+cmp.Or(why(err), "no answer"))
			continue
		}
		if s.answers[i] == nil {
			s.answers[i] = map[string]string{}
		}
		s.answers[i][q.name] = answers[i]
	}
}

// The names of the questions, and the order in which their answers stand; the reputation stands apart.
const (
	asThreats    = "threats"
	asEndpoints  = "endpoints"
	asExternal   = "external addresses"
	asAlerts     = "alerts"
	asBlocked    = "blocklist"
	asIndicator  = "IOCs"
	asReputation = "reputation"
)

// errNotShown answers a question whose answer the caller may not see.
var errNotShown = errors.New("you're not allowed to list these")

// boxes are the search boxes that find what a question is about: who finds nothing there is told
// nothing here.
var boxes = map[string]string{
	asThreats: "threats", asAlerts: "alerts", asEndpoints: "agents", asExternal: "agents", asBlocked: "blocklist", asIndicator: "iocs", asReputation: "blocklist",
}

var order = []string{asThreats, asAlerts, asEndpoints, asExternal, asBlocked, asIndicator}
