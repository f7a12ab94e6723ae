// Package world is the things of the simulated console and what happens to them: accounts, sites, groups and policies,
// endpoints, threats, alerts, their notes and the activities that tell of all that.
//
// Every thing is a row of a collection and has the shape that travels. What is asked of an endpoint is an effect with a time:
//
//	call ──▶ the thing says "disconnecting" ──due, online and not deaf──▶ effect: "disconnected", and an activity
//	                                        └──offline──▶ waits until the endpoint comes back
//
// Effects happen when somebody looks, in the order in which they were due and stamped with that moment, so that it does not
// matter who looked when and nothing runs in the background.
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

// A World is the things of a console and what happens to them.
type World struct {
	Opt     Setup
	effects []effect
	deaf    map[string]bool // endpoints that are online and do nothing
	Untaken map[string]bool // endpoints that the console passes over

	mu           sync.Mutex // guards everything below, and what the other rooms hold
	rng          *rand.Rand
	seq          int
	AccountRows  store.Collection
	SiteRows     store.Collection
	GroupRows    store.Collection
	AgentRows    store.Collection
	ThreatRows   store.Collection
	byAgent      map[string][]*store.Row // threats by the id of their agent
	contents     map[string]string       // collection ids of threats by SHA-1
	dirty        map[string]dirt         // agents that changed since somebody looked
	AlertRows    store.Collection
	ActivityRows store.Collection
	notes        map[string]*store.Collection // by threat id
	policies     map[string]wire.Object       // by the id of an account or a group; "" is the tenant's
	programs     map[string][]any             // what tests say is installed, by the id of the agent
	wave         int                          // how many attacks Strike has made
}

// New makes the accounts, sites, groups and endpoints, to which nothing has happened yet.
func New(opt Setup) *World {
	w := &World{
		Opt:      opt,
		rng:      rand.New(rand.NewPCG(uint64(opt.Seed), 0x51)),
		byAgent:  map[string][]*store.Row{},
		contents: map[string]string{},
		dirty:    map[string]dirt{},
		notes:    map[string]*store.Collection{},
		policies: map[string]wire.Object{},
		programs: map[string][]any{},
	}
	w.seed()
	return w
}

// Routes are the calls that the world answers. The first that fits is taken, so literal paths stand before patterns.
func Routes(w *World) []wire.Route {
	return slices.Concat(
		systemRoutes(w), accountRoutes(w), siteRoutes(w), groupRoutes(w), policyRoutes(w), agentRoutes(w), threatRoutes(w), noteRoutes(w),
		alertRoutes(w), activityRoutes(w), moveRoutes(w), groupChangeRoutes(w), applicationRoutes(w), threatDetailRoutes(w), triageRoutes(w), userRoutes(w),
	)
}

// Lock takes the console's lock, lets happen what is due by now, and returns the function that lets go of it.
func (w *World) Lock() (unlock func()) {
	w.mu.Lock()
	w.settle(w.Now())
	return w.mu.Unlock
}

// Look is lock for those who read.
func (w *World) Look() (unlock func()) {
	unlock = w.Lock()
	w.refresh()
	return unlock
}

// Now is the console's time at the resolution of its time stamps.
func (w *World) Now() time.Time { return w.Opt.Now().UTC().Truncate(time.Microsecond) }

// Repeatably makes something up with numbers that are the same in every console, and leaves no trace on those that follow.
func (w *World) Repeatably(i int, make func()) {
	rng := w.rng
	w.rng = rand.New(rand.NewPCG(uint64(i), 0x52))
	make()
	w.rng = rng
}

// epoch is where the vendor's ids begin to count: recorded ids divided by 2^23 are milliseconds since 2017.
const epoch = 1483228800000

// NewID makes an id of 18 or 19 digits as the console gives to something created at that time. Within one millisecond ids
// come in no order, as in recordings: whoever pages or polls must not rely on them to sort.
func (w *World) NewID(at time.Time) string {
	w.seq++
	ms := at.UnixMilli() - epoch
	return wire.Itoa(ms<<23 | int64(w.seq*2654435)&(1<<23-1))
}
