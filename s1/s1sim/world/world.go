// Package world is the things of the simulated console and what happens to them: accounts, sites, groups and policies,
// endpoints, threats, alerts, their notes and the activities that tell of all that.
//
// Every thing is a row of a collection and has the shape that travels. What is asked of an endpoint is an effect with a time:
//
//	call ──▶ the thing says "disconnecting" ──due, online and not hung──▶ effect: "disconnected", and an activity
//	                                        └──offline──▶ waits until the endpoint comes back
//
// Effects happen when somebody looks, in the order in which they were due and stamped with that moment, so that it does not
// matter who looked when and nothing runs in the background.
//
// It is layers, each of which knows the ones below it:
//
//	World        what tests do by hand: placeTools, agentTools, findingTools
//	scenes       what happens by itself: the first rows, the history, attacks
//	alerts · threats · actions · endpoints
//	schedule     effects that are due, and the lock
//	chronicle    activities
//	places       accounts, sites, groups, policies
//	core         the rows, the clock, ids
//
// The rule: whoever touches a row, in this room or another, holds the lock, which Lock and Look take. Handlers are called
// under it; methods for tests take it themselves.
package world

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"s1bot/s1/s1sim/store"
	"s1bot/s1/s1sim/wire"
)

// A Setup says what world New makes.
type Setup struct {
	Now         func() time.Time // the clock
	Seed        int64            // varies addresses, hashes and serial numbers; names and places stay
	Agents      int              // how many endpoints
	EffectDelay time.Duration    // how long an endpoint takes to do what it was told
}

// core is what everything here stands on: the clock, ids, what is made up, and the rows, which the other rooms read as well.
type core struct {
	Opt          Setup
	rng          *rand.Rand
	seq          int
	AccountRows  store.Collection
	SiteRows     store.Collection
	GroupRows    store.Collection
	AgentRows    store.Collection
	ThreatRows   store.Collection
	AlertRows    store.Collection
	ActivityRows store.Collection
}

// places are accounts, sites and groups, how many endpoints each has, and which policy holds there.
type places struct {
	*core
	policies map[string]wire.Object // by the id of an account or a group; "" is the tenant's
}

// chronicle writes the activities.
type chronicle struct{ *places }

// schedule is what endpoints were told and have not done yet, and the lock, since whoever takes it lets happen what is due.
type schedule struct {
	*chronicle
	mu      sync.Mutex // guards the rows, everything here, and what the other rooms hold
	effects []effect
	hung    map[string]bool // endpoints that are online and do nothing
}

// endpoints are the agents: how they come to be, where they are, and what changes with them.
type endpoints struct {
	*schedule
	byAgent  map[string][]*store.Row // threats by the id of their agent
	dirty    map[string]dirt         // agents that changed since somebody looked
	programs map[string][]any        // what tests say is installed, by the id of the agent
	Untaken  map[string]bool         // endpoints that the console passes over
}

// actions are what endpoints are told to do.
type actions struct{ *endpoints }

// threats are found on endpoints, mitigated there, and noted.
type threats struct {
	*actions
	contents map[string]string            // collection ids of threats by SHA-1
	notes    map[string]*store.Collection // by threat id
}

// alerts are what rules find.
type alerts struct{ *threats }

// scenes are what happens by itself: the console as New leaves it, its history, and attacks.
type scenes struct {
	*alerts
	wave int // how many attacks Strike has made
}

// What a test does by hand and looks up: each of these takes the lock.
type (
	placeTools   struct{ *scenes }
	agentTools   struct{ *placeTools }
	findingTools struct{ *agentTools } // threats and alerts
)

// A World is the things of a console and what happens to them. Each layer below knows the ones under it and none above.
type World struct {
	*findingTools
	tables
}

// New makes the accounts, sites, groups and endpoints, to which nothing has happened yet.
func New(opt Setup) *World {
	base := &core{Opt: opt, rng: rand.New(rand.NewPCG(uint64(opt.Seed), 0x51))}
	plan := &schedule{chronicle: &chronicle{&places{core: base, policies: map[string]wire.Object{}}}}
	agents := &endpoints{schedule: plan, byAgent: map[string][]*store.Row{}, dirty: map[string]dirt{}, programs: map[string][]any{}}
	found := &threats{actions: &actions{agents}, contents: map[string]string{}, notes: map[string]*store.Collection{}}
	w := &World{findingTools: &findingTools{&agentTools{&placeTools{&scenes{alerts: &alerts{found}}}}}}
	w.tables = tablesOf(w)
	w.seed()
	return w
}

// Routes are the calls that the world answers. The first that fits is taken, so literal paths stand
// before patterns. A handler runs under the lock (see s1sim.Console.Answer), so none here takes it.
func Routes(w *World) []wire.Route {
	return slices.Concat(
		systemRoutes(w), accountRoutes(w), siteRoutes(w), groupRoutes(w), policyRoutes(w), agentRoutes(w), threatRoutes(w), noteRoutes(w),
		alertRoutes(w), activityRoutes(w), moveRoutes(w), groupChangeRoutes(w), applicationRoutes(w), threatDetailRoutes(w), triageRoutes(w), userRoutes(w),
	)
}

// Lock takes the console's lock, lets happen what is due by now, and returns the function that lets
// go of it. It is not reentrant: a method for tests must not be called from a handler, nor from the
// function that another one is given.
func (w *schedule) Lock() (unlock func()) {
	w.mu.Lock()
	w.settle(w.Now())
	return w.mu.Unlock
}

// Look is Lock for whoever reads: what threats and alerts show of endpoints that changed is brought
// up to date first. The order is settle, refresh, read; the other way round a reader would see an
// isolated endpoint in a threat that says it is connected.
func (w *endpoints) Look() (unlock func()) {
	unlock = w.Lock()
	w.refresh()
	return unlock
}

// Now is the console's time at the resolution of its time stamps.
func (w *core) Now() time.Time { return w.Opt.Now().UTC().Truncate(time.Microsecond) }

// Repeatably makes something up with numbers that are the same in every console, and leaves no trace on those that follow.
func (w *core) Repeatably(i int, make func()) {
	rng := w.rng
	w.rng = rand.New(rand.NewPCG(uint64(i), 0x52))
	make()
	w.rng = rng
}

// epoch is where the vendor's ids begin to count: recorded ids divided by 2^23 are milliseconds since 2017.
const epoch = 1483228800000

// NewID makes an id of 18 or 19 digits as the console gives to something created at that time.
// Within one millisecond ids come in no order, as in recordings: whoever pages or polls must not
// rely on them to sort. Ids are made of the time that is given, not of now, so that what happened
// last week has an id of last week.
func (w *core) NewID(at time.Time) string {
	w.seq++
	ms := at.UnixMilli() - epoch
	return wire.Itoa(ms<<23 | int64(w.seq*2654435)&(1<<23-1))
}
